"""Which rules of a module can fire when nothing that it reads is missing.

Setting up the library's tables costs time for every pattern of every rule, and most rules are about what is unknown. Where no
fact is missing, no group unstated and no row in doubt, those can't fire: the module then runs without them. Should one have
been needed all the same, its node stays without a conclusion, which the session refuses.
"""

from tests.former.limits import passes
from tests.former.plan import FormerPlan
from tests.former.rules import EMPTY, MET, UNKNOWN, UNMET, WEIGHED, Module, Names, Property, Rule, Tests


def certain_rules(plan: FormerPlan, names: Names, module: Module) -> tuple[Rule, ...]:
    """The rules of which every pattern can be met by a fact of a module that misses nothing."""
    return tuple(
        rule
        for rule in module.rules
        if all(
            any(_can_pass(plan, names.meaning[tests[0].property], tests) for tests in pattern.alternatives)
            for pattern in rule.patterns
        )
    )


def _can_pass(plan: FormerPlan, meant: Property, tests: Tests) -> bool:
    possible = _possible(plan, meant)
    if possible is None:
        return True
    own = [test for test in tests if test.property == tests[0].property]
    return any(all(passes(test, value) for test in own) for value in possible)


def _possible(plan: FormerPlan, meant: Property) -> tuple[int, ...] | None:
    """The values that a property can have when nothing is missing; None when it can have any."""
    is_open = meant.index in plan.open_nodes
    if meant.role in ("missing", "interval"):
        return ()
    if meant.role == "stated":
        return (EMPTY,)
    if meant.role == "doubt":
        return (1,) if is_open else ()
    if meant.role == "rows":
        return (UNKNOWN, MET) if is_open else (MET,)
    if meant.role == "node":
        statuses = (UNMET, UNKNOWN, MET) if is_open else (UNMET, MET)
        weighed = plan.is_selective(plan.nodes[meant.index].view)
        return tuple(WEIGHED[status][0] if weighed else status for status in statuses)
    return None
