"""From one day to a later one: who went up or down, and how counties rank."""

from datetime import date

from grading.campaign.changes import county_results, grade_changes, month_of, quarter_of, week_of
from grading.campaign.evaluate import Evaluator
from tests.campaign.plants import VOCABULARY, campaign, grading, plant

START = date(2023, 3, 1)


def test_weeks_months_and_quarters_end_on_the_day_asked_about() -> None:
    week = week_of(date(2023, 6, 15))
    assert (week.first, week.last, week.before) == (date(2023, 6, 12), date(2023, 6, 15), date(2023, 6, 11))
    assert month_of(date(2023, 7, 1)).first == date(2023, 6, 1)
    assert quarter_of(date(2023, 9, 30), START).before == date(2023, 6, 30)
    assert quarter_of(date(2023, 3, 31), START).before == START


def test_counties_rank_by_their_target_then_by_growth_and_alike_is_alike() -> None:
    c, d = grading("C", "2023-01-01"), grading("D", "2023-01-01")
    plants = [
        plant("P1", c, grading("B", "2023-08-01"), county="610402"),
        plant("P2", c, county="610403"),
        plant("P3", d, grading("C", "2023-08-01"), county="610404"),
        plant("P4", grading("B", "2023-01-01"), grading("C", "2023-09-01"), county="610423"),
    ]
    targets = [{"county": code, "at_least": 1} for code in ("610402", "610403", "610404")]
    evaluator = Evaluator(campaign(new=targets), plants, VOCABULARY)
    span = quarter_of(date(2023, 9, 30), START)
    changes = [(c.permit, c.before, c.after, c.is_up) for c in grade_changes(evaluator, span)]
    assert changes == [("P1", "C", "B", True), ("P3", "D", "C", True), ("P4", "B", "C", False)]
    results = county_results(evaluator, evaluator.on(span.last), span)
    assert [(r.county, r.rank, r.fulfilled) for r in results] == [
        ("610402", 1, "100.00"),
        ("610403", 2, "0.00"),
        ("610404", 2, "0.00"),
        ("610423", None, None),
    ]
    assert [(r.reached_before, r.reached, r.ups, r.downs) for r in results] == [
        (0, 1, 1, 0),
        (0, 0, 0, 0),
        (0, 0, 1, 0),
        (1, 0, 0, 1),
    ]
