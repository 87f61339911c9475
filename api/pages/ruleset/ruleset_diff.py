"""Differences between two editions, in words. An indicator that was renamed is followed by `renamed_from`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from grading.language.decision_text import effect_text
from grading.language.nested import asked_at
from grading.language.prose import NOT_ASKED, requirement_text, sentence
from grading.model.ruleset import Gate, Indicator, Ruleset


@dataclass(frozen=True)
class Side:
    """One thing in both editions: what it is about, before and after."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """A criterion that is new, gone or different."""

    kind: Literal["added", "removed", "changed"]
    title: str
    id: str
    renamed_from: str | None
    sides: tuple[Side, ...]


def differences(before: Ruleset, after: Ruleset) -> tuple[Change, ...]:
    """The changes from one ruleset to another: indicators in the order of the later one, then gates."""
    return (*_indicators(before, after), *_gates(before, after))


def _indicators(before: Ruleset, after: Ruleset) -> Iterator[Change]:
    old = {indicator.id: indicator for indicator in before.indicators}
    met: set[str] = set()
    for new in after.indicators:
        was = old.get(new.id) or old.get(new.renamed_from or "")
        if was is None:
            yield Change("added", new.title, new.id, None, tuple(_levels(before, None, after, new)))
            continue
        met.add(was.id)
        sides = tuple(_levels(before, was, after, new))
        renamed = was.id if was.id != new.id else None
        if sides or renamed:
            yield Change("changed", new.title, new.id, renamed, sides)
    for was in before.indicators:
        if was.id not in met:
            yield Change("removed", was.title, was.id, None, tuple(_levels(before, was, after, None)))


def _levels(before: Ruleset, was: Indicator | None, after: Ruleset, new: Indicator | None) -> Iterator[Side]:
    if was is not None and new is not None:
        if was.title != new.title:
            yield Side("名称", was.title, new.title)
        old_when = sentence(before, was.applies_when) if was.applies_when is not None else "始终适用"
        new_when = sentence(after, new.applies_when) if new.applies_when is not None else "始终适用"
        if old_when != new_when:
            yield Side("适用条件", old_when, new_when)
        if was.dimension != new.dimension:
            yield Side("维度", before.dimensions[was.dimension].label, after.dimensions[new.dimension].label)
    labels = {level.id: level.label for level in (*before.scale.levels, *after.scale.levels)}
    alike: dict[tuple[str, str], list[str]] = {}
    for level in dict.fromkeys((*after.scale.graded, *before.scale.graded)):
        texts = _text(before, was, level), _text(after, new, level)
        if texts[0] != texts[1]:
            alike.setdefault(texts, []).append(labels[level])
    for (old_text, new_text), levels in alike.items():
        yield Side("、".join(levels), old_text, new_text)


def _text(ruleset: Ruleset, indicator: Indicator | None, level: str) -> str:
    if indicator is None or level not in ruleset.scale.ids:
        return "—"
    wording = requirement_text(ruleset, indicator, level)
    statement = asked_at(ruleset.scale.graded, indicator, level)
    # Two editions may say the same and mean something else: then the condition is told too.
    decided = sentence(ruleset, statement.requirement.require) if statement is not None else NOT_ASKED
    return wording if wording == decided else f"{wording}（判定：{decided}）"


def _gates(before: Ruleset, after: Ruleset) -> Iterator[Change]:
    old, new = {gate.id: gate for gate in before.gates}, {gate.id: gate for gate in after.gates}
    for id_, gate in new.items():
        was = _gate(before, old[id_]) if id_ in old else "—"
        now = _gate(after, gate)
        if was != now:
            kind: Literal["added", "changed"] = "changed" if id_ in old else "added"
            yield Change(kind, gate.title or id_, id_, None, (Side("情形", was, now),))
    for id_, gate in old.items():
        if id_ not in new:
            yield Change("removed", gate.title or id_, id_, None, (Side("情形", _gate(before, gate), "—"),))


def _gate(ruleset: Ruleset, gate: Gate) -> str:
    return f"{gate.text}（判定：{sentence(ruleset, gate.when)}；{effect_text(ruleset, gate)}）"
