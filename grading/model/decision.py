"""Decisions of outcomes: a level, nothing yet, no place in the grading, nothing at all, or a trial."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from grading.model.base import Mode
from grading.model.result import UNGRADED, Outcome

UNDECIDED = "undecided"
"""The class of outcomes that are not decided, beside the levels in counts, charts and filters."""
NOT_GRADED = "none"
"""The class of what has no outcome."""


class Kind(StrEnum):
    """The five kinds of decisions."""

    DECIDED = "decided"
    UNDECIDED = "undecided"
    UNGRADED = "ungraded"
    NOT_GRADED = "not_graded"
    TRIAL = "trial"


class Causes(NamedTuple):
    """The causes of an undecided outcome: values and tables that nobody stated, figures that the authority has to verify."""

    missing: int
    open_figures: int


@dataclass(frozen=True)
class Decision:
    """A grading's decision: of an undecided one the worst and the best level that it may still be, and the causes.

    `causes` is None where nobody has counted them.
    """

    kind: Kind
    grade: str | None
    attainable: str | None
    causes: Causes | None = None

    @property
    def is_undecided(self) -> bool:
        """True when the grade still hangs on something unknown, in a trial too."""
        return self.counted_as == UNDECIDED

    def as_json(self) -> dict[str, Any]:
        """Its kind, and of an undecided one the causes, null where nobody has counted them."""
        causes = self.causes
        return {
            "kind": self.kind.value,
            "missing": None if causes is None else causes.missing,
            "open_figures": None if causes is None else causes.open_figures,
        }

    @property
    def counted_as(self) -> str:
        """The class that counts, charts and filters put it in: a level, `ungraded`, `undecided` or `none`."""
        return counted_as(self.grade, self.attainable)


def is_undecided(grade: Any, attainable: Any) -> Any:
    """True when a grade is not decided: of two levels a bool, of two columns (Polars, SQLAlchemy) an expression."""
    return grade != attainable


def counted_as(grade: str | None, attainable: str | None) -> str:
    """The class of an outcome in counts, charts and filters."""
    if grade is None or attainable is None:
        return NOT_GRADED
    return UNDECIDED if is_undecided(grade, attainable) else grade


def decide(outcome: Outcome | None, mode: Mode = Mode.OFFICIAL, causes: Causes | None = None) -> Decision:
    """The decision of an outcome; None: there is no grading."""
    if outcome is None:
        return Decision(Kind.NOT_GRADED, None, None)
    grade, attainable = outcome
    if mode is Mode.TRIAL:
        kind = Kind.TRIAL
    elif is_undecided(grade, attainable):
        kind = Kind.UNDECIDED
    else:
        kind = Kind.UNGRADED if grade == UNGRADED else Kind.DECIDED
    return Decision(kind, grade, attainable, causes if is_undecided(grade, attainable) else None)
