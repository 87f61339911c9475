"""Values, places, ranges and sources in the words of a report."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from grading.digest import plain
from grading.forms.wording import COVERS, TAKEN, VALID_UNTIL
from grading.language.decision_text import level_label
from grading.language.prose import day_text, number_text
from grading.language.regions import regions
from grading.language.values import bound_in_unit, known_text
from grading.model.audit import Known
from grading.model.base import Cite
from grading.model.gap import Costs
from grading.model.ruleset import Ruleset, Scale

NOT_ESTIMATED = "未估算"
HEAD_LENGTH = 30
"""Characters of a name in the running head."""


def listed_levels(scale: Scale, levels: Iterable[str]) -> str:
    """Several levels: `A级、B级`."""
    return "、".join(level_label(scale, level) for level in levels)


def value_text(ruleset: Ruleset, fact: str, value: Any) -> str:
    """A JSON value of a fact in words, with its unit."""
    declared = ruleset.facts.get(fact)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return known_text(ruleset, fact, Decimal(str(value)))
    if isinstance(value, list):
        return known_text(ruleset, fact, tuple(value))
    if isinstance(value, str) and (fact in ruleset.computed or (declared is not None and declared.type == "number")):
        return bound_in_unit(ruleset, fact, value)
    if isinstance(value, str) and (fact == "assessed_on" or (declared is not None and declared.type == "date")):
        return day_text(date.fromisoformat(value))
    return known_text(ruleset, fact, value)


def place_text(ruleset: Ruleset, place: str, group: str | None, row: str | None) -> str:
    """The place of a value: the row of a table by its key, the unit, or the enterprise that all units share."""
    if group is not None:
        label = ruleset.groups[group].name if group in ruleset.groups else group
        return f"{label} {row}" if row is not None else label
    return "全厂" if place.startswith("enterprise.") else "本单元"


def own_place_text(ruleset: Ruleset, place: str, group: str | None, row: str | None) -> str:
    """The place of a value; empty for the unit itself, where most are."""
    if group is None and not place.startswith("enterprise."):
        return ""
    return place_text(ruleset, place, group, row)


def span(ends: Costs) -> str:
    """A range of numbers: `800–3000`, `5`."""
    low, high = plain(ends[0]), plain(ends[1])
    return low if low == high else f"{low}–{high}"


def cost_text(cost: Costs | None) -> str:
    """A cost range in 万元."""
    return NOT_ESTIMATED if cost is None else f"{span(cost)} 万元"


def weeks_text(weeks: Costs | None) -> str:
    """A time range in weeks."""
    return NOT_ESTIMATED if weeks is None else f"{span(weeks)} 周"


def amount_text(number: Decimal, unit: str | None) -> str:
    """A difference with the unit of its fact; those of percentages are percentage points."""
    return f"{plain(number)} 个百分点" if unit == "%" else number_text(number, unit)


def said_once(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts without those with which a longer one begins or ends: `铭牌照片` beside `整机与发动机铭牌照片`."""
    listed = tuple(dict.fromkeys(texts))
    return tuple(
        text
        for text in listed
        if not any(text != one and (one.startswith(text) or one.endswith(text)) for one in listed)
    )


def cite_text(cite: Cite) -> str:
    """A citation, without address and note."""
    return " ".join(part for part in (cite.document, cite.section, cite.clause, cite.page) if part)


def region_text(code: str) -> str:
    """A GB/T 2260 code with the names it stands for: `陕西省咸阳市秦都区（610402）`."""
    names = regions()
    parents = [] if code == "100000" else [f"{code[:2]}0000", f"{code[:4]}00"]
    chain = [names[known] for known in dict.fromkeys((*parents, code)) if known in names]
    return f"{''.join(chain)}（{code}）" if code in names else code


def jurisdiction_text(code: str) -> str:
    """The jurisdiction of a ruleset, by name."""
    return region_text(code).partition("（")[0]


def short_name(name: str) -> str:
    """A name that fits into the running head."""
    return name if len(name) <= HEAD_LENGTH else f"{name[: HEAD_LENGTH - 1]}…"


def remarks(known: Known) -> tuple[str, ...]:
    """Remarks that are stated beside a value: its evidence with days and what it covers, and the note."""
    days = ((TAKEN, known.taken), (VALID_UNTIL, known.valid_until))
    texts = [*known.evidence, *(f"{label} {day_text(day)}" for label, day in days if day is not None)]
    texts += [f"{COVERS}：{known.covers}"] if known.covers is not None else []
    return (*texts, *((f"备注：{known.note}",) if known.note else ()))
