"""The form's words about a fact: its unit, what may be filled in, what was wrong. In Chinese, for assessors."""

import unicodedata

from grading.digest import plain
from grading.forms.inexact import inexact_hint
from grading.language.bounds import NoLimitError, bound_from_text
from grading.language.evidence_text import age_text
from grading.language.prose import unit_text
from grading.model.ruleset import Fact

YES, NO = "是", "否"
REST_NO = "其余均为否"
"""Chosen on a fact with several options: whatever is not answered 是 is 否."""
TABLE_FILLED, TABLE_EMPTY, TABLE_UNKNOWN = "有，见下表", "确认没有", "尚未核查"
WHOLE_ROW = "整行各项"
"""Named as the item of an evidence line that serves everything filled in of a row."""
ANSWER, EVIDENCE, NOTE = "填写", "证据", "备注"
TAKEN, VALID_UNTIL, COVERS = "取证日期", "有效期至", "适用范围"
"""Labels of the statements about evidence, beside its names."""


def narrow(text: str) -> str:
    """Full-width letters and digits as ASCII, without spaces around: what a comparison of typed texts compares."""
    return unicodedata.normalize("NFKC", text).strip()


def range_text(fact: Fact) -> str:
    """The permitted values and the age of evidence, as the form's own column states them."""
    age = age_text(fact)
    return f"{_permitted(fact)}；{age}" if age else _permitted(fact)


def _permitted(fact: Fact) -> str:
    if fact.type == "boolean":
        return f"{YES}／{NO}"
    if fact.type == "number":
        return f"{_span(fact)}，{_places(fact)}" if _span(fact) else _places(fact)
    if fact.type == "date":
        return "日期，如 2023-09-10"
    if fact.type == "choice":
        return "单选：" + "／".join(option_labels(fact).values())
    return f"可多选：逐项选“{YES}”或“{NO}”"


def expectation(fact: Fact) -> str:
    """The expectation of a fact's cell, as a whole sentence without a full stop."""
    if fact.type == "boolean":
        return f"应填“{YES}”或“{NO}”"
    if fact.type == "number":
        span = _span(fact)
        unit = f"（单位 {unit_text(fact.unit)}）" if fact.unit else ""
        return f"应填{f' {span} 的' if span else ''}数字{unit}，{_places(fact)}，只填数字"
    if fact.type == "date":
        return "应填日期，如 2023-09-10"
    options = "、".join(f"“{label}”" for label in option_labels(fact).values())
    return f"应在下列选项中选一项：{options}" if fact.type == "choice" else f"每个选项应填“{YES}”或“{NO}”"


def list_expectation(fact: Fact) -> str:
    """The expectation of a cell that lists the options of a fact with several."""
    options = "、".join(f"“{label}”" for label in option_labels(fact).values())
    return f"应填下列选项，几项之间用“；”隔开，都没有的填“（无）”：{options}"


def bound_hint(fact: Fact, typed: str) -> str:
    """The advice about a text that says of a number only about how much it is; empty for others."""
    if fact.type != "number":
        return ""
    try:
        limit = bound_from_text(typed, fact.unit)
    except NoLimitError as error:
        return str(error)
    if limit is not None and fact.min is not None and limit <= fact.min:
        return f"本项不小于 {plain(fact.min)}，上限（检出限）应大于 {plain(fact.min)}"
    if limit is not None:
        return "上限（检出限）的范围和小数位数与数值相同"
    return inexact_hint(typed)


def option_labels(fact: Fact) -> dict[str, str]:
    """The options' labels by code, each different from all others: equal ones carry their code."""
    labels = list(fact.options.values())
    return {code: label if labels.count(label) == 1 else f"{label}（{code}）" for code, label in fact.options.items()}


def _span(fact: Fact) -> str:
    low = plain(fact.min) if fact.min is not None else None
    high = plain(fact.max) if fact.max is not None else None
    if low is not None and high is not None:
        return f"{low}～{high}"
    if low is not None:
        return f"不小于 {low}"
    return f"不大于 {high}" if high is not None else ""


def _places(fact: Fact) -> str:
    return f"至多 {fact.decimals} 位小数" if fact.decimals else "整数"
