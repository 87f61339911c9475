"""Differences of an edition from the one before, as the rule book lists them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grading.edition_diff.changes import Change, Part
from grading.edition_diff.words import DIRECTIONS, KINDS, NOTHING, WAYS
from grading.language.prose import day_text
from grading.model.ruleset import Ruleset


@dataclass(frozen=True)
class ChangeLine:
    """A difference from the edition before: its name, direction and both statements."""

    name: str
    direction: str | None
    before: str
    after: str


@dataclass(frozen=True)
class ChangeEntry:
    """A criterion, fact or measure that differs from the edition before."""

    kind: str
    way: str
    title: str
    ids: str
    lines: tuple[ChangeLine, ...]


@dataclass(frozen=True)
class Since:
    """The edition that this one is compared with, and what differs."""

    title: str
    document: str
    effective: str
    changes: tuple[ChangeEntry, ...]


def since(before: Ruleset, changes: Sequence[Change]) -> Since:
    """The comparison with the edition before."""
    return Since(
        title=f"{before.title}（{before.id}）",
        document=" ".join(part for part in (before.edition.document, before.edition.section) if part),
        effective=day_text(before.edition.effective),
        changes=tuple(_change(one) for one in changes),
    )


def change_text(change: Change | None) -> str | None:
    """`修改：A级更严、B级要求不变`."""
    if change is None:
        return None
    directions = "、".join(_directions(change.parts)) if change.way != "added" else ""
    return f"{WAYS[change.way]}：{directions}" if directions else WAYS[change.way]


def _change(change: Change) -> ChangeEntry:
    ids = " → ".join(dict.fromkeys(id_ for id_ in (change.before_id, change.after_id) if id_ is not None))
    lines = tuple(_change_line(part) for part in change.parts)
    return ChangeEntry(KINDS[change.kind], WAYS[change.way], change.title, ids, lines)


def _change_line(part: Part) -> ChangeLine:
    direction = None if part.direction is None else DIRECTIONS[part.direction]
    return ChangeLine(part.name, direction, part.before or NOTHING, part.after or NOTHING)


def _directions(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        yield part.name if part.direction is None else f"{part.name}{DIRECTIONS[part.direction]}"
