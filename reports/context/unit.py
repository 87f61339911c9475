"""One unit's part of the report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from grading.language.counts import Counts, count
from grading.language.decision_text import causes_text, level_label, managed_text, outcome_text
from grading.language.figures_text import counts_text
from grading.language.measure_text import measure_text
from grading.language.nested import asked_at
from grading.language.prose import day_text
from grading.language.short_boards import ShortBoards, short_boards
from grading.language.waiver_text import mark_of, waivers_text
from grading.model.audit import Audit
from grading.model.base import Cite, Provenance, Status
from grading.model.decision import Decision, Kind
from grading.model.figures import GroundFigures
from grading.model.gap import UnitGaps
from grading.model.result import UNGRADED, UnitGrading
from grading.model.ruleset import Ruleset
from grading.unusual import unusual_values
from grading.vocabulary import ALERT, BASIS, EDITION, JURISDICTION, REVIEW
from reports.charts.ladder import Ladder, ladder
from reports.context.lines import Lists, lists
from reports.context.needless import without_needless
from reports.context.plan import plan
from reports.context.plan_rows import Plan
from reports.context.sources import Sources
from reports.context.trace import trace
from reports.context.trace_rows import Trace
from reports.context.words import jurisdiction_text

EDITION_NOTICES = {**EDITION, **JURISDICTION}


@dataclass(frozen=True)
class Edition:
    """The ruleset that graded the unit."""

    id: str
    title: str
    document: str
    effective: str
    superseded: str | None
    place: str
    scale: str
    review: str
    is_draft: bool
    digest: str
    counts: Counts

    @property
    def text(self) -> str:
        """The edition in a sentence, without a full stop."""
        return f"{self.title}，{self.document}，{self.effective}起施行，适用{self.place}（{self.review}）"


@dataclass(frozen=True)
class Cell:
    """A dimension's indicators at a level; `status` is the worst of them."""

    status: Status
    unmet: int
    unknown: int


@dataclass(frozen=True)
class MatrixRow:
    """A dimension with its cells, best level first, and what is decided of it."""

    label: str
    indicators: int
    cells: tuple[Cell, ...]
    grade: str


@dataclass(frozen=True)
class ScopeRow:
    """A named set of dimensions with its grade."""

    label: str
    dimensions: str
    grade: str


@dataclass(frozen=True)
class Obstacle:
    """The open indicators of one dimension, counted."""

    label: str
    unmet: int
    missing: int
    open_figures: int


@dataclass(frozen=True)
class MeasureRow:
    """An alert's measure, with its source."""

    text: str
    source: int | None


@dataclass(frozen=True)
class AlertRow:
    """Alerts that ask the same, with what they ask today and at the target level."""

    alerts: tuple[tuple[str, str], ...]
    today: tuple[MeasureRow, ...]
    target: tuple[MeasureRow, ...]


@dataclass(frozen=True)
class UnitPart:
    """Everything the report says of one unit."""

    number: int
    id: str
    edition: Edition
    notices: tuple[str, ...]
    short_boards: ShortBoards | None
    waivers: tuple[str, ...]
    """The waivers that the audit states, a sentence each."""
    waives: bool
    """True when one of them is in force."""
    unusual: tuple[str, ...]
    """What is stated that seldom is so, and may be a slip: a sentence each."""
    is_trial: bool
    is_ungraded: bool
    has_reached: bool
    is_best: bool
    is_undecided: bool
    grade: str
    """The decision: a level, or the interval of an undecided one."""
    causes: str
    """The causes for which it is not decided; empty when it is."""
    figures: str
    """Of a trial, how many figures the grade rests on and how well they are known; empty otherwise."""
    decisive: tuple[tuple[str, str], ...]
    """The decisive ones, each with its basis."""
    managed: str
    """The level that it is managed as until it is decided."""
    target: str
    ladder: Ladder
    levels: tuple[str, ...]
    target_column: int
    matrix: tuple[MatrixRow, ...]
    total: MatrixRow
    scopes: tuple[ScopeRow, ...]
    obstacles: tuple[tuple[Obstacle | None, ...], ...]
    unmet: int
    missing: int
    open_figures: int
    lists: Lists
    plan: Plan
    alerts: tuple[AlertRow, ...]
    trace: Trace


