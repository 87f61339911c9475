"""The comparisons that keep a unit from a level, each with its place, values, remedy and source."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from grading.engine.grade import json_value
from grading.evidence_validity import validity_on
from grading.gaps.tree.build_tree import TreeBuilder
from grading.gaps.tree.constraints import Constraint, surely
from grading.gaps.tree.nodes import Both, Either, Leaf, Node, Table, as_asked, still_needed, ways_of
from grading.gaps.tree.per_ruleset import per_ruleset
from grading.gaps.tree.subject import Asked, Subject, asked_for, provenance_of, stands_in_the_way
from grading.language.evidence_text import validity_text
from grading.language.prose import NOT_ASKED, fact_label, glue, sentence, stated_text
from grading.language.values import known_text, shown_number
from grading.model.audit import Known
from grading.model.base import Remedy
from grading.model.condition import Comparison, Not, Some
from grading.model.gap import GapLine, MissingValue
from grading.model.interval import Interval
from grading.model.ruleset import Fact, Gate, Ruleset
from grading.places import sources

Shown = tuple[Leaf | Table, str | None]
"""A gap line with the alternative that it belongs to."""


@dataclass(frozen=True)
class Open:
    """The gaps between a unit and a level: the trees of everything that is asked for and not fulfilled."""

    subject: Subject
    level: str

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """Everything that the level asks for, fulfilled or not."""
        return asked_for(self.subject, self.level)

    @cached_property
    def trees(self) -> dict[str, Node]:
        """By key, the tree of each thing that is asked for and not fulfilled, in the guideline's order."""
        return {asked.key: self.builder.grow(asked) for asked in self.asked if stands_in_the_way(self.subject, asked)}

    @cached_property
    def builder(self) -> TreeBuilder:
        """Grows the trees."""
        return TreeBuilder(self.subject)

    @cached_property
    def held(self) -> dict[str, Node]:
        """By key, the trees grown so far of what is fulfilled, but could be upset by a change."""
        return {}

    def grown(self, asked: Asked) -> Node:
        """The tree of something that is fulfilled, grown once."""
        if asked.key not in self.held:
            self.held[asked.key] = self.builder.grow(asked)
        return self.held[asked.key]

    @cached_property
    def asked_today(self) -> dict[str, Node]:
        """The trees without the ways out of scope."""
        return {key: as_asked(tree) for key, tree in self.trees.items()}

    @cached_property
    def order(self) -> dict[str, int]:
        """By id of a line, its place among the lines."""
        parts = (part for tree in self.asked_today.values() for part, _ in shown(tree))
        return {line: n for n, line in enumerate(dict.fromkeys(part.line for part in parts))}

    def lines(self) -> tuple[GapLine, ...]:
        """A line for each comparison, and each table that is missing or lacks a row."""
        found: dict[str, GapLine] = {}
        for tree in self.asked_today.values():
            for part, alternative in shown(tree):
                if part.line not in found:
                    found[part.line] = _line(self.subject, part, alternative)
        return tuple(found.values())


def shown(node: Node, alternative: str | None = None) -> Iterator[Shown]:
    """The open comparisons and tables below a node."""
    if node.holds:
        return
    if isinstance(node, Leaf | Table):
        yield node, alternative
    elif isinstance(node, Both):
        for question in node.questions:
            yield question, None
        for part in node.parts:
            yield from shown(part, alternative)
    else:
        ways = ways_of(node)
        for way in ways:
            yield from shown(way, node.id if is_choice(node) else alternative)


def is_choice(node: Either) -> bool:
    """True when there are more ways left than are needed."""
    return len(ways_of(node)) > still_needed(node)


def required_text(subject: Subject, part: Leaf | Table) -> str:
    """The requirement of a comparison or table, in words."""
    ruleset = subject.ruleset
    if isinstance(part, Table):
        label = ruleset.groups[part.group].name
        if part.closed == "missing_table":
            return f"填报“{label}”表（没有的也要写明“无”）"
        return f"“{label}”表中要有这样的行：{sentence(ruleset, part.condition)}"
    known, key = _sentences(ruleset), (id(part.comparison), part.wanted)
    if key not in known:
        c = part.comparison
        known[key] = sentence(ruleset, c if part.wanted else Not.model_validate({"not": c}))
    return f"查明是否适用：{known[key]}" if part.scope else known[key]


@per_ruleset
def _sentences(_ruleset: Ruleset) -> dict[tuple[int, bool], str]:
    """By comparison of the ruleset and whether it is to be met, the sentence."""
    return {}


def _line(subject: Subject, part: Leaf | Table, alternative: str | None) -> GapLine:
    asked, ruleset = part.asked, subject.ruleset
    is_gate = isinstance(asked.owner, Gate)
    inner = part.condition if isinstance(part, Table) else part.comparison
    better, required = asked.better_level, required_text(subject, part)
    if better is not None:
        required = f"{glue(('或达到', ruleset.scale.label_of(better), '要求'))}：{required}"
    return GapLine(
        id=part.line,
        unit=subject.unit.id,
        source="gate" if is_gate else "indicator",
        indicator=asked.owner.id,
        title=asked.title,
        dimension=None if isinstance(asked.owner, Gate) else asked.owner.dimension,
        level=asked.level,
        condition=part.place,
        better_level=better,
        text=_text(ruleset, asked),
        required=required,
        remedy=part.remedy,
        provenance=provenance_of(ruleset, asked, *part.around, inner),
        alternative=alternative,
        on_cheapest_way=True,
        **(_of_table(subject, part) if isinstance(part, Table) else _of_leaf(subject, part)),
    )


def _text(ruleset: Ruleset, asked: Asked) -> str:
    if isinstance(asked.owner, Gate):
        return asked.owner.text
    return NOT_ASKED if asked.requirement is None else stated_text(ruleset, asked.requirement)


