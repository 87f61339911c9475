"""What would reach a target soonest: how many are missing, who is able, who goes first, who makes it by the deadline."""

from datetime import date
from decimal import Decimal
from typing import Any

from grading.campaign.candidates import levels_wanted
from grading.campaign.evaluate import Evaluator
from grading.campaign.plants import Plant
from grading.campaign.soonest import AreaOutlook, Outlook, outlook
from grading.campaign.ways import PlantGap, PlantWays, Way
from grading.model.base import Mode
from tests.campaign.plants import VOCABULARY, campaign, grading, plant

ON = date(2023, 6, 1)
C = grading("C", "2023-01-01")


def way(low: int, high: int, weeks: int = 4, **others: Any) -> Way:
    stated: dict[str, Any] = {
        "unpriced": 0,
        "untimed": 0,
        "changes": 1,
        "evidence": 0,
        "waits_until": None,
        "waits": (),
        **others,
    }
    cost = (Decimal(low), Decimal(high))
    return Way(
        cost_wan=cost,
        weeks=(Decimal(1), Decimal(weeks)),
        works=(),
        settings=(),
        grade="B",
        audit_digest="sha256:0",
        **stated,
    )


def ways(
    cheapest: Way | None, quickest: Way | None = None, gaps: tuple[str, ...] = ("G1",), trial: bool = False
) -> PlantWays:
    return PlantWays(
        target="B",
        mode=Mode.TRIAL if trial else Mode.OFFICIAL,
        engine="r",
        grade="C",
        industries={"foundry": "铸造"},
        gaps=tuple(gap(id_) for id_ in gaps),
        obstacles=(),
        cheapest=cheapest,
        quickest=quickest or cheapest,
    )


def gap(id_: str, fact: str = "access_gate", status: Any = "unmet", industry: str = "foundry") -> PlantGap:
    return PlantGap(
        id=id_,
        unit="u",
        industry=industry,
        source="indicator",
        indicator="gate",
        title="门禁",
        fact=fact,
        fact_label="门禁系统",
        required="门禁系统为“是”",
        actual=None,
        status=status,
    )


def found(plants: list[Plant], known: dict[str, PlantWays], on: date = ON, **others: Any) -> Outlook:
    evaluator = Evaluator(campaign(**others), plants, VOCABULARY)
    return outlook(evaluator, evaluator.on(on), {(permit, "B"): one for permit, one in known.items()})


def county(target: int, plants: list[Plant], known: dict[str, PlantWays], **others: Any) -> AreaOutlook:
    (area,) = found(plants, known, shares=[], new=[{"county": "610402", "at_least": target}], **others).areas
    return area


def picked(area: AreaOutlook) -> list[str]:
    return [pick.permit for pick in area.cheapest.picks]


def test_the_cheapest_by_the_middle_of_their_ranges_close_what_is_missing_and_no_more() -> None:
    three = [plant(name, C) for name in ("P1", "P2", "P3")]
    area = county(2, three, {"P1": ways(way(0, 100)), "P2": ways(way(10, 20)), "P3": ways(way(30, 40))})
    assert (picked(area), area.cheapest.cost_wan) == (["P2", "P3"], (40, 60))
    assert (area.cheapest.still_missing, area.missing, area.below) == (0, 2, 3)


def test_one_whose_works_nobody_has_priced_comes_after_those_that_are() -> None:
    area = county(1, [plant("P1", C), plant("P2", C)], {"P1": ways(way(0, 0, unpriced=1)), "P2": ways(way(90, 90))})
    assert picked(area) == ["P2"]


def test_a_provisional_way_closes_nothing_for_certain() -> None:
    area = county(2, [plant("P1", C), plant("P2", C)], {"P1": ways(way(1, 1), trial=True), "P2": ways(way(90, 90))})
    assert picked(area) == ["P2", "P1"]
    assert (area.cheapest.still_missing, area.cheapest.if_figures_hold) == (1, 0)


