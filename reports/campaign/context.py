"""An evaluation of a campaign → what the monthly report and the ledger show, in Chinese."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from grading.campaign.counts import CountyCount, Reached
from grading.campaign.evaluate import Evaluation, Evaluator
from grading.campaign.history import History
from grading.campaign.levels import UNRATED
from grading.campaign.model import RosterEntry
from grading.campaign.overdue import Why
from grading.digest import plain
from grading.language.prose import day_text
from grading.model.result import UNGRADED
from grading.vocabulary import UNGRADED as UNGRADED_LABEL
from reports.context.words import region_text

ZONE = {"core": "市区及周边", "other": "其他区域"}
WHY = {
    Why.MEASURE: "整改措施逾期未完成",
    Why.PLAN: "未按期制定改造计划",
    Why.TARGET: "逾期未达到目标等级",
}
POLLUTANT = {"so2": "二氧化硫", "nox": "氮氧化物", "pm": "颗粒物", "voc": "挥发性有机物"}
STATE = {"closed": "已关闭", "long_idle": "长期停产"}
NO_GRADE = "未评级"
UNTOLD = "未能计算"


@dataclass(frozen=True)
class PlantLine:
    """A plant in a list: who, where, what it was and is, and what is to be said of it."""

    permit: str
    name: str
    county: str
    before: str
    now: str
    since: str
    note: str
    grading: str
    """The id of the grading that decides the grade now; empty where none does, or it has none."""


@dataclass(frozen=True)
class Listing:
    """A list of plants with its heading."""

    title: str
    lines: tuple[PlantLine, ...]

    @property
    def plants(self) -> int:
        """How many plants are listed: one that stands there for several reasons is one."""
        return len({line.permit for line in self.lines})


@dataclass(frozen=True)
class CountyLine:
    """A county in the table: plants of its base by grade, target and count."""

    name: str
    base: int
    a: int
    b: int
    c: int
    d: int
    others: int
    count: CountyCount


@dataclass(frozen=True)
class SharedMeasure:
    """A measure that several plants of the roster have planned."""

    text: str
    plants: int
    done: int
    cost: str


@dataclass(frozen=True)
class CampaignReport:
    """Everything the templates need."""

    title: str
    region: str
    day: date
    day_text: str
    period: str
    reached: str
    evaluation: Evaluation
    urgent: tuple[Listing, ...]
    counties: tuple[CountyLine, ...]
    moved: tuple[Listing, ...]
    undecided: Listing
    shared: tuple[SharedMeasure, ...]
    grades: tuple[tuple[str, int], ...]
    emissions: tuple[tuple[str, str], ...]
    base_text: str
    labels: Mapping[str, str]
    plants: tuple[PlantLine, ...]
    base: frozenset[str]
    reached_by: frozenset[str]
    roster: dict[str, PlantLine]


def grade_label(evaluator: Evaluator, grade: str | None) -> str:
    """A plant's grade in words."""
    if grade is None or grade == UNRATED:
        return NO_GRADE
    return UNGRADED_LABEL if grade == UNGRADED else evaluator.levels.labels[grade]


def grading_id(evaluator: Evaluator, plant: History, day: date) -> str:
    """The id of the grading that decides a plant's grade on a day; empty where there is none, or it has none."""
    grading = plant.deciding(day, evaluator.levels)
    return "" if grading is None or grading.id is None else grading.id


class _Writer:
    """Writes the lines of one evaluation."""

    def __init__(self, evaluator: Evaluator, found: Evaluation) -> None:
        self.evaluator, self.found = evaluator, found
        self.start = evaluator.campaign.period.start
        self.plants = evaluator.plants

    def label(self, grade: str | None) -> str:
        return grade_label(self.evaluator, grade)

    def county_name(self, code: str) -> str:
        """A county by its name, or by its code where the name is not known."""
        return self.evaluator.county_names.get(code, code)

    def line(self, permit: str, note: str = "") -> PlantLine:
        plant = self.evaluator.plant(permit)
        if plant is None:
            return PlantLine(permit, "", "", NO_GRADE, NO_GRADE, "", note, "")
        now, enterprise = plant.on(self.found.on), plant.plant.enterprise
        return PlantLine(
            permit,
            enterprise.name,
            self.county_name(enterprise.county),
            self.label(plant.on(min(self.start, self.found.on)).grade),
            self.label(now.grade),
            "" if now.grade is None else day_text(now.since),
            note,
            grading_id(self.evaluator, plant, self.found.on),
        )

    def listing(self, title: str, permits: Iterable[str]) -> Listing:
        return Listing(title, tuple(self.line(permit) for permit in permits))

    def county(self, count: CountyCount) -> CountyLine:
        levels, day = self.evaluator.levels, self.found.on
        there = [plant for plant in self.base() if plant.plant.enterprise.county == count.county]
        standings = [None if (grade := plant.on(day).grade) is None else levels.standings[grade] for plant in there]
        of = levels.standings
        a, b, c, d = (
            sum(1 for standing in standings if standing is not None and low < standing <= high)
            for low, high in ((0, of["A"]), (of["A"], of["B-"]), (of["B-"], of["C"]), (of["C"], of["D"]))
        )
        return CountyLine(self.county_name(count.county), len(there), a, b, c, d, len(there) - a - b - c - d, count)

    def base(self) -> list[History]:
        return [
            plant
            for permit, plant in self.plants.items()
            if self.evaluator.zones[permit] is not None and self.evaluator.counts_on(plant, self.found.on)
        ]


