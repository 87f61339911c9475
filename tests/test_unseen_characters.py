"""Audits graded directly: what nobody sees in a text is mended and told, or refused with its place; places have to be places."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from grading.digest import digest
from grading.intake import AuditError, InputProblem, check_audit, read_audit
from grading.model.audit import Audit
from grading.regions import is_place
from tests.shipped import LIBRARY

SAID = json.loads(
    (Path(__file__).parents[1] / "examples" / "rubber" / "weicheng_tyre.json").read_text(encoding="utf-8"),
    parse_float=Decimal,
    parse_int=Decimal,
)
UNIT = SAID["units"][0]
GROUP, ROWS = next((name, rows) for name, rows in UNIT["groups"].items() if rows)
RULESET = LIBRARY.ruleset(UNIT["ruleset"])
KEY = RULESET.groups[GROUP].key


def read(raw: dict[str, Any]) -> tuple[Audit, list[InputProblem]]:
    notices: list[InputProblem] = []
    return check_audit(raw, LIBRARY, notices=notices), notices


def refused(raw: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(AuditError) as caught:
        read(raw)
    return {problem.place: problem.message for problem in caught.value.problems}


def with_unit(**changes: Any) -> dict[str, Any]:
    return {**SAID, "units": [{**UNIT, **changes}]}


def with_key(key: str) -> dict[str, Any]:
    return with_unit(groups={**UNIT["groups"], GROUP: [{**ROWS[0], KEY: key}, *ROWS[1:]]})


def with_head(**changes: Any) -> dict[str, Any]:
    return {**SAID, "enterprise": {**SAID["enterprise"], **changes}}


UNSEEN = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u00ad",
    "\ufeff",
    "\u2060",
    "\u202e",
    "\u2066",
    "\U000e0041",
    "\u180e",
    "\u061c",
]


@pytest.mark.parametrize("sign", UNSEEN, ids=[f"U+{ord(sign):04X}" for sign in UNSEEN])
@pytest.mark.parametrize("where", ["id", "key", "name"])
def test_an_invisible_sign_is_left_out_and_told(sign: str, where: str) -> None:
    made = {
        "id": lambda text: with_unit(id=text),
        "key": with_key,
        "name": lambda text: with_head(name=text),
    }[where]
    place = {"id": "units[0].id", "key": f"units[0].groups.{GROUP}[0].{KEY}", "name": "enterprise.name"}[where]
    audit, notices = read(made(f"甲{sign}1号线"))
    (notice,) = notices
    assert (notice.place, f"U+{ord(sign):04X}" in notice.message) == (place, True)
    assert digest(audit) == digest(read(made("甲1号线"))[0])


@pytest.mark.parametrize("id_", ["ｌｉｎｅ－１", "line\u00a01", "１＃线"])
def test_an_id_in_another_width_is_read_in_its_one_spelling_and_told(id_: str) -> None:
    _, notices = read(with_unit(id=id_))
    assert [notice.place for notice in notices] == ["units[0].id"]


@pytest.mark.parametrize("id_", ["1号线", "涂装车间（东）", "A-1", "line_1.b", "3#窑"])
def test_an_ordinary_id_stays_as_it_is(id_: str) -> None:
    audit, notices = read(with_unit(id=id_))
    assert (audit.units[0].id, notices) == (id_, [])


@pytest.mark.parametrize(
    "id_", ["a\nb", "a\r\nb", "a\tb", "a\u2028b", "x" * 201, "х-1", "АБ-1", "\ue000", "\u200b\u200d", "\u3164"]
)
@pytest.mark.parametrize("where", ["id", "key"])
def test_an_id_that_can_not_be_mended_is_refused_with_its_place(id_: str, where: str) -> None:
    place = "units[0].id" if where == "id" else f"units[0].groups.{GROUP}[0].{KEY}"
    assert place in refused(with_unit(id=id_) if where == "id" else with_key(id_))


def test_ids_that_differ_by_what_nobody_sees_are_the_same() -> None:
    units = [{**UNIT, "id": "line-1"}, {**UNIT, "id": "line\u200b-1"}]
    assert "与 units[0] 相同" in refused({**SAID, "units": units})["units[1].id"]
    rows = [{**ROWS[0], KEY: "P1"}, {**ROWS[0], KEY: "Ｐ１"}]
    place = f"units[0].groups.{GROUP}[1].{KEY}"
    assert place in refused(with_unit(groups={**UNIT["groups"], GROUP: rows}))


def test_a_picture_made_of_several_stays_whole() -> None:
    name = "甲厂👩\u200d🔧"
    audit, notices = read(with_head(name=name))
    assert (audit.enterprise.name, notices) == (name, [])


def test_what_was_stored_before_is_read_as_it_was() -> None:
    raw = with_unit(id="line\u200b-1")
    assert check_audit(raw, LIBRARY, verbatim=True).units[0].id == "line\u200b-1"


@pytest.mark.parametrize(
    "county", ["999999", "000000", "100000", "160101", "610001", "240100", "660000", "901000", "830000"]
)
def test_a_county_of_no_province_is_refused(county: str) -> None:
    assert "enterprise.county" in refused(with_head(county=county))
    assert not is_place(county)


@pytest.mark.parametrize("county", ["610402", "110101", "710000", "810000", "441900", "659001", "429004", "500101"])
def test_a_county_of_a_province_is_taken(county: str) -> None:
    assert read(with_head(county=county))[0].enterprise.county == county


def test_read_audit_tells_what_it_mended() -> None:
    notices: list[InputProblem] = []
    read_audit(json.dumps(with_unit(id="a\u200b1"), default=float), LIBRARY, notices=notices)
    assert [notice.place for notice in notices] == ["units[0].id"]
