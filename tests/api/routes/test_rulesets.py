"""Rulesets over the interface: in data, in prose, checked, signed off."""

from tests.api.routes.conftest import Ask

RUBBER = "/rulesets/national-2020/rubber"


def test_the_list_says_how_much_of_each_ruleset_is_not_known(ask: Ask) -> None:
    listed = ask("tyre", "GET", "/rulesets", params={"industry": "rubber"}).json()
    assert {"national-2020/rubber", "xianyang-2023/rubber"} <= {found["id"] for found in listed}
    assert all("unresolved" in found["counts"] and found["review"]["status"] == "draft" for found in listed)


def test_a_ruleset_has_an_etag_and_is_told_once(ask: Ask) -> None:
    told = ask("tyre", "GET", RUBBER)
    assert told.json()["content"]["indicators"]
    assert ask("tyre", "GET", RUBBER, headers={"if-none-match": told.headers["etag"]}).status_code == 304


def test_prose_sets_the_levels_of_an_indicator_side_by_side(ask: Ask) -> None:
    first = ask("tyre", "GET", f"{RUBBER}/prose").json()["indicators"][0]
    assert first["requirements"][0]["text"]
    assert ask("tyre", "GET", f"{RUBBER}/indicators/{first['id']}").json() == first
    assert ask("tyre", "GET", f"{RUBBER}/indicators/no_such").status_code == 404
    assert ask("tyre", "GET", "/rulesets/no/such").status_code == 404


def test_a_reviewer_signs_the_edition_off_that_they_have_seen_and_results_say_so(ask: Ask) -> None:
    seen = ask("city", "GET", RUBBER).json()["digest"]
    other = {"digest": "sha256:" + "0" * 64}
    assert ask("city", "POST", f"{RUBBER}/sign-off", json=other).json()["code"] == "ruleset_changed"
    done = ask("city", "POST", f"{RUBBER}/sign-off", json={"digest": seen, "statement": "已核对。"})
    assert done.status_code == 201, done.text
    assert ask("tyre", "GET", RUBBER).json()["review"]["status"] == "reviewed"
    assert ask("county", "POST", f"{RUBBER}/sign-off", json={"digest": seen}).status_code == 403


def test_check_tells_how_the_test_cases_went(ask: Ask) -> None:
    told = ask("city", "GET", f"{RUBBER}/check").json()
    assert told["cases"]
    assert not any(finding["file"].startswith("/") for finding in told["findings"])


def test_rulesets_that_graded_something_are_kept_whole(ask: Ask) -> None:
    kept = ask("tyre", "GET", "/stored-rulesets").json()
    assert ask("tyre", "GET", f"/stored-rulesets/{kept[0]['digest']}").json()["content"]["indicators"]


def test_schemas_are_for_editors_and_forms(ask: Ask) -> None:
    assert "$defs" in ask("tyre", "GET", "/ruleset-schema", params={"kind": "ruleset"}).json()
    assert "units" in ask("tyre", "GET", f"{RUBBER}/form-schema").json()["properties"]
