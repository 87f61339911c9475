"""Options of an early step that a later step builds on: no other one is offered there."""

from collections.abc import Sequence

from grading.model.gap import Change, ChangeSet, GapLine, Step


def built_on(steps: Sequence[Step], lines: Sequence[GapLine]) -> tuple[Step, ...]:
    """The steps with a single option where the target asks for it and no step of its own comes to it."""
    asked = {line.id for step in steps for line in step.lines}
    settled = {line.place for line in lines if line.id not in asked and line.alternative is None}
    last = {change.place: n for n, step in enumerate(steps) for change in _changes(step.cheapest)}
    return tuple(_narrowed(step, {place for place in settled if last.get(place) == n}) for n, step in enumerate(steps))


def _narrowed(step: Step, places: set[str]) -> Step:
    found = step.cheapest
    if found is None or not any(_is_open(change, places) for change in found.changes):
        return step
    changes = tuple(
        change.model_copy(update={"bound_text": None}) if _is_open(change, places) else change
        for change in found.changes
    )
    others = {
        name: one.model_copy(update={"changes": changes})
        for name, one in (("smallest", step.smallest), ("quickest", step.quickest))
        if one is not None and one.changes == found.changes
    }
    return step.model_copy(update={"cheapest": found.model_copy(update={"changes": changes}), **others})


def _is_open(change: Change, places: set[str]) -> bool:
    return change.place in places and change.limit is None and change.bound_text is not None


def _changes(found: ChangeSet | None) -> tuple[Change, ...]:
    return found.changes if found is not None and found.enough else ()
