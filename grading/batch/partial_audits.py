"""An audit's JSON without the values that can't be read."""

import copy
import re
from collections.abc import Iterable
from typing import Any

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def without_values(raw: Any, places: Iterable[str]) -> Any | None:
    """The audit without the facts at these places; None when one of the places is not a fact's value."""
    whole = copy.deepcopy(raw)
    for place in places:
        steps: list[int | str] = [int(index) if index else name for index, name in _STEP.findall(place)]
        depth = _depth(steps)
        if depth is None or len(steps) < depth:
            return None
        holder = whole
        for step in steps[: depth - 1]:
            try:
                holder = holder[step]
            except (KeyError, IndexError, TypeError):
                return None
        if not isinstance(holder, dict):
            return None
        holder.pop(steps[depth - 1], None)
    return whole


def _depth(steps: list[int | str]) -> int | None:
    """How many steps lead to the value of a fact; None for a place that is in none."""
    if steps[:2] == ["enterprise", "facts"]:
        return 3
    if steps[:1] == ["units"] and len(steps) > 2:
        return {"facts": 4, "groups": 6}.get(str(steps[2]))
    return None
