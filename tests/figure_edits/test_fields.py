"""Figures of a ruleset as fields: what is filled in is what counts, and what can't be read is told all at once."""

import pytest

from grading.engine.grade import ruleset_digest
from grading.figure_edits.fields import FieldError, fields_of, with_fields
from grading.figure_edits.figures import Figure, figures
from grading.figure_edits.settled import figures_to_review, open_figures, settled
from grading.language.draft import DraftLibrary
from grading.language.written import ruleset_yaml
from grading.model.base import Mode
from grading.model.ruleset import Review, Ruleset
from tests.shipped import LIBRARY

BRICK = LIBRARY.ruleset("national-2020/brick")
SHARE = "solid_waste_share.C"
SOURCE = {"basis": "seen", "confidence": "high", "document": "砖瓦窑分级表", "clause": "第2条", "page": "3"}


def figure(ruleset: Ruleset, place: str = SHARE) -> Figure:
    return next(one for one in figures(ruleset) if one.place == place)


def test_values_filled_in_as_they_stand_change_no_operand() -> None:
    stated = {one.place: {name: fields_of(one)[name] for name in ("value", "standing")} for one in figures(BRICK)}
    filled = {one.place: one.comparison.operand for one in figures(with_fields(BRICK, stated))}
    assert filled == {one.place: one.comparison.operand for one in figures(BRICK)}


def test_a_figure_filled_in_counts_with_its_source_and_the_words_of_its_level_follow() -> None:
    edition = with_fields(BRICK, {SHARE: {"value": "35", "standing": "established"} | SOURCE})
    found = figure(edition)
    assert not found.comparison.is_open(Mode.OFFICIAL)
    assert (found.cite.document, found.cite.clause, fields_of(found)["page"]) == ("砖瓦窑分级表", "第2条", "3")
    indicator = next(one for one in edition.indicators if one.id == "solid_waste_share")
    assert indicator.levels["C"].text == "原料固体废物掺兑比例不低于 35%"


def test_another_document_has_nothing_of_where_the_former_one_said_it() -> None:
    assert figure(BRICK).cite.section == "十六"
    assert figure(with_fields(BRICK, {SHARE: {"document": "砖瓦窑分级表"}})).cite.section is None


def test_everything_that_cannot_be_read_is_told_at_once_and_where() -> None:
    wrong = {SHARE: {"value": "三成", "basis": "heard"}, "nowhere.A": {"value": "1"}, "kiln_type.C": {"value": "tent"}}
    with pytest.raises(FieldError) as raised:
        with_fields(BRICK, wrong)
    assert [(one.place, one.field) for one in raised.value.problems] == [
        (SHARE, "basis"),
        (SHARE, "value"),
        ("nowhere.A", ""),
        ("kiln_type.C", "value"),
    ]


def test_only_what_was_signed_counts_and_what_nobody_looked_at_is_open() -> None:
    edition = with_fields(BRICK, {SHARE: {"standing": "established"} | SOURCE})
    waiting = {one.place for one in figures_to_review(BRICK, edition)}
    assert SHARE in waiting
    assert figure(edition, "kiln_pm.A.all[2].require").basis == "standard"
    assert "kiln_pm.A.all[2].require" not in waiting, "quoted from a standard, and not changed"
    signed = settled(BRICK, edition, {SHARE})
    assert {one.place for one in open_figures(signed)} == {one.place for one in open_figures(edition)} | waiting - {
        SHARE
    }
    assert settled(BRICK, edition, waiting) == edition


def test_the_file_that_extends_the_former_edition_reads_as_the_same_ruleset() -> None:
    edition = with_fields(BRICK, {SHARE: {"value": "35", "standing": "established"} | SOURCE})
    edition = edition.model_copy(update={"id": "weicheng-2026/brick"})
    text = ruleset_yaml(edition, BRICK)
    assert text.count("- id:") == 1, "it states what differs, and nothing else"
    assert ruleset_digest(DraftLibrary(text.encode()).ruleset(edition.id)) == ruleset_digest(edition)


@pytest.mark.parametrize("ruleset_id", ["national-2020/brick", "national-2020/steel_long", "national-2024/coking"])
def test_the_file_of_an_edition_that_leaves_out_what_the_former_one_has_states_all_of_it(ruleset_id: str) -> None:
    former = LIBRARY.ruleset(ruleset_id)
    fewer = {"id": f"weicheng-2026/{ruleset_id.partition('/')[2]}", "indicators": former.indicators[1:]}
    edition = former.model_copy(update=fewer | {"review": Review(status="draft")})
    text = ruleset_yaml(edition, former)
    assert "extends:" not in text
    assert ruleset_digest(DraftLibrary(text.encode()).ruleset(edition.id)) == ruleset_digest(edition)
