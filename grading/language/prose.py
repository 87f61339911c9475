"""Conditions as Chinese sentences, for forms, reports, the browser and `grading ruleset show`.

Here a condition becomes words and figures; `templates/condition.zh-CN.j2` puts them into sentences.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from grading.digest import plain
from grading.language.nested import asked_at
from grading.model.base import Scalar
from grading.model.condition import (
    All,
    AnyOf,
    AtLeastOf,
    Comparison,
    ConditionBase,
    Each,
    Not,
    Some,
)
from grading.model.ruleset import Fact, Indicator, Requirement, Ruleset

NOT_ASKED = "不作要求"
ASSESSED_ON = "评定日期"
_CUBIC = re.compile(r"(?<=m)([23])(?![0-9])")
_SEAM = re.compile(r"[A-Za-z0-9%²³][\u4e00-\u9fff]|[\u4e00-\u9fff][A-Za-z0-9]")
_OPPOSITE = {
    "at_most": "above",
    "at_least": "below",
    "reaches": "below",
    "comes_to": "above",
    "below": "at_least",
    "above": "at_most",
    "is": "is_not",
    "is_not": "is",
    "includes_any": "includes_none",
    "includes_all": "lacks_some",
    "within": "beyond",
}
_SAME = {"equals": "is", "one_of": "is", "none_of": "is_not"}
_COUNTED = {"月": "个月", "小时": "小时", "天": "天"}
_AMOUNTS = frozenset(
    [
        "月",
        "年",
        "周",
        "天",
        "小时",
        "分钟",
        "d",
        "h",
        "min",
        "个",
        "种",
        "次",
        "道",
        "件",
        "套",
        "级",
        "台",
        "人",
        "家",
        "辆",
        "辆次/日",
    ]
)
"""Units of what is counted or lasts: of such a number it is said that there is more or less of it, not that it is higher."""
_ORDERS = {
    "number": {"at_most": "不高于", "at_least": "不低于", "below": "低于", "above": "高于"},
    "amount": {"at_most": "不超过", "at_least": "不少于", "below": "少于", "above": "超过"},
    "date": {"at_most": "不晚于", "at_least": "不早于", "below": "早于", "above": "晚于"},
}
_ENDS = {"reaches": "达到", "comes_to": "为"}
"""Words for a limit that is the end of what a number can be: `达到 100%`, `为 0 次`."""


def requirement_text(ruleset: Ruleset, indicator: Indicator, level: str, day: date | None = None) -> str:
    """An indicator's requirement at a level, in words: its own text, else the generated sentence.

    `不作要求` when it asks for nothing there (on the day, if one is given); raises KeyError for a level that the scale does not
    have.
    """
    if level not in ruleset.scale.ids:
        raise KeyError(level)
    asked = asked_at(ruleset.scale.graded, indicator, level, day)
    return NOT_ASKED if asked is None else stated_text(ruleset, asked.requirement)


def inherited(ruleset: Ruleset, indicator: Indicator) -> dict[str, str]:
    """By level, for those that ask what a worse one asks: that they do, in words (`同 B级要求`)."""
    found: dict[str, str] = {}
    for level in ruleset.scale.graded:
        asked = asked_at(ruleset.scale.graded, indicator, level)
        if asked is not None and level not in asked.levels:
            worse = next(
                name for name in ruleset.scale.graded[ruleset.scale.graded.index(level) :] if name in asked.levels
            )
            found[level] = glue(("同", ruleset.scale.label_of(worse), "要求"))
    return found


def stated_text(ruleset: Ruleset, requirement: Requirement) -> str:
    """A requirement in words: its own text, else the generated sentence."""
    return requirement.text or sentence(ruleset, requirement.require)


def sentence(ruleset: Ruleset, condition: ConditionBase) -> str:
    """A condition in words, without a full stop; the texts that conditions carry stand for their sentences."""
    return str(_say()(_node(ruleset, condition))).strip()


def value_text(ruleset: Ruleset, fact_id: str, value: Scalar) -> str:
    """A value of a fact as people write it: with its unit, an option by its label, 是 or 否, a day in Chinese."""
    fact = ruleset.facts.get(fact_id)
    if isinstance(value, bool):
        return "“是”" if value else "“否”"
    if isinstance(value, Decimal):
        return number_text(value, unit_of(ruleset, fact_id))
    if isinstance(value, date):
        return day_text(value)
    return fact.options.get(value, value) if fact is not None else value


def values_text(ruleset: Ruleset, fact_id: str, values: Iterable[Scalar]) -> tuple[str, ...]:
    """Several values of a fact; in quotes when one could be read as two, or as a word of the sentence."""
    texts = tuple(value_text(ruleset, fact_id, value) for value in values) or ("（无）",)
    quoted = len(texts) > 1 and any(mark in text for text in texts for mark in "、或和及，；")
    quoted = quoted or any(text.startswith(("无", "不", "未", "其他")) for text in texts)
    return tuple(f"“{text}”" for text in texts) if quoted else texts


def number_text(value: Decimal, unit: str | None = None) -> str:
    """`10 mg/m³`, `80%`, `24 个月`."""
    if unit is None:
        return plain(value)
    return f"{plain(value)}%" if unit == "%" else f"{plain(value)} {unit_text(unit)}"


def unit_text(unit: str) -> str:
    """A unit as it is printed: `mg/m3` → `mg/m³`."""
    return _COUNTED.get(unit) or _CUBIC.sub(lambda m: {"2": "²", "3": "³"}[m.group(1)], unit)


def asks_nothing(ruleset: Ruleset, c: Comparison) -> bool:
    """True for a provisional requirement that every answer satisfies (暂按不作要求)."""
    return c.is_provisional and _takes_any(c, ruleset.facts.get(c.fact))


def order_word(operator: str, type_: str, unit: str | None) -> str:
    """The word for a limit on a number or day with its unit: `不高于`, of months `不超过`, of days `不晚于`."""
    kind = "date" if type_ == "date" else "amount" if unit in _AMOUNTS else "number"
    return _ENDS.get(operator) or _ORDERS[kind].get(operator, "")


def glue(parts: Iterable[str]) -> str:
    """Texts in a row, with a space wherever Latin letters or figures meet Chinese characters."""
    joined = ""
    for part in parts:
        seam = f"{joined[-1:]}{part[:1]}"
        joined += f" {part}" if _SEAM.fullmatch(seam) else part
    return joined


def day_text(day: date) -> str:
    """`2023 年 11 月 1 日`."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def fact_label(ruleset: Ruleset, fact_id: str) -> str:
    """The label of a fact or computed fact; its id where it has none."""
    if fact_id in ruleset.facts:
        return ruleset.facts[fact_id].label
    if fact_id in ruleset.computed:
        return ruleset.computed[fact_id].label or fact_id
    return ASSESSED_ON if fact_id == "assessed_on" else fact_id


