"""Ways of a choice that only ask for more than another one does: the report does not offer them."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from grading.model.gap import GapLine, UnitGaps, Way

_UP, _DOWN = ("at_least", "above"), ("at_most", "below")


def without_needless(gaps: UnitGaps) -> UnitGaps:
    """The gaps without ways of better levels that ask of the same values what another way asks, or more."""
    lines = {line.id: line for line in gaps.lines}
    kept = []
    for choice in gaps.alternatives:
        ways = tuple(way for way in choice.ways if not any(_is_harder(way, o, lines) for o in choice.ways))
        kept.append(choice.model_copy(update={"ways": ways}))
    offered = {id_ for choice in kept for way in choice.ways for id_ in way.lines}
    gone = {id_ for choice in gaps.alternatives for way in choice.ways for id_ in way.lines} - offered
    return gaps.model_copy(
        update={
            "lines": tuple(line for line in gaps.lines if line.id not in gone),
            "alternatives": tuple(choice for choice in kept if len(choice.ways) > choice.needed),
        }
    )


def _is_harder(way: Way, other: Way, lines: Mapping[str, GapLine]) -> bool:
    """True where a way of a better level asks for all that another one asks for."""
    asked, less = ([lines.get(id_) for id_ in w.lines] for w in (way, other))
    if way is other or way.cheapest or not asked or not less:
        return False
    if any(line is None or line.better_level is None for line in asked):
        return False
    return all(any(_asks_as_much(a, b) for a in asked) for b in less)


def _asks_as_much(one: GapLine | None, other: GapLine | None) -> bool:
    if one is None or other is None or one.status == "unresolved":
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
