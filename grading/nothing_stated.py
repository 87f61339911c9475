"""Signs and words by which people say in a cell that there is nothing to state: “—”, “/”, 无, 不涉及."""

import re
import unicodedata

from grading.problems.codes import ProblemCode
from grading.problems.reason import ReasonError

NOTHING = r"[-‐‑‒–—―−_/\\|*.。?×]+|(?:暂|均)?无|没有|未填|空白?|不涉及|未涉及|不适用|不清楚|不详|未知|n\.?/?a\.?|null|none|nil"
"""The pattern of such a text, in either case."""
_NOTHING = re.compile(NOTHING, re.I)


class NothingStatedError(ReasonError):
    """A text says that there is nothing to state."""


def says_nothing(text: str) -> bool:
    """True of a text that says that there is nothing."""
    return _NOTHING.fullmatch(unicodedata.normalize("NFKC", text).strip()) is not None


def refuse_nothing(text: str) -> None:
    """Raises NothingStatedError for a text that says that there is nothing: such a cell is left empty."""
    if says_nothing(text):
        raise NothingStatedError(ProblemCode.NOTHING_STATED, given=text.strip())
