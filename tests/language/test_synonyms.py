"""Everyday words for options: the certain ones are read and told, the likely ones are asked about, never taken."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from grading.columns.cells import read_column
from grading.forms.cell_values import UnreadableError, read_value, reading_notices
from grading.language.check import check
from grading.language.load import Library
from grading.language.synonyms import yes_no_words
from grading.model.ruleset import Fact
from grading.spreadsheet.entry import TEXT, Entry
from tests.language.shelf import INDICATORS, ruleset_text, shelf

TREATMENT = Fact(
    id="pm_tech",
    label="除尘工艺",
    type="choice",
    options={"bag": "袋式除尘", "wet": "湿式除尘", "none": "无"},
    synonyms={"bag": ("布袋除尘", "布袋"), "none": ("没有除尘设施",)},
)
TREATMENTS = TREATMENT.model_copy(update={"type": "choices"})
GATE = Fact(id="gate", label="设门禁系统", type="boolean")
BYPASS = Fact(id="bypass", label="不设烟气旁路", type="boolean")


def cell(text: str) -> Entry:
    return Entry(text, TEXT)


@pytest.mark.parametrize("typed", ["布袋除尘", " 布袋 除尘 ", "布袋"])
def test_a_synonym_is_read_as_its_option_and_told(typed: str) -> None:
    assert read_value(cell(typed), TREATMENT) == "bag"
    assert list(reading_notices(cell(typed), TREATMENT)) == [f"“{typed.strip()}”按“袋式除尘”读取"]
    read = read_column(TREATMENT, pl.Series("f", ["wet", typed, None]))
    assert read.values.to_list() == [1, 0, None]
    assert read.synonyms == ((1, f"“{typed.strip()}”按“袋式除尘”读取"),)


@pytest.mark.parametrize("typed", ["袋式除尘", "bag", "无"])
def test_an_options_own_name_needs_no_notice(typed: str) -> None:
    assert list(reading_notices(cell(typed), TREATMENT)) == []
    assert read_column(TREATMENT, pl.Series("f", [typed])).synonyms == ()


@pytest.mark.parametrize(
    ("typed", "asked"),
    [("袋式", "；是否指“袋式除尘”？"), ("布袋除尘器", "；是否指“袋式除尘”？"), ("湿法除尘", "；是否指“湿式除尘”？")],
)
def test_a_likeness_is_asked_about_and_never_taken(typed: str, asked: str) -> None:
    with pytest.raises(UnreadableError, match=asked):
        read_value(cell(typed), TREATMENT)
    assert read_column(TREATMENT, pl.Series("f", [typed])).problems


@pytest.mark.parametrize("typed", ["催化燃烧", "除尘"])
def test_what_is_like_nothing_or_everything_is_refused_without_a_question(typed: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_value(cell(typed), TREATMENT)
    assert "是否指" not in str(refused.value)


def test_the_denial_of_a_word_is_not_what_it_is_asked_about() -> None:
    fact = TREATMENT.model_copy(update={"synonyms": {"none": ("没有",)}})
    with pytest.raises(UnreadableError) as refused:
        read_value(cell("有"), fact)
    assert "是否指" not in str(refused.value)


def test_several_synonyms_in_a_text_are_all_read_and_told() -> None:
    read = read_column(TREATMENTS, pl.Series("f", ["布袋；湿式除尘", "布袋除尘;袋式除尘"]))
    assert read.values.to_list() == [0b11, None]
    assert read.synonyms == ((0, "“布袋”按“袋式除尘”读取"),)
    assert [position for position, _ in read.problems] == [1]


@pytest.mark.parametrize(
    ("typed", "meant"), [("√", True), ("有", True), ("Y", True), ("×", False), ("无", False), ("ｎｏ", False)]
)
def test_common_words_for_yes_and_no_are_read(typed: str, meant: bool) -> None:
    assert read_value(cell(typed), GATE) is meant
    read = read_column(GATE, pl.Series("f", [typed, "否"]))
    assert read.values.to_list() == [meant, False]
    assert read.synonyms == ((0, f"“{typed}”按“{'是' if meant else '否'}”读取"),)


@pytest.mark.parametrize("typed", ["有", "无", "没有"])
def test_having_or_not_answers_no_question_that_denies_something(typed: str) -> None:
    with pytest.raises(UnreadableError, match="“不设烟气旁路”中有否定的说法"):
        read_value(cell(typed), BYPASS)
    assert read_column(BYPASS, pl.Series("f", [typed])).problems
    assert read_value(cell("√"), BYPASS) is True


def test_an_option_that_is_answered_with_yes_or_no_is_a_question_of_its_own() -> None:
    assert read_value(cell("有"), TREATMENTS, "袋式除尘") is True
    with pytest.raises(UnreadableError, match="“未治理”中有否定的说法"):
        read_value(cell("有"), TREATMENTS, "未治理")


def test_a_likely_word_for_yes_is_asked_about() -> None:
    with pytest.raises(UnreadableError, match="是否指“是”？"):
        read_value(cell("符合"), GATE)


def test_a_booleans_own_words_are_read_too() -> None:
    fact = GATE.model_copy(update={"synonyms": {"no": ("人工登记",)}})
    assert read_value(cell("人工登记"), fact) is False


FACTS = """\
facts:
  - {id: closed, label: 皮带密闭, type: boolean, changed_by: works, synonyms: %s}
  - {id: dust, label: 颗粒物, type: number, changed_by: works, unit: mg/m3, min: 0, max: 500, decimals: 2}
  - {id: fuel, label: 燃料, type: choice, changed_by: works, options: {gas: 天然气, coal: 煤}, synonyms: %s}
