"""The outlook of a campaign in words: who closes what is missing, at what cost, by when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from grading.campaign.candidates import Candidate, Option
from grading.campaign.evaluate import Evaluator
from grading.campaign.shared_gaps import SharedGap
from grading.campaign.soonest import AreaOutlook, Choice, Forecast, Outlook, Pick
from grading.campaign.ways import Way
from grading.language.prose import day_text
from grading.model.gap import Costs
from reports.campaign.context import ZONE
from reports.context.words import cost_text, weeks_text

WAY = {
    "publication": "已复核，公布即达到",
    "plan": "按改造计划",
    "cheapest": "最省的方案",
    "quickest": "最快的方案",
}
FIGURES_ONLY = "核实指南数值即达到"
PLAN = {"in_time": "计划按期", "uncovered": "计划未覆盖全部差距", "late": "计划逾期或晚于期限", "none": "没有计划"}
TRIAL = "试算"
SHARED_BY = 2
REASON = {
    "unresolved_figure": "指南数值待核实",
    "missing_table": "整张表未填报",
    "no_row": "表中没有可改动的行",
    "circumstance": "企业的客观情况或法规规定",
    "time": "须待时间届满",
    "computed": "须另行论证",
    "conflict": "要求相互牵制，须另行论证",
    "search_limit": "组合太多，没有算完，须另行论证",
    "no_level": "适用的等级中没有目标等级",
}


@dataclass(frozen=True)
class PickLine:
    """A plant of a choice."""

    permit: str
    name: str
    county: str
    now: str
    way: str
    cost: str
    weeks: str
    work: str
    ready: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class ChoiceLine:
    """The plants of a choice, and what they come to."""

    picks: tuple[PickLine, ...]
    cost: str
    text: str
    brief: str


@dataclass(frozen=True)
class AreaLine:
    """A county or a zone with its choices and its forecast."""

    kind: str
    id: str
    name: str
    area: AreaOutlook
    cheapest: ChoiceLine
    in_time: ChoiceLine | None
    forecast: str
    met: bool | None


@dataclass(frozen=True)
class SharedLine:
    """Something that plants of an industry lack alike."""

    key: str
    industry: str
    label: str
    required: str
    number: int
    of: int
    text: str
    permits: tuple[str, ...]


@dataclass(frozen=True)
class HelpLine:
    """A plant to help, with the least that it takes."""

    permit: str
    name: str
    county_code: str
    county: str
    zone: str
    now: str
    target: str
    unmet: int
    unknown: int
    gaps_text: str
    way: str
    cost: str
    weeks: str
    work: str
    works: tuple[str, ...]
    plan: str
    marks: tuple[str, ...]
    obstacles: tuple[str, ...]


class OutlookWords:
    """Writes an outlook of one evaluator."""

    def __init__(self, evaluator: Evaluator, label: Callable[[str | None], str]) -> None:
        self.evaluator, self.label = evaluator, label

    def areas(self, found: Outlook) -> tuple[AreaLine, ...]:
        """The counties and zones that have a target."""
        return tuple(self._area(found, area) for area in found.areas)

    def help_line(self, found: Candidate, on_day_grade: str, day: date) -> HelpLine:
        """A plant to help."""
        enterprise = self.evaluator.plants[found.permit].plant.enterprise
        option, ways = found.best, found.ways
        gaps = ways.gaps if ways is not None else ()
        unmet, unknown = (sum(gap.status == status for gap in gaps) for status in ("unmet", "unknown"))
        cost, weeks, work = ("—", "—", "—") if option is None or option.way is None else what_it_takes(option.way, day)
        return HelpLine(
            permit=found.permit,
            name=enterprise.name,
            county_code=found.county,
            county=self.county(found.county),
            zone=ZONE[found.zone],
            now=on_day_grade,
            target=self.label(found.target),
            unmet=unmet,
            unknown=unknown,
            gaps_text="，".join(f"{n} 项{what}" for n, what in ((unmet, "不满足"), (unknown, "缺证明")) if n) or "—",
            way=self._no_way(found) if option is None else _way_text(option, provisional=found.is_provisional),
            cost=cost,
            weeks=weeks,
            work=work,
            works=() if option is None or option.way is None else tuple(w.text for w in option.way.works),
            plan=PLAN[found.plan],
            marks=self._marks(provisional=found.is_provisional, preferred=found.preferred),
            obstacles=_obstacles(found) if option is None else (),
        )

    def county(self, code: str) -> str:
        """A county by its name, or by its code where the name is not known."""
        return self.evaluator.county_names.get(code, code)

    def _area(self, found: Outlook, area: AreaOutlook) -> AreaLine:
        name = ZONE[area.id] if area.kind == "zone" else self.county(area.id)
        grades = {c.permit: self.evaluator.plants[c.permit].on(found.on).grade for c in found.candidates}
        return AreaLine(
            kind=area.kind,
            id=area.id,
            name=name,
            area=area,
            cheapest=self._choice(area.cheapest, grades, found.on),
            in_time=None if area.in_time is None else self._choice(area.in_time, grades, found.on),
            forecast="已过期限" if area.forecast is None else _forecast_text(area.forecast),
            met=None if area.forecast is None else area.forecast.met,
        )

    def _choice(self, choice: Choice, grades: dict[str, str | None], day: date) -> ChoiceLine:
        picks = tuple(self._pick(pick, grades[pick.permit], day) for pick in choice.picks)
        return ChoiceLine(picks, _cost(choice), _choice_text(choice), _brief(choice))

    def _pick(self, pick: Pick, grade: str | None, day: date) -> PickLine:
        enterprise = self.evaluator.plants[pick.permit].plant.enterprise
        cost, weeks, work = ("—", "—", "—") if pick.way == "publication" else what_it_takes(pick, day)
        return PickLine(
            permit=pick.permit,
            name=enterprise.name,
            county=self.county(enterprise.county),
            now=self.label(grade),
            way=FIGURES_ONLY if pick.provisional and not pick.changes + pick.evidence else WAY[pick.way],
            cost=cost,
            weeks=weeks,
            work=work,
            ready="不明" if pick.ready_on is None else day_text(pick.ready_on),
            marks=self._marks(provisional=pick.provisional, preferred=pick.preferred),
        )

    @staticmethod
    def _marks(*, provisional: bool, preferred: bool) -> tuple[str, ...]:
        return (*((TRIAL,) if provisional else ()), *(("优先",) if preferred else ()))

    @staticmethod
    def _no_way(found: Candidate) -> str:
        return "差距尚不明" if found.ways is None else "没有可证明的方案"


def shared_lines(found: Iterable[SharedGap]) -> tuple[SharedLine, ...]:
    """Gaps of at least two plants in words; what only the guideline's figure keeps open is not the plants' to close."""
    return tuple(
        SharedLine(
            key=gap.key,
            industry=gap.industry_title,
            label=gap.label,
            required=gap.required,
            number=len(gap.plants),
            of=gap.of,
            text=_shared_text(gap),
            permits=gap.plants,
        )
        for gap in found
        if len(gap.plants) >= SHARED_BY
    )


def _shared_text(gap: SharedGap) -> str:
    parts = [(len(gap.unmet), "不满足"), (len(gap.unknown), "缺证明"), (len(gap.unresolved), "指南数值待核实")]
    return "，".join(f"{number} 家{what}" for number, what in parts if number)


def _way_text(option: Option, *, provisional: bool) -> str:
    idle = option.way is not None and not option.way.changes + option.way.evidence
    return FIGURES_ONLY if provisional and idle else WAY[option.name]


def _choice_text(choice: Choice) -> str:
    proven = sum(not pick.provisional for pick in choice.picks)
    trial = len(choice.picks) - proven
    if not choice.picks and not choice.still_missing:
        return "不缺"
    parts = [f"{proven} 家有评级证明的方案"]
    if trial:
        parts.append(f"{trial} 家按暂定数值试算，须先核实指南数值")
    if choice.if_figures_hold:
        parts.append(f"仍缺 {choice.if_figures_hold} 家没有方案")
    return "；".join(parts)


def _brief(choice: Choice) -> str:
    trial = sum(pick.provisional for pick in choice.picks)
    parts = [(len(choice.picks) - trial, "家已证明"), (trial, "家试算"), (choice.if_figures_hold, "家没有方案")]
    return "，".join(f"{number} {what}" for number, what in parts if number) or "不缺"


def _forecast_text(found: Forecast) -> str:
    text = f"期限时预计 {found.expected} 家（需 {found.needed} 家）"
    if found.at_most > found.expected:
        text += f"，最多 {found.at_most} 家"
    parts = [
        (len(found.on_publication), "待公布"),
        (len(found.planned), "计划按期"),
        (len(found.uncertain), "计划未覆盖全部差距或只经试算"),
        (len(found.late), "计划逾期或晚于期限"),
        (found.without_plan, "没有计划"),
    ]
    listed = "，".join(f"{what} {number} 家" for number, what in parts if number)
    return f"{text}：现有 {found.now} 家" + (f"，{listed}" if listed else "")


def what_it_takes(way: Way | Pick, day: date) -> tuple[str, str, str]:
    """The cost, duration and works of a way, as seen on a day."""
    waits, over = way.waits, way.waits_until is not None and way.waits_until <= day
    end = "已届满，重新评定即可" if over else "届满"
    until = "" if way.waits_until is None else f"，{day_text(way.waits_until)}{end}"
    if waits and len(waits) == way.changes and not way.evidence:
        return "—", until.lstrip("，") or "时间不明", f"只待时间：{'、'.join(dict.fromkeys(waits))}"
    parts = [(way.changes - len(waits), "整改"), (way.evidence, "补证")]
    done = [f"{what} {number} 项" for number, what in parts if number]
    done += [f"待时间 {len(waits)} 项（{'、'.join(dict.fromkeys(waits))}{until}）"] if waits else []
    work = "，".join(done) or "不需改动"
    return _cost(way), _with_untimed(way.weeks, way.untimed), work


def _cost(found: Way | Pick | Choice) -> str:
    """The cost, with what is not priced, and what is priced per piece and counted once."""
    if found.unpriced and not any(found.cost_wan):
        return f"{found.unpriced} 项未估价"
    text = cost_text(found.cost_wan) + (f"，另有 {found.unpriced} 项未估价" if found.unpriced else "")
    return text + (f"，其中 {found.counted_as_one} 项按单件计" if found.counted_as_one else "")


def _with_untimed(weeks: Costs, untimed: int) -> str:
    if untimed and not any(weeks):
        return "时间不明"
    return weeks_text(weeks) + (f"（{untimed} 项时间不明）" if untimed else "")


def _obstacles(found: Candidate) -> tuple[str, ...]:
    if found.ways is None:
        return ()
    return tuple(dict.fromkeys(f"{o.title}：{REASON.get(o.reason, o.reason)}" for o in found.ways.obstacles))
