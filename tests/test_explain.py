"""Explanations: from the grade down to single values, with what did not hold and why."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grading.explain import Reason, explain
from grading.intake import read_audit
from grading.model.base import Mode, Status
from tests.gaps.small import asks, small
from tests.shipped import ENGINE

EXAMPLES = sorted(Path(__file__).parents[1].glob("examples/*/*.json"))


def walk(reason: Reason) -> Iterator[Reason]:
    """A reason and everything below it."""
    yield reason
    for child in reason.children:
        yield from walk(child)


def reasons_of(root: Path, condition: str, facts: dict[str, Any], **more: Any) -> tuple[Reason, ...]:
    """What an explanation says of level A of a small ruleset with one condition for all its levels."""
    ruleset = small(root, asks("A,B,C", condition, **{k: more.pop(k) for k in ("applies_when",) if k in more}))
    audit = ruleset.audit(facts, **more)
    whole = ruleset.engine.library.ruleset("e/r")
    tree = explain(audit, 0, whole, ruleset.grade(audit).units[0])
    return tuple(reason for child in tree.children if child.id == "A" for reason in walk(child))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_branch_ends_at_a_place_of_the_audit_and_every_number_is_in_the_trace(path: Path) -> None:
    engine = ENGINE
    audit = read_audit(path.read_bytes(), engine.library)
    grading = engine.grade(audit, Mode.TRIAL)
    for i, unit in enumerate(grading.units):
        tree = explain(audit, i, engine.library.ruleset(unit.ruleset), unit)
        seqs = {entry.seq for entry in unit.trace}
        for reason in walk(tree):
            assert reason.seq is None or reason.seq in seqs
            if reason.kind in ("level", "dimension", "indicator", "gate"):
                assert reason.seq is not None, reason.id
                assert unit.trace[reason.seq - 1].seq == reason.seq
            if not reason.children and reason.kind in ("value", "row"):
                assert reason.place is not None or reason.value is not None, reason.id
            if not reason.children and reason.kind == "indicator":
                assert reason.text.endswith(("不适用", "本级无要求")), reason.text


def test_a_value_says_where_it_stands_what_it_is_and_what_proves_it(tmp_path: Path) -> None:
    found = reasons_of(
        tmp_path, "{fact: dust, at_most: 1}", {"dust": {"value": 3, "evidence": ["报告 7"], "note": "夏季"}}
    )
    (value,) = [reason for reason in found if reason.kind == "value"]
    assert (value.place, value.value, value.value_text) == ("units[0].facts.dust", 3, "3 mg/m³")
    assert (value.evidence, value.note) == (("报告 7",), "夏季")


def test_what_did_not_hold_and_what_is_missing_are_both_there(tmp_path: Path) -> None:
    found = reasons_of(tmp_path, "{all: [{fact: dust, at_most: 1}, {fact: closed, equals: true}]}", {"dust": 3})
    statuses = {reason.text: reason.status for reason in found if reason.kind == "condition"}
    assert statuses["厂界颗粒物不高于 1 mg/m³"] is Status.UNMET
    assert statuses["皮带密闭为“是”"] is Status.UNKNOWN
    (missing,) = [reason for reason in found if reason.kind == "value" and reason.value is None]
    assert (missing.id, missing.place) == ("closed", "units[0].facts.closed")


def test_a_note_without_a_value_does_not_hide_the_enterprises_value(tmp_path: Path) -> None:
    noted = {"dust": {"value": None, "note": "待测"}}
    (value,) = [
        r for r in reasons_of(tmp_path, "{fact: dust, at_most: 5}", noted, shared={"dust": 3}) if r.kind == "value"
    ]
    assert (value.value, value.place) == (3, "enterprise.facts.dust")


def test_rows_that_do_not_count_are_left_out_and_a_missing_table_is_said(tmp_path: Path) -> None:
    each = "{each: outlets, where: {fact: kind, equals: kiln}, require: {fact: closed, equals: true}}"
    rows = [{"outlet_id": "DA001", "kind": "kiln"}, {"outlet_id": "DA002", "kind": "mill"}]
    counted = reasons_of(tmp_path / "1", each, {"closed": False}, outlets=rows)
    assert [reason.row for reason in counted if reason.kind == "row"] == ["DA001"]
    (table,) = [reason for reason in reasons_of(tmp_path / "2", each, {}) if reason.kind == "row"]
    assert (table.place, table.status) == ("units[0].groups.outlets", Status.UNKNOWN)


def test_an_open_figure_is_told_apart_from_a_missing_value(tmp_path: Path) -> None:
    found = reasons_of(
        tmp_path, "{all: [{fact: dust, at_most: unresolved}, {fact: share, at_least: {provisional: 80}}]}", {"dust": 3}
    )
    assert [reason.open_figure for reason in found if reason.open_figure] == ["unresolved", "provisional"]


def test_an_indicator_that_does_not_apply_says_because_of_what(tmp_path: Path) -> None:
    found = reasons_of(tmp_path, "{fact: dust, at_most: 1}", {"fuel": "gas"}, applies_when="{fact: fuel, equals: coal}")
    (first, *_) = [reason for reason in found if reason.kind == "indicator"]
    assert first.text == "试验指标：不适用"
    assert [(child.text, child.status) for child in first.children] == [("适用条件：燃料为煤", Status.UNMET)]
