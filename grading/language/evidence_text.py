"""Validity of evidence in Chinese."""

from grading.evidence_validity import Validity
from grading.language.prose import day_text
from grading.model.ruleset import Fact


def validity_text(validity: Validity) -> str | None:
    """The words on how long evidence holds, or why it proves nothing on the day; None where it has no end."""
    if validity.standing == "undated":
        return "凭证未注明取得日期，不能认定仍在有效期内"
    if validity.last_day is None:
        return None
    day = day_text(validity.last_day)
    return f"凭证有效至 {day}" if validity.standing == "valid" else f"凭证于 {day}到期"


def age_text(fact: Fact) -> str:
    """The age that a fact allows its evidence: `凭证自取得之日起 12 个月内有效，须填取得日期`; empty where it sets none."""
    if fact.evidence_valid is None:
        return ""
    return f"凭证自取得之日起 {fact.evidence_valid.months} 个月内有效，须填取得日期"
