"""Waivers (豁免) in Chinese."""

from grading.language.prose import day_text
from grading.model.audit import Standing, Waiver
from grading.model.result import UnitGrading
from grading.model.ruleset import Ruleset

WITH_WAIVERS = "含豁免"
"""The mark of a grade that would be another without a waiver."""
STANDING: dict[Standing, str] = {"in_force": "有效", "ended": "已到期", "not_begun": "尚未开始"}


def grant_text(waiver: Waiver) -> str:
    """By whom, by which document and for which days: `市局，咸环函〔2023〕12号（2023 年 7 月 1 日），2023 年 7 月 1 日至 …`."""
    issued, begin, end = (day_text(day) for day in (waiver.document.issued_on, waiver.from_, waiver.until))
    return f"{waiver.authority}，{waiver.document.number}（{issued}），{begin}至 {end}"


def waiver_text(ruleset: Ruleset, waiver: Waiver, standing: Standing = "in_force") -> str:
    """A waiver in one sentence: `“氮氧化物”豁免：市局，…；原因：…`."""
    title = next((one.title for one in ruleset.indicators if one.id == waiver.indicator), waiver.indicator)
    state = "" if standing == "in_force" else f"（{STANDING[standing]}，不计）"
    return f"“{title}”豁免{state}：{grant_text(waiver)}；原因：{waiver.reason}"


def waivers_text(ruleset: Ruleset, unit: UnitGrading) -> tuple[str, ...]:
    """A sentence for each waiver that the audit of a unit states."""
    return tuple(waiver_text(ruleset, found.waiver, found.standing) for found in unit.waivers)


def mark_of(unit: UnitGrading) -> str:
    """`（含豁免）` behind a grade that rests on a waiver; else nothing."""
    return f"（{WITH_WAIVERS}）" if unit.relied_on else ""
