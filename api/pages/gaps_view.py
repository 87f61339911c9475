"""Gaps as the enterprise's page shows them, and the values that its what-if form asks about."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from api.pages.form.slug import slug
from api.services.analysis import Case
from api.services.workflow.draft import Draft, Stated
from grading.audit_json import dump_audit
from grading.forms.questions import questions
from grading.forms.wording import expectation, option_labels
from grading.gaps import TargetError, enterprise_plan, unit_gaps
from grading.model.base import Status
from grading.model.gap import Change, UnitGaps
from grading.model.result import UnitGrading
from grading.model.ruleset import Fact, Ruleset
from reports.context.joint import JointPlan, joint_plan


@dataclass(frozen=True)
class Handle:
    """A value that could be another: where it stands, what it is, what would be enough."""

    place: str
    fact: Fact
    row: str | None
    before: str
    stated: Stated
    after: Any
    after_text: str

    @property
    def id(self) -> str:
        """The element's id."""
        return "w" + slug(self.place)

    @property
    def options(self) -> dict[str, str]:
        """The options' labels by code."""
        return option_labels(self.fact)

    @property
    def wanted(self) -> str:
        """The kind of value that may be filled in."""
        return expectation(self.fact)


@dataclass(frozen=True)
class GapView:
    """One unit's gaps; `gaps` is None when the unit can't have the target, and `said` tells why."""

    unit: str
    ruleset: Ruleset
    gaps: UnitGaps | None
    said: str
    draft: Draft
    graded: UnitGrading

    @cached_property
    def handles(self) -> tuple[Handle, ...]:
        """The values that the gaps are about, each once."""
        return tuple({handle.place: handle for handle in self._handles()}.values())

    @cached_property
    def short(self) -> tuple[Handle, ...]:
        """The values that the unit's short boards, and the gates that it triggers, rest on; all where there are none."""
        triggered = {gate.id for gate in self.graded.gates if gate.status is Status.MET}
        boards = set(self.graded.short_boards)
        read = {
            question.fact.id
            for question in questions(self.ruleset)
            if any(reader.id in boards for reader in (*question.judged_by, *question.selects_for))
            or any(gate.id in triggered for gate in question.gates)
        }
        return tuple(handle for handle in self.handles if handle.fact.id in read) or self.handles

    @property
    def further(self) -> tuple[Handle, ...]:
        """The other values that the gaps are about."""
        return tuple(handle for handle in self.handles if handle not in self.short)

    def _handles(self) -> Iterator[Handle]:
        if self.gaps is None:
            return
        proposed: dict[str, Change] = {}
        for step in self.gaps.steps:
            for changes in (step.cheapest, step.smallest, step.quickest):
                for change in changes.changes if changes is not None else ():
                    proposed.setdefault(change.place, change)
        for place, change in proposed.items():
            fact = self.ruleset.facts.get(change.fact)
            if fact is not None:
                stated = self.draft.at(place)
                yield Handle(place, fact, change.row, change.before_text, stated, change.after, change.after_text)
        for line in self.gaps.lines:
            fact = self.ruleset.facts.get(line.fact)
            if fact is not None and line.place not in proposed and line.place.rpartition(".")[2] == fact.id:
                stated = self.draft.at(line.place)
                yield Handle(line.place, fact, line.row, line.actual_text or "未提供", stated, None, "")


def gap_views(case: Case, target: str | None) -> tuple[GapView, ...]:
    """The gaps of every unit to a target, by default each to its next level."""
    draft = Draft(dump_audit(case.audit, case.engine.library))
    return tuple(_view(case, i, target, draft) for i in range(len(case.audit.units)))


def joint_view(case: Case, target: str | None) -> JointPlan | None:
    """One plan for all units; None where there is one unit, or nothing to do."""
    plan = enterprise_plan(case.engine, case.audit, case.grading, target, case.opened)
    return None if plan is None else joint_plan(case.audit, case.rulesets, plan)


def _view(case: Case, index: int, target: str | None, draft: Draft) -> GapView:
    unit = case.audit.units[index]
    ruleset = case.engine.library.ruleset(unit.ruleset)
    try:
        gaps = unit_gaps(case.engine, case.audit, case.grading, index, target, case.opened)
        return GapView(unit.id, ruleset, gaps, "", draft, case.grading.units[index])
    except TargetError as error:
        levels = "、".join(level.label for level in ruleset.scale.levels if level.id in error.levels)
        message = f"不能以此为目标；目标须是 {levels} 中优于现有等级的一级。"
        return GapView(unit.id, ruleset, None, message, draft, case.grading.units[index])
