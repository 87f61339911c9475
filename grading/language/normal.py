"""A condition's normal form: two conditions with equal forms always have the same status.

Wording, citations and order of writing fall away; what differs in form may still mean the same.
"""

from typing import Any

from grading.model.condition import (
    All,
    AnyOf,
    AtLeastOf,
    Comparison,
    ConditionBase,
    Each,
    Not,
    ProvisionalMany,
    ProvisionalOne,
    Some,
)

Form = tuple[Any, ...]


def normal(c: ConditionBase) -> Form:
    """The normal form of a condition, hashable."""
    form = _form(c)
    return form if c.from_ is None and c.until is None else ("window", c.from_, c.until, form)


def _form(c: ConditionBase) -> Form:
    if isinstance(c, Comparison):
        return _comparison(c)
    if isinstance(c, Not):
        return _contrary(normal(c.not_))
    if isinstance(c, All | AnyOf):
        return _junction("all" if isinstance(c, All) else "any", c.all if isinstance(c, All) else c.any)
    if isinstance(c, AtLeastOf):
        if c.at_least_of == 1:
            return _junction("any", c.of)
        if c.at_least_of == len(c.of) and not any(_windowed(part) for part in c.of):
            return _junction("all", c.of)
        # A condition listed twice counts twice, so the list keeps its repetitions.
        return ("at_least", c.at_least_of, tuple(sorted((normal(part) for part in c.of), key=repr)))
    if isinstance(c, Each | Some):
        where = normal(c.where) if c.where is not None else None
        word, group = ("each", c.each) if isinstance(c, Each) else ("some", c.some)
        return (word, group, where, normal(c.require))
    raise TypeError(f"not a condition: {c!r}")


def _contrary(form: Form) -> Form:
    if form[0] == "not":
        return tuple(form[1])
    if form[0] == "is" and len(form[3]) == 1 and isinstance(next(iter(form[3])), bool):
        (_, fact, known, (value,)) = form
        return ("is", fact, known, frozenset({not value}))
    return ("not", form)


def _junction(word: str, listed: tuple[ConditionBase, ...]) -> Form:
    forms: set[Form] = set()
    for part in listed:
        form = normal(part)
        forms |= form[1] if form[0] == word else {form}
    return next(iter(forms)) if len(forms) == 1 else (word, frozenset(forms))


def _comparison(c: Comparison) -> Form:
    operand = c.operand
    known = "unresolved" if c.is_unresolved else "provisional" if c.is_provisional else "established"
    if isinstance(operand, ProvisionalOne | ProvisionalMany):
        operand = operand.provisional
    values = frozenset(operand) if isinstance(operand, tuple) else frozenset({operand})
    if c.operator in ("equals", "one_of", "none_of"):
        equal = ("is", c.fact, known, values)
        return _contrary(equal) if c.operator == "none_of" else equal
    return (c.operator, c.fact, known, values)


def _windowed(c: ConditionBase) -> bool:
    return c.from_ is not None or c.until is not None
