"""A ruleset as the chapters of its rule book: plain values in the order of the page, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from grading.edition_diff.changes import changes
from grading.engine.grade import ruleset_digest
from grading.forms.questions import Question, questions, sections
from grading.forms.wording import range_text
from grading.language.computed_text import formula_text
from grading.language.counts import Counts, count
from grading.language.measure_text import measure_text
from grading.language.prose import day_text, unit_text
from grading.language.windows import first_days
from grading.model.base import Cite, Provenance
from grading.model.ruleset import ALERTS, Measure, ProvisionalPercent, Ruleset
from grading.vocabulary import ALERT, FACT_TYPE, REVIEW
from reports.context.sources import Source, Sources
from reports.context.words import region_text
from reports.rulebook.changes import Since, since
from reports.rulebook.entries import Entry, EntryWriter, basis_of
from reports.rulebook.figures import FigureLine, Figures


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
    """A computed fact and its formula."""

    label: str
    formula: str
    unit: str
    help: str | None


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

    `reviewed_by`: the reviewer, where the sign-off is recorded elsewhere than in its file.
    """
    return _Writer(ruleset, before).book(reviewed_by)


class _Writer:
    def __init__(self, ruleset: Ruleset, before: Ruleset | None) -> None:
        self.ruleset, self.before, self.sources = ruleset, before, Sources()
        self.figures = Figures(ruleset, self.sources)
        self.asked = questions(ruleset)
        self.changes = () if before is None else changes(before, ruleset)
        changed = {(change.kind, change.after_id): change for change in self.changes}
        self.entries = EntryWriter(ruleset, self.sources, self.figures, self.asked, changed)

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
            gates=tuple(self.entries.gate(gate) for gate in ruleset.gates),
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
            since=None if self.before is None else since(self.before, self.changes),
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
            entries = tuple(self.entries.indicator(one) for one in self.ruleset.indicators if one.dimension == id_)
            if entries:
                yield Chapter(dimension.label, entries)

    def _measure(self, measure: Measure) -> MeasureLine:
        known = Provenance(
            basis=measure.basis or "recalled",
            confidence=measure.confidence or "low",
            cite=measure.cite or Cite(document=self.ruleset.edition.document),
        )
        basis, number, is_doubtful = basis_of(known, "预警期间的措施", self.sources)
        is_open = measure.percent == "unresolved" or isinstance(measure.percent, ProvisionalPercent)
        return MeasureLine(
            measure_text(measure.kind, measure.text, measure.percent), basis, number, is_open or is_doubtful
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


def _inner_name(file: str) -> str:
    """A file of the rulesets by its place among them, wherever they are installed."""
    return "/".join(file.replace("\\", "/").split("/")[-2:])
