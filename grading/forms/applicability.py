"""Greys what does not apply in a workbook: formulas from the same conditions that hide questions of an XLSForm.

A cell is greyed only where other cells, as their drop-downs fill them, rule out everything that reads it. Any other text,
an empty cell, a percentage or a worked-out fact rules out nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from grading.digest import plain
from grading.forms.layout import FactSheet, FormUnit, UnitSheets
from grading.forms.relevance import ORDER, Compared, Compiler, Expression, readings
from grading.forms.wording import NO, REST_NO, YES, option_labels
from grading.forms.write_facts import (
    ANSWER_AT,
    HEAD_ROW,
    IDLE,
    NUMBER,
    OPEN,
    RELEVANT_AT,
    STATUS,
    WrittenFacts,
)
from grading.forms.write_table import HINT_ROW, WrittenTable
from grading.model.condition import Comparison
from grading.model.ruleset import Fact, Ruleset
from grading.workbook.style import put

MOST = 8_000
"""Characters of a formula; Excel takes 8,192."""
GREYED = DifferentialStyle(fill=PatternFill(bgColor="D9DDE0"), font=Font(color="8A939B"))
MIRROR_ROW = 3
"""The row of a table's sheet in which hidden cells repeat answers of other sheets: formats can't refer to those everywhere."""


@dataclass
class Answers:
    """The expressions of the answers of one unit, by fact and by `fact#option`."""

    of: Mapping[str, str]

    def get(self, code: str) -> str | None:
        """The expression of an answer, None of what is not asked."""
        return self.of.get(code)


class _Formulas(Compiler):
    """Conditions as formulas of a spreadsheet."""

    def __init__(self, ruleset: Ruleset, answers: Answers) -> None:
        self.ruleset, self.answers = ruleset, answers

    def comparison(self, c: Comparison) -> Compared | None:
        """A comparison with a cell that holds an entry of its drop-down, or a number that is no percentage."""
        fact = self.ruleset.facts.get(c.fact)
        if fact is None:
            return None
        listed = c.guess if isinstance(c.guess, tuple) else (c.guess,)
        if fact.type == "choices":
            return self._of_set(c, fact, [str(value) for value in listed])
        cell = self.answers.get(fact.id)
        if cell is None:
            return None
        if fact.type == "number":
            return _of_number(c, fact, cell)
        entries: Mapping[Any, str] = {}
        if fact.type == "boolean":
            entries = {True: YES, False: NO}
        elif fact.type == "choice":
            entries = option_labels(fact)
        if not entries:
            return None
        same = self.either([_is(cell, entries[value]) for value in listed])
        known = self.either([_is(cell, entry) for entry in entries.values()])
        return Compared([f"NOT({known})"], self.contrary(same) if c.operator == "none_of" else same)

    def _of_set(self, c: Comparison, fact: Fact, listed: list[str]) -> Compared | None:
        looked_at = [code for code in fact.options if code not in listed] if c.operator == "within" else listed
        cells = [self.answers.get(f"{fact.id}#{code}") for code in looked_at]
        found = [cell for cell in cells if cell is not None]
        if not found or len(found) < len(cells):
            return None
        blank = [f"NOT(OR({_is(cell, YES)},{_is(cell, NO)}))" for cell in found]
        chosen: list[Expression] = [_is(cell, YES) for cell in found]
        if c.operator == "within":
            return Compared(blank, self.contrary(self.either(chosen)))
        return Compared(blank, self.both(chosen) if c.operator == "includes_all" else self.either(chosen))

    def conjunction(self, parts: list[str]) -> str:
        """All of two or more."""
        return f"AND({','.join(parts)})"

    def disjunction(self, parts: list[str]) -> str:
        """Any of two or more."""
        return f"OR({','.join(parts)})"

    def negation(self, part: str) -> str:
        """The contrary."""
        return f"NOT({part})"


def _is(cell: str, entry: str) -> str:
    quoted = entry.replace('"', '""')
    return f'EXACT({cell},"{quoted}")'


def _of_number(c: Comparison, fact: Fact, cell: str) -> Compared | None:
    limit = c.guess
    if c.operator not in ORDER or not isinstance(limit, Decimal) or fact.unit == "%":
        return None
    holds, rounded = (f"{value}{ORDER[c.operator]}{plain(limit)}" for value in (cell, f"ROUND({cell},0)"))
    # A number counts as its cell shows it: where rounding could matter, nothing is ruled out.
    return Compared([f"NOT(ISNUMBER({cell}))", f"({holds})<>({rounded})"], holds)


def grey_out(
    sheet_of: Mapping[str, Worksheet],
    plan: FactSheet | None,
    plant: WrittenFacts | None,
    units: Sequence[tuple[UnitSheets, WrittenFacts, Sequence[WrittenTable]]],
) -> None:
    """Put the formulas into all sheets of a form; `sheet_of` by title."""
    compiled = []
    for unit, facts, tables in units:
        answers = _answers(unit, facts, plan, plant)
        compiled.append((unit.unit, answers))
        sheet = sheet_of[facts.title]
        _mark_facts(sheet, unit.facts, facts, [(unit.unit, _seen_from(answers, facts.title))])
        for table in tables:
            _mark_table(sheet_of[table.title], table, unit.unit, answers)
    if plan is not None and plant is not None:
        visible = [(unit, _seen_from(answers, plant.title)) for unit, answers in compiled]
        _mark_facts(sheet_of[plant.title], plan, plant, visible)


def _seen_from(answers: Answers, title: str) -> Answers:
    """The answers as a formula on a sheet refers to them."""
    own = f"{quote_sheetname(title)}!"
    return Answers({code: cell.replace(own, "") for code, cell in answers.of.items()})


def _answers(unit: UnitSheets, facts: WrittenFacts, plan: FactSheet | None, plant: WrittenFacts | None) -> Answers:
    """The expressions of all single answers that count for a unit: its own, where there is none the plant's."""
    found: dict[str, str] = {}
    shared = {} if plan is None or plant is None else _cells(plan, plant)
    by_id = {fact.id: fact for fact in unit.unit.ruleset.facts.values()}
    found |= {code: cell for code, cell in shared.items() if code.partition("#")[0] in by_id}
    own = _cells(unit.facts, facts)
    for band in unit.facts.bands:
        for line in band.lines:
            fact = line.question.fact
            codes = [f"{fact.id}#{code}" for code in fact.options] if fact.type == "choices" else [fact.id]
            filled = "+".join(f"LEN(TRIM({own[code]}))" for code in (fact.id, *(codes if len(codes) > 1 else ())))
            for code in codes:
                mine = own[code]
                inherited = shared.get(code) if line.inherits else None
                found[code] = mine if inherited is None else f"IF({filled}>0,{mine},{inherited})"
    return Answers({code: cell for code, cell in found.items() if "#" in code or by_id[code].type != "choices"})


