"""A file of audits as whole audits, with their evidence, to be stored and edited instead of graded in columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from grading.batch.assignment import Assignment
from grading.batch.evidence_table import evidence_lines, with_evidence
from grading.batch.layout import ASSESSED_ON, COUNTY, LINE, NAME, PERMIT, UNIT_ID, USCC, LayoutError, Reject
from grading.batch.run import SUFFIXES
from grading.batch.source import Source
from grading.batch.split_tables import SplitTables, split_tables
from grading.batch.tables import TableSource
from grading.columns.to_audits import to_audits
from grading.intake import AuditError, check_audit, parse_json
from grading.language.load import Library
from grading.model.audit import Audit, Enterprise, UnitAudit, Waiver


@dataclass(frozen=True)
class Attached:
    """A file that proves a value: where in the audit it belongs, its name, its content."""

    place: str
    name: str
    content: bytes


@dataclass(frozen=True)
class WholeAudit:
    """An audit and the first line that states it; `units` are the lines of its units, where each has its own."""

    file: str
    line: int
    audit: Audit
    units: tuple[int, ...] = ()
    files: tuple[Attached, ...] = ()

    def reject(self, place: str, reason: str, unit: int | None = None) -> Reject:
        """The problem at a place of it; `unit` is the position of the unit that it is about."""
        named = self.audit.units[unit].id if unit is not None and unit < len(self.audit.units) else None
        line = self.units[unit] if unit is not None and unit < len(self.units) else self.line
        return Reject(self.file, line, named, place, reason)


@dataclass
class WholeAudits:
    """The audits of a file in its order, everything that could not be read, and what was read otherwise than it stands."""

    audits: list[WholeAudit] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notices: list[Reject] = field(default_factory=list)
    counted: str = "行"
    """What the lines are."""


def whole_audits(library: Library, file: Path, work: Path, ruleset: str | None = None) -> WholeAudits:
    """The audits of a file as `grading batch` takes it; rows of one enterprise, permit and day are one audit.

    `ruleset`: of all units of tables; None: a column names it. Raises LayoutError for a file that has not the layout.
    """
    kind = file.suffix.lower()
    if kind not in SUFFIXES:
        raise LayoutError([f"{file.name}：应为 {'、'.join(SUFFIXES)} 文件"])
    return _of_lines(library, file) if kind == ".jsonl" else _of_tables(library, file, work, ruleset)


def _of_lines(library: Library, file: Path) -> WholeAudits:
    found = WholeAudits()
    with file.open("rb") as data:
        for line, text in enumerate(data, start=1):
            if text.isspace():
                continue
            try:
                intake_notices: list[Any] = []
                audit = check_audit(parse_json(text), library, notices=intake_notices)
            except AuditError as error:
                found.rejects += [Reject(file.name, line, None, p.place, p.message) for p in error.problems]
                continue
            found.notices += [Reject(file.name, line, None, notice.place, notice.message) for notice in intake_notices]
            found.audits.append(WholeAudit(file.name, line, audit))
    return found


@dataclass(frozen=True)
class _Unit:
    """A unit as a table has it."""

    file: str
    line: int
    key: tuple[str | None, ...]
    enterprise: Enterprise
    day: date
    unit: UnitAudit


def _of_tables(library: Library, file: Path, work: Path, ruleset: str | None) -> WholeAudits:
    found = WholeAudits()
    units: list[_Unit] = []
    for source, ruleset_id in _sources(library, file, work, ruleset, found):
        extent = source.extent()
        found.rejects += extent.rejects
        found.notices += extent.notices
        for number in range(extent.chunks):
            chunk = source.chunk(number)
            found.rejects += chunk.rejects
            found.notices += chunk.notices
            read = to_audits(library.ruleset(ruleset_id), chunk.columns)
            for head, audit in zip(chunk.heads.iter_rows(named=True), read, strict=True):
                units.append(_unit(file.name, head, audit, chunk.waivers))
    units.sort(key=lambda unit: unit.line)
    lines, wrong = evidence_lines(file)
    rulesets = {name: library.ruleset(name) for name in {unit.unit.ruleset for unit in units}}
    proven, more = with_evidence({unit.unit.id: unit.unit for unit in units}, rulesets, lines)
    found.rejects += (*wrong, *more)
    found.audits += _joined(units, proven)
    return found


def _sources(
    library: Library, file: Path, work: Path, ruleset: str | None, found: WholeAudits
) -> Iterator[tuple[Source, str]]:
    """The units of each ruleset; `found` gets notices of what belongs to none."""
    if ruleset is not None:
        yield TableSource(library, library.ruleset(ruleset), file, work), ruleset
        return
    split = split_tables(library, file, Assignment(library), work / "parts", skip_unknown=False)
    found.rejects += split.rejects
    found.notices += split.notices
    for part in split.parts:
        own = work / "own" / part.ruleset
        folder = work / "parts" / part.ruleset
        known = library.ruleset(part.ruleset)
        yield SplitTables(library, known, file, own, folder, part, partial=False), part.ruleset


def _unit(file: str, head: Mapping[str, Any], audit: Audit, waivers: Mapping[str, tuple[Waiver, ...]]) -> _Unit:
    name = head[NAME] or head[UNIT_ID]
    enterprise = Enterprise(name=name, uscc=head[USCC], permit=head[PERMIT], county=head[COUNTY])
    key = (enterprise.uscc, enterprise.permit, None if enterprise.uscc or enterprise.permit else name)
    stated = waivers.get(head[UNIT_ID], ())
    unit = audit.units[0].model_copy(update={"id": head[UNIT_ID], "waivers": stated})
    return _Unit(file, head[LINE], key, enterprise, head[ASSESSED_ON], unit)


def _joined(units: list[_Unit], proven: Mapping[str, UnitAudit]) -> list[WholeAudit]:
    """The units of one enterprise, permit and day as one audit."""
    of_audit: dict[tuple[Any, ...], list[_Unit]] = {}
    for unit in units:
        of_audit.setdefault((*unit.key, unit.enterprise.county, unit.day), []).append(unit)
    return [
        WholeAudit(
            joined[0].file,
            joined[0].line,
            Audit(
                enterprise=joined[0].enterprise,
                assessed_on=joined[0].day,
                units=tuple(proven[unit.unit.id] for unit in joined),
            ),
            tuple(unit.line for unit in joined),
        )
        for joined in of_audit.values()
    ]
