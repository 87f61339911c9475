"""Gaps and plans as text for the terminal: tables where there is room, lists where there is not."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from grading import vocabulary
from grading.cli.folding import Folded
from grading.cli.labels import range_text
from grading.cli.terminal import out, print_block
from grading.language.decision_text import level_label, managed_text, outcome_text
from grading.language.measure_text import measure_text
from grading.language.price_text import counted_text, per_piece
from grading.language.prose import day_text, glue, number_text, row_label
from grading.language.waiver_text import waiver_text
from grading.model.audit import Audit
from grading.model.decision import Causes
from grading.model.gap import Alternative, Change, ChangeSet, EnterprisePlan, GapLine, Step, UnitGaps
from grading.model.result import UNGRADED
from grading.model.ruleset import Ruleset

WIDE = 110
"""From so many columns on gap lines stand in tables."""
UNRESOLVED = "待核实的限值：由主管部门补充，不是企业的缺项"


def print_gaps(audit: Audit, ruleset: Ruleset, gaps: UnitGaps, causes: Causes | None) -> None:
    """Everything between a unit and its target; `causes` say why its grade is not decided."""
    out.print(
        f"[bold]{escape(audit.enterprise.name)} · {escape(gaps.unit)}[/bold]  {escape(ruleset.title)}："
        f"现为 [bold]{outcome_text(ruleset.scale, gaps.outcome, causes)}[/bold]"
        + (f"，目标 [bold]{_label(ruleset, gaps.target)}[/bold]" if gaps.steps else "，已是最高等级")
    )
    for waiver in gaps.waivers:
        _print_below(escape(f"{waiver_text(ruleset, waiver)}。到期前不计为差距。"))
    if gaps.steps:
        is_excluded = gaps.outcome.grade == UNGRADED
        if is_excluded:
            out.print("要参加分级，先做这一步：")
            _print_step(ruleset, gaps.steps[0])
        for status, title in (("unmet", "不满足"), ("unknown", "缺少证据"), ("unresolved", UNRESOLVED)):
            _print_lines(title, gaps.with_status(status), len(gaps.distinct(status)))
        _print_alternatives(gaps.alternatives, gaps.lines)
        for step in gaps.steps[is_excluded:]:
            _print_step(ruleset, step)
        _print_measures(ruleset, gaps)


def print_joint_plan(audit: Audit, rulesets: Mapping[str, Ruleset], plan: EnterprisePlan) -> None:
    """One plan for all units: what is paid once, and what is each unit's own."""
    scales = list({ruleset.scale.label: ruleset.scale for ruleset in rulesets.values()}.values())
    of = {unit.id: rulesets[unit.ruleset] for unit in audit.units}
    goals = "，".join(
        f"{goal.unit} {_label(of[goal.unit], goal.level_from)} → {_label(of[goal.unit], goal.level_to)}"
        for goal in plan.goals
    )
    out.print(f"[bold]{escape(audit.enterprise.name)} · 企业合并方案[/bold]：{escape(goals)}")
    takes = f"{range_text(plan.cost_wan_cny, '万元')}，{range_text(plan.weeks, '周')}"
    reached = "各单元均已达到" if plan.enough else "尚未全部达到"
    proof = f"改后企业复评为 [bold]{outcome_text(scales, plan.outcome)}[/bold]，{reached}"
    out.print(f"  合计 {len(plan.changes)} 处改动，{takes}；{proof}")
    _print_counted(plan.counted_as_one)
    for work in plan.works:
        whose = (
            f"企业共用，{'、'.join(work.units)}，只计一次"
            if work.shared
            else "：".join((*work.units, row_label(of[work.units[0]], work.row) if work.row else "全单元"))
        )
        if_needed = "，补证不达标时才需要" if work.if_needed else ""
        cost = "没有造价数据"
        if work.cost_wan_cny is not None:
            cost = range_text(work.cost_wan_cny, "万元") + (f"/{work.counted_as_one}" if work.counted_as_one else "")
        _print_below(escape(f"· {work.remedy.text}（{whose}{if_needed}）：{cost}"))
    out.print()


def _label(ruleset: Ruleset, level: str) -> str:
    return level_label([ruleset.scale], level)


def _print_lines(title: str, lines: Sequence[GapLine], gaps: int) -> None:
    """Gap lines of one status, which are so many gaps: those of gates first, then in the guideline's order."""
    if not lines:
        return
    listed = sorted(lines, key=lambda line: line.source != "gate")
    rows = [_cells(line) for line in listed]
    out.print(f"[bold]{title}：{gaps} 项[/bold]")
    if out.width < WIDE:
        for line, cells in zip(listed, rows, strict=True):
            head, *rest = [f"[dim]{line.id}[/dim] {cells.pop('指标与位置')}"]
            rest += [f"{name}：{text}" for name, text in cells.items() if text]
            out.print(f"  {head.replace(chr(10), ' ')}")
            for text in rest:
                _print_below(text.replace("\n", "；"))
        return
    table = Table(header_style="bold")
    table.add_column("编号", no_wrap=True)
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for line, cells in zip(listed, rows, strict=True):
        table.add_row(line.id, *(Folded(cell) for cell in cells.values()))
    print_block(table)


