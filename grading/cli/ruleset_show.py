"""`grading ruleset show`: one ruleset whole, in Chinese prose."""

from collections.abc import Iterator

import typer
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from grading.cli.ruleset_check import in_words
from grading.cli.terminal import Exit, err, out, print_json, print_problems
from grading.language.counts import count
from grading.language.load import Library
from grading.language.measure_text import measure_text
from grading.language.price_text import per_piece
from grading.language.problems import LanguageError
from grading.language.prose import day_text, inherited, number_text, sentence
from grading.model.base import Cite, Remedy
from grading.model.ruleset import (
    ALERTS,
    Cap,
    Gate,
    Indicator,
    Measure,
    Requirement,
    Ruleset,
    split_levels,
)
from grading.vocabulary import ALERT, BASIS, CONFIDENCE, DECIDED_BY, REVIEW, UNGRADED


def show_ruleset(rulesets: Library, ruleset_id: str, as_json: bool) -> None:
    """Print the merged ruleset; ends with exit code 1 when it can't be read."""
    try:
        ruleset = rulesets.ruleset(ruleset_id)
    except LanguageError as error:
        print_problems(error.problems, err)
        raise typer.Exit(Exit.FAILED) from None
    if as_json:
        print_json(ruleset.model_dump(by_alias=True, exclude_defaults=True))
        return
    for part in _parts(ruleset):
        out.print(part, soft_wrap=False)


def _parts(ruleset: Ruleset) -> Iterator[RenderableType]:
    yield _head(ruleset)
    for dimension_id, dimension in ruleset.dimensions.items():
        indicators = [i for i in ruleset.indicators if i.dimension == dimension_id]
        if indicators:
            yield Rule(Text(dimension.label, style="bold"), align="left")
            yield from (_indicator(ruleset, indicator) for indicator in indicators)
    if ruleset.gates:
        yield Rule(Text("否决与限级", style="bold"), align="left")
        yield from (_gate(ruleset, gate) for gate in ruleset.gates)
    yield Rule(Text("预警期间的措施", style="bold"), align="left")
    yield _measures(ruleset)
    if ruleset.notes:
        yield Rule(Text("待审核者定夺", style="bold"), align="left")
        yield from (Text(f"· {note}") for note in ruleset.notes)


def _head(ruleset: Ruleset) -> Panel:
    edition, industry = ruleset.edition, ruleset.industry
    section = f" {edition.section}" if edition.section else ""
    since = f"{day_text(edition.effective)}起施行"
    until = f"，{day_text(edition.superseded)}起被替代" if edition.superseded else ""
    lines = [
        f"{ruleset.id} · {ruleset.scale.label} · {REVIEW[ruleset.review.status]}",
        f"依据：{edition.document}{section}，{since}{until}；适用地区 {ruleset.jurisdiction}",
    ]
    if industry.gbt4754:
        lines.append(f"行业代码（GB/T 4754）：{'、'.join(industry.gbt4754)}")
    if industry.includes:
        lines.append(f"包括：{industry.includes}")
    if industry.excludes:
        lines.append(f"不包括：{industry.excludes}")
    lines.append("各指标等级逐级包含：达到较好等级要求的，即达到较差等级要求")
    lines.append(in_words(count(ruleset)))
    return Panel(Text("\n".join(lines)), title=Text(ruleset.title, style="bold"), title_align="left")


def _indicator(ruleset: Ruleset, indicator: Indicator) -> RenderableType:
    title = Text.assemble((indicator.title, "bold cyan"), f"  {indicator.id}", f" · {DECIDED_BY[indicator.decided_by]}")
    parts: list[RenderableType] = [title]
    if indicator.applies_when is not None:
        parts.append(Text(f"适用条件：{sentence(ruleset, indicator.applies_when)}"))
    table = Table(expand=True, show_lines=False, header_style="bold")
    cells = {_levels(ruleset, level): Text(same) for level, same in inherited(ruleset, indicator).items()}
    cells |= {_levels(ruleset, key): _requirement(ruleset, one) for key, one in indicator.levels.items()}
    for levels in cells:
        table.add_column(levels, ratio=1, overflow="fold")
    table.add_row(*cells.values())
    parts.append(table)
    known = _known(indicator.basis, indicator.confidence, indicator.cite)
    if known:
        parts.append(Text(f"来源：{known}", style="dim"))
    if indicator.note:
        parts.append(Text(f"说明：{indicator.note}", style="dim"))
    if indicator.remedy is not None:
        parts.append(Text(f"整改：{_remedy(indicator.remedy)}", style="dim"))
    return Padding(Group(*parts), (0, 0, 1, 0))


