"""Ways of a choice that only ask for more than another one does: the report does not offer them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from grading.model.gap import Alternative, GapLine, UnitGaps, Way

_UP, _DOWN = ("at_least", "above"), ("at_most", "below")


@dataclass(frozen=True)
class Offered:
    """The gaps without needless ways; `beside` names, by the line in whose place they would be, the lines left out."""

    gaps: UnitGaps
    beside: Mapping[str, tuple[str, ...]]


def without_needless(gaps: UnitGaps) -> Offered:
    """The gaps without ways of better levels that ask of the same values what another way asks, or more."""
    lines = {line.id: line for line in gaps.lines}
    kept: list[Alternative] = []
    instead: dict[str, str] = {}
    for choice in gaps.alternatives:
        easier = {way: next(_easier(way, choice.ways, lines), None) for way in choice.ways}
        kept.append(choice.model_copy(update={"ways": tuple(way for way in choice.ways if easier[way] is None)}))
        instead |= {id_: other.lines[0] for way, other in easier.items() if other is not None for id_ in way.lines}
    offered = {id_ for choice in kept for way in choice.ways for id_ in way.lines}
    gone = {id_: other for id_, other in instead.items() if id_ not in offered}
    return Offered(
        gaps.model_copy(
            update={
                "lines": tuple(line for line in gaps.lines if line.id not in gone),
                "alternatives": tuple(choice for choice in kept if len(choice.ways) > choice.needed),
            }
        ),
        {other: tuple(id_ for id_ in gone if gone[id_] == other) for other in gone.values()},
    )


def _easier(way: Way, ways: tuple[Way, ...], lines: Mapping[str, GapLine]) -> Iterator[Way]:
    """The ways that ask for nothing that a way of a better level does not ask for too."""
    asked = [lines[id_] for id_ in way.lines if id_ in lines]
    if way.cheapest or not asked or any(line.better_level is None for line in asked):
        return
    for other in ways:
        less = [lines[id_] for id_ in other.lines if id_ in lines]
        is_own = bool(less) and all(line.better_level is None for line in less)
        if is_own and all(any(_asks_as_much(line, one) for line in asked) for one in less):
            yield other


def _asks_as_much(one: GapLine, other: GapLine) -> bool:
    if "unresolved" in (one.status, other.status):
        return False
    if (one.place, one.fact, one.operator) != (other.place, other.fact, other.operator):
        return False
    a, b = _number(one.required_value), _number(other.required_value)
    if a is None or b is None:
        return bool(one.required_value == other.required_value)
    return a == b or (one.operator in _UP and a > b) or (one.operator in _DOWN and a < b)


def _number(value: Any) -> Decimal | None:
    try:
        return None if isinstance(value, bool) or value is None else Decimal(str(value))
    except InvalidOperation:
        return None
