"""Rows of which a fact says the same share it; each has its own conclusions and its own entries in the trace."""

import json
from collections import Counter
from typing import Any

import durable_rules_engine as rete
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.grade import Engine
from grading.model.base import Mode
from grading.model.result import UnitGrading
from tests.engine.small import Shelf, audit_of, fact, indicator, ruleset_of

RULESET = ruleset_of(
    facts={"dust": fact("dust", "number", "outlets"), "hood": fact("hood", "boolean", "outlets")},
    indicators=(
        indicator(
            "i",
            A={
                "each": "outlets",
                "require": {"any": [{"fact": "dust", "at_most": 10}, {"fact": "hood", "equals": True}]},
            },
        ),
    ),
)
ENGINE = Engine(Shelf(RULESET))
ROW = st.fixed_dictionaries({}, optional={"dust": st.sampled_from(["5", "20", "<8", "<30"]), "hood": st.booleans()})


def graded(rows: list[dict[str, Any]]) -> UnitGrading:
    return ENGINE.grade(audit_of(RULESET, {}, {"outlets": rows}), Mode.OFFICIAL).units[0]


def told_of(rows: list[dict[str, Any]]) -> int:
    """The number of facts that the library is told of a table."""
    facts: list[Any] = []
    # Networks are proven on first use.
    graded(rows)

    def counting(call: str) -> Any:
        original = getattr(rete, call)

        def count(handle: int, text: str) -> Any:
            read = json.loads(text)
            facts.extend(read if isinstance(read, list) else [read])
            return original(handle, text)

        return count

    with pytest.MonkeyPatch.context() as patched:
        for call in ("assert_fact", "assert_facts"):
            patched.setattr(rete, call, counting(call))
        graded(rows)
    return len(facts)


def test_of_rows_that_are_alike_only_the_passing_along_costs_further_facts() -> None:
    alike = {"dust": "20", "hood": True}
    one, nine = told_of([alike]), told_of([alike] * 9)
    assert nine - one == 8
    unlike = [{"dust": str(n), "hood": True} for n in range(9)]
    assert told_of(unlike) - one > 8


@given(rows=st.lists(ROW, min_size=1, max_size=6))
def test_a_row_has_the_conclusions_that_it_has_alone_whatever_rows_stand_beside_it(rows: list[dict[str, Any]]) -> None:
    def of_rows(unit: UnitGrading) -> Counter[str]:
        """What was concluded of each row, without the row's key."""
        concluded = [dict(entry.concludes) for entry in unit.trace if "row" in entry.concludes]
        return Counter(
            json.dumps({k: v for k, v in one.items() if k != "row"}) for one in concluded if "so_far" not in one
        )

    together = of_rows(graded(rows))
    assert together == sum((of_rows(graded([row])) for row in rows), Counter())
