"""One plan for several units of an enterprise: what serves them together is paid once."""

from decimal import Decimal
from pathlib import Path

from grading.gaps import enterprise_plan
from grading.model.audit import Known
from grading.model.gap import EnterprisePlan
from tests.gaps.small import Small, also, asks, small

CLOSED = asks("A,B,C", "{fact: closed, equals: true}", remedy="{text: 密闭, weeks: [1, 2], cost_wan_cny: [10, 20]}")
BOTH = CLOSED + also(
    "A,B,C",
    "{fact: watered, equals: true}",
    "second",
    "其二",
    remedy="{text: 洒水, weeks: [1, 4], cost_wan_cny: [1, 3]}",
)


def plan(
    of: Small, shared: dict[str, bool], *units: dict[str, bool], target: str | None = None
) -> EnterprisePlan | None:
    """The plan of an enterprise with these facts, and units with theirs."""
    audit = of.audit({}, shared=shared)
    listed = tuple(
        audit.units[0].model_copy(update={"id": f"u{n}", "facts": {k: Known(value=v) for k, v in facts.items()}})
        for n, facts in enumerate(units, start=1)
    )
    audit = audit.model_copy(update={"units": listed})
    return enterprise_plan(of.engine, audit, of.grade(audit), target)


def test_a_work_on_a_value_of_the_enterprise_is_paid_once(tmp_path: Path) -> None:
    found = plan(small(tmp_path, BOTH), {"closed": False}, {"watered": False}, {"watered": False})
    assert found is not None
    assert [(w.remedy.text, w.units, w.shared, w.cost_wan_cny) for w in found.works] == [
        ("密闭", ("u1",), True, (10, 20)),
        ("洒水", ("u1",), False, (1, 3)),
        ("洒水", ("u2",), False, (1, 3)),
    ]
    assert (found.cost_wan_cny, found.weeks) == ((Decimal(12), Decimal(26)), (1, 4))
    assert (found.enough, found.outcome.grade) == (True, "A")
    assert [change.setting for change in found.changes] == ["enterprise.closed", "u1.watered", "u2.watered"]


def test_the_same_work_on_values_of_two_units_is_paid_twice(tmp_path: Path) -> None:
    found = plan(small(tmp_path, CLOSED), {}, {"closed": False}, {"closed": False})
    assert found is not None
    assert (found.cost_wan_cny, [w.shared for w in found.works]) == ((20, 40), [False, False])


def test_only_units_that_hold_the_enterprise_down_are_planned_for(tmp_path: Path) -> None:
    found = plan(small(tmp_path, CLOSED), {}, {"closed": True}, {"closed": False})
    assert found is not None
    assert [goal.unit for goal in found.goals] == ["u2"]


def test_one_unit_alone_and_units_with_nothing_to_do_have_no_joint_plan(tmp_path: Path) -> None:
    of = small(tmp_path, CLOSED)
    assert plan(of, {}, {"closed": False}) is None
    assert plan(of, {}, {"closed": True}, {"closed": True}) is None
    assert plan(of, {}, {"closed": False}, {"closed": False}, target="X") is None
