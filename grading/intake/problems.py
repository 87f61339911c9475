"""Problems of an audit's document: each with its place, and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from grading.invisible import shown_invisible
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, Reason, Reasoned, Sentences, reason_of

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class InputProblem(Reasoned):
    """A problem at one place of an audit, and what would be right."""

    place: str
    reason: Reason

    def inside(self, place: str) -> "InputProblem":
        """The same problem of a document that stands at a place of a larger one."""
        return replace(self, place=f"{place}.{self.place}" if self.place else place)


def input_problem(place: str, code: Sentences, /, **parameters: Parameter) -> InputProblem:
    """The problem of a code at a place; raises TypeError when the parameters are not those of its sentences."""
    return InputProblem(place, reason_of(code, **parameters))


class AuditError(Exception):
    """An audit can't be graded; `problems` says everything that is wrong. Its text is Chinese, for readers."""

    def __init__(self, problems: Iterable[InputProblem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))

    def __str__(self) -> str:
        """A line a problem."""
        return "\n".join(f"{p.place or '（审核数据）'}：{p.message}" for p in self.problems)


def read_otherwise(code: ProblemCode, read: str, given: str) -> Reason:
    """The notice about a text that is read otherwise than it stands there."""
    return reason_of(code, read=shown_invisible(read), given=shown_invisible(given))


def quoted(raw: Any) -> Parameter:
    """A value as a problem quotes it."""
    if isinstance(raw, dict | list):
        return Phrase.OBJECT if isinstance(raw, dict) else Phrase.LIST
    return reason_of(Phrase.QUOTED, text=shown_invisible(str(raw)[:60]))
