"""What is wrong with a campaign or a plants file, each with its place, in Chinese."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grading.intake import repeated_keys, unreadable_numbers
from grading.invisible import shown_invisible
from grading.language.problems import place_of

_EXPECTED = {
    "bool": "true 或 false",
    "date": "形如 2023-09-10 的日期",
    "decimal": "数字",
    "int": "整数",
    "list": "列表",
    "tuple": "列表",
    "model": "一组键值",
    "string": "文字（数字须加引号）",
}
TWICE = "写了两次"
NOT_A_NUMBER = "不是有限的数，或位数过多"
_BOUNDS = {"greater_than_equal": "不小于", "less_than_equal": "不大于"}


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


def places(error: ValidationError) -> Iterable[tuple[tuple[str | int, ...], str]]:
    """The place and the Chinese message of each thing that a model refused."""
    for detail in error.errors(include_url=False):
        steps = (step for step in detail["loc"] if not _is_alternative(step))
        yield tuple(shown_invisible(step) if isinstance(step, str) else step for step in steps), _message(detail)


def faults_of_json(raw: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What a model would pass over in a parsed document: keys that stand twice, and numbers that it would take for texts."""
    yield from ((path, TWICE) for path in repeated_keys(raw))
    yield from ((path, NOT_A_NUMBER) for path in unreadable_numbers(raw))


def place_text(path: tuple[str | int, ...]) -> str:
    """A place as people write it."""
    return place_of(path)


def _is_alternative(step: Any) -> bool:
    """Whether a step of an error's location names an alternative of a union and nothing of the document."""
    return isinstance(step, str) and ("[" in step or step.startswith("literal"))


def _message(detail: ErrorDetails) -> str:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "missing":
        return "缺少此项"
    if kind == "extra_forbidden":
        return "没有这样的键"
    if kind in ("literal_error", "enum"):
        return f"应为 {context['expected'].replace(' or ', ' 或 ')}，现为 {_shown(given)}"
    if kind in _BOUNDS:
        return f"应{_BOUNDS[kind]} {context.get('ge', context.get('le'))}，现为 {_shown(given)}"
    if kind == "string_pattern_mismatch":
        return f"写法不对，应形如 {context['pattern']}，现为 {_shown(given)}"
    if kind == "value_error":
        return shown_invisible(str(context["error"]))
    if kind in ("too_short", "string_too_short"):
        return f"至少 {context['min_length']} 项" if kind == "too_short" else "不能为空"
    if kind in ("too_long", "string_too_long"):
        return f"最长 {context['max_length']}"
    expected = _EXPECTED.get(kind.partition("_")[0])
    return f"应为{expected}，现为 {_shown(given)}" if expected else detail["msg"]


def _shown(given: Any) -> str:
    if given is None:
        return "空"
    if isinstance(given, dict | list | BaseModel):
        return "一组值"
    return f"“{shown_invisible(str(given)[:60])}”"
