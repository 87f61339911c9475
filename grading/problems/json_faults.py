"""Faults that the JSON reader of Python's library found, in both languages."""

from grading.problems.phrases import Phrase

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


def json_fault(message: str) -> Phrase:
    """The phrase of a message of `json.JSONDecodeError`, which has no codes of its own."""
    return next((phrase for begin, phrase in _JSON_FAULTS if message.startswith(begin)), Phrase.JSON_OTHER)