def _requirement(ruleset: Ruleset, requirement: Requirement) -> Text:
    decided = sentence(ruleset, requirement.require)
    text = requirement.text or decided
    cell = Text(text)
    if text != decided:
        cell.append(f"\n判定：{decided}", style="dim")
    known = _known(requirement.basis, requirement.confidence, requirement.cite)
    if known:
        cell.append(f"\n来源：{known}", style="dim")
    if requirement.remedy is not None:
        cell.append(f"\n整改：{_remedy(requirement.remedy)}", style="dim")
    return cell


def _gate(ruleset: Ruleset, gate: Gate) -> RenderableType:
    effect = UNGRADED
    if isinstance(gate.effect, Cap):
        effect = f"不高于 {_levels(ruleset, gate.effect.cap)}"
    title = Text.assemble((gate.title or gate.text, "bold cyan"), f"  {gate.id} → ", (effect, "red"))
    lines = [gate.text, f"判定：{sentence(ruleset, gate.when)}"]
    known = _known(gate.basis, gate.confidence, gate.cite)
    if known:
        lines.append(f"来源：{known}")
    return Padding(Group(title, *(Text(line) for line in lines)), (0, 0, 1, 0))


def _measures(ruleset: Ruleset) -> RenderableType:
    """The measures by level and alert; their sources are long and few, so they stand below, numbered."""
    sources: dict[str, int] = {}
    table = Table(expand=True, show_lines=True, header_style="bold")
    table.add_column("等级", no_wrap=True)
    for alert in ALERTS:
        table.add_column(ALERT[alert], ratio=1, overflow="fold")
    for level in ruleset.scale.ids:
        cells = []
        for alert in ALERTS:
            measures = ruleset.measures.at(alert, level)
            cells.append("\n".join(_measure(measure, sources) for measure in measures) or "（未规定）")
        table.add_row(_levels(ruleset, level), *(Text(cell) for cell in cells))
    return Group(table, *(Text(f"[{number}] {known}", style="dim") for known, number in sources.items()), Text())


def _measure(measure: Measure, sources: dict[str, int]) -> str:
    known = _known(measure.basis, measure.confidence, measure.cite)
    source = f" [{sources.setdefault(known, len(sources) + 1)}]" if known else ""
    return f"{measure_text(measure.kind, measure.text, measure.percent)}{source}"


def _levels(ruleset: Ruleset, key: str) -> str:
    labels = {level.id: level.label for level in ruleset.scale.levels}
    return "、".join(labels.get(level, level) for level in split_levels(key))


def _known(basis: str | None, confidence: str | None, cite: Cite | None) -> str:
    """Basis, confidence and citation, as far as they are stated."""
    parts = [BASIS[basis]] if basis else []
    if confidence:
        parts.append(f"可信度{CONFIDENCE[confidence]}")
    if cite is not None:
        parts.append(" ".join(part for part in (cite.document, cite.section, cite.clause, cite.page, cite.url) if part))
        if cite.note:
            parts.append(cite.note)
    return "，".join(parts)


def _remedy(remedy: Remedy) -> str:
    text = remedy.text
    if remedy.weeks is not None:
        text += f"；{number_text(remedy.weeks[0])}—{number_text(remedy.weeks[1])} 周"
    if remedy.cost_wan_cny is not None:
        text += f"；{number_text(remedy.cost_wan_cny[0])}—{number_text(remedy.cost_wan_cny[1])} 万元{per_piece(remedy)}"
    return text
