"""Writes what last time's audit stated, for a form that was begun from it: beside the questions, and of the tables on a sheet."""

from collections.abc import Iterator

from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.layout import Form
from grading.forms.wording import EVIDENCE, NOTE
from grading.forms.write_facts import SAME
from grading.language.prose import day_text
from grading.language.values import known_text
from grading.model.audit import LastTime
from grading.model.ruleset import Ruleset
from grading.workbook.cell_text import put_text
from grading.workbook.style import height_for, protect, put, set_page, set_widths

HEADS = ("单元", "表", "编号", "项目", "上次的填报", EVIDENCE, NOTE)
WIDTHS = {1: 14.0, 2: 18.0, 3: 18.0, 4: 34.0, 5: 24.0, 6: 30.0, 7: 24.0}
HEAD_ROW = 4


def shown_beside(form: Form, last: LastTime) -> dict[str, str]:
    """Last time's answers to the single questions by place, as they are shown, and under the empty place their day."""
    found = {"": day_text(last.assessed_on)}
    rulesets = [unit.unit.ruleset for unit in form.units]
    for line in (line for band in (form.plant.bands if form.plant else ()) for line in band.lines):
        name = line.question.fact.id
        asking = next((ruleset for ruleset in rulesets if name in ruleset.facts), None)
        known = last.facts.get(name)
        if known is not None and asking is not None:
            found[line.place] = _text(asking, name, known.value, known.evidence)
    for unit in form.units:
        for line in (line for band in unit.facts.bands for line in band.lines):
            name = line.question.fact.id
            known = last.facts.get(name) if line.place.startswith("enterprise.") else last.of_unit(unit.unit.id, name)
            if known is not None:
                found[line.place] = _text(unit.unit.ruleset, name, known.value, known.evidence)
    return found


def write_last(sheet: Worksheet, form: Form, last: LastTime) -> None:
    """The rows of last time's tables, to look up."""
    put(sheet, 2, 1, f"上次填报（{day_text(last.assessed_on)}）：各表各行", "标题")
    text = f"只供对照，不用填写。某行空着的格都与上次相同的，在该表该行的“{SAME}”栏选“是”；不同的格填写新值。"
    put(sheet, 3, 1, text, "说明")
    for row, height in ((2, 32), (3, 34)):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(HEADS))
        sheet.row_dimensions[row].height = height
    for column, head in enumerate(HEADS, start=1):
        put(sheet, HEAD_ROW, column, head, "表头")
    for number, texts in enumerate(_rows(form, last), start=HEAD_ROW + 1):
        for column, text in enumerate(texts, start=1):
            put_text(put(sheet, number, column, "", "参考"), text)
        sheet.row_dimensions[number].height = height_for(
            [(WIDTHS[column], text) for column, text in enumerate(texts, 1)]
        )
    set_widths(sheet, WIDTHS)
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    set_page(sheet, "上次填报", f"{HEAD_ROW}:{HEAD_ROW}")
    protect(sheet)


def _rows(form: Form, last: LastTime) -> Iterator[tuple[str, ...]]:
    for unit in form.units:
        ruleset = unit.unit.ruleset
        for name, group in ruleset.groups.items():
            for row in last.rows(unit.unit.id, name):
                for fact, known in row.facts.items():
                    value = known_text(ruleset, fact, known.value)
                    evidence = "；".join(known.evidence)
                    yield (
                        unit.unit.id,
                        group.label,
                        row.key,
                        ruleset.facts[fact].label,
                        value,
                        evidence,
                        known.note or "",
                    )


def _text(ruleset: Ruleset, fact: str, value: object, evidence: tuple[str, ...]) -> str:
    shown = known_text(ruleset, fact, value)
    return f"{shown}\n证据：{'；'.join(evidence)}" if evidence else shown


def has_rows(form: Form, last: LastTime) -> bool:
    """True when last time's tables had rows of any unit."""
    return next(_rows(form, last), None) is not None
