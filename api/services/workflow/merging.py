"""Two people's changes of one draft, merged field by field: value, evidence and note each on its own, rows by their keys."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from grading.digest import canonical, plain
from grading.language.load import Library
from grading.language.problems import LanguageError

_ABSENT: Any = object()


class Three(NamedTuple):
    """The values of one place in the version that was seen, in what is sent, and in the draft now."""

    seen: Any
    sent: Any
    now: Any

    @property
    def changed_by_one(self) -> bool:
        """True when only one side has changed the place, or both alike."""
        return _same(self.sent, self.seen) or _same(self.now, self.seen) or _same(self.sent, self.now)


Merge = Callable[[Three, str], Any]
"""Merges what a place says."""


@dataclass(frozen=True)
class FieldConflict:
    """A field that both have changed, each otherwise; what is not stated is None."""

    place: str
    seen: Any
    sent: Any
    now: Any

    def as_json(self) -> dict[str, Any]:
        """As a problem document has it, numbers as text."""
        return {"place": self.place, **{name: _shown(getattr(self, name)) for name in ("seen", "sent", "now")}}


@dataclass(frozen=True)
class Merged:
    """The merged content, and where both have changed the same: there it says what the draft says now."""

    content: Any
    conflicts: tuple[FieldConflict, ...]


def merged(base: Any, sent: Any, now: Any, library: Library) -> Merged:
    """Put what `sent` changes of `seen` into `now`."""
    merging = _Merging(library)
    content = merging.members(Three(base, sent, now), "", merging.top)
    return Merged(content, tuple(merging.conflicts))


@dataclass
class _Merging:
    library: Library
    conflicts: list[FieldConflict] = field(default_factory=list)

    def top(self, name: str) -> Merge:
        if name == "enterprise":
            return lambda three, place: self.members(three, place, self.enterprise)
        return (lambda three, place: self.items(three, place, "id", self.unit)) if name == "units" else self.whole

    def enterprise(self, name: str) -> Merge:
        return self.facts if name == "facts" else self.whole

    def unit(self, three: Three, place: str) -> Any:
        ruleset = three.now.get("ruleset") if isinstance(three.now, dict) else None

        def rows(group: str) -> Merge:
            key = self._key(ruleset, group)
            return self.whole if key is None else lambda inner, at: self.items(inner, at, key, self.facts)

        def member(name: str) -> Merge:
            if name == "groups":
                return lambda inner, at: self.members(inner, at, rows)
            return self.enterprise(name)

        return self.members(three, place, member)

    def facts(self, three: Three, place: str) -> Any:
        return self.members(three, place, lambda _: self.fact)

    def fact(self, three: Three, place: str) -> Any:
        """A value with evidence and note; a bare value is one with neither."""
        if _ABSENT in (three.sent, three.now) or not any(isinstance(one, dict) for one in (three.sent, three.now)):
            return self.whole(three, place)

        def part(name: str) -> Merge:
            return self.evidence if name == "evidence" else self.whole

        found = self.members(Three(*map(_wrapped, three)), place, part)
        return found["value"] if set(found) == {"value"} else found

    def evidence(self, three: Three, place: str) -> Any:
        """Lists of texts, of which each may have added and taken off some."""
        listed = [[] if one is _ABSENT else one for one in three]
        if not all(isinstance(one, list) and all(isinstance(text, str) for text in one) for one in listed):
            return self.whole(three, place)
        base, mine, theirs = listed
        removed = set(base) - set(mine)
        stays = [text for text in theirs if text not in removed]
        return stays + [text for text in mine if text not in base and text not in stays]

    def whole(self, three: Three, place: str) -> Any:
        """Merge a value that can't be taken apart; what both have changed stays as it is and is a conflict."""
        if not three.changed_by_one:
            self.conflicts.append(FieldConflict(place, *(None if one is _ABSENT else one for one in three)))
            return three.now
        return three.sent if _same(three.now, three.seen) else three.now

    def members(self, three: Three, place: str, member: Callable[[str], Merge]) -> Any:
        """An object, member by member."""
        if three.changed_by_one or not (isinstance(three.sent, dict) and isinstance(three.now, dict)):
            return self.whole(three, place)
        base: Mapping[str, Any] = three.seen if isinstance(three.seen, dict) else {}
        found = {}
        for name in dict.fromkeys((*three.now, *three.sent)):
            parts = Three(*(one.get(name, _ABSENT) for one in (base, three.sent, three.now)))
            value = member(name)(parts, f"{place}.{name}".lstrip("."))
            if value is not _ABSENT:
                found[name] = value
        return found

    def items(self, three: Three, place: str, key: str, item: Merge) -> Any:
        """A list of objects that a key tells apart, in the order of the draft; units are numbered as sent."""
        base, sent, now = (_by_key([] if one is _ABSENT else one, key) for one in three)
        if three.changed_by_one or base is None or sent is None or now is None:
            return self.whole(three, place)
        found = []
        for name in dict.fromkeys((*now, *sent)):
            number = list(sent if name in sent else now).index(name)
            at = number if key == "id" else json.dumps(name, ensure_ascii=False)
            value = item(Three(*(one.get(name, _ABSENT) for one in (base, sent, now))), f"{place}[{at}]")
            if value is not _ABSENT:
                found.append(value)
        return found

    def _key(self, ruleset: Any, group: str) -> str | None:
        """The name of the key of a table's rows; None when the ruleset or table isn't known."""
        try:
            known = self.library.ruleset(str(ruleset)).groups.get(group)
        except (KeyError, LanguageError):
            return None
        return known.key if known is not None else None


def _by_key(listed: Any, key: str) -> dict[str, Any] | None:
    """The objects of a list by their keys; None when one has none, or two have the same."""
    if not isinstance(listed, list) or not all(
        isinstance(one, dict) and isinstance(one.get(key), str) for one in listed
    ):
        return None
    found = {one[key]: one for one in listed}
    return found if len(found) == len(listed) else None


def _wrapped(value: Any) -> Any:
    if value is _ABSENT:
        return {}
    return value if isinstance(value, dict) else {"value": value}


def _same(one: Any, other: Any) -> bool:
    if one is _ABSENT or other is _ABSENT:
        return one is other
    return bool(canonical(one) == canonical(other))


def _shown(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, dict):
        return {name: _shown(one) for name, one in value.items()}
    return [_shown(one) for one in value] if isinstance(value, list) else value
