"""Shares by zone, new plants by county, grades and emissions: what a campaign's targets are held against."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from math import ceil

from grading.campaign.history import Counted, History
from grading.campaign.levels import UNRATED, Levels
from grading.campaign.model import Campaign, Share, ZoneId
from grading.campaign.plants import POLLUTANTS

DAY = timedelta(days=1)


@dataclass(frozen=True)
class ShareCount:
    """The distance of a zone from its target."""

    zone: ZoneId
    base: int
    reached: int
    percent: str | None
    at_least_percent: Decimal | None
    met: bool | None
    missing: int | None


@dataclass(frozen=True)
class CountyCount:
    """The plants of a county that reached the level anew, are about to, or do not count, by permit."""

    county: str
    new: tuple[str, ...]
    pending: tuple[str, ...]
    opened_since: tuple[str, ...]
    lost: tuple[str, ...]
    at_least: int | None
    met: bool | None
    missing: int | None


@dataclass(frozen=True)
class Reached:
    """The plant's standing towards the level of a campaign."""

    levels: Levels
    threshold: int

    def by(self, grade: str | None) -> bool:
        """True when a grade counts as having reached the level; no grade does not."""
        return grade is not None and self.levels.standings[grade] <= self.threshold


def percent_text(part: Fraction | int, whole: Fraction | int) -> str | None:
    """`part` of `whole` in percent with two places, half-even; None of nothing."""
    if not whole:
        return None
    hundredths = Fraction(part) * 10_000 / Fraction(whole)
    return f"{Decimal(round(hundredths)).scaleb(-2):.2f}"


def share_count(share: Share, base: Sequence[Counted], reached: Reached) -> ShareCount:
    """A zone's base held against its target."""
    there, target = sum(reached.by(plant.now) for plant in base), share.at_least_percent
    met = None if target is None or not base else 100 * there >= target * len(base)
    missing = None if target is None else max(0, ceil(target * len(base) / 100) - there)
    return ShareCount(share.zone, len(base), there, percent_text(there, len(base)), target, met, missing)


def county_counts(campaign: Campaign, base: Sequence[Counted], reached: Reached, day: date) -> tuple[CountyCount, ...]:
    """A row for every county that has plants in the base or a target, by code."""
    targets = {target.county: target.at_least for target in campaign.new if target.county is not None}
    rest = next((target.at_least for target in campaign.new if target.rest), None)
    by_county: dict[str, list[Counted]] = {county: [] for county in targets}
    for counted in base:
        by_county.setdefault(counted.plant.county, []).append(counted)
    return tuple(
        _county(campaign, county, by_county[county], targets.get(county, rest), reached, day)
        for county in sorted(by_county)
    )


def _county(
    campaign: Campaign, county: str, base: Sequence[Counted], target: int | None, reached: Reached, day: date
) -> CountyCount:
    start = campaign.period.start
    new: list[str] = []
    pending: list[str] = []
    opened_since: list[str] = []
    lost: list[str] = []
    for plant, before, now, _ in base:
        if reached.by(now):
            if not plant.is_open(start):
                opened_since.append(plant.permit)
            elif not reached.by(before):
                new.append(plant.permit)
            continue
        if _is_pending(plant, reached, day):
            pending.append(plant.permit)
        best = plant.best(start + DAY, day)
        if best is not None and best <= reached.threshold:
            lost.append(plant.permit)
    met = None if target is None else len(new) >= target
    missing = None if target is None else max(0, target - len(new))
    return CountyCount(
        county=county,
        new=tuple(sorted(new)),
        pending=tuple(sorted(pending)),
        opened_since=tuple(sorted(opened_since)),
        lost=tuple(sorted(lost)),
        at_least=target,
        met=met,
        missing=missing,
    )


def _is_pending(plant: History, reached: Reached, day: date) -> bool:
    """True when a grading that would count is confirmed and not yet published."""
    return any(since <= day < until and reached.by(grade) for since, until, grade in plant.waiting)


def grade_counts(base: Sequence[Counted], levels: Levels) -> dict[str, int]:
    """The number of plants of the base at each level, and of those that have no grade."""
    counts = Counter(counted.now or UNRATED for counted in base)
    return {level: counts[level] for level in (*levels.standings, UNRATED)}


def emission_shares(base: Sequence[Counted], reached: Reached) -> dict[str, str | None]:
    """By pollutant, the percent of the base's emissions that plants at the level have; None where one is not known."""
    there = [reached.by(counted.now) for counted in base]
    shares: dict[str, str | None] = {}
    with localcontext(Context(prec=200)):
        for i, pollutant in enumerate(POLLUTANTS):
            amounts = [counted.plant.emissions[i] for counted in base]
            known = [amount for amount in amounts if amount is not None]
            if len(known) < len(amounts):
                shares[pollutant] = None
            else:
                of_reached = sum(amount for amount, counts in zip(known, there, strict=True) if counts)
                shares[pollutant] = percent_text(Fraction(of_reached), Fraction(sum(known)))
    return shares
