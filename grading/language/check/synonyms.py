"""Synonyms of options: each stands for one option alone, and is no other option's own name."""

from collections.abc import Iterator

from grading.language.check.words import near
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.language.synonyms import YES_NO_LABELS, plain_word, yes_no_words
from grading.model.ruleset import NO, YES, Fact
from grading.problems.reason import Reason, reason_of
from grading.problems.ruleset_codes import RulesetCode


def check_synonyms(loaded: Loaded) -> Iterator[Problem]:
    """Words of options that are not there, and words that could be read as two."""
    for fact in loaded.ruleset.facts.values():
        for code, at, reason in _findings(fact):
            yield loaded.problem("facts", fact.id, ("synonyms", code, *at), reason)


def _findings(fact: Fact) -> Iterator[tuple[str, tuple[int, ...], Reason]]:
    labels = YES_NO_LABELS if fact.type == "boolean" else fact.options
    own = {plain_word(name): code for code, label in labels.items() for name in (code, label)}
    if fact.type == "boolean" and fact.synonyms:
        words = yes_no_words()
        for code, stated in ((YES, words.yes), (NO, words.no)):
            own |= {plain_word(word): code for word in (*stated.certain, *stated.affirmative)}
    seen: dict[str, str] = {}
    for code, stated_words in fact.synonyms.items():
        if code not in labels:
            yield code, (), reason_of(RulesetCode.SYNONYM_OF_NO_OPTION, option=code, hint=near(code, labels))
            continue
        for i, word in enumerate(stated_words):
            name = plain_word(word)
            option = own.get(name, seen.get(name))
            if option is not None and option != code:
                yield code, (i,), reason_of(RulesetCode.SYNONYM_AMBIGUOUS, word=word, option=option)
            elif option is not None and (name != plain_word(code) or word == code):
                yield code, (i,), reason_of(RulesetCode.SYNONYM_NEEDLESS, word=word, option=code)
            seen.setdefault(name, code)
