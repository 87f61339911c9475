"""One plan for all units of an enterprise, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from grading.language.decision_text import level_label, outcome_text
from grading.language.price_text import counted_text
from grading.language.prose import row_label
from grading.model.audit import Audit
from grading.model.gap import EnterprisePlan, JointWork
from grading.model.ruleset import Ruleset
from reports.context.words import cost_text, weeks_text


@dataclass(frozen=True)
class JointRow:
    """A work: whose it is, and what it costs."""

    text: str
    whose: str
    cost: str
    weeks: str
    if_needed: bool
    covers: str


@dataclass(frozen=True)
class JointPlan:
    """The joint plan of the enterprise and its units."""

    goals: tuple[str, ...]
    rows: tuple[JointRow, ...]
    changes: int
    cost: str
    counted: str
    """What of the cost is the price of one piece; empty where nothing is."""
    weeks: str
    grade: str
    enough: bool


def joint_plan(audit: Audit, rulesets: Mapping[str, Ruleset], plan: EnterprisePlan) -> JointPlan:
    """The plan in words."""
    of = {unit.id: rulesets[unit.ruleset] for unit in audit.units}
    scales = [rulesets[name].scale for name in dict.fromkeys(unit.ruleset for unit in audit.units)]
    return JointPlan(
        goals=tuple(
            f"{g.unit}：{level_label([of[g.unit].scale], g.level_from)} → {level_label([of[g.unit].scale], g.level_to)}"
            for g in plan.goals
        ),
        rows=tuple(
            JointRow(
                text=work.remedy.text,
                whose=whose_text(work, of[work.units[0]]),
                # Of a work that may not be needed what it would cost, as in the units' own tables.
                cost=cost_text(work.remedy.cost_wan_cny) + (f"/{work.counted_as_one}" if work.counted_as_one else ""),
                weeks=weeks_text(work.remedy.weeks),
                if_needed=work.if_needed,
                covers=work.remedy.covers or "",
            )
            for work in plan.works
        ),
        changes=len(plan.changes),
        cost=cost_text(plan.cost_wan_cny),
        counted=counted_text(plan.counted_as_one),
        weeks=weeks_text(plan.weeks),
        grade=outcome_text(scales, plan.outcome),
        enough=plan.enough,
    )


def whose_text(work: JointWork, ruleset: Ruleset) -> str:
    """The one that a work serves: the enterprise with so many units, or a unit, in one of its rows; `ruleset` is the unit's."""
    if work.shared:
        return f"企业共用，只计一次（{'、'.join(work.units)}）"
    return "　".join([*work.units, *([row_label(ruleset, work.row)] if work.row else [])])
