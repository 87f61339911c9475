"""The head of a ruleset: its dates."""

from collections.abc import Iterator

from grading.language.loaded import Loaded
from grading.language.problems import Problem


def check_head(loaded: Loaded) -> Iterator[Problem]:
    """Dates that can't be."""
    edition = loaded.ruleset.edition
    if edition.superseded is not None and edition.superseded <= edition.effective:
        message = f"is superseded on {edition.superseded}, not after it takes effect on {edition.effective}"
        yield loaded.own.problem(("edition", "superseded"), message)
