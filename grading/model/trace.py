"""Entries of a trace: the causes and conclusions of rules that fired, as tagged unions.

They are plain dictionaries, since a grading makes a thousand of them. Each member of a union has keys that no other one has, and
`in` tells them apart: `"seq" in cause`, `"grade" in concludes`.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple, NotRequired, TypeAlias, final

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

CLOSED = ConfigDict(extra="forbid")
JsonValue: TypeAlias = bool | int | float | str | list[str] | None
"""A fact's value in JSON; a number too long for a float is text."""
StatusWord = Literal["met", "unmet", "unknown", "waived"]
"""A `Status` as plain text."""


@final
@with_config(CLOSED)
class EntryCause(TypedDict):
    """An earlier entry of the trace."""

    seq: int


@final
@with_config(CLOSED)
class RulesetCause(TypedDict):
    """The ruleset itself, by its id: it asks for nothing here."""

    ruleset: str


@final
@with_config(CLOSED)
class GroupCause(TypedDict):
    """A table, or a row of it by its key: `rows` is how many it has, null when it is not stated."""

    group: str
    rows: int | None
    row: NotRequired[str]


@final
@with_config(CLOSED)
class FactCause(TypedDict):
    """A fact of the audit with its place there, of a table's row with the row's key; a missing value is null.

    `valid_until` is the last day on which its evidence proves it. A value that its evidence does not prove on the day of the
    audit is null and `not_counted`: `expired`, or `undated`; `stated` is what the audit says.
    """

    fact: str
    place: str
    value: JsonValue
    row: NotRequired[str]
    evidence: NotRequired[list[str]]
    valid_until: NotRequired[str]
    not_counted: NotRequired[Literal["expired", "undated"]]
    stated: NotRequired[JsonValue]


@final
@with_config(CLOSED)
class ComputedCause(TypedDict):
    """A fact that the ruleset computes, with the facts and numbers that it is computed from."""

    fact: str
    computed_from: list[str]
    value: JsonValue
    row: NotRequired[str]


@final
@with_config(CLOSED)
class WaiverCause(TypedDict):
    """A waiver of an indicator with its place in the audit, by its document and last day; or that none is in force."""

    waiver: str
    place: str
    in_force: bool
    authority: NotRequired[str]
    document: NotRequired[str]
    until: NotRequired[str]


ValueCause: TypeAlias = FactCause | ComputedCause
Cause: TypeAlias = EntryCause | RulesetCause | GroupCause | FactCause | ComputedCause | WaiverCause


@final
@with_config(CLOSED)
class IndicatorLevel(TypedDict):
    """An indicator at a level."""

    id: str
    level: str


@final
@with_config(CLOSED)
class DimensionLevel(TypedDict):
    """A dimension at a level."""

    dimension: str
    level: str


@final
@with_config(CLOSED)
class ScopeLevel(TypedDict):
    """A scope at a level."""

    scope: str
    level: str


class Roles(TypedDict, total=False):
    """The roles of a condition beside itself, and the key of the row that it is about."""

    row: str
    indicators: list[IndicatorLevel]
    dimensions: list[DimensionLevel]
    scopes: list[ScopeLevel]
    levels: list[str]
    gates: list[str]


@final
@with_config(CLOSED)
class ConditionConclusion(Roles):
    """A condition's status; of a table's row, with the row's key. The other members say what it decides beside itself."""

    condition: str
    status: StatusWord


@final
@with_config(CLOSED)
class DoubtConclusion(TypedDict):
    """The conclusion that a condition has a part of which it is not known whether it holds; in traces of revisions before 4."""

    condition: str
    in_doubt: Literal[True]
    row: NotRequired[str]


@final
@with_config(CLOSED)
class RowsConclusion(TypedDict):
    """A condition over a table from its first row to this one."""

    condition: str
    so_far: Literal["in order", "in doubt"]
    row: NotRequired[str]


class TargetName(TypedDict, total=False):
    """The name of a target of grading, when it is not the whole unit."""

    dimension: str
    scope: str


@final
@with_config(CLOSED)
class GradeConclusion(TargetName):
    """The grade: of a dimension, of a scope, or else of the unit."""

    grade: str


@final
@with_config(CLOSED)
class AttainableConclusion(TargetName):
    """The best level that is not ruled out: of a dimension, of a scope, or else of the unit."""

    attainable: str


Concludes: TypeAlias = ConditionConclusion | DoubtConclusion | RowsConclusion | GradeConclusion | AttainableConclusion


class TraceEntry(NamedTuple):
    """A rule that fired. `because` names facts with their places, or earlier entries by `seq`."""

    seq: int
    rule: str
    because: tuple[Cause, ...]
    concludes: Concludes


class TraceEntryJson(TypedDict):
    """An entry in a grading's document."""

    seq: int
    rule: str
    because: list[Cause]
    concludes: Concludes


def trace_json(trace: Iterable[TraceEntry]) -> list[TraceEntryJson]:
    """The trace in a grading's document."""
    return [{"seq": e.seq, "rule": e.rule, "because": list(e.because), "concludes": e.concludes} for e in trace]
