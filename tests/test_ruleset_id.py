"""A ruleset id names an edition and an industry; only one module takes it apart."""

import re
from pathlib import Path

from grading.ruleset_id import edition_of, industry_of

ROOT = Path(__file__).parents[1]
OTHER_TEXTS = {
    "api/files/evidence.py": "names of files",
    "grading/spreadsheet/workbook.py": "parts of a workbook",
    "grading/xlsform/sources.py": "heads of a submission's columns",
}
"""Modules that take other texts apart at a slash."""


def test_edition_and_industry_of_a_ruleset() -> None:
    assert (edition_of("national-2020/rubber"), industry_of("national-2020/rubber")) == ("national-2020", "rubber")


def test_a_text_without_a_slash_names_no_industry() -> None:
    assert industry_of("rubber") == ""


def test_nothing_else_takes_ruleset_ids_apart() -> None:
    taking = {
        str(path.relative_to(ROOT))
        for package in ("api", "grading", "reports")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r'\br?partition\("/"\)', path.read_text(encoding="utf-8"))
    }
    assert taking == {*OTHER_TEXTS, "grading/ruleset_id.py"}
