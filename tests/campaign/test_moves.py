"""Created, increased, reduced, cleared, closed, backslid."""

import pytest

from tests.campaign.plants import evaluate, grading, plant

BEFORE, AFTER = "2022-12-01", "2023-06-15"


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("B", "A", {"created_a"}),
        ("C", "leading", {"created_a", "reduced_c"}),
        ("non_leading", "leading", {"created_a", "cleared_d"}),
        ("C", "B-", {"increased_b", "reduced_c"}),
        ("D", "B", {"increased_b", "cleared_d"}),
        ("B-", "B", set()),
        ("D", "C", {"cleared_d"}),
        ("ungraded", "C", set()),
        ("ungraded", "B", {"increased_b"}),
        ("D", "non_leading", set()),
        ("D", "ungraded", {"closed_since", "backslid"}),
        ("B", "C", {"backslid"}),
    ],
)
def test_a_move_is_counted_by_where_it_begins_and_ends(before: str, after: str, moved: set[str]) -> None:
    found = evaluate([plant("p", grading(before, BEFORE), grading(after, AFTER))]).moves
    assert {name for name, permits in vars(found).items() if permits} == moved


def test_a_plant_without_a_grade_at_the_start_does_not_move() -> None:
    found = evaluate([plant("p", grading("A", AFTER))]).moves
    assert not any(vars(found).values())


@pytest.mark.parametrize(("since", "closed"), [("2023-05-01", ("p",)), (BEFORE, ()), ("2023-11-05", ())])
def test_a_closed_plant_of_c_or_d_is_told_apart(since: str, closed: tuple[str, ...]) -> None:
    state = [{"from": since, "state": "closed"}]
    found = evaluate([plant("p", grading("D", BEFORE), state=state)], "2023-10-31").moves
    assert found.closed_since == closed


@pytest.mark.parametrize(("after", "moved"), [("D", {"closed_since"}), ("C", {"cleared_d"})])
def test_a_closed_plant_that_stays_in_the_base_is_told_apart_unless_it_rose(after: str, moved: set[str]) -> None:
    closed = plant("p", grading("D", BEFORE), grading(after, AFTER), state=[{"from": "2023-07-01", "state": "closed"}])
    found = evaluate([closed], base={"leave_out": []}).moves
    assert {name for name, permits in vars(found).items() if permits} == moved


@pytest.mark.parametrize(("ended", "distance_km"), [(None, None), ("2023-07-01", 30)])
def test_a_closed_plant_is_told_apart_also_without_a_zone_or_a_grade(
    ended: str | None, distance_km: int | None
) -> None:
    shut = [{"from": "2023-07-01", "state": "closed"}]
    closed = plant("p", grading("D", BEFORE, ended=ended), state=shut, distance_km=distance_km)
    assert [evaluate([closed], base={"leave_out": out}).moves.closed_since for out in ([], ["closed"])] == [("p",)] * 2