def campaign_report(evaluator: Evaluator, day: date) -> CampaignReport:
    """The report of a campaign on a day: the same campaign, plants and day give the same."""
    found, campaign = evaluator.on(day), evaluator.campaign
    writer = _Writer(evaluator, found)
    moves, names = found.moves, campaign.names
    base, reached = writer.base(), Reached(evaluator.levels, evaluator.levels.threshold(campaign.reached))
    late = tuple(writer.line(entry.permit, WHY[entry.why]) for entry in found.overdue)
    return CampaignReport(
        title=campaign.title,
        region=region_text(campaign.jurisdiction).partition("（")[0],
        day=day,
        day_text=day_text(day),
        period=f"{day_text(campaign.period.start)}至 {day_text(campaign.period.deadline)}",
        reached=writer.label(campaign.reached),
        evaluation=found,
        urgent=(Listing("逾期", late), writer.listing("退步（现等级差于行动期间的最好等级）", moves.backslid)),
        counties=tuple(map(writer.county, found.new)),
        moved=(
            writer.listing(f"{names.a}（升为 A 级或引领性）", moves.created_a),
            writer.listing(f"{names.b}（升为 B 级）", moves.increased_b),
            writer.listing(f"{names.c}（由 C 级上升）", moves.reduced_c),
            writer.listing(f"{names.d}（由 D 级或非引领性上升）", moves.cleared_d),
            writer.listing("起始为 C、D 级，其后关闭或不纳入绩效分级", moves.closed_since),
        ),
        undecided=writer.listing("待定", found.undecided),
        shared=shared_measures(campaign.roster),
        grades=tuple((writer.label(grade), count) for grade, count in found.by_grade.items() if count),
        emissions=_emissions(found.emission_share),
        base_text=_base_text(campaign.base.leave_out),
        labels=evaluator.levels.labels,
        plants=tuple(writer.line(permit) for permit in sorted(evaluator.plants)),
        base=frozenset(plant.permit for plant in base),
        reached_by=frozenset(plant.permit for plant in base if reached.by(plant.on(day).grade)),
        roster={entry.permit: writer.line(entry.permit) for entry in campaign.roster},
    )


def _emissions(shares: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    """The share of each pollutant in words, also where it can't be told; nothing where no emissions are stated at all."""
    if not any(shares.values()):
        return ()
    return tuple((POLLUTANT[name], UNTOLD if text is None else f"{text}%") for name, text in shares.items())


def _base_text(left_out: Sequence[str]) -> str:
    """The plants that the base of the shares leaves out, and those that it has."""
    states = [STATE[state] for state in dict.fromkeys(left_out)]
    left = f"{'和'.join(states)}的企业不计入占比的基数，" if states else "已关闭和长期停产的企业也计入占比的基数，"
    return f"{left}不纳入绩效分级和未评级的企业计入"


def shared_measures(roster: Iterable[RosterEntry]) -> tuple[SharedMeasure, ...]:
    """The measures that several plants have planned alike, by gap id or else by words; the most shared first."""
    plants: dict[str, set[str]] = defaultdict(set)
    done: dict[str, set[str]] = defaultdict(set)
    texts: dict[str, str] = {}
    costs: dict[str, list[Decimal]] = defaultdict(list)
    for entry in roster:
        for measure in entry.measures:
            key = measure.gap or measure.text or ""
            texts.setdefault(key, measure.text or key)
            plants[key].add(entry.permit)
            if measure.done_percent == 100:
                done[key].add(entry.permit)
            if measure.cost_wan is not None:
                costs[key].append(measure.cost_wan)
    shared = sorted((key for key in plants if len(plants[key]) > 1), key=lambda key: (-len(plants[key]), texts[key]))
    return tuple(
        SharedMeasure(
            texts[key],
            len(plants[key]),
            len(done[key]),
            f"{plain(sum(costs[key], Decimal()))} 万元" if costs[key] else "—",
        )
        for key in shared
    )
