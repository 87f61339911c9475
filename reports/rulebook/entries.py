"""Indicators and gates as entries of the rule book: requirements at each level, figures, remedies, evidence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grading.edition_diff.changes import Change, Kind
from grading.forms.questions import Question
from grading.language.decision_text import effect_text, level_label
from grading.language.nested import asked_at
from grading.language.price_text import per_piece
from grading.language.prose import NOT_ASKED, inherited, sentence, stated_text
from grading.model.base import Provenance, Remedy
from grading.model.condition import walk
from grading.model.ruleset import Gate, Indicator, Ruleset, split_levels
from grading.vocabulary import DECIDED_BY
from reports.context.sources import Sources
from reports.context.words import cost_text, weeks_text
from reports.rulebook.changes import change_text
from reports.rulebook.figures import FigureLine, Figures, known_text

DOUBTFUL = ("recalled", "estimated")


@dataclass(frozen=True)
class LevelCell:
    """An indicator's requirement at one level: its words, the condition that decides it, its basis."""

    label: str
    text: str
    decided: str | None
    known: str | None
    source: int | None
    is_uncertain: bool


@dataclass(frozen=True)
class RemedyLine:
    """A remedy: its purpose, work, duration, cost and proof."""

    used_for: str
    text: str
    effort: str
    evidence: tuple[str, ...]
    note: str | None


@dataclass(frozen=True)
class EvidenceLine:
    """A fact that a criterion reads, and the evidence that an assessor asks for."""

    label: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """An indicator or a gate with everything the edition says about it."""

    id: str
    title: str
    head: str
    applies_when: str | None
    levels: tuple[LevelCell, ...]
    figures: tuple[FigureLine, ...]
    remedies: tuple[RemedyLine, ...]
    evidence: tuple[EvidenceLine, ...]
    note: str | None
    renamed_from: str | None
    change: str | None
    is_gate: bool = False

    @property
    def known(self) -> LevelCell | None:
        """A level with the basis that all levels share; None where their bases differ."""
        stated = [cell for cell in self.levels if cell.known is not None]
        return stated[0] if stated and len({(cell.known, cell.source) for cell in stated}) == 1 else None


class EntryWriter:
    """Writes the entries of a ruleset; `changed` are its differences from the edition before, by kind and id."""

    def __init__(
        self,
        ruleset: Ruleset,
        sources: Sources,
        figures: Figures,
        asked: Sequence[Question],
        changed: Mapping[tuple[Kind, str | None], Change],
    ) -> None:
        self.ruleset, self.sources, self.figures, self.asked, self.changed = ruleset, sources, figures, asked, changed

    def indicator(self, indicator: Indicator) -> Entry:
        """The entry of an indicator."""
        applies = None if indicator.applies_when is None else sentence(self.ruleset, indicator.applies_when)
        return Entry(
            id=indicator.id,
            title=indicator.title,
            head=DECIDED_BY[indicator.decided_by],
            applies_when=applies,
            levels=tuple(self._level(indicator, level) for level in self.ruleset.scale.graded),
            figures=self.figures.of("indicators", indicator.id),
            remedies=tuple(self._remedies(indicator)),
            evidence=tuple(_evidence(question) for question in self.asked if indicator in question.judged_by),
            note=indicator.note,
            renamed_from=indicator.renamed_from,
            change=change_text(self.changed.get(("indicator", indicator.id))),
        )

    def gate(self, gate: Gate) -> Entry:
        """The entry of a gate."""
        known = self.ruleset.provenance(gate, None, gate.when)
        cell = LevelCell(
            "触发条件",
            gate.text,
            sentence(self.ruleset, gate.when),
            *basis_of(known, gate.title or gate.text, self.sources),
        )
        remedies = () if gate.remedy is None else (_remedy("", gate.remedy),)
        return Entry(
            id=gate.id,
            title=gate.title or gate.text,
            head=effect_text(self.ruleset, gate),
            applies_when=None,
            levels=(cell,),
            figures=self.figures.of("gates", gate.id),
            remedies=remedies,
            evidence=tuple(_evidence(question) for question in self.asked if gate in question.gates),
            note=gate.note,
            renamed_from=None,
            change=change_text(self.changed.get(("gate", gate.id))),
            is_gate=True,
        )

    def _level(self, indicator: Indicator, level: str) -> LevelCell:
        label = level_label(self.ruleset.scale, level)
        statement = asked_at(self.ruleset.scale.graded, indicator, level)
        if statement is None:
            return LevelCell(label, NOT_ASKED, None, None, None, False)
        same = inherited(self.ruleset, indicator).get(level)
        if same is not None:
            return LevelCell(label, same, None, None, None, False)
        requirement = statement.requirement
        text, decided = stated_text(self.ruleset, requirement), sentence(self.ruleset, requirement.require)
        known = self.ruleset.provenance(indicator, requirement, requirement.require)
        return LevelCell(
            label, text, decided if decided != text else None, *basis_of(known, indicator.title, self.sources)
        )

    def _remedies(self, indicator: Indicator) -> Iterator[RemedyLine]:
        if indicator.remedy is not None:
            yield _remedy("", indicator.remedy)
        found: dict[tuple[str, str], tuple[Remedy, list[str]]] = {}
        for key, requirement in indicator.levels.items():
            labels = [level_label(self.ruleset.scale, level) for level in split_levels(key)]
            if requirement.remedy is not None:
                own = found.setdefault(("", requirement.remedy.text), (requirement.remedy, []))
                own[1].extend(labels)
            for _, condition in walk(requirement.require):
                if condition.remedy is not None:
                    condition_text = sentence(self.ruleset, condition)
                    inner = found.setdefault((condition_text, condition.remedy.text), (condition.remedy, []))
                    inner[1].extend(label for label in labels if label not in inner[1])
        for (condition_text, _), (remedy, labels) in found.items():
            levels = "、".join(labels)
            yield _remedy(f"{levels}：{condition_text}" if condition_text else levels, remedy)


def basis_of(known: Provenance, used_for: str, sources: Sources) -> tuple[str, int, bool]:
    """The basis in words, the number of its source, and True where it is uncertain."""
    is_uncertain = known.basis in DOUBTFUL or known.confidence == "low"
    return known_text(known), sources.number(known, used_for), is_uncertain


def _evidence(question: Question) -> EvidenceLine:
    return EvidenceLine(question.fact.label, question.fact.evidence)


def _remedy(used_for: str, remedy: Remedy) -> RemedyLine:
    effort = []
    if remedy.weeks is not None:
        effort.append(f"需 {weeks_text(remedy.weeks)}")
    if remedy.cost_wan_cny is not None:
        effort.append(f"投资 {cost_text(remedy.cost_wan_cny)}{per_piece(remedy)}")
    note = "；".join(part for part in (remedy.covers, remedy.note) if part) or None
    return RemedyLine(used_for, remedy.text, "，".join(effort), remedy.evidence, note)
