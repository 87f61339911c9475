"""Words of the cover about several units, each said once: warnings, and the edition where it is the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.context.unit import UnitPart

FEW = 3
"""So many units the cover tells of one by one in whole sentences."""


@dataclass(frozen=True)
class Said:
    """A text with its head; `whose` names the units that it is about, and is empty where it is about all of them."""

    whose: str
    head: str
    text: str


def cover_notices(units: Sequence[UnitPart]) -> tuple[Said, ...]:
    """The warnings about the units' rulesets: that one is a draft, or superseded, or of another place."""
    told = _told_once(units, ((u, *_notice(u)) for u in units if u.edition.is_draft or u.notices))
    drafts = {unit.edition.id for unit in units if unit.edition.is_draft}
    if len(told) <= FEW or not drafts:
        return told
    others = _told_once(units, ((u, "", _others(u)) for u in units if u.notices))
    many = f"所依据的 {len(drafts)} 个规则集未经专家审定，各有多少暂定值和可信度低的数值，见各单元摘要。"
    return (Said("", "草案。", many), *others)


def only_edition(units: Sequence[UnitPart]) -> str | None:
    """The edition by which all units are graded; None where there are several."""
    texts = {unit.edition.text for unit in units}
    return texts.pop() if len(texts) == 1 else None


def _told_once(units: Sequence[UnitPart], told: Iterable[tuple[UnitPart, str, str]]) -> tuple[Said, ...]:
    about: dict[tuple[str, str], list[str]] = {}
    for unit, head, text in told:
        about.setdefault((head, text), []).append(unit.id)
    return tuple(
        Said("" if len(ids) == len(units) else "、".join(ids), head, text) for (head, text), ids in about.items()
    )


def _notice(unit: UnitPart) -> tuple[str, str]:
    counts = unit.edition.counts
    kinds = (
        (counts.unresolved, "项数值待核实"),
        (counts.provisional, "项为暂定值"),
        (counts.low_confidence, "项可信度低"),
    )
    open_ = "，".join(f"{count} {what}" for count, what in kinds if count)
    others = _others(unit)
    if not unit.edition.is_draft:
        return "", others
    return "草案。", f"所依据的规则集未经专家审定{f'：全规则集有 {open_}' if open_ else ''}。{others}"


def _others(unit: UnitPart) -> str:
    return "".join(f"{notice}。" for notice in unit.notices)
