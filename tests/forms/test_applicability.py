"""Cells of a workbook are greyed where other cells rule out that they matter, and never where they may."""

import json
import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.idle import idle_facts
from grading.forms.read import read_form
from grading.forms.write import blank_form, filled_form
from grading.forms.write_facts import ANSWER_AT
from grading.intake import read_audit
from grading.model.audit import Audit
from grading.model.base import Mode
from tests.shipped import ENGINE, LIBRARY

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/*.json"))
FOUNDRY = "national-2020/foundry"
ELECTRIC = "铸件，天然气或电炉熔化"
CELL = re.compile(r"(?:'([^']+)'!)?\$?([A-Z]{1,3})\$?(\d+)(?!\w)")
TEXT = re.compile(r'"(?:[^"]|"")*"')


@cache
def translated(text: str) -> tuple[CodeType, tuple[str, ...]]:
    """A formula as Python's, and the texts in it."""
    texts: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        texts.append(found[0][1:-1].replace('""', '"'))
        return f"T[{len(texts) - 1}]"

    def cell(found: re.Match[str]) -> str:
        moves = f"${found[3]}" not in found[0]
        return f"C({found[1]!r},{column_index_from_string(found[2])},{found[3]},{moves})"

    code = CELL.sub(cell, TEXT.sub(put_aside, text)).replace("<>", "!=").replace("TRUE", "True")
    return compile(re.sub(r"(?<![<>!=])=(?!=)", "==", code), text, "eval"), tuple(texts)


class Sheets:
    """A spreadsheet program in small: the few functions that the formulas use, each cell worked out when it is asked for."""

    def __init__(self, book: Workbook) -> None:
        self.book = book

    def value(self, sheet: Worksheet, row: int, column: int) -> Any:
        """What a cell shows; empty text for an empty one."""
        found = sheet.cell(row, column).value
        if isinstance(found, str) and found.startswith("="):
            return self.formula(sheet, found[1:])
        return "" if found is None else found

    def formula(self, sheet: Worksheet, text: str, down: int = 0) -> Any:
        """The value of a formula; `down` is how many rows below the first cell of a format it is worked out."""
        code, texts = translated(text)
        # What IF, IFERROR and the like don't choose is not worked out.
        named: dict[str, Callable[..., Any]] = {
            "C": lambda title, column, row, moves: self.value(
                self.book[title] if title else sheet, row + (down if moves else 0), column
            ),
            "OR": lambda *parts: any(parts),
            "AND": lambda *parts: all(parts),
            "NOT": lambda part: not part,
            "EXACT": lambda one, other: str(one) == other,
            "IF": lambda test, then, otherwise: then if test else otherwise,
            "IFERROR": lambda found, _: found,
            "ISNUMBER": lambda found: isinstance(found, int | float),
            "ISLOGICAL": lambda found: isinstance(found, bool),
            "ROUND": lambda found, places: round(found, places) if isinstance(found, int | float) else 0,
            "LEN": lambda found: len(str(found)),
            "TRIM": lambda found: str(found).strip(),
        }
        try:
            return eval(code, {"T": texts, **named})
        except TypeError:
            # A text where a number is compared: an error in a spreadsheet too, which IFERROR takes for relevant.
            return not text.startswith("NOT(IFERROR(")


def greyed(data: bytes) -> set[tuple[str, str]]:
    """The answer cells that a workbook greys: sheet and cell."""
    book = load_workbook(BytesIO(data))
    sheets, found = Sheets(book), set()
    for sheet in book.worksheets:
        for formats in sheet.conditional_formatting:
            for area in formats.sqref.ranges:
                for row in range(area.min_row, area.max_row + 1):
                    for rule in formats.rules:
                        if sheets.formula(sheet, rule.formula[0], row - area.min_row):
                            found |= {
                                (sheet.title, sheet.cell(row, c).coordinate)
                                for c in range(area.min_col, area.max_col + 1)
                            }
    return found


def asked(book: Workbook, sheet: str) -> dict[str, int]:
    """The rows of a sheet by the fact, or the fact and its option, that they ask."""
    return {str(row[0].value).rpartition(".")[2]: row[0].row for row in book[sheet].iter_rows() if row[0].value}


def foundry(**answers: str) -> tuple[bytes, dict[str, int]]:
    book = load_workbook(BytesIO(blank_form([LIBRARY.ruleset(FOUNDRY)], spare_rows=1)))
    rows = asked(book, "核查表")
    for code, answer in answers.items():
        book["核查表"].cell(rows[code.replace("__", "#")], ANSWER_AT).value = answer
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue(), rows


def test_an_electric_foundry_is_not_asked_about_cupolas() -> None:
    data, rows = foundry(process_variant=ELECTRIC, melting_furnaces__electric="是", melting_furnaces="其余均为否")
    cells = greyed(data)
    cupola = [code for code in rows if code.startswith("cupola_")]
    assert cupola
    for code in cupola:
        assert ("核查表", f"F{rows[code]}") in cells
    assert ("核查表", f"F{rows['al_shell_furnace_without_yoke']}") not in cells


@pytest.mark.parametrize("answer", [{}, {"process_variant": ELECTRIC, "melting_furnaces__cupola": "不清楚"}])
def test_what_is_not_answered_greys_nothing(answer: dict[str, str]) -> None:
    data, rows = foundry(**answer)
    assert ("核查表", f"F{rows['cupola_capacity']}") not in greyed(data)


@pytest.mark.parametrize("path", EXAMPLES[5::40], ids=lambda path: path.stem)
def test_no_grade_hangs_on_an_answer_in_a_greyed_cell(path: Path) -> None:
    audit = read_audit(path.read_bytes(), LIBRARY)
    data = filled_form(audit, LIBRARY, spare_rows=0)
    book = load_workbook(BytesIO(data))
    for title, cell in greyed(data):
        if not book[title][cell].protection.locked:
            book[title][cell].value = None
    saved = BytesIO()
    book.save(saved)
    left = read_form(saved.getvalue(), LIBRARY)
    assert left.warnings == ()
    assert levels(audit) == levels(left.audit)


@pytest.mark.parametrize("path", EXAMPLES[::23], ids=lambda path: path.stem)
def test_no_grade_hangs_on_what_an_audit_need_not_answer(path: Path) -> None:
    audit = read_audit(path.read_bytes(), LIBRARY)
    graded = ENGINE.grade(audit, Mode.OFFICIAL)
    units = []
    for unit, result in zip(audit.units, graded.units, strict=True):
        idle = idle_facts(LIBRARY.ruleset(unit.ruleset), result)
        facts = {name: known for name, known in unit.facts.items() if name not in idle}
        units.append(unit.model_copy(update={"facts": facts}))
    assert levels(audit) == levels(audit.model_copy(update={"units": tuple(units)}))


def test_an_electric_foundry_need_not_answer_about_cupolas() -> None:
    raw = {"process_variant": "casting_gas_electric", "melting_furnaces": ["electric"]}
    text = {"enterprise": {"name": "电炉铸造"}, "units": [{"id": "1", "ruleset": FOUNDRY, "facts": raw, "groups": {}}]}
    text |= {"assessed_on": "2024-06-01"}
    audit = read_audit(json.dumps(text).encode(), LIBRARY)
    idle = idle_facts(LIBRARY.ruleset(FOUNDRY), ENGINE.grade(audit, Mode.OFFICIAL).units[0])
    cupola = {name for name in LIBRARY.ruleset(FOUNDRY).facts if name.startswith("cupola_")}
    assert cupola
    assert cupola <= idle


def levels(audit: Audit) -> Any:
    units = ENGINE.grade(audit, Mode.OFFICIAL).units
    return [(unit.outcome, unit.gates, [(one.id, one.levels) for one in unit.indicators]) for unit in units]
