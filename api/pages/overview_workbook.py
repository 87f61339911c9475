"""The bureau's list as a workbook."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from api.queries.overview import Line
from grading.language.decision_text import causes_text, decision_text
from grading.workbook.cell_text import put_plain
from reports.context.words import region_text

HEADS = ("企业名称", "统一社会信用代码", "行政区划", "行业规则", "等级", "待定原因", "评定日期")
WIDTHS = (34, 22, 30, 46, 18, 34, 14)


def workbook(listed: Sequence[Line], labels: Mapping[str, str], titles: Mapping[str, str], at: datetime) -> bytes:
    """The lines as they are filtered, one a row; texts are never read as formulas."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "企业等级"
    book.properties.created = at.replace(tzinfo=None)
    for column, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True), start=1):
        cell = sheet.cell(1, column, head)
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, line in enumerate(listed, start=2):
        texts = (
            line.name,
            line.uscc,
            region_text(line.county),
            "；".join(titles.get(known, known) for known in line.rulesets),
            decision_text(line.decision, lambda level: labels.get(level, level), with_causes=False),
            causes_text(line.decision.causes) if line.decision.causes is not None else "",
            line.assessed_on.isoformat() if line.assessed_on else "",
        )
        for column, text in enumerate(texts, start=1):
            put_plain(sheet.cell(row, column), text)  # type: ignore[arg-type]
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(HEADS))}{max(len(listed) + 1, 2)}"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
