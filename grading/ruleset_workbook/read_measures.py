"""The measures and the remedies of the workbook → plain values."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from grading.digest import plain
from grading.problems.workbook_codes import RulesetWorkbookCode
from grading.ruleset_workbook.conditions import operand_of
from grading.ruleset_workbook.findings import Findings
from grading.ruleset_workbook.raw import Raw, plain_copy, put
from grading.ruleset_workbook.read_figures import disagreeing
from grading.ruleset_workbook.read_records import cited, is_filled, retired
from grading.ruleset_workbook.read_rows import ReadRow
from grading.ruleset_workbook.words import PERCENT_STATES, UNRESOLVED_STATE

_OWN = ("text", "kind", "basis", "confidence", "note")
_PERCENT = {"percent", "state"}
REMEDY_ROLES = (
    "text",
    "weeks_low",
    "weeks_high",
    "cost_low",
    "cost_high",
    "per_row",
    "priced_per",
    "covers",
    "evidence",
    "note",
)
_RANGES = (("weeks", "weeks_low", "weeks_high", "周期"), ("cost_wan_cny", "cost_low", "cost_high", "费用"))


def read_measures(rows: list[ReadRow], base: Raw, written: Raw, citations: Mapping[str, Raw], found: Findings) -> Raw:
    """The measures by alert and level; `written` are those of the ruleset, `base` the same with the citations of today."""
    measures: Raw = {alert: {} for alert in base}
    for row in rows:
        if retired(row):
            continue
        raw: Raw = {}
        before: Raw = {}
        if row.row is not None:
            stem, _, number = row.row.code.partition("#")
            alert, _, level = stem.partition(".")
            raw = plain_copy(base[alert][level][int(number)])
            before = written[alert][level][int(number)]
        needed = ("text", "kind") if row.row is not None else ("alert", "level", "text", "kind")
        if not is_filled(row, found, *needed):
            if row.row is None:
                continue
        elif row.row is None:
            alert, level = row.get("alert"), row.get("level")
        listed = measures[alert].setdefault(level, [])
        for role in row.changed & set(_OWN):
            if role not in needed or row.get(role) is not None:
                put(raw, role, row.get(role))
        if "cite" in row.changed:
            put(raw, "cite", cited(row, "cite", citations, found))
        if row.changed & _PERCENT:
            _percent(row, raw, before, found)
        numbers = [(*pair, row.spot("percent"))] if (pair := _shares(before, raw)) is not None else []
        for share, spot in disagreeing(before.get("text", ""), raw["text"], numbers):
            found.wrong(spot, "", RulesetWorkbookCode.TEXT_WITHOUT_FIGURE, figure=plain(share))
        path = ("measures", alert, level, len(listed))
        listed.append(raw)
        found.spots[path] = partial(row.spot, "text")
        for role in (*_OWN, "percent", "cite"):
            found.spots[*path, role] = partial(row.spot, role)
        found.spots["measures", alert] = found.spots.get(("measures", alert), row.spot("text"))
    return {alert: levels for alert, levels in measures.items() if levels}


def _percent(row: ReadRow, raw: Raw, before: Raw, found: Findings) -> None:
    percent, state = row.get("percent"), row.get("state")
    if row.bad & _PERCENT:
        return
    if percent is None and state is None:
        raw.pop("percent", None)
    elif state is None:
        found.wrong(row.spot("state"), "", RulesetWorkbookCode.STATE_LACKING)
        return
    elif state == UNRESOLVED_STATE and percent is not None:
        given = row.entry("percent").shown
        found.wrong(row.spot("percent"), given, RulesetWorkbookCode.VALUE_THOUGH_UNRESOLVED)
        return
    elif state != UNRESOLVED_STATE and percent is None:
        word = PERCENT_STATES[state]
        found.wrong(row.spot("percent"), "", RulesetWorkbookCode.VALUE_LACKING, state=word)
        return
    else:
        raw["percent"] = operand_of(state, percent)
    source = ("basis", "confidence", "cite", "note")
    if (
        row.row is not None
        and raw.get("percent") is not None
        and [raw.get(k) for k in source] == [before.get(k) for k in source]
    ):
        was, now = shown_percent(before.get("percent")), shown_percent(raw["percent"])
        found.wrong(row.spot("percent"), now, RulesetWorkbookCode.SOURCE_UNCHANGED, was=was, now=now)


def _shares(before: Raw, now: Raw) -> tuple[Decimal, Decimal] | None:
    """A percentage as it was and as it is, where it is a number in both states."""
    was, is_ = (
        one["provisional"] if isinstance(one, dict) else one for one in (before.get("percent"), now.get("percent"))
    )
    return (was, is_) if isinstance(was, Decimal) and isinstance(is_, Decimal) else None


def shown_percent(percent: Any) -> str:
    """A percentage of a measure for a message."""
    if percent is None:
        return "（没有）"
    if percent == "unresolved":
        return "待核实"
    return f"暂定 {percent['provisional']}" if isinstance(percent, dict) else str(percent)


def read_remedy(row: ReadRow, prefix: str, before: Raw | None, found: Findings) -> Raw | None:
    """A remedy as its cells have it; None where there is none."""
    roles = [f"{prefix}{role}" for role in REMEDY_ROLES]
    if row.row is not None and not row.changed & set(roles):
        return before
    filled = [role for role in roles if row.get(role) not in (None, False, ())]
    if not filled:
        return None
    if row.get(f"{prefix}text") is None:
        if f"{prefix}text" not in row.bad:
            found.wrong(row.spot(f"{prefix}text"), "", RulesetWorkbookCode.REMEDY_WITHOUT_TEXT)
        return before
    raw: Raw = dict(before or {})
    for role in ("text", "per_row", "priced_per", "covers", "evidence", "note"):
        put(raw, role, row.get(f"{prefix}{role}"))
    for key, low, high, head in _RANGES:
        ends = [row.get(f"{prefix}{low}"), row.get(f"{prefix}{high}")]
        if any(f"{prefix}{role}" in row.bad for role in (low, high)):
            continue
        if (ends[0] is None) != (ends[1] is None) or (ends[0] is not None and ends[0] > ends[1]):
            role = f"{prefix}{high if ends[1] is None or ends[0] is not None else low}"
            found.wrong(row.spot(role), row.entry(role).shown, RulesetWorkbookCode.PAIR_LACKING, head=head)
            continue
        put(raw, key, None if ends[0] is None else tuple(ends))
    return raw
