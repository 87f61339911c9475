"""Why a unit has its grade: a tree from the grade down to single values and their evidence, with what did not hold too."""

from collections.abc import Iterator
from typing import Any, Literal

from grading.engine.grade import json_value
from grading.language.prose import requirement_text, sentence
from grading.language.values import known_text
from grading.model.audit import Audit, Known
from grading.model.base import Provenance, Status, Strict
from grading.model.condition import Comparison, ConditionBase, Each, Some, parts
from grading.model.result import UnitGrading
from grading.model.ruleset import Cap, Indicator, Ruleset


class Reason(Strict):
    """One step of an explanation. `seq` is the trace entry that concluded it; `open_figure` says why nothing could.

    `value`, `place` and `evidence` belong to single values: a leaf of the tree leads back to the audit.
    """

    kind: Literal["unit", "gate", "level", "dimension", "indicator", "condition", "row", "value"]
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
    open_figure: Literal["unresolved", "provisional"] | None = None
    provenance: Provenance | None = None
    children: tuple["Reason", ...] = ()


def explain(audit: Audit, index: int, ruleset: Ruleset, grading: UnitGrading) -> Reason:
    """The tree of one unit's grading: gates, then each level from the best to the last that has conditions."""
    teller = _Teller(audit, index, ruleset, grading)
    return Reason(
        kind="unit",
        id=grading.id,
        text=ruleset.title,
        children=(*teller.gates(), *(teller.level(level) for level in ruleset.scale.graded)),
    )


