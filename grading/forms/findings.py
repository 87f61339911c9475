"""Findings about a filled-in form: the place, and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from grading.problems.reason import Sentences


@dataclass(frozen=True)
class Spot:
    """A cell (`cell` None: the whole sheet) and what it is about, as the form calls it."""

    sheet: str
    cell: str | None
    label: str


@dataclass(frozen=True)
class FormProblem:
    """One thing that is wrong; `place` is the place in the audit, `message` is for people (Chinese)."""

    place: str
    spot: Spot | None
    given: str
    message: str
    code: Sentences | None = field(default=None, compare=False)
    """Of what the intake found; None of what only a workbook can be."""

    def __str__(self) -> str:
        """`sheet!cell label: message`."""
        if self.spot is None:
            return self.message
        where = f"{self.spot.sheet}!{self.spot.cell}" if self.spot.cell else self.spot.sheet
        return f"{where} {self.spot.label}：{self.message}"


class FormError(Exception):
    """A form can't be read as an audit; `problems` says everything that is wrong.

    `can_mark` tells whether the workbook is a form at all, so that the problems can be marked in a copy of it.
    """

    def __init__(self, problems: Iterable[FormProblem], can_mark: bool) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        self.can_mark = can_mark
        super().__init__("\n".join(str(problem) for problem in self.problems))
