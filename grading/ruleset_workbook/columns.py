"""Groups of columns that several sheets have: how something is known, a figure, a remedy."""

from collections.abc import Mapping
from typing import Any

from grading.model.base import Basis, Cite, Confidence, Remedy
from grading.ruleset_workbook.citations import Citations
from grading.ruleset_workbook.kinds import (
    EntryKind,
    IdKind,
    ItemsKind,
    NumberKind,
    TextKind,
    WordKind,
    YesKind,
)
from grading.ruleset_workbook.sheets import Column
from grading.ruleset_workbook.words import BASIS, CONFIDENCE, HANDLING, OPERATOR_WORDS, STATES, Words

CITATION_LIST, FACT_LIST = "rules_citations", "rules_facts"
CITATION_ID = IdKind(example="C1")
WEAK_BASES = ("recalled", "estimated")


def word_column(role: str, head: str, width: float, words: Words, band: str = "") -> Column:
    """A column with one of some words."""
    return Column(role, head, width, WordKind(words, head), band, tuple(words.values()), centred=True)


def provenance_columns(prefix: str = "", band: str = "") -> tuple[Column, ...]:
    """Basis, confidence, citation and note."""
    return (
        word_column(f"{prefix}basis", "依据", 11, BASIS, band),
        word_column(f"{prefix}confidence", "把握", 6, CONFIDENCE, band),
        Column(f"{prefix}cite", "出处", 7, CITATION_ID, band, list_of=CITATION_LIST, centred=True),
        Column(f"{prefix}note", "说明", 26, TextKind(), band),
    )


def provenance_values(
    citations: Citations,
    basis: Basis | None,
    confidence: Confidence | None,
    cite: Cite | None,
    note: str | None,
    prefix: str = "",
) -> dict[str, Any]:
    """The values of these columns."""
    return {
        f"{prefix}basis": basis,
        f"{prefix}confidence": confidence,
        f"{prefix}cite": citations.code(cite),
        f"{prefix}note": note,
    }


def weak_roles(values: Mapping[str, Any], prefix: str = "") -> frozenset[str]:
    """The cells that stand out because of how something is known."""
    found = set()
    if values.get(f"{prefix}basis") in WEAK_BASES:
        found.add(f"{prefix}basis")
    if values.get(f"{prefix}confidence") == "low":
        found.add(f"{prefix}confidence")
    return frozenset(found)


def figure_columns(prefix: str, band: str) -> tuple[Column, ...]:
    """A figure with all that is stated of it."""
    return (
        Column(f"{prefix}item", "项目", 24, TextKind(), band, list_of=FACT_LIST),
        word_column(f"{prefix}operator", "比较", 9, OPERATOR_WORDS, band),
        Column(f"{prefix}value", "数值", 12, EntryKind(), band, centred=True),
        word_column(f"{prefix}state", "状态", 8, STATES, band),
        *provenance_columns(prefix, band),
    )


def remedy_columns(prefix: str = "remedy:", band: str = "整治措施") -> tuple[Column, ...]:
    """A remedy with its time and cost."""
    return (
        Column(f"{prefix}text", "措施", 30, TextKind(), band),
        Column(f"{prefix}weeks_low", "最短（周）", 8, NumberKind("周"), band, centred=True),
        Column(f"{prefix}weeks_high", "最长（周）", 8, NumberKind("周"), band, centred=True),
        Column(f"{prefix}cost_low", "最低（万元）", 9, NumberKind("万元"), band, centred=True),
        Column(f"{prefix}cost_high", "最高（万元）", 9, NumberKind("万元"), band, centred=True),
        Column(f"{prefix}per_row", "按行计", 7, YesKind(), band, ("是",), centred=True),
        Column(f"{prefix}priced_per", "计价单位", 8, TextKind(), band, centred=True),
        Column(f"{prefix}covers", "费用包括", 18, TextKind(), band),
        Column(f"{prefix}evidence", "证据（一行一条）", 24, ItemsKind(), band),
        Column(f"{prefix}note", "备注", 24, TextKind(), band),
    )


def remedy_values(remedy: Remedy | None, prefix: str = "remedy:") -> dict[str, Any]:
    """The values of these columns."""
    if remedy is None:
        return {}
    weeks, cost = remedy.weeks or (None, None), remedy.cost_wan_cny or (None, None)
    return {
        f"{prefix}text": remedy.text,
        f"{prefix}weeks_low": weeks[0],
        f"{prefix}weeks_high": weeks[1],
        f"{prefix}cost_low": cost[0],
        f"{prefix}cost_high": cost[1],
        f"{prefix}per_row": remedy.per_row,
        f"{prefix}priced_per": remedy.priced_per,
        f"{prefix}covers": remedy.covers,
        f"{prefix}evidence": remedy.evidence,
        f"{prefix}note": remedy.note,
    }


def handling_column() -> Column:
    """True for an entry that is to be removed."""
    return word_column("handling", "处理", 7, HANDLING)
