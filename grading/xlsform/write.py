"""Rulesets → an XLSForm for ODK and Kobo: one screen a question, tables as repeats, photos as evidence."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from grading.digest import plain
from grading.forms.layout import Band, Form, FormUnit, Line, Table, UnitSheets, blank_units, lay_out
from grading.forms.relevance import Guards, Readings, readings
from grading.forms.wording import (
    COVERS,
    TABLE_EMPTY,
    TABLE_FILLED,
    TABLE_UNKNOWN,
    TAKEN,
    VALID_UNTIL,
    expectation,
    range_text,
)
from grading.forms.wording import NO as NO_LABEL
from grading.forms.wording import YES as YES_LABEL
from grading.language.evidence_text import age_text
from grading.language.prose import unit_text
from grading.model.condition import comparisons
from grading.model.ruleset import Fact, Ruleset
from grading.workbook.cell_text import put_plain, shown
from grading.xlsform import names
from grading.xlsform.relevance import relevant

LANGUAGE = "中文 (zh)"
SURVEY = (
    "type", "name", "label", "hint", "guidance_hint", "required", "required_message", "relevant", "constraint",
    "constraint_message", "appearance", "calculation", "parameters",
)  # fmt: skip
TRANSLATED = frozenset({"label", "hint", "guidance_hint", "required_message", "constraint_message"})
YES_NO, ROWS_LIST = "yes_no", "has_rows"
LARGEST_PHOTO = "max-pixels=2048"
"""The longer edge of a photo: what is written on a nameplate can be read, and a day's photos can be sent from a phone."""
NOT_LATER = {"constraint": ". <= ${assessed_on}", "constraint_message": "不能晚于评估日期"}
USCC, COUNTY = "^[0-9A-Za-z]{18}$", "^[0-9]{6}$"


@dataclass
class _Book:
    """The rows of the sheets, as they are added."""

    survey: list[dict[str, str]] = field(default_factory=list)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, type_: str, name: str, label: str = "", **cells: str | None) -> None:
        """A row of the survey."""
        given = {"type": type_, "name": name, "label": label, **cells}
        self.survey.append({column: text for column, text in given.items() if text})

    def end(self, kind: str) -> None:
        """The end of a group or repeat."""
        self.survey.append({"type": f"end_{kind}"})


def xlsform(rulesets: Sequence[Ruleset]) -> bytes:
    """The form of one or several units of one enterprise as a workbook."""
    units = blank_units(rulesets)
    form = lay_out(units)
    book = _Book()
    book.choices[YES_NO] = {names.YES: YES_LABEL, names.NO: NO_LABEL}
    book.choices[ROWS_LIST] = {names.FILLED: TABLE_FILLED, names.EMPTY: TABLE_EMPTY, names.OPEN: TABLE_UNKNOWN}
    _head(book, units)
    _plant(book, form)
    for index, unit in enumerate(form.units):
        _Unit(book, index, unit, is_single=len(form.units) == 1).write()
    return _saved(book, units)


def _head(book: _Book, units: Sequence[FormUnit]) -> None:
    book.add("start", "start")
    book.add("end", "end")
    book.add("calculate", names.FORMAT_NAME, calculation=f"'{names.FORMAT}'")
    for index, unit in enumerate(units):
        prefix = names.unit_prefix(index)
        book.add("calculate", f"{prefix}{names.RULESET}", calculation=f"'{unit.ruleset.id}'")
        book.add("calculate", f"{prefix}{names.DIGEST}", calculation=f"'{unit.digest}'")
    book.add("begin_group", "head", "企业与核查日期", appearance="field-list")
    must = {"required": "yes", "required_message": "必填"}
    book.add("text", "enterprise_name", "企业名称", **must)
    book.add(
        "text", "enterprise_uscc", "统一社会信用代码", hint="18 位，没有的留空",
        constraint=f"regex(., '{USCC}')", constraint_message="应为 18 位数字和字母",
    )  # fmt: skip
    book.add("text", "enterprise_permit", "排污许可证（登记）编号", hint="没有的留空")
    book.add(
        "text", "enterprise_county", "所在县（市、区）行政区划代码", hint="六位，如 610402",
        constraint=f"regex(., '{COUNTY}')", constraint_message="应为六位数字", appearance="numbers",
    )  # fmt: skip
    book.add(
        "date", "assessed_on", "评估日期", constraint=". <= today()", constraint_message="不能晚于今天", **must
    )  # fmt: skip
    book.end("group")


