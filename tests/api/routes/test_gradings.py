"""Gradings over the interface, stored and tried out: trace, explanation, gaps, simulation, comparison."""

import json
from typing import Any

from tests.api.routes.conftest import Ask
from tests.api.world import TYRE, Furnished

JSON = {"content-type": "application/json"}
AUDIT = json.loads(TYRE.read_text(encoding="utf-8"))
UNIT = AUDIT["units"][0]["id"]


def _grading(furnished: Furnished) -> str:
    return f"/gradings/{furnished.ids['tyre']['grading_id']}"


def test_an_audit_that_is_sent_along_is_graded_as_the_command_line_grades_it(ask: Ask) -> None:
    told = ask("tyre", "POST", "/grade", content=TYRE.read_bytes(), headers=JSON).json()
    assert told["units"][0]["id"] == UNIT
    assert told["units"][0]["trace"]
    short = ask("tyre", "POST", "/grade?trace=false", content=TYRE.read_bytes(), headers=JSON).json()
    assert "trace" not in short["units"][0]
    assert short["grade"] == told["grade"]


def test_what_stores_nothing_is_answered_while_somebody_writes(ask: Ask, furnished: Furnished) -> None:
    ask("tyre", "POST", "/grade", content=TYRE.read_bytes(), headers=JSON)
    # SQLite lets one write at a time; a batch that writes its part is one of them.
    with furnished.world.service.database.writing():
        for path in ("/grade", "/grade/explanation"):
            assert ask("tyre", "POST", path, json=AUDIT).status_code == 200


def test_every_error_of_an_audit_is_told_with_its_place(ask: Ask) -> None:
    said = AUDIT | {"units": [{"id": "a", "ruleset": "no/such"}, {"ruleset": "national-2020/rubber"}]}
    refused = ask("tyre", "POST", "/grade", content=json.dumps(said).encode(), headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_audit")
    assert {"units[0].ruleset", "units[1].id"} <= {error["place"] for error in refused.json()["errors"]}


def test_what_is_not_json_is_refused(ask: Ask) -> None:
    assert ask("tyre", "POST", "/grade", content=b"grade: A", headers={"content-type": "text/yaml"}).status_code == 415
    assert ask("tyre", "POST", "/grade", content=b"{", headers=JSON).status_code == 422


def test_a_stored_grading_is_told_with_its_trace_and_never_changes(ask: Ask, furnished: Furnished) -> None:
    answer = ask("tyre", "GET", _grading(furnished))
    assert answer.json()["units"][0]["trace"]
    again = ask("tyre", "GET", _grading(furnished), headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_explanation_leads_from_the_grade_to_values_of_the_audit(ask: Ask, furnished: Furnished) -> None:
    def leaves(reason: dict[str, Any]) -> list[dict[str, Any]]:
        below = [leaf for child in reason["children"] for leaf in leaves(child)]
        return below or [reason]

    told = ask("tyre", "GET", f"{_grading(furnished)}/explanation?level=A").json()
    assert [child["id"] for child in told[0]["children"]] == ["A"]
    places = {leaf["place"] for leaf in leaves(told[0]) if leaf["kind"] == "value"}
    assert any(place.startswith("units[0].") for place in places if place)


def test_gaps_are_told_for_each_unit_or_why_there_are_none(ask: Ask, furnished: Furnished) -> None:
    told = ask("tyre", "GET", f"{_grading(furnished)}/gaps?target=A").json()
    assert told[0]["gaps"]["target"] == "A"
    assert told[0]["gaps"]["lines"]
    impossible = ask("tyre", "GET", f"{_grading(furnished)}/gaps?target=Z").json()
    assert impossible[0]["gaps"] is None
    assert "Z" in impossible[0]["message"]


def test_a_simulation_tells_what_would_differ_and_stores_nothing(ask: Ask, furnished: Furnished) -> None:
    before = ask("tyre", "GET", "/gradings").json()
    body = json.dumps({"settings": ["enterprise.holds_permit=false"]}).encode()
    told = ask("tyre", "POST", f"{_grading(furnished)}/simulation", content=body, headers=JSON)
    assert told.status_code == 200, told.text
    assert told.json()["after"]["grade"] == "ungraded"
    assert {"kind": "grade", "after": "ungraded"}.items() <= told.json()["changed"][0].items()
    assert ask("tyre", "GET", "/gradings").json() == before


def test_settings_that_can_not_be_are_all_told(ask: Ask, furnished: Furnished) -> None:
    body = json.dumps({"settings": ["nonsense", f"{UNIT}.no_such_fact=1"]}).encode()
    refused = ask("tyre", "POST", f"{_grading(furnished)}/simulation", content=body, headers=JSON)
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 2
    wrong = ask("tyre", "POST", f"{_grading(furnished)}/simulation", content=b'{"settings": [1]}', headers=JSON)
    assert [error["place"] for error in wrong.json()["errors"]] == ["settings[0]"]


def test_grading_again_with_the_same_inputs_finds_the_same_grading(ask: Ask, furnished: Furnished) -> None:
    path = f"/audits/{furnished.ids['tyre']['audit_id']}/gradings"
    again = ask("wang", "POST", path, json={"mode": "official"})
    assert (again.status_code, again.json()["id"]) == (201, furnished.ids["tyre"]["grading_id"])
    trial = ask("wang", "POST", path, json={"mode": "trial"}).json()
    assert trial["mode"] == "trial"
    compared = ask("wang", "GET", f"/gradings/{trial['id']}/comparison?before={again.json()['id']}")
    assert compared.json()["before"]["grade"] == again.json()["grade"]
