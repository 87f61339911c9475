"""Decisions as JSON."""

from pydantic import Field

from api.schemas.base import Out
from grading.model.base import Mode
from grading.model.decision import Causes, Decision, Kind, decide
from grading.model.result import Outcome


class DecisionOut(Out):
    """A grading's decision. `grade` beside it is the worst that an undecided one may still be, `attainable` the best."""

    kind: Kind = Field(description="An `undecided` grade is none: it lies between `grade` and `attainable`.")
    missing: int | None = Field(
        description="Values and tables that nobody stated and that could still change the grade."
    )
    open_figures: int | None = Field(description="Figures of the guideline that the authority has to verify for it.")

    @classmethod
    def of(cls, decision: Decision) -> "DecisionOut":
        """A decision."""
        return cls(**decision.as_json())


def stored_decision(
    grade: str | None, attainable: str | None, mode: Mode, missing: int | None, open_figures: int | None
) -> Decision:
    """The decision of a stored grading; no grade: there is none."""
    if grade is None or attainable is None:
        return decide(None)
    causes = None if missing is None or open_figures is None else Causes(missing, open_figures)
    return decide(Outcome(grade, attainable), mode, causes)