"""
READ = INDICATORS.replace("{fact: closed, equals: true}", "{fact: closed, equals: true}, {fact: fuel, equals: gas}")


@pytest.mark.parametrize(
    ("boolean", "choice", "said"),
    [
        ("{}", "{gas: [管道气], coal: [管道 气]}", "“管道 气” means `gas` too; a synonym stands for one option alone"),
        ("{}", "{gas: [煤]}", "“煤” means `coal` too; a synonym stands for one option alone"),
        ("{}", "{gas: [Coal]}", "“Coal” means `coal` too; a synonym stands for one option alone"),
        ("{}", "{gas: [天然气]}", "“天然气” needs no mention: it already means `gas`"),
        ("{}", "{oil: [柴油]}", "there is no option `oil`; there are gas, coal"),
        ("{no: [有]}", "{}", "“有” means `yes` too; a synonym stands for one option alone"),
        ("{maybe: [也许]}", "{}", "there is no option `maybe`; there are yes, no"),
    ],
)
def test_a_synonym_that_could_mean_two_things_is_refused(tmp_path: Path, boolean: str, choice: str, said: str) -> None:
    text = ruleset_text(facts=FACTS % (boolean, choice), indicators=READ)
    (problem,) = check(shelf(tmp_path, {"e/r.yaml": text}).merged("e/r"))
    assert problem.reason.english == said
    assert problem.severity == "error"


def test_numbers_have_no_synonyms() -> None:
    with pytest.raises(ValueError, match="number 类型没有同义词"):
        Fact(id="n", label="n", type="number", synonyms={"x": ("y",)})


def test_the_shipped_words_for_yes_and_no_are_told_apart() -> None:
    words: Any = yes_no_words()
    yes, no = ({*w.certain, *w.affirmative, *w.likely} for w in (words.yes, words.no))
    assert not yes & no


def test_shipped_rulesets_have_no_synonym_of_two_meanings() -> None:
    library = Library()
    stated = [fact for id_ in library.ids() for fact in library.ruleset(id_).facts.values() if fact.synonyms]
    assert {"env_staff", "pm_tech"} <= {fact.id for fact in stated}
