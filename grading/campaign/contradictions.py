"""Contradictions between valid values of a campaign. Reads what is valid of a document, and all of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from grading.campaign.model import ZONES, NewTarget, PlannedMeasure
from grading.campaign.vocabulary import Vocabulary
from grading.jurisdiction import in_area
from grading.language.source import Path_
from grading.problems.campaign_codes import CampaignCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of
from grading.regions import NATION, is_place

M = TypeVar("M", bound=BaseModel)
Found = Iterator[tuple[Path_, Reason]]
DAYS = ("start", "roster_frozen", "plans_due", "deadline")


def contradictions(raw: Mapping[str, Any], vocabulary: Vocabulary) -> Found:
    """Each contradiction with its place, whatever else of the document is wrong."""
    yield from _dates(raw.get("period"))
    if isinstance(reached := raw.get("reached"), str) and reached not in vocabulary.levels.labels:
        yield ("reached",), no_level(reached, vocabulary)
    yield from _industries(raw.get("industries"), vocabulary)
    zones = [share.get("zone") for share in _items(raw.get("shares"))]
    for i, zone in enumerate(zones):
        if zone in ZONES and zone in zones[:i]:
            yield ("shares", i, "zone"), reason_of(CampaignCode.ZONE_TWICE, zone=zone)
    if zones and not _has_bound(raw.get("zones")):
        yield ("zones", "core", "within_km"), reason_of(CampaignCode.ZONE_BOUND_MISSING)
    yield from _targets(raw, vocabulary)
    yield from _targets_twice(raw.get("new"))
    period = raw.get("period")
    start = _day(period.get("start")) if isinstance(period, dict) else None
    yield from _roster(raw.get("roster"), vocabulary, start)


def _items(raw: Any) -> list[Mapping[str, Any]]:
    """The items of a list; one that is no set of keys and values has none."""
    return [item if isinstance(item, dict) else {} for item in (raw if isinstance(raw, list) else ())]


def _valid(raw: Any, model: type[M]) -> list[tuple[int, M]]:
    """The items of a list that are valid by themselves, each with its place."""
    found: list[tuple[int, M]] = []
    for i, item in enumerate(raw if isinstance(raw, list) else ()):
        try:
            found.append((i, model.model_validate(item)))
        except ValidationError:
            continue
    return found


def no_level(stated: str, vocabulary: Vocabulary) -> Reason:
    """Being without a grade is no level that can be reached."""
    return reason_of(CampaignCode.LEVEL_NOT_TO_REACH, level=stated, levels=tuple(vocabulary.levels.labels))


def perhaps(industry: str, vocabulary: Vocabulary) -> Reason | Phrase:
    """The key industry that a text is likely to mean, as the end of a sentence; nothing where it means none."""
    register = vocabulary.industries
    meant = register.meant_by(industry)
    found = None if meant is None else register.by_id(meant)
    return Phrase.NOTHING if found is None else reason_of(Phrase.PERHAPS, names=f"{meant}（{found.label}）")


def _has_bound(zones: Any) -> bool:
    """True when the core zone's bound is stated; reports an error in one that the model names."""
    core = zones.get("core", {}) if isinstance(zones, dict) else {}
    return not isinstance(core, dict) or core.get("within_km") is not None


def _dates(raw: Any) -> Found:
    period = raw if isinstance(raw, dict) else {}
    days = [(name, day) for name in DAYS if (day := _day(period.get(name))) is not None]
    for (before, first), (name, day) in pairwise(days):
        if day < first:
            reason = reason_of(CampaignCode.DAYS_OUT_OF_ORDER, day=day, before=before, first=first)
            yield ("period", name), reason


def _day(value: Any) -> date | None:
    """A day, or the text of one, as JSON has it."""
    if isinstance(value, str) and len(value) == 10:
        with suppress(ValueError):
            return date.fromisoformat(value)
    return value if isinstance(value, date) else None


