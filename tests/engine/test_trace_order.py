"""The trace follows from the plan: how rules are packed, spread over facts and ordered for the library does not show in it."""

from collections.abc import Callable, Iterable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine import network, parcels
from grading.engine.durable_rules import Memory
from grading.engine.grade import Engine
from grading.engine.parcels import Parcel
from grading.model.base import Mode
from tests.engine.small import Shelf, audit_of, fact, indicator, ruleset_of
from tests.engine.strategies import Flavour, audits, rulesets

WIDE = Flavour(indicators=4, depth=2, wide=True)


def reverse_rules(patched: pytest.MonkeyPatch) -> None:
    rules = Parcel.rules.fget
    assert rules is not None
    patched.setattr(Parcel, "rules", property(lambda parcel: list(rules(parcel))[::-1]))


def assert_backwards(patched: pytest.MonkeyPatch) -> None:
    run = Memory.run

    def backwards(memory: Memory, queue: list[str], fired: Callable[[Iterable[str]], None]) -> None:
        queue.reverse()
        run(memory, queue, fired)

    patched.setattr(Memory, "run", backwards)


CHANGES = {
    "a fact for every table": lambda patched: patched.setattr(parcels, "RULES_OF_A_FACT", 0.001),
    "one fact for many tables": lambda patched: patched.setattr(parcels, "RULES_OF_A_FACT", 10_000),
    "a rule of the library for every rule": lambda patched: patched.setattr(parcels, "MAX_ALTERNATIVES", 1),
    "rules in another order": reverse_rules,
    "facts in another order": assert_backwards,
    "a firing at a time": lambda patched: patched.setattr(network, "CAP", 1),
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
