"""What stands at a place of an audit's JSON, and how far it is to a fact's value."""

from collections.abc import Sequence
from typing import Any

Steps = Sequence[str | int]


def fact_depth(steps: Steps) -> int | None:
    """How many steps lead to the value of a fact; None for a place that is in none."""
    if tuple(steps[:2]) == ("enterprise", "facts"):
        depth = 3
    elif steps[:1] and steps[0] == "units" and len(steps) > 2:
        depth = {"facts": 4, "groups": 6}.get(str(steps[2]), 0)
    else:
        depth = 0
    return depth if 0 < depth <= len(steps) else None


def standing_at(raw: Any, steps: Steps) -> Any:
    """What stands there; None where nothing does, as where a key of the audit reads like a place."""
    for step in steps:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return None
    return raw
