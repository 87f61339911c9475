"""Writes a sheet of single questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.evidence_days import LABELS, put_about
from grading.forms.layout import Band, FactSheet, Line
from grading.forms.validation import Lists, for_fact, one_of, rest_no, yes_or_no
from grading.forms.wording import ANSWER, EVIDENCE, NO, NOTE, YES, option_labels, range_text
from grading.forms.write_day import put_day
from grading.language.bounds import bound_text
from grading.language.prose import unit_text
from grading.model.audit import Below, Known, Value
from grading.model.ruleset import Fact
from grading.workbook.cell_text import put_items, put_plain, put_text
from grading.workbook.style import comment, height_for, protect, put, set_page, set_widths

(
    CODE,
    NUMBER,
    LABEL,
    UNIT,
    RANGE,
    ANSWER_AT,
    EVIDENCE_AT,
    NOTE_AT,
    TAKEN_AT,
    UNTIL_AT,
    COVERS_AT,
    ASK,
    STATUS,
    PLANT_AT,
) = range(1, 15)
RELEVANT_AT = PLANT_AT + 3
"""The column, behind those about last time, of the hidden cells that say whether a question applies."""
WIDTHS = {
    CODE: 0,
    NUMBER: 5.5,
    LABEL: 34.0,
    UNIT: 9.0,
    RANGE: 30.0,
    ANSWER_AT: 20.0,
    EVIDENCE_AT: 22.0,
    TAKEN_AT: 11.5,
    UNTIL_AT: 11.5,
    COVERS_AT: 13.0,
    NOTE_AT: 20.0,
    ASK: 24.0,
    STATUS: 11.0,
    PLANT_AT: 14.0,
}
ABOUT = {"taken": TAKEN_AT, "valid_until": UNTIL_AT, "covers": COVERS_AT}
ROLES = {
    LABEL: "label",
    ANSWER_AT: "answer",
    EVIDENCE_AT: "evidence",
    NOTE_AT: "note",
    **{column: name for name, column in ABOUT.items()},
    STATUS: "status",
}
HEADS = {
    NUMBER: "序号",
    LABEL: "核查内容",
    UNIT: "单位",
    RANGE: "填写要求",
    ANSWER_AT: ANSWER,
    EVIDENCE_AT: EVIDENCE,
    NOTE_AT: NOTE,
    **{column: LABELS[name] for name, column in ABOUT.items()},
    ASK: "应查资料",
    STATUS: "状态",
    PLANT_AT: "全厂值",
}
LAST, SAME = "last", "与上次相同"
LAST_WIDTH, SAME_WIDTH = 24.0, 12.0
HEAD_ROW = 4
BAND = "@"
"""Begins the code of a row that titles a band; a fact's option is coded `place#option`."""
DONE, FROM_PLANT, OPEN, PARTLY, IDLE = "✔ 已填", "↑ 按全厂", "○ 未填", "△ 未填全", "— 不适用"
PENDING = "？ 待确认"