def _of_leaf(subject: Subject, leaf: Leaf) -> dict[str, Any]:
    ruleset, c, slot = subject.ruleset, leaf.comparison, leaf.demand.slot
    actual = subject.values.get(slot)
    constraint = leaf.demand.constraint
    is_bounded = isinstance(actual, Interval) and not c.is_open(subject.mode) and surely(actual, constraint) is None
    status: Literal["unmet", "unknown", "unresolved"] = "unknown" if actual is None or is_bounded else "unmet"
    if c.is_open(subject.mode):
        status = "unresolved"
    audited = list(sources(ruleset, c.fact, leaf.row))
    known = ((source, _value(subject, *source)) for source in dict.fromkeys(audited))
    missing = tuple(_missing(subject, *s) for s, value in known if value is None or isinstance(value, Interval))
    place = f"units[{subject.index}]"  # where a computed value reads nothing but figures
    if audited:
        fact, group, row = audited[0]
        place = missing[0].place if missing else subject.stated(group, row, fact)[1]
    declared = ruleset.facts.get(c.fact) or ruleset.computed.get(c.fact)
    return {
        "status": status,
        "operator": c.operator,
        "required_value": _plain(c.guess),
        "fact": c.fact,
        "fact_label": fact_label(ruleset, c.fact),
        "measured_in": declared.unit if declared is not None else None,
        "place": place,
        "group": slot.group,
        "row": slot.row,
        "actual": _plain(actual),
        "actual_text": None
        if actual is None
        else known_text(ruleset, c.fact, actual)
        + (_settled_by(ruleset, c, constraint, [value.fact for value in missing]) if is_bounded else ""),
        "difference": _difference(ruleset, c, actual) if status == "unmet" else None,
        "missing": missing if status == "unknown" else (),
        "evidence": _evidence(subject, audited, leaf.remedy, missing if status == "unknown" else ()),
    }


def _settled_by(ruleset: Ruleset, c: Comparison, constraint: Constraint, behind: Sequence[str]) -> str:
    """The measurement that would settle a comparison that upper bounds, of the facts `behind` it, leave open."""
    limit = constraint.operand
    if c.fact in ruleset.computed:
        named = "、".join(fact_label(ruleset, fact) for fact in behind)
        return f"（只有上下限，不能判定：需要{named}检出限更低的监测，或具体数值）"
    if constraint.order in ("at_most", "below") and isinstance(limit, Decimal):
        return f"（不能判定：需要检出限不高于 {known_text(ruleset, c.fact, limit)} 的监测，或具体数值）"
    return "（只有上限，不能判定：需要具体数值）"


def _of_table(subject: Subject, table: Table) -> dict[str, Any]:
    """A table that was not stated, or lacks a row of the kind that is needed."""
    place = f"units[{subject.index}].groups.{table.group}"
    label = subject.ruleset.groups[table.group].name
    is_missing = table.closed == "missing_table"
    known = MissingValue(place=place, fact=table.group, fact_label=label, evidence=())
    return {
        "status": "unknown" if is_missing else "unmet",
        "operator": "some" if isinstance(table.condition, Some) else "each",
        "required_value": None,
        "fact": table.group,
        "fact_label": label,
        "measured_in": None,
        "place": place,
        "group": table.group,
        "row": None,
        "actual": None,
        "actual_text": None if is_missing else "表中没有",
        "difference": None,
        "missing": (known,) if is_missing else (),
        "evidence": table.remedy.evidence if table.remedy is not None else (),
    }


def _value(subject: Subject, fact: str, group: str | None, row: str | None) -> Any:
    return subject.grading.values.get((fact, row if group is not None else None))


def _missing(subject: Subject, fact: str, group: str | None, row: str | None) -> MissingValue:
    declared = subject.ruleset.facts.get(fact)
    known, place = subject.stated(group, row, fact)
    evidence = (declared.evidence if declared is not None else ()) + (known.evidence if known is not None else ())
    return MissingValue(
        place=place,
        fact=fact,
        fact_label=f"{fact_label(subject.ruleset, fact)}{_not_counted(subject, declared, known)}",
        evidence=tuple(dict.fromkeys(evidence)),
    )


def _not_counted(subject: Subject, declared: Fact | None, known: Known | None) -> str:
    """Why a value that is stated counts as missing, in brackets; empty where none is stated."""
    if known is None or known.value is None:
        return ""
    validity = validity_on(declared, known, subject.audit.assessed_on)
    return "" if validity.standing == "valid" else f"（{validity_text(validity)}）"


def _evidence(
    subject: Subject,
    audited: Iterable[tuple[str, str | None, str | None]],
    remedy: Remedy | None,
    missing: tuple[MissingValue, ...],
) -> tuple[str, ...]:
    """The evidence of the value, then the evidence that the remedy is done."""
    facts = [subject.ruleset.facts[fact] for fact, _, _ in audited if fact in subject.ruleset.facts]
    listed = [e for value in missing for e in value.evidence] or [e for fact in facts for e in fact.evidence]
    return tuple(dict.fromkeys([*listed, *(remedy.evidence if remedy is not None else ())]))


def _plain(value: Any) -> Any:
    return [json_value(item) for item in value] if isinstance(value, tuple) else json_value(value)


def _difference(ruleset: Ruleset, c: Comparison, actual: Any) -> Decimal | None:
    """By how much a number, as it is shown, misses its limit, in the fact's unit; of dates, by how many days."""
    limit = c.guess
    if isinstance(limit, Decimal) and isinstance(actual, Decimal):
        return abs(shown_number(ruleset, c.fact, actual) - limit)
    if isinstance(limit, date) and isinstance(actual, date):
        return Decimal(abs((actual - limit).days))
    return None