def _plant(book: _Book, form: Form) -> None:
    """The questions that several units share, once; a unit that differs answers them again."""
    if form.plant is None:
        return
    book.add("begin_group", names.PLANT, "全厂情况（各单元相同的只在此填写一次）")
    for band in form.plant.bands:
        for line in band.lines:
            _screen(book, line, None)
    book.end("group")


class _Unit:
    def __init__(self, book: _Book, index: int, sheets: UnitSheets, *, is_single: bool) -> None:
        self.book, self.sheets, self.is_single = book, sheets, is_single
        self.prefix, self.ruleset = names.unit_prefix(index), sheets.unit.ruleset
        self.read: Readings = readings(self.ruleset)
        self.asked: dict[str, str] = {}
        """The XPath of what is asked so far, by fact."""

    def write(self) -> None:
        """All questions of the unit: its id, single facts, tables, more evidence."""
        book, unit = self.book, self.sheets.unit
        book.add("begin_group", self.prefix, f"核查单元：{self.ruleset.title}")
        book.add(
            "text", f"{self.prefix}{names.UNIT_ID}", "单元编号", hint=f"如 {unit.id}；各单元的编号不得相同",
            required="yes", required_message="必填",
        )  # fmt: skip
        bands = self.sheets.facts.bands
        shared = [line for band in bands for line in band.lines if line.inherits is not None]
        for line in shared:
            self._known(line)
        if shared:
            self._differing(shared)
        scope = self._scope([line for band in bands for line in band.lines if line.inherits is None])
        first = Band("scope", "适用范围（决定后面问哪些问题）", tuple(scope))
        for band in (first, *bands):
            lines = [line for line in band.lines if line.inherits is None and (band is first or line not in scope)]
            if lines:
                book.add("begin_group", f"{self.prefix}__in_{band.id}", band.title)
                for line in lines:
                    self._ask(line)
                book.end("group")
        for table in self.sheets.tables:
            self._table(table)
        self._more()
        book.end("group")

    def _differing(self, shared: Sequence[Line]) -> None:
        """The questions asked for the plant, once more for a unit that differs."""
        name = f"{self.prefix}{names.DIFFERS}"
        self.book.add(f"select_one {YES_NO}", name, "本单元有与全厂不同的情况")
        self.book.add("begin_group", f"{name}_group", "与全厂不同的情况", relevant=f"${{{name}}} = '{names.YES}'")
        for line in shared:
            _screen(self.book, line, None)
        self.book.end("group")

    def _scope(self, lines: Sequence[Line]) -> list[Line]:
        """The questions that others hang on, which are asked first."""
        guards = [guard for places in (*self.read.facts.values(), *self.read.tables.values()) for guard in places]
        decisive = _facts_of(guards)
        return [line for line in lines if line.question.fact.id in decisive]

    def _ask(self, line: Line) -> None:
        fact = line.question.fact
        _screen(self.book, line, self._relevant(self.read.facts.get(fact.id)))
        self._known(line)

    def _known(self, line: Line) -> None:
        answer = f"${{{names.name_of(line.place)}}}"
        if line.inherits is not None:
            answer = f"coalesce({answer}, ${{{names.name_of(line.inherits)}}})"
        self.asked[line.question.fact.id] = answer

    def _relevant(self, places: list[Guards] | None) -> str | None:
        return relevant(self.ruleset, places, self.asked.get)

    def _table(self, table: Table) -> None:
        """A repeat, after the question whether it has rows; facts that others of the row hang on come first."""
        group = table.place.rpartition(".")[2]
        name = f"{self.prefix}_{group}"
        shows = self._relevant(self.read.tables.get(group))
        book = self.book
        book.add("begin_group", f"{name}__table", table.label, relevant=shows)
        book.add(f"select_one {ROWS_LIST}", f"{name}{names.STATED}", f"{table.heading}：有没有", hint="没有查明的不选")
        filled = f"${{{name}{names.STATED}}} = '{names.FILLED}'"
        book.add("begin_repeat", f"{name}{names.ROWS}", table.label, relevant=filled)
        book.add("begin_group", f"{name}__row", table.label, appearance="field-list")
        book.add(
            "text", f"{name}{names.KEY}", "编号", hint="同一张表内不得重复", required="yes", required_message="必填"
        )  # fmt: skip
        before = dict(self.asked)
        first = self._scope(table.columns)
        for line in (*first, *(line for line in table.columns if line not in first)):
            shows = self._relevant(self.read.facts.get(line.question.fact.id))
            _answer(book, line, shows)
            _taken(book, line, shows)
            self._known(line)
        self.asked = before
        book.end("group")
        book.end("repeat")
        book.end("group")

    def _more(self) -> None:
        """Further evidence: of cells of tables, several photos of one question, files."""
        prefix, book = self.prefix, self.book
        lines = [line for band in self.sheets.facts.bands for line in band.lines]
        lines += [line for table in self.sheets.tables for line in table.columns]
        if not lines:
            return
        listed = f"{prefix}_facts"
        book.choices[listed] = {line.question.fact.id: line.question.fact.label for line in lines}
        book.add(
            "begin_group", f"{prefix}__further", "其余证据：表格各项的、同一问题的多张照片、文件、取证日期和有效期"
        )
        book.add("begin_repeat", f"{prefix}{names.MORE}", "一项证据")
        book.add("begin_group", f"{prefix}{names.MORE}_item", "一项证据", appearance="field-list")
        book.add(
            f"select_one {listed}",
            f"{prefix}{names.MORE_FACT}",
            "关于哪一项",
            required="yes",
            appearance="minimal autocomplete",
        )
        if self.sheets.tables:
            book.add("text", f"{prefix}{names.MORE_ROW}", "表中哪一行（编号）", hint="不是表格中的项，留空")
        book.add("text", f"{prefix}{names.MORE_TEXT}", "证据（一行一项）", appearance="multiline")
        book.add("image", f"{prefix}{names.MORE_PHOTO}", "照片", parameters=LARGEST_PHOTO)
        book.add("file", f"{prefix}{names.MORE_FILE}", "文件")
        book.add("date", f"{prefix}{names.MORE_ABOUT['taken']}", TAKEN, **NOT_LATER)
        book.add("date", f"{prefix}{names.MORE_ABOUT['valid_until']}", VALID_UNTIL)
        book.add("text", f"{prefix}{names.MORE_ABOUT['covers']}", COVERS)
        book.add("text", f"{prefix}{names.MORE_NOTE}", "备注", appearance="multiline")
        book.end("group")
        book.end("repeat")
        book.end("group")


