"""The limit that a changed value has to keep, in words."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from grading.gaps.tree.constraints import EQUIVALENT, Constraint, satisfies
from grading.language.prose import glue, order_word
from grading.language.values import known_text
from grading.model.ruleset import Fact, Ruleset

MOST_OPTIONS = 5
"""So many options are named that would do."""


def bound_text(
    ruleset: Ruleset,
    fact: Fact,
    after: Any,
    limit: Literal["at_most", "at_least"] | None,
    constraints: Sequence[Constraint],
) -> str | None:
    """`不高于 30 mg/m³`, `低于 3%`; the value alone at the end of what it can be (`100%`, `0 次`); of a choice all that would do.

    None: no limit, and no other option. A limit that the value must not touch is named itself, where it is one that the form
    could take.
    """
    if fact.type == "choice":
        return _options_text(fact, constraints)
    if limit is None:
        return None
    if after == (fact.min if limit == "at_most" else fact.max):
        return known_text(ruleset, fact.id, after)
    word: str = limit
    named = after
    strict = "below" if limit == "at_most" else "above"
    figures = [c.operand for c in constraints if c.order == strict]
    nearest = min(figures, key=lambda figure: abs(figure - after), default=None)
    if nearest is not None and _is_next(fact, after, nearest):
        word, named = strict, nearest
    return glue((order_word(word, fact.type, fact.unit), known_text(ruleset, fact.id, named)))


def _options_text(fact: Fact, constraints: Sequence[Constraint]) -> str | None:
    """`SNCR 或 SCR`: the options that would do, an expert's finding left out; None where there is one, or more than a few."""
    allowed = [option for option in fact.changes_to or fact.options if option != EQUIVALENT]
    fitting = [option for option in allowed if all(satisfies(option, constraint) for constraint in constraints)]
    if not 1 < len(fitting) <= MOST_OPTIONS:
        return None
    *first, last = (fact.options[str(option)] for option in fitting)
    return glue(("、".join(first), "或", last))


def _is_next(fact: Fact, after: Any, figure: Any) -> bool:
    """True when a value is the last before a figure that the form takes."""
    if fact.type == "date":
        return isinstance(figure, date) and bool(abs((figure - after).days) == 1)
    return isinstance(figure, Decimal) and bool(abs(figure - after) == Decimal(1).scaleb(-fact.decimals))
