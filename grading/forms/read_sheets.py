"""Reads the sheets of a form: what each place says, and everything that can't be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from grading.forms.cell_values import (
    UnreadableError,
    read_identifier,
    read_items,
    read_text,
    read_value,
    reading_notices,
)
from grading.forms.evidence_days import LABELS, read_about
from grading.forms.findings import FormProblem, Spot
from grading.forms.grid import HEAD, Grid, address
from grading.forms.metadata import Field
from grading.forms.strays import beside_columns, beside_facts, doubled_columns
from grading.forms.wording import (
    ANSWER,
    EVIDENCE,
    NO,
    NOTE,
    REST_NO,
    TABLE_EMPTY,
    TABLE_FILLED,
    TABLE_UNKNOWN,
    YES,
    narrow,
    option_labels,
)
from grading.forms.write_facts import BAND, SAME
from grading.forms.write_table import KEY_LABEL
from grading.percentages import fraction_question
from grading.problems.reason import Sentences
from grading.spreadsheet.entry import BLANK, PICTURE, Entry

MOVED = "表格结构已被改动（行、列或单元格被删除、插入或移动）；请把答案抄到一份新的核查表"


@dataclass
class Stated:
    """The form's answers about one fact: its value as `check_audit` takes it, its evidence with its days, its note."""

    value: Any = None
    evidence: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    """Statements about the evidence: its days and coverage."""
    same: bool = False
    """Said to be as last time."""
    as_last_time: bool = False

    def raw(self) -> Any:
        """The fact in the JSON of an audit; None when the form says nothing."""
        if not self.evidence and not self.notes and not self.about and not self.as_last_time:
            return self.value
        raw: dict[str, Any] = {"value": self.value, **self.about}
        if self.evidence:
            raw["evidence"] = self.evidence
        if self.notes:
            raw["note"] = "\n".join(self.notes)
        if self.as_last_time:
            raw["as_last_time"] = True
        return raw


