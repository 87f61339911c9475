"""Measures: whether every level of the scale knows what to do in every alert."""

from collections.abc import Iterator

from grading.language.check.words import listed
from grading.language.load import Loaded
from grading.language.problems import Problem
from grading.language.source import Path_, Source
from grading.model.ruleset import ALERTS, Measure, ProvisionalPercent, split_levels


def check_measures(loaded: Loaded) -> Iterator[Problem]:
    """Levels without measures, stated twice or unknown; percentages that can't be; missing provenance."""
    ruleset = loaded.ruleset
    for alert in ALERTS:
        stated: dict[str, tuple[Measure, ...]] = getattr(ruleset.measures, alert)
        for level in ruleset.scale.ids:
            if not stated.get(level):
                message = f"says nothing of level `{level}` in a {alert} alert"
                yield loaded.own.problem(("measures", alert), message)
        for level, measures in stated.items():
            if level not in ruleset.scale.ids:
                message = f"`{level}` is no level of {ruleset.id}; there are {listed(ruleset.scale.ids)}"
                yield loaded.problem("measures", f"{alert}.{level}", (), message)
            for i, measure in enumerate(measures):
                for step, message in _measure(measure):
                    yield loaded.problem("measures", f"{alert}.{level}", (i, *step), message)
    sources = {origin.source.file: origin.source for origin in loaded.origins.values()}
    for source in sources.values():
        yield from _stated_twice(source)


def _measure(measure: Measure) -> Iterator[tuple[Path_, str]]:
    percent = measure.percent
    number = percent.provisional if isinstance(percent, ProvisionalPercent) else percent
    if number is not None and number != "unresolved" and not 0 <= number <= 100:
        yield ("percent",), f"should lie between 0 and 100, is {number}"
    if measure.confidence == "low" and number is not None and number is percent and number != "unresolved":
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
