"""Users, teams, assignments, the own account and the log over the interface."""

from tests.api.routes.conftest import Ask
from tests.api.world import Furnished


def test_an_administrator_adds_a_user_whose_password_is_told_once(ask: Ask) -> None:
    new = {"login": "new.bureau", "name": "新局", "role": "bureau", "area": "610400"}
    made = ask("root", "POST", "/users", json=new)
    assert made.status_code == 201, made.text
    assert len(made.json()["password"]) >= 20
    assert "password" not in ask("root", "GET", made.headers["location"]).json()
    assert ask("root", "POST", "/users", json=new).json()["code"] == "login_taken"
    assert ask("city", "POST", "/users", json=new).status_code == 403


def test_a_user_of_a_role_has_the_scope_of_that_role(ask: Ask) -> None:
    refused = ask("root", "POST", "/users", json={"login": "x.y", "name": "甲", "role": "assessor", "area": "610400"})
    assert {error["place"] for error in refused.json()["errors"]} == {"team_id", "area"}


def test_who_is_shut_out_is_out_at_once(ask: Ask, furnished: Furnished) -> None:
    assert ask("tyre", "GET", "/me").json()["role"] == "enterprise"
    ask("root", "PATCH", f"/users/{furnished.world.users['tyre']}", json={"active": False})
    assert ask("tyre", "GET", "/me").status_code == 401


def test_a_token_can_not_create_tokens_but_can_be_revoked(ask: Ask) -> None:
    assert ask("tyre", "POST", "/tokens", json={"name": "平台", "days": 30}).json()["code"] == "token_not_allowed"
    own = ask("tyre", "GET", "/tokens").json()["items"][0]
    assert "secret" not in own
    assert ask("tyre", "DELETE", f"/tokens/{own['id']}").status_code == 204
    assert ask("tyre", "GET", "/me").status_code == 401


def test_an_assignment_lets_a_team_see_an_enterprise_until_it_ends(ask: Ask, furnished: Furnished) -> None:
    enterprise, team = str(furnished.world.tyre), furnished.ids["foundry"]["team_id"]
    assert ask("zhao", "GET", f"/enterprises/{enterprise}").status_code == 404
    new = {"team_id": team, "enterprise_id": enterprise, "since": "2024-01-01"}
    made = ask("city", "POST", "/assignments", json=new).json()
    assert ask("zhao", "GET", f"/enterprises/{enterprise}").status_code == 200
    ask("city", "PATCH", f"/assignments/{made['id']}", json={"until": "2024-01-31"})
    assert ask("zhao", "GET", f"/enterprises/{enterprise}").status_code == 404


def test_the_log_tells_the_way_of_an_audit_to_who_may_see_it(ask: Ask, furnished: Furnished) -> None:
    audit = {"audit_id": furnished.ids["tyre"]["audit_id"]}
    actions = [entry["action"] for entry in ask("tyre", "GET", "/log", params=audit).json()["items"]]
    assert "audit.published" in actions
    assert ask("foundry", "GET", "/log", params=audit).json()["items"] == []


def test_the_whole_log_is_verified_by_an_administrator(ask: Ask) -> None:
    told = ask("root", "GET", "/log/verification").json()
    assert (told["intact"], told["findings"]) == (True, [])
    assert ask("root", "GET", f"/log/verification?expected_head={'0' * 64}").json()["intact"] is False
    assert ask("city", "GET", "/log/verification").status_code == 403


def test_a_users_name_role_and_scope_are_changed_with_everything_wrong_told(ask: Ask, furnished: Furnished) -> None:
    wang = f"/users/{furnished.world.users['wang']}"
    team = furnished.ids["foundry"]["team_id"]
    moved = ask("root", "PATCH", wang, json={"name": "王二", "team_id": team})
    assert (moved.json()["name"], moved.json()["team_id"]) == ("王二", team)
    enterprise = f"/enterprises/{furnished.world.tyre}"
    assert ask("wang", "GET", enterprise).status_code == 404
    bureau = ask("root", "PATCH", wang, json={"role": "bureau", "area": "610400", "may_review": True}).json()
    assert (bureau["role"], bureau["area"], bureau["team_id"]) == ("bureau", "610400", None)
    assert ask("wang", "GET", enterprise).status_code == 200
    refused = ask("root", "PATCH", wang, json={"role": "assessor", "area": "610400"})
    assert {error["place"] for error in refused.json()["errors"]} == {"team_id", "area"}
    assert ask("root", "PATCH", wang, json={"role": "assessor", "team_id": wang[7:]}).status_code == 422
    myself = ask("root", "PATCH", f"/users/{furnished.world.users['root']}", json={"role": "bureau", "area": "610000"})
    assert myself.json()["code"] == "not_oneself"
    entries = ask("root", "GET", "/log", params={"action": "user.changed"}).json()["items"]
    assert [entry["details"]["changed"] for entry in entries] == [
        ["area", "may_review", "role", "team_id"],
        ["name", "team_id"],
    ]
    assert "王二" not in str([entry["details"] for entry in entries])


def test_the_log_is_filtered_by_who_and_by_day(ask: Ask, furnished: Furnished) -> None:
    city = str(furnished.world.users["city"])
    found = ask("root", "GET", "/log", params={"actor_id": city}).json()["items"]
    assert {entry["actor_id"] for entry in found} == {city}
    day = found[0]["at"][:10]
    assert ask("root", "GET", "/log", params={"actor_id": city, "until": "2024-01-01"}).json()["items"] == []
    assert ask("root", "GET", "/log", params={"actor_id": city, "since": day, "until": "9999-12-31"}).json()["items"]
    assert ask("root", "GET", "/log", params={"since": "9999-12-31"}).json()["items"] == []