def _cells(plan: FactSheet, written: WrittenFacts) -> dict[str, str]:
    """The answer cells of a sheet by fact, and by option as what the two cells that answer it say together."""
    found = {}
    for band in plan.bands:
        for line in band.lines:
            fact, row = line.question.fact, written.rows[line.place]
            at = [f"{quote_sheetname(written.title)}!${get_column_letter(ANSWER_AT)}${row}"]
            found[fact.id] = at[0]
            if fact.type == "choices":
                for i, code in enumerate(option_labels(fact), start=1):
                    own = f"{quote_sheetname(written.title)}!${get_column_letter(ANSWER_AT)}${row + i}"
                    found[f"{fact.id}#{code}"] = _option(own, at[0])
    return found


def _option(own: str, rest: str) -> str:
    return f'IF(AND(LEN(TRIM({own}))=0,{_is(rest, REST_NO)}),"{NO}",{own})'


def _mark_facts(
    sheet: Worksheet, plan: FactSheet, written: WrittenFacts, units: Sequence[tuple[FormUnit, Answers]]
) -> None:
    """Beside each question that may not apply a hidden cell says whether it does; its status and its look follow."""
    read = [(unit.ruleset, readings(unit.ruleset).facts, _Formulas(unit.ruleset, cells)) for unit, cells in units]
    letter = get_column_letter(RELEVANT_AT)
    used = False
    for band in plan.bands:
        for line in band.lines:
            fact, row = line.question.fact, written.rows[line.place]
            asking = [(places, formulas) for ruleset, places, formulas in read if fact.id in ruleset.facts]
            found = [formulas.relevant(places.get(fact.id)) for places, formulas in asking]
            parts = [part for part in found if part is not None]
            formula = f"=IFERROR(OR({','.join(dict.fromkeys(parts))}),TRUE)"
            if not found or len(parts) < len(found) or len(formula) > MOST:
                continue
            used = True
            put(sheet, row, RELEVANT_AT, "", "机读").value = formula
            status = sheet.cell(row, STATUS)
            status.value = str(status.value).replace(f'"{OPEN}"', f'IF({letter}{row},"{OPEN}","{IDLE}")')
            for i in range(len(fact.options) if fact.type == "choices" else 0):
                put(sheet, row + 1 + i, RELEVANT_AT, "", "机读").value = f"={letter}{row}"
    if not used:
        return
    put(sheet, 1, RELEVANT_AT, "relevant", "机读")
    sheet.column_dimensions[letter].hidden = True
    first, last = get_column_letter(NUMBER), get_column_letter(STATUS)
    rule = f"AND(ISLOGICAL(${letter}{HEAD_ROW + 1}),NOT(${letter}{HEAD_ROW + 1}))"
    area = f"{first}{HEAD_ROW + 1}:{last}{written.last_row}"
    sheet.conditional_formatting.add(area, _greyed_if(rule))


