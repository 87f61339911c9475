"""Forecasts in Chinese: the last day of a grade, and the grade afterwards unless something is renewed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from grading.engine.grade import Engine
from grading.forecast.ends import End, Kind
from grading.forecast.forecast import DAYS, Forecast, Stretch, forecast
from grading.language.decision_text import decision_text, level_label
from grading.language.prose import day_text
from grading.model.audit import Audit
from grading.model.result import Grading

KINDS: dict[Kind, str] = {
    "evidence": "凭证到期",
    "waiver": "豁免起止",
    "requirement": "要求变化",
    "edition": "版本起止",
    "day": "日期、天数",
}
Label = Callable[[str], str]


@dataclass(frozen=True)
class Change:
    """A day from which on the grade is another than before, in words."""

    day: date
    before: str
    after: str
    because: tuple[End, ...]

    @property
    def unless(self) -> str:
        """The condition that would prevent it, `除非在此之前更新凭证`; empty where nothing can."""
        kinds = {end.kind for end in self.because}
        return "，除非在此之前更新凭证" if kinds == {"evidence"} else ""

    @property
    def text(self) -> str:
        """The change in one sentence."""
        why = "；".join(end.text for end in self.because)
        return f"自 {day_text(self.day)}起为 {self.after}（此前 {self.before}）{self.unless}：{why}"


def changes(found: Forecast, label: Label, since: date | None = None) -> Iterator[Change]:
    """The days on which the enterprise's grade changes, of those after `since`; a change of units alone counts too."""
    before: Stretch | None = None
    for stretch in found.stretches:
        if before is not None and (since is None or stretch.since > since):
            was, now = (decision_text(one.decision, label, with_causes=False) for one in (before, stretch))
            yield Change(stretch.since, was, now, stretch.because)
        before = stretch


def valid_until(found: Forecast) -> date | None:
    """The last day on which the grades are those of the first day; None where they stay so as far as was looked."""
    return found.stretches[0].until if len(found.stretches) > 1 else None


def validity_line(found: Forecast, label: Label) -> str:
    """The last day of the grade, in one line."""
    if valid_until(found) is None:
        return f"{day_text(found.until)}以后（推算到这一天，凭证、豁免和要求的变化都不改变等级）"
    first = next(changes(found, label))
    why = "；".join(end.text for end in first.because)
    last = day_text(first.day - timedelta(days=1))
    return f"{last}；此后为 {first.after}{first.unless}（{why}）"


def validity_of(engine: Engine, audit: Audit, grading: Grading) -> str:
    """The last day of a grading, in one line, as far as forecasts look."""
    until = audit.assessed_on + timedelta(days=DAYS)
    found = forecast(engine, audit, until, grading.mode, grading)
    scales = [engine.library.ruleset(unit.ruleset).scale for unit in audit.units]
    return validity_line(found, lambda level: level_label(scales, level))
