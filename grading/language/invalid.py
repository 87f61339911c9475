"""What a model refuses, told at the place of the document and in words of the language."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grading.language.problems import Problem
from grading.language.source import Path_, Source
from grading.model import condition, ruleset

FORMS = ("fact", "all", "any", "not", "at_least_of", "each", "some")
_SHOULD_BE = {
    "bool": "true or false",
    "date": "a day like 2023-09-10",
    "decimal": "a number",
    "dict": "a mapping",
    "int": "a whole number",
    "mapping": "a mapping",
    "model": "a mapping",
    "string": "a text",
    "tuple": "a list",
}


def invalid(source: Source, at: Path_, raw: Any, error: ValidationError) -> list[Problem]:
    """The problems of a value that stands at `at`: one a place, however many alternatives it failed."""
    by_place: dict[Path_, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        # A list all of whose items are wrong also counts as too short.
        if detail["type"] == "too_short" and detail["input"]:
            continue
        by_place.setdefault(_path(raw, detail), []).append(detail)
    return [source.problem((*at, *path), _said(details)) for path, details in by_place.items()]


def _path(raw: Any, detail: ErrorDetails) -> Path_:
    """An error's location without the names of alternatives, which the document does not have."""
    loc = detail["loc"]
    ends_in_key = detail["type"] in ("extra_forbidden", "missing")
    path: list[int | str] = []
    here = raw
    entered = False  # a condition's form stands before its keys, once
    for i, step in enumerate(loc):
        if isinstance(here, dict) and isinstance(step, str):
            last = i == len(loc) - 1
            if step in FORMS and not entered and not (last and ends_in_key):
                entered = True
                continue
            if step not in here and not last:
                continue
            path.append(step)
            here, entered = here.get(step), False
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            path.append(step)
            here, entered = here[step], False
    return tuple(path)


def _said(details: list[ErrorDetails]) -> str:
    """One message for all that was found at one place."""
    kinds = [detail["type"] for detail in details]
    first = details[0]
    given = first["input"]
    if kinds[0] == "extra_forbidden":
        key = str(first["loc"][-1])
        near = get_close_matches(key, [known for known in known_keys() if known != key], 1, 0.7)
        said = "can't stand here" if key in known_keys() else "unknown key"
        return f"{said}{f'; perhaps `{near[0]}`' if near else ''}"
    if kinds[0] == "missing":
        return "is missing"
    expected = list(dict.fromkeys(_expected(detail) for detail in details))
    if all(expected):
        quotes = _needs_quotes(kinds, given)
        *others, last = (str(what) for what in expected)
        wanted = f"{', '.join(others)} or {last}" if others else last
        return f"should be {wanted}, is {_shown(given)}{quotes}"
    return " or ".join(dict.fromkeys(detail["msg"].removeprefix("Value error, ") for detail in details))[:400]


def _expected(detail: ErrorDetails) -> str | None:
    kind = detail["type"]
    if kind in ("literal_error", "enum"):
        return str(detail["ctx"]["expected"])
    if kind == "string_pattern_mismatch":
        return f"a text like {detail['ctx']['pattern']}"
    if kind in ("too_short", "string_too_short"):
        return f"at least {detail['ctx']['min_length']} long"
    if kind in ("too_long", "string_too_long"):
        return f"at most {detail['ctx']['max_length']} long"
    if kind in ("greater_than_equal", "less_than_equal"):
        word = "at least" if kind == "greater_than_equal" else "at most"
        return f"{word} {detail['ctx'].get('ge', detail['ctx'].get('le'))}"
    name, _, what = kind.partition("_")
    wrong_type = what == "type" or "from" in what or "parsing" in what
    return _SHOULD_BE.get(name) if wrong_type else None


def _needs_quotes(kinds: list[str], given: Any) -> str:
    """A text that YAML reads as something else: `jurisdiction: 610400`, `label: true`."""
    if kinds == ["string_type"] and isinstance(given, bool | Decimal | date):
        return "; put it in quotes"
    return ""


def _shown(given: Any) -> str:
    if given is None:
        return "empty"
    if isinstance(given, dict | list):
        return ("a mapping" if isinstance(given, dict) else "a list") if given else "empty"
    return f"`{str(given).lower() if isinstance(given, bool) else str(given)[:60]}`"


@cache
def known_keys() -> tuple[str, ...]:
    """All keys that some mapping of a ruleset file may have."""

    unwritten = (ruleset.Frame, ruleset.Ruleset)

    def keys() -> Iterator[str]:
        for module in (condition, ruleset):
            for model in vars(module).values():
                if isinstance(model, type) and issubclass(model, BaseModel) and model not in unwritten:
                    for name, field in model.model_fields.items():
                        yield field.alias or name

    return tuple(dict.fromkeys(keys()))
