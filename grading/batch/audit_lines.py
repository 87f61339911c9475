"""JSON lines, an audit a line, as a source: each line is read and checked as any audit is."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from grading.batch.chunk import Chunk
from grading.batch.json_places import fact_depth, standing_at
from grading.batch.layout import HEAD_SCHEMA, LEFT_UNKNOWN, LINE, UNIT_ID, Reject
from grading.batch.partial_audits import without_values
from grading.batch.reasons import fact_reason
from grading.batch.repeated_units import plant_and_day, repeated_units
from grading.batch.source import Extent
from grading.batch.waiver_table import idle
from grading.columns.from_audits import from_audits
from grading.columns.from_documents import OddError, from_documents, keys_in, parse
from grading.intake import AuditError, InputProblem, check_audit, parse_json
from grading.language.load import Library
from grading.language.problems import steps_of
from grading.model.audit import Audit, UnitAudit
from grading.model.ruleset import Ruleset
from grading.problems.codes import VALUE_CODES
from grading.ruleset_id import industry_of

CHUNK = 2_000
"""Audits that are read at once."""


@dataclass(frozen=True)
class _Start:
    """The beginning of a chunk."""

    offset: int
    line: int
    audits: int


class AuditLines:
    """A file with an audit a line; empty lines don't count.

    A unit that names another edition of the same industry is read as one of `ruleset`: that is what grading again means.
    Units of other industries are skipped.
    """

    def __init__(
        self, library: Library, ruleset: Ruleset, file: Path, chunk: int = CHUNK, *, partial: bool = False
    ) -> None:
        self.library, self.ruleset, self.file, self.size, self.partial = library, ruleset, file, chunk, partial

    @property
    def files(self) -> tuple[Path, ...]:
        """The one file."""
        return (self.file,)

    def extent(self) -> Extent:
        """Count the audits, and find units that are audited twice on a day."""
        self.starts: list[_Start] = []
        counts: Counter[int | None] = Counter()
        offset, line, first, audits = 0, 0, (0, 1), 0
        with self.file.open("rb") as data:
            for text in data:
                line += 1
                if audits == self.size:
                    self.starts.append(_Start(*first, audits))
                    first, audits = (offset, line), 0
                if not text.isspace():
                    audits += 1
                    counts[plant_and_day(text)] += 1
                offset += len(text)
        self.twice = repeated_units(self._may_repeat(counts))
        if audits:
            self.starts.append(_Start(*first, audits))
        return Extent(sum(start.audits for start in self.starts), len(self.starts))

    def chunk(self, number: int) -> Chunk:
        """Read the audits of one chunk: the ordinary ones in columns, the others one by one."""
        read = list(self._lines(number))
        rejects: list[Reject] = []
        notices: list[Reject] = []
        lines: list[tuple[int, bytes]] = []
        for line, text in read:
            other = self.twice.get(line)
            if other is None:
                lines.append((line, text))
            else:
                rejects.append(other.reject(self.file.name, line))
        found = from_documents(self.ruleset, (_document(text) for _, text in lines))
        units: list[tuple[int, Audit, UnitAudit]] = []
        unknown: dict[tuple[int, str], list[str]] = {}
        refused, skipped = len(read) - len(lines), sum(found.other.values())
        for position in found.odd:
            line, text = lines[position]
            audit = self._audit(line, text, rejects, notices, unknown)
            refused += audit is None
            own = [] if audit is None else [unit for unit in audit.units if unit.ruleset == self.ruleset.id]
            units += [(line, audit, unit) for unit in own if audit is not None]
            skipped += 0 if audit is None else len(audit.units) - len(own)
        heads = [_head(lines[head.document][0], head.unit, head.enterprise, head.assessed_on) for head in found.heads]
        heads += [_head(line, unit.id, dict(audit.enterprise), audit.assessed_on) for line, audit, unit in units]
        columns = found.columns.followed_by(from_audits(self.ruleset, [(audit, unit) for _, audit, unit in units]))
        frame = pl.DataFrame(heads, schema=dict(HEAD_SCHEMA), orient="row")
        if self.partial:
            marked = [
                ";".join(unknown.get((row[0], row[1]), ())) or None for row in frame.select(LINE, UNIT_ID).iter_rows()
            ]
            frame = frame.with_columns(pl.Series(LEFT_UNKNOWN, marked, dtype=pl.String))
        order = frame.select(pl.arg_sort_by(LINE, maintain_order=True)).to_series()
        return Chunk(frame[order], columns.reordered(order), rejects, len(read), refused, skipped, notices)

    def _may_repeat(self, counts: Counter[int | None]) -> Iterator[tuple[int, bytes]]:
        """The audits of which another one may be of the same plant and day, with their lines."""
        if not counts[None] and all(count == 1 for count in counts.values()):
            return
        with self.file.open("rb") as data:
            for line, text in enumerate(data, start=1):
                key = None if text.isspace() else plant_and_day(text)
                if not text.isspace() and (counts[None] or counts[key] > 1):
                    yield line, text

    def _audit(
        self,
        line: int,
        text: bytes,
        rejects: list[Reject],
        notices: list[Reject],
        unknown: dict[tuple[int, str], list[str]],
    ) -> Audit | None:
        """An audit as the intake reads it; None when it does not, and why.

        Of a partial reading values that can't be read are left out; `unknown` gets their places, by line and unit.
        """
        raw: Any = None
        intake_notices: list[InputProblem] = []
        audit: Audit | None
        try:
            raw = self._for_ruleset(parse_json(text))
            audit = check_audit(raw, self.library, notices=intake_notices)
        except AuditError as error:
            reasons = [
                Reject(self.file.name, line, _unit(raw, problem.place), problem.place, self._reason(raw, problem))
                for problem in error.problems
            ]
            whole = without_values(raw, [problem.place for problem in error.problems]) if self.partial else None
            try:
                audit = None if whole is None else check_audit(whole, self.library, notices=intake_notices)
            except AuditError:
                audit = None
            if audit is None:
                rejects += reasons
                return None
            for reason in reasons:
                notices.append(replace(reason, reason=f"按未知处理：{reason.reason}"))
                for unit in (
                    audit.units if reason.unit is None else [unit for unit in audit.units if unit.id == reason.unit]
                ):
                    unknown.setdefault((line, unit.id), []).append(reason.place)
        notices += [Reject(self.file.name, line, None, notice.place, notice.message) for notice in intake_notices]
        notices += [
            Reject(self.file.name, line, unit.id, f"units[{i}].waivers[{n}].until", why_idle)
            for i, unit in enumerate(audit.units)
            for n, waiver in enumerate(unit.waivers)
            if (why_idle := idle(waiver, audit.assessed_on))
        ]
        return audit

    def _lines(self, number: int) -> Iterator[tuple[int, bytes]]:
        start = self.starts[number]
        left, line = start.audits, start.line
        with self.file.open("rb") as data:
            data.seek(start.offset)
            while left:
                text = data.readline()
                if not text.isspace():
                    left -= 1
                    yield line, text
                line += 1

    def _for_ruleset(self, raw: Any) -> Any:
        """The audit with its units of this industry under the ruleset of the batch."""
        industry = industry_of(self.ruleset.id)
        units = raw.get("units") if isinstance(raw, dict) else None
        for unit in units if isinstance(units, list) else ():
            named = unit.get("ruleset") if isinstance(unit, dict) else None
            if isinstance(named, str) and industry_of(named) == industry:
                unit["ruleset"] = self.ruleset.id
        return raw

    def _reason(self, raw: Any, problem: InputProblem) -> str:
        """The reason for a problem at a place: of a fact whose value is at fault, what would be right."""
        steps = steps_of(problem.place)
        depth = fact_depth(steps)
        fact = self.ruleset.facts.get(str(steps[depth - 1])) if depth is not None else None
        if fact is not None:
            value = standing_at(raw, steps[:depth])
            if isinstance(value, dict) and "below" not in value:
                value = value.get("value")
            # The evidence, the note or an odd key beside a value say nothing of the value.
            if problem.code in VALUE_CODES:
                item = standing_at(value, steps[depth:])
                return fact_reason(fact, problem, value if item is None else item)
        return f"不能读入：{problem.message}"


def _unit(raw: Any, place: str) -> str | None:
    """The id of the unit that a place is in."""
    steps = steps_of(place)
    named = standing_at(raw, (*steps[:2], "id")) if steps[:1] == ("units",) and len(steps) > 1 else None
    return named if isinstance(named, str) else None


def _document(text: bytes) -> tuple[Any, int] | None:
    try:
        return parse(text), keys_in(text)
    except OddError:
        return None


def _head(line: int, unit: str, enterprise: Mapping[str, Any], day: date) -> tuple[Any, ...]:
    named = (enterprise.get(name) for name in ("name", "uscc", "permit", "county"))
    return (line, unit, *named, day)