def _cells(line: GapLine) -> dict[str, str]:
    """The cells of a line, by the heading that they stand under."""
    where = [escape(line.title), *([escape(line.row)] if line.row else [])]
    where += [] if line.on_cheapest_way else ["[dim]（另一途径）[/dim]"]
    cells = {"指标与位置": "\n".join(where), "要求": escape(line.required)}
    if line.status == "unresolved":
        return cells | {"现状": escape(line.actual_text or "未提供")}
    if line.status == "unknown":
        missing = "、".join(value.fact_label for value in line.missing)
        missing += f"：{line.actual_text}" if line.actual_text else ""
        # Where all is stated, the day of the assessment is before one that it waits for.
        return cells | {"缺少": escape(missing or "尚不能判定"), "可作证据": escape("、".join(line.evidence))}
    short = f"\n差 {_difference_text(line.difference, line.measured_in)}" if line.difference else ""
    remedy = line.remedy
    effort = []
    if remedy is not None:
        effort = [range_text(remedy.weeks, "周"), range_text(remedy.cost_wan_cny, "万元") + per_piece(remedy)]
    return cells | {
        "现状": escape((line.actual_text or "—") + short),
        "整改措施": escape(remedy.text) if remedy is not None else "",
        "工期和造价": "\n".join(effort),
    }


def _difference_text(number: Decimal, unit: str | None) -> str:
    """A difference with its unit; that of percentages is one of percentage points."""
    return f"{number_text(number)} 个百分点" if unit == "%" else number_text(number, unit)


def _print_alternatives(alternatives: Iterable[Alternative], lines: Sequence[GapLine]) -> None:
    """Print the alternatives, each with what it takes."""
    by_id = {line.id: line for line in lines}
    listed = [a for a in alternatives if any(way.possible for way in a.ways)]
    if not listed:
        return
    out.print(f"[bold]可选途径：{len(listed)} 处[/bold]")
    for alternative in listed:
        known = [by_id[id_] for way in alternative.ways for id_ in way.lines if id_ in by_id]
        title = known[0].title if known else alternative.indicator
        row = f"（{alternative.row}）" if alternative.row else ""
        out.print(f"  {escape(title + row)}：以下 {len(alternative.ways)} 种，做到 {alternative.needed} 种即可")
        for way in alternative.ways:
            changed = "；".join(dict.fromkeys(_with_row(by_id[id_]) for id_ in way.lines if id_ in by_id))
            ranges = ((way.cost_wan_cny, "万元"), (way.weeks, "周"))
            takes = (
                "，".join(range_text(ends, unit) for ends, unit in ranges if ends is not None) or "没有造价和工期数据"
            )
            takes += f"；{counted}" if (counted := counted_text(way.counted_as_one)) else ""
            state = "[green]最省[/green]" if way.cheapest else "" if way.possible else "[yellow]目前走不通[/yellow]"
            _print_below(f"· {escape(changed)}（{takes}）{state}")


def _with_row(line: GapLine) -> str:
    return f"{line.row}：{line.required}" if line.row else line.required


def _print_step(ruleset: Ruleset, step: Step) -> None:
    out.print(f"[bold]{_label(ruleset, step.level_from)} → {_label(ruleset, step.level_to)}[/bold]")
    cheapest, smallest = step.cheapest, step.smallest
    same = smallest is not None and cheapest is not None and smallest.changes == cheapest.changes
    if cheapest is not None:
        _print_set("最省、改动也最少的组合" if same else "最省的组合", cheapest, step.lines, ruleset)
    if smallest is not None and not same:
        _print_set("改动最少的组合", smallest, step.lines, ruleset)
    quickest = step.quickest
    if quickest is not None and cheapest is not None and quickest.changes != cheapest.changes:
        _print_set("最快的组合", quickest, step.lines, ruleset)
    figures = dict.fromkeys(b.title for b in step.blockers if b.reason == "unresolved_figure")
    if figures:
        out.print(f"  [yellow]等待核实限值的指标：{len(figures)} 项[/yellow]")
        _print_below(escape("；".join(figures)))
    filing, unfinished = ("missing_table", "no_row"), ("search_limit",)
    groups = {
        "须先补全填报的": [blocker for blocker in step.blockers if blocker.reason in filing],
        "不是整改所能解决的": [b for b in step.blockers if b.reason not in ("unresolved_figure", *filing, *unfinished)],
        "没有算完的": [blocker for blocker in step.blockers if blocker.reason in unfinished],
    }
    for title, listed in groups.items():
        if listed:
            out.print(f"  [yellow]{title}：{len(listed)} 项[/yellow]")
        for blocker in listed:
            when = f"，{day_text(blocker.ready_on)} 起才满足" if blocker.ready_on is not None else ""
            _print_below(escape(f"· {blocker.title}：{blocker.text}{when}"))


