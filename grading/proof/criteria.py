"""The conditions of a ruleset with their names in a plan, their roles and their polarity."""

from collections.abc import Iterator
from dataclasses import dataclass

from grading.language.figures import Role, Site, sites
from grading.language.source import Path_
from grading.model.condition import Comparison, ConditionBase, Not, parts
from grading.model.ruleset import Ruleset

_SELECTION = "where"


@dataclass(frozen=True)
class Criterion:
    """A condition at its place. `positive` is True when the whole needs it met, False when it needs it unmet."""

    site: Site
    name: str
    inner: Path_
    condition: ConditionBase
    role: Role
    positive: bool
    above: tuple[str, ...]
    """The names of the conditions around it, outermost first."""

    @property
    def is_figure(self) -> bool:
        """True when it compares with a number or a day."""
        c = self.condition
        guess = c.guess if isinstance(c, Comparison) else None
        listed = guess if isinstance(guess, tuple) else (guess,)
        return guess is not None and not any(isinstance(one, bool | str) for one in listed)


def site_name(site: Site) -> str:
    """The name that a plan gives to a whole condition."""
    if site.kind == "gates":
        return f"gate.{site.id}"
    inner = site.inner
    return f"{site.id}.applies_when" if len(inner) == 1 else f"{site.id}.{str(inner[1]).replace(' ', '')}"


def criteria(ruleset: Ruleset) -> Iterator[Criterion]:
    """Every condition of a ruleset, in the order of writing."""

    def below(one: Criterion) -> Iterator[Criterion]:
        yield one
        for step, part in parts(one.condition):
            is_selection = step == _SELECTION
            role: Role = "selection" if is_selection else one.role
            positive = True if is_selection else one.positive != isinstance(one.condition, Not)
            name, index, _ = step.replace("]", "[").split("[") if "[" in step else (step, "", "")
            inner = (*one.inner, name, int(index)) if index else (*one.inner, name)
            yield from below(
                Criterion(one.site, f"{one.name}.{step}", inner, part, role, positive, (*one.above, one.name))
            )

    for site in sites(ruleset):
        yield from below(Criterion(site, site_name(site), site.inner, site.condition, site.role, True, ()))
