"""What makes reports quick changes nothing that can be seen in them."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import reports
from reports.gap_report import gap_report_pdf
from reports.pdf import _Page, _typecase
from reports.render import style
from reports.typesetting import faces, quicken
from tests.reports.made import Made, hostile, made

TEMPLATES = Path(reports.__file__).parent / "templates"


@pytest.fixture(params=["有各种内容", "恶意文字"])
def report(request: pytest.FixtureRequest) -> Made:
    """A report that was made the quick way."""
    found = hostile() if request.param == "恶意文字" else made("brick/xingping-nonsintered")
    assert found.pdf
    return found


@pytest.fixture
def alone(report: Made) -> Iterator[Made]:
    """The same report as the library makes it when it is left alone."""
    quicken(False)
    yield again(report)
    quicken()


def again(report: Made) -> Made:
    """The report of the same audit, not yet made."""
    return Made(report.audit, report.grading, report.rulesets, report.gaps)


def test_pages_are_those_that_the_library_alone_makes(report: Made, alone: Made) -> None:
    assert alone.pages == report.pages
    for mine, library in zip(report.reader.pages, alone.reader.pages, strict=True):
        assert _drawn(mine) == _drawn(library)


def test_the_lines_that_a_process_remembers_are_bounded_and_change_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    report = made("brick/xingping-nonsintered")
    assert report.pdf
    monkeypatch.setattr(faces, "MOST_LINES", 40)
    assert again(report).pdf == report.pdf
    assert sum(len(face.texts) + len(face.lines) for face in _typecase().faces.values()) <= 40


def test_reports_made_by_several_threads_at_once_are_the_same(report: Made) -> None:
    with ThreadPoolExecutor(3) as threads:
        assert set(threads.map(lambda _: again(report).pdf, range(3))) == {report.pdf}


def test_the_sheet_of_elements_says_what_the_library_says_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    report = hostile()
    monkeypatch.delattr(_Page, "_ua_stylesheets")
    assert gap_report_pdf(report.audit, report.grading, report.rulesets, report.gaps) == report.pdf


def _drawn(page: object) -> list[tuple[object, ...]]:
    """Where everything on a page stands; fonts are named differently when there are fewer of them."""
    operations = page.get_contents().operations  # type: ignore[attr-defined]
    return [(operator, operands if operator != b"Tf" else operands[1:]) for operands, operator in operations]


def test_every_width_that_a_template_asks_for_is_in_the_style_sheet() -> None:
    templates = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.j2"))
    asked = set(re.findall(r"[\"' ](w\d+)[\"' {]", templates))
    assert asked
    assert asked == set(re.findall(r"\.(w\d+) ", style("report")))