def _print_counted(pieces: Sequence[str]) -> None:
    """Tell what of a sum is the price of one piece."""
    if pieces:
        _print_below(f"[dim]{escape(counted_text(pieces))}[/dim]")


def _print_below(markup: str) -> None:
    print_block(Padding(Folded(markup), (0, 0, 0, 4), expand=False))


def _print_set(title: str, found: ChangeSet, lines: Sequence[GapLine], ruleset: Ruleset) -> None:
    """A set of changes, what it takes, and what grading the changed audit says."""
    grade = outcome_text(ruleset.scale, found.outcome)
    proof = f"改后复评为 [bold]{grade}[/bold]，" + ("已达到" if found.enough else "尚未达到")
    if not found.changes:
        out.print(f"  {title}：没有需要改动的数据；{proof}")
        return
    takes = f"{range_text(found.cost_wan_cny, '万元')}，{range_text(found.weeks, '周')}"
    more = found.costs_more_wan_cny
    takes += f"，比最省的多 {number_text(more, '万元')}（按区间中值）" if more is not None and more > 0 else ""
    out.print(f"  {title}：{len(found.changes)} 处改动，{takes}；{proof}")
    _print_counted(found.counted_as_one)
    by_id = {line.id: line for line in lines}
    for change in found.changes:
        _print_below(escape(f"· {_change_text(change, by_id, ruleset)}"))
    if unpriced := len(found.without_price):
        out.print(f"    [dim]另有 {unpriced} 项没有造价数据[/dim]")


def _change_text(change: Change, lines: Mapping[str, GapLine], ruleset: Ruleset) -> str:
    """`颗粒物（DA001）：25 mg/m³ → 不高于 15 mg/m³`; of evidence what it has to show; of sets what is added and what goes."""
    fact, row = ruleset.facts[change.fact], f"（{change.row}）" if change.row else ""
    if change.assumed:
        return f"补证{row}：{change.fact_label}（此处按 {change.after_text} 试算，以实际为准）"
    if change.kind == "wait" and change.ready_on is not None:
        return f"等待{row}：{change.fact_label}，最迟自 {day_text(change.ready_on)} 起为“{change.after_text}”（其间不再发生）"
    if change.kind == "supply":
        closed = [lines[line] for line in change.lines if line in lines]
        required = "；".join(dict.fromkeys(line.required for line in closed))
        if not closed or (change.limit and change.bound_text and all(line.fact == change.fact for line in closed)):
            wished = (
                (change.bound_text,)
                if change.limit and change.bound_text != change.after_text
                else ("为", change.after_text)
            )
            required = glue((change.fact_label, *wished))
        return f"补证{row}：{required}"
    if isinstance(change.after, list):
        before = change.before or []
        added = "、".join(text for o, text in fact.options.items() if o in change.after and o not in before)
        removed = "、".join(text for o, text in fact.options.items() if o in before and o not in change.after)
        steps = [f"增加 {added}" if added else "", f"去掉 {removed}" if removed else ""]
        return f"{change.fact_label}{row}：{'；'.join(step for step in steps if step)}"
    ready = f"（最早 {day_text(change.ready_on)} 满足）" if change.ready_on is not None else ""
    return f"{change.fact_label}{row}：{change.before_text} → {change.bound_text or change.after_text}{ready}"


def _print_measures(ruleset: Ruleset, gaps: UnitGaps) -> None:
    """Print what each alert asks for today and at the target."""
    stated = [alert for alert in gaps.measures if alert.today or alert.target]
    if not stated:
        return
    table = Table(header_style="bold", title="预警期间应执行的措施", title_justify="left", title_style="bold")
    table.add_column("", no_wrap=True)
    table.add_column(f"现在（{managed_text(ruleset.scale, gaps.outcome)}）", overflow="fold", ratio=1)
    table.add_column(f"目标（{_label(ruleset, gaps.target)}）", overflow="fold", ratio=1)
    for alert in stated:
        cells = [
            "\n".join(escape(measure_text(m["kind"], m["text"], m.get("percent"))) for m in listed) or "未载明"
            for listed in (alert.today, alert.target)
        ]
        table.add_row(vocabulary.ALERT[alert.alert], *(Folded(cell) for cell in cells))
    print_block(table)
