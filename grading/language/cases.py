"""`<industry>.cases.yaml` → test cases, read strictly: all problems of a file at once, each with its line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import Field, ValidationError, model_validator

from grading.language.invalid import invalid
from grading.language.load import Library, _shown
from grading.language.problems import LanguageError, Problem
from grading.language.source import Path_, Source, read_source
from grading.model.base import Identifier, Level, Mode, Strict, Text
from grading.model.result import UNGRADED
from grading.model.ruleset import Ruleset
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, ReasonError, reason_of
from grading.problems.ruleset_codes import RulesetCode

DEFAULT_DAY = date(2023, 9, 10)


class Expectation(Strict):
    """A case's expectation of the result; what it does not name is not compared."""

    grade: Level | None = None
    attainable: Level | None = None
    unmet: dict[Level, tuple[Identifier, ...]] = Field(default_factory=dict)
    unknown: dict[Level, tuple[Identifier, ...]] = Field(default_factory=dict)
    gates: tuple[Identifier, ...] | None = None

    @model_validator(mode="after")
    def expects_something(self) -> "Expectation":
        """A case that compares nothing would always pass."""
        if not self.model_fields_set:
            raise ReasonError(RulesetCode.NOTHING_EXPECTED)
        return self


class CaseEntry(Strict):
    """A case as its file says it."""

    name: Text
    assessed_on: date = DEFAULT_DAY
    mode: Mode = Mode.OFFICIAL
    based_on: Text | None = None
    facts: dict[Identifier, Any] = Field(default_factory=dict)
    groups: dict[Identifier, tuple[dict[Identifier, Any], ...] | None] = Field(default_factory=dict)
    expect: Expectation
    note: Text | None = None


@dataclass(frozen=True)
class Case:
    """A case with the facts and groups of the one it is based on."""

    name: str
    ruleset: str
    assessed_on: date
    mode: Mode
    facts: Mapping[str, Any]
    groups: Mapping[str, Any]
    expect: Expectation
    source: Source = field(repr=False)
    path: Path_
    origins: Mapping[tuple[str, str], Path_] = field(repr=False)
    """The origin of each fact and group, which may be in the case this one is based on."""

    @property
    def line(self) -> int:
        """The line on which the case begins."""
        return self.source.line(self.path)

    def problem(self, place: Path_, reason: Reason) -> Problem:
        """A finding about `("facts", name, …)` or `("groups", name, …)`, where that was written."""
        written = self.origins.get((str(place[0]), str(place[1]))) if len(place) > 1 else None
        return self.source.problem((*written, *place[2:]) if written else (*self.path, *place), reason)


def read_cases(library: Library, ruleset_id: str) -> tuple[Case, ...]:
    """All cases of a ruleset; none when it has no cases file.

    Raises LanguageError with everything that is wrong with file or ruleset, KeyError if there is no ruleset.
    """
    ruleset = library.ruleset(ruleset_id)
    path = library.root / f"{ruleset_id}.cases.yaml"
    if not path.is_file():
        return ()
    source = read_source(path, _shown(path))
    problems = list(source.problems)
    entries = _entries(source, problems)
    by_name: dict[str, tuple[int, CaseEntry]] = {}
    for i, entry in entries:
        if entry.name in by_name:
            first = source.line((by_name[entry.name][0],))
            problems.append(source.problem((i, "name"), reason_of(RulesetCode.CASE_TWICE, line=first)))
        by_name.setdefault(entry.name, (i, entry))
        problems.extend(_unknown_names(source, (i, "expect"), entry.expect, ruleset))
    for i, entry in entries:
        if entry.based_on is not None and entry.based_on not in by_name:
            unknown = reason_of(RulesetCode.CASE_UNKNOWN, case=entry.based_on)
            problems.append(source.problem((i, "based_on"), unknown))
    if problems:
        raise LanguageError(problems)
    return tuple(_inherit(source, ruleset_id, by_name, i, entry) for i, entry in entries)


def _entries(source: Source, problems: list[Problem]) -> list[tuple[int, CaseEntry]]:
    """The well-formed cases with their positions; says what is wrong with the others."""
    if not isinstance(source.data, list):
        if not problems:
            problems.append(source.problem((), reason_of(RulesetCode.CASES_EXPECTED)))
        return []
    found: list[tuple[int, CaseEntry]] = []
    for i, raw in enumerate(source.data):
        try:
            found.append((i, CaseEntry.model_validate(raw)))
        except ValidationError as error:
            problems.extend(invalid(source, (i,), raw, error))
    return found


def _unknown_names(source: Source, at: Path_, expect: Expectation, ruleset: Ruleset) -> list[Problem]:
    """Names that the ruleset does not have: with a typo a case would pass for nothing."""
    problems: list[Problem] = []
    levels = (*ruleset.scale.ids, UNGRADED)
    indicators = {indicator.id for indicator in ruleset.indicators}
    gates = [gate.id for gate in ruleset.gates]
    for name in ("grade", "attainable"):
        level = getattr(expect, name)
        if level is not None and level not in levels:
            reason = reason_of(RulesetCode.CASE_LEVEL_UNKNOWN, level=level, levels=levels)
            problems.append(source.problem((*at, name), reason))
    for name in ("unmet", "unknown"):
        for level, ids in getattr(expect, name).items():
            if level not in ruleset.scale.graded:
                graded = tuple(ruleset.scale.graded)
                reason = reason_of(RulesetCode.LEVEL_WITHOUT_CONDITIONS, level=level, levels=graded)
                problems.append(source.problem((*at, name, level), reason))
            for i, id_ in enumerate(ids):
                if id_ not in indicators:
                    reason = reason_of(RulesetCode.INDICATOR_UNKNOWN, indicator=id_, ruleset=ruleset.id)
                    problems.append(source.problem((*at, name, level, i), reason))
    for i, id_ in enumerate(expect.gates or ()):
        if id_ not in gates:
            reason = reason_of(RulesetCode.GATE_UNKNOWN, gate=id_, gates=tuple(gates) or Phrase.NONE)
            problems.append(source.problem((*at, "gates", i), reason))
    return problems


def _inherit(
    source: Source, ruleset_id: str, by_name: dict[str, tuple[int, CaseEntry]], i: int, entry: CaseEntry
) -> Case:
    """The case with the facts and groups of its ancestors; raises LanguageError for a circle."""
    chain = [(i, entry)]
    while chain[0][1].based_on is not None:
        parent = by_name[chain[0][1].based_on]
        if parent in chain:
            circle = " → ".join(e.name for _, e in reversed([parent, *chain]))
            reason = reason_of(RulesetCode.CASE_IN_CIRCLE, circle=circle)
            raise LanguageError([source.problem((i, "based_on"), reason)])
        chain.insert(0, parent)
    values: dict[str, dict[str, Any]] = {"facts": {}, "groups": {}}
    origins: dict[tuple[str, str], Path_] = {}
    for position, layer in chain:
        for kind in ("facts", "groups"):
            for name, value in getattr(layer, kind).items():
                values[kind].pop(name, None)
                if value is not None:
                    values[kind][name] = value
                    origins[kind, name] = (position, kind, name)
    return Case(
        name=entry.name,
        ruleset=ruleset_id,
        assessed_on=entry.assessed_on,
        mode=entry.mode,
        facts=values["facts"],
        groups=values["groups"],
        expect=entry.expect,
        source=source,
        path=(i,),
        origins=origins,
    )
