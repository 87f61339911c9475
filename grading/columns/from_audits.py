"""Audits that have been read → columns."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from grading.columns.layout import ASSESSED_ON, ROW_KEY, TYPES, UNIT, Columns, pack, stated, waived
from grading.evidence_validity import value_on
from grading.model.audit import Audit, Known, UnitAudit
from grading.model.ruleset import Fact, Ruleset


def from_audits(ruleset: Ruleset, units: Iterable[tuple[Audit, UnitAudit]]) -> Columns:
    """The columns of units that `ruleset` is to grade, whichever ruleset they name.

    Facts that the ruleset does not have are left out. Raises ColumnsError for a value that its fact can't have.
    """
    listed = list(units)
    facts = [fact for fact in ruleset.facts.values() if fact.group is None]
    found: list[pl.Series] = [pl.Series(ASSESSED_ON, [audit.assessed_on for audit, _ in listed], dtype=pl.Date)]
    for fact in facts:
        known = [(audit.known(unit, fact.id), audit.assessed_on) for audit, unit in listed]
        found.append(_column(fact, known))
    found += [
        pl.Series(stated(group), [group in unit.groups for _, unit in listed], dtype=pl.Boolean)
        for group in ruleset.groups
    ]
    found += _waived(ruleset, listed)
    groups = {group: _rows(ruleset, group, listed) for group in ruleset.groups}
    return Columns(pl.DataFrame(found), groups)


def _waived(ruleset: Ruleset, units: list[tuple[Audit, UnitAudit]]) -> list[pl.Series]:
    """A column for each indicator of which any unit has a waiver in force."""
    if not any(unit.waivers for _, unit in units):
        return []
    of_units = [unit.waived_on(audit.assessed_on) for audit, unit in units]
    anywhere = frozenset().union(*of_units)
    return [
        pl.Series(waived(indicator.id), [indicator.id in some for some in of_units], dtype=pl.Boolean)
        for indicator in ruleset.indicators
        if indicator.id in anywhere
    ]


def _rows(ruleset: Ruleset, group: str, units: list[tuple[Audit, UnitAudit]]) -> pl.DataFrame:
    listed = [
        (i, row, audit.assessed_on) for i, (audit, unit) in enumerate(units) for row in unit.groups.get(group, ())
    ]
    columns: list[pl.Series] = [
        pl.Series(UNIT, [i for i, _, _ in listed], dtype=pl.UInt32),
        pl.Series(ROW_KEY, [row.key for _, row, _ in listed], dtype=pl.String),
    ]
    for fact in ruleset.facts.values():
        if fact.group == group:
            columns.append(_column(fact, [(row.facts.get(fact.id), day) for _, row, day in listed]))
    return pl.DataFrame(columns)


def _column(fact: Fact, known: Iterable[tuple[Known | None, date]]) -> pl.Series:
    """A fact's column: what counts on the day of each audit."""
    values: list[Any] = [pack(fact, value_on(fact, one, day)) if one is not None else None for one, day in known]
    return pl.Series(fact.id, values, dtype=TYPES[fact.type])
