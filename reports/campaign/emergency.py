"""The emergency list (应急减排清单) of a campaign: what each unit does at each alert, by its published grade."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from openpyxl import Workbook

from grading.language.measure_text import measure_text
from grading.language.prose import day_text
from grading.measures import measures_at
from grading.model.decision import is_undecided
from grading.model.result import UNGRADED
from grading.model.ruleset import Ruleset
from grading.workbook.style import add_styles
from reports.workbook_sheets import Cells, fill

ALERTS = {"yellow": "黄色预警（Ⅲ级）", "orange": "橙色预警（Ⅱ级）", "red": "红色预警（Ⅰ级）"}
COLUMNS = (
    ("区县", 14),
    ("企业", 32),
    ("排污许可证编号", 26),
    ("生产单元", 16),
    ("规则集", 24),
    ("现等级", 12),
    ("公布于", 20),
    *((title, 44) for title in ALERTS.values()),
    ("说明", 36),
)
UNVERIFIED = ("recalled", "estimated")


@dataclass(frozen=True)
class EmergencyUnit:
    """A unit with the grade that is in force of it; without one nothing can be listed."""

    county: str
    name: str
    permit: str
    unit: str
    ruleset: Ruleset | None
    grade: str | None
    attainable: str | None
    since: date | None
    note: str = ""

    def measures(self, alert: str) -> tuple[str, ...]:
        """The measures of the unit's ruleset at an alert; those that no text of the guideline shows as yet are marked."""
        if self.ruleset is None or self.grade is None:
            return ()
        found = measures_at(self.ruleset, alert, self.grade)
        return tuple(
            measure_text(m.kind, m.text, m.percent) + ("（依据未核实）" if m.basis in UNVERIFIED else "") for m in found
        )


def emergency_workbook(title: str, day: date, units: Iterable[EmergencyUnit]) -> bytes:
    """The workbook; it prints on A3 landscape."""
    book = Workbook()
    add_styles(book)
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = "应急减排清单"
    fill(sheet, f"{title}：应急减排清单　截至 {day_text(day)}", COLUMNS, map(_cells, units))
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _cells(unit: EmergencyUnit) -> Cells:
    head = (unit.county, unit.name, unit.permit, unit.unit)
    ruleset, grade = unit.ruleset, unit.grade
    if ruleset is None or grade is None or unit.attainable is None:
        note = "没有公布的评级，不能列出措施；按哪一级管控由主管部门确定"
        return (*head, None, "未评级", None, None, None, None, "；".join(filter(None, (note, unit.note))))
    labels = {level.id: level.label for level in ruleset.scale.levels}
    measures = [_listed(unit.measures(alert)) for alert in ALERTS]
    notes = [unit.note]
    if grade == UNGRADED:
        notes.append("不纳入绩效分级，按最低等级管控")
    if is_undecided(grade, unit.attainable):
        notes.append(f"等级待定，最好可至 {labels.get(unit.attainable, unit.attainable)}；按已确定的等级列出")
    since = None if unit.since is None else day_text(unit.since)
    shown = labels.get(grade, "不纳入分级")
    return (*head, ruleset.title, shown, since, *measures, "；".join(filter(None, notes)) or None)


def _listed(lines: Sequence[str]) -> str:
    return (
        "\n".join(f"{i}. {line}" if len(lines) > 1 else line for i, line in enumerate(lines, start=1)) or "未规定措施"
    )
