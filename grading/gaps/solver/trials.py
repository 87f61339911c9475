"""Changed audits of one unit, each graded once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grading.engine.grade import Engine
from grading.evidence_validity import as_proven
from grading.gaps.tree.subject import Subject
from grading.gaps.tree.values import Slot
from grading.model.audit import Known
from grading.simulate import ENTERPRISE, Setting, put


class Trials:
    """Grades a unit with changed values."""

    def __init__(self, engine: Engine, subject: Subject) -> None:
        self.engine, self.subject = engine, subject
        self._graded: dict[frozenset[tuple[Slot, Any]], Subject] = {}

    def graded(self, changed: Mapping[Slot, Any]) -> Subject:
        """The unit with changed values, graded anew."""
        key = frozenset(changed.items())
        if key not in self._graded:
            self._graded[key] = self._grade(changed) if changed else self.subject
        return self._graded[key]

    def _grade(self, changed: Mapping[Slot, Any]) -> Subject:
        subject = self.subject
        alone = subject.audit.model_copy(update={"units": (subject.unit,)})
        for slot, value in changed.items():
            fact = subject.ruleset.facts[slot.fact]
            stored = tuple(o for o in fact.options if o in value) if isinstance(value, frozenset) else value
            known = as_proven(fact, Known(value=stored), subject.audit.assessed_on)
            alone = put(alone, setting_of(subject, slot), known)
        # The unit alone is graded: what another unit of the enterprise has is not asked.
        (unit,) = self.engine.grade(alone, subject.mode).units
        units = tuple(alone.units[0] if n == subject.index else other for n, other in enumerate(subject.audit.units))
        audit = alone.model_copy(update={"units": units})
        return replace(subject, audit=audit, grading=unit)


def setting_of(subject: Subject, slot: Slot) -> Setting:
    """The place at which a slot's value is set: the enterprise when it stands there."""
    place = subject.stated(slot.group, slot.row, slot.fact)[1]
    owner = ENTERPRISE if place.startswith(f"{ENTERPRISE}.") else subject.unit.id
    return Setting(owner, slot.group, slot.row, slot.fact, None)


def has_reached(subject: Subject, level: str) -> bool:
    """True when the unit is graded so, or better."""
    grade, ids = subject.grading.outcome.grade, subject.ruleset.scale.ids
    return grade in ids and ids.index(grade) <= ids.index(level)
