"""The figures of conditions in words: what each says, how well it is known, where it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from grading.language.decision_text import level_label
from grading.language.figures import Layer, Place, Site, places, sites
from grading.language.prose import glue, sentence
from grading.model.base import Cite, Provenance
from grading.model.condition import Comparison
from grading.model.ruleset import Ruleset, split_levels
from grading.vocabulary import BASIS, CONFIDENCE
from reports.context.sources import Sources

COUNTS = "计入评级"
PROVISIONAL = "暂定，只用于试算"
UNRESOLVED = "待核实，按未知处理"
UNSEEN = "转述，未核对原文"
APPLIES, GATE, SELECTS = "适用条件", "触发条件", "适用范围"


@dataclass(frozen=True)
class FigureLine:
    """A figure of a criterion: the comparison in words, for which levels, and how it is known."""

    criterion: str
    title: str
    text: str
    used_in: str
    state: str
    known: str
    source: int
    note: str | None
    is_open: bool
    is_uncertain: bool


class Figures:
    """The figures of a ruleset by criterion; the same figure of several levels is one line."""

    def __init__(self, ruleset: Ruleset, sources: Sources) -> None:
        self.ruleset, self.sources = ruleset, sources
        self.titles = {i.id: i.title for i in ruleset.indicators} | {g.id: g.title or g.text for g in ruleset.gates}
        lines: dict[tuple[str, str], dict[tuple[str, Provenance, str | None], tuple[Comparison, list[str]]]] = {}
        for site in sites(ruleset):
            for place in places(site):
                if isinstance(place.condition, Comparison) and self._is_figure(place):
                    key = (sentence(ruleset, place.condition), provenance(ruleset, place), _note(place))
                    of_criterion = lines.setdefault((site.kind, site.id), {})
                    _, uses = of_criterion.setdefault(key, (place.condition, []))
                    uses += [use for use in self._uses(site, place) if use not in uses]
        self._lines = {
            criterion: tuple(self._line(criterion[1], key, *found) for key, found in of_criterion.items())
            for criterion, of_criterion in lines.items()
        }

    def of(self, kind: str, criterion: str) -> tuple[FigureLine, ...]:
        """The figures of an indicator or a gate, in the order of writing."""
        return self._lines.get((kind, criterion), ())

    def open(self) -> tuple[FigureLine, ...]:
        """The figures that do not count officially, criterion by criterion."""
        return tuple(line for lines in self._lines.values() for line in lines if line.is_open)

    def _is_figure(self, place: Place) -> bool:
        """True of numbers and days, and of everything that is open or says itself how it is known."""
        c = place.condition
        assert isinstance(c, Comparison)
        guess = c.guess if isinstance(c.guess, tuple) else (c.guess,)
        measured = any(isinstance(value, Decimal | date) for value in guess)
        return c.is_unresolved or c.is_provisional or measured or bool(c.basis or c.confidence or c.cite)

    def _uses(self, site: Site, place: Place) -> Iterable[str]:
        if site.kind == "gates":
            return (GATE,)
        if place.role == "applicability":
            return (APPLIES,)
        levels = [level_label(self.ruleset.scale, level) for level in split_levels(str(site.inner[1]))]
        return [glue((level, SELECTS)) for level in levels] if place.role == "selection" else levels

    def _line(
        self, criterion: str, key: tuple[str, Provenance, str | None], c: Comparison, uses: list[str]
    ) -> FigureLine:
        text, known, note = key
        is_unseen = known.basis in ("recalled", "estimated")
        state = UNRESOLVED if c.is_unresolved else PROVISIONAL if c.is_provisional else COUNTS
        return FigureLine(
            criterion=criterion,
            title=self.titles[criterion],
            text=text,
            used_in="、".join(uses),
            state=state,
            known=known_text(known),
            source=self.sources.number(known, self.titles[criterion]),
            note=note,
            is_open=c.is_unresolved or c.is_provisional,
            is_uncertain=c.is_unresolved or c.is_provisional or is_unseen or known.confidence == "low",
        )


def known_text(known: Provenance) -> str:
    """Basis and confidence: `见于原文，可信度高`."""
    return f"{BASIS[known.basis]}；可信度{CONFIDENCE[known.confidence]}"


def provenance(ruleset: Ruleset, place: Place) -> Provenance:
    """The provenance of a figure by its place, innermost statement first."""
    cite = next((layer.cite for layer in _around(place) if layer.cite), None)
    return Provenance(
        basis=place.basis or "recalled",
        confidence=place.confidence or "low",
        cite=cite or Cite(document=ruleset.edition.document),
    )


def _around(place: Place) -> Iterable[Layer]:
    return (place.condition, *reversed(place.above), *reversed(place.site.layers))


def _note(place: Place) -> str | None:
    """The note of the statement that the figure's basis comes from, where it is a condition's own."""
    return next((layer.note for layer in (place.condition, *reversed(place.above)) if layer.note), None)