def _screen(book: _Book, line: Line, shows: str | None) -> None:
    """A question with its evidence on one screen."""
    name, fact = names.name_of(line.place), line.question.fact
    book.add("begin_group", f"{name}__screen", fact.label, appearance="field-list", relevant=shows)
    _answer(book, line, None)
    book.add("text", f"{name}{names.EVIDENCE}", "证据（一行一项）", hint=_evidence_hint(fact), appearance="multiline")
    book.add("image", f"{name}{names.PHOTO}", "照片", parameters=LARGEST_PHOTO)
    _taken(book, line, None)
    book.add("text", f"{name}{names.NOTE}", "备注", appearance="multiline")
    book.end("group")


def _answer(book: _Book, line: Line, shows: str | None) -> None:
    name, fact = names.name_of(line.place), line.question.fact
    unit = f"（{unit_text(fact.unit)}）" if fact.unit else ""
    book.add(
        _type(book, name, fact), name, f"{fact.label}{unit}", hint=_hint(fact), guidance_hint=line.criteria, relevant=shows,
        constraint=_constraint(fact), constraint_message=_message(fact),
        appearance="columns-pack" if fact.type == "boolean" else None,
    )  # fmt: skip
    if fact.type == "number":
        entered = f"${{{name}}} != ''"
        book.add(
            "acknowledge",
            f"{name}{names.BELOW}",
            "上面的数是检出限或上限：实际低于此数（＜，未检出）",
            relevant=entered,
        )


