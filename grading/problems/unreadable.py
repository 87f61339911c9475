"""Reasons of the operating system for not giving a file, in both languages."""

import errno

from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, reason_of


def why_unreadable(error: OSError) -> Parameter:
    """The phrase of an error."""
    if isinstance(error, FileNotFoundError):
        return Phrase.NO_SUCH_FILE
    if isinstance(error, PermissionError):
        return Phrase.NO_PERMISSION
    if isinstance(error, IsADirectoryError):
        return Phrase.IS_A_FOLDER
    return reason_of(Phrase.SYSTEM_ERROR, name=errno.errorcode.get(error.errno or 0, str(error.errno)))
