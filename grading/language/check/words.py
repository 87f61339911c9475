"""Names of things in findings."""

from collections.abc import Collection
from difflib import get_close_matches

from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, reason_of


def near(name: str, known: Collection[str]) -> Parameter:
    """`; perhaps `x`` for a name that looks like a known one, else what there is."""
    close = get_close_matches(name, known, 3, 0.75)
    if close:
        return reason_of(Phrase.PERHAPS, names=tuple(reason_of(Phrase.CODE, text=one) for one in close))
    return reason_of(Phrase.THERE_ARE, names=listed(known)) if 0 < len(known) <= 12 else Phrase.NOTHING


def listed(names: Collection[str]) -> Parameter:
    """The names, or that there are none."""
    return tuple(names) or Phrase.NONE
