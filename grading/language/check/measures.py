"""Measures: whether every level of the scale knows what to do in every alert."""

from collections.abc import Iterator
from decimal import Decimal

from grading.digest import plain
from grading.language.check.provenance import PROVENANCE
from grading.language.check.texts import numbers_in, spelled_text
from grading.language.check.words import listed
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.language.prose import number_text
from grading.language.source import Path_, Source
from grading.model.ruleset import ALERTS, Measure, ProvisionalPercent, split_levels
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of
from grading.problems.ruleset_codes import RulesetCode


def check_measures(loaded: Loaded) -> Iterator[Problem]:
    """Measures of levels that are not there or that are stated twice, and estimates that would count officially."""
    ruleset = loaded.ruleset
    for alert in ALERTS:
        for level in _stated(loaded, alert):
            if level not in ruleset.scale.ids:
                levels = listed(ruleset.scale.ids)
                reason = reason_of(RulesetCode.LEVEL_UNKNOWN, level=level, of=ruleset.id, levels=levels)
                yield loaded.problem("measures", f"{alert}.{level}", (), reason)
        yield from _estimates(loaded, alert)
    sources = {origin.source.file: origin.source for origin in loaded.origins.values()}
    for source in sources.values():
        yield from _stated_twice(source)


def check_alerts(loaded: Loaded) -> Iterator[Problem]:
    """Levels without measures; measures with percentages that can't be, or without provenance."""
    for alert in ALERTS:
        stated = _stated(loaded, alert)
        for level in loaded.ruleset.scale.ids:
            if not stated.get(level):
                reason = reason_of(RulesetCode.MEASURE_LACKING, level=level, alert=alert)
                yield loaded.own.problem(("measures", alert), reason)
        for level, measures in stated.items():
            for i, measure in enumerate(measures):
                for step, reason in _measure(measure):
                    slip = reason.code is RulesetCode.TEXT_STATES_OTHER_FIGURE
                    yield loaded.problem("measures", f"{alert}.{level}", (i, *step), reason, warning=slip)
                if measure.percent == "unresolved":
                    reason = reason_of(RulesetCode.PERCENT_UNRESOLVED)
                    yield loaded.problem("measures", f"{alert}.{level}", (i, "percent"), reason, warning=True)


def _stated(loaded: Loaded, alert: str) -> dict[str, tuple[Measure, ...]]:
    stated: dict[str, tuple[Measure, ...]] = getattr(loaded.ruleset.measures, alert)
    return stated


def _estimates(loaded: Loaded, alert: str) -> Iterator[Problem]:
    for level, measures in _stated(loaded, alert).items():
        for i, measure in enumerate(measures):
            if measure.basis == "estimated" and isinstance(measure.percent, Decimal):
                reason = reason_of(RulesetCode.ESTIMATED_PERCENT_COUNTS, percent=measure.percent)
                yield loaded.problem("measures", f"{alert}.{level}", (i, "percent"), reason)


def _measure(measure: Measure) -> Iterator[tuple[Path_, Reason]]:
    percent = measure.percent
    number = percent.provisional if isinstance(percent, ProvisionalPercent) else percent
    if isinstance(number, Decimal) and not 0 <= number <= 100:
        yield ("percent",), reason_of(RulesetCode.PERCENT_OUT_OF_RANGE, percent=number)
    said = tuple(numbers_in(spelled_text(measure.text), "%"))
    if isinstance(number, Decimal) and said and number not in said:
        words = number_text(said[0], "%")
        yield ("text",), reason_of(RulesetCode.TEXT_STATES_OTHER_FIGURE, said=words, figures=(plain(number),))
    if measure.basis == "estimated":
        if measure.confidence != "low":
            given = measure.confidence or Phrase.NOT_STATED
            yield (), reason_of(RulesetCode.ESTIMATE_TOO_CONFIDENT, given=given)
        if measure.note is None:
            yield (), reason_of(RulesetCode.MEASURE_WITHOUT_REASON)
    elif measure.confidence == "low" and isinstance(percent, Decimal):
        yield ("percent",), reason_of(RulesetCode.PERCENT_OF_LOW_CONFIDENCE, percent=percent)
    for name, what in PROVENANCE.items():
        if getattr(measure, name) is None:
            yield (), reason_of(RulesetCode.LACKING, what=what, name=name)


def _stated_twice(source: Source) -> Iterator[Problem]:
    """Two keys of one file that name the same level: the later would silently win."""
    measures = source.data.get("measures") if isinstance(source.data, dict) else None
    for alert in ALERTS:
        stated = measures.get(alert) if isinstance(measures, dict) else None
        seen: dict[str, str] = {}
        for key in stated if isinstance(stated, dict) else ():
            for level in split_levels(key):
                if level in seen:
                    reason = reason_of(RulesetCode.LEVEL_STATED, level=level, key=seen[level])
                    yield source.problem(("measures", alert, key), reason)
                seen.setdefault(level, key)
