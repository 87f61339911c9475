"""What is late, and why."""

from grading.campaign.overdue import Overdue, Why
from tests.campaign.plants import DEADLINE, START, evaluate, grading, plant

PERIOD = {"start": START, "roster_frozen": "2023-04-15", "plans_due": "2023-04-30", "deadline": DEADLINE}


def late(on: str, *measures: dict[str, object]) -> list[Why]:
    roster = [{"permit": "p", "target": "B", "measures": list(measures)}]
    found = evaluate([plant("p", grading("C", "2022-12-01"))], on, period=PERIOD, roster=roster)
    return [entry.why for entry in found.overdue]


def test_a_measure_is_late_from_the_day_after_it_was_to_be_finished() -> None:
    measure = {"text": "改造", "finish": "2023-06-30", "done_percent": 99}
    assert late("2023-06-30", measure) == []
    assert late("2023-07-01", measure) == [Why.MEASURE]
    assert late("2023-07-01", measure | {"done_percent": 100}) == []


def test_a_plan_is_late_from_the_day_after_plans_are_due() -> None:
    assert late("2023-04-30") == []
    assert late("2023-05-01") == [Why.PLAN]


def test_a_target_is_late_from_the_day_after_the_deadline() -> None:
    done = {"text": "改造", "finish": "2023-06-30", "done_percent": 100}
    assert late(DEADLINE, done) == []
    assert late("2023-11-01", done) == [Why.TARGET]


def test_a_plant_with_a_day_of_its_own_is_late_from_the_day_after_that_one() -> None:
    done = {"text": "改造", "finish": "2023-06-30", "done_percent": 100}
    roster = [{"permit": "p", "target": "B", "measures": [done], "due": "2023-08-31"}]
    found = [
        evaluate([plant("p", grading("C", "2022-12-01"))], on, period=PERIOD, roster=roster).overdue
        for on in ("2023-08-31", "2023-09-01")
    ]
    assert found == [(), (Overdue("p", Why.TARGET),)]


def test_late_plants_are_sorted_by_permit() -> None:
    roster = [{"permit": permit, "target": "B"} for permit in ("q", "p")]
    found = evaluate([plant("p"), plant("q")], "2023-05-01", period=PERIOD, roster=roster)
    assert found.overdue == (Overdue("p", Why.PLAN), Overdue("q", Why.PLAN))


def test_a_plant_of_the_roster_that_lies_elsewhere_is_late_by_its_own_grade() -> None:
    roster = [{"permit": permit, "target": "B"} for permit in ("there", "below")]
    plants = [
        plant("there", grading("A", "2022-12-01"), county="610112"),
        plant("below", grading("C", "2022-12-01"), county="610112"),
    ]
    assert evaluate(plants, "2023-11-01", roster=roster).overdue == (Overdue("below", Why.TARGET),)
