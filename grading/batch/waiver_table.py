"""The table of waivers beside a file's units: which indicator of which unit is waived, by whom, by which document, until when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from grading.batch.heads import PROBLEM, plain_head
from grading.batch.layout import HEADS, UNIT_ID, WAIVER_TITLES, LayoutError, Reject
from grading.batch.side_tables import Cell, side_tables
from grading.batch.staged_cells import reason_of
from grading.day_text import DayError, day_from_text
from grading.identifiers import IdentifierError, normalise_id
from grading.intake import AuditError, InputProblem, check_audit
from grading.language.load import Library
from grading.language.problems import steps_of
from grading.model.audit import Waiver
from grading.model.base import Strict
from grading.model.ruleset import Ruleset
from grading.problems.codes import ProblemCode

NAME = "waivers"
"""Begins the places of the table."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    UNIT_ID: (UNIT_ID, HEADS[UNIT_ID]),
    "indicator": ("indicator", "指标", "豁免指标"),
    "authority": ("authority", "准予单位", "批准单位"),
    "reason": ("reason", "原因", "豁免原因"),
    "document.number": ("document.number", "文号", "文件编号"),
    "document.date": ("document.date", "文件日期"),
    "from": ("from", "开始日期"),
    "until": ("until", "截止日期"),
    "evidence": ("evidence", "证明材料"),
}
"""The heads that each column may have; messages name the second."""
OPTIONAL = ("from", "evidence")
DAYS = ("document.date", "from", "until")
HEADS_WITHIN = 15
SEPARATORS = "；;\n"


class WaiverLine(Strict):
    """A line of the table: its cells by column, as texts; and the unit it names, where that can be read."""

    file: str
    line: int
    texts: dict[str, str]
    unit: str | None

    def reject(self, column: str, reason: str) -> Reject:
        """The problem of one of its cells."""
        return Reject(self.file, self.line, self.unit, f"{NAME}.{column}", reason)


@dataclass(frozen=True)
class UnitWaivers:
    """The waivers of a unit, everything that is wrong with their lines, and which of them do not count."""

    waivers: tuple[Waiver, ...]
    rejects: tuple[Reject, ...]
    notices: tuple[Reject, ...]


def waiver_lines(file: Path) -> tuple[WaiverLine, ...]:
    """The lines of the tables of waivers of a file; none where there is no such table. Raises LayoutError."""
    found: list[WaiverLine] = []
    for shown, rows in side_tables(file, WAIVER_TITLES):
        heads: dict[int, str] = {}
        blank = True
        for at_row, (number, cells) in enumerate(rows):
            if not heads:
                heads = _columns(shown, cells, at_row < HEADS_WITHIN)
                blank = blank and not any(cell(False).strip() for cell in cells.values())
                continue
            read = {heads[at]: cell(heads[at] == UNIT_ID) for at, cell in cells.items() if at in heads}
            texts = {column: text.strip() for column, text in read.items() if text.strip()}
            if texts:
                found.append(WaiverLine(file=shown, line=number, texts=texts, unit=_unit(texts.get(UNIT_ID, ""))))
        if not heads and not blank:
            raise LayoutError([f"{shown}：没有豁免表的列名（{_listed()}）"])
    return tuple(found)


def read_waivers(library: Library, ruleset: Ruleset, unit: str, day: date, lines: Sequence[WaiverLine]) -> UnitWaivers:
    """The waivers of a unit that `ruleset` grades; what is wrong with them is judged by the intake, as in an audit's JSON."""
    rejects: list[Reject] = []
    stated = []
    for line in lines:
        wrong = list(_unreadable(line))
        rejects += wrong
        if not wrong:
            stated.append((line, _as_json(ruleset, line)))
    audit = {
        "enterprise": {"name": "-"},
        "assessed_on": day.isoformat(),
        "units": [{"id": unit, "ruleset": ruleset.id, NAME: [raw for _, raw in stated]}],
    }
    try:
        waivers = check_audit(audit, library).units[0].waivers
    except AuditError as error:
        lines = [line for line, _ in stated]
        rejects += (found for problem in error.problems if (found := _reject(lines, problem)) is not None)
        return UnitWaivers((), tuple(rejects), ())
    if rejects:
        return UnitWaivers((), tuple(rejects), ())
    read = [line for line, _ in stated]
    notices = [
        line.reject("until", notice) for line, one in zip(read, waivers, strict=True) if (notice := idle(one, day))
    ]
    return UnitWaivers(waivers, (), tuple(notices))


