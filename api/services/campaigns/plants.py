"""Registered plants → the plants of the campaign contract: each unit with the gradings that were published of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from api.services.campaigns.published import Period, RegisteredPlant, UnitGrade
from grading.campaign.levels import Levels
from grading.campaign.plants import Enterprise, Plant, PlantFacts, PlantGrading, PlantUnit


def contract_plants(
    plants: Mapping[str, RegisteredPlant], facts: Mapping[str, PlantFacts], counted: frozenset[str], levels: Levels
) -> tuple[Plant, ...]:
    """The plants that have a unit of the counted industries, by permit."""
    found = []
    for permit, plant in sorted(plants.items()):
        if units := tuple(_units(plant, counted, levels)):
            found.append(Plant.model_construct(enterprise=_enterprise(plant, facts.get(permit)), units=units))
    return tuple(found)


def _enterprise(plant: RegisteredPlant, stated: PlantFacts | None) -> Enterprise:
    facts = stated or PlantFacts()
    return Enterprise.model_construct(
        name=plant.name,
        uscc=plant.uscc,
        permit=plant.permit,
        county=plant.county,
        in_urban_area=facts.in_urban_area,
        distance_km=facts.distance_km,
        opened=facts.opened,
        # Of two from one day on the later in the list holds: what is recorded, before what a campaign's document states.
        state=(*facts.state, *plant.states),
        head=facts.head,
        emissions_t_a=facts.emissions_t_a,
        point=facts.point or plant.point,
    )


def _units(plant: RegisteredPlant, counted: frozenset[str], levels: Levels) -> Iterator[PlantUnit]:
    """Units of audits and of the register.

    A plant with a unit that has no grade in force is unrated. A unit that an audit in force does not have was not there then:
    a grading that changes nothing (the best of the others) stands in for it, until the day from which it is registered.
    """
    seen: set[str] = set()
    for periods in plant.periods.values():
        ours = [(period, _of(period.units, counted)) for period in periods]
        graded = {unit.unit: unit.industry for _, units in ours for unit in units}
        registered = {code: u.industry for code, u in plant.registered.items() if u.industry in counted}
        if not graded:
            continue
        alone = len(plant.periods) == 1
        for code, industry in (graded | (registered if alone else {})).items():
            if code not in seen:
                seen.add(code)
                since = plant.registered[code].since if code in plant.registered else None
                gradings = tuple(_gradings(code, ours, since, levels))
                yield PlantUnit.model_construct(id=code, industry=graded.get(code, industry), gradings=gradings)
    for code, unit in plant.registered.items():
        if unit.industry in counted and code not in seen:
            yield PlantUnit.model_construct(id=code, industry=unit.industry, gradings=())


def _of(units: Sequence[UnitGrade], counted: frozenset[str]) -> list[UnitGrade]:
    return [unit for unit in units if unit.industry in counted]


def _gradings(
    code: str, ours: Sequence[tuple[Period, list[UnitGrade]]], registered: date | None, levels: Levels
) -> Iterator[PlantGrading]:
    for period, units in ours:
        own = next((unit for unit in units if unit.unit == code), None)
        if own is not None:
            yield _grading(own.grade, own.attainable, period.confirmed, period.published, period.ended, period)
        elif units and period.published is not None and (registered is None or registered > period.published):
            grade = min((unit.grade for unit in units), key=levels.standings.__getitem__)
            attainable = min((unit.attainable for unit in units), key=levels.standings.__getitem__)
            ends = [day for day in (period.ended, registered) if day is not None]
            yield _grading(grade, attainable, None, period.published, min(ends, default=None), period)


def _grading(
    grade: str, attainable: str, confirmed: date | None, published: date | None, ended: date | None, period: Period
) -> PlantGrading:
    return PlantGrading.model_construct(
        grade=grade,
        attainable=attainable,
        confirmed=confirmed,
        published=published,
        ended=ended,
        id=str(period.grading_id),
    )
