"""One plan for several units of an enterprise: what serves them together is paid once."""

from decimal import Decimal
from pathlib import Path

from grading.engine.grade import Engine
from grading.gaps import enterprise_plan
from grading.model.audit import Known
from grading.model.gap import EnterprisePlan
from reports.context.joint import joint_plan
from tests.gaps.small import FACTS, HEAD, SCALES, Small, also, asks, small
from tests.language.shelf import shelf


def priced(text: str, weeks: str) -> str:
    """A remedy with a price and weeks."""
    return f"{{text: {text}, weeks: {weeks}, cost_wan_cny: [5, 5]}}"


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
        ("密闭", ("u1", "u2"), True, (10, 20)),
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


def test_a_shared_work_names_every_unit_that_it_serves(tmp_path: Path) -> None:
    of = small(tmp_path, BOTH)
    found = plan(of, {"closed": False}, {"watered": True}, {"watered": False}, {"watered": False, "closed": True})
    assert found is not None
    assert [(w.remedy.text, w.units) for w in found.works] == [
        ("密闭", ("u1", "u2")),
        ("洒水", ("u2",)),
        ("洒水", ("u3",)),
    ]
    (closed,) = [change for change in found.changes if change.setting == "enterprise.closed"]
    assert len(closed.lines) == 2


def test_a_value_that_two_units_lower_further_and_further_is_changed_from_what_it_is_today(tmp_path: Path) -> None:
    limit = asks("A,B,C", "{fact: dust, at_most: 10}", remedy=priced("除尘", "[1, 2]"))
    lower = also(
        "A,B,C",
        "{fact: dust, at_most: 5}",
        "second",
        "其二",
        applies_when="{fact: swept, equals: true}",
        remedy=priced("湿电", "[1, 2]"),
    )
    found = plan(small(tmp_path, limit + lower), {"dust": 30}, {"swept": False}, {"swept": True})
    assert found is not None
    (change,) = [change for change in found.changes if change.fact == "dust"]
    assert (change.before, change.before_text, change.after) == (30, "30 mg/m³", 5)
    assert (len(change.lines), [remedy.text for remedy in change.remedies]) == (3, ["除尘", "湿电"])


TWO_SCALES = (
    SCALES
    + """\
lead:
  label: 引领性
  levels:
    - {id: LEAD, label: 引领性, standing: 1}
    - {id: NOT, label: 非引领性, standing: 4}
"""
)


def test_units_on_other_scales_hold_the_enterprise_down_by_their_standing(tmp_path: Path) -> None:
    other = (HEAD + FACTS + asks("LEAD", "{fact: closed, equals: true}")).replace("id: e/r", "id: e/s")
    library = shelf(
        tmp_path,
        {
            "scales.yaml": TWO_SCALES,
            "e/r.yaml": HEAD + FACTS + CLOSED,
            "e/s.yaml": other.replace("scale: abcd", "scale: lead"),
        },
    )
    of = Small(Engine(library))
    audit = of.audit({"closed": False})
    unit = audit.units[0]
    audit = audit.model_copy(update={"units": (unit, unit.model_copy(update={"id": "v", "ruleset": "e/s"}))})
    found = enterprise_plan(of.engine, audit, of.grade(audit))
    assert found is not None
    assert [(goal.unit, goal.level_from, goal.level_to) for goal in found.goals] == [
        ("u", "D", "C"),
        ("v", "NOT", "LEAD"),
    ]
    assert (found.enough, found.outcome.grade) == (True, "A")


def test_waiting_of_one_unit_is_not_lost_to_works_of_another(tmp_path: Path) -> None:
    """Slots of different units are different values, though they bear the same name."""
    own = priced("改气", "[3, 3]")
    indicators = asks(
        "A,B,C",
        "{fact: region, equals: true}",
        applies_when=f"{{fact: fuel, equals: coal, remedy: {priced('改电', '[9, 9]')}}}",
    ) + also(
        "A,B,C",
        f"{{fact: fuel, one_of: [gas, power], remedy: {own}}}",
        "second",
        "其二",
        applies_when="{fact: swept, equals: true}",
    )
    of = small(tmp_path, indicators)
    found = plan(
        of, {}, {"fuel": "coal", "region": False, "swept": False}, {"fuel": "coal", "region": True, "swept": True}
    )
    assert found is not None
    assert [(work.remedy.text, work.units) for work in found.works] == [("改电", ("u1",)), ("改气", ("u2",))]
    assert found.weeks == (9, 9)


def test_a_work_is_told_by_the_name_of_its_table(tmp_path: Path) -> None:
    each = "{each: outlets, require: {fact: online, equals: true}}"
    remedy = "{text: 装在线监测, weeks: [1, 2], cost_wan_cny: [5, 5], per_row: true}"
    of = small(tmp_path, asks("A,B,C", each, remedy=remedy))
    audit = of.audit({}, outlets=[{"outlet_id": "DA001", "online": False}])
    audit = audit.model_copy(update={"units": tuple(audit.units[0].model_copy(update={"id": n}) for n in ("u1", "u2"))})
    found = enterprise_plan(of.engine, audit, of.grade(audit))
    assert found is not None
    words = joint_plan(audit, {"e/r": of.engine.library.ruleset("e/r")}, found)
    assert [row.whose for row in words.rows] == ["u1　排放口 DA001", "u2　排放口 DA001"]
