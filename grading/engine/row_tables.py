"""The tables of conditions over rows: the rows are passed along one by one, and one that fails decides.

A row that only may be in the view can't fail the whole: what it fails stays in doubt.
"""

from collections.abc import Iterator

from grading.engine.rules import (
    EMPTY,
    GROUP,
    LAST_ROW,
    MET,
    START,
    STEP,
    UNKNOWN,
    UNMET,
    UNSTATED,
    WEIGHED,
    Case,
    Cause,
    Effect,
    Names,
    Property,
    Rule,
    Table,
    Test,
    negated,
)
from grading.engine.slots import Slots
from grading.engine.stretches import between
from grading.engine.words import so_far_words, words_of
from grading.plan.nodes import Node, OverRows, Plan

LAST = "z"
"""The property of a row that is the last."""


def child_and_so_far(names: Names, index: int) -> tuple[str, str]:
    """The properties of a step: the row's own status, and what holds of the rows before it."""
    return names.of(Property("child", index=index)), names.of(Property("so far", index=index))


def of_step(plan: Plan, names: Names, slots: Slots, index: int, node: Node, kind: OverRows) -> Table:
    """The table of a row's status and of the rows before it, for the rows so far or, at the last, for the whole."""
    good, bad = (MET, UNMET) if kind.conjunction else (UNMET, MET)
    child, so_far = child_and_so_far(names, index)
    weighed = plan.is_selective(kind.over)
    highest, parts = (5, [(0, 0), (1, 3), (4, 5)]) if weighed else (2, [(0, 0), (1, 1), (2, 2)])
    if kind.conjunction == kind.child.negated:
        parts = [(highest - end, highest - start) for start, end in parts]
    fails, in_doubt, passes = parts
    either = (min(in_doubt[0], passes[0]), max(in_doubt[1], passes[1]))
    slot, own = slots.so_far[index], slots.of_node[index]
    row = (slots.of_node[kind.child.node],)

    def concluded(value: int) -> Effect:
        return Effect(own, value, node.name, words_of(plan, index, value), *Cause(STEP, (slot, *row)))

    def passed(value: int) -> Effect:
        return Effect(slot, value, f"{node.name}…", so_far_words(plan, index, value), *Cause(STEP, (slot, *row)))

    failing = Effect(own, bad, node.name, words_of(plan, index, bad), *Cause(LAST_ROW, row))
    rules = [Rule(between(child, 0, highest, *fails), (failing,))]
    for is_last in (0, 1):
        last = Test(LAST, "$eq", is_last)
        for before, part, after in (
            ((MET, START), passes, MET),
            ((MET, START), in_doubt, UNKNOWN),
            ((UNKNOWN, UNKNOWN), either, UNKNOWN),
        ):
            tests = (last, *between(so_far, UNKNOWN, START, *before), *between(child, 0, highest, *part))
            effect = passed(after) if not is_last else concluded(good if after == MET else after)
            rules.append(Rule(tests, (effect,)))

    def outcome(status: int, before: int, is_last: int) -> tuple[int, int]:
        """The language's own words: the row counts as far as it is in the view, and joins those before it."""
        raw, perhaps = next((s, p) for s in (UNMET, UNKNOWN, MET) for p in (0, 1) if _written(s, p, weighed) == status)
        counted = negated(raw) if kind.child.negated else raw
        aside = MET if kind.conjunction else UNMET
        if perhaps and counted != aside:
            counted = UNKNOWN
        earlier = UNKNOWN if before == UNKNOWN else aside
        together = min(counted, earlier) if kind.conjunction else max(counted, earlier)
        if is_last or together == bad:
            return own, together
        return slot, UNKNOWN if together == UNKNOWN else MET

    def cases() -> Iterator[Case]:
        for status in sorted({_written(s, p, weighed) for s in (UNMET, UNKNOWN, MET) for p in (0, 1)}):
            for before in (UNKNOWN, MET, START):
                for is_last in (0, 1):
                    given = ((child, status), (so_far, before), (LAST, is_last))
                    yield given, (outcome(status, before, is_last),)

    return Table(node.name, index, tuple(rules), cases)


def _written(status: int, perhaps: int, weighed: bool) -> int:
    return WEIGHED[status][perhaps] if weighed else status


def of_no_rows(plan: Plan, names: Names, slots: Slots, index: int, kind: OverRows) -> Table:
    """The conclusion about a table that is not stated, or none of whose rows counts."""
    group, prop = plan.views[kind.over].group, names.of(Property("table", view=kind.over))
    slot, cause = slots.of_node[index], Cause(GROUP, name=group)
    empty = MET if kind.conjunction else UNMET
    outcomes = ((EMPTY, f"no rows: {group}", empty), (UNSTATED, f"not stated: {group}", UNKNOWN))
    rules = tuple(
        Rule((Test(prop, "$eq", table),), (Effect(slot, value, title, words_of(plan, index, value), *cause),))
        for table, title, value in outcomes
    )
    cases = [(((prop, table),), ((slot, value),)) for table, _, value in outcomes]
    return Table(plan.nodes[index].name, index, rules, lambda: cases)
