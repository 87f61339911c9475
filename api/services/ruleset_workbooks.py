"""Rulesets as workbooks: laid out to be completed from a printed table, and read back as drafts."""

from typing import BinaryIO

from api.access import Rule, require
from api.context import Context
from api.problems import Problem, not_found
from api.services import draft_rulesets
from api.services.workbooks import refusal
from api.store import DraftRuleset
from grading.forms.findings import FormError
from grading.language.problems import LanguageError
from grading.ruleset_workbook.write import write
from grading.workbook.open_workbook import MAX_FILE


def workbook_of(context: Context, ruleset_id: str) -> bytes:
    """A ruleset as a workbook; raises Problem (404)."""
    try:
        ruleset = context.service.grader.library.ruleset(ruleset_id)
    except (KeyError, LanguageError):
        raise not_found() from None
    return write(ruleset)


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
