"""Shares, new plants and grades, as the offices count them."""

import pytest

from grading.campaign.counts import CountyCount
from tests.campaign.plants import evaluate, grading, plant

BEFORE, AFTER = "2022-12-01", "2023-06-15"


def county(found: list[CountyCount] | tuple[CountyCount, ...], code: str = "610402") -> CountyCount:
    return next(row for row in found if row.county == code)


class TestShares:
    def test_closed_and_idle_plants_leave_the_base_and_excluded_ones_stay(self) -> None:
        grades = ["A", "A", "B", "leading", "C", "C", "C", "C", "D", "ungraded"]
        plants = [plant(f"p{i}", grading(grade, BEFORE)) for i, grade in enumerate(grades)]
        plants.append(plant("idle", grading("C", BEFORE), state=[{"from": BEFORE, "state": "long_idle"}]))
        plants.append(plant("closed", grading("B", BEFORE), state=[{"from": BEFORE, "state": "closed"}]))
        (share,) = evaluate(plants).shares
        assert (share.base, share.reached, share.percent, share.met, share.missing) == (10, 4, "40.00", True, 0)

    def test_a_plant_more_in_the_base_makes_one_missing(self) -> None:
        grades = ["A", "A", "B", "leading", "C", "C", "C", "C", "D", "ungraded", "C"]
        (share,) = evaluate([plant(f"p{i}", grading(grade, BEFORE)) for i, grade in enumerate(grades)]).shares
        assert (share.percent, share.met, share.missing) == ("36.36", False, 1)

    def test_without_a_base_there_is_no_percent_and_nothing_is_met(self) -> None:
        (share,) = evaluate([]).shares
        assert (share.base, share.percent, share.met, share.missing) == (0, None, None, 0)

    def test_without_a_target_nothing_is_met_or_missing(self) -> None:
        shares = [{"zone": "other", "at_least_percent": None}]
        (share,) = evaluate([plant("p", grading("B", BEFORE))], shares=shares).shares
        assert (share.percent, share.met, share.missing) == ("100.00", None, None)

    def test_b_minus_counts_where_b_is_asked_and_not_where_a_is(self) -> None:
        plants = [plant("p", grading("B-", BEFORE))]
        assert [evaluate(plants, reached=level).shares[0].reached for level in ("B", "A")] == [1, 0]

    @pytest.mark.parametrize(
        ("where", "base"),
        [
            ({"distance_km": 25}, {"core": 1, "other": 0, "zone_unknown": 0}),
            ({"distance_km": 25.0001}, {"core": 0, "other": 1, "zone_unknown": 0}),
            ({"distance_km": 80, "in_urban_area": True}, {"core": 1, "other": 0, "zone_unknown": 0}),
            ({"distance_km": None, "in_urban_area": False}, {"core": 0, "other": 0, "zone_unknown": 1}),
            ({"distance_km": None}, {"core": 0, "other": 0, "zone_unknown": 1}),
        ],
    )
    def test_zones_go_by_distance_unrounded(self, where: dict[str, object], base: dict[str, int]) -> None:
        assert evaluate([plant("p", **where)]).base == base

    def test_plants_elsewhere_or_of_other_industries_do_not_count(self) -> None:
        other = [{"id": "u", "industry": "bakery", "gradings": [grading("D", BEFORE)]}]
        found = evaluate([plant("far", grading("D", BEFORE), county="610502"), plant("bakery", units=other)])
        assert sum(found.base.values()) == 0

    @pytest.mark.parametrize(
        ("industries", "base"),
        [(["cement"], 3), (["brick"], 1), (["concrete"], 1), (["cement_grinding", "brick"], 2), ("all", 5)],
    )
    def test_an_industry_counts_with_all_its_rulesets_and_a_ruleset_by_itself(
        self, industries: str | list[str], base: int
    ) -> None:
        known = ("cement", "cement_grinding", "concrete", "brick_nonsintered", "rubber")
        plants = [plant(name, units=[{"id": "u", "industry": name}]) for name in known]
        assert sum(evaluate(plants, industries=industries).base.values()) == base


