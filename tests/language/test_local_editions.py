"""For a plant and a day the most local edition in force; ties and gaps are told, another edition needs a reason."""

import json
from datetime import date
from typing import Any

import pytest

from grading.audit_json import dump_audit
from grading.digest import audit_digest
from grading.intake import AuditError, check_audit, parse_json
from grading.language.edition_text import why_text
from grading.language.local_editions import most_local
from grading.model.ruleset import Edition, Ruleset
from tests.engine.small import Shelf, fact, indicator, ruleset_of
from tests.shipped import LIBRARY

DAY = date(2025, 6, 1)


def edition(name: str, place: str, effective: str = "2020-01-01", superseded: str | None = None) -> Ruleset:
    """An edition of the industry `kiln`."""
    ruleset = ruleset_of(
        facts={"x": fact("x", "boolean")}, indicators=[indicator("i", A={"fact": "x", "equals": True})]
    )
    dated = Edition(
        document=name,
        effective=date.fromisoformat(effective),
        superseded=None if superseded is None else date.fromisoformat(superseded),
    )
    return ruleset.model_copy(update={"id": f"{name}/kiln", "jurisdiction": place, "edition": dated})


NATION, PROVINCE = edition("national-2020", "100000"), edition("shaanxi-2021", "610000")
CITY, COUNTY = edition("xianyang-2023", "610400", "2023-03-01"), edition("weicheng-2024", "610404", "2024-01-01")
ALL = Shelf(NATION, PROVINCE, CITY, COUNTY)


@pytest.mark.parametrize(
    ("county", "day", "chosen"),
    [
        ("610404", DAY, "weicheng-2024/kiln"),
        ("610404", date(2023, 12, 31), "xianyang-2023/kiln"),
        ("610402", DAY, "xianyang-2023/kiln"),
        ("610802", DAY, "shaanxi-2021/kiln"),
        ("610404", date(2023, 2, 28), "shaanxi-2021/kiln"),
        ("410102", DAY, "national-2020/kiln"),
    ],
)
def test_the_most_local_edition_in_force_is_chosen(county: str, day: date, chosen: str) -> None:
    found = most_local(ALL, {"kiln"}, county, day)
    assert found.ruleset is not None
    assert found.ruleset.id == chosen


@pytest.mark.parametrize(
    ("shelf", "county", "day", "code"),
    [
        (ALL, None, DAY, "edition_needs_county"),
        (ALL, "610400", DAY, "edition_needs_county"),
        (ALL, "610404", date(2019, 1, 1), "no_edition_in_force"),
        (Shelf(CITY), "410102", DAY, "no_edition_in_force"),
        (Shelf(NATION, edition("national-2024", "100000")), "610404", DAY, "editions_tied"),
        (Shelf(NATION, edition("national-2019", "100000", "2019-01-01", "2020-01-01")), None, DAY, None),
    ],
)
def test_ties_and_gaps_are_told(shelf: Shelf, county: str | None, day: date, code: str | None) -> None:
    found = most_local(shelf, {"kiln"}, county, day)
    assert (found.refusal.code.value if found.refusal else None) == code
    assert (found.ruleset is None) == (code is not None)


def test_no_place_decides_which_industry_a_plant_is_of() -> None:
    found = most_local(LIBRARY, {"rubber", "cement"}, "610404", DAY)
    assert found.refusal is not None
    assert found.refusal.code.value == "industry_means_several"
    assert (
        found.refusal.message
        == "所填行业可能是 水泥（熟料，含协同处置）（cement）、橡胶制品制造（rubber），各有规则集；请写明是哪一个"
    )


def document(**unit: Any) -> Any:
    """An audit of a plant in Weicheng whose unit states this."""
    enterprise = {"name": "e", "county": "610404"}
    said = {"enterprise": enterprise, "assessed_on": "2023-09-10", "units": [{"id": "u", **unit}]}
    return parse_json(json.dumps(said, ensure_ascii=False))


def test_an_audit_may_name_its_industry_alone() -> None:
    audit = check_audit(document(industry="橡胶"), LIBRARY)
    unit = audit.units[0]
    assert unit.ruleset == "xianyang-2023/rubber"
    assert unit.choice is not None
    assert why_text(unit.choice, unit.ruleset) == (
        "按企业所在地和评定日选用最具体的现行版本：市级（610400） xianyang-2023/rubber；另有 national-2020/rubber"
    )
    assert audit_digest(audit) == audit_digest(check_audit(document(ruleset="xianyang-2023/rubber"), LIBRARY))
    assert check_audit(parse_json(dump_audit(audit, LIBRARY)), LIBRARY) == audit


def test_another_edition_needs_a_reason_which_is_kept() -> None:
    with pytest.raises(AuditError) as refused:
        check_audit(document(industry="rubber", ruleset="national-2020/rubber"), LIBRARY)
    assert [p.code for p in refused.value.problems] == ["edition_needs_reason"]
    stated = document(industry="rubber", ruleset="national-2020/rubber", ruleset_reason="省里统一核定")
    choice = check_audit(stated, LIBRARY).units[0].choice
    assert choice is not None
    assert (choice.most_local, choice.reason) == ("xianyang-2023/rubber", "省里统一核定")


@pytest.mark.parametrize(
    ("unit", "place", "code"),
    [
        ({"industry": "月球基地"}, "units[0].industry", "industry_means_nothing"),
        ({"industry": "cement", "ruleset": "national-2020/rubber"}, "units[0].ruleset", "edition_of_other_industry"),
        ({}, "units[0].ruleset", "key_missing"),
    ],
)
def test_what_is_wrong_with_an_industry_is_told_with_its_place(unit: Any, place: str, code: str) -> None:
    with pytest.raises(AuditError) as refused:
        check_audit(document(**unit), LIBRARY)
    assert [(p.place, p.code) for p in refused.value.problems] == [(place, code)]
