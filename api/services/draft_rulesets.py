"""Editions of rulesets that a bureau uploads as drafts: checked as files are, kept to the letter, seen by the bureau alone."""

import json
from pathlib import Path

from api.access import Rule, in_area, require
from api.context import Context
from api.grader import ruleset_text
from api.problems import ErrorAt, Problem
from api.store import DraftRuleset
from grading.engine.grade import ruleset_digest
from grading.language.draft import SHOWN_AS, DraftLibrary
from grading.language.problems import LanguageError
from grading.language.problems import Problem as Finding
from grading.model.ruleset import Ruleset
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode
from grading.ruleset_findings import findings


def upload(context: Context, text: bytes) -> DraftRuleset:
    """Keep an edition as a draft. Nothing is graded by it but batches that are ordered against it.

    The checks are those of `grading ruleset check`. Raises Problem: 403 for who may not, or for a jurisdiction that has
    nothing to do with the bureau's area; 422 `invalid_ruleset` with every error, each with its line.
    """
    actor = require(context.db, Rule.MAKE_BATCHES)
    ruleset, warnings = _read(text, context.service.grader.library.root)
    area = actor.area or ""
    if not in_charge(area, ruleset.jurisdiction):
        detail = f"这部规则集适用于 {ruleset.jurisdiction}，不在您的辖区（{area}）。"
        raise Problem("not_in_charge", detail, status=403)
    made = DraftRuleset(
        ruleset_id=ruleset.id,
        title=ruleset.title,
        jurisdiction=ruleset.jurisdiction,
        effective=ruleset.edition.effective,
        digest=ruleset_digest(ruleset),
        text=text.decode("utf-8"),
        document=ruleset_text(ruleset),
        warnings=json.dumps([_serialize(warning) for warning in warnings], ensure_ascii=False),
        area=area,
        uploaded_by=actor.id,
    )
    context.db.add(made)
    context.db.flush()
    return made


def in_charge(area: str, jurisdiction: str) -> bool:
    """True when a bureau's area lies in a ruleset's jurisdiction, or contains it."""
    return in_area(area, jurisdiction) or in_area(jurisdiction, area)


def _read(text: bytes, root: Path) -> tuple[Ruleset, list[Finding]]:
    """The ruleset that a text is, and what the check warns of."""
    try:
        library = DraftLibrary(text, root)
    except LanguageError as error:
        raise _invalid(list(error.problems)) from None
    found = findings(library, library.draft_id)
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        raise _invalid(errors)
    loaded = library.load(library.draft_id)
    if loaded.ruleset.review.status != "draft":
        reason = reason_of(RulesetCode.REVIEWED_UPLOAD)
        raise _invalid([loaded.own.problem(("review", "status"), reason)])
    return loaded.ruleset, [finding for finding in found if finding.severity == "warning"]


def _invalid(errors: list[Finding]) -> Problem:
    listed = [ErrorAt(_place(error), error.message, error.code) for error in errors]
    more = {"findings": [_serialize(error) for error in errors]}
    return Problem("invalid_ruleset", f"规则集有 {len(errors)} 处错误。", status=422, errors=listed, more=more)


def _place(finding: Finding) -> str:
    """`第 12 行 indicators[2].levels`; in a file that the draft includes, with its name."""
    file = "" if finding.file == SHOWN_AS else f"{finding.file} "
    line = f"第 {finding.line} 行 " if finding.line else ""
    return f"{file}{line}{finding.place}".strip()


def _serialize(finding: Finding) -> dict[str, str | int | None]:
    file = None if finding.file == SHOWN_AS else finding.file
    return {
        "file": file,
        "line": finding.line,
        "place": finding.place,
        "code": finding.code,
        "message": finding.message,
    }
