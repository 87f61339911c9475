"""What is wrong with a campaign or a plants file, each with its place, in Chinese."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grading.intake import is_exact, repeated_keys, unreadable_numbers
from grading.invisible import shown_invisible
from grading.language.problems import place_of
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, Reason, reason_of

_EXPECTED = {
    "bool": Phrase.BOOLEAN,
    "date": Phrase.DAY,
    "decimal": Phrase.NUMBER,
    "int": Phrase.WHOLE_NUMBER,
    "list": Phrase.LIST,
    "tuple": Phrase.LIST,
    "model": Phrase.KEYS_AND_VALUES,
    "string": Phrase.QUOTED_TEXT,
}


@dataclass(frozen=True, order=True)
class CampaignProblem:
    """One finding: the file, its line (from 1; 0: the whole file), the place inside it, and what would be right."""

    file: str
    line: int
    place: str
    message: str

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
    for detail in error.errors(include_url=False):
        steps = (step for step in detail["loc"] if not _is_alternative(step))
        yield tuple(shown_invisible(step) if isinstance(step, str) else step for step in steps), _reason(detail)


def faults_of_json(raw: Any) -> Iterator[tuple[tuple[str | int, ...], Reason]]:
    """What a model would pass over in a parsed document: keys that stand twice, and numbers that it would take for texts."""
    if is_exact(raw):
        return
    yield from ((path, reason_of(ProblemCode.KEY_TWICE)) for path in repeated_keys(raw))
    yield from ((path, reason_of(ProblemCode.VALUE_NOT_EXACT)) for path in unreadable_numbers(raw))


def place_text(path: tuple[str | int, ...]) -> str:
    """A place as people write it."""
    return place_of(path)


def _is_alternative(step: Any) -> bool:
    """Whether a step of an error's location names an alternative of a union and nothing of the document."""
    return isinstance(step, str) and ("[" in step or step.startswith("literal"))


def _reason(detail: ErrorDetails) -> Reason:
    kind, context = detail["type"], detail.get("ctx", {})
    given = _shown(detail["input"])
    if kind == "missing":
        return reason_of(ProblemCode.KEY_MISSING)
    if kind == "extra_forbidden":
        return reason_of(ProblemCode.KEY_NOT_THERE)
    if kind in ("literal_error", "enum"):
        expected = context["expected"].replace(" or ", ", ").split(", ")
        return reason_of(ProblemCode.LITERAL_EXPECTED, expected=tuple(expected), given=given)
    if kind == "greater_than_equal":
        return reason_of(ProblemCode.VALUE_TOO_SMALL, least=context["ge"], given=given)
    if kind == "less_than_equal":
        return reason_of(ProblemCode.VALUE_TOO_LARGE, most=context["le"], given=given)
    if kind == "string_pattern_mismatch":
        return reason_of(ProblemCode.PATTERN_EXPECTED, pattern=context["pattern"], given=given)
    if kind == "value_error":
        return reason_of(ProblemCode.VALUE_REFUSED, why=shown_invisible(str(context["error"])))
    if kind == "too_short":
        return reason_of(ProblemCode.ITEMS_TOO_FEW, least=context["min_length"])
    if kind == "string_too_short":
        return reason_of(ProblemCode.VALUE_EMPTY)
    if kind in ("too_long", "string_too_long"):
        return reason_of(ProblemCode.VALUE_TOO_LONG, most=context["max_length"])
    expected = _EXPECTED.get(kind.partition("_")[0])
    if expected is None:
        return reason_of(ProblemCode.VALUE_REFUSED, why=detail["msg"])
    return reason_of(ProblemCode.TYPE_EXPECTED, expected=expected, given=given)


def _shown(given: Any) -> Parameter:
    if given is None:
        return Phrase.EMPTY
    if isinstance(given, dict | list | BaseModel):
        return Phrase.SEVERAL_VALUES
    return reason_of(Phrase.QUOTED, text=shown_invisible(str(given)[:60]))
