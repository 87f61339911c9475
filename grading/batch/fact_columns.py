"""Columns of facts of one table, with the evidence of those that have some."""

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from grading.batch.findings import TablePart
from grading.batch.heads import evidence_columns
from grading.batch.reasons import fact_reason, shown
from grading.columns.cells import read_column
from grading.columns.layout import UNIT
from grading.columns.proven import proven
from grading.forms.evidence_days import DAYS
from grading.model.ruleset import Fact, Ruleset
from grading.percentages import fraction_question, is_share
from grading.problems.codes import ProblemCode
from grading.problems.reason import reason_of as coded_reason

MAX_QUESTIONS = 200
"""The number of cells of a column of a chunk that are asked about one by one."""


def read_facts(ruleset: Ruleset, part: TablePart, days: pl.Series, partial: bool) -> list[pl.Series]:
    """The columns of a table's facts; `days` are those of the units' audits.

    A cell that can't be read takes its unit out; with `partial`, it is left unknown.
    """
    columns: list[pl.Series] = []
    for fact in ruleset.facts.values():
        if fact.group != part.group or fact.id not in part.raw.columns:
            continue
        read = read_column(fact, part.raw[fact.id])
        columns.append(_proven(part, fact, read.values, days))
        for position, problem in dict(read.problems).items():
            place = part.place(position, fact.id)
            reason = fact_reason(fact, problem, shown(part.raw[fact.id], position))
            if partial:
                part.leave_unknown(position, place, reason)
            else:
                part.reject(position, place, reason)
        _note_synonyms(part, fact, read.synonyms)
        _ask_fractions(part, fact, read.values)
    return columns


def _proven(part: TablePart, fact: Fact, values: pl.Series, assessed_on: pl.Series) -> pl.Series:
    """A fact's values as they count on the days of the audits: unknown where their evidence has no day or has expired."""
    if fact.evidence_valid is None:
        return values
    raw = part.raw
    on = assessed_on if part.group is None else assessed_on.gather(raw[UNIT])
    days: dict[str, pl.Series] = {}
    for column, (name, day_fact) in zip(evidence_columns(fact), DAYS.items(), strict=True):
        given = raw[column] if column in raw.columns else pl.Series(column, [None]).new_from_index(0, raw.height)
        read = read_column(day_fact, given.alias(day_fact.id))
        days[name] = read.values
        wrong = {
            position: fact_reason(day_fact, problem, shown(given, position)) for position, problem in read.problems
        }
        if name == "taken":
            for position in (read.values > on).fill_null(False).arg_true():
                later = coded_reason(ProblemCode.EVIDENCE_TAKEN_LATER, taken=read.values[position], day=on[position])
                wrong[position] = later.message
        for position, reason in wrong.items():
            part.reject(position, part.place(position, column), reason)
    return proven(fact, values, days["taken"], days["valid_until"], on)


def _note_synonyms(part: TablePart, fact: Fact, synonyms: Sequence[tuple[int, str]]) -> None:
    """Tell cell by cell which everyday words were read as which option."""
    for position, text in synonyms[:MAX_QUESTIONS]:
        part.note(position, part.place(position, fact.id), text)
    if len(synonyms) > MAX_QUESTIONS:
        text = f"“{fact.label}”还有 {len(synonyms) - MAX_QUESTIONS:,} 处按同义词读取，如{synonyms[-1][1]}"
        part.note_column(fact.id, text)


def _ask_fractions(part: TablePart, fact: Fact, values: pl.Series) -> None:
    """Ask about bare numbers of a share that are no more than 1."""
    if not is_share(fact):
        return
    given = part.raw[fact.id]
    bare = (values > 0) & (values <= 10**fact.decimals)
    if given.dtype == pl.String:
        bare &= ~given.str.contains(r"[%％]\s*$")
    positions = bare.fill_null(False).arg_true()
    for position in positions[:MAX_QUESTIONS]:
        value = Decimal(values[position]).scaleb(-fact.decimals)
        part.note(position, part.place(position, fact.id), fraction_question(fact, value) or "")
    if len(positions) > MAX_QUESTIONS:
        text = f"“{fact.label}”还有 {len(positions) - MAX_QUESTIONS:,} 格不大于 1，单位是 %；是否应乘以 100？"
        part.note_column(fact.id, text)
