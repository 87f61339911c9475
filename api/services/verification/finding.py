"""Findings of a verification."""

import zlib
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

UNREADABLE = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    zlib.error,
    SQLAlchemyError,
)
"""Exceptions that stored data raise which the service can't have written."""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was made; `subject` says what: `grading:<id>`, `log:<number>`, `audit:<id>`,
    `evidence:<id>`, `ruleset:<digest>`, `schema:<name>`, or another row that the log records.
    """

    subject: str
    message: str
