"""The ways of plants from audits in files: which audit is whose, and whether it is the one that is in force."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from grading.campaign.candidates import Ways, levels_wanted
from grading.campaign.evaluate import Evaluator
from grading.campaign.problems import CampaignError, CampaignProblem
from grading.campaign.ways import PlantWays, plant_ways
from grading.engine.grade import Engine
from grading.intake import AuditError, read_audit
from grading.model.audit import Audit
from grading.problems.campaign_codes import CampaignCode
from grading.problems.codes import ProblemCode
from grading.problems.reason import reason_of
from grading.problems.unreadable import why_unreadable

Placed = tuple[str, int, Audit]
"""An audit with its file and line (from 1; 0: the whole file)."""


def read_audits(engine: Engine, paths: Iterable[Path]) -> list[Placed]:
    """The audits of files: one a file, or one a line of a file whose name ends with .jsonl; a folder is all of its files.

    Raises CampaignError with everything that is wrong with any of them.
    """
    found: list[Placed] = []
    problems: list[CampaignProblem] = []
    for path in _files(paths):
        try:
            content = path.read_bytes()
        except OSError as error:
            reason = reason_of(ProblemCode.FILE_UNREADABLE, why=why_unreadable(error))
            problems.append(CampaignProblem(path.name, 0, "", reason))
            continue
        lines = enumerate(content.splitlines(), start=1) if path.suffix == ".jsonl" else [(0, content)]
        for number, text in lines:
            if not text.strip():
                continue
            try:
                found.append((path.name, number, read_audit(text, engine.library)))
            except AuditError as error:
                problems += [CampaignProblem(path.name, number, p.place, p.reason) for p in error.problems]
    if problems:
        raise CampaignError(problems)
    return found


def ways_of_audits(engine: Engine, evaluator: Evaluator, day: date, audits: Iterable[Placed]) -> Ways:
    """The ways of plants below a level on a day, by permit and level; of several audits of a plant from the last by then.

    Raises CampaignError for an audit of no plant of the campaign, and for one that is graded otherwise than the plant is.
    """
    problems: list[CampaignProblem] = []
    latest: dict[str, Placed] = {}
    for file, number, audit in audits:
        permit = audit.enterprise.permit
        if permit is None or permit not in evaluator.plants:
            code, values = CampaignCode.PERMIT_NOT_LISTED, {"permit": permit or ""}
            reason = reason_of(code, **values) if permit else reason_of(CampaignCode.AUDIT_WITHOUT_PERMIT)
            problems.append(CampaignProblem(file, number, "enterprise.permit", reason))
        elif audit.assessed_on <= day and (permit not in latest or latest[permit][2].assessed_on <= audit.assessed_on):
            latest[permit] = (file, number, audit)
    found: dict[tuple[str, str], PlantWays] = {}
    levels = evaluator.levels
    for permit, targets in levels_wanted(evaluator, day).items():
        if permit not in latest:
            continue
        file, number, audit = latest[permit]
        units = frozenset(unit.id for unit in evaluator.plants[permit].units)
        grading = engine.grade(audit)
        graded = [unit.outcome.grade for unit in grading.units if unit.id in units]
        grade = evaluator.plants[permit].on(day).grade
        if len(graded) < len(units) or grade is None or levels.worst(graded) != grade:
            values = {"graded": "、".join(graded) or "—", "permit": permit, "grade": grade or "—"}
            problems.append(
                CampaignProblem(file, number, "units", reason_of(CampaignCode.AUDIT_GRADED_OTHERWISE, **values))
            )
            continue
        for target in targets:
            found[permit, target] = plant_ways(engine, audit, grading, target, levels, units)
    if problems:
        raise CampaignError(problems)
    return found


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        yield from sorted([*path.glob("*.json"), *path.glob("*.jsonl")]) if path.is_dir() else [path]
