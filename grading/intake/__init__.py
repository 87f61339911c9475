"""JSON → Audit: everything that is wrong with it at once, each with its place; nothing is guessed, nothing rounded."""

from grading.intake.audit import MAX_UNITS, check_audit, last_time_in, read_audit
from grading.intake.exact_json import MAX_BYTES, parse_json, parse_json_exactly, repeated_keys, unreadable_numbers
from grading.intake.parts import MAX_TEXT, UNWRITABLE
from grading.intake.problems import AuditError, InputProblem, input_problem, read_otherwise
from grading.intake.units import MAX_ROWS, too_few_rows
from grading.intake.values import check_value

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "MAX_TEXT",
    "MAX_UNITS",
    "UNWRITABLE",
    "AuditError",
    "InputProblem",
    "check_audit",
    "check_value",
    "input_problem",
    "last_time_in",
    "parse_json",
    "parse_json_exactly",
    "read_audit",
    "read_otherwise",
    "repeated_keys",
    "too_few_rows",
    "unreadable_numbers",
]
