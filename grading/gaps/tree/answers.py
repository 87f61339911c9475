"""Answers that hold for every unit with the same values: worked out once for all units of an audit."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, eq=False)
class Answers:
    """By question, in which values and constraints stand but no unit: changes that satisfy demands, and the best ways."""

    changes: dict[Hashable, Any] = field(default_factory=dict)
    ways: dict[Hashable, Any] = field(default_factory=dict)
