"""Places in a draft: rows of tables by their keys, as `units[0].groups.outlets["DA003"].nmhc`.

The number of a row (`outlets[2]`) says which row is meant only together with the version of the draft that showed it: rows
come and go. So it is read, and never kept.
"""

import json
import re
from dataclasses import dataclass, replace

_ROW = r'\[(?P<row>\d{1,6}|"(?:[^"\\]|\\.)*")\]'
_PLACE = re.compile(
    r"(?:enterprise|units\[(?P<unit>\d{1,4})\])\.facts\.(?P<fact>\w+)"
    rf"|units\[(?P<table_unit>\d{{1,4}})\]\.groups\.(?P<group>\w+)(?:{_ROW}(?:\.(?P<cell>\w+))?)?"
)
HEAD = frozenset({"assessed_on", "enterprise.permit"})


@dataclass(frozen=True)
class Place:
    """A fact of the plant (`unit` is None) or of a unit, a table, a row of it or a cell. `row` is a key, or a number as shown."""

    unit: int | None = None
    group: str | None = None
    row: int | str | None = None
    fact: str | None = None
    head: str | None = None

    def __str__(self) -> str:
        """As text; `parse` reads it."""
        if self.head is not None:
            return self.head
        if self.group is None:
            return f"{'enterprise' if self.unit is None else f'units[{self.unit}]'}.facts.{self.fact}"
        row = "" if self.row is None else f"[{json.dumps(self.row, ensure_ascii=False)}]"
        return f"units[{self.unit}].groups.{self.group}{row}{f'.{self.fact}' if self.fact is not None else ''}"

    @property
    def table(self) -> "Place":
        """The table that a row or cell is in."""
        return replace(self, row=None, fact=None)

    @property
    def of_row(self) -> "Place":
        """The row that a cell is in."""
        return replace(self, fact=None)


def parse(text: str) -> Place | None:
    """A place, None for what is none."""
    if text in HEAD:
        return Place(head=text)
    match = _PLACE.fullmatch(text)
    if match is None:
        return None
    if match["fact"] is not None:
        return Place(unit=None if match["unit"] is None else int(match["unit"]), fact=match["fact"])
    row: int | str | None = None
    if match["row"] is not None:
        try:
            row = int(match["row"]) if match["row"].isdigit() else str(json.loads(match["row"]))
        except ValueError:
            return None
    return Place(int(match["table_unit"]), match["group"], row, match["cell"])
