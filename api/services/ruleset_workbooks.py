"""Rulesets as workbooks: laid out to be completed from a printed table, and read back as drafts."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from sqlalchemy import exists, select

from api.access import Rule, require
from api.context import Context
from api.problems import Problem, not_found
from api.services import draft_rulesets
from api.services.granted_waivers import content_with
from api.services.workbooks import refusal
from api.store import Audit, AuditRevision, DraftRuleset, GradedUnit, Grading
from grading.forms.findings import FormError
from grading.intake import AuditError, check_audit, parse_json
from grading.language.problems import LanguageError
from grading.model import audit as domain
from grading.model.ruleset import Ruleset
from grading.ruleset_workbook.decisive import case_audits, hanging
from grading.ruleset_workbook.write import NOT_COUNTED, write
from grading.workbook.open_workbook import MAX_FILE

AUDITS = 50
"""The most audits on which the work list's order rests: each is graded again, with every figure's other outcomes."""


def workbook_of(context: Context, ruleset_id: str) -> bytes:
    """A ruleset as a workbook; figures on which most plants' grades hang come first on its work list. Raises Problem (404)."""
    try:
        ruleset = context.service.grader.library.ruleset(ruleset_id)
    except (KeyError, LanguageError):
        raise not_found() from None
    return write(ruleset, *_counted(context, ruleset))


def _counted(context: Context, ruleset: Ruleset) -> tuple[Mapping[str, int], str]:
    """The number of units whose grades hang on each figure, and their kind: published audits that the actor sees, else cases."""
    engine = context.service.grader.engine
    counts, units = hanging(engine, ruleset, _published(context, ruleset))
    of = f"最近公布的 {units} 个单元"
    if not units:
        counts, units = hanging(engine, ruleset, case_audits(context.service.grader.library, ruleset.id))
        of = f"本规则集的 {units} 个用例"
    if not units:
        # A signed edition has no cases, and those of an industry's other editions say nothing about it.
        return {}, NOT_COUNTED
    return counts, f"按{of}排列：“影响评级”是数值若是另一结果，等级就会改变的个数（试算）"


def _published(context: Context, ruleset: Ruleset) -> Iterator[domain.Audit]:
    """The newest published audits with a unit of a ruleset, as they were graded."""
    has_unit = exists().where(GradedUnit.grading_id == Grading.id, GradedUnit.ruleset_id == ruleset.id)
    found = (
        select(AuditRevision.content, Grading.waivers)
        .join(Grading, Grading.revision_id == AuditRevision.id)
        .join(Audit, Audit.published_grading_id == Grading.id)
        .where(has_unit)
        .order_by(Grading.created_at.desc())
        .limit(AUDITS)
    )
    for content, waivers in context.db.execute(found):
        try:
            yield check_audit(
                parse_json(content_with(content, waivers)), context.service.grader.library, as_recorded=True
            )
        except AuditError:
            # Of another edition since: it can't be read by today's.
            continue


def upload(context: Context, file: BinaryIO, name: str) -> DraftRuleset:
    """Keep the edition that a workbook holds as a draft.

    Raises Problem: 413; 422 `invalid_workbook` with every mistake at its cell and a marked copy, `nothing_changed` for a
    workbook that says what the ruleset says already; and as `draft_rulesets.upload`.
    """
    require(context.db, Rule.MAKE_BATCHES)
    data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise Problem("file_too_large", f"工作簿超过 {MAX_FILE // 1_000_000} MB 的上限。", status=413)
    try:
        read = context.service.workbooks.read_ruleset(data, context.service.grader.library)
    except FormError as error:
        raise refusal(context, error, data, name, "规则工作簿") from None
    if read.text is None:
        raise Problem("nothing_changed", f"工作簿与规则集 {read.base} 完全一致，没有改动。", status=422)
    return draft_rulesets.upload(context, read.text)