class TestGradeInForce:
    def test_of_two_published_on_one_day_the_later_in_the_list_is_in_force(self) -> None:
        assert evaluate([plant("p", grading("C", AFTER), grading("B", AFTER))]).by_grade["B"] == 1

    def test_an_ended_grading_gives_way_to_the_one_before(self) -> None:
        gradings = grading("C", BEFORE), grading("B", AFTER, ended="2023-09-01")
        plants = [plant("p", *gradings)]
        assert evaluate(plants, "2023-08-31").by_grade["B"] == 1
        assert evaluate(plants, "2023-09-01").by_grade["C"] == 1

    def test_a_plant_stands_where_its_worst_unit_does(self) -> None:
        units = [
            {"id": "a", "industry": "foundry", "gradings": [grading("A", BEFORE)]},
            {"id": "b", "industry": "industrial_coating", "gradings": [grading("C", BEFORE)]},
        ]
        found = evaluate([plant("p", units=units)])
        assert found.by_grade["C"] == 1
        assert found.by_grade["A"] == 0

    def test_a_plant_with_a_unit_without_a_grade_is_unrated(self) -> None:
        units = [
            {"id": "a", "industry": "foundry", "gradings": [grading("A", BEFORE)]},
            {"id": "b", "industry": "foundry", "gradings": []},
        ]
        assert evaluate([plant("p", units=units)]).by_grade["unrated"] == 1

    def test_a_grade_that_is_not_decided_counts_as_it_is_and_is_listed(self) -> None:
        found = evaluate([plant("p", grading("C", BEFORE, attainable="A"))])
        assert (found.by_grade["C"], found.undecided) == (1, ("p",))

    def test_a_plant_that_another_unit_holds_down_is_decided_whatever_its_first_unit_comes_to(self) -> None:
        units = [
            {"id": "a", "industry": "concrete", "gradings": [grading("non_leading", BEFORE, attainable="leading")]},
            {"id": "b", "industry": "foundry", "gradings": [grading("D", BEFORE)]},
        ]
        assert evaluate([plant("p", units=units), plant("q", units=units[::-1])]).undecided == ()


class TestNewPlants:
    def test_a_county_counts_what_was_published_and_is_new(self) -> None:
        plants = [
            plant("P1", grading("C", BEFORE), grading("B", AFTER)),
            plant("P2", grading("C", BEFORE), grading("B", None, confirmed="2023-10-20")),
            plant("P3", grading("B", BEFORE), grading("A", AFTER)),
            plant("P4", grading("C", BEFORE), grading("B", "2023-06-01"), grading("C", "2023-10-15")),
            plant("P5", grading("B", AFTER), opened="2023-05-01"),
        ]
        found = evaluate(plants, new=[{"county": "610402", "at_least": 4}])
        row = county(found.new)
        assert (row.new, row.pending, row.opened_since, row.lost) == (("P1",), ("P2",), ("P5",), ("P4",))
        assert (row.at_least, row.met, row.missing) == (4, False, 3)
        assert (found.moves.created_a, found.moves.backslid) == (("P3",), ("P4",))

    def test_the_rest_is_every_county_with_plants_that_has_no_target_of_its_own(self) -> None:
        new = [{"county": "610404", "at_least": 3}, {"rest": True, "at_least": 1}]
        found = evaluate([plant("p", grading("C", BEFORE), grading("B", AFTER), county="610425")], new=new)
        assert [(row.county, row.at_least, row.missing) for row in found.new] == [("610404", 3, 3), ("610425", 1, 0)]


class TestEmissions:
    def test_the_share_of_plants_at_the_level_is_exact_to_two_places(self) -> None:
        plants = [
            plant("p", grading("B", BEFORE), emissions_t_a={"so2": 1, "nox": 1.5}),
            plant("q", grading("C", BEFORE), emissions_t_a={"so2": 2, "nox": None}),
        ]
        shares = evaluate(plants).emission_share
        assert shares == {"so2": "33.33", "nox": None, "pm": None, "voc": None}
