"""Results of gradings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, overload

from grading.model.audit import Standing, Waiver
from grading.model.base import Mode, Status
from grading.model.trace import TraceEntry, trace_json

UNGRADED = "ungraded"
N = TypeVar("N")
K = TypeVar("K")
V = TypeVar("V")


class Outcome(NamedTuple):
    """The best level that is met, and the best that everything still unknown could bring."""

    grade: str
    attainable: str


class IndicatorResult(NamedTuple):
    """One indicator's status at each level; `applicable` is None when that is unknown.

    `level` is its own level: the best at which it is met, else the floor; `attainable` the best at which it is not unmet. Both
    are what the unit comes to by itself: a waiver changes only `levels`.
    """

    id: str
    dimension: str
    applicable: bool | None
    levels: dict[str, Status]
    level: str
    attainable: str


class GateResult(NamedTuple):
    """The state of a gate's condition."""

    id: str
    status: Status


class WaiverResult(NamedTuple):
    """A waiver that the audit states: whether it is in force on the day, and the levels at which the indicator counts by it."""

    waiver: Waiver
    standing: Standing
    levels: tuple[str, ...]


class Lazy(Mapping[N, V], Generic[N, K, V]):
    """A mapping whose values are worked out when they are asked for."""

    def __init__(self, keys: Mapping[N, K], value: Callable[[K], V]) -> None:
        self._keys, self._value = keys, value

    def __getitem__(self, key: N) -> V:
        return self._value(self._keys[key])

    def __iter__(self) -> Iterator[N]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Later(Mapping[N, V]):
    """A mapping that is made when it is first asked for."""

    def __init__(self, make: Callable[[], dict[N, V]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> dict[N, V]:
        return self._make()

    def __getitem__(self, key: N) -> V:
        return self._made[key]

    def __iter__(self) -> Iterator[N]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


class LaterSequence(Sequence[V]):
    """A sequence that is made when it is first asked for."""

    def __init__(self, make: Callable[[], tuple[V, ...]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> tuple[V, ...]:
        return self._make()

    @overload
    def __getitem__(self, at: int) -> V: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[V]: ...
    def __getitem__(self, at: int | slice) -> V | Sequence[V]:
        return self._made[at]

    def __iter__(self) -> Iterator[V]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._made)


@dataclass(frozen=True)
class UnitGrading:
    """The grade of one unit with everything that led to it."""

    id: str
    ruleset: str
    ruleset_digest: str
    review: str
    outcome: Outcome
    levels: dict[str, Status]
    dimensions: dict[str, Outcome]
    scopes: dict[str, Outcome]
    indicators: tuple[IndicatorResult, ...]
    gates: tuple[GateResult, ...]
    short_boards: tuple[str, ...]
    """The indicators that are not met at the level next better than the grade: first the unmet, then the unknown."""
    trace: Sequence[TraceEntry]
    """The conclusions of the rules, in the order of the plan: causes before what follows from them."""
    conditions: Mapping[str, Status | dict[str, Status]] = field(repr=False)
    """Status by place (`emission_nmhc.A.all[0]`), for row conditions by row key; not part of the JSON."""
    fired: Mapping[str, dict[str | None, int]] = field(repr=False)
    """By place and row key (None: of the unit): the `seq` of the trace entry that concluded it; not part of the JSON."""
    values: Mapping[tuple[str, str | None], Any] = field(repr=False)
    """Every known value by fact and row key, computed ones included; not part of the JSON."""
    ways: Mapping[tuple[str, str], tuple[Any, ...]] = field(repr=False)
    """By indicator and level the requirements (`grading.language.nested.Stated`) of which any one is enough; not in the JSON."""
    notices: tuple[str, ...] = ()
    waivers: tuple[WaiverResult, ...] = ()
    """The waivers that the audit states, in its order."""

    @property
    def relied_on(self) -> tuple[WaiverResult, ...]:
        """The waivers by which indicators count at the unit's grade: without them the grade would be another (含豁免)."""
        return tuple(found for found in self.waivers if self.outcome.grade in found.levels)

    @property
    def grade(self) -> str:
        """The unit's grade."""
        return self.outcome.grade

    def indicator(self, indicator_id: str) -> IndicatorResult:
        """An indicator's result; raises KeyError."""
        for result in self.indicators:
            if result.id == indicator_id:
                return result
        raise KeyError(indicator_id)


@dataclass(frozen=True)
class Grading:
    """The grade of an enterprise: that of its worst unit."""

    outcome: Outcome
    mode: Mode
    engine: str
    units: tuple[UnitGrading, ...]
    digest_audit: Callable[[], str] = field(repr=False)
    """Works out the digest of the audit, which may not change meanwhile."""

    @cached_property
    def audit_digest(self) -> str:
        """The digest of the audit; many who want a grade never ask for it."""
        return self.digest_audit()

    def as_json(self) -> dict[str, Any]:
        """The document that `grading grade --json` prints."""
        return {
            "grade": self.outcome.grade,
            "attainable": self.outcome.attainable,
            "mode": self.mode.value,
            "audit_digest": self.audit_digest,
            "engine": self.engine,
            "units": [_unit(unit) for unit in self.units],
        }


def _outcome(outcome: Outcome) -> dict[str, str]:
    return {"grade": outcome.grade, "attainable": outcome.attainable}


def _waiver(found: WaiverResult) -> dict[str, Any]:
    stated = found.waiver.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return stated | {"standing": found.standing, "levels": list(found.levels)}


def _unit(unit: UnitGrading) -> dict[str, Any]:
    return {
        "id": unit.id,
        "ruleset": unit.ruleset,
        "ruleset_digest": unit.ruleset_digest,
        "review": unit.review,
        **_outcome(unit.outcome),
        "short_boards": list(unit.short_boards),
        "levels": {level: status.value for level, status in unit.levels.items()},
        "dimensions": {name: _outcome(outcome) for name, outcome in unit.dimensions.items()},
        "scopes": {name: _outcome(outcome) for name, outcome in unit.scopes.items()},
        "indicators": [
            {
                "id": result.id,
                "dimension": result.dimension,
                "applicable": result.applicable,
                "level": result.level,
                "attainable": result.attainable,
                "levels": {level: status.value for level, status in result.levels.items()},
            }
            for result in unit.indicators
        ],
        "gates": [{"id": gate.id, "status": gate.status.value} for gate in unit.gates],
        "notices": list(unit.notices),
        **({"waivers": [_waiver(found) for found in unit.waivers]} if unit.waivers else {}),
        "trace": trace_json(unit.trace),
    }