def test_head_enterprises_and_large_emitters_go_first_where_the_campaign_says_so() -> None:
    three = [
        plant("P1", C),
        plant("P2", C, head=True),
        plant("P3", C, emissions_t_a={"nox": 50}),
    ]
    known = {"P1": ways(way(1, 1)), "P2": ways(way(5, 5)), "P3": ways(way(3, 3))}
    first = {"head": True, "emissions_at_least_t_a": {"nox": 50}}
    assert picked(county(2, three, known)) == ["P1", "P3"]
    assert picked(county(2, three, known, preferred=first)) == ["P3", "P2"]


def test_by_the_deadline_a_dearer_way_is_gone_where_the_cheapest_takes_too_long() -> None:
    known = {"P1": ways(way(1, 1, weeks=40), way(50, 50, weeks=4)), "P2": ways(way(1, 1, untimed=1))}
    area = county(2, [plant("P1", C), plant("P2", C)], known)
    assert area.in_time is not None
    assert [(pick.permit, pick.way) for pick in area.in_time.picks] == [("P1", "quickest")]
    assert area.in_time.still_missing == 1


def test_the_time_to_publish_counts_and_after_the_deadline_nothing_is_in_time() -> None:
    known = {"P1": ways(way(1, 1, weeks=20))}
    in_time = county(1, [plant("P1", C)], known).in_time
    late = county(1, [plant("P1", C)], known, days_to_publish=20).in_time
    assert in_time is not None
    assert len(in_time.picks) == 1
    assert late is not None
    assert late.picks == ()
    (over,) = found([plant("P1", C)], known, on=date(2023, 11, 1), shares=[], new=[{"rest": True, "at_least": 1}]).areas
    assert (over.in_time, over.forecast) == (None, None)


def test_what_is_confirmed_and_not_published_costs_nothing() -> None:
    waiting = plant("P1", C, {**grading("B", None), "confirmed": "2023-05-20"})
    area = county(1, [waiting, plant("P2", C)], {"P2": ways(way(1, 1))})
    assert [(pick.permit, pick.way) for pick in area.cheapest.picks] == [("P1", "publication")]


def test_the_forecast_counts_plans_that_cover_every_gap_in_time() -> None:
    def entry(permit: str, *gaps: str, finish: str = "2023-09-30", done: int = 0) -> dict[str, Any]:
        measures = [{"gap": gap, "finish": finish, "done_percent": done} for gap in gaps]
        return {"permit": permit, "target": "B", "measures": measures}

    five = [plant(f"P{n}", C) for n in range(1, 6)]
    known = {f"P{n}": ways(way(1, 1), gaps=("G1", "G2")) for n in range(1, 6)}
    roster = [
        entry("P1", "G1", "G2"),
        entry("P2", "G1"),
        entry("P3", "G1", "G2", finish="2023-12-31"),
        entry("P4", "G1", "G2", finish="2023-05-01"),
    ]
    forecast = county(2, five, known, roster=roster).forecast
    assert forecast is not None
    assert (forecast.planned, forecast.uncertain, forecast.late) == (("P1",), ("P2",), ("P3", "P4"))
    assert (forecast.expected, forecast.at_most, forecast.without_plan, forecast.met) == (1, 2, 1, None)


def test_a_zone_counts_all_its_plants_and_a_county_those_that_would_be_new() -> None:
    slid = plant("P1", grading("B", "2022-01-01"), grading("C", "2023-05-01"))
    areas = found([slid], {"P1": ways(way(1, 1))}, new=[{"rest": True, "at_least": 1}]).areas
    assert {area.kind: area.below for area in areas} == {"zone": 1, "county": 0}


def test_a_plant_on_the_roster_is_looked_at_for_its_own_level_too() -> None:
    plants = [plant("P1", C), plant("P2", grading("B", "2023-01-01"))]
    roster = [{"permit": "P1", "target": "A"}, {"permit": "P2", "target": "A"}]
    wanted = levels_wanted(Evaluator(campaign(roster=roster), plants, VOCABULARY), ON)
    assert wanted == {"P1": ("B", "A"), "P2": ("A",)}
