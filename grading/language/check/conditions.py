"""Conditions: whether each can be decided with the facts there are, and says what it seems to say."""

from collections.abc import Iterator

from grading.language.check.operands import check_operand
from grading.language.check.words import near
from grading.language.figures import Place, places, sites
from grading.language.loaded import Loaded
from grading.language.normal import normal
from grading.language.problems import Problem
from grading.model.condition import All, AnyOf, AtLeastOf, Comparison, Each, Some
from grading.model.ruleset import Ruleset


def check_conditions(loaded: Loaded) -> Iterator[Problem]:
    """All findings about single conditions, wherever they stand."""
    for site in sites(loaded.ruleset):
        for place in places(site):
            for step, message, warning in _findings(loaded.ruleset, place):
                yield loaded.problem(site.kind, site.id, (*place.inner, *step), message, warning)


def _findings(ruleset: Ruleset, place: Place) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    """Of one condition: the place inside it, the message, whether it is only a warning."""
    c = place.condition
    if c.from_ is not None and c.until is not None and c.until < c.from_:
        yield ("until",), f"is never there: until {c.until} is before from {c.from_}", False
    if isinstance(c, Each | Some):
        yield from _rows(ruleset, place, c)
    if isinstance(c, All | AnyOf | AtLeastOf):
        yield from _repeated(c)
    if isinstance(c, Comparison):
        yield from _comparison(ruleset, place, c)


def _rows(ruleset: Ruleset, place: Place, c: Each | Some) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    word, group = ("each", c.each) if isinstance(c, Each) else ("some", c.some)
    if place.row is not None:
        yield (word,), f"`{word}` stands inside `each` or `some` over `{place.row}`; they do not nest", False
    if group not in ruleset.groups:
        yield (word,), f"there is no group `{group}`{near(group, ruleset.groups)}", False


def _repeated(c: All | AnyOf | AtLeastOf) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    word, listed = ("all", c.all) if isinstance(c, All) else ("any", c.any) if isinstance(c, AnyOf) else ("of", c.of)
    first: dict[object, int] = {}
    for i, part in enumerate(listed):
        form = normal(part)
        if form in first:
            yield (word, i), f"says the same as {word}[{first[form]}]", True
        first.setdefault(form, i)


def _comparison(ruleset: Ruleset, place: Place, c: Comparison) -> Iterator[tuple[tuple[str | int, ...], str, bool]]:
    fact, computed = ruleset.facts.get(c.fact), ruleset.computed.get(c.fact)
    if fact is None and computed is None and c.fact != "assessed_on":
        yield ("fact",), _unknown_fact(ruleset, c.fact), False
        return
    group = fact.group if fact is not None else computed.group if computed is not None else None
    if group is not None and group != place.row and group in ruleset.groups:
        right = f", not to those of `{place.row}`" if place.row else f"; read it inside `each` or `some: {group}`"
        yield ("fact",), f"`{c.fact}` belongs to the rows of `{group}`{right}", False
    yield from check_operand(c, fact, computed)


def _unknown_fact(ruleset: Ruleset, name: str) -> str:
    for group_id, group in ruleset.groups.items():
        if group.key == name:
            return f"`{name}` is the key of group `{group_id}`; it names rows and can't be compared"
    return f"there is no fact `{name}`{near(name, [*ruleset.facts, *ruleset.computed])}"
