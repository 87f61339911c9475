"""Faults that the operating system and Python's JSON reader report, in both languages."""

import errno

from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, reason_of

_JSON_FAULTS = (
    ("Expecting value", Phrase.JSON_VALUE),
    ("Expecting property name", Phrase.JSON_NAME),
    ("Expecting ':'", Phrase.JSON_COLON),
    ("Expecting ','", Phrase.JSON_COMMA),
    ("Illegal trailing comma", Phrase.JSON_TRAILING_COMMA),
    ("Extra data", Phrase.JSON_EXTRA),
    ("Unterminated string", Phrase.JSON_STRING),
    ("Invalid control character", Phrase.JSON_CONTROL),
    ("Invalid \\", Phrase.JSON_ESCAPE),
)
"""Beginnings of the standard library's messages, with their meanings."""


def why_unreadable(error: OSError) -> Parameter:
    """The phrase of an error."""
    if isinstance(error, FileNotFoundError):
        return Phrase.NO_SUCH_FILE
    if isinstance(error, PermissionError):
        return Phrase.NO_PERMISSION
    if isinstance(error, IsADirectoryError):
        return Phrase.IS_A_FOLDER
    return reason_of(Phrase.SYSTEM_ERROR, name=errno.errorcode.get(error.errno or 0, str(error.errno)))


def json_fault(message: str) -> Phrase:
    """The phrase of a message of `json.JSONDecodeError`, which has no codes of its own."""
    return next((phrase for begin, phrase in _JSON_FAULTS if message.startswith(begin)), Phrase.JSON_OTHER)