def _mark_table(sheet: Worksheet, written: WrittenTable, unit: FormUnit, answers: Answers) -> None:
    """Each column is greyed row by row: what a row is decides, and what the plant is."""
    first_row = HINT_ROW + 1
    codes = {str(sheet.cell(1, column).value): column for column in range(1, sheet.max_column + 1)}
    cells: dict[str, str] = {}
    for line in written.table.columns:
        fact = line.question.fact
        at = {code: f"${get_column_letter(column)}{first_row}" for code, column in codes.items()}
        if fact.type == "choices":
            options = [f"{fact.id}#{code}" for code in fact.options]
            cells |= {code: _option(at[code], at[fact.id]) for code in options}
        else:
            cells[fact.id] = at[fact.id]
    mirrors = _Mirrors(sheet, answers)
    formulas = _Formulas(unit.ruleset, _WithMirrors(cells, mirrors))
    places = readings(unit.ruleset).facts
    for line in written.table.columns:
        fact = line.question.fact
        found = formulas.relevant(places.get(fact.id))
        if found is None or len(found) > MOST:
            continue
        first = codes[fact.id]
        last = first + (len(fact.options) if fact.type == "choices" else 0)
        area = f"{get_column_letter(first)}{first_row}:{get_column_letter(last)}{written.last_row}"
        sheet.conditional_formatting.add(area, _greyed_if(f"NOT(IFERROR({found},TRUE))"))


def _greyed_if(formula: str) -> Rule:
    return Rule(type="expression", dxf=GREYED, formula=[formula])


class _Mirrors:
    """Hidden cells of a sheet that repeat answers of other sheets, each once it is asked for."""

    def __init__(self, sheet: Worksheet, answers: Answers) -> None:
        self.sheet, self.answers = sheet, answers
        self.column = sheet.max_column + 1
        self.made: dict[str, str] = {}

    def get(self, code: str) -> str | None:
        """The hidden cell that repeats an answer, None of what is not asked."""
        cell = self.answers.get(code)
        if cell is None:
            return None
        if code not in self.made:
            self.column += 1
            letter = get_column_letter(self.column)
            put(self.sheet, MIRROR_ROW, self.column, "", "机读").value = f'=IF(LEN({cell})=0,"",{cell})'
            self.sheet.column_dimensions[letter].hidden = True
            self.made[code] = f"${letter}${MIRROR_ROW}"
        return self.made[code]


class _WithMirrors(Answers):
    """The answers of a row, and those of its unit."""

    def __init__(self, cells: Mapping[str, str], mirrors: _Mirrors) -> None:
        super().__init__(cells)
        self.mirrors = mirrors

    def get(self, code: str) -> str | None:
        """The expression of an answer, None of what is not asked."""
        return self.of.get(code) or self.mirrors.get(code)