def unit_part(
    audit: Audit,
    index: int,
    ruleset: Ruleset,
    grading: UnitGrading,
    gaps: UnitGaps,
    decision: Decision,
    figures: GroundFigures | None,
    sources: Sources,
) -> UnitPart:
    """The part of the unit at `index` of the audit; `gaps` are those to its target."""
    offered, scale = without_needless(gaps), ruleset.scale
    gaps = offered.gaps
    labels = [level_label(scale, level) for level in reversed(scale.ids)]
    outcome = grading.outcome
    worst, best, target = (level_label(scale, v) for v in (outcome.grade, outcome.attainable, gaps.target))
    grade = outcome_text(scale, outcome) + mark_of(grading)
    if UNGRADED in (outcome.grade, outcome.attainable):
        labels.insert(0, level_label(scale, UNGRADED))
    found = lists(ruleset, gaps.lines, sources, offered.beside)
    alerts = _alerts(ruleset, gaps, sources)
    steps = trace(audit, index, ruleset, grading)
    _remaining_sources(ruleset, gaps.target, sources)
    return UnitPart(
        number=index + 1,
        id=grading.id,
        edition=_edition(ruleset, grading),
        notices=tuple(EDITION_NOTICES[n] for n in grading.notices if n in EDITION_NOTICES),
        short_boards=short_boards(ruleset, grading),
        waivers=waivers_text(ruleset, grading),
        unusual=tuple(found.text for found in unusual_values(ruleset, audit.units[index], grading)),
        waives=any(found.standing == "in_force" for found in grading.waivers),
        is_trial=decision.kind is Kind.TRIAL,
        is_ungraded=outcome.grade == UNGRADED,
        has_reached=outcome.grade == gaps.target,
        is_best=outcome.grade == scale.ids[0],
        is_undecided=decision.is_undecided,
        grade=grade,
        causes=causes_text(decision.causes) if decision.causes is not None else "",
        figures=counts_text(figures) if figures is not None else "",
        decisive=tuple((f.text, BASIS[f.basis]) for f in figures.decisive) if figures is not None else (),
        managed=managed_text(scale, outcome),
        target=target,
        ladder=ladder(labels, worst, best, target),
        levels=tuple(level_label(scale, level) for level in scale.graded),
        target_column=scale.ids.index(gaps.target) if gaps.target in scale.graded else -1,
        matrix=tuple(_matrix(ruleset, grading)),
        total=_row(ruleset, "全部指标", grading.indicators, grade),
        scopes=tuple(
            ScopeRow(
                label=ruleset.scopes[name].label,
                dimensions="、".join(
                    ruleset.dimensions[d].label for d in ruleset.scopes[name].dimensions if d in ruleset.dimensions
                ),
                grade=outcome_text(scale, scoped),
            )
            for name, scoped in grading.scopes.items()
        ),
        obstacles=_in_two_columns(list(_obstacles(ruleset, gaps))),
        unmet=len(gaps.distinct("unmet")),
        missing=sum(row.count for row in found.missing),
        open_figures=len(found.open_figures),
        lists=found,
        plan=plan(ruleset, gaps),
        alerts=alerts,
        trace=steps,
    )


def _reviewed(ruleset: Ruleset, grading: UnitGrading) -> str:
    review = ruleset.review
    if grading.review != "reviewed" or review.reviewer is None or review.on is None:
        return REVIEW[grading.review]
    return f"{REVIEW[grading.review]}，由 {review.reviewer} 于 {day_text(review.on)}签署"


