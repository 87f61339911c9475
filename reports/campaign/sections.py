"""Parts that several documents of a campaign have: changes of grades, visits, help wanted, what remains, the gradings behind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import ceil

from grading.campaign.changes import GradeChange, Span, grade_changes
from grading.campaign.counts import Reached, ShareCount
from grading.campaign.evaluate import Evaluation, Evaluator
from grading.campaign.model import RosterEntry
from grading.campaign.overdue import Overdue
from grading.language.prose import day_text
from reports.campaign.context import WHY, ZONE, CampaignReport, PlantLine, grade_label, grading_id
from reports.campaign.supplement import Supplement

MOST_IN_ANNEX = 1000
"""So many plants a document names with their gradings; more are in the ledger and in the attached JSON."""


@dataclass(frozen=True)
class ChangeLine:
    """A plant whose grade is another, with the gradings before and after and what they turned on."""

    permit: str
    name: str
    county: str
    before: str
    after: str
    direction: str
    deciding: str
    grading_before: str
    grading: str


@dataclass(frozen=True)
class VisitLine:
    """A visit in words."""

    day: str
    name: str
    permit: str
    by: str
    findings: str
    advice: str
    next_day: str


@dataclass(frozen=True)
class WantedLine:
    """An obstacle that a plant has named in its plan."""

    permit: str
    name: str
    county: str
    measure: str
    finish: str
    responsible: str
    obstacle: str


@dataclass(frozen=True)
class TaskLine:
    """A task of the campaign: all of it, what is done, what is left."""

    name: str
    total: int
    done: int
    done_before: int | None
    """On the last day before the period; None: not recorded."""

    @property
    def left(self) -> int:
        """The number that is left."""
        return max(0, self.total - self.done)


@dataclass(frozen=True)
class RemainingLine:
    """A plant of the roster that has not reached its target: how far it is, when what is due, who answers for it."""

    permit: str
    name: str
    county: str
    now: str
    target: str
    state: str
    due: str
    responsible: str
    why: str


@dataclass(frozen=True)
class StepLine:
    """A statement about a plant or about one of its gaps."""

    day: str
    name: str
    permit: str
    state: str
    note: str


def span_text(span: Span) -> str:
    """The days of a report."""
    first, last = day_text(span.first), day_text(span.last)
    return first if first == last else f"{first}至 {last}"


class Sections:
    """Writes the parts of one evaluation."""

    def __init__(self, evaluator: Evaluator, report: CampaignReport, more: Supplement) -> None:
        self.evaluator, self.report, self.more = evaluator, report, more

    @property
    def evaluation(self) -> Evaluation:
        """The evaluation of the day of the report."""
        return self.report.evaluation

    def changes(self, span: Span) -> tuple[ChangeLine, ...]:
        """The changes of grades in the period: down first, then up, then in and out."""
        order = {False: 0, True: 1, None: 2}
        found = sorted(grade_changes(self.evaluator, span), key=lambda change: order[change.is_up])
        return tuple(self._change(change, span) for change in found)

    def visits(self, span: Span) -> tuple[VisitLine, ...] | None:
        """The visits of the period; None: none are known of."""
        if self.more.visits is None:
            return None
        return tuple(
            VisitLine(
                day_text(visit.day),
                self.name(visit.permit),
                visit.permit,
                visit.by,
                visit.findings,
                visit.advice,
                "—" if visit.next_day is None else day_text(visit.next_day),
            )
            for visit in sorted(self.more.visits, key=lambda visit: (visit.day, visit.permit))
            if span.first <= visit.day <= span.last
        )

    def steps(self, span: Span) -> tuple[StepLine, ...]:
        """The steps of the period: what was said of plants and gaps."""
        return tuple(
            StepLine(
                day_text(step.day),
                self.name(step.permit),
                step.permit,
                f"{self._gap_text(step.permit, step.gap)}：{step.state}" if step.gap else step.state,
                step.note,
            )
            for step in sorted(self.more.steps, key=lambda step: (step.day, step.permit, step.gap or ""))
            if span.first <= step.day <= span.last
        )

    def help_wanted(self) -> tuple[WantedLine, ...]:
        """The obstacles of measures that are not done."""
        return tuple(
            WantedLine(
                entry.permit,
                self.name(entry.permit),
                self.county(entry.permit),
                measure.text or self._gap_text(entry.permit, measure.gap),
                day_text(measure.finish),
                measure.responsible or "—",
                measure.obstacle,
            )
            for entry in self.evaluator.campaign.roster
            for measure in entry.measures
            if measure.obstacle is not None and measure.done_percent < 100
        )

    def tasks(self, span: Span) -> tuple[TaskLine, ...]:
        """The tasks of the campaign, each with what was done before the period where that is known."""
        roster, found = self.evaluator.campaign.roster, self.evaluation
        measures = [measure for entry in roster for measure in entry.measures]
        tasks = []
        if roster:
            done = [m for m in measures if m.done_percent == 100]
            tasks.append(TaskLine("制定改造计划（家）", len(roster), sum(bool(e.measures) for e in roster), None))
            tasks.append(TaskLine("完成整改措施（项）", len(measures), len(done), None))
            there = [self._has_reached(entry, span.last) for entry in roster]
            before = [self._has_reached(entry, span.before) for entry in roster]
            tasks.append(TaskLine("达到各自的目标等级（家）", len(roster), sum(there), sum(before)))
        earlier = self.evaluator.on(span.before)
        was = {share.zone: share.reached for share in earlier.shares}
        for share in found.shares:
            if share.missing is not None:
                name = f"{ZONE[share.zone]}达到 {self.report.reached} 及以上（家）"
                tasks.append(TaskLine(name, _needed(share), share.reached, was[share.zone]))
        new = {count.county: len(count.new) for count in earlier.new}
        for line in self.report.counties:
            count = line.count
            if count.at_least is not None:
                tasks.append(
                    TaskLine(f"{line.name}新增（家）", count.at_least, len(count.new), new.get(count.county, 0))
                )
        return tuple(tasks)

    def remaining(self) -> tuple[RemainingLine, ...]:
        """The plants of the roster that are not there, those that are late or due soonest first."""
        late = _by_permit(self.evaluation.overdue)
        lines = []
        for entry in self.evaluator.campaign.roster:
            if not self._has_reached(entry, self.evaluation.on):
                open_ = [m.finish for m in entry.measures if m.done_percent < 100]
                due = min([*open_, *([entry.due] if entry.due is not None else [])], default=None)
                key = (entry.permit not in late, due or date.max, entry.permit)
                lines.append((key, self._remaining(entry, due, late)))
        return tuple(line for _, line in sorted(lines, key=lambda one: one[0]))

    def annex(self) -> tuple[PlantLine, ...]:
        """The plants of the base with the gradings that decide; none where there are too many to print."""
        base = [line for line in self.report.plants if line.permit in self.report.base]
        return tuple(sorted(base, key=lambda line: (line.county, line.permit))) if len(base) <= MOST_IN_ANNEX else ()

    def name(self, permit: str) -> str:
        """A plant's name; empty where it is not one of the campaign."""
        plant = self.evaluator.plant(permit)
        return "" if plant is None else plant.plant.enterprise.name

    def county(self, permit: str) -> str:
        """The county of a plant."""
        plant = self.evaluator.plant(permit)
        return "" if plant is None else self.evaluator.county_names.get(plant.county, plant.county)

    def _gap_text(self, permit: str, gap: str | None) -> str:
        """A gap in words: as the plan names it, or the audit; by its number alone where neither does."""
        entry = self.evaluator.roster.get(permit)
        planned = (m.text for m in entry.measures if m.gap == gap) if entry is not None else ()
        found = next((text for text in planned if text), None) or self._gap_titles.get((permit, gap or ""))
        return f"差距 {gap}" + (f"（{found}）" if found else "") if gap else ""

    @cached_property
    def _gap_titles(self) -> Mapping[tuple[str, str], str]:
        """Of the gaps on the cheapest ways to a level, what each asks of the plant."""
        there = self.more.outlook.candidates if self.more.outlook is not None else ()
        return {(c.permit, gap.id): gap.fact_label for c in there if c.ways is not None for gap in c.ways.gaps}

    def _change(self, change: GradeChange, span: Span) -> ChangeLine:
        plant = self.evaluator.plants[change.permit]
        return ChangeLine(
            change.permit,
            self.name(change.permit),
            self.county(change.permit),
            grade_label(self.evaluator, change.before),
            grade_label(self.evaluator, change.after),
            {True: "上升", False: "下降", None: "新评" if change.before is None else "失效"}[change.is_up],
            self.more.deciding.get(change.permit, ""),
            grading_id(self.evaluator, plant, span.before),
            grading_id(self.evaluator, plant, span.last),
        )

    def _remaining(self, entry: RosterEntry, due: date | None, late: Mapping[str, str]) -> RemainingLine:
        plant = self.evaluator.plant(entry.permit)
        of_measures = (m.responsible for m in entry.measures if m.done_percent < 100)
        people = dict.fromkeys(person for person in (entry.responsible, *of_measures) if person)
        state = "已定计划" if entry.measures else "未定计划"
        day = self.evaluation.on
        return RemainingLine(
            permit=entry.permit,
            name=self.name(entry.permit),
            county=self.county(entry.permit),
            now=grade_label(self.evaluator, None if plant is None else plant.on(day).grade),
            target=self.evaluator.levels.labels[entry.target],
            state=self.more.states.get(entry.permit, state),
            due="—" if due is None else day_text(due),
            responsible="、".join(people) or "—",
            why=late.get(entry.permit, ""),
        )

    def _has_reached(self, entry: RosterEntry, day: date) -> bool:
        levels, plant = self.evaluator.levels, self.evaluator.plant(entry.permit)
        return plant is not None and Reached(levels, levels.threshold(entry.target)).by(plant.on(day).grade)


def gradings_json(evaluator: Evaluator, report: CampaignReport) -> list[dict[str, str | None]]:
    """The gradings behind every figure: the plants of the campaign with their grade and the grading that decides it."""
    return [
        {
            "permit": line.permit,
            "grade": evaluator.plants[line.permit].on(report.day).grade,
            "grading": line.grading or None,
        }
        for line in report.plants
    ]


def _by_permit(late: Iterable[Overdue]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for entry in late:
        found.setdefault(entry.permit, []).append(WHY[entry.why])
    return {permit: "；".join(reasons) for permit, reasons in found.items()}


def _needed(share: ShareCount) -> int:
    """The number of plants that make the share."""
    return 0 if share.at_least_percent is None else ceil(share.at_least_percent * share.base / 100)
