"""Puts the city together: plants and their first audits before the campaigns, the rest of the year with them."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from api.services.demo_city import campaigns, history
from api.services.demo_city.plants import CityPlant, city_plants
from api.services.demo_city.play import Play
from api.services.demo_city.templates import Template, templates
from api.services.notices import NoticeMaker

SHUT = 40
"""Every so many-th plant was shut during the year."""


@dataclass(frozen=True)
class City:
    """The parts of the city that are made, for what is still to come of it."""

    plants: tuple[CityPlant, ...]
    ids: dict[int, UUID]
    templates: dict[str, Template]
    today: date
    main: UUID
    """The city's campaign."""


def begin(play: Play, number: int, team_id: UUID, today: date) -> City:
    """Make so many plants with the year behind them. The clock has to stand before the first audit."""
    found = templates()
    plants = city_plants(number, list(found))
    ids = history.register(play, plants, found, team_id)
    by_day = history.steps(plants, today)
    plans = campaigns.Plans(play.service, plants, today)
    began = today - timedelta(days=campaigns.BEGAN)
    happened = sorted(by_day)
    for day in (day for day in happened if day < began):
        history.happen(play, day, by_day[day], ids, found)
    main, of_district = campaigns.begin(play, plants, plans, today)
    fixed = began
    shut = [plant for plant in plants if plant.number % SHUT == SHUT - 1 and not plant.later]
    for day in (day for day in happened if day >= began):
        history.fix_months(play, fixed + timedelta(days=1), day)
        fixed = day
        if shut and day > today - timedelta(days=history.CLOSED):
            history.shut(play, shut, ids, today)
            shut = []
        history.happen(play, day, by_day[day], ids, found)
    campaigns.progress(play, (main, of_district), plans, today)
    history.fix_months(play, fixed + timedelta(days=1), today)
    return City(plants, ids, found, today, main)


def finish(play: Play, city: City, shown: str) -> None:
    """Add the plant whose user there is an account for to the city's campaign, and tell everybody what there is to tell."""
    campaigns.add_shown(play, city.main, shown, city.today)
    NoticeMaker(play.service).make_due()


def start_of_year(today: date) -> date:
    """The day on which the city is registered."""
    return today - timedelta(days=history.FIRST + history.APART)
