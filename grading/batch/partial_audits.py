"""An audit's JSON without the values that can't be read."""

import copy
from collections.abc import Iterable
from typing import Any

from grading.batch.json_places import fact_depth, standing_at
from grading.language.problems import steps_of


def without_values(raw: Any, places: Iterable[str]) -> Any | None:
    """The audit without the facts at these places; None when one of the places is not a fact's value."""
    whole = copy.deepcopy(raw)
    for place in places:
        steps = steps_of(place)
        depth = fact_depth(steps)
        if depth is None:
            return None
        holder = standing_at(whole, steps[: depth - 1])
        if not isinstance(holder, dict):
            return None
        holder.pop(steps[depth - 1], None)
    return whole
