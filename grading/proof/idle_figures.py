"""Figures that decide nothing: whatever they are, no audit has another grade."""

from collections.abc import Iterable
from typing import Any

from grading.plan.nodes import Atom, Plan
from grading.proof.criteria import Criterion
from grading.proof.logic import differ
from grading.proof.reading import Reading, followers
from grading.proof.search import Search


def deciding_questions(plan: Plan, listed: Iterable[Criterion]) -> dict[int, list[str]]:
    """By node of a compared figure the names of the conditions that state it."""
    found: dict[int, list[str]] = {}
    for one in listed:
        ref = plan.places.get(one.name)
        if ref is not None and one.is_figure and isinstance(plan.nodes[ref.node].kind, Atom):
            found.setdefault(ref.node, []).append(one.name)
    return found


def decides(r: Reading[Any], node: int, following: list[int]) -> Any:
    """The formula that the unit's grade is another with all values on the one side of a figure than on the other."""
    yes, no = r.forced(node, True, following), r.forced(node, False, following)
    logic, plan = r.logic, r.plan

    levels = logic.any_of([differ(logic, yes.of(ref).met, no.of(ref).met) for ref in plan.reachable])
    if plan.ungraded is None:
        return levels
    out = [side.of(plan.ungraded).unmet for side in (yes, no)]
    return logic.any_of([differ(logic, *out), logic.all_of([levels, *out])])


def idle_figures(search: Search, names: dict[int, list[str]]) -> tuple[set[str], set[str], set[str]]:
    """The conditions whose figures decide, those that never do, and those of which it is not known."""
    following = followers(search.plan)
    questions = {node: following.get(node, []) for node in names}
    answers = search.answer(
        {node: lambda r, node=node, after=after: decides(r, node, after) for node, after in questions.items()}  # type: ignore[misc]
    )

    def named(nodes: Iterable[int]) -> set[str]:
        return {name for node in nodes for name in names[node]}

    return named(answers.found), named(answers.impossible), named(answers.open)
