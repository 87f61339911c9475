"""The whole report: cover, notices, and a part for each unit."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson

from grading.gaps.causes import decision_of, unit_decisions
from grading.gaps.ground_figures import unit_figures
from grading.language.decision_text import causes_text, outcome_text
from grading.language.prose import day_text
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.gap import EnterprisePlan, UnitGaps
from grading.model.result import Grading
from grading.model.ruleset import Ruleset
from reports.charts.qr import QrCode, qr_code
from reports.context.cover import Said, cover_notices, only_edition
from reports.context.joint import JointPlan, joint_plan
from reports.context.last_time import Rechecked, rechecked
from reports.context.sources import Source, Sources
from reports.context.unit import UnitPart, unit_part
from reports.context.words import region_text, short_name

ATTACHMENT = "grading.json"
QR_RULESETS = 6
"""Rulesets whose digest the QR code names; with more, the digest of the attachment stands for them."""


@dataclass(frozen=True)
class Report:
    """The report that the templates print."""

    title: str
    name: str
    short_name: str
    uscc: str | None
    permit: str | None
    county: str | None
    assessed_on: str
    day: date
    validity: str | None
    is_trial: bool
    is_draft: bool
    is_undecided: bool
    grade: str
    """The decision: a level, or the interval of an undecided one."""
    causes: str
    note: str | None
    """The word given when the grading was published, where one was needed."""
    units: tuple[UnitPart, ...]
    notices: tuple[Said, ...]
    """The warnings of the cover."""
    edition: str | None
    """The edition of all units; None where there are several, which then stand beside the units."""
    joint: JointPlan | None
    """One plan for all units, where there are several with something to do."""
    sources: tuple[Source, ...]
    qr: QrCode
    address: str | None
    """The address that the QR code leads to; None: it carries the digests."""
    audit_digest: str
    grading_digest: str
    rulesets: tuple[tuple[str, str], ...]
    engine: str
    attachment: str
    attached: bytes
    rechecked: Rechecked | None
    """What became of last time's answers, where the audit was begun from them."""

    @property
    def is_single(self) -> bool:
        """True when the enterprise has one unit only; its sections then need no part of their own."""
        return len(self.units) == 1

    @property
    def warning(self) -> str:
        """The warning on every page of a report that must not be taken for a decision."""
        texts = ["试算结果，不得公布"] if self.is_trial else []
        return "　".join([*texts, *(["依据草案规则，未经审定"] if self.is_draft else [])])


def grading_json(grading: Grading) -> bytes:
    """The document of `grading grade --json`, as the report carries it."""
    return orjson.dumps(grading.as_json())


def report(
    audit: Audit,
    grading: Grading,
    rulesets: Mapping[str, Ruleset],
    gaps: Sequence[UnitGaps],
    note: str | None = None,
    joint: EnterprisePlan | None = None,
    address: str | None = None,
    validity: str | None = None,
) -> Report:
    """The context of a report. `rulesets` by id, `gaps` one a unit in the order of the audit; `note`: said at publication;
    `address`: where anyone can look whether the grade is in force, which the QR code then leads to;
    `validity`: until when the grade holds, in words.

    Raises ValueError when the gaps do not belong to the grading's units, KeyError for a ruleset that is not given.
    """
    if [unit.id for unit in grading.units] != [unit.unit for unit in gaps]:
        raise ValueError("the gaps must be those of the grading's units, in their order")
    is_trial = grading.mode is Mode.TRIAL
    sources = Sources()
    decision, decisions = decision_of(rulesets, audit, grading), unit_decisions(rulesets, audit, grading)
    figures = unit_figures(rulesets, audit, grading)
    units = tuple(
        unit_part(audit, n, rulesets[graded.ruleset], graded, gaps[n], decisions[n], figures[n], sources)
        for n, graded in enumerate(grading.units)
    )
    used = {graded.ruleset: graded.ruleset_digest for graded in grading.units}
    attached = grading_json(grading)
    attached_digest = "sha256:" + hashlib.sha256(attached).hexdigest()
    enterprise = audit.enterprise
    return Report(
        title="重污染天气重点行业绩效分级差距报告",
        name=enterprise.name,
        short_name=short_name(enterprise.name),
        uscc=enterprise.uscc,
        permit=enterprise.permit,
        county=region_text(enterprise.county) if enterprise.county else None,
        assessed_on=day_text(audit.assessed_on),
        day=audit.assessed_on,
        validity=validity,
        is_trial=is_trial,
        is_draft=any(unit.edition.is_draft for unit in units),
        is_undecided=decision.is_undecided,
        grade=outcome_text([rulesets[name].scale for name in used], grading.outcome),
        causes=causes_text(decision.causes) if decision.causes is not None else "",
        note=note,
        units=units,
        notices=cover_notices(units),
        edition=only_edition(units),
        joint=None if joint is None else joint_plan(audit, rulesets, joint),
        sources=sources.listed(),
        qr=qr_code(address or _qr_text(grading, used, attached_digest)),
        address=address,
        audit_digest=grading.audit_digest,
        grading_digest=attached_digest,
        rulesets=tuple(used.items()),
        engine=grading.engine,
        attachment=ATTACHMENT,
        attached=attached,
        rechecked=rechecked(audit, rulesets),
    )


def _qr_text(grading: Grading, used: Mapping[str, str], attached: str) -> str:
    """One line for each digest: who has audit and rulesets can grade again and compare."""
    rulesets = [f"ruleset {name} {digest}" for name, digest in used.items()]
    named = rulesets if len(rulesets) <= QR_RULESETS else []
    head = [f"grading {grading.outcome.grade} {grading.mode}", f"audit {grading.audit_digest}"]
    return "\n".join([*head, *named, f"result {attached}"])
