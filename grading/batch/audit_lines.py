"""JSON lines, an audit a line, as a source: each line is read and checked like any audit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from grading.batch.layout import HEAD_SCHEMA, Reject
from grading.batch.reading import Chunk, fact_reason
from grading.batch.source import Extent
from grading.columns.from_audits import from_audits
from grading.intake import AuditError, InputProblem, check_audit, parse_json
from grading.language.load import Library
from grading.model.audit import Audit, UnitAudit
from grading.model.ruleset import Ruleset

CHUNK = 2_000
"""Audits that are read at once."""
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True)
class _Start:
    """Where a chunk begins."""

    offset: int
    line: int
    audits: int


class AuditLines:
    """A file with an audit a line; empty lines don't count.

    A unit that names another edition of the same industry is read as one of `ruleset`: that is what grading again means.
    Units of other industries are skipped.
    """

    def __init__(self, library: Library, ruleset: Ruleset, file: Path, chunk: int = CHUNK) -> None:
        self.library, self.ruleset, self.file, self.size = library, ruleset, file, chunk

    @property
    def files(self) -> tuple[Path, ...]:
        """The one file."""
        return (self.file,)

    def extent(self) -> Extent:
        """Count the audits."""
        self.starts: list[_Start] = []
        offset, line, first, audits = 0, 0, (0, 1), 0
        with self.file.open("rb") as data:
            for text in data:
                line += 1
                if audits == self.size:
                    self.starts.append(_Start(*first, audits))
                    first, audits = (offset, line), 0
                audits += not text.isspace()
                offset += len(text)
        if audits:
            self.starts.append(_Start(*first, audits))
        return Extent(sum(start.audits for start in self.starts), len(self.starts))

    def chunk(self, number: int) -> Chunk:
        """Read the audits of one chunk."""
        rejects: list[Reject] = []
        units: list[tuple[int, Audit, UnitAudit]] = []
        refused = skipped = 0
        for line, text in self._lines(number):
            raw: Any = None
            try:
                raw = self._for_ruleset(parse_json(text))
                audit = check_audit(raw, self.library)
            except AuditError as error:
                refused += 1
                rejects += [
                    Reject(self.file.name, line, _unit(raw, p.place), p.place, self._reason(raw, p))
                    for p in error.problems
                ]
                continue
            wanted = [(line, audit, unit) for unit in audit.units if unit.ruleset == self.ruleset.id]
            skipped += len(audit.units) - len(wanted)
            units += wanted
        columns = from_audits(self.ruleset, [(audit, unit) for _, audit, unit in units])
        return Chunk(_heads(units), columns, rejects, self.starts[number].audits, refused, skipped)

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
        industry = self.ruleset.id.partition("/")[2]
        units = raw.get("units") if isinstance(raw, dict) else None
        for unit in units if isinstance(units, list) else ():
            named = unit.get("ruleset") if isinstance(unit, dict) else None
            if isinstance(named, str) and named.partition("/")[2] == industry:
                unit["ruleset"] = self.ruleset.id
        return raw

    def _reason(self, raw: Any, problem: InputProblem) -> str:
        """What is wrong at a place: of a fact, what would be right."""
        steps = [int(index) if index else name for index, name in _STEP.findall(problem.place)]
        fact = next(
            (self.ruleset.facts[s] for s in reversed(steps) if isinstance(s, str) and s in self.ruleset.facts), None
        )
        if fact is None or not {"facts", "groups"} & set(steps) or "not a fact" in problem.message:
            return f"不能读入：{problem.message}"
        value = raw
        for step in steps:
            value = value[step] if isinstance(value, dict | list) else value
        return fact_reason(fact, value)


def _unit(raw: Any, place: str) -> str | None:
    """The id of the unit that a place is in."""
    found = re.match(r"units\[(\d+)\]", place)
    unit = raw["units"][int(found[1])] if found else None
    named = unit.get("id") if isinstance(unit, dict) else None
    return named if isinstance(named, str) else None


def _heads(units: list[tuple[int, Audit, UnitAudit]]) -> pl.DataFrame:
    rows = [
        (line, unit.id, e.name, e.uscc, e.permit, e.county, audit.assessed_on)
        for line, audit, unit in units
        for e in (audit.enterprise,)
    ]
    return pl.DataFrame(rows, schema=dict(HEAD_SCHEMA), orient="row")
