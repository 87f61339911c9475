"""Equivalent mutants: no audit in which every fact is known tells them from the ruleset, which z3 proves."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from grading.language.windows import first_days
from grading.model.base import Mode
from grading.model.ruleset import Cap, Gate, Ruleset
from grading.mutation.mutants import Mutant
from grading.plan.build import build_plan
from grading.proof.logic import differ
from grading.proof.reading import Reading
from grading.proof.search import Ask, Search


def equivalent(ruleset: Ruleset, listed: Iterable[Mutant]) -> tuple[Mutant, ...]:
    """The mutants that are proved equivalent, in both modes and on every day of the edition."""
    pending = list(listed)
    distinguished: set[int] = set()
    for mode, first, last in periods(ruleset):
        counted = [mutant for mutant in pending if mode in mutant.counts_in and id(mutant) not in distinguished]
        if counted:
            search = Search(build_plan(ruleset, mode, first), first, last)
            answers = search.answer({id(mutant): differs(search, mode, mutant) for mutant in counted})
            # What took too long counts as told apart: it is not proved.
            distinguished |= answers.found.keys() | answers.open
    return tuple(mutant for mutant in pending if id(mutant) not in distinguished)


def periods(ruleset: Ruleset) -> Iterator[tuple[Mode, date, date]]:
    """In trial mode, where every figure counts, then officially: the first and last day of each period of an edition."""
    days = first_days(ruleset)
    after = ruleset.edition.superseded or date.max
    for mode in (Mode.TRIAL, Mode.OFFICIAL):
        for first, end in zip(days, [*days[1:], after], strict=True):
            yield mode, first, end - timedelta(days=1)


def differs(search: Search, mode: Mode, mutant: Mutant) -> Ask:
    """True when an audit tells a mutant from the ruleset, by what a case can expect."""
    changed, plan = mutant.changed, search.plan
    levels = plan.ruleset.scale.graded
    only: dict[str, Any]
    if isinstance(changed, Gate):
        own = next(gate for gate in plan.ruleset.gates if gate.id == changed.id)
        if own.effect != changed.effect:
            return lambda r: _bound_otherwise(r, own, changed)
        only = {"gates": (changed,), "indicators": ()}
        alone = build_plan(plan.ruleset.model_copy(update=only), mode, search.first)
        pairs = [(plan.gates.get(changed.id), alone.gates.get(changed.id))]
    else:
        only = {"indicators": (changed,), "gates": ()}
        alone = build_plan(plan.ruleset.model_copy(update=only), mode, search.first)
        pairs = [(plan.indicator_levels[changed.id, lv], alone.indicator_levels[changed.id, lv]) for lv in levels]

    def ask(r: Reading[Any]) -> Any:
        other: Reading[Any] = Reading(alone, r.logic, r.world)
        differences = []
        for ours, theirs in pairs:
            if ours is not None and theirs is not None:
                a, b = r.of(ours), other.of(theirs)
                differences += [differ(r.logic, a.met, b.met), differ(r.logic, a.unmet, b.unmet)]
        return r.logic.any_of(differences)

    return ask


def _bound_otherwise(r: Reading[Any], own: Gate, changed: Gate) -> Any:
    """True when only this gate binds, and binds a unit that the other effect would leave a better level, or would grade."""
    plan, ids = r.plan, r.plan.ruleset.scale.ids
    if own.id not in plan.gates:
        return r.logic.constant(False)
    parts = [r.of(plan.gates[own.id]).met]
    parts += [r.of(ref).unmet for gate, ref in plan.gates.items() if gate != own.id]
    if isinstance(own.effect, Cap) and isinstance(changed.effect, Cap):
        milder = min(own.effect.cap, changed.effect.cap, key=ids.index)
        parts.append(r.of(plan.levels[milder]).met)
    return r.logic.all_of(parts)
