"""Refusals of a model, at the place of the document and in words of the language."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grading.invisible import shown_invisible
from grading.language.problems import Problem, place_of
from grading.language.source import Path_, Source
from grading.model import condition, ruleset
from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, Reason, ReasonError, reason_of
from grading.problems.ruleset_codes import RulesetCode

_SHOULD_BE = {
    "bool": Phrase.BOOLEAN,
    "date": Phrase.DAY,
    "decimal": Phrase.NUMBER,
    "dict": Phrase.A_MAPPING,
    "int": Phrase.WHOLE_NUMBER,
    "mapping": Phrase.A_MAPPING,
    "model": Phrase.A_MAPPING,
    "string": Phrase.A_TEXT,
    "tuple": Phrase.A_LIST,
}

_LIKE = {
    r"^[A-Za-z][A-Za-z0-9_]*$": Phrase.AN_ID,
    r"^[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*$": Phrase.A_RULESET_ID,
    r"^common/[a-z0-9_]+$": Phrase.A_PART_ID,
    r"^\d{6}$": Phrase.A_REGION,
    r"^[A-Za-z][A-Za-z0-9_+, -]*$": Phrase.LEVELS,
}
"""The patterns of the models in words."""


def invalid(source: Source, at: Path_, raw: Any, error: ValidationError) -> list[Problem]:
    """The problems of a value that stands at `at`: one a place, however many alternatives it failed."""
    by_place: dict[Path_, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        # A list all of whose items are wrong also counts as too short.
        if detail["type"] == "too_short" and detail["input"]:
            continue
        by_place.setdefault(_path(raw, detail), []).append(detail)
    told = {problem.place for problem in source.problems}
    return [
        source.problem((*at, *path), _reason(details))
        for path, details in by_place.items()
        # What was one of several forms is told by what is wrong inside it; what YAML found wrong is told already.
        if not (_is_other_form(details) and any(other[: len(path)] == path != other for other in by_place))
        and place_of((*at, *path)) not in told
    ]


def _is_other_form(details: list[ErrorDetails]) -> bool:
    """True where a value with parts of its own was also held against forms without."""
    return isinstance(details[0]["input"], dict) and all(_expected(detail) is not None for detail in details)


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
            if step in condition.FORMS and not entered and not (last and ends_in_key):
                entered = True
                continue
            if step not in here and not (last and ends_in_key):
                continue
            path.append(step)
            here, entered = here.get(step), False
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            path.append(step)
            here, entered = here[step], False
    return tuple(path)


def _reason(details: list[ErrorDetails]) -> Reason:
    """One reason for all that was found at one place."""
    kinds = [detail["type"] for detail in details]
    first = details[0]
    given = first["input"]
    if kinds[0] == "extra_forbidden":
        key = str(first["loc"][-1])
        near = get_close_matches(key, [known for known in known_keys() if known != key], 1, 0.7)
        code = RulesetCode.KEY_MISPLACED if key in known_keys() else RulesetCode.KEY_UNKNOWN
        hint: Parameter = reason_of(Phrase.PERHAPS, names=(_code(near[0]),)) if near else Phrase.NOTHING
        if key.isdecimal():
            hint = Phrase.NO_COMMAS  # `{at_most: 10,5}`
        return reason_of(code, hint=hint)
    if kinds[0] == "missing":
        return reason_of(RulesetCode.KEY_MISSING)
    expected = [_expected(detail) for detail in details]
    types = [one for one in dict.fromkeys(expected) if one is not None]
    if None not in expected:
        quotes = _needs_quotes(kinds, given)
        return reason_of(RulesetCode.OTHER_EXPECTED, expected=_any_of(types), given=_shown(given), hint=quotes)
    reasons = list(dict.fromkeys(map(_refusal, details)))
    return reasons[0] if len(reasons) == 1 else reason_of(RulesetCode.VALUE_REFUSED, why=_any_of(reasons))


def _refusal(detail: ErrorDetails) -> Reason:
    """The reason why a model's own check refused a value."""
    if detail["type"] == condition.FORM_MISSING:
        return reason_of(RulesetCode.CONDITION_FORM, forms=condition.FORMS)
    error = detail.get("ctx", {}).get("error")
    if isinstance(error, ReasonError):
        return error.reason
    return reason_of(RulesetCode.VALUE_REFUSED, why=detail["msg"].removeprefix("Value error, ")[:400])


def _any_of(alternatives: Sequence[Parameter]) -> Parameter:
    *others, last = alternatives
    return reason_of(Phrase.OR, first=tuple(others), second=last) if others else last


def _expected(detail: ErrorDetails) -> Parameter | None:
    kind = detail["type"]
    if kind in ("literal_error", "enum"):
        return _any_of(detail["ctx"]["expected"].replace(" or ", ", ").split(", "))
    if kind == "string_pattern_mismatch":
        pattern = detail["ctx"]["pattern"]
        return _LIKE.get(pattern) or reason_of(Phrase.TEXT_LIKE, pattern=pattern)
    if kind in ("too_short", "string_too_short"):
        return reason_of(Phrase.LEAST_LENGTH, least=detail["ctx"]["min_length"])
    if kind in ("too_long", "string_too_long"):
        return reason_of(Phrase.MOST_LENGTH, most=detail["ctx"]["max_length"])
    if kind == "greater_than_equal":
        return reason_of(Phrase.AT_LEAST, least=detail["ctx"]["ge"])
    if kind == "less_than_equal":
        return reason_of(Phrase.AT_MOST, most=detail["ctx"]["le"])
    name, _, what = kind.partition("_")
    wrong_type = what == "type" or "from" in what or "parsing" in what
    return _SHOULD_BE.get(name) if wrong_type else None


def _needs_quotes(kinds: list[str], given: Any) -> Phrase:
    """A text that YAML reads as something else: `jurisdiction: 610400`, `label: true`."""
    if kinds == ["string_type"] and isinstance(given, bool | Decimal | date):
        return Phrase.PUT_IN_QUOTES
    return Phrase.NOTHING


def _shown(given: Any) -> Parameter:
    if given is None or (isinstance(given, dict | list) and not given):
        return Phrase.EMPTY
    if isinstance(given, dict | list):
        return Phrase.A_MAPPING if isinstance(given, dict) else Phrase.A_LIST
    return _code(str(given).lower() if isinstance(given, bool) else shown_invisible(str(given)[:60]))


def _code(text: str) -> Reason:
    return reason_of(Phrase.CODE, text=text)


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