@dataclass
class WrittenFacts:
    """The positions of written facts: for the cover's contents and for the sheets that refer to this one."""

    title: str
    bands: list[tuple[Band, int]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    last_row: int = HEAD_ROW

    def statuses(self) -> str:
        """The range of the status column."""
        letter = get_column_letter(STATUS)
        return f"{quote_sheetname(self.title)}!${letter}${HEAD_ROW + 1}:${letter}${self.last_row}"

    def cell(self, place: str, column: int) -> str:
        """The address of a cell in the row of a place."""
        return f"{quote_sheetname(self.title)}!${get_column_letter(column)}${self.rows[place]}"


def write_facts(
    sheet: Worksheet,
    plan: FactSheet,
    subtitle: str,
    lists: Lists,
    known: Mapping[str, Known],
    plant: WrittenFacts | None,
    last: Mapping[str, str] | None = None,
) -> WrittenFacts:
    """Fill `sheet`; `known` are the answers by place, `subtitle` a formula. Raises TooLongError.

    `last`: last time's answers by place, as they are shown, and under the empty place their day.
    """
    return _Writer(sheet, plan, lists, known, plant, last).write(subtitle)


class _Writer:
    def __init__(
        self,
        sheet: Worksheet,
        plan: FactSheet,
        lists: Lists,
        known: Mapping[str, Known],
        plant: WrittenFacts | None,
        last: Mapping[str, str] | None,
    ) -> None:
        self.sheet, self.plan, self.lists, self.known = sheet, plan, lists, known
        inherits = any(line.inherits for band in plan.bands for line in band.lines)
        self.plant = plant if inherits else None
        self.columns = PLANT_AT if inherits else STATUS
        self.heads, self.widths = dict(HEADS), dict(WIDTHS)
        self.roles = dict(ROLES)
        self.last = last
        if last is not None:
            self.last_at, self.same_at = self.columns + 1, self.columns + 2
            self.heads |= {self.last_at: f"上次（{last['']}）", self.same_at: SAME}
            self.widths |= {self.last_at: LAST_WIDTH, self.same_at: SAME_WIDTH}
            self.roles |= {self.last_at: LAST, self.same_at: "same"}
            self.columns = self.same_at
        self.row = HEAD_ROW
        self.number = 0
        self.written = WrittenFacts(sheet.title)

    def write(self, subtitle: str) -> WrittenFacts:
        self.head(subtitle)
        for band in self.plan.bands:
            self.band(band)
        self.written.last_row = self.row
        set_widths(self.sheet, {column: self.widths[column] for column in range(1, self.columns + 1)})
        self.sheet.freeze_panes = f"{get_column_letter(UNIT)}{HEAD_ROW + 1}"
        set_page(self.sheet, self.plan.heading, f"{HEAD_ROW}:{HEAD_ROW}")
        protect(self.sheet)
        return self.written

    def head(self, subtitle: str) -> None:
        for column, role in self.roles.items():
            put(self.sheet, 1, column, role, "机读")
        put(self.sheet, 1, CODE, self.plan.code, "机读")
        self.sheet.row_dimensions[1].hidden = True
        put(self.sheet, 2, NUMBER, self.plan.heading, "标题")
        self.sheet.row_dimensions[2].height = 32
        put(self.sheet, 3, NUMBER, "", "说明").value = subtitle
        self.sheet.row_dimensions[3].height = 22
        for row in (2, 3):
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=NUMBER, end_column=self.columns)
        for column in range(NUMBER, self.columns + 1):
            put(self.sheet, HEAD_ROW, column, self.heads[column], "表头")
        self.sheet.row_dimensions[HEAD_ROW].height = 28

    def band(self, band: Band) -> None:
        self.row += 1
        top = self.row
        self.written.bands.append((band, top))
        for column in range(NUMBER, self.columns + 1):
            put(self.sheet, top, column, "", "分段")
        put(self.sheet, top, CODE, BAND + band.id, "机读")
        put(self.sheet, top, NUMBER, band.title, "分段")
        self.sheet.merge_cells(start_row=top, end_row=top, start_column=NUMBER, end_column=RANGE)
        for column in (ANSWER_AT, EVIDENCE_AT, NOTE_AT, *ABOUT.values()):
            put(self.sheet, top, column, HEADS[column], "分段列名")
        self.sheet.row_dimensions[top].height = 24
        for line in band.lines:
            self.line(line)
        letter = get_column_letter(STATUS)
        area = f"{letter}{top + 1}:{letter}{self.row}"
        done = f'COUNTIF({area},"{DONE}")+COUNTIF({area},"{FROM_PLANT}")'
        open_count = f'{len(band.lines)}-COUNTIF({area},"{IDLE}")'
        put(self.sheet, top, STATUS, "", "分段列名").value = f'={done}&" / "&{open_count}'

    def line(self, line: Line) -> None:
        fact = line.question.fact
        known = self.known.get(line.place)
        self.row += 1
        self.number += 1
        row = self.row
        self.written.rows[line.place] = row
        expected = range_text(fact) + (f"\n{fact.help}" if fact.help else "")
        ask = "；".join(fact.evidence)
        put(self.sheet, row, CODE, line.place, "机读")
        put(self.sheet, row, NUMBER, "", "居中").value = self.number
        label = put(self.sheet, row, LABEL, fact.label, "项目")
        if line.criteria:
            label.comment = comment(line.criteria)
        put(self.sheet, row, UNIT, unit_text(fact.unit or ""), "居中")
        put(self.sheet, row, RANGE, expected, "参考")
        put(self.sheet, row, ASK, ask, "参考")
        answer = put(self.sheet, row, ANSWER_AT, "", "填写格")
        evidence, note = put(self.sheet, row, EVIDENCE_AT, "", "文字格"), put(self.sheet, row, NOTE_AT, "", "文字格")
        for cell in (evidence, note):
            cell.number_format = "@"
        about = {name: put(self.sheet, row, column, "", "文字格") for name, column in ABOUT.items()}
        put_about(about, known)
        if known is not None and known.evidence:
            put_items(evidence, known.evidence)
        if known is not None and known.note is not None:
            put_text(note, known.note)
        if fact.type == "choices":
            self.options(line, fact, known, answer)
        else:
            validation = for_fact(self.lists, fact, answer.coordinate)
            validation.add(answer.coordinate)
            self.sheet.add_data_validation(validation)
            put_value(answer, known.value if known else None, fact)
        self.beside(line.place, row)
        self.status(line, row, len(fact.options) if fact.type == "choices" else 0)
        texts = [(WIDTHS[LABEL], fact.label)]
        filled = ((ANSWER_AT, answer), (EVIDENCE_AT, evidence), (COVERS_AT, about["covers"]), (NOTE_AT, note))
        texts += [(WIDTHS[column], str(cell.value or "")) for column, cell in filled]
        self.sheet.row_dimensions[row].height = height_for(texts, small=[(WIDTHS[RANGE], expected), (WIDTHS[ASK], ask)])

    def beside(self, place: str, row: int) -> None:
        """Last time's answer, and the cell that says that it is the same now."""
        if self.last is None:
            return
        shown = self.last.get(place, "")
        put_text(put(self.sheet, row, self.last_at, "", "参考"), shown)
        same = put(self.sheet, row, self.same_at, "", "填写格" if shown else "参考")
        if shown:
            rule = one_of(self.lists, (YES,), f"与上次相同的选“{YES}”；不同的在“{ANSWER}”栏填写；未核查的留空")
            rule.add(same.coordinate)
            self.sheet.add_data_validation(rule)

    def options(self, line: Line, fact: Fact, known: Known | None, main: Cell) -> None:
        """A row for each option; the fact's own answer cell says what becomes of those left open."""
        validation = rest_no(self.lists)
        validation.add(main.coordinate)
        self.sheet.add_data_validation(validation)
        each = yes_or_no(self.lists)
        chosen = known.value if known is not None and isinstance(known.value, tuple) else None
        for code, label in option_labels(fact).items():
            self.row += 1
            for column in range(NUMBER, self.columns + 1):
                put(self.sheet, self.row, column, "", "选项")
            put(self.sheet, self.row, CODE, f"{line.place}#{code}", "机读")
            put(self.sheet, self.row, LABEL, f"　└ {label}", "选项")
            put(self.sheet, self.row, RANGE, f"{YES}／{NO}", "参考")
            cell = put(self.sheet, self.row, ANSWER_AT, "", "填写格")
            if chosen is not None:
                put_plain(cell, YES if code in chosen else NO)
            each.add(cell.coordinate)
            self.sheet.row_dimensions[self.row].height = height_for([(WIDTHS[LABEL], f"　└ {label}")], least=24)
        self.sheet.add_data_validation(each)

    def status(self, line: Line, row: int, options: int) -> None:
        letter = get_column_letter(ANSWER_AT)
        filled = f"LEN(TRIM({letter}{row}))>0"
        otherwise = f'"{OPEN}"'
        if self.plant is not None and line.inherits:
            there = self.plant.cell(line.inherits, STATUS)
            otherwise = f'IF({there}="{DONE}","{FROM_PLANT}","{OPEN}")'
            shown = self.plant.cell(line.inherits, ANSWER_AT)
            value = f'IF({shown}="","",{shown})' if not options else f'IF({there}="{DONE}","见全厂表","")'
            put(self.sheet, row, PLANT_AT, "", "参考").value = f"={value}"
        elif self.plant is not None:
            put(self.sheet, row, PLANT_AT, "", "参考")
        if options:
            area = f"{letter}{row + 1}:{letter}{row + options}"
            filled = f"OR({filled},COUNTA({area})={options})"
            otherwise = f'IF(COUNTA({area})>0,"{PARTLY}",{otherwise})'
        if self.last is not None:
            filled = f'OR({filled},{get_column_letter(self.same_at)}{row}="{YES}")'
            otherwise = f'IF(LEN({get_column_letter(self.last_at)}{row})>0,"{PENDING}",{otherwise})'
        put(self.sheet, row, STATUS, "", "状态").value = f'=IF({filled},"{DONE}",{otherwise})'


def put_value(cell: Cell, value: Value | None, fact: Fact) -> None:
    """Write a fact's value (not one of several options) and the cell's number format."""
    cell.number_format = {"number": "General", "date": "yyyy-mm-dd"}.get(fact.type, "@")
    if isinstance(value, bool):
        put_plain(cell, YES if value else NO)
    elif isinstance(value, Decimal):
        cell.value = int(value) if value == value.to_integral_value() else float(value)
        if value and abs(value) < Decimal("0.001"):
            cell.number_format = "0." + "0" * fact.decimals
    elif isinstance(value, str):
        put_plain(cell, option_labels(fact)[value])
    elif isinstance(value, Below):
        put_plain(cell, bound_text(value))
        cell.number_format = "@"
    elif value is not None and not isinstance(value, tuple):
        put_day(cell, value)
