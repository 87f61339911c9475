"""Problems of a campaign or a plants file, each with its place, in Chinese."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from grading.intake import repeated_keys, unreadable_numbers
from grading.invisible import shown_invisible
from grading.language.problems import place_of
from grading.problems.codes import ProblemCode
from grading.problems.reason import Reason, Reasoned, reason_of
from grading.validation import refusal_reason


@dataclass(frozen=True, order=True)
class CampaignProblem(Reasoned):
    """One finding: the file, its line (from 1; 0: the whole file), the place inside it, and what would be right."""

    file: str
    line: int
    place: str
    reason: Reason

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.place}: {self.message}" if self.place else f"{where}: {self.message}"


class CampaignError(Exception):
    """A campaign can't be evaluated; `problems` says everything that is wrong, in order."""

    def __init__(self, problems: Iterable[CampaignProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def places(error: ValidationError) -> Iterable[tuple[tuple[str | int, ...], Reason]]:
    """The place of each thing that a model refused, and why."""
    details = error.errors(include_url=False)
    places_ = [detail["loc"] for detail in details]
    for detail in details:
        at = detail["loc"]
        if detail["type"] == "too_short" and any(len(other) > len(at) and other[: len(at)] == at for other in places_):
            # Items that are wrong by themselves were not counted.
            continue
        steps = (step for step in detail["loc"] if not _is_alternative(step))
        yield tuple(shown_invisible(step) if isinstance(step, str) else step for step in steps), refusal_reason(detail)


def faults_of_json(raw: Any) -> Iterator[tuple[tuple[str | int, ...], Reason]]:
    """The faults that a model would pass over in a parsed document: keys that stand twice, numbers taken for texts."""
    yield from ((path, reason_of(ProblemCode.KEY_TWICE)) for path in repeated_keys(raw))
    yield from ((path, reason_of(ProblemCode.VALUE_NOT_EXACT)) for path in unreadable_numbers(raw))


def place_text(path: tuple[str | int, ...]) -> str:
    """A place as people write it."""
    return place_of(path)


def _is_alternative(step: Any) -> bool:
    """True when a step of an error's location names an alternative of a union and nothing of the document."""
    return isinstance(step, str) and ("[" in step or step.startswith("literal"))
