"""`<industry>.accepted.yaml`: findings of a proof that the guideline itself causes, each with its reason."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError

from grading.language.invalid import invalid
from grading.language.load import Library
from grading.language.loaded import Loaded
from grading.language.problems import LanguageError, Problem
from grading.language.source import Source, read_source
from grading.model.base import Strict, Text
from grading.problems.proof_codes import ProofCode
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

SUFFIX = ".accepted.yaml"


class Entry(Strict):
    """A kind of finding that is right as it stands, at some places, and why."""

    finding: ProofCode
    places: tuple[Text, ...] = Field(min_length=1)
    reason: Text


class AcceptedFile(Strict):
    """The file as it is written."""

    accepted: tuple[Entry, ...]


@dataclass(frozen=True)
class Accepted:
    """The reasons of one file, by finding and place."""

    source: Source | None
    reasons: dict[tuple[str, str], tuple[str, int]]

    def needless(self, found: set[tuple[str, str]]) -> list[Problem]:
        """The accepted findings that are not found any more."""
        if self.source is None:
            return []
        return [
            self.source.problem(
                ("accepted", index), reason_of(ProofCode.ACCEPTED_NEEDLESSLY, finding=finding, place=place)
            )
            for (finding, place), (_, index) in self.reasons.items()
            if (finding, place) not in found
        ]


def read_accepted(beside: Path, shown: str) -> Accepted:
    """The file beside a ruleset or part; empty where there is none. Raises LanguageError."""
    path = beside.with_name(beside.name.removesuffix(".yaml") + SUFFIX)
    if not path.is_file():
        return Accepted(None, {})
    source = read_source(path, shown.removesuffix(".yaml") + SUFFIX)
    problems = list(source.problems)
    found: dict[tuple[str, str], tuple[str, int]] = {}
    try:
        for i, entry in enumerate(AcceptedFile.model_validate(source.data).accepted):
            for place in entry.places:
                if (entry.finding.value, place) in found:
                    first = source.line(("accepted", found[entry.finding.value, place][1]))
                    twice = reason_of(RulesetCode.ID_TWICE, id=place, line=first)
                    problems.append(source.problem(("accepted", i, "places"), twice))
                found.setdefault((entry.finding.value, place), (entry.reason, i))
    except ValidationError as error:
        problems += invalid(source, (), source.data, error)
    if problems:
        raise LanguageError(problems)
    return Accepted(source, found)


def accepted_of(library: Library, loaded: Loaded) -> dict[str, Accepted]:
    """By file, the accepted findings beside a ruleset and beside all that it is made of. Raises LanguageError."""
    files = {loaded.own.file, *(origin.source.file for origin in loaded.origins.values())}
    by_shown = {file: library.root / Path(file).parent.name / Path(file).name for file in files}
    return {file: read_accepted(path, file) for file, path in by_shown.items()}
