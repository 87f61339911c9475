"""The whole workbook of a ruleset, before a cell is written; the reader lays it out again to know what stood where."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from grading.engine.grade import ruleset_digest
from grading.model.base import Cite
from grading.model.ruleset import Ruleset
from grading.ruleset_workbook.citations import Citations
from grading.ruleset_workbook.layout_facts import (
    computed_sheet,
    evidence_sheet,
    facts_sheet,
    groups_sheet,
    options_sheet,
)
from grading.ruleset_workbook.layout_records import citations_sheet, head_sheet, measures_sheet, remedies_sheet
from grading.ruleset_workbook.layout_table import gates_sheet, indicators_sheet
from grading.ruleset_workbook.open_points import OpenPoint, most_decisive_first
from grading.ruleset_workbook.sheets import Sheet

WORK_TITLE, ADVICE_TITLE, LISTS_TITLE, META_TITLE, ERRORS_TITLE = "待办清单", "填写说明", "选项", "grading", "错误清单"


@dataclass(frozen=True)
class Layout:
    """The sheets that are read back, and what is still to be verified, the most decisive first."""

    ruleset: Ruleset
    digest: str
    sheets: tuple[Sheet, ...]
    points: tuple[OpenPoint, ...]
    citation_codes: Mapping[Cite, str]

    @cached_property
    def fingerprint(self) -> str:
        """A digest of what stands in which cell: another program may lay the same ruleset out otherwise."""
        found = hashlib.sha256()
        for sheet in self.sheets:
            for row in sheet.rows:
                shown = [
                    (column.role, row.kind(column).show(row.values[column.role]))
                    for column in sheet.columns
                    if row.values.get(column.role) is not None
                ]
                found.update(repr((sheet.code, row.code, shown)).encode())
        return found.hexdigest()[:16]

    def sheet(self, code: str) -> Sheet:
        """The sheet with a code."""
        return next(sheet for sheet in self.sheets if sheet.code == code)


def lay_out(ruleset: Ruleset, audits: Mapping[str, int] | None = None) -> Layout:
    """The workbook of a ruleset; `audits` says how many units' grades hang on each figure, by its name."""
    citations, points = Citations(), list[OpenPoint]()
    indicators = indicators_sheet(ruleset, citations, points)
    gates = gates_sheet(ruleset, citations, points)
    measures = measures_sheet(ruleset, citations, points)
    sheets = (
        indicators,
        gates,
        measures,
        remedies_sheet(ruleset),
        citations_sheet(ruleset, citations),
        facts_sheet(ruleset),
        options_sheet(ruleset),
        evidence_sheet(ruleset),
        computed_sheet(ruleset),
        groups_sheet(ruleset),
        head_sheet(ruleset),
    )
    return Layout(ruleset, ruleset_digest(ruleset), sheets, most_decisive_first(points, audits or {}), citations.codes)
