"""Values at places of an audit's JSON, and the depth of facts in it."""

from collections.abc import Sequence
from typing import Any

Steps = Sequence[str | int]


def fact_depth(steps: Steps) -> int | None:
    """The number of steps to the value of a fact; None for a place that is in none."""
    if tuple(steps[:2]) == ("enterprise", "facts"):
        depth = 3
    elif steps[:1] and steps[0] == "units" and len(steps) > 2:
        depth = {"facts": 4, "groups": 6}.get(str(steps[2]), 0)
    else:
        depth = 0
    return depth if 0 < depth <= len(steps) else None


def standing_at(raw: Any, steps: Steps) -> Any:
    """The value at a place; None where there is none, as where a key of the audit reads like a place."""
    for step in steps:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return None
    return raw
