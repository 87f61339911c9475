"""Writes the sheet with evidence and notes on single cells of a unit's tables: row key, item, evidence, note."""

from collections.abc import Iterator, Mapping, Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.evidence_days import LABELS, has_about, put_about
from grading.forms.grid import HEAD
from grading.forms.layout import Table
from grading.forms.validation import Lists, one_of
from grading.forms.wording import EVIDENCE, NOTE, WHOLE_ROW
from grading.forms.write_table import WrittenTable
from grading.model.audit import Known, Row
from grading.workbook.cell_text import put_items, put_plain, put_text
from grading.workbook.style import height_for, protect, put, set_page, set_widths

CODE, NUMBER, KEY, ITEM, EVIDENCE_AT, NOTE_AT, TAKEN_AT, UNTIL_AT, COVERS_AT, STATUS = range(1, 11)
ABOUT = {"taken": TAKEN_AT, "valid_until": UNTIL_AT, "covers": COVERS_AT}
ROLES = {
    KEY: "key",
    ITEM: "item",
    EVIDENCE_AT: "evidence",
    NOTE_AT: "note",
    **{column: name for name, column in ABOUT.items()},
    STATUS: "status",
}
HEADS = {
    NUMBER: "序号",
    KEY: "行编号",
    ITEM: "表 · 项目",
    EVIDENCE_AT: EVIDENCE,
    NOTE_AT: NOTE,
    **{column: LABELS[name] for name, column in ABOUT.items()},
    STATUS: "核对",
}
WIDTHS = {
    CODE: 0,
    NUMBER: 5.0,
    KEY: 18.0,
    ITEM: 44.0,
    EVIDENCE_AT: 36.0,
    TAKEN_AT: 12.0,
    UNTIL_AT: 12.0,
    COVERS_AT: 16.0,
    NOTE_AT: 32.0,
    STATUS: 18.0,
}
HEAD_ROW = 4
SEPARATOR = " · "
FOUND, NOT_FOUND = "✔ 对应", "△ 表中无此编号"


def items(tables: Sequence[Table]) -> dict[str, tuple[Table, str | None]]:
    """The subjects of an evidence line, by their entries in the drop-down; None is the whole row."""
    found: dict[str, tuple[Table, str | None]] = {}
    for table in tables:
        name = table.label if [t.label for t in tables].count(table.label) == 1 else table.title
        found[f"{name}{SEPARATOR}{WHOLE_ROW}"] = table, None
        labels = [line.question.fact.label for line in table.columns]
        for line in table.columns:
            fact = line.question.fact
            unique = labels.count(fact.label) == 1 and fact.label != WHOLE_ROW
            found[f"{name}{SEPARATOR}{fact.label if unique else f'{fact.label}（{fact.id}）'}"] = table, fact.id
    return found


def write_evidence(
    sheet: Worksheet,
    code: str,
    tables: Sequence[WrittenTable],
    rows: Mapping[str, Sequence[Row]],
    subtitle: str,
    lists: Lists,
    spare: int,
) -> None:
    """Fill `sheet`; `rows` are the audit's by the place of their table. Raises TooLongError."""
    for column, role in ROLES.items():
        put(sheet, 1, column, role, "机读")
    put(sheet, 1, CODE, code, "机读")
    sheet.row_dimensions[1].hidden = True
    put(sheet, 2, NUMBER, "表格各格的证据与备注", "标题")
    put(sheet, 3, NUMBER, "", "说明").value = subtitle
    for row, height in ((2, 32), (3, 22)):
        sheet.merge_cells(start_row=row, end_row=row, start_column=NUMBER, end_column=STATUS)
        sheet.row_dimensions[row].height = height
    put(sheet, HEAD_ROW, CODE, HEAD, "机读")
    for column, head in HEADS.items():
        put(sheet, HEAD_ROW, column, head, "表头")
    sheet.row_dimensions[HEAD_ROW].height = 28

    names = items([written.table for written in tables])
    stated = list(_stated(names, rows))
    last = HEAD_ROW + len(stated) + spare
    choice = one_of(lists, tuple(names), "请从下拉列表中选择表和项目")
    choice.add(f"{sheet.cell(HEAD_ROW + 1, ITEM).coordinate}:{sheet.cell(last, ITEM).coordinate}")
    sheet.add_data_validation(choice)
    for row in range(HEAD_ROW + 1, last + 1):
        put(sheet, row, NUMBER, "", "居中").value = row - HEAD_ROW
        cells = [put(sheet, row, column, "", "文字格") for column in (KEY, ITEM, EVIDENCE_AT, NOTE_AT)]
        for cell in cells:
            cell.number_format = "@"
        about = {name: put(sheet, row, column, "", "文字格") for name, column in ABOUT.items()}
        put_about(about, stated[row - HEAD_ROW - 1][2] if row - HEAD_ROW <= len(stated) else None)
        if row - HEAD_ROW <= len(stated):
            key, item, known = stated[row - HEAD_ROW - 1]
            put_text(cells[0], key)
            put_plain(cells[1], item)
            put_items(cells[2], known.evidence)
            if known.note is not None:
                put_text(cells[3], known.note)
        put(sheet, row, STATUS, "", "状态").value = _check(sheet, row, names, tables)
        texts = zip((KEY, ITEM, EVIDENCE_AT, NOTE_AT), cells, strict=True)
        sheet.row_dimensions[row].height = height_for((WIDTHS[c], str(cell.value or "")) for c, cell in texts)
    set_widths(sheet, WIDTHS)
    sheet.freeze_panes = f"{get_column_letter(ITEM)}{HEAD_ROW + 1}"
    set_page(sheet, "表格各格的证据与备注", f"{HEAD_ROW}:{HEAD_ROW}")
    protect(sheet)


def _stated(
    names: Mapping[str, tuple[Table, str | None]], rows: Mapping[str, Sequence[Row]]
) -> Iterator[tuple[str, str, Known]]:
    for item, (table, fact) in names.items():
        for row in rows.get(table.place, ()):
            known = row.facts.get(fact) if fact is not None else None
            if known is not None and (known.evidence or known.note is not None or has_about(known)):
                yield row.key, item, known


def _check(
    sheet: Worksheet, row: int, names: Mapping[str, tuple[Table, str | None]], tables: Sequence[WrittenTable]
) -> str:
    key, item = sheet.cell(row, KEY).coordinate, sheet.cell(row, ITEM).coordinate
    begins = {table.code: name.partition(SEPARATOR)[0] + SEPARATOR for name, (table, _) in names.items()}
    tests = []
    for written in tables:
        begin = begins[written.table.code].replace('"', '""')
        tests.append(f'AND(LEFT({item},{len(begin)})="{begin}",SUMPRODUCT(--({written.keys()}={key}))>0)')
    found = tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
    return f'=IF(LEN({key}&{item})=0,"",IF({found},"{FOUND}","{NOT_FOUND}"))'
