"""The plants to help as a workbook: what each takes at least, and what they lack alike."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO

from openpyxl import Workbook

from grading.language.prose import day_text
from grading.workbook.style import add_styles
from reports.campaign.outlook import HelpLine, SharedLine
from reports.workbook_sheets import Cells, fill

PLANTS = (
    ("排污许可证编号", 26),
    ("企业", 32),
    ("区县", 14),
    ("区域", 14),
    ("现等级", 12),
    ("目标", 12),
    ("未满足", 9),
    ("缺证明", 9),
    ("方案", 20),
    ("投资", 24),
    ("时间", 22),
    ("改动", 20),
    ("措施", 60),
    ("计划", 22),
    ("标记", 12),
    ("障碍", 50),
)
SHARED = (("行业", 34), ("差距", 34), ("要求", 50), ("企业", 9), ("共", 9), ("情况", 36), ("排污许可证编号", 60))


def help_workbook(
    title: str, day: date, plants: Iterable[HelpLine], shared: Iterable[SharedLine], *, region: str = ""
) -> bytes:
    """The workbook; sheets print on A3 landscape."""
    book = Workbook()
    add_styles(book)
    head = "　".join(part for part in (title, region, f"截至 {day_text(day)}") if part)
    first = book.worksheets[0]
    first.title = "帮扶名单"
    fill(first, head, PLANTS, map(_plant, plants))
    fill(book.create_sheet("共有差距"), head, SHARED, shared_rows(shared))
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def shared_rows(shared: Iterable[SharedLine]) -> Iterable[Cells]:
    """A row for each shared gap."""
    for line in shared:
        permits = "、".join(line.permits)
        yield (line.industry, line.label, line.required, line.number, line.of, line.text, permits)


def _plant(line: HelpLine) -> Sequence[str | int | float | None]:
    return (
        line.permit,
        line.name,
        line.county,
        line.zone,
        line.now,
        line.target,
        line.unmet,
        line.unknown,
        line.way,
        line.cost,
        line.weeks,
        line.work,
        "；".join(line.works),
        line.plan,
        "、".join(line.marks),
        "；".join(line.obstacles),
    )
