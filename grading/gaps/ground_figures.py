"""The figures that a unit's grade rests on, and which provisional ones would change it if they were otherwise."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from grading.gaps.claims import Claim, Claims, LeafClaim, Otherwise
from grading.gaps.figures_by_place import Owner, figures_of
from grading.gaps.level_claims import LevelClaims
from grading.gaps.tree.subject import Subject
from grading.model.audit import Audit
from grading.model.base import Mode, Status
from grading.model.figures import GroundFigures
from grading.model.result import UNGRADED, Grading
from grading.model.ruleset import Ruleset

Level = Mapping[Owner, Claim]
"""Everything that has to be true for a level, by who asks it."""


def unit_figures(rulesets: Mapping[str, Ruleset], audit: Audit, grading: Grading) -> tuple[GroundFigures | None, ...]:
    """The figures that the grade of each unit rests on; None outside trial mode, where only established ones count."""
    if grading.mode is not Mode.TRIAL:
        return (None,) * len(grading.units)
    return tuple(
        ground_figures(Subject(audit, index, rulesets[unit.ruleset], unit, grading.mode))
        for index, unit in enumerate(grading.units)
    )


def ground_figures(subject: Subject) -> GroundFigures:
    """The figures that a unit's grade rests on: those because of which it has its level, and not the next better one."""
    case = _Case(subject)
    names = figures_of(subject.ruleset)
    grounds = [(names[place], place) for place in case.grounds() if place in names]
    counts = Counter(figure.known_as for figure, _ in grounds)
    decisive = tuple(
        figure.described(subject.ruleset)
        for figure, name in grounds
        if figure.comparison.is_provisional and case.turns_on(name, figure.owner)
    )
    return GroundFigures(counts["estimated"], counts["recalled"], counts["established"], decisive)


def turning_places(subject: Subject) -> tuple[str, ...]:
    """The places of all figures, established ones too, with whose other outcome a unit's grade would be another."""
    case, names = _Case(subject), figures_of(subject.ruleset)
    return tuple(place for place in case.grounds() if place in names and case.turns_on(place, names[place].owner))


class _Case(LevelClaims[Claim]):
    """A unit's grade as claims."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject.ruleset, Claims(subject))
        self.today = subject.grading.outcome.grade

    def grounds(self) -> tuple[str, ...]:
        """The places of the comparisons that the grade rests on, in the order of writing."""
        graded = self.ruleset.scale.graded
        found = list(_because(self.gates.values()))
        if self.today != UNGRADED:
            reached = graded.index(self.today) if self.today in graded else len(graded)
            for level in graded[max(0, reached - 1) : reached + 1]:
                found += _because(self.levels[level].values())
        return tuple(dict.fromkeys(leaf.place for leaf in found))

    def turns_on(self, place: str, owner: Owner) -> bool:
        """True where the grade would be another if a comparison came out otherwise, in all rows if it is about rows."""
        return any(self.grade((place, status), owner) != self.today for status in (Status.MET, Status.UNMET))

    def grade(self, otherwise: Otherwise, owner: Owner) -> str:
        """The grade when a comparison of an indicator or gate comes out otherwise."""

        def holds(name: str, level: Level) -> bool:
            return self.failing[name] <= {owner} and (owner not in level or level[owner].holds_with(otherwise))

        if not holds(UNGRADED, self.gates):
            return UNGRADED
        return next((name for name, level in self.levels.items() if holds(name, level)), self.ruleset.scale.floor)

    @cached_property
    def failing(self) -> Mapping[str, frozenset[Owner]]:
        """By level, who asks something that is not true as things are; under `ungraded` the gates."""
        every = {UNGRADED: self.gates, **self.levels}
        return {name: frozenset(o for o, claim in level.items() if not claim.holds) for name, level in every.items()}


def _because(claims: Iterable[Claim]) -> Iterator[LeafClaim]:
    """The grounds why all of the claims are true; or if they are not, why those are not that are not."""
    listed = list(claims)
    failing = [claim for claim in listed if not claim.holds]
    for claim in failing or listed:
        yield from claim.grounds()
