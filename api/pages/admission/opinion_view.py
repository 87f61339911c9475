"""An opinion in the words of its pages."""

import json
from dataclasses import dataclass
from types import MappingProxyType

from api.context import Context
from api.pages.admission.design_data import AT
from api.schemas.decisions import stored_decision
from api.services.admission import Listed, Made, Regrading
from api.store import AdmissionOutcome, Grading
from grading.model.decision import Decision
from reports.admission.report import OpinionContext, opinion_context

OUTCOMES = MappingProxyType(
    {
        AdmissionOutcome.ADMITTED.value: "准入",
        AdmissionOutcome.REFUSED.value: "不予准入",
        AdmissionOutcome.UNDECIDED.value: "待定",
    }
)
REGRADING = MappingProxyType(
    {
        Regrading.DUE.value: "复核到期",
        Regrading.AWAITING_COMPLETION.value: "待竣工验收",
        Regrading.DONE.value: "已复核",
        Regrading.NOT_REQUIRED.value: "不需复核",
    }
)


@dataclass(frozen=True)
class Shown:
    """An opinion in words; of what is missing only what is not a single value of the design data."""

    context: OpinionContext
    outcome: str
    missing: tuple[str, ...]
    values_missing: int

    @property
    def kind(self) -> str:
        """The outcome as styles know it."""
        return {"admitted": "met", "refused": "unmet"}.get(self.context.kind, "unknown")


def shown(made: Made) -> Shown:
    """An opinion in words."""
    context = opinion_context(made.opinion, made.policies)
    named = zip(made.opinion.missing, context.missing, strict=True)
    plain = tuple(text for name, text in named if not name.startswith(AT))
    return Shown(context, OUTCOMES[made.opinion.outcome], plain, len(context.missing) - len(plain))


@dataclass(frozen=True)
class Confirmed:
    """The grade that was published after a project was completed; whether it reaches the level, None: not known."""

    decision: Decision
    reached: bool | None


def confirmed(context: Context, found: Listed) -> Confirmed | None:
    """The grade that confirms an opinion, held against the level that the project had to reach with all indicators."""
    published = found.published
    if published is None or published.published_grading_id is None:
        return None
    graded = context.find(Grading, published.published_grading_id)
    decision = stored_decision(graded.grade, graded.attainable, graded.mode, graded.missing, graded.open_figures)
    levels = context.service.grader.policies.today.levels
    required, reached = json.loads(found.opinion.document)["required"], None
    if required is not None and required["scope"] == "whole":
        worst = levels.threshold(required["level"])
        certain, best = levels.standings.get(graded.grade), levels.standings.get(graded.attainable)
        if certain is not None and best is not None:
            reached = True if certain <= worst else False if best > worst else None
    return Confirmed(decision, reached)
