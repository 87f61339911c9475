"""Strict JSON with exact numbers, and the places of what can't be read exactly."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from grading.intake.problems import AuditError, InputProblem, Path, input_problem
from grading.problems.codes import ProblemCode
from grading.problems.unreadable import json_fault

MAX_BYTES = 5_000_000
MAX_DIGITS = 40


class ObjectWithRepeats(dict[str, Any]):
    """An object with repeated keys."""

    repeated: tuple[str, ...] = ()


class NotANumber(str):
    """A number that can't be read exactly, as written: NaN, an infinity, one with too many digits."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    repeated = ObjectWithRepeats(found)
    repeated.repeated = tuple(dict.fromkeys(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return repeated


def parse_json(text: bytes | str) -> Any:
    """Strict JSON with exact numbers; raises AuditError. Duplicate keys are reported by `read_audit`, with their place."""
    return parse_json_exactly(text)[0]


def parse_json_exactly(text: bytes | str) -> tuple[Any, bool]:
    """As `parse_json`, and whether every key of the document stands once in its object and every number can be read exactly."""
    faults: list[object] = []

    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = _object(pairs)
        if len(found) != len(pairs):
            faults.append(found)
        return found

    def number(text: str) -> Any:
        found = _number(text)
        if isinstance(found, NotANumber):
            faults.append(found)
        return found

    def constant(text: str) -> NotANumber:
        faults.append(text)
        return NotANumber(text)

    if len(text) > MAX_BYTES:
        raise AuditError([input_problem("", ProblemCode.TOO_LARGE, most=MAX_BYTES)])
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        raw = json.loads(
            text, parse_float=number, parse_int=number, parse_constant=constant, object_pairs_hook=object_of
        )
    except UnicodeDecodeError as error:
        raise AuditError([input_problem("", ProblemCode.NOT_UTF8, byte=error.start)]) from None
    except json.JSONDecodeError as error:
        raise AuditError([_not_json(error)]) from None
    except RecursionError:
        raise AuditError([input_problem("", ProblemCode.NESTED_TOO_DEEPLY)]) from None
    return raw, not faults


def _not_json(error: json.JSONDecodeError) -> InputProblem:
    fault, line, column = json_fault(error.msg), error.lineno, error.colno
    return input_problem("", ProblemCode.NOT_JSON, fault=fault, line=line, column=column)


def _number(text: str) -> Any:
    digits = text.lower().lstrip("-")
    exponent = digits.partition("e")[2]
    if len(digits) > MAX_DIGITS or (exponent and abs(int(exponent)) > MAX_DIGITS):
        return NotANumber(text[:MAX_DIGITS])
    return Decimal(text)


def repeated_keys(raw: Any) -> Iterator[Path]:
    """The place of every key of a parsed document that stood there twice."""
    for path, value in _values(raw):
        for key in getattr(value, "repeated", ()):
            yield (*path, key)


def unreadable_numbers(raw: Any) -> Iterator[Path]:
    """The place of everything in a parsed document that is written as a number and can't be read exactly as one."""
    return (path for path, value in _values(raw) if isinstance(value, NotANumber))


def _values(raw: Any) -> Iterator[tuple[Path, Any]]:
    """Every value of a parsed document with its place. A list of what waits, so that depth is no matter."""
    waiting: list[tuple[Path, Any]] = [((), raw)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [((*path, step), item) for step, item in inner]
