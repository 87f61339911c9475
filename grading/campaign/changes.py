"""Changes from one day to a later one: plants that went up or down, and each county's quarter."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from grading.campaign.counts import Reached, percent_text
from grading.campaign.evaluate import Evaluation, Evaluator
from grading.campaign.history import History

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Days of a report, both included; what changed is held against the end of the day `before`."""

    first: date
    last: date
    before: date


@dataclass(frozen=True)
class GradeChange:
    """A plant whose grade in force is another; None: it had none."""

    permit: str
    county: str
    before: str | None
    after: str | None
    is_up: bool | None
    """None: it has come into the grading, or gone out of it."""


@dataclass(frozen=True)
class CountyResult:
    """A county's result: its base at the end, those at the level at both ends, ups and downs, its target.

    `rank` is by the share of the target that is fulfilled, then by how much the share at the level has grown, then by how few
    plants of the roster are late; None: it has no target. Counties that are equal in all three share a rank.
    """

    county: str
    base: int
    reached_before: int
    reached: int
    percent_before: str | None
    percent: str | None
    ups: int
    downs: int
    new: int
    at_least: int | None
    fulfilled: str | None
    """In percent, at most 100; None without a target."""
    overdue: int
    rank: int | None


def week_of(day: date) -> Span:
    """The week of a day, from Monday to the day."""
    monday = day - timedelta(days=day.weekday())
    return Span(monday, day, monday - DAY)


def month_of(day: date) -> Span:
    """The month of a day up to the day; on the first of a month the month before, which the report of that day is about."""
    last = day - DAY if day.day == 1 else day
    first = last.replace(day=1)
    return Span(first, last, first - DAY)


def quarter_of(day: date, start: date) -> Span:
    """The quarter of a day up to the day; of the campaign's first quarter the part since its start."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Span(first, day, max(first - DAY, min(start, day)))


def grade_changes(evaluator: Evaluator, span: Span) -> tuple[GradeChange, ...]:
    """The plants of the base on the last day whose grade is another than before, by county and permit."""
    found = []
    for plant in _base(evaluator, span.last):
        was, is_ = plant.on(span.before), plant.on(span.last)
        if was.grade != is_.grade:
            up = None if was.standing is None or is_.standing is None else is_.standing < was.standing
            found.append(GradeChange(plant.permit, plant.county, was.grade, is_.grade, up))
    return tuple(sorted(found, key=lambda change: (change.county, change.permit)))


def county_results(evaluator: Evaluator, evaluation: Evaluation, span: Span) -> tuple[CountyResult, ...]:
    """Every county of the evaluation of the last day, by rank, those without one last."""
    levels = evaluator.levels
    reached = Reached(levels, levels.threshold(evaluator.campaign.reached))
    changes = grade_changes(evaluator, span)
    late = {entry.permit for entry in evaluation.overdue}
    before, after = _base(evaluator, span.before), _base(evaluator, span.last)
    drafts = []
    for count in evaluation.new:
        there = [plant for plant in after if plant.county == count.county]
        was = [plant for plant in before if plant.county == count.county]
        at_first = sum(reached.by(plant.on(span.before).grade) for plant in was)
        at_last = sum(reached.by(plant.on(span.last).grade) for plant in there)
        mine = [change for change in changes if change.county == count.county]
        overdue = sum(evaluator.plants[permit].county == count.county for permit in late if permit in evaluator.plants)
        fulfilled = None
        if count.at_least is not None:
            fulfilled = min(Fraction(1), Fraction(len(count.new), count.at_least)) if count.at_least else Fraction(1)
        growth = _share(at_last, len(there)) - _share(at_first, len(was))
        order = (-fulfilled, -growth, overdue) if fulfilled is not None else None
        result = CountyResult(
            county=count.county,
            base=len(there),
            reached_before=at_first,
            reached=at_last,
            percent_before=percent_text(at_first, len(was)),
            percent=percent_text(at_last, len(there)),
            ups=sum(change.is_up is True for change in mine),
            downs=sum(change.is_up is False for change in mine),
            new=len(count.new),
            at_least=count.at_least,
            fulfilled=None if fulfilled is None else percent_text(fulfilled, 1),
            overdue=overdue,
            rank=None,
        )
        drafts.append((order, result))
    return _ranked(drafts)


Order = tuple[Fraction, Fraction, int]


def _ranked(drafts: list[tuple[Order | None, CountyResult]]) -> tuple[CountyResult, ...]:
    orders = [order for order, _ in drafts if order is not None]
    ranked = []
    for order, result in drafts:
        rank = None if order is None else 1 + sum(other < order for other in orders)
        ranked.append(replace(result, rank=rank))
    return tuple(sorted(ranked, key=lambda r: (r.rank is None, r.rank or 0, r.county)))


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


def _base(evaluator: Evaluator, day: date) -> list[History]:
    zoned = (plant for permit, plant in evaluator.plants.items() if evaluator.zones[permit] is not None)
    return [plant for plant in zoned if evaluator.counts_on(plant, day)]
