"""The style sheets hold what the templates use, and nothing is missing where they stand in for the library's own."""

import re
from pathlib import Path

import pytest

import reports
from reports.gap_report import gap_report_pdf
from reports.pdf import _Page
from reports.render import style
from tests.reports.made import hostile

TEMPLATES = Path(reports.__file__).parent / "templates"


def test_the_sheet_of_elements_says_what_the_library_says_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    report = hostile()
    assert report.pdf
    monkeypatch.delattr(_Page, "_ua_stylesheets")
    assert (
        gap_report_pdf(report.audit, report.grading, report.rulesets, report.gaps, validity=report.validity)
        == report.pdf
    )


def test_every_width_that_a_template_asks_for_is_in_the_style_sheet() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.j2"))
    asked = set(re.findall(r"[\"' ](w\d+)[\"' {]", templates))
    assert asked
    assert asked == set(re.findall(r"\.(w\d+) ", style("report")))
