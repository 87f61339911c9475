"""The trace follows from the plan: how rules are packed, split into modules and ordered for the library does not show in it."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine import module_assignment, packing, rule_patterns
from grading.engine.durable_rules import Memory
from grading.engine.grade import Engine
from grading.engine.rules import Module, Rule
from grading.model.base import Mode
from tests.engine.small import Shelf, audit_of, fact, indicator, ruleset_of
from tests.engine.strategies import Flavour, audits, rulesets

WIDE = Flavour(indicators=4, depth=2, wide=True)


def reverse_rules(patched: pytest.MonkeyPatch) -> None:
    rules = Module.rules.fget
    assert rules is not None

    def reversed_rules(module: Module) -> tuple[Rule, ...]:
        return rules(module)[::-1]

    patched.setattr(Module, "rules", property(reversed_rules))


def assert_backwards(patched: pytest.MonkeyPatch) -> None:
    asserted = Memory._assert
    patched.setattr(Memory, "_assert", lambda memory, batch: asserted(memory, batch[::-1]))


CHANGES = {
    "a module for every indicator": lambda patched: patched.setattr(module_assignment, "PORTION", 1),
    "rules of one fact alone": lambda patched: patched.setattr(packing, "MAX_ALTERNATIVES", 1),
    "a rule for each cause": lambda patched: patched.setattr(rule_patterns, "MANY_READERS", 0),
    "causes together in one rule": lambda patched: patched.setattr(rule_patterns, "MANY_READERS", 10_000),
    "rules in another order": reverse_rules,
    "facts in another order": assert_backwards,
}


@given(data=st.data())
def test_a_grading_is_the_same_to_the_letter_however_its_rules_are_given_to_the_library(data: st.DataObject) -> None:
    change = data.draw(st.sampled_from(sorted(CHANGES)))
    ruleset = data.draw(rulesets(WIDE)).ruleset
    audit = data.draw(audits(ruleset, data.draw(st.sampled_from([5, 60]))))
    expected = [orjson.dumps(Engine(Shelf(ruleset)).grade(audit, mode).as_json()) for mode in Mode]
    with pytest.MonkeyPatch.context() as patched:
        CHANGES[change](patched)
        found = [orjson.dumps(Engine(Shelf(ruleset)).grade(audit, mode).as_json()) for mode in Mode]
    assert found == expected


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_level_that_is_met_of_its_own_and_by_the_better_one_has_the_same_cause(change: str) -> None:
    ruleset = ruleset_of(
        facts={"dust": fact("dust", "number"), "closed": fact("closed", "boolean")},
        indicators=(
            indicator("dusty", A={"fact": "dust", "at_most": 10}, B={"fact": "closed", "equals": True}),
            indicator("clean", A={"fact": "closed", "equals": True}, C={"fact": "dust", "at_most": 20}),
        ),
    )

    def trace() -> bytes:
        return orjson.dumps(Engine(Shelf(ruleset)).grade(audit_of(ruleset, {"dust": "5", "closed": True})).as_json())

    expected = trace()
    assert b"met at A, so met at B" in expected
    with pytest.MonkeyPatch.context() as patched:
        CHANGES[change](patched)
        assert trace() == expected
