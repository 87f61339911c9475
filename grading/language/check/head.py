"""The head of a ruleset: its dates."""

from collections.abc import Iterator

from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode


def check_head(loaded: Loaded) -> Iterator[Problem]:
    """Dates that can't be."""
    edition = loaded.ruleset.edition
    if edition.superseded is not None and edition.superseded <= edition.effective:
        early = RulesetCode.SUPERSEDED_TOO_EARLY
        reason = reason_of(early, superseded=edition.superseded, effective=edition.effective)
        yield loaded.own.problem(("edition", "superseded"), reason)
