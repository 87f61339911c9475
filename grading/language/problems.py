"""Problems of a file, with their places."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from grading.problems.reason import CodedError, Parameter, Reason, Reasoned

_STEP = re.compile(r"\[([0-9]{1,9})\]|([^.\[\]]+)")
"""Places are also taken apart where odd keys made them: an index is never longer than a list can be."""


@dataclass(frozen=True, order=True)
class Problem(Reasoned):
    """One finding: the file, the line (from 1; 0 = the whole file), the place inside, and what would be right."""

    file: str
    line: int
    place: str
    reason: Reason
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """`file:line: severity: place: message`, as compilers print it."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        place = f"{self.place}: " if self.place else ""
        return f"{where}: {self.severity}: {place}{self.message}"


class LanguageError(Exception):
    """One or more files can't be used; `problems` says everything that is wrong, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        """The error as another process makes it again."""
        return LanguageError, (self.problems,)


def why_unusable(error: LanguageError | CodedError) -> Parameter:
    """The reasons why a ruleset can't be used: problems of its files, or the engine's refusal."""
    return error.reason if isinstance(error, CodedError) else str(error)


def place_of(path: Iterable[str | int]) -> str:
    """`("indicators", 2, "levels")` → `indicators[2].levels`."""
    place = ""
    for step in path:
        if isinstance(step, int):
            place += f"[{step}]"
        else:
            place += f".{step}" if place else step
    return place


def steps_of(place: str) -> tuple[str | int, ...]:
    """`indicators[2].levels` → `("indicators", 2, "levels")`. A key that has dots or brackets itself gives several steps."""
    return tuple(int(index) if index else name for index, name in _STEP.findall(place))
