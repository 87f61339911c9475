"""A ruleset as the chapters of its rule book: plain values in the order of the page, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grading.edition_diff.changes import Change, Part, changes
from grading.edition_diff.words import DIRECTIONS, KINDS, NOTHING, WAYS
from grading.engine.grade import ruleset_digest
from grading.forms.questions import Question, questions, sections
from grading.forms.wording import range_text
from grading.language.computed_text import formula_text
from grading.language.counts import Counts, count
from grading.language.decision_text import effect_text, level_label
from grading.language.measure_text import measure_text
from grading.language.nested import asked_at
from grading.language.price_text import per_piece
from grading.language.prose import NOT_ASKED, day_text, inherited, sentence, stated_text, unit_text
from grading.language.windows import first_days
from grading.model.base import Cite, Provenance, Remedy
from grading.model.condition import walk
from grading.model.ruleset import ALERTS, Gate, Indicator, Measure, ProvisionalPercent, Ruleset, split_levels
from grading.vocabulary import ALERT, DECIDED_BY, FACT_TYPE, REVIEW
from reports.context.sources import Source, Sources
from reports.context.words import cost_text, region_text, weeks_text
from reports.rulebook.figures import FigureLine, Figures, known_text

DOUBTFUL = ("recalled", "estimated")


@dataclass(frozen=True)
class LevelCell:
    """An indicator's requirement at one level: in words, as it is decided, and how it is known."""

    label: str
    text: str
    decided: str | None
    known: str | None
    source: int | None
    is_uncertain: bool


@dataclass(frozen=True)
class RemedyLine:
    """A remedy: what for, what to do, how long, at what cost, what proves it."""

    used_for: str
    text: str
    effort: str
    evidence: tuple[str, ...]
    note: str | None


@dataclass(frozen=True)
class EvidenceLine:
    """A fact that a criterion reads, and what an assessor asks to see."""

    label: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class ChangeLine:
    """A difference from the edition before: of what, in which direction, from what to what."""

    name: str
    direction: str | None
    before: str
    after: str


@dataclass(frozen=True)
class ChangeEntry:
    """A criterion, fact or measure that differs from the edition before."""

    kind: str
    way: str
    title: str
    ids: str
    lines: tuple[ChangeLine, ...]


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
        """A level that says how all levels that ask anything are known, where they are known alike."""
        stated = [cell for cell in self.levels if cell.known is not None]
        return stated[0] if stated and len({(cell.known, cell.source) for cell in stated}) == 1 else None


