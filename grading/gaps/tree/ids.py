"""Stable ids of gap lines: of what is compared, not of figures, values or the order of writing.

A line is named by its unit, its indicator (or gate), the best level for which the requirement is stated, the fact and
operator, and its row. Only where that leaves two comparisons of a requirement with one name, the options compared with are
added, then what is written beside it, and at last a number in the order of the figures.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

from grading.gaps.tree.subject import Asked
from grading.model.condition import Comparison, ConditionBase, Each, Not, Some, comparisons, parts


@dataclass(frozen=True)
class _Entry:
    """A comparison, table or list with its names, the shortest first; `order` puts equals in a row."""

    place: str
    names: tuple[str, str, str]
    order: tuple[Any, ...]
    is_comparison: bool = True


def names_of(asked: Asked) -> Mapping[str, str]:
    """By place (without row): what each comparison, `each`, `some` and list of a requirement is called in ids."""
    if asked not in _names:
        _names[asked] = _names_of(asked)
    return _names[asked]


_names: WeakKeyDictionary[Asked, Mapping[str, str]] = WeakKeyDictionary()
"""The names of what is asked, which is the same for all audits of a ruleset."""


def _names_of(asked: Asked) -> Mapping[str, str]:
    entries = list(_entries(asked.condition, asked.name, "must" if asked.wanted else "must not", ()))
    if asked.applies_when is not None:
        entries += _entries(asked.applies_when, applies_name(asked), "scope", ())
    return dict(_distinguish(entries, 0))


def applies_name(asked: Asked) -> str:
    """The place of an indicator's `applies_when`."""
    return f"{asked.owner.id}.applies_when"


def line_id(unit: str, asked: Asked, name: str, row: str | None) -> str:
    """The id of a line (or alternative) by the name that `names_of` gives it."""
    seed = "|".join((unit, type(asked.owner).__name__, asked.owner.id, asked.stated_for, name, row or ""))
    return "G" + hashlib.sha256(seed.encode()).hexdigest()[:9].upper()


def choice_id(unit: str, asked: Asked) -> str:
    """The id of the choice between a level's requirement and those of better levels."""
    return line_id(unit, asked, "levels", None)


def _entries(c: ConditionBase, place: str, sign: str, around: tuple[str, ...]) -> Iterator[_Entry]:
    if isinstance(c, Comparison):
        name = f"{c.fact} {c.operator} {sign}"
        coded = f"{name} {_options(c)}"
        yield _Entry(place, (name, coded, _beside(coded, around)), _figures(c))
        return
    below: list[_Entry] = []
    for step, part in parts(c):
        inner = _turned(sign) if isinstance(c, Not) else "scope" if step == "where" else sign
        near = (f"{place.count('.')} {name}" for name in _context(c, part))
        below += _entries(part, f"{place}.{step}", inner, (*around, *near))
    yield from below
    if isinstance(c, Not):
        return
    name = f"{type(c).__name__} {sign}"
    if isinstance(c, Each | Some):
        name = f"{name} {c.each if isinstance(c, Each) else c.some}"
    compared = tuple(entry.names[1] for entry in below if entry.is_comparison)
    yield _Entry(
        place, (_beside(name, compared), _beside(name, compared), _beside(name, (*compared, *around))), (), False
    )


def _turned(sign: str) -> str:
    return {"must": "must not", "must not": "must"}.get(sign, sign)


def _context(c: ConditionBase, part: ConditionBase) -> Iterator[str]:
    """The context of a comparison, which tells it apart: the rows that are meant, options beside it."""
    if isinstance(c, Not) or (isinstance(c, Each | Some) and part is c.where):
        return
    for _, other in parts(c):
        if other is not part:
            yield from (f"{beside.fact} {beside.operator} {_options(beside)}" for beside in comparisons(other))


def _beside(name: str, around: tuple[str, ...]) -> str:
    return f"{name} | {'; '.join(sorted(around))}"


def _options(c: Comparison) -> str:
    """The options and truth values of an operand; figures and days are left out."""
    listed = c.guess if isinstance(c.guess, tuple) else (c.guess,)
    coded = sorted(str(value) for value in listed if isinstance(value, bool | str))
    return f"[{','.join(coded)}]" if coded else ""


def _figures(c: Comparison) -> tuple[Any, ...]:
    listed = c.guess if isinstance(c.guess, tuple) else (c.guess,)
    figures = sorted(value for value in listed if isinstance(value, Decimal))
    days = sorted(value.isoformat() for value in listed if isinstance(value, date))
    return (tuple(figures), tuple(days))


def _distinguish(entries: list[_Entry], depth: int) -> Iterator[tuple[str, str]]:
    alike: dict[str, list[_Entry]] = {}
    for entry in entries:
        alike.setdefault(entry.names[depth], []).append(entry)
    for name, listed in alike.items():
        if len(listed) == 1:
            yield listed[0].place, name
        elif depth < 2:
            yield from _distinguish(listed, depth + 1)
        else:
            for n, entry in enumerate(sorted(listed, key=lambda entry: (entry.order, entry.place))):
                yield entry.place, f"{name} {n}"
