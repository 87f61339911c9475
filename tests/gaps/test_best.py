"""Against brute force: what a plan calls smallest and cheapest is, whatever ruleset and audit."""

import json
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grading.engine.grade import Engine
from grading.gaps import unit_gaps
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.condition import comparisons
from grading.model.gap import ChangeSet
from grading.model.result import UNGRADED
from grading.model.ruleset import Ruleset
from grading.simulate import change_audit
from tests import plain
from tests.engine.small import Shelf
from tests.engine.strategies import Flavour, audits, conditions_of, rulesets
from tests.gaps import brute

AMOUNT = settings.default.max_examples if settings.default is not None else 100
FLAVOUR = Flavour(depth=2, indicators=3)
FEW = 1_200


@settings(max_examples=2 * AMOUNT)
@given(data=st.data())
def test_no_set_of_changes_is_smaller_or_cheaper(data: st.DataObject) -> None:
    ruleset = data.draw(brute.rulesets())
    audit = data.draw(brute.audits(ruleset))
    engine = Engine(Shelf(ruleset))
    grading = engine.grade(audit)
    # The way out of an exclusion is a step of its own: what is best of both together is another question.
    assume(grading.outcome.grade not in ("A", UNGRADED))
    gaps = unit_gaps(engine, audit, grading, 0)
    smallest, cheapest = gaps.steps[0].smallest, gaps.steps[0].cheapest
    assert smallest is not None
    assert cheapest is not None
    every = list(islice(brute.every_audit(ruleset, audit), FEW + 1))
    assume(len(every) <= FEW)
    enough = [(count, then) for count, then in every if brute.reaches(ruleset, then, gaps.target)]
    if not enough:
        assert [smallest.optimal, cheapest.optimal] == [False, False]
        assert gaps.steps[0].blockers
        return
    assert len(smallest.changes) == min(count for count, _ in enough)
    for found in (smallest, cheapest):
        assert found.enough
        assert found.optimal
        assert brute.reaches(ruleset, after(audit, found), gaps.target)
    least = min(brute.Costs(ruleset, audit, then).least(gaps.target) for _, then in enough)
    assert brute.Costs(ruleset, audit, after(audit, cheapest)).least(gaps.target) == least


@settings(max_examples=AMOUNT)
@given(data=st.data())
def test_a_plan_that_says_it_is_enough_is_enough_whatever_is_unknown(data: st.DataObject) -> None:
    ruleset = data.draw(brute.rulesets())
    audit = data.draw(brute.audits(ruleset, kinds_known=False))
    engine = Engine(Shelf(ruleset))
    grading = engine.grade(audit)
    assume(grading.outcome.grade not in ("A", UNGRADED))
    (step,) = unit_gaps(engine, audit, grading, 0).steps
    ids = ruleset.scale.ids
    for found in (step.smallest, step.cheapest):
        assert found is not None
        reached = plain.grade_unit(ruleset, after(audit, found))
        assert (reached.grade, reached.attainable) == (found.outcome.grade, found.outcome.attainable)
        is_better = reached.grade in ids and ids.index(reached.grade) <= ids.index(step.level_to)
        assert found.enough == is_better
        assert found.enough or step.blockers


@pytest.mark.parametrize("mode", Mode)
@settings(max_examples=AMOUNT // 2)
@given(data=st.data())
def test_whatever_the_language_can_say_can_be_planned_for(mode: Mode, data: st.DataObject) -> None:
    """Computed facts, time windows, open figures and all: what a plan promises is what grading the changed audit says."""
    ruleset = data.draw(rulesets(FLAVOUR).filter(lambda drawn: not has_empty_lists(drawn.ruleset))).ruleset
    audit = data.draw(audits(ruleset))
    engine = Engine(Shelf(ruleset))
    grading = engine.grade(audit, mode)
    target = ruleset.scale.ids[0]
    assume(grading.outcome.grade != target)
    gaps = unit_gaps(engine, audit, grading, 0, target)
    assert len({line.id for line in gaps.lines}) == len(gaps.lines)
    for step in gaps.steps:
        ids = {line.id for line in step.lines}
        for found in (step.smallest, step.cheapest):
            assert found is not None
            assert found.enough or step.blockers
            assert {line for change in found.changes for line in change.lines} <= ids
    values = {(c.setting): c for step in gaps.steps for c in (step.cheapest.changes if step.cheapest else ())}
    texts = [f"{setting}={json.dumps(change.after)}" for setting, change in values.items()]
    reached = engine.grade(change_audit(audit, texts, engine.library), mode).units[0].outcome
    assert gaps.steps[-1].cheapest is not None
    assert gaps.steps[-1].cheapest.outcome == reached


def has_empty_lists(ruleset: Ruleset) -> bool:
    """Whether something is compared with an empty list, which `ruleset check` refuses."""
    return any(c.guess == () for top in conditions_of(ruleset) for c in comparisons(top))


def after(audit: Audit, found: ChangeSet) -> Audit:
    """The audit with the changes made, read from what the plan says of them."""
    values = {(c.fact, c.row): Decimal(c.after) if type(c.after) is int else c.after for c in found.changes}
    return brute.changed(audit, {p: tuple(v) if isinstance(v, list) else v for p, v in values.items()})
