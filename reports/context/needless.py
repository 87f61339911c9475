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
    """The gaps without ways that ask more of the same values than another way does."""
    lines = {line.id: line for line in gaps.lines}
    reduced: list[Alternative] = []
    instead: dict[str, str] = {}
    for choice in gaps.alternatives:
        easier = {way: next(_easier(way, choice.ways, lines), None) for way in choice.ways}
        reduced.append(choice.model_copy(update={"ways": tuple(way for way in choice.ways if easier[way] is None)}))
        instead |= {id_: other.lines[0] for way, other in easier.items() if other is not None for id_ in way.lines}
    offered = {id_ for choice in reduced for way in choice.ways for id_ in way.lines}
    removed = {id_: other for id_, other in instead.items() if id_ not in offered}
    return Offered(
        gaps.model_copy(
            update={
                "lines": tuple(line for line in gaps.lines if line.id not in removed),
                "alternatives": tuple(choice for choice in reduced if len(choice.ways) > choice.needed),
            }
        ),
        {other: tuple(id_ for id_ in removed if removed[id_] == other) for other in removed.values()},
    )


def _easier(way: Way, ways: tuple[Way, ...], lines: Mapping[str, GapLine]) -> Iterator[Way]:
    """The ways that ask for less of the same values, and take no more."""
    asked = [lines[id_] for id_ in way.lines if id_ in lines]
    for other in ways:
        less = [lines[id_] for id_ in other.lines if id_ in lines]
        if way.cheapest or not asked or not less or _takes_less(way, other):
            continue
        is_more = len(asked) > len(less) or any(
            _asks_as_much(line, one) and not _asks_as_much(one, line) for line in asked for one in less
        )
        if is_more and all(any(_asks_as_much(line, one) for line in asked) for one in less):
            yield other


def _takes_less(way: Way, other: Way) -> bool:
    """True where a way has a price below the other's."""
    if way.cost_wan_cny is None or other.cost_wan_cny is None:
        return way.cost_wan_cny is not None
    return way.cost_wan_cny < other.cost_wan_cny


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
