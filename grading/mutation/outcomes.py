"""The cases of a ruleset in columns, and the check of a changed indicator or gate against them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from grading.case_runner import as_audit
from grading.columns.from_audits import from_audits
from grading.columns.layout import Columns
from grading.columns.statuses import Statuses
from grading.intake import check_audit
from grading.language.cases import Case
from grading.language.load import Library
from grading.model.base import Mode
from grading.model.result import UNGRADED
from grading.model.ruleset import Cap, Gate, Indicator, Ruleset
from grading.mutation.mutants import Mutant
from grading.plan.build import boundaries, build_plan
from grading.plan.nodes import Plan, Ref

Three = bool | None


@dataclass(frozen=True)
class Batch:
    """Cases of one mode and period."""

    mode: Mode
    day: date
    cases: tuple[Case, ...]
    columns: Columns
    plan: Plan


@dataclass
class Expected:
    """The results of a ruleset's conditions in a batch of cases."""

    batch: Batch
    indicators: dict[str, dict[str, Sequence[Three]]]
    gates: dict[str, Sequence[Three]]


@dataclass(frozen=True)
class Changed:
    """The statuses of one changed indicator by level, or of one changed gate; None where no condition of it is there."""

    of_levels: Mapping[str, Sequence[Three]] = field(default_factory=dict)
    of_gate: Sequence[Three] | None = None


class CaseOutcomes:
    """The outcomes of a ruleset's cases, to be compared with those of mutants."""

    def __init__(self, library: Library, ruleset: Ruleset, cases: Iterable[Case]) -> None:
        """Raises AuditError for a case that can't be graded."""
        self.ruleset = ruleset
        changes = boundaries(ruleset)
        grouped: dict[tuple[Mode, int], list[Case]] = {}
        for case in cases:
            grouped.setdefault((case.mode, bisect_right(changes, case.assessed_on)), []).append(case)
        self.expected = [self._expected(library, mode, listed) for (mode, _), listed in grouped.items()]

    def killed(self, listed: Sequence[Mutant]) -> list[bool]:
        """For each mutant, True when some case fails with it."""
        found = [False] * len(listed)
        for expected in self.expected:
            mode = expected.batch.mode
            pending = [i for i, mutant in enumerate(listed) if not found[i] and mode in mutant.counts_in]
            statuses = statuses_of(self.ruleset, [listed[i].changed for i in pending], expected.batch)
            for i, changed in zip(pending, statuses, strict=True):
                found[i] = self._fails(listed[i].changed, expected, changed)
        return found

    def _fails(self, changed: Indicator | Gate, expected: Expected, statuses: Changed) -> bool:
        """True when some case of a batch does not hold with a changed indicator or gate."""
        cases = expected.batch.cases
        if isinstance(changed, Gate):
            before, after = expected.gates.get(changed.id), statuses.of_gate
            own = next(gate for gate in self.ruleset.gates if gate.id == changed.id)
            if before == after and own.effect == changed.effect:
                return False
            gates = expected.gates if after is None else {**expected.gates, changed.id: after}
            with_effect = {changed.id: changed}
            return any(
                not self._holds(case, i, expected.indicators, gates, with_effect) for i, case in enumerate(cases)
            )
        known, levels = expected.indicators[changed.id], statuses.of_levels
        indicators = {**expected.indicators, changed.id: levels}
        return any(
            not self._holds(case, i, indicators, expected.gates, {})
            for i, case in enumerate(cases)
            if any(known[level][i] is not values[i] for level, values in levels.items())
        )

    def wrong(self) -> Iterator[Case]:
        """The cases that the ruleset itself fails."""
        for expected in self.expected:
            for i, case in enumerate(expected.batch.cases):
                if not self._holds(case, i, expected.indicators, expected.gates, {}):
                    yield case

    def _expected(self, library: Library, mode: Mode, cases: list[Case]) -> Expected:
        audits = [check_audit(as_audit(case), library, as_recorded=True) for case in cases]
        columns = from_audits(self.ruleset, [(audit, audit.units[0]) for audit in audits])
        plan = build_plan(self.ruleset, mode, cases[0].assessed_on)
        batch = Batch(mode, cases[0].assessed_on, tuple(cases), columns, plan)
        return _read(batch, plan)

    def _holds(
        self,
        case: Case,
        i: int,
        indicators: Mapping[str, Mapping[str, Sequence[Three]]],
        gates: Mapping[str, Sequence[Three]],
        changed: Mapping[str, Gate],
    ) -> bool:
        """True when everything is as a case expects it."""
        expect, graded = case.expect, self.ruleset.scale.graded
        for status, by_level in ((False, expect.unmet), (None, expect.unknown)):
            for level, ids in by_level.items():
                if set(ids) != {id_ for id_, levels in indicators.items() if levels[level][i] is status}:
                    return False
        if expect.gates is not None and set(expect.gates) != {id_ for id_, values in gates.items() if values[i]}:
            return False
        if expect.grade is None and expect.attainable is None:
            return True
        levels = {level: _all(by[level][i] for by in indicators.values()) for level in graded}
        grade, attainable = self._outcome(levels, {id_: values[i] for id_, values in gates.items()}, changed)
        return expect.grade in (None, grade) and expect.attainable in (None, attainable)

    def _outcome(
        self, levels: Mapping[str, Three], gates: Mapping[str, Three], changed: Mapping[str, Gate]
    ) -> tuple[str, str]:
        """Grade and attainable within the gates: one that is unknown binds the grade only."""
        ids, found = self.ruleset.scale.ids, []
        for is_attainable in (False, True):
            best = 0
            is_out = False
            for gate in self.ruleset.gates:
                status = gates.get(gate.id, False)
                if status is True or (status is None and not is_attainable):
                    effect = changed.get(gate.id, gate).effect
                    is_out |= not isinstance(effect, Cap)
                    best = max(best, ids.index(effect.cap) if isinstance(effect, Cap) else 0)
            reached = [
                level for level, status in levels.items() if status is True or (status is None and is_attainable)
            ]
            within = [level for level in reached if ids.index(level) >= best]
            found.append(UNGRADED if is_out else [*within, self.ruleset.scale.floor][0])
        return found[0], found[1]


