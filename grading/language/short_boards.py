"""A unit's short boards in Chinese: `短板：这 3 项使本单元停在 C级`, and which they are."""

from dataclasses import dataclass

from grading.language.prose import glue
from grading.model.base import Status
from grading.model.result import UNGRADED, UnitGrading
from grading.model.ruleset import Ruleset


@dataclass(frozen=True)
class ShortBoards:
    """The sentence, and the indicators by title: those that are not satisfied, those that are not decided."""

    sentence: str
    unmet: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def head(self) -> str:
        """The sentence with what it is about before it."""
        return f"短板：{self.sentence}"

    def names(self, most: int | None = None) -> str:
        """The titles, at most so many of them; behind those that are not satisfied the ones that are not decided."""
        unmet = self.unmet[:most]
        unknown = self.unknown[: None if most is None else most - len(unmet)]
        apart = "；尚未判定：" if unmet and unknown else ""
        count = len(self.unmet) + len(self.unknown)
        left = f" 等 {count} 项" if len(unmet) + len(unknown) < count else ""
        return f"{listed_titles(unmet)}{apart}{listed_titles(unknown)}{left}"

    def text(self, most: int | None = None) -> str:
        """The sentence and the titles."""
        return f"{self.head}：{self.names(most)}"


def listed_titles(titles: tuple[str, ...]) -> str:
    """Titles as a list; one that is a list itself stands in quotes, so that they can be counted."""
    return "、".join(f"“{title}”" if "、" in title else title for title in titles)


def short_boards(ruleset: Ruleset, unit: UnitGrading) -> ShortBoards | None:
    """The short boards of a unit; None when it has none."""
    if not unit.short_boards:
        return None
    titles = {indicator.id: indicator.title for indicator in ruleset.indicators}
    better = _next_better(ruleset, unit)
    unmet = [id_ for id_ in unit.short_boards if unit.indicator(id_).levels[better] is Status.UNMET]
    unknown = [id_ for id_ in unit.short_boards if id_ not in unmet]
    text = _sentence(ruleset, unit, better, len(unmet), len(unknown))
    return ShortBoards(text, tuple(titles[id_] for id_ in unmet), tuple(titles[id_] for id_ in unknown))


def _next_better(ruleset: Ruleset, unit: UnitGrading) -> str:
    """The level of which a unit falls short: the worst at which its first short board is not met.

    It is the one next better than the grade; of a unit that is not graded, than the grade that it would have.
    """
    graded, short = ruleset.scale.graded, set(unit.short_boards)
    for level in reversed(graded):
        if {result.id for result in unit.indicators if not result.levels[level].counts} == short:
            return level
    raise ValueError(f"{unit.id}: its short boards belong to no level")


def _sentence(ruleset: Ruleset, unit: UnitGrading, better: str, unmet: int, unknown: int) -> str:
    scale = ruleset.scale
    if not unmet:
        return glue((f"这 {unknown} 项尚未判定，本单元还不能认定达到", scale.label_of(better)))
    open_ = f"（其中 {unknown} 项尚未判定）" if unknown else ""
    if unit.outcome.grade == UNGRADED:
        return glue((f"除不纳入分级的情形外，这 {unmet + unknown} 项{open_}使本单元达不到", scale.label_of(better)))
    return glue((f"这 {unmet + unknown} 项{open_}使本单元停在", scale.label_of(unit.outcome.grade)))
