"""Texts of requirements: a figure that a text states is one that its condition asks for.

Warnings: what is graded by is the condition, and a draft that tries out a figure may leave the text for later.
"""

import re
from collections.abc import Container, Iterable, Iterator
from decimal import Decimal

from grading.digest import plain
from grading.language.figures import Place, Site, places, sites
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.language.prose import fact_label, number_text, unit_of
from grading.language.source import Path_
from grading.language.units import is_known, spelled
from grading.model.condition import AnyOf, Comparison, Not
from grading.model.ruleset import Ruleset
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

_DAYS = re.compile(r"\d{4}\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?|\d{1,2}\s*月\s*\d{1,2}\s*日")
_OXYGEN = re.compile(r"氧\s*\d+(?:\.\d+)?\s*%|\d+(?:\.\d+)?\s*%\s*(?:基准)?(?:含)?氧")
"""The oxygen that a limit refers to: no limit itself."""
_ORDERS = {"at_most": "most", "below": "most", "at_least": "least", "above": "least"}
_WAY = {
    word: way
    for way, words in (("most", "不高于 不超过 不大于 ≤"), ("least", "不低于 不少于 不小于 ≥"))
    for word in words.split()
}
"""The words of a limit on a number, and whether it is the most or the least."""
_WORDS = "|".join(_WAY)
_WITH_UNIT = re.compile(r"(?<![0-9A-Za-z.~～-])(\d+(?:\.\d+)?)([A-Za-z%‰][A-Za-z0-9/-]*)")


def check_texts(loaded: Loaded) -> Iterator[Problem]:
    """Texts that state a number in the unit of a figure, when no condition has that number, or a figure in another unit."""
    for site in sites(loaded.ruleset):
        found = list(places(site))
        for place in found:
            if place.condition.text is not None:
                inside = [one for one in found if one.inner[: len(place.inner)] == place.inner]
                yield from _wrong(loaded, site, (*place.inner, "text"), place.condition.text, inside)
        text = getattr(site.layers[-1], "text", None)
        if text is not None and site.role in ("requirement", "gate"):
            yield from _wrong(loaded, site, (*site.inner[:-1], "text"), text, found)


def _wrong(loaded: Loaded, site: Site, at: Path_, text: str, inside: Iterable[Place]) -> Iterator[Problem]:
    compared = [place.condition for place in inside if isinstance(place.condition, Comparison)]
    plain_text = _without_labels(loaded.ruleset, spelled_text(text), compared)
    by_unit = _figures(loaded.ruleset, compared)
    for unit, figures in by_unit.items():
        if figures is None:
            continue
        numbers = tuple(numbers_in(plain_text, unit))
        for said in numbers:
            if said not in figures:
                known = tuple(plain(one) for one in sorted(figures))
                reason = reason_of(RulesetCode.TEXT_STATES_OTHER_FIGURE, said=number_text(said, unit), figures=known)
                yield loaded.problem(site.kind, site.id, at, reason, warning=True)
        yield from _turned(loaded, site, at, plain_text, unit, inside)
        for said, other in () if numbers else _in_other_units(plain_text, by_unit):
            if said in figures:
                reason = reason_of(RulesetCode.TEXT_STATES_OTHER_UNIT, said=number_text(said, other), unit=unit)
                yield loaded.problem(site.kind, site.id, at, reason, warning=True)


def _turned(loaded: Loaded, site: Site, at: Path_, text: str, unit: str, inside: Iterable[Place]) -> Iterator[Problem]:
    """Limits that a text states the other way round.

    A condition that is denied, one of several ways, or selects rows is none: 不低于 10 kPa 的 may be `below: 10` of an `any`.
    """
    asked: dict[Decimal, set[str]] = {}
    for place in inside:
        c = place.condition
        if not isinstance(c, Comparison) or not isinstance(c.guess, Decimal) or c.operator not in _ORDERS:
            continue
        if spelled(unit_of(loaded.ruleset, c.fact) or "") == unit:
            denied = place.role != "requirement" or any(isinstance(above, Not | AnyOf) for above in place.above)
            asked.setdefault(c.guess, set()).add("" if denied else c.operator)
    for figure, operators in asked.items():
        found = re.search(rf"({_WORDS}){re.escape(plain(figure))}(?:\.0+)?个?{re.escape(unit)}(?![0-9A-Za-z/])", text)
        if found is not None and all(_ORDERS.get(one, _WAY[found[1]]) != _WAY[found[1]] for one in operators):
            said = f"{found[1]} {number_text(figure, unit)}"
            reason = reason_of(RulesetCode.TEXT_STATES_OTHER_ORDER, said=said, operator=min(operators), figure=figure)
            yield loaded.problem(site.kind, site.id, at, reason, warning=True)


def _figures(ruleset: Ruleset, compared: Iterable[Comparison]) -> dict[str, set[Decimal] | None]:
    """The numbers that are compared with, by their unit; None where one of them is not known."""
    found: dict[str, set[Decimal] | None] = {}
    for c in compared:
        unit = unit_of(ruleset, c.fact)
        if unit is None:
            continue
        values = c.guess if isinstance(c.guess, tuple) else (c.guess,)
        known = found.setdefault(spelled(unit), set())
        if known is None or any(value is None for value in values):
            found[spelled(unit)] = None
        else:
            known.update(value for value in values if isinstance(value, Decimal))
    return found


def spelled_text(text: str) -> str:
    """A text in the spelling of units, without the days and the oxygen that it names."""
    return _OXYGEN.sub(" ", _DAYS.sub(" ", spelled(text)))


def _without_labels(ruleset: Ruleset, text: str, compared: Iterable[Comparison]) -> str:
    """A text without the names of facts and options: a number in a name is no figure of the condition."""
    for c in compared:
        fact = ruleset.facts.get(c.fact)
        for label in (fact_label(ruleset, c.fact), *(fact.options.values() if fact is not None else ())):
            if any(map(str.isdigit, label)):
                text = text.replace(spelled_text(label), " ")
    return text


def _in_other_units(text: str, units: Container[str]) -> Iterator[tuple[Decimal, str]]:
    """The numbers of a text that have a unit in which nothing is compared right behind them, with it."""
    for number, unit in _WITH_UNIT.findall(text):
        if unit not in units and is_known(unit):
            yield Decimal(number), unit


def numbers_in(text: str, unit: str) -> Iterator[Decimal]:
    """The numbers of a text that have a unit right behind them, alone or at the end of several: `10、35、50 mg/m³`."""
    pattern = rf"(?<![0-9A-Za-z.~～-])(\d+(?:\.\d+)?(?:、\d+(?:\.\d+)?)*)个?{re.escape(unit)}(?![0-9A-Za-z/])"
    said = [number for numbers in re.findall(pattern, text) for number in numbers.split("、")]
    return map(Decimal, dict.fromkeys(said))
