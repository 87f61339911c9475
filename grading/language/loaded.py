"""A merged ruleset that still knows where each of its entries was written."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from grading.language.problems import Problem
from grading.language.source import Path_, Source
from grading.model.ruleset import Ruleset
from grading.problems.reason import Reason


@dataclass(frozen=True)
class Origin:
    """The origin of an entry of a merged ruleset."""

    source: Source
    path: Path_


@dataclass(frozen=True)
class Loaded:
    """A merged ruleset together with where each of its entries stands."""

    ruleset: Ruleset
    origins: Mapping[tuple[str, str], Origin]
    own: Source

    def problem(self, kind: str, id_: str, inner: Path_, reason: Reason, warning: bool = False) -> Problem:
        """A finding about an entry, at its place in whichever file wrote it."""
        origin = self.origins.get((kind, id_))
        source, path = (origin.source, (*origin.path, *inner)) if origin else (self.own, inner)
        found = source.problem(path, reason)
        return replace(found, severity="warning") if warning else found