def _taken(book: _Book, line: Line, shows: str | None) -> None:
    """The day of the evidence, where a ruleset says how old it may be; of other facts it is told with more evidence."""
    fact = line.question.fact
    if fact.evidence_valid is not None:
        name = f"{names.name_of(line.place)}{names.ABOUT['taken']}"
        book.add("date", name, f"{fact.label}：{TAKEN}", hint=age_text(fact), relevant=shows, **NOT_LATER)


def _type(book: _Book, name: str, fact: Fact) -> str:
    if fact.type == "number":
        return "decimal" if fact.decimals else "integer"
    if fact.type == "date":
        return "date"
    if fact.type == "boolean":
        return f"select_one {YES_NO}"
    book.choices[f"{name}_options"] = dict(fact.options)
    if fact.type == "choice":
        return f"select_one {name}_options"
    book.choices[f"{name}_options"][names.NONE_OF_THEM] = "以上都没有"
    return f"select_multiple {name}_options"


def _constraint(fact: Fact) -> str | None:
    """The range of a number; of several options that none of them goes with no other."""
    if fact.type == "number":
        ends = [f". >= {plain(fact.min)}"] if fact.min is not None else []
        ends += [f". <= {plain(fact.max)}"] if fact.max is not None else []
        return " and ".join(ends) or None
    if fact.type == "choices":
        return f"not(selected(., '{names.NONE_OF_THEM}') and count-selected(.) > 1)"
    return None


def _message(fact: Fact) -> str | None:
    if _constraint(fact) is None:
        return None
    return expectation(fact) if fact.type == "number" else "“以上都没有”不能与其他选项同选"


def _hint(fact: Fact) -> str | None:
    asked = range_text(fact) if fact.type == "number" else "可多选" if fact.type == "choices" else ""
    return "；".join(part for part in (fact.help, asked) if part) or None


def _evidence_hint(fact: Fact) -> str | None:
    return f"应查看：{'、'.join(fact.evidence)}" if fact.evidence else None


def _facts_of(places: Iterable[Guards]) -> set[str]:
    return {c.fact for guards in places for guard in guards for c in comparisons(guard)}


def _saved(book: _Book, units: Sequence[FormUnit]) -> bytes:
    workbook = Workbook()
    survey = workbook.active
    assert survey is not None
    survey.title = "survey"
    _sheet(
        survey,
        [_heading(column) for column in SURVEY],
        ([row.get(column, "") for column in SURVEY] for row in book.survey),
    )
    choices = ([listed, code, label] for listed, options in book.choices.items() for code, label in options.items())
    _sheet(workbook.create_sheet("choices"), ["list_name", "name", _heading("label")], choices)
    title = "、".join(dict.fromkeys(unit.ruleset.title for unit in units))
    ids = "_".join(unit.ruleset.id.replace("/", "-") for unit in units)
    settings = {
        "form_title": f"现场核查表：{title}",
        "form_id": f"grading_{ids}"[:120],
        "version": f"{names.FORMAT}-" + "-".join(unit.digest.removeprefix("sha256:")[:8] for unit in units),
        "default_language": LANGUAGE,
        "style": "pages",
        "instance_name": "concat(${enterprise_name}, ' ', ${assessed_on})",
    }
    _sheet(workbook.create_sheet("settings"), list(settings), [list(settings.values())])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _heading(column: str) -> str:
    return f"{column}::{LANGUAGE}" if column in TRANSLATED else column


def _sheet(sheet: Worksheet, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    sheet.append(list(heads))
    for at, cells in enumerate(rows, start=2):
        for column, text in enumerate(cells, start=1):
            cell = sheet.cell(at, column)
            if text and isinstance(cell, Cell):
                put_plain(cell, shown(text))
    sheet.freeze_panes = "A2"
