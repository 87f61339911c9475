"""One answer of a submission: as a form's cell, as checked or not, as texts."""

from decimal import Decimal
from typing import Any

from grading.spreadsheet.entry import NUMBER, TEXT, Entry

_CHECKED = frozenset({"ok", "true", "yes", "1", "是"})


def as_entry(value: Any) -> Entry:
    """An answer as a form's cell holds it."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Entry(Decimal(value), NUMBER)
    return Entry(value if isinstance(value, bool) else str(value), TEXT)


def is_checked(value: Any) -> bool:
    """True of an answer that ticks its box."""
    return value is True or (value is not None and str(value).strip().lower() in _CHECKED)


def texts(value: Any) -> list[str]:
    """An answer as a list: empty where there is none."""
    return [] if value is None else [str(value).strip()]


def lines(value: Any) -> list[str]:
    """The lines of an answer that say something."""
    return [] if value is None else [line.strip() for line in str(value).splitlines() if line.strip()]
