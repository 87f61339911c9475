"""Projects are admitted, refused, or undecided with what would decide it; the day decides which rules stand."""

import json
from pathlib import Path
from typing import Any

import pytest

from grading.intake import AuditError
from grading.policy.admission import Opinion, admission
from grading.policy.apply import PolicyEngine
from grading.policy.library import PolicyLibrary
from grading.policy.project import read_project
from tests.shipped import ENGINE, LIBRARY

POLICIES = PolicyEngine(PolicyLibrary())
COATING = Path(__file__).parents[2] / "examples" / "industrial_coating" / "qindu-waterborne-frames.json"

PROJECT: dict[str, Any] = {
    "name": "涂装线",
    "kind": "new",
    "industry": "industrial_coating",
    "emits_to_air": True,
    "county": "610402",
    "in_urban_area": False,
    "distance_km": 20,
    "distance_method": "fence",
    "accepted_on": "2023-05-10",
    "treatment": ["rto"],
}


def design(grade: str) -> dict[str, Any]:
    """A coating shop that is officially A, or no better than C by one of its outlets."""
    audit: dict[str, Any] = json.loads(COATING.read_text(encoding="utf-8"))
    if grade != "A":
        audit["enterprise"]["facts"]["violation_last_year"] = True
    return audit


def opinion(audit: dict[str, Any] | None = None, **stated: Any) -> Opinion:
    text = json.dumps({"project": PROJECT | stated, "audit": audit}).encode()
    return admission(POLICIES, ENGINE, *read_project(text, LIBRARY, POLICIES.library))


class TestLevels:
    def test_within_25_km_less_than_a_is_refused(self) -> None:
        found = opinion(design("C"))
        assert (found.outcome, found.zone) == ("refused", "core")
        assert found.as_json()["required"] == {"level": "A", "scope": "whole"}

    def test_a_is_admitted_within_25_km(self) -> None:
        assert opinion(design("A")).outcome == "admitted"

    def test_farther_away_b_is_asked_for(self) -> None:
        found = opinion(design("A"), distance_km=30)
        assert (found.outcome, found.as_json()["required"]) == ("admitted", {"level": "B", "scope": "whole"})

    def test_without_design_data_it_is_undecided_and_the_audit_is_missing(self) -> None:
        found = opinion(None)
        assert (found.outcome, found.missing) == ("undecided", ("audit",))

    def test_what_is_missing_in_the_design_data_is_named_by_its_place(self) -> None:
        audit = design("A")
        audit["enterprise"]["facts"]["violation_last_year"] = None
        found = opinion(audit)
        assert found.outcome == "undecided"
        assert any(name.endswith("violation_last_year") for name in found.missing)


class TestZone:
    @pytest.mark.parametrize(
        ("where", "zone"),
        [
            ({"distance_km": 25}, "core"),
            ({"distance_km": 25.0001}, "other"),
            ({"distance_km": 25.0000001}, "other"),
            ({"distance_km": 25.000000001}, "other"),
            ({"distance_km": 25.1, "distance_method": "centre"}, None),
            ({"distance_km": 24, "distance_method": "centre"}, "core"),
            ({"distance_km": 26, "distance_method": "centre"}, "other"),
            ({"distance_km": 26, "distance_method": None}, "other"),
            ({"in_urban_area": True, "distance_km": None, "distance_method": None}, "core"),
            ({"in_urban_area": None, "distance_km": None, "distance_method": None}, None),
        ],
    )
    def test_zone(self, where: dict[str, Any], zone: str | None) -> None:
        assert opinion(design("A"), **where).zone == zone

    def test_an_unknown_zone_decides_nothing_where_the_level_would(self) -> None:
        found = opinion(None, distance_km=None, distance_method=None)
        assert found.outcome == "undecided"
        assert found.required is None
        assert {"audit", "distance_km"} <= set(found.missing)

    def test_an_unknown_zone_does_not_matter_to_a_project_that_reaches_a(self) -> None:
        assert opinion(design("A"), distance_km=None, distance_method=None).outcome == "admitted"


class TestDays:
    @pytest.mark.parametrize(
        ("day", "rules"),
        [
            ("2023-02-28", set()),
            ("2023-03-01", {"core_needs_a"}),
            ("2024-11-21", {"core_needs_a"}),
            ("2024-11-22", {"core_needs_a", "core_treatment_needs_a"}),
        ],
    )
    def test_the_day_of_acceptance_decides_which_rules_stand(self, day: str, rules: set[str]) -> None:
        found = opinion(design("A"), accepted_on=day)
        assert {reason.concluded.rule.id for reason in found.reasons} == rules

    def test_from_2024_projects_of_any_industry_are_asked_for_their_treatment_level(self) -> None:
        found = opinion(None, industry="others", accepted_on="2024-12-01")
        assert found.as_json()["required"] == {"level": "A", "scope": "facility"}
        assert found.outcome == "undecided"

    def test_before_that_only_key_industries_are(self) -> None:
        assert opinion(None, industry="others").outcome == "admitted"


