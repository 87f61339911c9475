"""The Chinese words of the command line for what the domain calls by codes."""

from collections.abc import Iterable, Sequence

from grading.model.base import Status
from grading.model.result import UNGRADED
from grading.model.ruleset import Scale

STATUS_WORDS = {Status.MET: "满足", Status.UNMET: "不满足", Status.UNKNOWN: "无法判定"}
STATUS_MARKS = {Status.MET: "[green]✓[/green]", Status.UNMET: "[red]✗[/red]", Status.UNKNOWN: "[yellow]？[/yellow]"}
NOTICE_WORDS = {
    "draft_ruleset": "规则集为草案，未经审定",
    "edition_not_yet_in_force": "评定日早于本版施行日",
    "edition_superseded": "评定日时本版已被取代",
}


def grade_label(scales: Sequence[Scale], level: str) -> str:
    """A grade in words: 不纳入绩效分级, or the level's label in the first scale that has it."""
    if level == UNGRADED:
        return "不纳入分级"
    return next((known.label for scale in scales for known in scale.levels if known.id == level), level)


def notices(codes: Iterable[str]) -> str:
    """What a reader must know about an edition."""
    return "；".join(NOTICE_WORDS.get(code, code) for code in codes)