def statuses_of(ruleset: Ruleset, listed: Sequence[Indicator | Gate], batch: Batch) -> Iterator[Changed]:
    """The statuses of changed indicators and gates in a batch, each by itself, in one plan: what they share is judged once."""
    numbered = [one.model_copy(update={"id": f"{one.id}#{i}"}) for i, one in enumerate(listed)]
    indicators = tuple(one for one in numbered if isinstance(one, Indicator))
    gates = tuple(one for one in numbered if isinstance(one, Gate))
    together = ruleset.model_copy(update={"indicators": indicators, "gates": gates})
    found = _read(batch, build_plan(together, batch.mode, batch.day))
    return (Changed(found.indicators.get(one.id, {}), found.gates.get(one.id)) for one in numbered)


def _read(batch: Batch, plan: Plan) -> Expected:
    statuses = Statuses(plan, batch.columns)
    read: dict[Ref, Sequence[Three]] = {}

    def of(ref: Ref) -> Sequence[Three]:
        if ref not in read:
            read[ref] = statuses.of(ref).to_list()
        return read[ref]

    indicators: dict[str, dict[str, Sequence[Three]]] = {}
    for (indicator, level), ref in plan.indicator_levels.items():
        indicators.setdefault(indicator, {})[level] = of(ref)
    return Expected(batch, indicators, {gate: of(ref) for gate, ref in plan.gates.items()})


def _all(statuses: Iterable[Three]) -> Three:
    found: Three = True
    for status in statuses:
        if status is False:
            return False
        found = None if status is None else found
    return found