def _industries(raw: Any, vocabulary: Vocabulary) -> Found:
    names: Sequence[Any] = raw if isinstance(raw, list) else ()
    for i, name in enumerate(names):
        if isinstance(name, str) and name not in vocabulary.industries.ids:
            hint = perhaps(name, vocabulary)
            yield ("industries", i), reason_of(CampaignCode.INDUSTRY_NOT_KEY, industry=name, hint=hint)
        elif name in names[:i]:
            yield ("industries", i), reason_of(CampaignCode.INDUSTRY_TWICE, industry=str(name))


def _targets(raw: Mapping[str, Any], vocabulary: Vocabulary) -> Found:
    own, jurisdiction = raw.get("counties"), raw.get("jurisdiction")
    named = own if isinstance(own, dict) else {}
    area = jurisdiction if isinstance(jurisdiction, str) and is_place(jurisdiction) else NATION
    for code in named:
        if is_place(str(code)) and not in_area(str(code), area):
            yield ("counties", code), _outside(str(code), jurisdiction)
    targets = _valid(raw.get("new"), NewTarget)
    for i, target in targets:
        county = target.county
        if (county is None) is not target.rest:
            yield ("new", i), reason_of(CampaignCode.COUNTY_OR_REST)
        elif county is not None and not in_area(county, area):
            yield ("new", i, "county"), _outside(county, jurisdiction)
        elif county is not None and county not in named and _is_unknown(county, vocabulary.regions):
            yield ("new", i, "county"), reason_of(CampaignCode.COUNTY_NOT_LISTED, county=county)


def _targets_twice(raw: Any) -> Found:
    stated = [(item.get("county"), item.get("rest") is True) for item in _items(raw)]
    for i, (county, rest) in enumerate(stated):
        if (rest or isinstance(county, str)) and (county, rest) in stated[:i]:
            yield ("new", i), reason_of(CampaignCode.TARGET_TWICE, county=county or "rest")


def _outside(county: str, area: Any) -> Reason:
    return reason_of(CampaignCode.COUNTY_OUTSIDE, county=county, area=str(area))


def _is_unknown(county: str, regions: Mapping[str, str]) -> bool:
    """True when a code is a whole city's or unknown in its city; a city of which nothing is known rules nothing out."""
    city = county[:4]
    if county.endswith("00"):
        return True
    return county not in regions and any(code.startswith(city) and not code.endswith("00") for code in regions)


def _roster(raw: Any, vocabulary: Vocabulary, start: date | None) -> Found:
    """Contradictions of entries, also of those in which something else is wrong."""
    first_of: dict[str, int] = {}
    for i, entry in enumerate(_items(raw)):
        permit, target, due = entry.get("permit"), entry.get("target"), _day(entry.get("due"))
        if isinstance(permit, str) and (first := first_of.setdefault(permit, i)) != i:
            code = CampaignCode.PERMIT_TWICE_ON_ROSTER
            yield ("roster", i, "permit"), reason_of(code, permit=permit, index=first)
        if isinstance(target, str) and target not in vocabulary.levels.labels:
            yield ("roster", i, "target"), no_level(target, vocabulary)
        if due is not None and start is not None and due < start:
            reason = reason_of(CampaignCode.DAYS_OUT_OF_ORDER, day=due, before="start", first=start)
            yield ("roster", i, "due"), reason
        for j, measure in _valid(entry.get("measures"), PlannedMeasure):
            for at, reason in measure_contradictions([measure]):
                yield ("roster", i, "measures", j, *at[1:]), reason


def measure_contradictions(measures: Sequence[PlannedMeasure]) -> Found:
    """Measures that end before they begin."""
    for j, measure in enumerate(measures):
        if measure.start is not None and measure.finish < measure.start:
            code = CampaignCode.FINISH_BEFORE_START
            yield (j, "finish"), reason_of(code, finish=measure.finish, start=measure.start)