def idle(waiver: Waiver, day: date) -> str:
    """Why a waiver does not count on a day; empty for one that does."""
    standing = waiver.standing_on(day)
    if standing == "ended":
        return f"豁免已于 {waiver.until} 到期，评估日期 {day} 在其后，不计入"
    return f"豁免自 {waiver.from_} 起，评估日期 {day} 在其前，不计入" if standing == "not_begun" else ""


def _unit(text: str) -> str | None:
    try:
        return normalise_id(text)[0] if text and reason_of(text) is None else None
    except IdentifierError:
        return None


def _columns(shown: str, cells: Mapping[int, Cell], may_be_title: bool) -> dict[int, str]:
    """The columns by their heads; none of a line that is a title over them. Raises LayoutError."""
    known = {plain_head(head): column for column, heads in COLUMNS.items() for head in heads}
    texts = {at: text for at, cell in cells.items() if (text := cell(False)).strip()}
    meant = [known.get(plain_head(text)) for text in texts.values()]
    if may_be_title and len([column for column in meant if column]) < 2:
        return {}
    problems: list[str] = []
    columns: dict[int, str] = {}
    for (at, text), column in zip(texts.items(), meant, strict=True):
        if plain_head(text) == plain_head(PROBLEM):
            continue
        if column is None:
            problems.append(f"{shown}：没有“{text}”这一列；豁免表的列是 {_listed()}")
        elif column in columns.values():
            problems.append(f"{shown}：两列同为“{COLUMNS[column][1]}”")
        else:
            columns[at] = column
    required = [column for column in COLUMNS if column not in OPTIONAL]
    problems += [f"{shown}：缺少列 {COLUMNS[column][1]}" for column in required if column not in columns.values()]
    if problems:
        raise LayoutError(problems)
    return columns


def _listed() -> str:
    return "、".join(names[1] for names in COLUMNS.values())


def _unreadable(line: WaiverLine) -> Iterator[Reject]:
    """The cells of a line that can't be read, and those that are empty and must not be."""
    for column, names in COLUMNS.items():
        text = line.texts.get(column, "")
        if reason := reason_of(text):
            yield line.reject(column, reason)
        elif not text and column not in OPTIONAL:
            yield line.reject(column, f"未填{names[1]}")
        elif text and column in DAYS:
            try:
                day_from_text(text)
            except DayError as error:
                yield line.reject(column, str(error))


def _as_json(ruleset: Ruleset, line: WaiverLine) -> dict[str, Any]:
    """A line as an audit's JSON has a waiver."""
    texts = line.texts
    days = {column: day_from_text(texts[column]).isoformat() for column in DAYS if column in texts}
    documents = texts.get("evidence", "")
    for mark in SEPARATORS:
        documents = documents.replace(mark, "\n")
    raw: dict[str, Any] = {
        "indicator": _indicator(ruleset, texts["indicator"]),
        "authority": texts["authority"],
        "reason": texts["reason"],
        "document": {"number": texts["document.number"], "date": days["document.date"]},
        "until": days["until"],
        "evidence": [part.strip() for part in documents.split("\n") if part.strip()],
    }
    return raw | ({"from": days["from"]} if "from" in days else {})


def _indicator(ruleset: Ruleset, given: str) -> str:
    """The id that a cell means by the id or the title of an indicator or a gate; else what stands there."""
    titled: Iterable[tuple[str, str]] = [(one.id, one.title) for one in ruleset.indicators]
    named = [one for one, title in titled if plain_head(title) == plain_head(given)]
    gates = [gate.id for gate in ruleset.gates if plain_head(gate.title or gate.text) == plain_head(given)]
    found = [*named, *gates]
    return found[0] if len(found) == 1 else given


def _reject(lines: Sequence[WaiverLine], problem: InputProblem) -> Reject | None:
    """A problem of the intake at the line and column of its waiver; None for one that is not about waivers."""
    match steps_of(problem.place):
        case ("units", 0, "waivers", int(position), *rest):
            line, message = lines[position], problem.message
            if problem.code is ProblemCode.WAIVERS_OVERLAP:
                message = _overlap(lines, position)
            return line.reject(".".join(str(step) for step in rest if isinstance(step, str)) or "indicator", message)
    return None


def _overlap(lines: Sequence[WaiverLine], position: int) -> str:
    others = [one.line for one in lines[:position] if one.texts["indicator"] == lines[position].texts["indicator"]]
    listed = "、".join(str(line) for line in others)
    return f"与第 {listed} 行是同一单元的同一指标，且期间重叠" if listed else "与上面的一行是同一指标，且期间重叠"
