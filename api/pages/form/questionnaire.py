"""An audit form as a page shows it: the layout of the workbook with what the draft states and what applies now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from api.grader import Grader
from api.pages.form.items import Item, SheetView, TableRow, TableView
from api.pages.form.last_answers import beside_last_time
from api.pages.form.marks import Marks
from api.pages.form.sheet_views import fact_parts, table_view
from api.pages.place_words import place_words
from api.problems import Problem
from api.services.workflow.draft import Draft
from api.services.workflow.places import parse
from grading.engine.grade import ruleset_digest
from grading.forms.idle import idle_facts
from grading.forms.judged import Judged, judged
from grading.forms.layout import Form, FormUnit, lay_out
from grading.forms.needed import Needed, needed
from grading.gaps.causes import decision_of
from grading.last_time import Recheck
from grading.model.audit import Audit, LastTime
from grading.model.base import Mode
from grading.model.decision import Decision, decide
from grading.model.result import UNGRADED, Grading
from grading.model.ruleset import Ruleset

MAX_NEXT = 3
"""The number of questions that are proposed next."""


@dataclass(frozen=True)
class Standing:
    """The grade so far; `errors` by place when the draft can't be graded as it is."""

    grading: Grading | None
    audit: Audit | None
    errors: Mapping[str, str]
    decision: Decision


@dataclass(frozen=True)
class Questionnaire:
    """The whole form as it stands."""

    sheets: tuple[SheetView, ...]
    standing: Standing
    rulesets: tuple[Ruleset, ...]
    form: Form
    draft: Draft
    judged: tuple[Judged, ...] = ()
    last: LastTime | None = None
    """The audit that this one was begun from."""

    @cached_property
    def items(self) -> dict[str, Item]:
        """All questions by place."""
        found = {item.place: item for sheet in self.sheets for part in sheet.parts for item in part.items}
        for table in self.tables.values():
            found |= {cell.place: cell for row in table.rows or () for cell in row.cells}
        return found

    @property
    def failing(self) -> tuple[Item, ...]:
        """The answers that fail, gates first, then those that keep from the worst levels."""
        found = [item for item in self.items.values() if item.mark.fails and item.stated.value is not None]
        return tuple(sorted(found, key=lambda item: (not item.mark.gates, -len(item.mark.failing))))

    @property
    def asked_next(self) -> tuple[Item, ...]:
        """The questions on which most conclusions hang, gates first."""
        found = [
            item
            for item in self.items.values()
            if not item.answered and item.applies and any(item.mark.hanging) and item.line.inherits is None
        ]
        return tuple(sorted(found, key=lambda item: item.mark.hanging, reverse=True)[:MAX_NEXT])

    @property
    def pending(self) -> tuple[Item, ...]:
        """The questions whose answer of last time is neither confirmed nor changed."""
        return tuple(item for item in self.items.values() if item.applies and item.recheck is Recheck.PENDING)

    @property
    def open_gates(self) -> int:
        """The number of gates that forbid grading and are not answered while the grade hangs on them; else 0."""
        decision = self.standing.decision
        if not decision.is_undecided or decision.grade != UNGRADED:
            return 0
        return sum(one.open_gates for one in self.judged)

    def words(self, place: str, whole: bool = False) -> str:
        """A place as the intake names it, in words; `whole`: of the draft with what no form can show."""
        library, draft = self.draft.library, self.draft
        return place_words(place, library, draft.whole if whole else draft.raw) if library is not None else ""

    def at_number(self, place: str) -> Item | None:
        """The question at a place as the intake names it, rows by their number."""
        at = parse(place)
        if at is not None and isinstance(at.row, int) and at.fact is not None:
            table = self.tables.get(str(at.table))
            rows = table.rows if table is not None else None
            if rows is not None and at.row < len(rows):
                return next((cell for cell in rows[at.row].cells if cell.fact.id == at.fact), None)
        return self.items.get(place)

    @cached_property
    def tables(self) -> dict[str, TableView]:
        """All tables by place."""
        return {table.plan.place: table for sheet in self.sheets for table in sheet.tables}

    @property
    def missing(self) -> int:
        """The number of values that are still missing."""
        return sum(len(sheet.missing) + sum(table.open for table in sheet.tables) for sheet in self.sheets)


