"""Orders for many reports: the audits, and what their reports have in common. Loads nothing that makes them."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from grading.model.base import Mode


class Item(NamedTuple):
    """An audit to report on: what the caller calls it, and its JSON, or (place, message) why it could not be had."""

    name: str
    audit: bytes
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Order:
    """The common order of all reports of an archive. `target` as for `gaps_to`; `rulesets` None: the shipped ones."""

    mode: Mode = Mode.OFFICIAL
    target: str | None = None
    html: bool = False
    rulesets: Path | None = None

    @property
    def ending(self) -> str:
        """The suffix of the reports' file names."""
        return ".html" if self.html else ".pdf"
