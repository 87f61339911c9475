"""Missing cases: audits on which a mutant and the ruleset differ, near an existing case, without their answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from grading.case_runner import as_audit
from grading.evidence_validity import value_on
from grading.intake import check_audit
from grading.language.cases import Case, read_cases
from grading.language.load import Library
from grading.model.audit import Known
from grading.model.base import Mode
from grading.model.condition import comparisons
from grading.model.ruleset import Gate, Indicator, Ruleset
from grading.mutation.equivalent import differs, periods
from grading.mutation.mutants import Mutant
from grading.plan.build import build_plan
from grading.proof.logic import Truth
from grading.proof.reading import Reading
from grading.proof.search import Ask, Search
from grading.proof.values import Values

TIMEOUT = 700
"""Milliseconds for one step on the way to a case; a longer one changes nothing."""
MISSES = 2
"""The number of an indicator's mutants that are tried in vain before a case goes on to the next indicator."""


@dataclass(frozen=True)
class Suggestion:
    """A case to be judged: its differences from the case it is based on, and the mutants it would kill."""

    based_on: Case
    mode: Mode
    assessed_on: date
    values: Values
    facts: Mapping[str, Any]
    groups: Mapping[str, list[dict[str, Any]]]
    kills: tuple[Mutant, ...]


@dataclass(frozen=True)
class Suggestions:
    """Suggested cases, and the mutants for which none was found."""

    cases: tuple[Suggestion, ...]
    open: tuple[Mutant, ...]


def suggest(library: Library, ruleset_id: str, survivors: Iterable[Mutant]) -> Suggestions:
    """Cases for the mutants that are left: in trial mode, where every figure counts, then for what it hides officially."""
    ruleset = library.ruleset(ruleset_id)
    base = _base(library, ruleset)
    if base is None:
        return Suggestions((), tuple(survivors))
    case, values = base
    pending = list(survivors)
    found: list[Suggestion] = []
    rows = {group: len(listed) for group, listed in values.groups.items()}
    for mode, first, last in periods(ruleset):
        here = [mutant for mutant in pending if mode in mutant.counts_in]
        if not here:
            continue
        on = case.assessed_on if first <= case.assessed_on <= last else first
        search = Search(build_plan(ruleset, mode, first), on, last, rows, TIMEOUT)
        period = _Period(search, mode, case, Values(ruleset, on, values.facts, values.groups), here)
        found += period.suggestions()
        pending = [mutant for mutant in pending if id(mutant) not in period.done]
    return Suggestions(tuple(found), tuple(pending))


def _base(library: Library, ruleset: Ruleset) -> tuple[Case, Values] | None:
    """The case of the best level with the most known facts."""
    best = [case for case in read_cases(library, ruleset.id) if case.expect.grade == ruleset.scale.ids[0]]
    trial = [case for case in best if case.mode is Mode.TRIAL] or best
    if not trial:
        return None
    case = max(trial, key=lambda one: len(one.facts) + sum(len(rows) for rows in one.groups.values()))
    unit = check_audit(as_audit(case), library, as_recorded=True).units[0]

    def known(entries: Mapping[str, Known]) -> dict[str, Any]:
        values = {name: value_on(ruleset.facts.get(name), entry, case.assessed_on) for name, entry in entries.items()}
        return {name: frozenset(value) if isinstance(value, tuple) else value for name, value in values.items()}

    groups = {group: [known(row.facts) for row in rows] for group, rows in unit.groups.items()}
    return case, Values(ruleset, case.assessed_on, known(unit.facts), groups)


