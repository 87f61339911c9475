"""The levels: those that indicators speak of are there, each has conditions and differs from the next."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import reduce
from itertools import pairwise, permutations

from grading.digest import plain
from grading.language.check.words import listed, near
from grading.language.entailment import Entailment
from grading.language.loaded import Loaded
from grading.language.nested import Stated, asked_at, stated
from grading.language.normal import Form, normal
from grading.language.problems import Problem
from grading.language.windows import first_days
from grading.model.base import Mode
from grading.model.condition import ConditionBase, Value, comparisons
from grading.model.ruleset import Cap, Indicator, Ruleset, split_levels
from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, Reason, reason_of
from grading.problems.ruleset_codes import RulesetCode


def check_levels(loaded: Loaded) -> Iterator[Problem]:
    """Indicators of a dimension or with levels that the ruleset does not have, or with one level twice."""
    dimensions = loaded.ruleset.dimensions
    for indicator in loaded.ruleset.indicators:
        if indicator.dimension not in dimensions:
            hint = near(indicator.dimension, dimensions)
            reason = reason_of(RulesetCode.DIMENSION_UNKNOWN, dimension=indicator.dimension, hint=hint)
            yield loaded.problem("indicators", indicator.id, ("dimension",), reason)
        yield from _levels(loaded, indicator)


def _levels(loaded: Loaded, indicator: Indicator) -> Iterator[Problem]:
    scale = loaded.ruleset.scale
    seen: dict[str, str] = {}
    for key in indicator.levels:
        for level in split_levels(key):
            at = ("levels", key)
            if level == scale.floor:
                reason = reason_of(RulesetCode.LEVEL_IS_FLOOR, level=level)
                yield loaded.problem("indicators", indicator.id, at, reason)
            elif level not in scale.ids:
                of, levels = loaded.ruleset.id, listed(scale.graded)
                reason = reason_of(RulesetCode.LEVEL_UNKNOWN, level=level, of=of, levels=levels)
                yield loaded.problem("indicators", indicator.id, at, reason)
            elif level in seen:
                reason = reason_of(RulesetCode.LEVEL_STATED, level=level, key=seen[level])
                yield loaded.problem("indicators", indicator.id, at, reason)
            seen.setdefault(level, key)


def check_differences(loaded: Loaded) -> Iterator[Problem]:
    """Levels that nothing conditions, always or for a time, and levels that no plant can tell from the next."""
    ruleset = loaded.ruleset
    for level in ruleset.scale.graded:
        yield from _unconditioned(loaded, level)
    for level, worse in pairwise(ruleset.scale.graded):
        forms = _forms_at(ruleset, level)
        told_apart = any(isinstance(gate.effect, Cap) and gate.effect.cap == worse for gate in ruleset.gates)
        if any(forms) and forms == _forms_at(ruleset, worse) and not told_apart:
            yield loaded.own.problem(("indicators",), reason_of(RulesetCode.LEVELS_ALIKE, level=level, worse=worse))


def _unconditioned(loaded: Loaded, level: str) -> Iterator[Problem]:
    """Every plant would reach a level that asks for nothing."""
    ruleset = loaded.ruleset
    graded = ruleset.scale.graded
    if not any(asked_at(graded, indicator, level) for indicator in ruleset.indicators):
        reason = reason_of(RulesetCode.LEVEL_UNCONDITIONED, level=level, scale=ruleset.scale_id)
        yield loaded.own.problem(("indicators",), reason)
        return
    for day in first_days(ruleset):
        if not any(asked_at(graded, indicator, level, day) for indicator in ruleset.indicators):
            reason = reason_of(RulesetCode.LEVEL_UNCONDITIONED_FROM, level=level, day=day)
            yield loaded.own.problem(("indicators",), reason)


def _forms_at(ruleset: Ruleset, level: str) -> list[Form | None]:
    listed = (asked_at(ruleset.scale.graded, indicator, level) for indicator in ruleset.indicators)
    return [None if statement is None else normal(statement.requirement.require) for statement in listed]


def check_order(loaded: Loaded) -> Iterator[Problem]:
    """Better levels that are provably easier than worse ones: whoever meets the worse requirement meets the better.

    Where none of the figures is looser, and it is only proven with provisional ones, it may be these that are wrong: a warning.
    """
    ruleset = loaded.ruleset
    for day in first_days(ruleset):
        readings = [Entailment(ruleset, mode, day, as_written=True) for mode in (Mode.OFFICIAL, Mode.TRIAL)]
        for indicator in ruleset.indicators:
            for better, worse in permutations(stated(indicator, day), 2):
                levels = _first_pair(ruleset, better, worse)
                easy, hard = better.requirement.require, worse.requirement.require
                proven = [one.holds(hard, easy) and not one.holds(easy, hard) for one in readings]
                if levels is None or not any(proven):
                    continue
                key = next(k for k, r in indicator.levels.items() if r is better.requirement)
                looser = _looser(easy, hard)
                why: Parameter = Phrase.WHOEVER_MEETS_THAT
                if looser:
                    why = reduce(lambda first, second: reason_of(Phrase.AND_ALSO, first=first, second=second), looser)
                reason = reason_of(RulesetCode.LEVEL_EASIER, level=levels[0], worse=levels[1], why=why)
                is_sure = proven[0] or bool(looser)
                yield loaded.problem("indicators", indicator.id, ("levels", key), reason, warning=not is_sure)


def _first_pair(ruleset: Ruleset, better: Stated, worse: Stated) -> tuple[str, str] | None:
    """The first level of one requirement that is better than one of the other, with that one."""
    ids = ruleset.scale.ids
    pairs = ((a, b) for a in better.levels for b in worse.levels if a in ids and b in ids)
    return next(((a, b) for a, b in pairs if ids.index(a) < ids.index(b)), None)


def _looser(easy: ConditionBase, hard: ConditionBase) -> list[Reason]:
    """The figures and options in which a requirement is easier than another: same fact and operator, other operands."""
    here, there = _operands(easy), _operands(hard)
    return [
        reason_of(
            Phrase.LOOSER_HERE,
            fact=fact,
            operator=word,
            here=_figures(here[fact, word] - there[fact, word]),
            there=_figures(there[fact, word] - here[fact, word]),
        )
        for fact, word in here
        if (fact, word) in there and here[fact, word] - there[fact, word] and there[fact, word] - here[fact, word]
    ]


def _operands(condition: ConditionBase) -> dict[tuple[str, str], set[Value | None]]:
    found: dict[tuple[str, str], set[Value | None]] = {}
    for c in comparisons(condition):
        found.setdefault((c.fact, c.operator), set()).add(c.guess)
    return found


def _figures(values: Iterable[Value | None]) -> str:
    return ", ".join(sorted(map(_figure, values)))


def _figure(value: Value | None) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_figure, value))}]"
    if value is None:
        return "unresolved"
    return plain(value) if isinstance(value, Decimal) else str(value).lower() if isinstance(value, bool) else str(value)
