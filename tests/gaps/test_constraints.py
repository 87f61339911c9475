"""The value that a plan puts in place of another: it satisfies all constraints, the form accepts it, and none nearer would do."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from grading.gaps.tree.constraints import Constraint, best_value, satisfies
from grading.model.ruleset import Fact

NUMBER = Fact.model_validate({"id": "n", "label": "n", "type": "number", "min": -2, "max": 3, "decimals": 1})
SET = Fact.model_validate({"id": "s", "label": "s", "type": "choices", "options": {o: o for o in "abcd"}})
CHOICE = Fact.model_validate(
    {"id": "c", "label": "c", "type": "choice", "options": {"recognised_equivalent": "e", "b": "b", "c": "c"}}
)
DAY = Fact.model_validate({"id": "d", "label": "d", "type": "date"})
GRID = [Decimal(n) / 10 for n in range(-20, 31)]
SETS = [frozenset(chosen) for chosen in chain.from_iterable(combinations("abcd", n) for n in range(5))]
TODAY = date(2024, 1, 1)

limits = st.sampled_from([Decimal(text) for text in ("-2.05", "-1", "-0.35", "0", "0.5", "0.55", "2", "2.99", "3")])
number_constraints = st.one_of(
    st.builds(Constraint, st.sampled_from(("at_most", "at_least", "below", "above", "equals")), limits, st.booleans()),
    st.builds(
        Constraint,
        st.sampled_from(("one_of", "none_of")),
        st.lists(limits, min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
)
some_options = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True).map(tuple)
set_constraints = st.builds(
    Constraint, st.sampled_from(("includes_any", "includes_all", "within")), some_options, st.booleans()
)
days = st.integers(-3, 3).map(lambda n: TODAY + timedelta(days=n))
day_constraints = st.builds(Constraint, st.sampled_from(("at_most", "at_least", "below", "above")), days, st.booleans())


def fitting(values: list[Any], constraints: list[Constraint]) -> list[Any]:
    """The values that grant every constraint."""
    return [value for value in values if all(satisfies(value, constraint) for constraint in constraints)]


@given(constraints=st.lists(number_constraints, max_size=4), current=st.sampled_from(GRID))
def test_a_number_moves_no_further_than_it_must(constraints: list[Constraint], current: Decimal) -> None:
    there = fitting(GRID, constraints)
    found = best_value(NUMBER, constraints, current)
    if not there:
        assert found is None
        return
    assert found in there
    assert abs(found - current) == min(abs(value - current) for value in there)


@given(constraints=st.lists(number_constraints, max_size=4))
def test_a_missing_number_gets_a_value_whenever_there_is_one(constraints: list[Constraint]) -> None:
    there = fitting(GRID, constraints)
    found = best_value(NUMBER, constraints, None)
    assert found in there if there else found is None


def test_a_missing_number_comes_to_stand_at_its_limit() -> None:
    assert best_value(NUMBER, [Constraint("at_most", Decimal("2.99"), True)], None) == Decimal("2.9")
    assert best_value(NUMBER, [Constraint("above", Decimal("0.5"), True)], None) == Decimal("0.6")
    assert best_value(NUMBER, [Constraint("at_least", Decimal("0.35"), True)], None) == Decimal("0.4")


@given(constraints=st.lists(set_constraints, max_size=4), current=st.one_of(st.none(), st.sampled_from(SETS)))
def test_a_set_of_options_is_found_whenever_there_is_one(
    constraints: list[Constraint], current: frozenset[str] | None
) -> None:
    there = fitting(SETS, constraints)
    found = best_value(SET, constraints, current)
    if not there:
        assert found is None
    elif current in there:
        assert found == current
    else:
        assert found in there


@given(constraints=st.lists(day_constraints, max_size=3), current=days)
def test_a_day_moves_no_further_than_it_must(constraints: list[Constraint], current: date) -> None:
    there = fitting([TODAY + timedelta(days=n) for n in range(-30, 31)], constraints)
    found = best_value(DAY, constraints, current)
    if not there:
        assert found is None
        return
    assert found in there
    assert abs(found - current) == min(abs(value - current) for value in there)


def test_an_option_that_needs_an_experts_finding_comes_last() -> None:
    assert best_value(CHOICE, [Constraint("none_of", ("b",), True)], "b") == "c"
    assert best_value(CHOICE, [Constraint("none_of", ("b", "c"), True)], "b") == "recognised_equivalent"
    assert best_value(CHOICE, [Constraint("equals", "x", True)], "b") is None


def test_an_unknown_value_grants_no_wish() -> None:
    assert not satisfies(None, Constraint("none_of", ("b",), True))
    assert not satisfies(None, Constraint("at_most", Decimal(1), False))


def test_of_options_that_nobody_has_stated_one_that_is_allowed_is_likelier_than_none() -> None:
    within, without = Constraint("within", ("b", "c"), True), Constraint("includes_any", ("b",), False)
    assert best_value(SET, [within], None) == {"b"}
    assert best_value(SET, [within, without], None) == {"c"}
    assert best_value(SET, [within], frozenset({"a"})) == frozenset()
