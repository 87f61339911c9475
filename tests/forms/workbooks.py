"""Forms in the hands of an assessor: found, filled in, spoilt."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.findings import FormError
from grading.forms.read import read_form
from grading.forms.write import blank_form, filled_form
from grading.forms.write_cover import ANSWER as COVER_ANSWER
from grading.forms.write_facts import ANSWER_AT, CODE, EVIDENCE_AT, NOTE_AT
from grading.intake import read_audit
from grading.model.audit import Audit
from tests.shipped import LIBRARY

RUBBER = "national-2020/rubber"
FACTS, TABLE, EVIDENCE_SHEET, COVER = "核查表", "有组织排放口", "表格证据", "填写说明"
HOSE = Path(__file__).parents[2] / "examples" / "rubber" / "jingyang_hose.json"


class Form:
    """A form opened in a spreadsheet program."""

    def __init__(self, data: bytes) -> None:
        self.book: Workbook = load_workbook(io.BytesIO(data))

    def sheet(self, title: str) -> Worksheet:
        found = self.book[title]
        assert isinstance(found, Worksheet)
        return found

    def row(self, code: str, title: str = FACTS) -> int:
        """The row of a place."""
        sheet = self.sheet(title)
        return next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, CODE).value == code)

    def cell(self, code: str, column: int = ANSWER_AT, title: str = FACTS) -> Cell:
        """The answer cell of a place, or another of its row."""
        found = self.sheet(title).cell(self.row(code, title), column)
        assert isinstance(found, Cell)
        return found

    def answer(self, code: str, value: Any, evidence: str | None = None, note: str | None = None) -> None:
        """Fill in a question."""
        self.cell(code).value = value
        self.cell(code, EVIDENCE_AT).value = evidence
        self.cell(code, NOTE_AT).value = note

    def head(self, name: str, day: Any) -> None:
        """Fill in the cover."""
        self.cell("enterprise.name", COVER_ANSWER, COVER).value = name
        self.cell("assessed_on", COVER_ANSWER, COVER).value = day

    def saved(self) -> bytes:
        buffer = io.BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()

    def audit(self) -> Audit:
        return read_form(self.saved(), LIBRARY).audit

    def warnings(self) -> tuple[str, ...]:
        return read_form(self.saved(), LIBRARY).warnings

    def problems(self) -> dict[str, str]:
        """What is wrong, by `sheet!cell`."""
        try:
            read_form(self.saved(), LIBRARY)
        except FormError as error:
            return {
                "" if p.spot is None else f"{p.spot.sheet}!{p.spot.cell}" if p.spot.cell else p.spot.sheet: p.message
                for p in error.problems
            }
        return {}


def blank(*rulesets: str) -> Form:
    """A form of these rulesets with nothing but the cover filled in."""
    form = Form(blank_form([LIBRARY.ruleset(id_) for id_ in rulesets or (RUBBER,)], spare_rows=5))
    form.head("泾阳某厂", "2023-09-10")
    return form


def hose() -> Form:
    """A filled-in form."""
    return Form(filled_form(read_audit(HOSE.read_bytes(), LIBRARY), LIBRARY, spare_rows=5))


Spoil = Callable[[Form], None]
