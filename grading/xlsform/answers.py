"""One answer of a submission: as a form's cell, as checked or not, as texts."""

from decimal import Decimal
from typing import Any

from grading.forms.cell_values import UnreadableError
from grading.spreadsheet.entry import NUMBER, TEXT, Entry

_CHECKED = frozenset({"ok", "true", "yes", "1", "1.0", "是", "√", "✓", "✔"})
_NOT_CHECKED = frozenset({"", "false", "no", "0", "0.0", "否", "×", "n/a"})


def as_entry(value: Any) -> Entry:
    """An answer as a form's cell holds it."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Entry(Decimal(value), NUMBER)
    return Entry(value if isinstance(value, bool) else str(value), TEXT)


def is_checked(value: Any) -> bool:
    """True of an answer that ticks its box. Raises UnreadableError for one that says neither."""
    said = "" if value is None else str(value).strip().lower()
    if said not in _CHECKED | _NOT_CHECKED:
        raise UnreadableError(f"勾选的格应为 OK、1 或 TRUE，没有勾选的为 0、FALSE 或空；所填：“{str(value)[:40]}”")
    return said in _CHECKED


def texts(value: Any) -> list[str]:
    """An answer as a list: empty where there is none."""
    return [] if value is None else [str(value).strip()]


def lines(value: Any) -> list[str]:
    """The lines of an answer that say something."""
    return [] if value is None else [line.strip() for line in str(value).splitlines() if line.strip()]
