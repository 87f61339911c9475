"""A table that is stated has the rows that it must have: an empty one earns no grade."""

from pathlib import Path
from typing import Any

import pytest

from grading.intake import AuditError, check_audit, parse_json
from grading.problems.codes import ProblemCode
from tests.shipped import LIBRARY

EXAMPLES = Path(__file__).parents[1] / "examples"


def example(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = parse_json((EXAMPLES / f"{name}.json").read_bytes())
    return raw


def problems(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(AuditError) as found:
        check_audit(raw, LIBRARY)
    return [problem.place for problem in found.value.problems]


@pytest.mark.parametrize("group", ["stations", "outlets"])
def test_a_coating_shop_without_any_row_of_a_table_is_refused(group: str) -> None:
    raw = example("industrial_coating/qindu-waterborne-frames")
    raw["units"][0]["groups"][group] = []
    assert problems(raw) == [f"units[0].groups.{group}"]


def test_a_table_that_is_not_mentioned_is_unknown_and_no_error() -> None:
    raw = example("industrial_coating/qindu-waterborne-frames")
    del raw["units"][0]["groups"]["outlets"]
    assert "outlets" not in check_audit(raw, LIBRARY).units[0].groups


def test_a_table_that_may_be_empty_may() -> None:
    raw = example("industrial_coating/qindu-waterborne-frames")
    raw["units"][0]["groups"]["boilers"] = []
    assert check_audit(raw, LIBRARY).units[0].groups["boilers"] == ()


@pytest.mark.parametrize(("answer", "refused"), [(False, False), (True, True), (None, True)])
def test_dryers_may_be_none_where_it_is_said_that_there_are_none(answer: bool | None, refused: bool) -> None:
    raw = example("ceramics/yaozhou-daily-ware")
    raw["units"][0]["facts"]["has_spray_dryer"] = answer
    raw["units"][0]["groups"]["dryers"] = []
    raw["enterprise"]["facts"].pop("has_spray_dryer", None)
    if refused:
        assert problems(raw) == ["units[0].groups.dryers"]
    else:
        assert check_audit(raw, LIBRARY).units[0].groups["dryers"] == ()


def test_the_enterprise_may_have_said_so() -> None:
    raw = example("ceramics/yaozhou-daily-ware")
    raw["units"][0]["facts"].pop("has_spray_dryer", None)
    raw["enterprise"]["facts"]["has_spray_dryer"] = {"value": False, "evidence": ["设备清单"]}
    raw["units"][0]["groups"]["dryers"] = []
    assert check_audit(raw, LIBRARY).units[0].groups["dryers"] == ()


def test_what_was_recorded_earlier_can_still_be_read() -> None:
    raw = example("industrial_coating/qindu-waterborne-frames")
    raw["units"][0]["groups"]["outlets"] = []
    assert check_audit(raw, LIBRARY, as_recorded=True).units[0].groups["outlets"] == ()


def test_every_table_of_every_shipped_ruleset_says_how_many_rows_it_has_at_least() -> None:
    silent = [
        (ruleset_id, group)
        for ruleset_id in LIBRARY.ids()
        for group, declared in LIBRARY.ruleset(ruleset_id).groups.items()
        if declared.at_least_rows is None
    ]
    assert silent == []


def test_the_message_says_what_would_be_right() -> None:
    raw = example("industrial_coating/qindu-waterborne-frames")
    raw["units"][0]["groups"]["outlets"] = []
    with pytest.raises(AuditError) as found:
        check_audit(raw, LIBRARY)
    (problem,) = found.value.problems
    assert (problem.place, problem.code) == ("units[0].groups.outlets", ProblemCode.TOO_FEW_ROWS)
    assert "至少应有 1 行" in problem.message