def questionnaire(draft: Draft, grader: Grader) -> Questionnaire:
    """The form of a draft with its grade so far; raises Problem (422) when a ruleset is not available."""
    standing = _standing(draft, grader)
    units = draft.units(grader.library)
    listed = tuple(FormUnit(id_, ruleset, ruleset_digest(ruleset)) for id_, ruleset in units)
    form = lay_out(listed, standing.audit)
    graded = standing.grading.units if standing.grading is not None else (None,) * len(listed)
    unneeded = [
        idle_facts(unit.ruleset, result) if result is not None else frozenset[str]()
        for unit, result in zip(listed, graded, strict=True)
    ]
    needed_facts = [_needed(i, unit.ruleset, standing) for i, unit in enumerate(listed)]
    judgements = tuple(_judged(i, unit.ruleset, standing) for i, unit in enumerate(listed))
    marks = [Marks([(one, unit.ruleset)]) for one, unit in zip(judgements, listed, strict=True)]
    sheets = []
    if form.plant is not None:
        # What the plant is asked serves all units: it is needed as long as one of them needs it.
        shared = frozenset.intersection(*unneeded) if unneeded else frozenset[str]()
        stated = [unit.facts for unit in standing.audit.units] if standing.audit is not None else [{}] * len(listed)
        everywhere = Marks([(one, unit.ruleset) for one, unit in zip(judgements, listed, strict=True)], stated)
        parts = fact_parts(form.plant, draft, shared, _together(needed_facts), "plant", everywhere)
        sheets.append(SheetView("plant", "全厂情况", form.plant.heading, parts))
    for i, unit in enumerate(form.units):
        tables = tuple(
            table_view(table, draft, unneeded[i], needed_facts[i], marks[i]) for table in unit.tables if table.columns
        )
        title = unit.unit.id if len(listed) > 1 else "核查内容"
        parts = fact_parts(unit.facts, draft, unneeded[i], needed_facts[i], f"unit-{i}", marks[i])
        sheets.append(SheetView(f"unit-{i}", title, unit.unit.ruleset.title, parts, tables))
    rulesets, last = tuple(ruleset for _, ruleset in units), draft.last_time(grader.library)
    if last is not None:
        sheets = [beside_last_time(sheet, last, units) for sheet in sheets]
    return Questionnaire(tuple(sheets), standing, rulesets, form, draft, judgements, last)


T = TypeVar("T", Item, TableRow)


def with_problems(parts: Questionnaire, problems: Mapping[str, tuple[str, str]]) -> Questionnaire:
    """The form with texts that could not be stored, by place."""

    def marked(one: T) -> T:
        if one.place not in problems:
            return one
        typed, message = problems[one.place]
        return replace(one, problem=message, typed=typed)

    def marked_table(table: TableView) -> TableView:
        rows = (marked(replace(row, cells=tuple(map(marked, row.cells)))) for row in table.rows or ())
        return table if table.rows is None else replace(table, rows=tuple(rows))

    sheets = tuple(
        replace(
            sheet,
            parts=tuple(replace(p, items=tuple(map(marked, p.items))) for p in sheet.parts),
            tables=tuple(map(marked_table, sheet.tables)),
        )
        for sheet in parts.sheets
    )
    return replace(parts, sheets=sheets)


def _standing(draft: Draft, grader: Grader) -> Standing:
    try:
        audit = grader.read(draft.text())
        graded = grader.grade(audit, Mode.OFFICIAL)
        rulesets = {unit.ruleset: grader.library.ruleset(unit.ruleset) for unit in audit.units}
        return Standing(graded, audit, {}, decision_of(rulesets, audit, graded))
    except Problem as problem:
        return Standing(None, None, {error.place: error.message for error in problem.errors}, decide(None))


def _needed(index: int, ruleset: Ruleset, standing: Standing) -> Needed | None:
    """The conclusions that hang on unknown values of a unit; None when it isn't graded."""
    if standing.grading is None or standing.audit is None:
        return None
    return needed(ruleset, standing.audit.units[index], standing.grading.units[index])


def _together(listed: Iterable[Needed | None]) -> Needed | None:
    """The values that any of the units needs; None when one of them isn't graded."""
    facts: set[tuple[str, str | None]] = set()
    for one in listed:
        if one is None:
            return None
        facts |= one.facts
    return Needed(frozenset(facts), frozenset())


def _judged(index: int, ruleset: Ruleset, standing: Standing) -> Judged:
    """The conclusions from the answers of a unit; none while it isn't graded."""
    if standing.grading is None or standing.audit is None:
        return Judged()
    return judged(ruleset, standing.audit.units[index], standing.grading.units[index])
