"""Results of a proof of a ruleset."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from grading.language.problems import Problem
from grading.model.base import Mode

Outcome = Literal["reachable", "open", "unreachable", "not_proven"]


@dataclass(frozen=True)
class Period:
    """The days on which a ruleset asks the same, in one mode."""

    mode: Mode
    since: date


@dataclass(frozen=True)
class Witness:
    """An audit that shows something, with what it is graded."""

    name: str
    period: Period
    audit: Mapping[str, Any]
    grade: str
    attainable: str


@dataclass(frozen=True)
class LevelProof:
    """The proof of a level: reached or not; `open` where it waits for figures that are not established."""

    level: str
    period: Period
    outcome: Outcome
    witness: Witness | None = None


@dataclass(frozen=True)
class Finding:
    """Something that is wrong or idle, at its place; `accepted` is why it is right as it stands."""

    problem: Problem
    place: str
    periods: tuple[Period, ...] = ()
    witness: Witness | None = None
    accepted: str | None = None


@dataclass(frozen=True)
class Proof:
    """All findings about a ruleset, the number of questions, and what could not be proven."""

    ruleset: str
    levels: tuple[LevelProof, ...]
    findings: tuple[Finding, ...]
    not_proven: tuple[Problem, ...]
    questions: int
    rows: int
    broken: tuple[Problem, ...] = field(default=())
    """The reason why the ruleset or what is accepted beside it can't be read."""

    @property
    def is_clean(self) -> bool:
        """True when every finding is accepted."""
        return not self.broken and all(finding.accepted is not None for finding in self.findings)

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """All audits, of levels first."""
        levels = [level.witness for level in self.levels if level.witness is not None]
        return (*levels, *(finding.witness for finding in self.findings if finding.witness is not None))