def unit_of(ruleset: Ruleset, fact_id: str) -> str | None:
    """The unit of a fact or computed fact; None where it has none."""
    declared = ruleset.facts.get(fact_id) or ruleset.computed.get(fact_id)
    return declared.unit if declared is not None else None


def row_label(ruleset: Ruleset, row: str) -> str:
    """A row with the name of its table, from how works name it: `kilns[K1]` → `窑炉 K1`."""
    group, _, key = row.removesuffix("]").partition("[")
    return f"{ruleset.groups[group].name} {key}" if group in ruleset.groups else row


@dataclass
class _Node:
    """A condition in words: what its form needs and nothing else. The template knows the forms."""

    form: str
    text: str | None = None
    since: str | None = None
    until: str | None = None
    label: str = ""
    type: str = ""
    operator: str = ""
    unit: str | None = None
    values: tuple[str, ...] = ()
    figure: str = ""
    count: int = 0
    group: str = ""
    where: "_Node | None" = None
    require: "_Node | None" = None
    part: "_Node | None" = None
    parts: tuple["_Node", ...] = ()
    guards: tuple["_Node", ...] = ()

    @property
    def order(self) -> str:
        """The word for its limit; empty where it is none."""
        return order_word(self.operator, self.type, self.unit)

    @property
    def is_short(self) -> bool:
        """True when the sentence needs no brackets inside another one."""
        if self.text:
            return not any(mark in self.text for mark in "，；。")
        return self.form == "comparison" and not (self.since or self.until)

    @property
    def parts_are_short(self) -> bool:
        """True when none of the parts needs brackets."""
        return all(part.is_short for part in self.parts)


def _node(ruleset: Ruleset, c: ConditionBase) -> _Node:
    node = _form(ruleset, c)
    node.text = c.text
    node.since = day_text(c.from_) if c.from_ is not None else None
    node.until = day_text(c.until) if c.until is not None else None
    return node