class TestBans:
    def test_a_new_foundry_is_refused_wherever_it_lies_and_however_good(self) -> None:
        found = opinion(None, industry="foundry", distance_km=30)
        assert found.outcome == "refused"
        assert found.reasons[0].concluded.rule.id == "banned_industries"

    def test_a_pollution_control_upgrade_is_not(self) -> None:
        assert opinion(None, industry="foundry", kind="pollution_control_upgrade").outcome == "admitted"

    def test_low_temperature_plasma_is_refused_in_a_new_project(self) -> None:
        assert opinion(design("A"), treatment=["rto", "low_temperature_plasma"]).outcome == "refused"

    def test_spray_absorption_asks_whether_the_voc_dissolves(self) -> None:
        found = opinion(design("A"), treatment=["spray_absorption"])
        assert (found.outcome, found.missing) == ("undecided", ("voc_water_soluble",))
        answered = opinion(design("A"), treatment=["spray_absorption"], facts={"voc_water_soluble": True})
        assert answered.outcome == "admitted"

    def test_an_unknown_treatment_leaves_it_undecided(self) -> None:
        found = opinion(design("A"), treatment=None)
        assert (found.outcome, found.missing) == ("undecided", ("treatment",))


class TestBadInput:
    def test_everything_that_is_wrong_is_told_at_once(self) -> None:
        stated = {"kind": "foo", "distance_km": -1, "accepted_on": "2023-13-01", "typo": 1}
        with pytest.raises(AuditError) as found:
            opinion({"x": 1}, **stated)
        places = {problem.place for problem in found.value.problems}
        assert {"project.kind", "project.distance_km", "project.accepted_on", "project.typo", "audit.x"} <= places

    def test_what_a_project_can_not_mean_is_told_beside_what_is_no_value(self) -> None:
        with pytest.raises(AuditError) as found:
            opinion(None, kind="甲", industry="foundr", treatment=["magic"], facts={"colour": True})
        assert {problem.place for problem in found.value.problems} == {
            "project.kind",
            "project.industry",
            "project.treatment[0]",
            "project.facts.colour",
        }

    def test_an_unknown_technique_and_a_ruleset_of_another_industry_are_told(self) -> None:
        with pytest.raises(AuditError) as found:
            opinion(design("A"), treatment=["magic"], industry="rubber")
        assert {problem.place for problem in found.value.problems} == {
            "project.treatment[0]",
            "audit.units[0].ruleset",
        }

    @pytest.mark.parametrize(
        ("industry", "near"),
        [("steel", ("steel_long", "steel_short")), ("foundary", ("foundry",)), ("bakery", ())],
    )
    def test_an_industry_outside_the_register_is_refused_and_never_admitted(
        self, industry: str, near: tuple[str, ...]
    ) -> None:
        with pytest.raises(AuditError) as found:
            opinion(design("C"), industry=industry, in_urban_area=True)
        (problem,) = found.value.problems
        assert problem.place == "project.industry"
        assert f"没有这样的行业：{industry}" in problem.message
        assert "重点行业以外的写 others" in problem.message
        assert all(id_ in problem.message for id_ in near)

    def test_the_design_of_a_key_industry_is_no_design_of_another_one(self) -> None:
        with pytest.raises(AuditError) as found:
            opinion(design("C"), industry="others")
        assert [problem.place for problem in found.value.problems] == ["audit.units[0].ruleset"]

    @pytest.mark.parametrize("distance", ["25.0000000001", "25." + "0" * 50 + "1", "NaN"])
    def test_a_distance_that_can_not_be_compared_exactly_is_refused_and_not_cut(self, distance: str) -> None:
        text = json.dumps({"project": PROJECT | {"distance_km": 0.5}}).replace("0.5", distance)
        with pytest.raises(AuditError) as found:
            read_project(text.encode(), LIBRARY, POLICIES.library)
        assert {problem.place for problem in found.value.problems} == {"project.distance_km"}

    @pytest.mark.parametrize(
        ("key", "twice", "place"),
        [
            ('"kind"', '"industry": "rubber", "kind"', "project.industry"),
            ('"assessed_on"', '"assessed_on": "2023-01-01", "assessed_on"', "audit.assessed_on"),
            ('"audit"', '"audit": null, "audit"', "audit"),
        ],
    )
    def test_a_key_that_stands_twice_is_refused_once(self, key: str, twice: str, place: str) -> None:
        text = json.dumps({"project": PROJECT, "audit": design("A")}).replace(key, twice)
        with pytest.raises(AuditError) as found:
            read_project(text.encode(), LIBRARY, POLICIES.library)
        assert [problem.place for problem in found.value.problems] == [place]

    @pytest.mark.parametrize("distance", ["25", "1e9999999", "NaN"])
    def test_a_text_is_no_distance(self, distance: str) -> None:
        with pytest.raises(AuditError) as found:
            opinion(None, distance_km=distance)
        assert [problem.place for problem in found.value.problems] == ["project.distance_km"]

    @pytest.mark.parametrize("county", ["990402", "100000", "61040", "６１０４０２"])
    def test_a_county_that_there_can_not_be_is_refused(self, county: str) -> None:
        with pytest.raises(AuditError) as found:
            opinion(None, county=county)
        (problem,) = found.value.problems
        assert problem.place == "project.county"
        assert problem.message.startswith("行政区划代码应为六位数字")
