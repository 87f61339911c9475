"""Places of an audit as ids of elements."""

import re

from api.services.workflow.places import parse


def slug(place: str) -> str:
    """A place as an id: `units[0].facts.nmhc` → `p-units-0-facts-nmhc`; keys of rows letter by letter, so that none are alike."""
    at = parse(place)
    if at is not None and isinstance(at.row, str):
        key = "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in at.row)
        place = f"units-{at.unit}-groups-{at.group}-k-{key}{f'-{at.fact}' if at.fact is not None else ''}"
    return "p-" + re.sub(r"[^A-Za-z0-9_]+", "-", place).strip("-")