@dataclass(frozen=True)
class Chapter:
    """A dimension with its indicators."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class MeasureLine:
    """A measure, and the words about a percentage that is not established."""

    text: str
    known: str
    source: int
    is_uncertain: bool


@dataclass(frozen=True)
class AskedFact:
    """A fact as the audit asks for it."""

    label: str
    table: str
    values: str
    help: str | None
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Formula:
    """A computed fact: how it is worked out."""

    label: str
    formula: str
    unit: str
    help: str | None


@dataclass(frozen=True)
class Since:
    """The edition that this one is compared with, and what differs."""

    title: str
    document: str
    effective: str
    changes: tuple[ChangeEntry, ...]


@dataclass(frozen=True)
class Book:
    """Everything the template needs."""

    id: str
    title: str
    warning: str
    document: str
    effective: str
    superseded: str | None
    place: str
    scale: str
    levels: tuple[str, ...]
    industry: tuple[tuple[str, str], ...]
    review: str
    is_draft: bool
    counts: Counts
    digest: str
    files: tuple[str, ...]
    turning_days: tuple[str, ...]
    gates: tuple[Entry, ...]
    chapters: tuple[Chapter, ...]
    alerts: tuple[tuple[str, str], ...]
    measures: tuple[tuple[str, tuple[tuple[MeasureLine, ...], ...]], ...]
    facts: tuple[tuple[str, tuple[AskedFact, ...]], ...]
    formulas: tuple[Formula, ...]
    open_figures: tuple[FigureLine, ...]
    notes: tuple[str, ...]
    since: Since | None
    sources: tuple[Source, ...]


def book(ruleset: Ruleset, before: Ruleset | None, reviewed_by: str | None = None) -> Book:
    """The rule book of an edition; `before` is the edition that it is compared with.

    `reviewed_by` says who signed it off where that is recorded elsewhere than in its file.
    """
    return _Writer(ruleset, before).book(reviewed_by)


class _Writer:
    def __init__(self, ruleset: Ruleset, before: Ruleset | None) -> None:
        self.ruleset, self.before, self.sources = ruleset, before, Sources()
        self.figures = Figures(ruleset, self.sources)
        self.asked = questions(ruleset)
        self.changes = () if before is None else changes(before, ruleset)
        self.changed = {(change.kind, change.after_id): change for change in self.changes}

    def book(self, reviewed_by: str | None) -> Book:
        ruleset, edition, review = self.ruleset, self.ruleset.edition, self.ruleset.review
        is_draft = review.status == "draft" and reviewed_by is None
        signed = reviewed_by or (f"{review.reviewer}，{day_text(review.on)}" if review.on else "")
        counts = count(ruleset)
        doubts = f"{counts.unresolved} 项数值待核实，{counts.provisional} 项为暂定值"
        return Book(
            id=ruleset.id,
            title=ruleset.title,
            warning=f"草案，未经审定：{doubts}" if is_draft else "",
            document=" ".join(part for part in (edition.document, edition.section) if part),
            effective=day_text(edition.effective),
            superseded=day_text(edition.superseded) if edition.superseded else None,
            place=region_text(ruleset.jurisdiction),
            scale=ruleset.scale.label,
            levels=tuple(level.label for level in ruleset.scale.levels),
            industry=tuple(self._industry()),
            review=REVIEW["draft" if is_draft else "reviewed"] + (f"（{signed}）" if signed else ""),
            is_draft=is_draft,
            counts=counts,
            digest=ruleset_digest(ruleset),
            files=tuple(_inner_name(file) for file in ruleset.lineage),
            turning_days=tuple(day_text(day) for day in first_days(ruleset)[1:]),
            gates=tuple(self._gate(gate) for gate in ruleset.gates),
            chapters=tuple(self._chapters()),
            alerts=tuple((alert, ALERT[alert]) for alert in ALERTS),
            measures=tuple(
                (
                    level.label,
                    tuple(
                        tuple(self._measure(one) for one in ruleset.measures.at(alert, level.id)) for alert in ALERTS
                    ),
                )
                for level in ruleset.scale.levels
            ),
            facts=tuple(
                (section.title, tuple(self._fact(question) for question in section.questions))
                for section in sections(ruleset, self.asked)
            ),
            formulas=tuple(
                Formula(
                    one.label or one.id, formula_text(ruleset, one), unit_text(one.unit) if one.unit else "—", one.help
                )
                for one in ruleset.computed.values()
            ),
            open_figures=self.figures.open(),
            notes=ruleset.notes,
            since=self._since(),
            sources=self.sources.listed(),
        )

    def _industry(self) -> Iterator[tuple[str, str]]:
        industry = self.ruleset.industry
        if industry.gbt4754:
            yield "行业代码（GB/T 4754）", "、".join(industry.gbt4754)
        if industry.includes:
            yield "包括", industry.includes
        if industry.excludes:
            yield "不包括", industry.excludes

    def _chapters(self) -> Iterator[Chapter]:
        for id_, dimension in self.ruleset.dimensions.items():
            entries = tuple(self._indicator(one) for one in self.ruleset.indicators if one.dimension == id_)
            if entries:
                yield Chapter(dimension.label, entries)

    def _indicator(self, indicator: Indicator) -> Entry:
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
            change=_change_text(self.changed.get(("indicator", indicator.id))),
        )

    def _gate(self, gate: Gate) -> Entry:
        known = self.ruleset.provenance(gate, None, gate.when)
        cell = LevelCell(
            "触发条件", gate.text, sentence(self.ruleset, gate.when), *self._known(known, gate.title or gate.text)
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
            change=_change_text(self.changed.get(("gate", gate.id))),
            is_gate=True,
        )

    def _level(self, indicator: Indicator, level: str) -> LevelCell:
        label = level_label(self.ruleset.scale, level)
        asked = asked_at(self.ruleset.scale.graded, indicator, level)
        if asked is None:
            return LevelCell(label, NOT_ASKED, None, None, None, False)
        same = inherited(self.ruleset, indicator).get(level)
        if same is not None:
            return LevelCell(label, same, None, None, None, False)
        requirement = asked.requirement
        text, decided = stated_text(self.ruleset, requirement), sentence(self.ruleset, requirement.require)
        known = self.ruleset.provenance(indicator, requirement, requirement.require)
        return LevelCell(label, text, decided if decided != text else None, *self._known(known, indicator.title))

    def _known(self, known: Provenance, used_for: str) -> tuple[str, int, bool]:
        is_uncertain = known.basis in DOUBTFUL or known.confidence == "low"
        return known_text(known), self.sources.number(known, used_for), is_uncertain

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
                    said = sentence(self.ruleset, condition)
                    inner = found.setdefault((said, condition.remedy.text), (condition.remedy, []))
                    inner[1].extend(label for label in labels if label not in inner[1])
        for (said, _), (remedy, labels) in found.items():
            levels = "、".join(labels)
            yield _remedy(f"{levels}：{said}" if said else levels, remedy)

    def _measure(self, measure: Measure) -> MeasureLine:
        known = Provenance(
            basis=measure.basis or "recalled",
            confidence=measure.confidence or "low",
            cite=measure.cite or Cite(document=self.ruleset.edition.document),
        )
        said, number, is_doubtful = self._known(known, "预警期间的措施")
        is_open = measure.percent == "unresolved" or isinstance(measure.percent, ProvisionalPercent)
        return MeasureLine(
            measure_text(measure.kind, measure.text, measure.percent), said, number, is_open or is_doubtful
        )

    def _fact(self, question: Question) -> AskedFact:
        fact = question.fact
        unit = f"，单位 {unit_text(fact.unit)}" if fact.unit else ""
        values = f"{FACT_TYPE[fact.type]}：{range_text(fact)}{unit}"
        if fact.type == "choices":
            values = f"{FACT_TYPE[fact.type]}：{'／'.join(fact.options.values())}"
        elif fact.type in ("boolean", "date"):
            values = FACT_TYPE[fact.type]
        elif fact.type == "choice":
            values = range_text(fact)
        table = "" if fact.group is None else self.ruleset.groups[fact.group].name
        return AskedFact(fact.label, table, values, fact.help, fact.evidence)

    def _since(self) -> Since | None:
        if self.before is None:
            return None
        edition = self.before.edition
        return Since(
            title=f"{self.before.title}（{self.before.id}）",
            document=" ".join(part for part in (edition.document, edition.section) if part),
            effective=day_text(edition.effective),
            changes=tuple(_change(one) for one in self.changes),
        )


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


def _change(change: Change) -> ChangeEntry:
    ids = " → ".join(dict.fromkeys(id_ for id_ in (change.before_id, change.after_id) if id_ is not None))
    lines = tuple(_change_line(part) for part in change.parts)
    return ChangeEntry(KINDS[change.kind], WAYS[change.way], change.title, ids, lines)


def _change_line(part: Part) -> ChangeLine:
    direction = None if part.direction is None else DIRECTIONS[part.direction]
    return ChangeLine(part.name, direction, part.before or NOTHING, part.after or NOTHING)


def _change_text(change: Change | None) -> str | None:
    """`修改：A级更严、B级要求不变`."""
    if change is None:
        return None
    said = "、".join(_directions(change.parts)) if change.way != "added" else ""
    return f"{WAYS[change.way]}：{said}" if said else WAYS[change.way]


def _directions(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        yield part.name if part.direction is None else f"{part.name}{DIRECTIONS[part.direction]}"


def _inner_name(file: str) -> str:
    """A file of the rulesets by its place among them, wherever they are installed."""
    return "/".join(file.replace("\\", "/").split("/")[-2:])
