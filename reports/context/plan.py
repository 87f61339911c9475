"""The way to the target: alternatives, the steps level by level with their change sets, cost and time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from grading.language.decision_text import level_label, outcome_text
from grading.language.price_text import counted_text
from grading.language.prose import day_text, number_text
from grading.model.base import Remedy
from grading.model.gap import Alternative, Blocker, Change, ChangeSet, Costs, GapLine, Step, UnitGaps, Way, WorkToDo
from grading.model.ruleset import Ruleset
from reports.charts.timeline import Bar, Chart, Stage, timeline
from reports.context.asked import headed_once
from reports.context.plan_rows import (
    AlternativeRow,
    BlockerGroup,
    BlockerRow,
    ChangeRow,
    Plan,
    RemedyRow,
    SetRow,
    StepRow,
    WayRow,
)
from reports.context.words import cost_text, own_place_text, weeks_text

ONLY_PROOF = "只补证据"
REASONS = {
    "unresolved_figure": "指南数值待核实",
    "missing_table": "整张表未填报，须先填报",
    "no_row": "表中没有这样的行，有的须先填报",
    "circumstance": "企业的客观情况、已成的事实或法规规定，不是整改所能改变的",
    "time": "所填日期晚于评定日期，到期后才满足；填错的请更正",
    "computed": "由多个数值计算得出，须另行论证",
    "conflict": "与其他要求相互牵制，须另行论证",
    "search_limit": "可能的组合太多，没有算完，须另行论证",
}


def plan(ruleset: Ruleset, gaps: UnitGaps) -> Plan:
    """The plan of a unit in words and figures."""
    lines = {line.id: line for step in gaps.steps for line in step.lines} | {line.id: line for line in gaps.lines}
    climbed = [(step, step.cheapest) for step in gaps.steps if step.cheapest is not None]
    asked = {line.id for step, _ in climbed for line in step.lines}
    aside = [line for line in gaps.lines if line.id not in asked and line.alternative is None]
    last = {change.place: n for n, (_, found) in enumerate(climbed, 1) for change in found.changes if found.enough}
    steps = tuple(
        _step(ruleset, n, step, cheapest, [line for line in aside if last.get(line.place) == n])
        for n, (step, cheapest) in enumerate(climbed, 1)
    )
    works = _works([cheapest for _, cheapest in climbed])
    remedies = tuple(_remedy_row(work, steps) for work in works)
    return Plan(
        alternatives=_together([_alternative(ruleset, a, lines) for a in gaps.alternatives]),
        steps=steps,
        remedies=remedies,
        charts=_charts(works, steps),
        cost=cost_text(_total(work.cost for work in works)),
        sure=_sure_text(works),
        weeks=weeks_text(_total(cheapest.weeks for _, cheapest in climbed)),
        unpriced=sum(len(cheapest.without_price) for _, cheapest in climbed),
        counted=counted_text([work.counted_as_one for work in works if work.counted_as_one is not None]),
        reaches=bool(climbed) and all(cheapest.enough for _, cheapest in climbed),
    )


def _sure_text(works: Sequence["_Work"]) -> str:
    sure = [work for work in works if not work.if_needed]
    if not sure:
        return "都只在补证后不达标时才需实施"
    if len(sure) == len(works):
        return ""
    cost = _total(work.cost for work in sure)
    return "其中确需整改的未估算费用" if cost is None else f"其中确需整改的 {cost_text(cost)}"


def _alternative(ruleset: Ruleset, alternative: Alternative, lines: dict[str, GapLine]) -> AlternativeRow:
    title = next((i.title for i in ruleset.indicators if i.id == alternative.indicator), None)
    gate = next((g.title or g.text for g in ruleset.gates if g.id == alternative.indicator), alternative.indicator)
    return AlternativeRow(
        title=title or gate,
        level=level_label(ruleset.scale, alternative.level),
        row=alternative.row,
        needed=alternative.needed,
        ways=tuple(
            WayRow(
                texts=headed_once(tuple(dict.fromkeys(lines[id_].required for id_ in way.lines if id_ in lines)))
                or ("已经满足",),
                ids=way.lines,
                cost=ONLY_PROOF if _is_only_proof(ruleset, way, lines) else cost_text(way.cost_wan_cny),
                weeks="—" if _is_only_proof(ruleset, way, lines) else weeks_text(way.weeks),
                possible=way.possible,
                cheapest=way.cheapest,
                is_priced=way.cost_wan_cny is not None,
                counted=counted_text(way.counted_as_one),
            )
            for way in alternative.ways
        ),
    )


def _together(alternatives: Sequence[AlternativeRow]) -> tuple[AlternativeRow, ...]:
    """Rows of a table that offer the same ways as one, with their keys and the ids of each way."""
    alike: dict[AlternativeRow, list[AlternativeRow]] = {}
    for one in alternatives:
        plain = replace(one, row=None, ways=tuple(replace(way, ids=()) for way in one.ways))
        alike.setdefault(plain if one.row is not None else one, []).append(one)
    return tuple(
        replace(
            listed[0],
            row="、".join(one.row for one in listed if one.row is not None) or None,
            ways=tuple(
                replace(ways[0], ids=tuple(dict.fromkeys(id_ for way in ways for id_ in way.ids)))
                for ways in zip(*(one.ways for one in listed), strict=True)
            ),
        )
        for listed in alike.values()
    )


def _is_only_proof(ruleset: Ruleset, way: Way, lines: Mapping[str, GapLine]) -> bool:
    """True for a way that asks for missing values alone, for which no works are known, or that no works make another."""
    asked = [lines[id_] for id_ in way.lines if id_ in lines]
    given = {fact.id for fact in ruleset.facts.values() if fact.is_given}
    return bool(asked) and all(
        line.status == "unknown" and (line.remedy is None or line.fact in given) for line in asked
    )


def _step(ruleset: Ruleset, number: int, step: Step, cheapest: ChangeSet, aside: Sequence[GapLine]) -> StepRow:
    """A step; `aside` are lines of the target that its changes settle before their own step comes to them."""
    others = {
        "smallest": step.smallest if step.smallest is not None and step.smallest.changes != cheapest.changes else None,
        "quickest": step.quickest if step.quickest is not None and step.quickest.changes != cheapest.changes else None,
    }
    shown = {name: None if found is None else _set(ruleset, step, found, ()) for name, found in others.items()}
    blockers = _blockers(step.blockers)
    return StepRow(
        name=f"第{_ordinal(number)}步",
        level_from=level_label(ruleset.scale, step.level_from),
        level_to=level_label(ruleset.scale, step.level_to),
        cheapest=_set(ruleset, step, cheapest, aside),
        smallest=shown["smallest"],
        quickest=shown["quickest"],
        blockers=blockers,
        blocked=sum(len(group.rows) for group in blockers),
    )


def _set(ruleset: Ruleset, step: Step, found: ChangeSet, aside: Sequence[GapLine]) -> SetRow:
    more = found.costs_more_wan_cny
    named = {id_ for change in found.changes for id_ in change.lines}
    others = [line for line in step.lines if found.enough and line.id not in named and line.alternative is None]
    changed = {change.place for change in found.changes}
    return SetRow(
        changes=tuple(_change(ruleset, change, others, aside) for change in found.changes),
        work=_work_text([change.kind for change in found.changes]),
        cost=cost_text(found.cost_wan_cny) if found.changes else "无",
        more=f"比最省的一组多 {number_text(more, '万元')}（按区间中值）" if more is not None and more > 0 else "",
        counted="；".join(text for text in (counted_text(found.counted_as_one), _unpriced_text(found)) if text),
        weeks=weeks_text(found.weeks) if found.changes else "无",
        grade=outcome_text(ruleset.scale, found.outcome),
        enough=found.enough,
        optimal=found.optimal,
        settled=_ids_by_title(line for line in others if line.status == "unmet" and line.place not in changed),
    )


def _ids_by_title(lines: Iterable[GapLine]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, dict[str, None]] = {}
    for line in lines:
        found.setdefault(line.title, {})[line.id] = None
    return tuple((title, tuple(ids)) for title, ids in found.items())


def _unpriced_text(found: ChangeSet) -> str:
    unpriced = len(found.without_price)
    return f"另有 {unpriced} 项未估算费用" if unpriced and found.cost_wan_cny is not None else ""


def _work_text(kinds: Sequence[str]) -> str:
    named = (("整改", "improve"), ("等待", "wait"), ("补证", "supply"))
    counted = [f"{what} {kinds.count(kind)} 项" for what, kind in named if kind in kinds]
    return "，".join(counted) or "不需改动"


def _change(ruleset: Ruleset, change: Change, others: Iterable[GapLine], aside: Iterable[GapLine]) -> ChangeRow:
    """A change with the ids of the lines that ask for it, then of others that its value satisfies as well."""
    also = [line.id for line in (*others, *aside) if line.place == change.place]
    return ChangeRow(
        is_supply=change.kind == "supply",
        is_wait=change.kind == "wait",
        label=change.fact_label,
        place=own_place_text(ruleset, change.place, change.group, change.row),
        before=change.before_text,
        after=_after(change),
        remedies=tuple(remedy.text for remedy in change.remedies),
        ids=tuple(dict.fromkeys((*change.lines, *also))),
    )


def _after(change: Change) -> str:
    """The value that was graded with, and the side of it on which the value may be as well."""
    if change.assumed:
        return f"须填报，取值不限（复评取 {change.after_text}）"
    after = change.bound_text or change.after_text
    if change.ready_on is None:
        return after
    when = "最迟自" if change.kind == "wait" else "最早自"
    return f"{after}（{when} {day_text(change.ready_on)} 起{'，其间不再发生' if change.kind == 'wait' else ''}）"


def _blockers(blockers: Iterable[Blocker]) -> tuple[BlockerGroup, ...]:
    by_reason: dict[str, dict[BlockerRow, None]] = {}
    for blocker in blockers:
        text = blocker.text if blocker.text != blocker.title else ""
        if blocker.ready_on is not None:
            text += f"{'，' if text else ''}{day_text(blocker.ready_on)} 起才满足"
        row = BlockerRow(blocker.title, text)
        by_reason.setdefault(blocker.reason, {})[row] = None
    return tuple(
        BlockerGroup(text, tuple(by_reason[reason]), reason == "unresolved_figure")
        for reason, text in REASONS.items()
        if reason in by_reason
    )


@dataclass(frozen=True)
class _Work:
    """A remedy with the step that needs it first, and its cost in all rows in which it is done."""

    remedy: Remedy
    step: int
    if_needed: bool
    rows: tuple[str, ...]
    cost: Costs | None
    counted_as_one: str | None

    def also(self, work: WorkToDo) -> "_Work":
        """The same with what a later step needs of it: a row, or without rows the whole, is done and paid once."""
        rows = tuple(dict.fromkeys((*self.rows, *work.rows)))
        cost = self.cost
        price = self.remedy.cost_wan_cny
        if cost is not None and price is not None and work.cost_wan_cny is not None:
            fresh = len(rows) - len(self.rows)
            again = len(work.rows) - fresh if work.rows else 1
            low = cost[0] + max(work.cost_wan_cny[0] - again * price[0], Decimal(0))
            cost = max(low, work.cost_wan_cny[0]), cost[1] + fresh * price[1]
        counted = self.counted_as_one or work.counted_as_one
        return _Work(self.remedy, self.step, self.if_needed and work.if_needed, rows, cost, counted)


def _works(sets: Sequence[ChangeSet]) -> tuple[_Work, ...]:
    """Each remedy once, in the first step that needs it; surely needed when any value has to be improved by it."""
    found: dict[Remedy, _Work] = {}
    for number, found_set in enumerate(sets):
        for work in found_set.works:
            known = found.get(work.remedy)
            first = _Work(work.remedy, number, work.if_needed, work.rows, work.cost_wan_cny, work.counted_as_one)
            found[work.remedy] = first if known is None else known.also(work)
    return tuple(sorted(found.values(), key=lambda work: work.step))


def _remedy_row(work: _Work, steps: tuple[StepRow, ...]) -> RemedyRow:
    return RemedyRow(
        text=work.remedy.text,
        step=steps[work.step].name,
        weeks=weeks_text(work.remedy.weeks),
        cost=_cost_in_rows(work),
        evidence=work.remedy.evidence,
        if_needed=work.if_needed,
    )


def _cost_in_rows(work: _Work) -> str:
    """The cost of a work where it is done; of one that may not be needed what it would cost."""
    price, count = work.remedy.cost_wan_cny, len(work.rows) or 1
    if price is None:
        return cost_text(None)
    whole = cost_text((price[0] * count, price[1] * count) if work.if_needed else work.cost)
    piece = work.remedy.priced_per or "处"
    remarks = [f"{count} {piece}，每{piece} {cost_text(price)}"] if count > 1 else []
    remarks += [work.remedy.covers] if work.remedy.covers is not None else []
    one = f"/{work.counted_as_one}" if work.counted_as_one is not None and not work.rows else ""
    return whole + one + (f"（{'，'.join(remarks)}）" if remarks else "")


def _charts(works: tuple[_Work, ...], steps: tuple[StepRow, ...]) -> tuple[tuple[Chart, ...], ...]:
    stages = [
        Stage(
            name=f"{row.name} {row.level_from} → {row.level_to}",
            proven=row.cheapest.enough,
            bars=tuple(
                Bar(work.remedy.text, *_ends(work.remedy.weeks), if_needed=work.if_needed)
                for work in works
                if work.step == n
            ),
        )
        for n, row in enumerate(steps)
    ]
    return timeline(stages)


def _ends(weeks: Costs | None) -> tuple[float, float]:
    return (0.0, 0.0) if weeks is None else (float(weeks[0]), float(weeks[1]))


def _total(ranges: Iterable[Costs | None]) -> Costs | None:
    known = [r for r in ranges if r is not None]
    if not known:
        return None
    return (sum((low for low, _ in known), Decimal(0)), sum((high for _, high in known), Decimal(0)))


def _ordinal(number: int) -> str:
    return "一二三四五六七八九"[number - 1] if number < 10 else str(number)
