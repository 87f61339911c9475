"""Refusals of pydantic models, as problems of the catalogue."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from grading.invisible import shown_invisible
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, Reason, ReasonError, reason_of
from grading.problems.unreadable import json_fault

_EXPECTED = {
    "bool": Phrase.BOOLEAN,
    "date": Phrase.DAY,
    "datetime": Phrase.TIMESTAMP,
    "decimal": Phrase.NUMBER,
    "dict": Phrase.KEYS_AND_VALUES,
    "finite": Phrase.NUMBER,
    "float": Phrase.NUMBER,
    "int": Phrase.WHOLE_NUMBER,
    "list": Phrase.LIST,
    "mapping": Phrase.KEYS_AND_VALUES,
    "model": Phrase.KEYS_AND_VALUES,
    "set": Phrase.LIST,
    "string": Phrase.QUOTED_TEXT,
    "timezone": Phrase.TIMESTAMP,
    "tuple": Phrase.LIST,
    "uuid": Phrase.UUID,
}
"""Expected values, by the beginning of an error's type."""
_BOUNDS = {
    "greater_than": (ProblemCode.VALUE_NOT_ABOVE, "gt"),
    "greater_than_equal": (ProblemCode.VALUE_TOO_SMALL, "ge"),
    "less_than": (ProblemCode.VALUE_NOT_BELOW, "lt"),
    "less_than_equal": (ProblemCode.VALUE_TOO_LARGE, "le"),
}


def refusal_reason(detail: Mapping[str, Any]) -> Reason:
    """The reason for one error of a model, as `ValidationError.errors` or FastAPI lists them."""
    kind, context = detail["type"], detail.get("ctx", {})
    given = _shown(detail.get("input"))
    if kind == "missing":
        return reason_of(ProblemCode.KEY_MISSING)
    if kind == "extra_forbidden":
        return reason_of(ProblemCode.KEY_NOT_THERE)
    if kind in ("literal_error", "enum"):
        expected = tuple(option.strip("'") for option in context["expected"].replace(" or ", ", ").split(", "))
        return reason_of(ProblemCode.LITERAL_EXPECTED, expected=expected, given=given)
    if kind in _BOUNDS:
        code, bound = _BOUNDS[kind]
        return reason_of(code, bound=context[bound], given=given)
    if kind == "string_pattern_mismatch":
        return reason_of(ProblemCode.PATTERN_EXPECTED, pattern=context["pattern"], given=given)
    if kind == "value_error":
        error = context["error"]
        if isinstance(error, ReasonError):
            return error.reason
        return reason_of(ProblemCode.VALUE_REFUSED, why=shown_invisible(str(error)))
    if kind == "json_invalid":
        fault = json_fault(str(context.get("error", "")))
        return reason_of(ProblemCode.JSON_EXPECTED, fault=fault, position=detail["loc"][-1])
    return _of_length(kind, context) or _of_type(kind, given)


def _of_length(kind: str, context: Mapping[str, Any]) -> Reason | None:
    if kind == "too_short":
        return reason_of(ProblemCode.ITEMS_TOO_FEW, least=context["min_length"])
    if kind == "string_too_short":
        least = context["min_length"]
        return reason_of(ProblemCode.VALUE_EMPTY) if least == 1 else reason_of(ProblemCode.VALUE_TOO_SHORT, least=least)
    if kind in ("too_long", "string_too_long"):
        return reason_of(ProblemCode.VALUE_TOO_LONG, most=context["max_length"])
    return None


def _of_type(kind: str, given: Parameter) -> Reason:
    expected = _EXPECTED.get(kind.partition("_")[0])
    if expected is None:
        return reason_of(ProblemCode.VALUE_INVALID, given=given)
    return reason_of(ProblemCode.TYPE_EXPECTED, expected=expected, given=given)


def _shown(given: Any) -> Parameter:
    if given is None:
        return Phrase.EMPTY
    if isinstance(given, dict | list | BaseModel):
        return Phrase.SEVERAL_VALUES
    text = given[:60].decode(errors="replace") if isinstance(given, bytes) else str(given)[:60]
    return reason_of(Phrase.QUOTED, text=shown_invisible(text))
