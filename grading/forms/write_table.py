"""Writes a sheet with one row for each outlet, line, shed …, and the sheet with the evidence of a unit's tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.grid import HEAD
from grading.forms.layout import Line, Table
from grading.forms.validation import Lists, for_fact, one_of, rest_no, yes_or_no
from grading.forms.wording import (
    NO,
    REST_NO,
    TABLE_EMPTY,
    TABLE_FILLED,
    TABLE_UNKNOWN,
    YES,
    option_labels,
    range_text,
)
from grading.forms.write_facts import SAME, SAME_WIDTH, put_value
from grading.language.prose import unit_text
from grading.model.audit import Row
from grading.model.ruleset import Fact
from grading.workbook.cell_text import put_plain, put_text
from grading.workbook.style import comment, height_for, protect, put, set_page, set_widths

CODE, NUMBER, KEY, FIRST = 1, 2, 3, 4
STATE_ROW, LABEL_ROW, OPTION_ROW, HINT_ROW = 4, 5, 6, 7
KEY_ROLE, STATUS_ROLE = "key", "status"
STATES = (TABLE_FILLED, TABLE_EMPTY, TABLE_UNKNOWN)
KEY_LABEL = "编号"
COLUMN_WIDTH, CHOICE_WIDTH, REST_WIDTH, OPTION_WIDTH = 17.0, 20.0, 16.0, 13.0
HEADING_WIDTH = 120
PAGE_WIDTH = 180
FULL_SIZE = 130
"""So many column-width units stay legible on a landscape page, and so many fill it without being shrunk."""


@dataclass(frozen=True)
class WrittenTable:
    """The position of a written table."""

    title: str
    table: Table
    last_row: int

    def state(self) -> str:
        """The cell that says whether there is anything to list."""
        return f"{quote_sheetname(self.title)}!${get_column_letter(KEY)}${STATE_ROW}"

    def keys(self) -> str:
        """The range of the key column."""
        letter = get_column_letter(KEY)
        return f"{quote_sheetname(self.title)}!${letter}${HINT_ROW + 1}:${letter}${self.last_row}"


def write_table(
    sheet: Worksheet,
    table: Table,
    subtitle: str,
    lists: Lists,
    rows: Sequence[Row] | None,
    spare: int,
    with_last: bool = False,
) -> WrittenTable:
    """Fill `sheet`; `rows` None means that the audit says nothing of the group, `spare` is how many empty rows follow.

    Raises TooLongError.
    """
    return _Writer(sheet, table, lists, rows, spare, with_last).write(subtitle)


class _Writer:
    def __init__(
        self,
        sheet: Worksheet,
        table: Table,
        lists: Lists,
        rows: Sequence[Row] | None,
        spare: int,
        with_last: bool,
    ) -> None:
        self.with_last = with_last
        self.sheet, self.table, self.lists, self.rows = sheet, table, lists, rows
        self.last_row = HINT_ROW + len(rows or ()) + spare
        self.widths = {CODE: 0.0, NUMBER: 5.0, KEY: 18.0}
        self.columns: dict[str, int] = {}
        column = FIRST
        for line in table.columns:
            self.columns[line.question.fact.id] = column
            column += 1 + (len(line.question.fact.options) if line.question.fact.type == "choices" else 0)
        self.status_at = column

    def write(self, subtitle: str) -> WrittenTable:
        self.head(subtitle)
        for line in self.table.columns:
            self.column(line, self.columns[line.question.fact.id])
        self.body()
        labels = [(self.span(line.question.fact), line.question.fact.label) for line in self.table.columns]
        self.sheet.row_dimensions[LABEL_ROW].height = height_for(labels)
        options = [(self.widths[c], self.text(OPTION_ROW, c)) for c in range(FIRST, self.status_at)]
        self.sheet.row_dimensions[OPTION_ROW].height = height_for(options)
        hints = [(self.widths[c], self.text(HINT_ROW, c)) for c in range(FIRST, self.status_at)]
        self.sheet.row_dimensions[HINT_ROW].height = height_for((), small=hints)
        set_widths(self.sheet, self.widths)
        self.sheet.freeze_panes = f"{get_column_letter(FIRST)}{HINT_ROW + 1}"
        width = sum(self.widths.values())
        pages = (max(1, round(width / PAGE_WIDTH)), 0) if width > FULL_SIZE else None
        set_page(self.sheet, self.table.heading, f"{LABEL_ROW}:{HINT_ROW}", pages)
        self.sheet.print_title_cols = f"{get_column_letter(NUMBER)}:{get_column_letter(KEY)}"
        protect(self.sheet)
        return WrittenTable(self.sheet.title, self.table, self.last_row)

    def head(self, subtitle: str) -> None:
        last = self.heading_end()
        put(self.sheet, 1, CODE, self.table.code, "机读")
        put(self.sheet, 1, KEY, KEY_ROLE, "机读")
        put(self.sheet, 1, self.status_at, STATUS_ROLE, "机读")
        self.sheet.row_dimensions[1].hidden = True
        put(self.sheet, 2, NUMBER, self.table.heading, "标题")
        put(self.sheet, 3, NUMBER, "", "说明").value = subtitle
        put(self.sheet, STATE_ROW, CODE, self.table.place, "机读")
        put(self.sheet, STATE_ROW, NUMBER, "有无", "居中")
        state = put(self.sheet, STATE_ROW, KEY, "", "填写格")
        if self.rows is not None:
            put_plain(state, TABLE_FILLED if self.rows else TABLE_EMPTY)
        choice = one_of(self.lists, STATES, f"请选“{TABLE_FILLED}”“{TABLE_EMPTY}”或“{TABLE_UNKNOWN}”")
        choice.add(state.coordinate)
        self.sheet.add_data_validation(choice)
        text = (
            f"　没有此类对象的，选“{TABLE_EMPTY}”；选“{TABLE_UNKNOWN}”或留空且表中无内容的，按情况不明处理。"
            "每行一个对象，编号不得重复；不清楚的格留空。"
        )
        put(self.sheet, STATE_ROW, FIRST, text, "说明")
        for row, height in ((2, 32), (3, 22), (STATE_ROW, 34)):
            self.sheet.row_dimensions[row].height = height
            first = FIRST if row == STATE_ROW else NUMBER
            self.sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
        put(self.sheet, HINT_ROW, CODE, HEAD, "机读")
        for column, label in ((NUMBER, "序号"), (KEY, KEY_LABEL), (self.status_at, "状态")):
            for row in (LABEL_ROW, OPTION_ROW):
                put(self.sheet, row, column, label if row == LABEL_ROW else "", "表头")
            put(self.sheet, HINT_ROW, column, "", "参考")
            self.sheet.merge_cells(start_row=LABEL_ROW, end_row=OPTION_ROW, start_column=column, end_column=column)
        self.widths[self.status_at] = 11.0
        if self.with_last:
            same_at = self.status_at + 1
            put(self.sheet, 1, same_at, "same", "机读")
            put(self.sheet, LABEL_ROW, same_at, SAME, "表头")
            put(self.sheet, OPTION_ROW, same_at, "空格按上次", "表头")
            put(self.sheet, HINT_ROW, same_at, "见“上次填报”表", "参考")
            self.widths[same_at] = SAME_WIDTH
            rule = one_of(self.lists, (YES,), f"本行空着的格与上次相同的选“{YES}”；否则留空")
            letter = get_column_letter(same_at)
            rule.add(f"{letter}{HINT_ROW + 1}:{letter}{self.last_row}")
            self.sheet.add_data_validation(rule)

    def column(self, line: Line, first: int) -> None:
        """The heads, the width and the validations of a fact's column, or of its columns if it has several options."""
        fact = line.question.fact
        entries = {fact.id: unit_text(fact.unit or "")}
        if fact.type == "choices":
            entries = {fact.id: REST_NO, **{f"{fact.id}#{c}": label for c, label in option_labels(fact).items()}}
        for i, (code, small) in enumerate(entries.items()):
            column = first + i
            area = f"{get_column_letter(column)}{HINT_ROW + 1}:{get_column_letter(column)}{self.last_row}"
            put(self.sheet, 1, column, code, "机读")
            head = put(self.sheet, LABEL_ROW, column, fact.label if i == 0 else "", "表头")
            if i == 0 and line.criteria:
                head.comment = comment(line.criteria)
            put(self.sheet, OPTION_ROW, column, small, "表头")
            hint = "\n".join((range_text(fact), fact.help or "", "；".join(fact.evidence))).replace("\n\n", "\n")
            put(self.sheet, HINT_ROW, column, hint.strip() if i == 0 else f"{YES}／{NO}", "参考")
            if fact.type == "choices":
                rule = rest_no(self.lists) if i == 0 else yes_or_no(self.lists)
                self.widths[column] = REST_WIDTH if i == 0 else OPTION_WIDTH
            else:
                rule = for_fact(self.lists, fact, f"{get_column_letter(column)}{HINT_ROW + 1}")
                self.widths[column] = CHOICE_WIDTH if fact.type == "choice" else COLUMN_WIDTH
            rule.add(area)
            self.sheet.add_data_validation(rule)
        if not entries[fact.id]:
            self.sheet.merge_cells(start_row=LABEL_ROW, end_row=OPTION_ROW, start_column=first, end_column=first)
        if len(entries) > 1:
            end = first + len(entries) - 1
            self.sheet.merge_cells(start_row=LABEL_ROW, end_row=LABEL_ROW, start_column=first, end_column=end)

    def body(self) -> None:
        for i in range(self.last_row - HINT_ROW):
            row = HINT_ROW + 1 + i
            put(self.sheet, row, NUMBER, "", "居中").value = i + 1
            key = put(self.sheet, row, KEY, "", "填写格")
            key.number_format = "@"
            given = self.rows[i] if self.rows is not None and i < len(self.rows) else None
            if given is not None:
                put_text(key, given.key)
            for line in self.table.columns:
                self.answers(line, row, given)
            put(self.sheet, row, self.status_at, "", "状态").value = self.status(row)
            if self.with_last:
                put(self.sheet, row, self.status_at + 1, "", "填写格")
            shown = [(self.widths[c], self.text(row, c)) for c in range(KEY, self.status_at)]
            self.sheet.row_dimensions[row].height = height_for(shown)

    def answers(self, line: Line, row: int, given: Row | None) -> None:
        fact = line.question.fact
        first = self.columns[fact.id]
        known = given.facts.get(fact.id) if given is not None else None
        value = known.value if known is not None else None
        cell = put(self.sheet, row, first, "", "填写格")
        if fact.type != "choices":
            put_value(cell, value, fact)
            return
        for i, code in enumerate(fact.options, start=1):
            option = put(self.sheet, row, first + i, "", "填写格")
            if isinstance(value, tuple):
                put_plain(option, YES if code in value else NO)

    def status(self, row: int) -> str:
        """The number of facts of the row that are filled in; a row without a key says so."""
        counts = []
        for line in self.table.columns:
            fact, first = line.question.fact, self.columns[line.question.fact.id]
            main = f"{get_column_letter(first)}{row}"
            if fact.type == "choices":
                area = f"{get_column_letter(first + 1)}{row}:{get_column_letter(first + len(fact.options))}{row}"
                counts.append(f"IF(OR(LEN({main})>0,COUNTA({area})={len(fact.options)}),1,0)")
            else:
                counts.append(f"IF(LEN({main})>0,1,0)")
        key = f"{get_column_letter(KEY)}{row}"
        if not counts:
            return f'=IF(LEN({key})>0,"✔","")'
        everything = f"{get_column_letter(FIRST)}{row}:{get_column_letter(self.status_at - 1)}{row}"
        filled = f'({"+".join(counts)})&" / {len(counts)}"'
        return f'=IF(LEN({key})>0,{filled},IF(COUNTA({everything})>0,"△ 缺编号",""))'

    def heading_end(self) -> int:
        """The last column of the headings: they stay on the first page of a wide table."""
        column, width = FIRST, 0.0
        while width < HEADING_WIDTH and column < max(self.status_at, FIRST + 5):
            width += COLUMN_WIDTH
            column += 1
        return column - 1

    def span(self, fact: Fact) -> float:
        """The width of all columns of a fact."""
        first = self.columns[fact.id]
        options = len(fact.options) if fact.type == "choices" else 0
        return sum(self.widths[column] for column in range(first, first + 1 + options))

    def text(self, row: int, column: int) -> str:
        value = self.sheet.cell(row, column).value
        return str(value) if value is not None else ""
