"""Soonest ways to each target: the cheapest plants that close the missing number, those that can by the deadline, and
what plans come to by then."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any, Literal

from grading.campaign.candidates import Candidate, Option, Ways, candidates
from grading.campaign.evaluate import Evaluation, Evaluator
from grading.model.gap import Costs


@dataclass(frozen=True)
class Pick:
    """A plant that is chosen, the way it goes, and what that takes."""

    permit: str
    way: Literal["publication", "cheapest", "quickest", "plan"]
    preferred: bool
    provisional: bool
    cost_wan: Costs
    unpriced: int
    weeks: Costs
    untimed: int
    changes: int
    evidence: int
    waits: tuple[str, ...]
    """Of the changes, what those are that only time brings."""
    waits_until: date | None
    ready_on: date | None
    audit_digest: str | None
    """Of the changed audit that was graded; None where a grading only waits to be published."""
    counted_as_one: int
    """Works at the price of one piece, of which nothing tells how many it takes."""


@dataclass(frozen=True)
class Choice:
    """Plants that close a missing number, or as much of it as can be closed.

    `still_missing` is what is missing after the proven ones, `if_figures_hold` after the provisional ones too.
    """

    picks: tuple[Pick, ...]
    cost_wan: Costs
    unpriced: int
    counted_as_one: int
    still_missing: int
    if_figures_hold: int


@dataclass(frozen=True)
class Forecast:
    """The state at the deadline if plans hold; every list is of permits.

    `expected` counts those that are there, those that only have to be published, and proven plans in time; `at_most` also plans
    in time that do not cover every open gap, or rest on provisional figures.
    """

    needed: int
    now: int
    on_publication: tuple[str, ...]
    planned: tuple[str, ...]
    uncertain: tuple[str, ...]
    late: tuple[str, ...]
    without_plan: int
    expected: int
    at_most: int
    met: bool | None
    """None: only if the uncertain ones come to it."""


@dataclass(frozen=True)
class AreaOutlook:
    """A county or a zone with a target."""

    kind: Literal["county", "zone"]
    id: str
    missing: int
    below: int
    """Plants that would count."""
    with_way: int
    provisional: int
    """Of them, those whose way rests on provisional figures."""
    unknown: int
    """Those of which no audit in force says what stands in the way, or whose ways have not been worked out."""
    cheapest: Choice
    in_time: Choice | None
    """None after the deadline."""
    forecast: Forecast | None


@dataclass(frozen=True)
class Outlook:
    """The outlook of a campaign's targets, as things stand on a day."""

    on: date
    deadline: date
    areas: tuple[AreaOutlook, ...]
    candidates: tuple[Candidate, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values: decimals as text, days as ISO."""
        areas: dict[str, Any] = _plain([asdict(area) for area in self.areas])
        return {"on": self.on.isoformat(), "deadline": self.deadline.isoformat(), "areas": areas}


def outlook(evaluator: Evaluator, evaluation: Evaluation, ways: Ways) -> Outlook:
    """The outlook of a campaign on the day of an evaluation; `ways` are those of plants below the level."""
    day = evaluation.on
    found = candidates(evaluator, day, ways)
    deadline = evaluator.campaign.period.deadline
    areas = []
    for share in evaluation.shares:
        if share.at_least_percent is not None and share.missing is not None:
            needed = ceil(share.at_least_percent * share.base / 100)
            there = [c for c in found if c.zone == share.zone]
            areas.append(_area("zone", share.zone, needed, share.reached, there, day, deadline))
    for county in evaluation.new:
        if county.at_least is not None:
            there = [c for c in found if c.county == county.county and c.counts_as_new]
            areas.append(_area("county", county.county, county.at_least, len(county.new), there, day, deadline))
    return Outlook(day, deadline, tuple(areas), found)


def option_by(candidate: Candidate, deadline: date) -> Option | None:
    """The cheapest way of a plant by a day; None where there is none, or nobody knows."""
    timely = [o for o in candidate.options if o.ready_on is not None and o.ready_on <= deadline]
    return min(timely, key=lambda option: option.effort, default=None)


def _area(
    kind: Literal["county", "zone"],
    id_: str,
    needed: int,
    now: int,
    there: Sequence[Candidate],
    day: date,
    deadline: date,
) -> AreaOutlook:
    missing = max(0, needed - now)
    timely = None
    if day <= deadline:
        timely = _choose(there, missing, lambda candidate: option_by(candidate, deadline))
    with_way = [candidate for candidate in there if candidate.options]
    return AreaOutlook(
        kind=kind,
        id=id_,
        missing=missing,
        below=len(there),
        with_way=len(with_way),
        provisional=sum(candidate.is_provisional for candidate in with_way),
        unknown=sum(candidate.ways is None and not candidate.options for candidate in there),
        cheapest=_choose(there, missing, lambda candidate: candidate.best),
        in_time=timely,
        forecast=_forecast(there, needed, now) if day <= deadline else None,
    )


def _choose(there: Iterable[Candidate], missing: int, option_of: Callable[[Candidate], Option | None]) -> Choice:
    """As many plants as are missing: proven ways before provisional ones, preferred plants before others, then by effort.

    Every plant counts for one, so the cheapest by themselves are the cheapest together.
    """
    able = [(c, option) for c in there if (option := option_of(c)) is not None]
    able.sort(key=lambda one: (one[0].is_provisional, not one[0].preferred, one[1].effort, one[0].permit))
    picks = tuple(_pick(candidate, option) for candidate, option in able[:missing])
    zero = Decimal(0)
    return Choice(
        picks=picks,
        cost_wan=(sum((p.cost_wan[0] for p in picks), zero), sum((p.cost_wan[1] for p in picks), zero)),
        unpriced=sum(pick.unpriced for pick in picks),
        counted_as_one=sum(pick.counted_as_one for pick in picks),
        still_missing=missing - sum(not pick.provisional for pick in picks),
        if_figures_hold=missing - len(picks),
    )


def _pick(candidate: Candidate, option: Option) -> Pick:
    way, zero = option.way, Decimal(0)
    return Pick(
        permit=candidate.permit,
        way=option.name,
        preferred=candidate.preferred,
        provisional=candidate.is_provisional,
        cost_wan=(zero, zero) if way is None else way.cost_wan,
        unpriced=0 if way is None else way.unpriced,
        weeks=(zero, zero) if way is None else way.weeks,
        untimed=0 if way is None else way.untimed,
        changes=0 if way is None else way.changes,
        evidence=0 if way is None else way.evidence,
        waits=() if way is None else way.waits,
        waits_until=None if way is None else way.waits_until,
        ready_on=option.ready_on,
        audit_digest=None if way is None else way.audit_digest,
        counted_as_one=0 if way is None else way.counted_as_one,
    )


def _forecast(there: Sequence[Candidate], needed: int, now: int) -> Forecast:
    waiting = [c.permit for c in there if c.on_publication]
    rest = [c for c in there if not c.on_publication]
    planned = [c.permit for c in rest if c.plan == "in_time" and not c.is_provisional]
    uncertain = [c.permit for c in rest if c.plan == "uncovered" or (c.plan == "in_time" and c.is_provisional)]
    expected = now + len(waiting) + len(planned)
    at_most = expected + len(uncertain)
    return Forecast(
        needed=needed,
        now=now,
        on_publication=tuple(waiting),
        planned=tuple(planned),
        uncertain=tuple(uncertain),
        late=tuple(c.permit for c in rest if c.plan == "late"),
        without_plan=sum(c.plan == "none" for c in rest),
        expected=expected,
        at_most=at_most,
        met=True if expected >= needed else None if at_most >= needed else False,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value
