"""Results of splitting a file by ruleset, as they are stored between runs."""

from pathlib import Path

from pydantic import Field

from grading.batch.layout import Reject
from grading.model.base import Strict

FILE = "split.json"


class Part(Strict):
    """The units of one ruleset; `tables` gives, of files of tables, what each group's table is called."""

    ruleset: str
    units: int
    tables: dict[str, str] = Field(default_factory=dict)


class Split(Strict):
    """A file by ruleset: its parts, and what belongs to none of them."""

    total: int
    """Units; of JSON lines audits."""
    refused: int
    """Of those, the ones of which nothing is graded because no ruleset was found or the line can't be read."""
    without_unit: int = 0
    """The number of rows of groups' tables that belong to no unit of the file."""
    parts: tuple[Part, ...]
    rejects: tuple[Reject, ...] = ()
    notices: tuple[Reject, ...] = ()
    ignored: tuple[str, ...] = ()
    ignored_sheets: tuple[str, ...] = ()


def load(work: Path) -> Split | None:
    """The split of an earlier run of the same batch; None when it did not get to the end."""
    file = work / FILE
    return Split.model_validate_json(file.read_bytes()) if file.is_file() else None


def save(work: Path, split: Split) -> None:
    """Keep it: there whole or not at all."""
    partial = work / f"{FILE}.partial"
    partial.write_text(split.model_dump_json(), encoding="utf-8")
    partial.replace(work / FILE)
