"""The audits of a chunk, read as two rulesets would grade them: the one in force and the one that grades again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import polars as pl

from api.problems import ErrorAt, errors_of
from api.services.regrading.frames import AUDIT, COUNTY, POSITION, UNIT
from api.services.replay import read_as
from api.store import GradedUnit
from grading.columns.from_audits import from_audits
from grading.columns.from_documents import Documents, OddError, from_documents, parse
from grading.columns.layout import Columns
from grading.engine.grade import Engine
from grading.intake import AuditError
from grading.model.ruleset import Ruleset
from grading.ruleset_id import industry_of

SCHEMA = {AUDIT: pl.String, POSITION: pl.UInt32, UNIT: pl.String, COUNTY: pl.String}


@dataclass(frozen=True)
class Subject:
    """An audit that is graded again: its text, its units as they are graded in force, and which of them it is about."""

    audit_id: UUID
    enterprise_id: UUID
    county: str
    content: str
    """With the waivers of the grading in force."""
    content_after: str
    """With those by which it is graded again."""
    units: Sequence[GradedUnit]
    after: Mapping[str, str]
    """By unit: the id of the ruleset that grades it again, of those that the batch is about."""

    def named(self) -> dict[str, str]:
        """By unit: the id of the ruleset that grades it after."""
        return {unit.unit: self.after.get(unit.unit, unit.ruleset_id) for unit in self.units}


@dataclass(frozen=True)
class Pair:
    """Units of one industry, read for the ruleset before and for the one after: the same unit in the same row."""

    keys: pl.DataFrame
    before: Columns
    after: Columns


def read_pair(
    subjects: Sequence[Subject], before: Ruleset, after: Ruleset, engines: Callable[[Subject], tuple[Engine, Engine]]
) -> tuple[Pair, dict[UUID, list[ErrorAt]]]:
    """Read the units that `before` grades now and `after` is to grade; and why audits can't be read for `after`.

    `engines` gives those of all of an audit's rulesets, before and after; it is asked for audits with anything unusual.
    Raises AuditError when an audit can't be read any more by what has graded it.
    """
    plain = [s for s in subjects if _is_plain(s, before, after)]
    documents = [_document(subject.content) for subject in plain]
    sides = [from_documents(before, documents)]
    # A tightened edition mostly asks the same questions: then there is nothing that could be read otherwise.
    sides.append(sides[0] if _ask_alike(before, after) else from_documents(after, documents))
    odd = {position for side in sides for position in side.odd}
    ordinary = {subject.audit_id for position, subject in enumerate(plain) if position not in odd}
    unusual = [subject for subject in subjects if subject.audit_id not in ordinary]
    keys, columns = _ordinary(plain, sides, odd)
    unreadable: dict[UUID, list[ErrorAt]] = {}
    for subject in unusual:
        old, new = engines(subject)
        audit = read_as(subject.content, {unit.unit: unit.ruleset_id for unit in subject.units}, old.library)
        try:
            again = read_as(subject.content_after, subject.named(), new.library)
        except AuditError as error:
            unreadable[subject.audit_id] = errors_of(error)
            continue
        graded = [
            unit for unit in subject.units if unit.ruleset_id == before.id and subject.after.get(unit.unit) == after.id
        ]
        at = [unit.position for unit in graded]
        rows = [(str(subject.audit_id), unit.position, unit.unit, subject.county) for unit in graded]
        keys = keys.vstack(pl.DataFrame(rows, schema=SCHEMA, orient="row"))
        read = [
            from_audits(ruleset, [(one, one.units[position]) for position in at])
            for ruleset, one in ((before, audit), (after, again))
        ]
        columns = [side.followed_by(more) for side, more in zip(columns, read, strict=True)]
    return Pair(keys, *columns), unreadable


def _is_plain(subject: Subject, before: Ruleset, after: Ruleset) -> bool:
    """True when all units of an audit go from one ruleset to the other, and its text is the same for both."""
    if subject.content_after != subject.content:
        return False
    return all(unit.ruleset_id == before.id and subject.after.get(unit.unit) == after.id for unit in subject.units)


def _ask_alike(before: Ruleset, after: Ruleset) -> bool:
    """True when both have the same facts and tables, in the same order, of the same industry."""
    industries = {industry_of(ruleset.id) for ruleset in (before, after)}
    questions = [(list(ruleset.facts.items()), list(ruleset.groups.items())) for ruleset in (before, after)]
    return len(industries) == 1 and questions[0] == questions[1]


def _ordinary(
    plain: Sequence[Subject], sides: Sequence[Documents], odd: set[int]
) -> tuple[pl.DataFrame, list[Columns]]:
    """The units of documents that could be read in columns for both rulesets."""
    columns: list[Columns] = []
    for side in sides:
        good = pl.Series([head.document not in odd for head in side.heads], dtype=pl.Boolean)
        columns.append(side.columns.only(good))
    rows: list[tuple[str, int, str, str]] = []
    for head in sides[0].heads:
        if head.document not in odd:
            subject = plain[head.document]
            position = next(unit.position for unit in subject.units if unit.unit == head.unit)
            rows.append((str(subject.audit_id), position, head.unit, subject.county))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row"), columns


def _document(content: str) -> tuple[Any, None] | None:
    """A document for the columns; what was submitted has been read by the intake, so no key stands twice."""
    try:
        return parse(content.encode()), None
    except (OddError, orjson.JSONDecodeError):
        return None
