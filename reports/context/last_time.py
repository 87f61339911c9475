"""Answers that were checked again and answers of last time, counted and named apart."""

from collections.abc import Mapping
from dataclasses import dataclass

from grading.language.prose import day_text
from grading.language.values import known_text
from grading.last_time import Compared, Recheck, compared
from grading.model.audit import Audit
from grading.model.ruleset import Ruleset


@dataclass(frozen=True)
class Rechecked:
    """Outcome of last time's answers in an audit that was begun from them."""

    day: str
    anew: int
    confirmed: tuple[str, ...]
    pending: tuple[str, ...]

    @property
    def text(self) -> str:
        """The numbers, in a sentence."""
        found = f"本次填报 {self.anew} 项；与上次（{self.day}）相同、经本次确认 {len(self.confirmed)} 项"
        return f"{found}；上次填报、本次未确认 {len(self.pending)} 项{'（按未知）' if self.pending else ''}"


def rechecked(audit: Audit, rulesets: Mapping[str, Ruleset]) -> Rechecked | None:
    """None for an audit that was not begun from the last one."""
    if audit.last is None:
        return None
    found = list(compared(audit, rulesets))
    several = len(audit.units) > 1
    named = {
        kind: tuple(_named(one, rulesets[one.ruleset], several) for one in found if one.recheck is kind)
        for kind in (Recheck.CONFIRMED, Recheck.PENDING)
    }
    anew = sum(1 for one in found if one.recheck is Recheck.ANEW)
    return Rechecked(day_text(audit.last.assessed_on), anew, named[Recheck.CONFIRMED], named[Recheck.PENDING])


def _named(one: Compared, ruleset: Ruleset, several: bool) -> str:
    whose = f"{one.unit}：" if several and one.unit is not None else ""
    if one.fact is None:
        return f"{whose}{ruleset.groups[one.group or ''].label}（各行）"
    known = one.before if one.recheck is Recheck.PENDING else one.now
    value = "" if known is None else f"＝{known_text(ruleset, one.fact, known.value)}"
    row = f"{one.row} " if one.row is not None else ""
    return f"{whose}{row}{ruleset.facts[one.fact].label}{value}"
