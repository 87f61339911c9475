"""Questions about a plan: each is a formula, and a key that says what an answer or its absence means."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from grading.language.nested import asked_at
from grading.model.condition import Comparison
from grading.plan.nodes import Plan, Ref
from grading.proof.criteria import Criterion
from grading.proof.reading import Reading
from grading.proof.search import Ask

Kind = Literal[
    "level", "reaches", "attainable", "floor", "ungraded", "order",
    "nested", "met", "fails", "together", "selects", "applies", "fires",
]  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A question: an audit of some level, one that meets a condition, one that meets one level and not another."""

    kind: Kind
    place: str
    level: str = ""
    better: str = ""


def level_questions(plan: Plan) -> Iterator[tuple[Question, Ask]]:
    """The questions of levels: an audit of each, of none, and better levels that include worse ones."""
    graded, floor = plan.ruleset.scale.graded, plan.ruleset.scale.floor
    for i, level in enumerate(graded):
        yield Question("level", "", level), lambda r, i=i: exactly(r, i)  # type: ignore[misc]
        yield Question("reaches", "", level), lambda r, i=i: reaches(r, i)  # type: ignore[misc]
        yield Question("attainable", "", level), lambda r, i=i: at_best(r, i)  # type: ignore[misc]
        if i:
            better = graded[i - 1]
            yield Question("order", "", level, better), lambda r, i=i: _out_of_order(r, i)  # type: ignore[misc]
    yield Question("floor", "", floor), lambda r: exactly(r, len(graded))
    if plan.ungraded is not None:
        yield Question("ungraded", ""), lambda r: r.of(plan.ungraded).met  # type: ignore[arg-type]


def exactly(r: Reading[Any], i: int) -> Any:
    """The formula that the grade is the i-th level, and is decided."""
    reachable = r.plan.reachable
    parts = [r.of(ref).unmet for ref in reachable[:i]]
    parts += [r.of(reachable[i]).met] if i < len(reachable) else []
    return r.logic.all_of([*parts, *_not_ungraded(r)])


def at_best(r: Reading[Any], i: int) -> Any:
    """The formula that the i-th level is the best that may still come of it."""
    reachable = r.plan.reachable
    parts = [r.of(ref).unmet for ref in reachable[:i]]
    return r.logic.all_of([*parts, r.logic.negation(r.of(reachable[i]).unmet), *_not_ungraded(r)])


def reaches(r: Reading[Any], i: int) -> Any:
    """The formula that the i-th level or a better one is reached."""
    return r.logic.all_of([r.of(r.plan.reachable[i]).met, *_not_ungraded(r)])


def _not_ungraded(r: Reading[Any]) -> list[Any]:
    return [] if r.plan.ungraded is None else [r.of(r.plan.ungraded).unmet]


def _out_of_order(r: Reading[Any], i: int) -> Any:
    better, worse = r.of(r.plan.reachable[i - 1]), r.of(r.plan.reachable[i])
    return r.logic.all_of([better.met, r.logic.negation(worse.met)])


def nested_questions(plan: Plan) -> Iterator[tuple[Question, Ask]]:
    """The questions of statements: an indicator asks something at a level that the next better statement does not."""
    graded = plan.ruleset.scale.graded
    for indicator in plan.ruleset.indicators:
        statements = [(level, asked_at(graded, indicator, level)) for level in graded]
        stated = [(level, one) for level, one in statements if one is not None and one.place in plan.places]
        for (better, a), (worse, b) in pairwise(stated):
            if a.place == b.place:
                continue
            own, other, guard = plan.places[a.place], plan.places[b.place], plan.applies.get(indicator.id)
            yield (
                Question("nested", b.place, worse, better),
                lambda r, own=own, other=other, guard=guard: r.logic.all_of(  # type: ignore[misc]
                    [r.of(own).met, r.of(other).unmet, *_holds(r, guard)]
                ),
            )


def criterion_questions(plan: Plan, listed: Iterable[Criterion]) -> Iterator[tuple[Question, Ask]]:
    """The questions of conditions: each can be met and can fail where it is asked, selects something, applies, fires."""
    for one in listed:
        ref = plan.places.get(one.name)
        if ref is None:
            continue
        top = one.name == one.above[0] if one.above else True
        guard = plan.applies.get(one.site.id) if one.role == "requirement" else None
        if one.role == "selection":
            if one.name.endswith(".where"):
                yield Question("selects", one.name), lambda r, ref=ref: r.anywhere(ref, True)  # type: ignore[misc]
        elif top and one.role == "applicability":
            yield Question("applies", one.name), lambda r, ref=ref: r.of(ref).met  # type: ignore[misc]
        elif top and one.role == "gate":
            yield Question("fires", one.name), lambda r, ref=ref: r.of(ref).met  # type: ignore[misc]
        if one.role != "selection":
            for kind in ("met", "fails"):
                yield (
                    Question(kind, one.name),
                    lambda r, ref=ref, guard=guard, positive=one.positive, sign=kind == "met": r.logic.all_of(  # type: ignore[misc]
                        [r.anywhere(ref, positive) if sign else r.anywhere_not(ref, positive), *_holds(r, guard)]
                    ),
                )


def together_questions(
    plan: Plan, listed: Iterable[Criterion], levels: Iterable[str]
) -> Iterator[tuple[Question, Ask]]:
    """The questions of comparisons: each that a level asks can be met by a unit that reaches the level."""
    graded = plan.ruleset.scale.graded
    stated_at = {
        (level, stated.place)
        for indicator in plan.ruleset.indicators
        for level in levels
        if (stated := asked_at(graded, indicator, level)) is not None
    }
    for one in listed:
        ref = plan.places.get(one.name)
        top = one.above[0] if one.above else one.name
        if ref is None or one.role != "requirement" or not isinstance(one.condition, Comparison):
            continue
        guard = plan.applies.get(one.site.id)
        for level in levels:
            if (level, top) in stated_at:
                i = graded.index(level)
                yield (
                    Question("together", one.name, level),
                    lambda r, ref=ref, i=i, positive=one.positive, guard=guard: r.logic.all_of(  # type: ignore[misc]
                        [r.anywhere(ref, positive), reaches(r, i), *_holds(r, guard)]
                    ),
                )


def _holds(r: Reading[Any], guard: Ref | None) -> list[Any]:
    return [] if guard is None else [r.of(guard).met]


def as_questions(pairs: Iterable[tuple[Question, Ask]]) -> Mapping[Question, Ask]:
    """Questions with their formulas."""
    return dict(pairs)
