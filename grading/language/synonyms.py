"""Everyday words for options and for yes and no: a certain one is read as what it means, an uncertain likeness is asked about."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from pydantic import ValidationError

from grading.language.invalid import invalid
from grading.language.problems import LanguageError
from grading.language.shipped import default_root
from grading.language.source import read_source
from grading.model.base import Strict, Text
from grading.model.ruleset import NO, YES, Fact
from grading.width import ordinary_width

LIKE = 0.6
"""From this likeness on (of `difflib`) a word is asked about."""
YES_NO_LABELS = {YES: "是", NO: "否"}


class Words(Strict):
    """Words for one of the two answers."""

    certain: tuple[Text, ...]
    affirmative: tuple[Text, ...]
    likely: tuple[Text, ...]


class YesNoWords(Strict):
    """`rulesets/synonyms.yaml`: the words for yes and no, and those by which a question denies something."""

    yes: Words
    no: Words
    denials: tuple[Text, ...]


@dataclass(frozen=True)
class Meaning:
    """The option that a word stands for: its code (of yes-or-no facts `yes` or `no`), and what people call it."""

    code: str
    label: str


@cache
def yes_no_words() -> YesNoWords:
    """The shipped words for yes and no; raises LanguageError when the file is not in order."""
    path = default_root() / "synonyms.yaml"
    source = read_source(path, path.name)
    if source.problems:
        raise LanguageError(source.problems)
    try:
        return YesNoWords.model_validate(source.data)
    except ValidationError as error:
        raise LanguageError(invalid(source, (), source.data, error)) from None


def plain_word(text: str) -> str:
    """A word as words are compared: in ordinary width, without spaces, in lower case."""
    return "".join(ordinary_width(text).split()).casefold()


def meaning(fact: Fact, text: str, question: str = "") -> Meaning | None:
    """The answer that a word certainly stands for, None for one that is no synonym.

    Of a fact with several options it is an option; `question` is the label of an option that is answered with yes or no.
    """
    word = plain_word(text)
    found = {code for code, known in _synonyms(fact, question) if plain_word(known) == word}
    if len(found) != 1:
        return None
    code = found.pop()
    return Meaning(code, _labels(fact, question)[code])


def read_as(text: str, found: Meaning) -> str:
    """The notice about a synonym that was taken."""
    return f"“{text.strip()[:60]}”按“{found.label}”读取"


def likeness_question(fact: Fact, text: str, question: str = "") -> str:
    """`；是否指“袋式除尘”？` about a word that is like something there is; empty when it is like nothing."""
    word, labels = plain_word(text), _labels(fact, question)
    if not word:
        return ""
    if labels is YES_NO_LABELS:
        return _yes_no_question(fact, word, question)
    known = [*labels.items(), *_synonyms(fact, question)]
    by_word: dict[str, list[str]] = {}
    for code, name in known:
        by_word.setdefault(plain_word(name), []).append(code)
    near = [*(n for n in by_word if word in n or n in word), *get_close_matches(word, by_word, 3, LIKE)]
    near = [name for name in near if not _is_denied(word, name)]
    codes = dict.fromkeys(code for name in near for code in by_word[name])
    if not codes or len(codes) == len(labels) > 2:
        return ""
    return f"；是否指{'或'.join(f'“{labels[code]}”' for code in list(codes)[:3])}？"


def _is_denied(word: str, name: str) -> bool:
    """True when one of two words is the other denied, as 没有 is 有: they mean the opposite."""
    short, long = sorted((word, name), key=len)
    before, found, _ = long.partition(short)
    return bool(found) and before.endswith(yes_no_words().denials)


def _yes_no_question(fact: Fact, word: str, question: str) -> str:
    words = yes_no_words()
    for code, stated in ((YES, words.yes), (NO, words.no)):
        if word in map(plain_word, stated.affirmative):
            return (
                f"；“{question or fact.label}”中有否定的说法，“{stated.affirmative[0]}”可能有两种意思，请填“是”或“否”"
            )
        if word in map(plain_word, stated.likely) and not _denies(fact, question):
            return f"；是否指“{YES_NO_LABELS[code]}”？"
    return ""


def _synonyms(fact: Fact, question: str) -> Iterator[tuple[str, str]]:
    """The certain synonyms, each with what it stands for."""
    if fact.type == "boolean" or question:
        words = yes_no_words()
        denies = _denies(fact, question)
        for code, stated in ((YES, words.yes), (NO, words.no)):
            yield from ((code, word) for word in (*stated.certain, *(() if denies else stated.affirmative)))
    if not question:
        yield from ((code, word) for code, stated_words in fact.synonyms.items() for word in stated_words)


def _denies(fact: Fact, question: str) -> bool:
    """True when a yes-or-no question itself denies something, so that 有 and 无 may answer it either way."""
    return any(word in f"{fact.label}{question}" for word in yes_no_words().denials)


def _labels(fact: Fact, question: str) -> dict[str, str]:
    return YES_NO_LABELS if fact.type == "boolean" or question else fact.options