def _edition(ruleset: Ruleset, grading: UnitGrading) -> Edition:
    edition = ruleset.edition
    return Edition(
        id=ruleset.id,
        title=ruleset.title,
        document=" ".join(part for part in (edition.document, edition.section) if part),
        effective=day_text(edition.effective),
        superseded=day_text(edition.superseded) if edition.superseded is not None else None,
        place=jurisdiction_text(ruleset.jurisdiction),
        scale=ruleset.scale.label,
        review=_reviewed(ruleset, grading),
        is_draft=grading.review == "draft",
        digest=grading.ruleset_digest,
        counts=count(ruleset),
    )


def _matrix(ruleset: Ruleset, grading: UnitGrading) -> Iterable[MatrixRow]:
    for dimension, label in ((d, ruleset.dimensions[d].label) for d in ruleset.dimensions if d in grading.dimensions):
        own = [result for result in grading.indicators if result.dimension == dimension]
        yield _row(ruleset, label, own, outcome_text(ruleset.scale, grading.dimensions[dimension]))


def _row(ruleset: Ruleset, label: str, results: Iterable[Any], grade: str) -> MatrixRow:
    listed = list(results)
    cells = []
    for level in ruleset.scale.graded:
        statuses = [result.levels[level] for result in listed]
        counts = {status: statuses.count(status) for status in Status}
        worst = next((s for s in (Status.UNMET, Status.UNKNOWN, Status.WAIVED) if counts[s]), Status.MET)
        cells.append(Cell(worst, counts[Status.UNMET], counts[Status.UNKNOWN]))
    return MatrixRow(label, len(listed), tuple(cells), grade)


def _obstacles(ruleset: Ruleset, gaps: UnitGaps) -> Iterable[Obstacle]:
    counted = [line for status in ("unmet", "unknown", "unresolved") for line in gaps.distinct(status)]
    for dimension in (None, *ruleset.dimensions):
        own = [line.status for line in counted if line.dimension == dimension]
        if own:
            label = "否决与限制" if dimension is None else ruleset.dimensions[dimension].label
            yield Obstacle(label, own.count("unmet"), own.count("unknown"), own.count("unresolved"))


def _in_two_columns(obstacles: list[Obstacle]) -> tuple[tuple[Obstacle | None, ...], ...]:
    """Rows of a table that is read down its left half, then down its right half."""
    half = (len(obstacles) + 1) // 2
    return (
        tuple(zip_longest(obstacles[:half], obstacles[half:])) if len(obstacles) > 1 else tuple((o,) for o in obstacles)
    )


def _alerts(ruleset: Ruleset, gaps: UnitGaps, sources: Sources) -> tuple[AlertRow, ...]:
    same: dict[tuple[tuple[MeasureRow, ...], tuple[MeasureRow, ...]], list[tuple[str, str]]] = {}
    for asked in gaps.measures:
        label = ALERT[asked.alert]
        today, target = (
            tuple(_measure(ruleset, measure, sources) for measure in measures)
            for measures in (asked.today, asked.target)
        )
        same.setdefault((today, target), []).append((asked.alert, label))
    return tuple(AlertRow(tuple(alerts), today, target) for (today, target), alerts in same.items())


def _measure(ruleset: Ruleset, measure: Mapping[str, Any], sources: Sources) -> MeasureRow:
    cite = Cite(**measure["cite"]) if "cite" in measure else Cite(document=ruleset.edition.document)
    provenance = Provenance(
        basis=measure.get("basis", "recalled"), confidence=measure.get("confidence", "low"), cite=cite
    )
    return MeasureRow(
        text=measure_text(measure["kind"], measure["text"], measure.get("percent")),
        source=sources.number(provenance, "预警措施"),
    )


def _remaining_sources(ruleset: Ruleset, target: str, sources: Sources) -> None:
    """Number the sources of the gates and of what the target level asks besides, behind those that the gap lines name."""
    for gate in ruleset.gates:
        sources.number(ruleset.provenance(gate, None, gate.when), gate.title or gate.text)
    for indicator in ruleset.indicators:
        asked = asked_at(ruleset.scale.graded, indicator, target)
        if asked is not None:
            sources.number(ruleset.provenance(indicator, asked.requirement), indicator.title)
