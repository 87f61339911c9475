"""The bureau's list as a workbook: the grades in force, and what has happened to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from uuid import UUID

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from api.queries.grade_history import GradeEvent
from api.queries.overview import Line
from grading import calendar
from grading.language.decision_text import causes_text, decision_text
from grading.model.decision import Decision
from grading.workbook.cell_text import put_plain
from reports.context.words import region_text

HEADS = ("企业名称", "统一社会信用代码", "行政区划", "行业规则", "等级", "待定原因", "评定日期")
WIDTHS = (34, 22, 30, 46, 18, 34, 14)
CHANGE_HEADS = ("企业名称", "统一社会信用代码", "时间", "事项", "原等级", "现等级", "办理", "行业规则", "批次", "说明")
CHANGE_WIDTHS = (34, 22, 18, 18, 18, 18, 14, 46, 24, 60)


def workbook(
    listed: Sequence[Line],
    events: Mapping[UUID, Sequence[GradeEvent]],
    labels: Mapping[str, str],
    titles: Mapping[str, str],
    at: datetime,
) -> bytes:
    """The lines as they are filtered, one a row, and a sheet of `events` by enterprise; texts are never read as formulas."""

    def decided(decision: Decision | None) -> str:
        return "" if decision is None else decision_text(decision, lambda level: labels.get(level, level), False)

    def named(rulesets: Sequence[str]) -> str:
        return "；".join(titles.get(known, known) for known in rulesets)

    grades = [
        (
            line.name,
            line.uscc,
            region_text(line.county),
            named(line.rulesets),
            decided(line.decision),
            causes_text(line.decision.causes) if line.decision.causes is not None else "",
            line.assessed_on.isoformat() if line.assessed_on else "",
        )
        for line in listed
    ]
    changes = [
        (
            line.name,
            line.uscc,
            calendar.clock_text(event.at),
            event.step,
            decided(event.before),
            decided(event.decision),
            event.actor_name or "系统",
            named(event.rulesets),
            event.batch or "",
            event.reasons,
        )
        for line in listed
        for event in events.get(line.id, ())
    ]
    book = Workbook()
    book.properties.created = at.replace(tzinfo=None)
    book.worksheets[0].title = "企业等级"
    fill(book.worksheets[0], HEADS, WIDTHS, grades)
    fill(book.create_sheet("等级变动"), CHANGE_HEADS, CHANGE_WIDTHS, changes)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def fill(sheet: Worksheet, heads: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
    """Write a table with its heads, which can be filtered."""
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), start=1):
        cell = sheet.cell(1, column, head)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, texts in enumerate(rows, start=2):
        for column, text in enumerate(texts, start=1):
            put_plain(sheet.cell(row, column), text)  # type: ignore[arg-type]
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{max(len(rows) + 1, 2)}"