def _form(ruleset: Ruleset, c: ConditionBase) -> _Node:
    if isinstance(c, Comparison):
        return _comparison(ruleset, c)
    if isinstance(c, All):
        return _junction("all", tuple(_node(ruleset, part) for part in c.all))
    if isinstance(c, AnyOf):
        return _any(ruleset, c)
    if isinstance(c, AtLeastOf):
        parts = tuple(_node(ruleset, part) for part in c.of)
        return _Node("at_least_of", count=c.at_least_of, parts=parts)
    if isinstance(c, Each | Some):
        form, group = ("each", c.each) if isinstance(c, Each) else ("some", c.some)
        where = _node(ruleset, c.where) if c.where is not None else None
        label = ruleset.groups[group].name if group in ruleset.groups else group
        return _Node(form, group=label, where=where, require=_node(ruleset, c.require))
    if isinstance(c, Not):
        return _not(ruleset, c)
    raise TypeError(f"not a condition: {c!r}")


def _junction(form: str, parts: tuple[_Node, ...]) -> _Node:
    return parts[0] if len(parts) == 1 else _Node(form, parts=parts)


def _any(ruleset: Ruleset, c: AnyOf) -> _Node:
    """`any: [not a, b]` is how the language says “if a, then b”, and so it is read out."""
    guards = [part for part in c.any if isinstance(part, Not) and not _carries(part)]
    others = [part for part in c.any if part not in guards]
    if guards and others:
        then = tuple(_node(ruleset, part) for part in others)
        return _Node("if", guards=tuple(_node(ruleset, guard.not_) for guard in guards), parts=then)
    return _junction("any", tuple(_node(ruleset, part) for part in c.any))


def _not(ruleset: Ruleset, c: Not) -> _Node:
    """The contrary of a comparison has a word of its own; of anything else it is said that it must not be."""
    inner = c.not_
    if isinstance(inner, Comparison) and not _carries(inner) and not inner.is_unresolved:
        node = _comparison(ruleset, inner)
        if node.type == "boolean" and len(node.values) == 1:
            node.values = ("“否”",) if node.values == ("“是”",) else ("“是”",)
        else:
            node.operator = _OPPOSITE[node.operator]
        return node
    if isinstance(inner, Not) and not _carries(inner):
        return _node(ruleset, inner.not_)
    return _Node("not", part=_node(ruleset, inner))


def _carries(c: ConditionBase) -> bool:
    """True when a condition has a wording or a window of its own, which must not get lost."""
    return bool(c.text or c.from_ or c.until)


def _comparison(ruleset: Ruleset, c: Comparison) -> _Node:
    fact = ruleset.facts.get(c.fact)
    guess = c.guess
    listed = guess if isinstance(guess, tuple) else () if guess is None else (guess,)
    values = values_text(ruleset, c.fact, listed)
    operator = _SAME.get(c.operator, c.operator)
    if fact is not None and fact.type == "boolean" and operator == "is_not" and len(values) == 1:
        operator, values = "is", ("“否”",) if values == ("“是”",) else ("“是”",)
    if operator == "at_least" and fact is not None and fact.unit == "%" and fact.max == guess:
        operator = "reaches"
    if operator == "at_most" and fact is not None and fact.min is not None and fact.min == guess:
        operator = "comes_to"
    return _Node(
        "comparison",
        label=fact_label(ruleset, c.fact),
        type=_type(fact, c.fact),
        operator=operator,
        unit=unit_of(ruleset, c.fact),
        values=values,
        figure=_figure(c, fact),
    )


def _figure(c: Comparison, fact: Fact | None) -> str:
    if c.is_unresolved:
        return "unresolved"
    if not c.is_provisional:
        return "established"
    return "any" if _takes_any(c, fact) else "provisional"


def _takes_any(c: Comparison, fact: Fact | None) -> bool:
    """True where whatever is answered will do: for now nothing is asked for."""
    answers = set() if fact is None else {True, False} if fact.type == "boolean" else set(fact.options)
    return c.operator == "one_of" and isinstance(c.guess, tuple) and bool(answers) and answers <= set(c.guess)


def _type(fact: Fact | None, fact_id: str) -> str:
    return fact.type if fact is not None else "date" if fact_id == "assessed_on" else "number"


@cache
def _say() -> Any:
    """The template's macro that turns a node into a sentence."""
    environment = Environment(
        loader=PackageLoader("grading.language"), autoescape=False, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["glue"] = glue
    return environment.get_template("condition.zh-CN.j2").module.say  # type: ignore[attr-defined]
