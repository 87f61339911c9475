"""The Chinese words of the command line for what the domain calls by codes."""

from collections.abc import Iterable

from grading import vocabulary
from grading.digest import plain
from grading.model.base import Mode, Status
from grading.model.gap import Costs

STATUS_WORDS = {status: vocabulary.STATUS[status.value] for status in Status}
STATUS_MARKS = {
    Status.MET: "[green]✓[/green]",
    Status.UNMET: "[red]✗[/red]",
    Status.UNKNOWN: "[yellow]？[/yellow]",
    Status.WAIVED: "[cyan]免[/cyan]",
}
GATE_MARKS = {**STATUS_MARKS, Status.MET: "[red]●[/red]", Status.UNMET: "[green]○[/green]"}
NOTICE_WORDS = {
    "draft_ruleset": "规则集为草案，未经审定",
    "day_to_come": "评定日期晚于今天，按那一天适用的要求推算",
    **vocabulary.EDITION,
    **vocabulary.JURISDICTION,
}
UNDECIDED_NOTE = "待定 (最差～最好)：等级取决于尚缺的证据（未提供的数值和表格），或指南中待主管部门核实的限值。"
TRIAL_NOTICE = "试算结果：暂定数值视同已核实，不得作为评级结论发布。"


def notices(codes: Iterable[str], mode: Mode = Mode.OFFICIAL) -> str:
    """Notices that a reader must know about an edition and the mode, with a full stop; nothing when there is nothing."""
    notices = "；".join(NOTICE_WORDS.get(code, code) for code in codes)
    return (f"{notices}。" if notices else "") + (TRIAL_NOTICE if mode is Mode.TRIAL else "")


def range_text(ends: Costs | None, unit: str) -> str:
    """`3–8 周`, `0–50 万元`, `5 万元`; — where there are no figures."""
    if ends is None:
        return "—"
    low, high = plain(ends[0]), plain(ends[1])
    return f"{low} {unit}" if low == high else f"{low}–{high} {unit}"