class _Period:
    """Suggestions for the days of one period."""

    def __init__(self, search: Search, mode: Mode, case: Case, base: Values, pending: list[Mutant]) -> None:
        self.search, self.mode, self.case, self.base = search, mode, case, base
        self.ruleset = search.plan.ruleset
        self.rigid = _multiplied(self.ruleset)
        self.asks = {id(mutant): differs(search, mode, mutant) for mutant in pending}
        self.pending = pending
        self.literals = {key: search.literal(ask(search.reading)) for key, ask in self.asks.items()}
        literals = self.literals
        # A formula is written once; of an audit the question is answered anew.
        self.questions: dict[int, Ask] = {
            key: lambda r, key=key, ask=ask: literals[key] if r is search.reading else ask(r)  # type: ignore[misc]
            for key, ask in self.asks.items()
        }
        self.same: dict[str, list[Any]] = {}
        for name, formula in search.domain.same_as(base):
            self.same.setdefault(name, []).append(search.literal(formula))
        self.reads = {id(mutant): _facts(self.ruleset, mutant.changed) for mutant in pending}
        self.done: set[int] = set()

    def suggestions(self) -> Iterator[Suggestion]:
        """One case after another, each killing as many of the remaining mutants as it can."""
        possible = self._possible()
        while possible:
            chosen, freed, model = self._together(possible)
            if model is None:
                return
            values = self.search.domain.values(self._closest(chosen, freed, model))
            reading = Reading(self.search.plan, Truth(), values)
            killed = [mutant for mutant in possible if self.asks[id(mutant)](reading)]
            self.done |= {id(mutant) for mutant in killed}
            yield self._suggestion(values, killed)
            possible = [mutant for mutant in possible if id(mutant) not in self.done]

    def _possible(self) -> list[Mutant]:
        """The mutants that some audit tells from the ruleset."""
        found = self.search.answer(self.questions).found
        return [mutant for mutant in self.pending if id(mutant) in found]

    def _together(self, possible: list[Mutant]) -> tuple[list[Any], set[str], Any]:
        """Mutants that one audit notices, which differs from the base only in what they read."""
        chosen: list[Any] = []
        freed: set[str] = set()
        best = None
        misses: dict[str, int] = {}
        met: set[str] = set()
        for mutant in possible:
            owner = mutant.changed.id
            if owner in met or misses.get(owner, 0) >= MISSES:
                continue
            wider = freed | (self.reads[id(mutant)] - self.rigid)
            model = self.search.holds_with([*chosen, self.literals[id(mutant)], *self._fixed(wider)])
            if model is None:
                misses[owner] = misses.get(owner, 0) + 1
                continue
            chosen.append(self.literals[id(mutant)])
            freed, best = wider, model
            met.add(owner)
        if best is None and possible:
            # What the base has stands in the way.
            chosen = [self.literals[id(possible[0])]]
            freed = set(self.same)
            best = self.search.holds_with(chosen)
        return chosen, freed, best

    def _fixed(self, freed: set[str]) -> list[Any]:
        return [literal for name, listed in self.same.items() if name not in freed for literal in listed]

    def _closest(self, chosen: list[Any], freed: set[str], model: Any) -> Any:
        """A model with as little as possible that differs from the base."""
        fixed = self._fixed(freed)
        for name in sorted(freed & self.same.keys()):
            nearer = self.search.holds_with([*chosen, *fixed, *self.same[name]])
            if nearer is not None:
                fixed, model = [*fixed, *self.same[name]], nearer
        return model

    def _suggestion(self, values: Values, killed: list[Mutant]) -> Suggestion:
        base = self.base
        facts = {name: value for name, value in values.facts.items() if base.facts.get(name) != value}
        groups: dict[str, list[dict[str, Any]]] = {}
        for group, rows in values.groups.items():
            before = base.groups.get(group, [])
            full = [{**(before[i] if i < len(before) else {}), **row} for i, row in enumerate(rows)]
            if (
                (group in base.groups and full != before[: len(full)])
                or len(full) != len(before)
                or group not in base.groups
            ):
                groups[group] = full
        return Suggestion(self.case, self.mode, values.day, values, facts, groups, tuple(killed))


def _facts(ruleset: Ruleset, changed: Indicator | Gate) -> set[str]:
    """The facts, with the tables of theirs, that an indicator or gate reads."""
    if isinstance(changed, Gate):
        conditions = [changed.when]
    else:
        conditions = [one.require for one in changed.levels.values()]
        conditions += [] if changed.applies_when is None else [changed.applies_when]
    found: set[str] = set()

    def add(name: str) -> None:
        computed = ruleset.computed.get(name)
        fact = ruleset.facts.get(name)
        group = computed.group if computed is not None else fact.group if fact is not None else None
        found.update({name} if group is None else {name, group})
        for operand in () if computed is None else computed.operands:
            if isinstance(operand, str):
                add(operand)

    for condition in conditions:
        for comparison in comparisons(condition):
            add(comparison.fact)
    return found


def _multiplied(ruleset: Ruleset) -> set[str]:
    """The facts behind factors that are worked out themselves: as long as they stay, every product is simple."""
    found: set[str] = set()

    def add(name: str) -> None:
        computed = ruleset.computed.get(name)
        if computed is None:
            found.add(name)
        for operand in () if computed is None else computed.operands:
            if isinstance(operand, str):
                add(operand)

    for computed in ruleset.computed.values():
        names = [operand for operand in computed.operands if isinstance(operand, str)]
        if computed.operation in ("product", "ratio") and len(names) > 1:
            for name in names:
                if name in ruleset.computed:
                    add(name)
    return found
