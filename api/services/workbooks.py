"""Workbooks from outside: read as audits, or refused with every error at its cell and a marked copy to download."""

from pathlib import PurePath
from typing import BinaryIO

from api.context import Context
from api.files.evidence import safe_name
from api.media_types import XLSX
from api.problems import ErrorAt, Problem
from api.services.exports import keep_marked
from api.store import Enterprise
from grading.audit_json import dump_audit
from grading.forms.findings import FormError
from grading.forms.read import FormReading
from grading.model.audit import Audit
from grading.workbook.open_workbook import MAX_FILE

INVALID = "invalid_workbook"
MARKED = "（已标出错误）.xlsx"


def read_workbook(context: Context, upload: BinaryIO, name: str) -> FormReading:
    """The audit that a workbook holds, and what its sender should know.

    Raises Problem: 413; 422 `invalid_workbook`, whose `errors` have place, message, sheet, cell, label and what was given,
    and whose `marked_workbook` is where a copy with the errors marked can be downloaded.
    """
    data = upload.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise Problem("file_too_large", f"工作簿超过 {MAX_FILE // 1_000_000} MB 的上限。", status=413)
    service = context.service
    try:
        return service.workbooks.read(data, service.grader.library)
    except FormError as error:
        raise refusal(context, error, data, name, "核查表") from None


def draft_of(
    context: Context, upload: BinaryIO, name: str, enterprise: Enterprise, county: str
) -> tuple[str, tuple[str, ...]]:
    """The content of a draft that a workbook holds, and what its sender should know.

    What the workbook leaves out of the enterprise comes from the register; `county` is where the plant lies.
    Raises as `read_workbook`, and Problem (422) when it is the workbook of another enterprise.
    """
    reading = read_workbook(context, upload, name)
    return content_for(context, reading.audit, enterprise, county), reading.warnings


def content_for(context: Context, audit: Audit, enterprise: Enterprise, county: str) -> str:
    """The content of a draft about an enterprise that a workbook's audit is; `county` is where the plant lies.

    Raises Problem (422) when it is the audit of another enterprise.
    """
    head_read = audit.enterprise
    if head_read.uscc not in (None, enterprise.uscc):
        message = f"核查表所填统一社会信用代码为 {head_read.uscc}，本企业登记的是 {enterprise.uscc}。"
        raise Problem("other_enterprise", message, status=422, errors=[ErrorAt("enterprise.uscc", message)])
    head = head_read.model_copy(update={"uscc": enterprise.uscc, "county": head_read.county or county})
    return dump_audit(audit.model_copy(update={"enterprise": head}), context.service.grader.library)


def refusal(context: Context, error: FormError, data: bytes, name: str, what: str) -> Problem:
    """The refusal of a workbook that is called `what`, with a marked copy to download where one can be made."""
    errors = [
        {
            "place": problem.place,
            "code": problem.code or INVALID,
            "message": problem.message,
            "sheet": problem.spot.sheet if problem.spot else None,
            "cell": problem.spot.cell if problem.spot else None,
            "label": problem.spot.label if problem.spot else None,
            "given": problem.given,
        }
        for problem in error.problems
    ]
    marked = None
    if error.can_mark:
        shown = PurePath(safe_name(name)).stem[:150] + MARKED
        copy = context.service.workbooks.mark(data, error.problems)
        if copy is not None:
            marked = f"/v1/exports/{keep_marked(context, copy, shown, XLSX).id}/content"
    return Problem(
        INVALID,
        f"{what}有 {len(errors)} 处问题。",
        status=422,
        errors=[ErrorAt(p.place, p.message, p.code) for p in error.problems],
        more={"errors": errors, "marked_workbook": marked},
        keep=True,
    )
