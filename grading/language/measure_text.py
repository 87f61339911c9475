"""An alert's measure in words: its kind and its percentage only where its own text doesn't say them already."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from grading.language.prose import number_text
from grading.model.ruleset import ProvisionalPercent
from grading.vocabulary import MEASURE

NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "self_decided": ("自主",),
    "output_cut": ("限产", "减产", "负荷"),
    "line_stop": ("停",),
    "stop": ("停产", "停止生产"),
    "transport": ("运输", "车"),
}
"""Words of a text that say of which kind the measure is; `other` says nothing that a reader could use."""


def measure_text(kind: str, text: str, percent: Any = None) -> str:
    """`停产`, `运输管控：错峰作业`, `限产（20%）`; never the same thing twice."""
    words = NAMED_BY.get(kind)
    head = "" if words is None or any(word in text for word in words) else f"{MEASURE[kind]}："
    share = percent_text(percent)
    is_said = share is None or _figure(percent) in text.replace(" ", "") or ("核实" in text and "核实" in share)
    return f"{head}{text}" if is_said else f"{head}{text}（{share}）"


def percent_text(percent: Any) -> str | None:
    """`20%`, `比例待核实`, `暂按 50%（待核实）`: a percentage as a ruleset or its JSON states it."""
    if percent is None:
        return None
    if percent == "unresolved":
        return "比例待核实"
    provisional = _provisional(percent)
    if provisional is not None:
        return f"暂按 {number_text(provisional, '%')}，待核实"
    return number_text(Decimal(str(percent)), "%")


def _provisional(percent: Any) -> Decimal | None:
    if isinstance(percent, ProvisionalPercent):
        return percent.provisional
    return Decimal(str(percent["provisional"])) if isinstance(percent, Mapping) else None


def _figure(percent: Any) -> str:
    """A percentage as texts write it; of one that isn't established there is none."""
    if percent == "unresolved":
        return "比例待核实"
    provisional = _provisional(percent)
    return number_text(provisional if provisional is not None else Decimal(str(percent)), "%").replace(" ", "")