class _Teller:
    def __init__(self, audit: Audit, index: int, ruleset: Ruleset, grading: UnitGrading) -> None:
        self.audit, self.index, self.ruleset, self.grading = audit, index, ruleset, grading
        self.unit = audit.units[index]

    def gates(self) -> Iterator[Reason]:
        """The gates, each with its condition."""
        for gate, result in ((self._gate(r.id), r) for r in self.grading.gates):
            effect = f"最高为 {gate.effect.cap}" if isinstance(gate.effect, Cap) else "不纳入绩效分级"
            place = f"gate.{gate.id}"
            yield Reason(
                kind="gate",
                id=gate.id,
                text=f"{gate.title or gate.id}（{effect}）",
                status=result.status,
                seq=self._seq(place, None),
                provenance=self.ruleset.provenance(gate, None, gate.when),
                children=self._below(place, gate.when, None, gate, None, ()),
            )

    def _gate(self, gate_id: str) -> Any:
        return next(gate for gate in self.ruleset.gates if gate.id == gate_id)

    def level(self, level: str) -> Reason:
        """A level with its dimensions."""
        label = next(known.label for known in self.ruleset.scale.levels if known.id == level)
        dimensions = [d for d in self.ruleset.dimensions if d in self.grading.dimensions]
        children = tuple(self._dimension(dimension, level) for dimension in dimensions)
        return Reason(kind="level", id=level, text=label, status=self.grading.levels[level], children=children)

    def _dimension(self, dimension: str, level: str) -> Reason:
        children = tuple(self._indicator(i, level) for i in self.ruleset.indicators if i.dimension == dimension)
        statuses = [child.status for child in children]
        status = next((s for s in (Status.UNMET, Status.UNKNOWN) if s in statuses), Status.MET)
        label = self.ruleset.dimensions[dimension].label
        return Reason(kind="dimension", id=dimension, text=label, status=status, children=children)

    def _indicator(self, indicator: Indicator, level: str) -> Reason:
        result = self.grading.indicator(indicator.id)
        children: tuple[Reason, ...] = ()
        if indicator.applies_when is not None and result.applicable is not True:
            place = f"{indicator.id}.applies_when"
            children += self._condition(place, indicator.applies_when, None, indicator, None, (), lead="适用条件：")
        requirement, key = indicator.requirement(level), self._key(indicator, level)
        if requirement is not None and result.applicable is not False:
            children += self._condition(f"{indicator.id}.{key}", requirement.require, None, indicator, requirement, ())
        said = requirement_text(self.ruleset, indicator, level) if requirement is not None else "本级无要求"
        if result.applicable is False:
            said = "不适用"
        return Reason(
            kind="indicator",
            id=indicator.id,
            text=f"{indicator.title}：{said}",
            status=result.levels[level],
            provenance=self.ruleset.provenance(indicator, requirement),
            children=children,
        )

    def _key(self, indicator: Indicator, level: str) -> str:
        for key in indicator.levels:
            if level in (part.strip() for part in key.split(",")):
                return key.replace(" ", "")
        return level

    def _seq(self, place: str, row: str | None) -> int | None:
        found = self.grading.fired.get(place, {})
        return found.get(row, found.get(None))

    def _status(self, place: str, row: str | None) -> Status | None:
        if place not in self.grading.conditions:
            return None
        status = self.grading.conditions[place]
        return status if isinstance(status, Status) else status.get(row or "")

    def _condition(
        self,
        place: str,
        c: ConditionBase,
        row: str | None,
        owner: Any,
        requirement: Any,
        around: tuple[ConditionBase, ...],
        lead: str = "",
    ) -> tuple[Reason, ...]:
        status = self._status(place, row)
        if status is None:
            return ()
        figure = None
        if isinstance(c, Comparison) and (c.is_unresolved or c.is_provisional):
            figure = "unresolved" if c.is_unresolved else "provisional"
        return (
            Reason(
                kind="condition",
                id=place,
                text=lead + sentence(self.ruleset, c),
                status=status,
                seq=self._seq(place, row),
                row=row,
                open_figure=figure,  # type: ignore[arg-type]
                provenance=self.ruleset.provenance(owner, requirement, *around, c)
                if isinstance(c, Comparison)
                else None,
                children=self._below(place, c, row, owner, requirement, around),
            ),
        )

    def _below(
        self,
        place: str,
        c: ConditionBase,
        row: str | None,
        owner: Any,
        requirement: Any,
        around: tuple[ConditionBase, ...],
    ) -> tuple[Reason, ...]:
        if isinstance(c, Comparison):
            return (self._value(c.fact, row),)
        if isinstance(c, Each | Some):
            return self._rows(place, c, owner, requirement, (*around, c))
        found = [self._condition(f"{place}.{s}", p, row, owner, requirement, (*around, c)) for s, p in parts(c)]
        return tuple(reason for reasons in found for reason in reasons)

    def _rows(
        self, place: str, c: Each | Some, owner: Any, requirement: Any, around: tuple[ConditionBase, ...]
    ) -> tuple[Reason, ...]:
        group = c.each if isinstance(c, Each) else c.some
        label = self.ruleset.groups[group].label
        if group not in self.unit.groups:
            where = f"units[{self.index}].groups.{group}"
            return (Reason(kind="row", id=group, text=f"“{label}”表未填报", status=Status.UNKNOWN, place=where),)
        required = self.grading.conditions.get(f"{place}.require")
        keys = list(required) if isinstance(required, dict) else [r.key for r in self.unit.groups[group]]
        if not keys:
            return (Reason(kind="row", id=group, text=f"“{label}”表中没有需要判定的行"),)
        rows: list[Reason] = []
        for key in keys:
            inner = self._condition(f"{place}.require", c.require, key, owner, requirement, around)
            if c.where is not None and self._status(f"{place}.where", key) is Status.UNKNOWN:
                asked = self._condition(
                    f"{place}.where", c.where, key, owner, requirement, around, lead="是否在判定范围："
                )
                inner = (*asked, *inner)
            status = self._status(f"{place}.require", key)
            rows.append(Reason(kind="row", id=group, text=f"{label} {key}", row=key, status=status, children=inner))
        return tuple(rows)

    def _value(self, fact_id: str, row: str | None) -> Reason:
        fact, computed = self.ruleset.facts.get(fact_id), self.ruleset.computed.get(fact_id)
        group = fact.group if fact is not None else computed.group if computed is not None else None
        key = row if group is not None else None
        label = fact.label if fact is not None else (computed.label or fact_id) if computed is not None else "评定日期"
        value = self.grading.values.get((fact_id, key))
        known, place = self._source(fact_id, group, key)
        operands = computed.operands if computed is not None else ()
        return Reason(
            kind="value",
            id=fact_id,
            text=label,
            row=key,
            value=json_value(value),
            value_text=None if value is None else known_text(self.ruleset, fact_id, value),
            measured_in=fact.unit if fact is not None else computed.unit if computed is not None else None,
            place=place if computed is None else None,
            evidence=known.evidence if known is not None else (),
            note=known.note if known is not None else None,
            children=tuple(self._value(operand, row) for operand in operands if isinstance(operand, str)),
        )

    def _source(self, fact: str, group: str | None, row: str | None) -> tuple[Known | None, str]:
        unit = f"units[{self.index}]"
        if fact == "assessed_on":
            return None, "assessed_on"
        if group is not None:
            for i, listed in enumerate(self.unit.groups.get(group, ())):
                if listed.key == row:
                    return listed.facts.get(fact), f"{unit}.groups.{group}[{i}].{fact}"
            return None, f"{unit}.groups.{group}"
        own, shared = self.unit.facts.get(fact), self.audit.enterprise.facts.get(fact)
        if own is None and shared is not None:
            return shared, f"enterprise.facts.{fact}"
        return own, f"{unit}.facts.{fact}"
