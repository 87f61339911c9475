"""Conditions: whether each can be decided with the facts there are, and says what it seems to say."""

from collections.abc import Iterator
from decimal import Decimal

from grading.language.check.operands import Finding, check_operand
from grading.language.check.words import near
from grading.language.figures import Place, places, sites
from grading.language.loaded import Loaded
from grading.language.normal import normal
from grading.language.problems import Problem
from grading.model.condition import All, AnyOf, AtLeastOf, Comparison, Each, Some
from grading.model.ruleset import Computed, Ruleset
from grading.problems.reason import Reason, reason_of
from grading.problems.ruleset_codes import RulesetCode


def check_conditions(loaded: Loaded) -> Iterator[Problem]:
    """All findings about single conditions, wherever they stand."""
    for site in sites(loaded.ruleset):
        for place in places(site):
            for step, reason, warning in _findings(loaded.ruleset, place):
                yield loaded.problem(site.kind, site.id, (*place.inner, *step), reason, warning)


def _findings(ruleset: Ruleset, place: Place) -> Iterator[Finding]:
    """Of one condition: the place inside it, the reason, whether it is only a warning."""
    c = place.condition
    if c.from_ is not None and c.until is not None and c.until < c.from_:
        yield ("until",), reason_of(RulesetCode.NEVER_THERE, until=c.until, since=c.from_), False
    if isinstance(c, Each | Some):
        yield from _rows(ruleset, place, c)
    if isinstance(c, All | AnyOf | AtLeastOf):
        yield from _repeated(c)
    if isinstance(c, Comparison):
        yield from _comparison(ruleset, place, c)


def _rows(ruleset: Ruleset, place: Place, c: Each | Some) -> Iterator[Finding]:
    word, group = ("each", c.each) if isinstance(c, Each) else ("some", c.some)
    if place.row is not None:
        yield (word,), reason_of(RulesetCode.ROWS_NESTED, word=word, row=place.row), False
    if group not in ruleset.groups:
        unknown = reason_of(RulesetCode.GROUP_UNKNOWN, group=group, hint=near(group, ruleset.groups))
        yield (word,), unknown, False


def _repeated(c: All | AnyOf | AtLeastOf) -> Iterator[Finding]:
    word, listed = ("all", c.all) if isinstance(c, All) else ("any", c.any) if isinstance(c, AnyOf) else ("of", c.of)
    first: dict[object, int] = {}
    for i, part in enumerate(listed):
        form = normal(part)
        if form in first:
            yield (word, i), reason_of(RulesetCode.SAID_TWICE, other=f"{word}[{first[form]}]"), True
        first.setdefault(form, i)


def _comparison(ruleset: Ruleset, place: Place, c: Comparison) -> Iterator[Finding]:
    fact, computed = ruleset.facts.get(c.fact), ruleset.computed.get(c.fact)
    if fact is None and computed is None and c.fact != "assessed_on":
        yield ("fact",), _unknown_fact(ruleset, c.fact), False
        return
    group = fact.group if fact is not None else computed.group if computed is not None else None
    if group is not None and group != place.row and group in ruleset.groups:
        reason = (
            reason_of(RulesetCode.FACT_OF_ROWS, fact=c.fact, group=group)
            if place.row is None
            else reason_of(RulesetCode.FACT_OF_OTHER_ROWS, fact=c.fact, group=group, row=place.row)
        )
        yield ("fact",), reason, False
    yield from check_operand(c, fact, computed)
    if computed is not None and isinstance(c.guess, Decimal) and c.guess < 0 and _is_never_negative(ruleset, computed):
        at = (c.operator, "provisional") if c.is_provisional else (c.operator,)
        yield at, reason_of(RulesetCode.FIGURE_BELOW_LEAST, value=c.guess, least=Decimal(0), fact=c.fact), True


def _is_never_negative(ruleset: Ruleset, computed: Computed) -> bool:
    """True where a computed fact of values that are never negative isn't either."""
    if computed.operation not in ("sum", "product", "ratio", "minimum", "maximum", "oxygen_corrected"):
        return False
    leasts = (o if isinstance(o, Decimal) else getattr(ruleset.facts.get(o), "min", None) for o in computed.operands)
    return all(least is not None and least >= 0 for least in leasts)


def _unknown_fact(ruleset: Ruleset, name: str) -> Reason:
    for group_id, group in ruleset.groups.items():
        if group.key == name:
            return reason_of(RulesetCode.FACT_IS_KEY, fact=name, group=group_id)
    return reason_of(RulesetCode.FACT_UNKNOWN, fact=name, hint=near(name, [*ruleset.facts, *ruleset.computed]))
