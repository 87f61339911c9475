"""The grades of an audit day by day, as stretches of days with the same grades."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from grading.engine.grade import Engine
from grading.forecast.counted_days import days_of_change
from grading.forecast.ends import End, known_ends
from grading.gaps.causes import decision_of, unit_decisions
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.decision import Causes, Decision, decide
from grading.model.result import Grading, Outcome
from grading.model.ruleset import Ruleset

DAYS = 400
"""The days that forecasts look ahead: a year, and a margin after it."""
MOST_DAYS = 3_660


@dataclass(frozen=True)
class Stretch:
    """Days on which an audit has the same grades; `because` is what changed on the first of them."""

    since: date
    until: date
    outcome: Outcome
    units: tuple[Outcome, ...]
    decision: Decision
    decisions: tuple[Decision, ...]
    because: tuple[End, ...] = ()

    @classmethod
    def of_json(cls, raw: dict[str, Any], mode: Mode) -> "Stretch":
        """The stretch that `as_json` has written."""
        units = [_read(unit, mode) for unit in raw["units"]]
        outcome, decision = _read(raw, mode)
        return cls(
            since=date.fromisoformat(raw["since"]),
            until=date.fromisoformat(raw["until"]),
            outcome=outcome,
            units=tuple(one for one, _ in units),
            decision=decision,
            decisions=tuple(one for _, one in units),
            because=tuple(map(End.of_json, raw["because"])),
        )

    def as_json(self) -> dict[str, Any]:
        """The stretch in JSON."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            **self.outcome._asdict(),
            "decision": self.decision.as_json(),
            "units": [
                one._asdict() | {"decision": decision.as_json()}
                for one, decision in zip(self.units, self.decisions, strict=True)
            ],
            "because": [end.as_json() for end in self.because],
        }


@dataclass(frozen=True)
class Forecast:
    """The grades of an audit on each day from that of its assessment, if nothing is done."""

    mode: Mode
    stretches: tuple[Stretch, ...]
    ends: tuple[End, ...]
    """Everything that ends or begins in these days, whether it changes a grade or not."""

    @property
    def since(self) -> date:
        """The first day."""
        return self.stretches[0].since

    @property
    def until(self) -> date:
        """The last day that was looked at."""
        return self.stretches[-1].until

    def on(self, day: date) -> Stretch:
        """The stretch of a day; raises KeyError for a day that was not looked at."""
        for stretch in self.stretches:
            if stretch.since <= day <= stretch.until:
                return stretch
        raise KeyError(day)

    @classmethod
    def of_json(cls, raw: dict[str, Any]) -> "Forecast":
        """The forecast that `as_json` has written."""
        mode = Mode(raw["mode"])
        stretches = tuple(Stretch.of_json(one, mode) for one in raw["stretches"])
        return cls(mode, stretches, tuple(map(End.of_json, raw["ends"])))

    def as_json(self) -> dict[str, Any]:
        """The forecast in JSON."""
        return {
            "mode": self.mode.value,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "stretches": [stretch.as_json() for stretch in self.stretches],
            "ends": [end.as_json() for end in self.ends],
        }


def forecast(
    engine: Engine, audit: Audit, until: date, mode: Mode = Mode.OFFICIAL, graded: Grading | None = None
) -> Forecast:
    """The grades from the day of the assessment to `until`; `graded`: as it was on that day. Raises as `Engine.grade`.

    Every unit stays with its edition, also after that is superseded: what a later one asks is not known from the audit.
    """
    since = audit.assessed_on
    rulesets = {unit.ruleset: engine.library.ruleset(unit.ruleset) for unit in audit.units}
    ends = known_ends(audit, rulesets, since, until)
    days = {since, *(end.day for end in ends)}
    for index, unit in enumerate(audit.units):
        days.update(days_of_change(audit, index, rulesets[unit.ruleset], since, until))
    stretches: list[Stretch] = []
    for day in sorted(days):
        because = tuple(end for end in ends if end.day == day)
        of_day = audit.model_copy(update={"assessed_on": day})
        grading = graded if graded is not None and day == since else engine.grade(of_day, mode)
        now = _stretch(rulesets, of_day, grading, until, because)
        if stretches and _grades(stretches[-1]) == _grades(now):
            continue
        if stretches:
            stretches[-1] = replace(stretches[-1], until=day - timedelta(days=1))
        stretches.append(now if because or not stretches else _counted(now))
    return Forecast(mode, tuple(stretches), ends)


def _stretch(
    rulesets: Mapping[str, Ruleset], audit: Audit, grading: Grading, until: date, because: tuple[End, ...]
) -> Stretch:
    return Stretch(
        since=audit.assessed_on,
        until=until,
        outcome=grading.outcome,
        units=tuple(unit.outcome for unit in grading.units),
        decision=decision_of(rulesets, audit, grading),
        decisions=unit_decisions(rulesets, audit, grading),
        because=because,
    )


def _read(raw: dict[str, Any], mode: Mode) -> tuple[Outcome, Decision]:
    outcome, known = Outcome(raw["grade"], raw["attainable"]), raw["decision"]
    causes = None if known["missing"] is None else Causes(known["missing"], known["open_figures"])
    return outcome, decide(outcome, mode, causes)


def _grades(stretch: Stretch) -> tuple[Any, ...]:
    return stretch.outcome, stretch.units


def _counted(stretch: Stretch) -> Stretch:
    """A stretch that begins only because days have passed."""
    return replace(stretch, because=(End(stretch.since, "day", "与评定日期相比的日期或天数已到"),))
