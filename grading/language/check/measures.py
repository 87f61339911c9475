"""Measures: whether every level of the scale knows what to do in every alert."""

from collections.abc import Iterator
from decimal import Decimal

from grading.language.check.words import listed
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.language.source import Path_, Source
from grading.model.ruleset import ALERTS, Measure, ProvisionalPercent, split_levels


def check_measures(loaded: Loaded) -> Iterator[Problem]:
    """Measures of levels that are not there or that are stated twice, and estimates that would count officially."""
    ruleset = loaded.ruleset
    for alert in ALERTS:
        for level in _stated(loaded, alert):
            if level not in ruleset.scale.ids:
                message = f"`{level}` is no level of {ruleset.id}; there are {listed(ruleset.scale.ids)}"
                yield loaded.problem("measures", f"{alert}.{level}", (), message)
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
                message = f"says nothing of level `{level}` in a {alert} alert"
                yield loaded.own.problem(("measures", alert), message)
        for level, measures in stated.items():
            for i, measure in enumerate(measures):
                for step, message in _measure(measure):
                    yield loaded.problem("measures", f"{alert}.{level}", (i, *step), message)
                if measure.percent == "unresolved":
                    message = (
                        "is `unresolved`; with a reason for a working value write "
                        "`percent: {provisional: …}, basis: estimated, confidence: low, note: …`"
                    )
                    yield loaded.problem("measures", f"{alert}.{level}", (i, "percent"), message, warning=True)


def _stated(loaded: Loaded, alert: str) -> dict[str, tuple[Measure, ...]]:
    stated: dict[str, tuple[Measure, ...]] = getattr(loaded.ruleset.measures, alert)
    return stated


def _estimates(loaded: Loaded, alert: str) -> Iterator[Problem]:
    for level, measures in _stated(loaded, alert).items():
        for i, measure in enumerate(measures):
            if measure.basis == "estimated" and isinstance(measure.percent, Decimal):
                message = (
                    "an estimated percentage counts as if it were established; "
                    f"write `percent: {{provisional: {measure.percent}}}`"
                )
                yield loaded.problem("measures", f"{alert}.{level}", (i, "percent"), message)


def _measure(measure: Measure) -> Iterator[tuple[Path_, str]]:
    percent = measure.percent
    number = percent.provisional if isinstance(percent, ProvisionalPercent) else percent
    if isinstance(number, Decimal) and not 0 <= number <= 100:
        yield ("percent",), f"should lie between 0 and 100, is {number}"
    if measure.basis == "estimated":
        if measure.confidence != "low":
            yield (), f"is `estimated`, so it says `confidence: low`, not {measure.confidence or 'nothing'}"
        if measure.note is None:
            yield (), "is `estimated` without a reason; say on what it rests: `note: …`"
    elif measure.confidence == "low" and isinstance(percent, Decimal):
        yield (
            ("percent",),
            f"is of low confidence; write `percent: {{provisional: {number}}}` or `unresolved`",
        )
    for name, what in (("cite", "citation"), ("basis", "basis"), ("confidence", "confidence")):
        if getattr(measure, name) is None:
            yield (), f"has no {what} (`{name}`)"


def _stated_twice(source: Source) -> Iterator[Problem]:
    """Two keys of one file that name the same level: the later would silently win."""
    measures = source.data.get("measures") if isinstance(source.data, dict) else None
    for alert in ALERTS:
        stated = measures.get(alert) if isinstance(measures, dict) else None
        seen: dict[str, str] = {}
        for key in stated if isinstance(stated, dict) else ():
            for level in split_levels(key):
                if level in seen:
                    message = f"level `{level}` is already stated under `{seen[level]}`"
                    yield source.problem(("measures", alert, key), message)
                seen.setdefault(level, key)
