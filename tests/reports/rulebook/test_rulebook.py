"""The rule book of an edition: nothing of it is left out, what is uncertain says so, and the PDF is fit for archives."""

from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import orjson
import page
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from grading.cli.main import app
from grading.edition_diff.before import edition_before
from grading.edition_diff.changes import changes
from grading.language.computed_text import formula_text
from grading.language.figures import comparisons
from grading.model.ruleset import Computed
from reports.rulebook.context import Book, book
from reports.rulebook.document import rulebook_html, rulebook_pdf
from reports.rulebook.figures import PROVISIONAL
from tests.shipped import LIBRARY

SHAPES = ("national-2020/steel_long", "national-2020/waterproofing", "xianyang-2023/concrete", "national-2024/coking")
"""Five levels, three levels, one that leads (extending another edition), and the longest."""
SMALL = "national-2020/brick_nonsintered"


def _book(ruleset_id: str) -> Book:
    ruleset = LIBRARY.ruleset(ruleset_id)
    return book(ruleset, edition_before(LIBRARY, ruleset))


@pytest.mark.parametrize("ruleset_id", SHAPES)
def test_it_has_every_indicator_gate_fact_formula_and_measure(ruleset_id: str) -> None:
    ruleset, made = LIBRARY.ruleset(ruleset_id), _book(ruleset_id)
    entries = [entry for chapter in made.chapters for entry in chapter.entries]
    assert [entry.id for entry in entries] == [indicator.id for indicator in ruleset.indicators]
    assert all(len(entry.levels) == len(ruleset.scale.graded) for entry in entries)
    assert [gate.id for gate in made.gates] == [gate.id for gate in ruleset.gates]
    assert sum(len(facts) for _, facts in made.facts) == len(ruleset.facts)
    assert len(made.formulas) == len(ruleset.computed)
    assert [label for label, _ in made.measures] == [level.label for level in ruleset.scale.levels]
    assert all(lines for _, columns in made.measures for lines in columns)


@pytest.mark.parametrize("ruleset_id", SHAPES)
def test_what_does_not_count_officially_says_so_wherever_it_stands(ruleset_id: str) -> None:
    ruleset, made = LIBRARY.ruleset(ruleset_id), _book(ruleset_id)
    open_in = {place.site.id for place, c in comparisons(ruleset) if c.is_provisional or c.is_unresolved}
    assert {line.criterion for line in made.open_figures} == open_in
    assert all(line.is_uncertain and line.state != "计入评级" for line in made.open_figures)
    text = "".join(ElementTree.fromstring(rulebook_html(ruleset, None)).itertext())
    assert text.count(PROVISIONAL) >= 2 * len(made.open_figures)
    assert made.warning in text


def test_it_tells_what_differs_from_the_edition_that_it_extends() -> None:
    made = _book("national-2024/coking")
    before, after = LIBRARY.ruleset("national-2020/coking"), LIBRARY.ruleset("national-2024/coking")
    assert made.since is not None
    assert len(made.since.changes) == len(changes(before, after)) > 0
    told = {entry.id: entry.change for chapter in made.chapters for entry in chapter.entries if entry.change}
    assert told["stack_nox"].startswith("修改：A级")
    assert _book(SMALL).since is None


def test_without_a_parent_the_edition_before_is_the_latest_earlier_one_of_industry_and_place() -> None:
    coking = LIBRARY.ruleset("national-2024/coking").model_copy(update={"lineage": ()})
    found = edition_before(LIBRARY, coking)
    assert found is not None
    assert found.id == "national-2020/coking"
    assert edition_before(LIBRARY, coking.model_copy(update={"jurisdiction": "610400"})) is None


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ({"oxygen_corrected": {"value": "no_such", "oxygen": "o", "baseline": 9}}, "no_such ×（21 − 9）÷（21 − o）"),
        ({"difference": ["a", "b"]}, "a − b"),
        ({"maximum": ["a", 2]}, "a、2 中最大的一个"),
        ({"days_between": ["assessed_on", "b"]}, "从评定日期到 b 的天数"),
    ],
)
def test_computed_facts_read_as_formulas(operation: dict[str, object], said: str) -> None:
    assert formula_text(LIBRARY.ruleset(SMALL), Computed.model_validate({"id": "x", **operation})) == said


def test_the_pdf_is_an_archive_file_accessible_and_carries_the_ruleset(tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["ruleset", "book", SMALL, "-o", str(tmp_path / "book.pdf")])
    assert made.exit_code == 0, made.output
    content = (tmp_path / "book.pdf").read_bytes()
    for profile in ("3a", "ua1"):
        assert page.validate_pdf_bytes(content, profile=profile).failures == []
    (attached,) = PdfReader(BytesIO(content)).attachments["ruleset.json"]
    assert orjson.loads(attached)["id"] == SMALL


def test_the_same_edition_gives_the_same_bytes() -> None:
    few = LIBRARY.ruleset(SMALL).model_copy(update={"gates": (), "indicators": (), "facts": {}})
    assert rulebook_pdf(few, None) == rulebook_pdf(few, None)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    made = CliRunner().invoke(app, ["ruleset", "book", SMALL, "-o", str(tmp_path / "book.docx")])
    assert made.exit_code == 2
    assert ".html、.pdf" in made.output