@dataclass
class Findings:
    """The positions of all places in the workbook, with the errors and warnings found."""

    spots: dict[str, Spot] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    problems: list[FormProblem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    merged: set[Spot] = field(default_factory=set)
    """Cells that are known to be part of a merged area."""

    def at(self, place: str, grid: Grid, row: int, column: int, label: str) -> Entry:
        """The content of a place's cell, which is noted as the place's."""
        entry = grid.entry(row, column)
        spot = self.spots[place] = Spot(grid.title, address(row, column), label)
        self.given[place] = "" if entry.blank else entry.shown
        if not entry.blank and grid.is_hidden(row, column):
            self.warnings.append(f"{spot.sheet}!{spot.cell} 在隐藏的行或列中，其内容已照读；不要的请清空")
        area = grid.area(row, column)
        if area is not None and (area[:2] != (row, column) or area[2] > row) and spot not in self.merged:
            self.merged.add(spot)
            where = f"{address(*area[:2])}:{address(*area[2:])}"
            self.wrong(place, f"本格是合并单元格 {where} 的一部分，不能确定各格各填什么；请取消合并，逐格填写")
        return entry

    def wrong(self, place: str, message: str, spot: Spot | None = None, code: Sentences | None = None) -> None:
        """Note a problem, at the place's cell unless another is given."""
        where = spot or self.spots.get(place)
        self.problems.append(FormProblem(place, where, self.given.get(place, ""), message, code))

    def wrong_on(self, grid: Grid, messages: Iterable[str]) -> None:
        """Note problems of a whole sheet."""
        for message in messages:
            self.wrong("", message, Spot(grid.title, None, "整表"))


def read_facts(grid: Grid, fields: Iterable[Field], found: Findings) -> dict[str, Stated]:
    """The single questions of a sheet, by place."""
    found.wrong_on(grid, doubled_columns(grid))
    roles, rows = grid.roles(), grid.coded_rows()
    roles_read = [roles.get(role) for role in ("label", "answer", "evidence", "note")]
    if None in roles_read:
        found.wrong("", MOVED, Spot(grid.title, None, "整表"))
        return {}
    label_at, answer_at, evidence_at, note_at = (column for column in roles_read if column is not None)
    for code, at in rows.items():
        heads = [(answer_at, ANSWER), (evidence_at, EVIDENCE), (note_at, NOTE)]
        if code.startswith(BAND) and any(grid.text(row, column) != head for row in at for column, head in heads):
            found.wrong("", MOVED, Spot(grid.title, address(at[0], answer_at), "分段标题"))
    answers: dict[str, Stated] = {}
    coded: set[int] = set()
    for asked_field in fields:
        row = _row(grid, rows, asked_field.place, asked_field.fact.label, label_at, found)
        if row is None:
            continue
        coded.add(row)
        stated = Stated()
        entry = found.at(asked_field.place, grid, row, answer_at, asked_field.fact.label)
        if asked_field.fact.type == "choices":
            cells = {}
            for code, label in option_labels(asked_field.fact).items():
                place = f"{asked_field.place}#{code}"
                at_row = _row(grid, rows, place, f"└ {label}", label_at, found)
                if at_row is not None:
                    cells[code] = found.at(place, grid, at_row, answer_at, label)
            stated.value = _options(asked_field, asked_field.place, entry, cells, found)
        else:
            stated.value = _value(asked_field, asked_field.place, entry, found)
        answers[asked_field.place] = stated
        if "same" in roles:
            stated.same = _same(asked_field.place, grid, row, roles["same"], found)
        _remarks(asked_field.place, stated, grid, row, (evidence_at, note_at), asked_field.fact.label, found)
        _about(asked_field.place, stated, grid, row, roles, asked_field.fact.label, found)
    about_at = tuple(roles[name] for name in LABELS if name in roles)
    columns = (answer_at, evidence_at, *about_at, note_at)
    found.warnings += beside_facts(grid, coded, rows, columns)
    return answers


@dataclass
class TableRow:
    """A row of a table: its key (None: not filled in) and its facts by id."""

    key: str | None
    facts: dict[str, Stated]
    place: str
    same: bool = False
    """Said to be as last time, as far as it is not filled in."""


def read_table(grid: Grid, place: str, key: str, fields: Iterable[Field], found: Findings) -> list[TableRow] | None:
    """The rows of a table; None when the form does not say whether there are any."""
    found.wrong_on(grid, doubled_columns(grid))
    roles, rows = grid.roles(), grid.coded_rows()
    head, state_row, key_at = rows.get(HEAD), rows.get(place), roles.get("key")
    columns = {asked_field.fact.id: asked_field for asked_field in fields}
    moved = [
        asked_field.fact.label for asked_field in columns.values() if not _column_stands(grid, roles, head, asked_field)
    ]
    if head is None or state_row is None or key_at is None or moved:
        found.wrong(place, MOVED, Spot(grid.title, None, "、".join(moved) or "整表"))
        return None
    used = [column for role, column in roles.items() if role.partition("#")[0] in columns or role == "same"]
    listed: list[TableRow] = []
    for i, row in enumerate(grid.rows_with(frozenset([key_at, *used]), after=head[0])):
        here = f"{place}[{i}]"
        entry = found.at(f"{here}.{key}", grid, row, key_at, KEY_LABEL)
        found.at(here, grid, row, key_at, KEY_LABEL)
        line = TableRow(None, {}, here)
        try:
            line.key = read_identifier(entry) or None
        except UnreadableError as error:
            found.wrong(f"{here}.{key}", str(error))
        for name, asked_field in columns.items():
            main = found.at(f"{here}.{name}", grid, row, roles[name], asked_field.fact.label)
            if asked_field.fact.type == "choices":
                cells = {
                    code: found.at(f"{here}.{name}#{code}", grid, row, roles[f"{name}#{code}"], label)
                    for code, label in option_labels(asked_field.fact).items()
                }
                line.facts[name] = Stated(_options(asked_field, f"{here}.{name}", main, cells, found))
            else:
                line.facts[name] = Stated(_value(asked_field, f"{here}.{name}", main, found))
        if "same" in roles:
            line.same = _same(here, grid, row, roles["same"], found)
        listed.append(line)
    known = {1, key_at, key_at - 1, *used, *(c for role, c in roles.items() if role == "status")}
    found.warnings += beside_columns(grid, head[0], known)
    return _stated_rows(found.at(place, grid, state_row[0], key_at, "有无"), place, listed, found)


def read_evidence(
    grid: Grid, items: Mapping[str, str], tables: Mapping[str, list[TableRow] | None], found: Findings
) -> None:
    """Add evidence and notes to the facts of the tables; `items` are places of columns by their names on the sheet."""
    found.wrong_on(grid, doubled_columns(grid))
    roles, head = grid.roles(), grid.coded_rows().get(HEAD)
    columns = [roles.get(role) for role in ("key", "item", "evidence", "note")]
    if head is None or None in columns:
        found.wrong("", MOVED, Spot(grid.title, None, "整表"))
        return
    key_at, item_at, evidence_at, note_at = (column for column in columns if column is not None)
    about_at = frozenset(roles[name] for name in LABELS if name in roles)
    found.warnings += beside_columns(grid, head[0], {1, key_at - 1, *roles.values()})
    for row in grid.rows_with(frozenset((evidence_at, note_at)) | about_at, after=head[0]):
        here = f"{grid.code}[{row}]"
        key_entry = found.at(f"{here}.key", grid, row, key_at, "行编号")
        item_entry = found.at(f"{here}.item", grid, row, item_at, "表 · 项目")
        stated = Stated()
        _remarks(here, stated, grid, row, (evidence_at, note_at), "", found)
        _about(here, stated, grid, row, roles, "", found)
        place = None if item_entry.refusal else items.get(grid.text(row, item_at))
        if place is None:
            found.wrong(f"{here}.item", item_entry.refusal or "请从下拉列表中选择这条证据或备注所属的表和项目")
            continue
        table, _, fact = place.partition("[]")
        key = _key(key_entry)
        if key_entry.refusal:
            found.wrong(f"{here}.key", key_entry.refusal)
            continue
        line = next((line for line in tables.get(table) or () if line.key == key), None) if key else None
        if line is None:
            found.wrong(f"{here}.key", f"“{item_entry.shown}”的表中没有编号“{key[:80]}”的行" if key else "请填写行编号")
            continue
        served = [fact[1:]] if fact else [name for name, known in line.facts.items() if known.value is not None]
        if not served:
            found.wrong(f"{here}.key", "该行没有已填的格，“整行各项”没有可用之处；请选定具体项目")
        for name in served:
            known = line.facts.setdefault(name, Stated())
            known.evidence += stated.evidence
            known.notes += stated.notes
            for kind, one in stated.about.items():
                if known.about.setdefault(kind, one) != one:
                    found.wrong(f"{here}.{kind}", f"同一格的{LABELS[kind]}填了两个：{known.about[kind]} 和 {one}")
            for kind in ("evidence", "note", *LABELS):
                if (spot := found.spots.get(f"{here}.{kind}")) is not None:
                    found.spots.setdefault(f"{line.place}.{name}.{kind}", spot)


def _row(
    grid: Grid, rows: Mapping[str, list[int]], place: str, label: str, label_at: int, found: Findings
) -> int | None:
    """The row of a place; a row that is gone, doubled or no longer labelled as it was is a problem."""
    at = rows.get(place, [])
    if len(at) == 1 and grid.text(at[0], label_at) == label:
        return at[0]
    spot = Spot(grid.title, address(at[-1], label_at) if at else None, label)
    text = "这一行不见了" if not at else "这一行出现了两次" if len(at) > 1 else "项目名称与原表不符"
    found.wrong(place, f"{text}；{MOVED}", spot)
    return None


def _value(field: Field, place: str, entry: Entry, found: Findings) -> Any:
    found.fields[place] = field
    try:
        value = read_value(entry, field.fact)
    except UnreadableError as error:
        found.wrong(place, str(error))
        return None
    _add_notices(place, reading_notices(entry, field.fact), found)
    if isinstance(value, Decimal) and not entry.shows_percent and (hint := fraction_question(field.fact, value)):
        spot = found.spots[place]
        found.warnings.append(f"{spot.sheet}!{spot.cell} {hint}")
    return value


def _add_notices(place: str, notices: Iterable[str], found: Findings) -> None:
    for notice in notices:
        spot = found.spots[place]
        found.warnings.append(f"{spot.sheet}!{spot.cell} {spot.label}：{notice}")


def _options(field: Field, place: str, main: Entry, cells: Mapping[str, Entry], found: Findings) -> list[str] | None:
    """The options that are 是. What is left open is 否 only if the fact's own cell says so."""
    found.fields[place] = field
    answers: dict[str, bool] = {}
    labels = option_labels(field.fact)
    for code, entry in cells.items():
        try:
            answer = read_value(entry, field.fact, labels[code])
        except UnreadableError as error:
            found.wrong(f"{place}#{code}", str(error))
            continue
        _add_notices(f"{place}#{code}", reading_notices(entry, field.fact, labels[code]), found)
        if isinstance(answer, bool):
            answers[code] = answer
    open_ = [code for code, entry in cells.items() if entry.blank]
    rest = isinstance(main.value, str) and main.kind == "s" and not main.refusal and narrow(main.value) == REST_NO
    if not main.blank and not rest:
        found.wrong(
            place, main.refusal or f"本格只能选“{REST_NO}”，或留空并逐项选“{YES}”或“{NO}”；所填：“{main.shown}”"
        )
    elif open_ and answers and not rest:
        named = "、".join(labels[code] for code in open_)
        found.wrong(place, f"还有选项未答：{named}；请逐项选“{YES}”或“{NO}”，或在本格选“{REST_NO}”")
    return [code for code, chosen in answers.items() if chosen] if answers or rest else None


def _remarks(
    place: str, stated: Stated, grid: Grid, row: int, columns: tuple[int, int], label: str, found: Findings
) -> None:
    try:
        stated.evidence += read_items(
            _without_picture(found.at(f"{place}.evidence", grid, row, columns[0], f"{label} {EVIDENCE}"))
        )
    except UnreadableError as error:
        found.wrong(f"{place}.evidence", str(error))
    try:
        note = read_text(_without_picture(found.at(f"{place}.note", grid, row, columns[1], f"{label} {NOTE}")))
        stated.notes += [note] if note else []
    except UnreadableError as error:
        found.wrong(f"{place}.note", str(error))


def _about(
    place: str, stated: Stated, grid: Grid, row: int, roles: Mapping[str, int], label: str, found: Findings
) -> None:
    """Statements about the evidence; earlier forms have no columns for them."""
    for name, head in LABELS.items():
        if name not in roles:
            continue
        entry = _without_picture(found.at(f"{place}.{name}", grid, row, roles[name], f"{label} {head}"))
        try:
            value = read_about(name, entry)
        except UnreadableError as error:
            found.wrong(f"{place}.{name}", str(error))
            continue
        if value is not None:
            stated.about[name] = value


def _without_picture(entry: Entry) -> Entry:
    """A picture among evidence and notes is told of, and no reason to refuse the form."""
    return BLANK if entry.kind == PICTURE else entry


def _column_stands(grid: Grid, roles: Mapping[str, int], head: list[int] | None, field: Field) -> bool:
    """True when a fact's columns are there, under their heads."""
    name = field.fact.id
    if head is None or len(head) != 1 or name not in roles:
        return False
    if grid.text(head[0] - 2, roles[name]) != field.fact.label:
        return False
    labels = option_labels(field.fact).items() if field.fact.type == "choices" else ()
    columns = ((roles.get(f"{name}#{code}"), label) for code, label in labels)
    return all(column is not None and grid.text(head[0] - 1, column) == label for column, label in columns)


def _stated_rows(entry: Entry, place: str, rows: list[TableRow], found: Findings) -> list[TableRow] | None:
    word = narrow(entry.value) if isinstance(entry.value, str) and not entry.refusal else ""
    states = {narrow(state): state for state in (TABLE_FILLED, TABLE_EMPTY, TABLE_UNKNOWN)}
    if not entry.blank and word not in states:
        choices = "、".join(f"“{state}”" for state in states.values())
        found.wrong(place, entry.refusal or f"应从 {choices} 中选一项；所填：“{entry.shown}”")
        return rows or None
    state = states.get(word)
    if rows and state in (TABLE_EMPTY, TABLE_UNKNOWN):
        found.wrong(place, f"选了“{state}”而表中填有 {len(rows)} 行；请清空各行，或改选“{TABLE_FILLED}”")
    if not rows and state == TABLE_FILLED:
        found.wrong(place, f"选了“{TABLE_FILLED}”而表中没有内容；请填写各行，或改选“{TABLE_EMPTY}”或“{TABLE_UNKNOWN}”")
    if rows or state == TABLE_EMPTY:
        return rows
    return None


def _key(entry: Entry) -> str:
    try:
        return read_identifier(entry)
    except UnreadableError:
        return ""


def _same(place: str, grid: Grid, row: int, column: int, found: Findings) -> bool:
    """True where it is said that the answer is as last time."""
    entry = found.at(f"{place}.same", grid, row, column, SAME)
    word = narrow(entry.value) if isinstance(entry.value, str) and not entry.refusal else ""
    if not entry.blank and word not in (YES, NO):
        found.wrong(f"{place}.same", entry.refusal or f"应选“{YES}”或留空；所填：“{entry.shown}”")
    return word == YES
