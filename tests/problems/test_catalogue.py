"""Every problem has a code that something raises, and a sentence in both languages that says the same."""

import pickle
import re
from pathlib import Path

import pytest

from grading.engine.rules import NetworkError
from grading.problems.campaign_codes import CampaignCode
from grading.problems.codes import ProblemCode
from grading.problems.engine_codes import EngineCode
from grading.problems.figure_codes import FigureCode
from grading.problems.phrases import Phrase
from grading.problems.proof_codes import ProofCode
from grading.problems.reason import Sentences, placeholders, reason_of
from grading.problems.ruleset_codes import RulesetCode
from grading.problems.workbook_codes import RulesetWorkbookCode
from tests.problems.page import PAGE, page

ROOT = Path(__file__).parents[2]
CODES: tuple[Sentences, ...] = (
    *ProblemCode,
    *RulesetCode,
    *ProofCode,
    *EngineCode,
    *CampaignCode,
    *FigureCode,
    *RulesetWorkbookCode,
)
CATALOGUE: tuple[Sentences, ...] = (*CODES, *Phrase)
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for room in ("grading", "reports", "api")
    for path in sorted((ROOT / room).rglob("*.py"))
    if path.name
    not in (
        "codes.py",
        "ruleset_codes.py",
        "proof_codes.py",
        "engine_codes.py",
        "campaign_codes.py",
        "figure_codes.py",
        "workbook_codes.py",
        "phrases.py",
    )
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", CATALOGUE)
def test_both_sentences_have_the_same_parameters(code: Sentences) -> None:
    assert placeholders(code.zh) == placeholders(code.en)


@pytest.mark.parametrize("code", CODES)
def test_a_problem_has_a_sentence_in_each_language(code: Sentences) -> None:
    assert CHINESE.search(code.zh) or code.zh == "{why}" or code is RulesetCode.CASE_UNREADABLE
    assert code.en
    assert not CHINESE.search(code.en)


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_code_is_named_after_its_member_and_used_somewhere(code: Sentences) -> None:
    assert code.value == code.name.lower()
    assert re.search(rf"\b{type(code).__name__}\.{code.name}\b", SOURCES)


@pytest.mark.parametrize(
    "codes", [ProblemCode, RulesetCode, ProofCode, EngineCode, CampaignCode, FigureCode, RulesetWorkbookCode]
)
def test_no_sentence_is_in_the_catalogue_twice(codes: type[Sentences]) -> None:
    sentences = [code.zh for code in codes]
    assert len(set(sentences)) == len(sentences)


def test_the_sentence_says_the_parameters_as_each_language_lists_them() -> None:
    reason = reason_of(ProblemCode.KEY_UNKNOWN, keys=("id", "ruleset"))
    assert reason.message == str(reason) == "没有这样的键；可用 id、ruleset"
    assert reason.english == "unknown key; there are id, ruleset"


def test_a_part_of_a_sentence_is_said_in_its_language() -> None:
    unit = reason_of(Phrase.IN_UNIT, unit="mg/m3")
    reason = reason_of(ProblemCode.NUMBER_EXPECTED, unit=unit, given=Phrase.LIST, hint=Phrase.NOTHING)
    assert reason.message == "应为数字（单位 mg/m3），现为列表"
    assert reason.english == "should be a number, in mg/m3, is a list"


@pytest.mark.parametrize("parameters", [{}, {"keys": ("id",), "more": 1}, {"key": "id"}])
def test_other_parameters_than_those_of_the_sentence_are_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="key_unknown takes"):
        reason_of(ProblemCode.KEY_UNKNOWN, **parameters)


def test_braces_in_what_was_given_are_no_parameters() -> None:
    given = reason_of(Phrase.QUOTED, text="{keys}")
    assert reason_of(ProblemCode.BOOLEAN_EXPECTED, given=given).message == "应为 true 或 false，现为“{keys}”"


def test_a_reason_crosses_processes() -> None:
    reason = reason_of(ProblemCode.KEY_UNKNOWN, keys=("id",))
    assert pickle.loads(pickle.dumps(reason)) == reason
    assert pickle.loads(pickle.dumps(reason)).code is ProblemCode.KEY_UNKNOWN


def test_an_error_with_a_reason_crosses_processes() -> None:
    error = NetworkError(EngineCode.NAMES_SHARE_HASH, where="m")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is NetworkError
    assert again.reason == error.reason


def test_the_page_of_codes_is_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.problems.page"
