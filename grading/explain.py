"""Explanation of a unit's grade: a tree from the grade down to single values and their evidence, with what did not hold too."""

from collections.abc import Iterator
from typing import Any, Literal

from grading.engine.grade import json_value
from grading.evidence_validity import validity_on
from grading.language.evidence_text import validity_text
from grading.language.nested import asked_at, better_than
from grading.language.prose import fact_label, glue, sentence, stated_text
from grading.language.values import known_text
from grading.language.waiver_text import waiver_text
from grading.model.audit import Audit
from grading.model.base import Provenance, Status, Strict
from grading.model.condition import Comparison, ConditionBase, Each, Some, parts
from grading.model.result import UnitGrading
from grading.model.ruleset import Cap, Gate, Indicator, Requirement, Ruleset
from grading.places import group_of, stated

NOT_APPLICABLE = "不适用"
NOTHING_ASKED = "本级无要求"
Owner = tuple[Indicator | Gate, Requirement | None]
"""The owner of a condition: an indicator's requirement (None: its applicability) or a gate."""


class Reason(Strict):
    """One step of an explanation.

    `seq` is the trace entry that concluded it. Every branch ends in a value with its `place` in the audit (`value` None: it
    is missing there), in a table that was not stated or has no row that counts (`place`), or in an indicator that is not
    applicable or asks for nothing. `open_figure` says that the guideline's figure, not the value, is what is not known.
    """

    kind: Literal["unit", "gate", "level", "dimension", "indicator", "waiver", "condition", "row", "value"]
    id: str
    text: str
    status: Status | None = None
    seq: int | None = None
    row: str | None = None
    value: Any = None
    value_text: str | None = None
    measured_in: str | None = None
    place: str | None = None
    evidence: tuple[str, ...] = ()
    note: str | None = None
    validity: str | None = None
    """Until when the evidence proves the value, or why it does not on the day."""
    open_figure: Literal["unresolved", "provisional"] | None = None
    provenance: Provenance | None = None
    children: tuple["Reason", ...] = ()


def explain(audit: Audit, index: int, ruleset: Ruleset, grading: UnitGrading) -> Reason:
    """The tree of one unit's grading: gates, then each level from the best to the last that has conditions.

    The unit's own reason carries its grade as `value`.
    """
    teller = _Teller(audit, index, ruleset, grading)
    return Reason(
        kind="unit",
        id=grading.id,
        text=ruleset.title,
        seq=teller.concluded.get(("grade",)),
        value=grading.outcome.grade,
        children=(*teller.gates(), *(teller.level(level) for level in ruleset.scale.graded)),
    )


def _concluded(grading: UnitGrading) -> dict[tuple[str, ...], int]:
    """The conclusions of the trace about grade, levels, dimensions and indicators → `seq`."""
    found: dict[tuple[str, ...], int] = {}
    for entry in grading.trace:
        concluded = entry.concludes
        if "grade" in concluded:
            if "dimension" not in concluded and "scope" not in concluded:
                found["grade",] = entry.seq
        elif "status" in concluded:
            for cause in entry.because:
                if "waiver" in cause:
                    found["waiver", cause["waiver"]] = entry.seq
            for level in concluded.get("levels", ()):
                found["level", level] = entry.seq
            for dimension in concluded.get("dimensions", ()):
                found["dimension", dimension["dimension"], dimension["level"]] = entry.seq
            for indicator in concluded.get("indicators", ()):
                found["indicator", indicator["id"], indicator["level"]] = entry.seq
    return found


