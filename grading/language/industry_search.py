"""Finds key industries by a GB/T 4754 class, a name, or everyday words for what a plant makes."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grading.language.industries import Industries, Industry

_CLASS = re.compile(r"[a-z]?([0-9]{2,4})")
_SIGNS = re.compile(r"[\s、，,。.·\"'“”‘’（）()]+")


@dataclass(frozen=True)
class Found:
    """A ruleset that a plant may be graded by, without its edition, and the industry that it is of."""

    industry: Industry
    ruleset: str


def find(register: Industries, text: str) -> tuple[Found, ...]:
    """The rulesets that a text may mean, in the order of the register: none rather than a wrong one."""
    plain = _plain(text)
    if not plain:
        return ()
    code = _CLASS.fullmatch(plain)
    if code is not None:
        return _of(register, _rulesets_of_class(register, code[1]))
    return _of(register, _rulesets_named(register, plain) or _rulesets_in_words(register, plain))


def _plain(text: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _of(register: Industries, names: Iterable[str]) -> tuple[Found, ...]:
    industries = set(names)
    return tuple(
        Found(industry, name) for industry in register.industries for name in industry.rulesets if name in industries
    )


def _rulesets_of_class(register: Industries, digits: str) -> Iterator[str]:
    """The rulesets of industries that a class belongs to, or whose classes belong to it where it is a group itself."""
    narrowed = [listed.rulesets for listed in register.words if any(digits == code[1:] for code in listed.gbt4754)]
    if narrowed:
        yield from narrowed[0]
        return
    for industry in register.industries:
        codes = [code[1:] for code in industry.gbt4754]
        if any(digits.startswith(code) or (len(digits) > 2 and code.startswith(digits)) for code in codes):
            yield from industry.rulesets


def _rulesets_named(register: Industries, plain: str) -> set[str]:
    """The rulesets of the industry whose id or name the text is."""
    for industry in register.industries:
        if plain in industry.rulesets and plain != industry.id:
            return {plain}
        if plain in {industry.id, _plain(industry.label), _plain(industry.name_en)}:
            return set(industry.rulesets)
    return set()


def _rulesets_in_words(register: Industries, plain: str) -> set[str]:
    """The rulesets that the words in a text stand for together."""
    if any(trade in plain for trade in register.trades) and not any(word in plain for word in register.making):
        return set()
    known: dict[str, set[str]] = {_plain(word): set() for word in register.outside}
    for listed in register.words:
        for word in listed.words:
            known.setdefault(_plain(word), set()).update(listed.rulesets)
    spans = [(m.start(), m.end(), word) for word in known for m in re.finditer(re.escape(word), plain)]
    outermost = [
        (start, end, word)
        for start, end, word in spans
        if not any(s <= start and end <= e and (e - s) > (end - start) for s, e, _ in spans)
    ]
    matching = [known[word] for _, _, word in outermost if known[word]]
    # Words that agree on some rulesets narrow each other; words that don't are several things that a plant does.
    common = set.intersection(*matching) if matching else set()
    return common or set().union(*matching)
