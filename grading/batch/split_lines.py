"""JSON lines with units of several rulesets → a file of lines for each ruleset, and the lines that each came from."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import polars as pl

from grading.batch.assignment import Assignment
from grading.batch.audit_lines import AuditLines
from grading.batch.chunk import Chunk
from grading.batch.layout import LINE, Reject
from grading.batch.source import Extent
from grading.batch.split import Part, Split
from grading.intake import AuditError, parse_json
from grading.language.load import Library
from grading.model.ruleset import Ruleset
from grading.ruleset_id import industry_of

LINES = "lines.parquet"
AUDITS = "audits.jsonl"


class SplitLines(AuditLines):
    """The lines of one ruleset; notices of them name the file and the line that they came from."""

    def __init__(self, library: Library, ruleset: Ruleset, file: Path, folder: Path, *, partial: bool) -> None:
        super().__init__(library, ruleset, folder / AUDITS, partial=partial)
        self.shown = file.name
        self.numbers = pl.read_parquet(folder / LINES)[LINE]

    def extent(self) -> Extent:
        """Count the audits; which stand twice was seen when the file was split."""
        extent = super().extent()
        self.twice = {}
        return extent

    def chunk(self, number: int) -> Chunk:
        """Read one chunk."""
        read = super().chunk(number)
        lines = self.numbers.gather(read.heads[LINE] - 1).cast(pl.UInt32).alias(LINE)
        return replace(
            read,
            heads=read.heads.with_columns(lines),
            rejects=self._placed(read.rejects),
            notices=self._placed(read.notices),
            # Units of the other rulesets are graded by theirs.
            skipped=0,
        )

    def _placed(self, reasons: Iterable[Reject]) -> list[Reject]:
        return [replace(r, file=self.shown, line=self.numbers[r.line - 1] if r.line else 0) for r in reasons]


def split_lines(library: Library, file: Path, assignment: Assignment, work: Path) -> Split:
    """Write every line into the file of each ruleset that one of its units names."""
    whole = AuditLines(library, assignment.any_ruleset, file)
    total = whole.extent().total
    rejects: list[Reject] = []
    numbers: dict[str, list[int]] = {}
    with ExitStack() as opened, file.open("rb") as data:
        files: dict[str, BinaryIO] = {}
        for line, text in enumerate(data, start=1):
            if text.isspace():
                continue
            other = whole.twice.get(line)
            if other is not None:
                rejects.append(other.reject(file.name, line))
                continue
            rulesets, wrong = _rulesets_of(text, assignment)
            if wrong:
                rejects += [Reject(file.name, line, unit, place, reason) for unit, place, reason in wrong]
                continue
            for ruleset in rulesets:
                if ruleset not in files:
                    folder = work / ruleset
                    folder.mkdir(parents=True, exist_ok=True)
                    files[ruleset] = opened.enter_context((folder / AUDITS).open("wb"))
                    numbers[ruleset] = []
                files[ruleset].write(text if text.endswith(b"\n") else text + b"\n")
                numbers[ruleset].append(line)
    for ruleset, lines in numbers.items():
        pl.DataFrame({LINE: lines}, schema={LINE: pl.UInt32}).write_parquet(work / ruleset / LINES)
    refused = len({reject.line for reject in rejects})
    parts = tuple(Part(ruleset=ruleset, units=len(numbers[ruleset])) for ruleset in sorted(numbers))
    return Split(total=total, refused=refused, parts=parts, rejects=tuple(rejects))


def _rulesets_of(text: bytes, assignment: Assignment) -> tuple[list[str], list[tuple[str | None, str, str]]]:
    """The rulesets of an audit's units; or why the audit can't be graded: unit, place, reason."""
    try:
        raw: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            raw = parse_json(text)
        except AuditError as error:
            return [], [(None, problem.place, f"不能读入：{problem.message}") for problem in error.problems]
    units = raw.get("units") if isinstance(raw, dict) else None
    if not isinstance(units, list) or not units:
        return [], [(None, "units", "不能读入：没有核查单元")]
    found: dict[str, None] = {}
    wrong: list[tuple[str | None, str, str]] = []
    county, day = _place_and_day(raw)
    for i, unit in enumerate(units):
        named = unit.get("ruleset") if isinstance(unit, dict) else None
        id_ = unit.get("id") if isinstance(unit, dict) else None
        industry = unit.get("industry") if isinstance(unit, dict) and named is None else None
        stated = industry if isinstance(industry, str) else None
        assigned = assignment.of([named if isinstance(named, str) else None], [stated], county, day)
        if assigned.ruleset is None or (stated is None and assigned.ruleset != named):
            reason = assigned.reason or f"规则集应写作 {assigned.ruleset}"
            wrong.append((id_ if isinstance(id_, str) else None, f"units[{i}].ruleset", reason))
        else:
            found[assigned.ruleset] = None
    industries = [industry_of(ruleset) for ruleset in found]
    if not wrong and len(set(industries)) < len(industries):
        wrong.append((None, "units", "同一份审核中有同一行业两个版本的单元，不能都评；请分成两份"))
    return list(found), wrong


def _place_and_day(raw: dict[str, Any]) -> tuple[str | None, date | None]:
    """The county and the day of an audit, as far as they can be read; what is wrong with them the intake says."""
    enterprise, day = raw.get("enterprise"), raw.get("assessed_on")
    county = enterprise.get("county") if isinstance(enterprise, dict) else None
    try:
        read = date.fromisoformat(day) if isinstance(day, str) else None
    except ValueError:
        read = None
    return county if isinstance(county, str) else None, read
