"""An announcement of grades with its annex of plants, as PDF, HTML and Excel."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO

from openpyxl import Workbook

from grading.language.prose import day_text
from grading.workbook.style import add_styles
from reports.pdf import Attached, pdf
from reports.render import rendered
from reports.workbook_sheets import fill

TEMPLATE = "announcement.html.j2"
COLUMNS = (
    ("序号", 6),
    ("企业名称", 36),
    ("统一社会信用代码", 22),
    ("行政区划", 26),
    ("行业", 30),
    ("绩效等级", 16),
    ("评定日期", 14),
)


@dataclass(frozen=True)
class AnnexLine:
    """A plant in the annex."""

    name: str
    uscc: str
    county: str
    industry: str
    grade: str
    assessed_on: str


@dataclass(frozen=True)
class AnnouncementContext:
    """Everything the template needs; `is_draft`: nothing of it is published yet."""

    title: str
    issuer: str
    number: str | None
    day: date
    publicity: tuple[date, date] | None
    lines: tuple[AnnexLine, ...]
    counts: tuple[tuple[str, int], ...]
    is_draft: bool


def announcement_html(announcement: AnnouncementContext) -> str:
    """The announcement as one self-contained HTML page."""
    return rendered(TEMPLATE, for_screen=True, a=announcement, day_text=day_text)


def announcement_pdf(announcement: AnnouncementContext) -> bytes:
    """The announcement as tagged PDF/A-3 with its annex as JSON inside; raises TypefaceError without the typefaces."""
    lines = [asdict(line) for line in announcement.lines]
    attached = json.dumps(
        {"title": announcement.title, "number": announcement.number, "plants": lines}, ensure_ascii=False
    )
    return pdf(
        rendered(TEMPLATE, for_screen=False, a=announcement, day_text=day_text),
        title=announcement.title,
        subject=f"{len(lines)} 家企业　{announcement.number or '预览，尚未公布'}",
        day=announcement.day,
        attached=Attached("announcement.json", "公告附件（JSON）", attached.encode()),
        is_trial=False,
    )


def annex_workbook(announcement: AnnouncementContext) -> bytes:
    """The annex as a workbook; texts are never read as formulas."""
    book = Workbook()
    add_styles(book)
    sheet = book.worksheets[0]
    sheet.title = "附件"
    rows: Sequence[Sequence[str | int]] = [
        (n, line.name, line.uscc, line.county, line.industry, line.grade, line.assessed_on)
        for n, line in enumerate(announcement.lines, start=1)
    ]
    fill(sheet, announcement.title, COLUMNS, rows)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