class _Teller:
    def __init__(self, audit: Audit, index: int, ruleset: Ruleset, grading: UnitGrading) -> None:
        self.audit, self.index, self.ruleset, self.grading = audit, index, ruleset, grading
        self.unit = audit.units[index]
        self.concluded = _concluded(grading)
        self.conditions = dict(grading.conditions)
        self.fired = dict(grading.fired)

    def gates(self) -> Iterator[Reason]:
        """The gates that there are on the day, each with its condition."""
        by_id = {gate.id: gate for gate in self.ruleset.gates}
        for result in self.grading.gates:
            gate, place = by_id[result.id], f"gate.{result.id}"
            effect = f"最高为 {self._label(gate.effect.cap)}" if isinstance(gate.effect, Cap) else "不纳入绩效分级"
            yield Reason(
                kind="gate",
                id=gate.id,
                text=f"{gate.title or gate.text}（{effect}）",
                status=result.status,
                seq=self._seq(place, None),
                provenance=self.ruleset.provenance(gate, None, gate.when),
                children=self._below(place, gate.when, None, (gate, None), ()),
            )

    def _label(self, level: str) -> str:
        return next((known.label for known in self.ruleset.scale.levels if known.id == level), level)

    def level(self, level: str) -> Reason:
        """A level with its dimensions."""
        return Reason(
            kind="level",
            id=level,
            text=self._label(level),
            status=self.grading.levels[level],
            seq=self.concluded.get(("level", level)),
            children=tuple(self._dimension(d, level) for d in self.ruleset.dimensions if d in self.grading.dimensions),
        )

    def _dimension(self, dimension: str, level: str) -> Reason:
        children = tuple(self._indicator(i, level) for i in self.ruleset.indicators if i.dimension == dimension)
        seq = self.concluded.get(("dimension", dimension, level))
        concluded = self.grading.trace[seq - 1].concludes if seq is not None else None
        return Reason(
            kind="dimension",
            id=dimension,
            text=self.ruleset.dimensions[dimension].label,
            status=Status(concluded["status"]) if concluded is not None and "status" in concluded else None,
            seq=seq,
            children=children,
        )

    def _indicator(self, indicator: Indicator, level: str) -> Reason:
        result = self.grading.indicator(indicator.id)
        children: tuple[Reason, ...] = ()
        if indicator.applies_when is not None and result.applicable is not True:
            place = f"{indicator.id}.applies_when"
            children += self._condition(place, indicator.applies_when, None, (indicator, None), (), lead="适用条件：")
        statement = asked_at(self.ruleset.scale.graded, indicator, level, self.audit.assessed_on)
        requirement = statement.requirement if statement is not None else None
        wording = NOTHING_ASKED if requirement is None else stated_text(self.ruleset, requirement)
        children += tuple(self._waivers(indicator, result.levels[level]))
        if result.applicable is False:
            wording = NOT_APPLICABLE
        elif statement is not None:
            owner = (indicator, statement.requirement)
            children += self._condition(statement.place, statement.requirement.require, None, owner, ())
            children += tuple(self._better(indicator, level, result.levels[level], self._status(statement.place, None)))
        return Reason(
            kind="indicator",
            id=indicator.id,
            text=f"{indicator.title}：{wording}",
            status=result.levels[level],
            seq=self.concluded.get(("indicator", indicator.id, level)),
            provenance=self.ruleset.provenance(indicator, requirement),
            children=children,
        )

    def _waivers(self, indicator: Indicator, status: Status) -> Iterator[Reason]:
        """The waivers of an indicator; one that is in force says that the indicator counts by it, where it does."""
        for at, found in enumerate(self.grading.waivers):
            if found.waiver.indicator == indicator.id:
                counts = found.standing == "in_force" and status is Status.WAIVED
                yield Reason(
                    kind="waiver",
                    id=indicator.id,
                    text=waiver_text(self.ruleset, found.waiver, found.standing),
                    status=Status.WAIVED if counts else None,
                    seq=self.concluded.get(("waiver", indicator.id)) if found.standing == "in_force" else None,
                    place=f"units[{self.index}].waivers[{at}]",
                    evidence=found.waiver.evidence,
                )

    def _better(self, indicator: Indicator, level: str, status: Status, own: Status | None) -> Iterator[Reason]:
        """The better levels by which an indicator is met or unknown at a level that it does not come to by itself."""
        if own is status or status is Status.WAIVED:
            return
        graded = self.ruleset.scale.graded
        for better in better_than(graded, indicator, level, self.audit.assessed_on):
            if self._status(better.place, None) is status:
                there, here = self._label(better.nearest(graded, level)), self._label(level)
                why = "要求已达到，也就达到" if status is Status.MET else "要求尚未判定，达到它也就达到"
                lead = f"{glue((there, why, here))}："
                owner = (indicator, better.requirement)
                yield from self._condition(better.place, better.requirement.require, None, owner, (), lead=lead)

    def _seq(self, place: str, row: str | None) -> int | None:
        found = self.fired.get(place, {})
        return found.get(row, found.get(None))

    def _status(self, place: str, row: str | None) -> Status | None:
        status = self.conditions.get(place)
        return status.get(row or "") if isinstance(status, dict) else status

    def _condition(
        self,
        place: str,
        c: ConditionBase,
        row: str | None,
        owner: Owner,
        around: tuple[ConditionBase, ...],
        lead: str = "",
    ) -> tuple[Reason, ...]:
        status = self._status(place, row)
        if status is None:
            return ()
        figure: Literal["unresolved", "provisional"] | None = None
        if isinstance(c, Comparison) and (c.is_unresolved or c.is_provisional):
            figure = "unresolved" if c.is_unresolved else "provisional"
        is_leaf = isinstance(c, Comparison)
        reason = Reason(
            kind="condition",
            id=place,
            text=lead + sentence(self.ruleset, c),
            status=status,
            seq=self._seq(place, row),
            row=row,
            open_figure=figure,
            provenance=self.ruleset.provenance(*owner, *around, c) if is_leaf else None,
            children=self._below(place, c, row, owner, around),
        )
        return (reason,)

    def _below(
        self, place: str, c: ConditionBase, row: str | None, owner: Owner, around: tuple[ConditionBase, ...]
    ) -> tuple[Reason, ...]:
        if isinstance(c, Comparison):
            return (self._value(c.fact, row),)
        if isinstance(c, Each | Some):
            return self._rows(place, c, owner, (*around, c))
        found = [self._condition(f"{place}.{s}", p, row, owner, (*around, c)) for s, p in parts(c)]
        return tuple(reason for reasons in found for reason in reasons)

    def _rows(self, place: str, c: Each | Some, owner: Owner, around: tuple[ConditionBase, ...]) -> tuple[Reason, ...]:
        """The rows that count, or perhaps count."""
        group = c.each if isinstance(c, Each) else c.some
        label, stands = self.ruleset.groups[group].name, f"units[{self.index}].groups.{group}"
        if group not in self.unit.groups:
            return (Reason(kind="row", id=group, text=f"“{label}”表未填报", status=Status.UNKNOWN, place=stands),)
        keys = [r.key for r in self.unit.groups[group]]
        counted = [key for key in keys if self._status(f"{place}.where", key) is not Status.UNMET]
        if not counted:
            text = f"“{label}”表中没有需要判定的行" if keys else f"“{label}”表填报为无"
            return (Reason(kind="row", id=group, text=text, place=stands),)
        rows: list[Reason] = []
        for key in counted:
            inner = self._condition(f"{place}.require", c.require, key, owner, around)
            if c.where is not None and self._status(f"{place}.where", key) is Status.UNKNOWN:
                inner = (
                    *self._condition(f"{place}.where", c.where, key, owner, around, lead="是否在判定范围："),
                    *inner,
                )
            status, at = self._status(f"{place}.require", key), f"{stands}[{keys.index(key)}]"
            rows.append(
                Reason(kind="row", id=group, text=f"{label} {key}", row=key, status=status, place=at, children=inner)
            )
        return tuple(rows)

    def _value(self, fact: str, row: str | None) -> Reason:
        computed, declared = self.ruleset.computed.get(fact), self.ruleset.facts.get(fact)
        group = group_of(self.ruleset, fact)
        key = row if group is not None else None
        value = self.grading.values.get((fact, key))
        known, place = stated(self.audit, self.index, group, key, fact) if computed is None else (None, None)
        validity = None if known is None else validity_on(declared, known, self.audit.assessed_on)
        operands = computed.operands if computed is not None else ()
        return Reason(
            kind="value",
            id=fact,
            text=fact_label(self.ruleset, fact),
            row=key,
            value=json_value(value),
            value_text=None if value is None else known_text(self.ruleset, fact, value),
            measured_in=declared.unit if declared is not None else computed.unit if computed is not None else None,
            place=place,
            evidence=known.evidence if known is not None else (),
            note=known.note if known is not None else None,
            validity=None if validity is None else validity_text(validity),
            children=tuple(self._value(operand, key) for operand in operands if isinstance(operand, str)),
        )
