"""Policies are chained on grades: what caps or excludes a unit is seen by the rules that read its grade."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from grading.intake import parse_json
from grading.language.problems import LanguageError
from grading.policy.apply import Applied, PolicyEngine, apply_policies
from grading.policy.intake import check_for_policies
from grading.policy.library import PolicyLibrary
from tests.shipped import ENGINE, LIBRARY

POLICIES = PolicyEngine(PolicyLibrary())
EXAMPLES = Path(__file__).parents[2] / "examples"


def applied(example: str, on: str, county: str = "610402", **facts: Any) -> Applied:
    raw = parse_json((EXAMPLES / f"{example}.json").read_bytes())
    raw["enterprise"]["facts"] |= facts
    for unit in raw["units"]:
        unit["facts"] = {name: value for name, value in unit["facts"].items() if name not in facts}
    audit = check_for_policies(raw, LIBRARY, POLICIES.library)
    grading = ENGINE.grade(audit)
    scales = {unit.ruleset: LIBRARY.ruleset(unit.ruleset).scale for unit in audit.units}
    return apply_policies(POLICIES, audit, grading, scales, county, date.fromisoformat(on))


def effects(found: Applied, unit: int = 0) -> dict[str, str]:
    return {f"{c.policy.id}/{c.rule.id}": c.status.value for c in found.units[unit].concluded}


def test_an_undecided_concrete_station_is_neither_stopped_nor_spared() -> None:
    found = effects(applied("concrete/qindu-rongsheng-ready-mixed", "2023-10-01"))
    assert found["xianyang-2023/concrete/stop_unless_leading"] == "unknown"


def test_a_policy_of_another_city_does_not_apply() -> None:
    found = effects(applied("concrete/qindu-rongsheng-ready-mixed", "2023-10-01", "610502"))
    assert not any(name.startswith("xianyang") for name in found)


def test_an_excluded_station_has_no_grade_and_stops() -> None:
    found = applied("concrete/qindu-rongsheng-ready-mixed", "2023-10-01", stable_compliance=False)
    assert found.units[0].outcome.grade == "ungraded"
    assert effects(found)["xianyang-2023/concrete/stop_unless_leading"] == "met"


def test_facts_that_only_policies_know_may_stand_in_an_audit() -> None:
    stated = {"bulk_materials": True, "daily_truck_trips": 40, "access_gate": False}
    found = applied("industrial_coating/qindu-waterborne-frames", "2024-01-01", **stated)
    enterprise = {c.rule.id: c.status.value for c in found.enterprise.concluded}
    assert enterprise["access_gate_10_trips"] == "met"


def test_the_document_lists_what_is_met_or_unknown_with_its_trace_when_asked() -> None:
    found = applied("concrete/qindu-rongsheng-ready-mixed", "2023-10-01")
    (entry,) = [e for e in found.as_json(with_trace=True)["units"][0]["effects"] if e["rule"] == "stop_unless_leading"]
    assert entry["during"] == ["heavy_pollution_alert", "pollution_weather_control"]
    assert entry["trace"][-1]["because"]
    assert json.dumps(found.as_json(), default=str)


def test_a_technique_that_the_ruleset_knows_is_the_one_that_the_policies_ask_about() -> None:
    stated = {"low_efficiency_techniques": ["dust_desulfurisation"], "cems_networked": False}
    found = applied("concrete/qindu-rongsheng-ready-mixed", "2023-10-01", **stated)
    enterprise = {f"{c.policy.id}/{c.rule.id}": c.status.value for c in found.enterprise.concluded}
    assert enterprise["xianyang-2023/low_efficiency/must_have_cems"] == "met"


def test_what_a_policy_asks_of_the_whole_plant_may_stand_beside_what_a_ruleset_asks_of_outlets() -> None:
    stated = {"voc_initial_rate": 2, "plant_voc_removal": 79, "plant_low_voc_materials": False}
    found = applied("foundry/qinrui-electric-castings", "2023-10-01", **stated)
    assert {c.rule.id: c.status.value for c in found.enterprise.concluded}["voc_removal_80"] == "met"


@pytest.mark.parametrize(("share", "status"), [("79.99", "met"), ("80", "unmet")])
def test_clean_transport_is_asked_of_the_units_of_the_industries_that_weinan_names(share: str, status: str) -> None:
    found = applied("coking/top_charging", "2024-01-01", "610502", clean_transport_share=Decimal(share))
    assert effects(found)["weinan-2023/transport/clean_transport_80"] == status


@pytest.mark.parametrize(
    ("subject", "when"),
    [
        ("enterprise", "{fact: industry, equals: cement}"),
        ("enterprise", "{not: {fact: facility_grade, level_at_least: B}}"),
        ("unit", "{fact: project_kind, equals: new}"),
        ("project", "{fact: capacity_utilisation, above: 120}"),
    ],
)
def test_a_policy_that_reads_what_its_subject_has_not_is_refused(tmp_path: Path, subject: str, when: str) -> None:
    root = tmp_path / "rulesets"
    copytree(LIBRARY.root, root)
    file = root / "policies" / "xianyang-2023" / "concrete.yaml"
    written = file.read_text(encoding="utf-8").replace("subject: unit", f"subject: {subject}")
    written = written.replace("    applies_when: {fact: industry, equals: concrete}\n", "")
    file.write_text(written.replace("{not: {fact: grade, level_at_least: leading}}", when), encoding="utf-8")
    with pytest.raises(LanguageError, match="永远不知道"):
        PolicyLibrary(root).policy("xianyang-2023/concrete")


@pytest.mark.parametrize(
    ("county", "deadline"), [("610402", "2022-06-30"), ("610100", "2022-06-30"), ("610702", "2022-12-31")]
)
def test_a_deadline_that_differs_by_region_is_that_of_the_plants_own(county: str, deadline: str) -> None:
    stated = {"sole_voc_treatment": "photo_oxidation"}
    found = applied("industrial_coating/qindu-waterborne-frames", "2022-06-01", county, **stated)
    listed = found.as_json()["enterprise"]["effects"]
    assert [e["deadline"] for e in listed if e["rule"].startswith("replace_sole")] == [deadline]
