"""How findings name things."""

from collections.abc import Collection
from difflib import get_close_matches


def near(name: str, known: Collection[str]) -> str:
    """`; perhaps `x`` for a name that looks like a known one, else what there is."""
    close = get_close_matches(name, known, 3, 0.75)
    if close:
        return "; perhaps " + " or ".join(f"`{one}`" for one in close)
    return f"; there are {listed(known)}" if 0 < len(known) <= 12 else ""


def listed(names: Collection[str]) -> str:
    """`a, b, c`."""
    return ", ".join(names) or "none"
