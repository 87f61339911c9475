"""An audit form as a page shows it: the layout of the workbook with what the draft states and what applies now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from api.grader import Grader
from api.pages.form.slug import slug
from api.pages.place_words import place_words
from api.problems import Problem
from api.services.workflow.draft import Draft, Stated, stated_in
from api.services.workflow.places import Place, parse
from grading.engine.grade import ruleset_digest
from grading.forms.idle import idle_facts
from grading.forms.judged import Judged, judged
from grading.forms.layout import Band, FactSheet, Form, FormUnit, Line, Table, lay_out
from grading.forms.needed import Needed, needed
from grading.forms.wording import expectation, option_labels
from grading.gaps.causes import decision_of
from grading.language.decision_text import level_label
from grading.language.values import known_text
from grading.last_time import Recheck
from grading.model.audit import Audit, Known, LastTime
from grading.model.base import Mode
from grading.model.decision import Decision, decide
from grading.model.result import UNGRADED, Grading
from grading.model.ruleset import Fact, Ruleset

MOST_NEXT = 3
"""So many questions are told to be asked next."""


@dataclass(frozen=True)
class Mark:
    """What is concluded from an answer so far: the levels that it keeps from (by label), the gates that it triggers.

    `hanging` is how many gates and how many indicators wait for a question without an answer.
    """

    failing: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    satisfies: bool = False
    hanging: tuple[int, int] = (0, 0)

    @property
    def fails(self) -> bool:
        """True of an answer that costs a level, or triggers a gate."""
        return bool(self.failing or self.gates)


NO_MARK = Mark()


@dataclass(frozen=True)
class Item:
    """A question on the page. `inherited` is the plant's value that serves while the unit states none."""

    line: Line
    place: str
    stated: Stated
    applies: bool
    needed: bool = True
    """True when some conclusion depends on the value now: it counts as missing only then."""
    inherited: Stated | None = None
    problem: str | None = None
    typed: str | None = None
    """Text that was typed and could not be stored."""
    mark: Mark = NO_MARK
    row: str = ""
    """The key of the table's row that it stands in."""
    last: Known | None = None
    """Last time's answer, where the audit was begun from the last one."""
    last_text: str = ""

    @property
    def recheck(self) -> Recheck | None:
        """Where the answer comes from, in an audit that was begun from the last one."""
        if self.last is None:
            return None
        if self.stated.value is not None:
            return Recheck.CONFIRMED if self.stated.as_last_time else Recheck.ANEW
        return None if self.answered else Recheck.PENDING

    @property
    def id(self) -> str:
        """The element's id."""
        return slug(self.place)

    @property
    def fact(self) -> Fact:
        """The fact that is asked."""
        return self.line.question.fact

    @property
    def options(self) -> dict[str, str]:
        """The options' labels by code."""
        return option_labels(self.fact)

    @property
    def wanted(self) -> str:
        """The kind of value that may be filled in."""
        return expectation(self.fact)

    @property
    def answered(self) -> bool:
        """True when there is a value, its own or the plant's."""
        return self.stated.value is not None or (self.inherited is not None and self.inherited.value is not None)


@dataclass(frozen=True)
class TableRow:
    """A row of a table on the page."""

    index: int
    place: str
    key: str
    cells: tuple[Item, ...]
    problem: str | None = None
    typed: str | None = None
    """Text that was typed for the row's key and could not be stored."""

    @property
    def id(self) -> str:
        """The element's id."""
        return slug(self.place)


@dataclass(frozen=True)
class TableView:
    """A table on the page; `rows` is None while nobody has looked."""

    plan: Table
    rows: tuple[TableRow, ...] | None
    applies: bool
    needed: bool = True
    last_rows: tuple[str, ...] = ()
    """The keys of last time's rows."""

    @property
    def id(self) -> str:
        """The element's id."""
        return slug(self.plan.place)

    @property
    def open(self) -> int:
        """The number of missing values."""
        if self.rows is None:
            return 1 if self.applies and self.needed else 0
        return sum(1 for row in self.rows for cell in row.cells if cell.needed and not cell.answered)


@dataclass(frozen=True)
class Part:
    """A titled run of questions."""

    id: str
    title: str
    items: tuple[Item, ...]

    @property
    def shown(self) -> tuple[Item, ...]:
        """The questions that apply."""
        return tuple(item for item in self.items if item.applies)

    @property
    def missing(self) -> tuple[Item, ...]:
        """Questions that have no answer though something depends on it."""
        return tuple(item for item in self.shown if item.needed and not item.answered)

    @property
    def done(self) -> int:
        """The number of applicable questions that are answered."""
        return sum(1 for item in self.shown if item.answered)


@dataclass(frozen=True)
class SheetView:
    """The plant or one unit: its parts and tables."""

    id: str
    title: str
    note: str
    parts: tuple[Part, ...]
    tables: tuple[TableView, ...] = ()

    @property
    def missing(self) -> tuple[Item, ...]:
        """Questions that have no answer though something depends on it."""
        return tuple(item for part in self.parts for item in part.missing)


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
        """The questions that most hangs on, gates first."""
        found = [
            item
            for item in self.items.values()
            if not item.answered and item.applies and any(item.mark.hanging) and item.line.inherits is None
        ]
        return tuple(sorted(found, key=lambda item: item.mark.hanging, reverse=True)[:MOST_NEXT])

    @property
    def pending(self) -> tuple[Item, ...]:
        """The questions whose answer of last time is neither confirmed nor changed."""
        return tuple(item for item in self.items.values() if item.applies and item.recheck is Recheck.PENDING)

    @property
    def open_gates(self) -> int:
        """How many gates that forbid grading are not answered while the grade hangs on them; else none."""
        decision = self.standing.decision
        if not decision.is_undecided or decision.grade != UNGRADED:
            return 0
        return sum(one.open_gates for one in self.judged)

    def words(self, place: str, whole: bool = False) -> str:
        """A place as the intake tells it, in words; `whole`: of the draft with what no form can show."""
        library, draft = self.draft.library, self.draft
        return place_words(place, library, draft.whole if whole else draft.raw) if library is not None else ""

    def at_number(self, place: str) -> Item | None:
        """The question at a place as the intake tells it, rows by their number."""
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
    """The form of a draft with its grade so far; raises Problem (422) when a ruleset can't be had."""
    standing = _standing(draft, grader)
    units = draft.units(grader.library)
    listed = tuple(FormUnit(id_, ruleset, ruleset_digest(ruleset)) for id_, ruleset in units)
    form = lay_out(listed, standing.audit)
    graded = standing.grading.units if standing.grading is not None else (None,) * len(listed)
    unneeded = [
        idle_facts(unit.ruleset, result) if result is not None else frozenset[str]()
        for unit, result in zip(listed, graded, strict=True)
    ]
    wanted = [_needed(i, unit.ruleset, standing) for i, unit in enumerate(listed)]
    judgements = tuple(_judged(i, unit.ruleset, standing) for i, unit in enumerate(listed))
    marks = [_Marks([(one, unit.ruleset)]) for one, unit in zip(judgements, listed, strict=True)]
    sheets = []
    if form.plant is not None:
        # What the plant is asked serves all units: it is needed as long as one of them needs it.
        shared = frozenset.intersection(*unneeded) if unneeded else frozenset[str]()
        stated = [unit.facts for unit in standing.audit.units] if standing.audit is not None else [{}] * len(listed)
        everywhere = _Marks([(one, unit.ruleset) for one, unit in zip(judgements, listed, strict=True)], stated)
        parts = _parts(form.plant, draft, shared, _together(wanted), "plant", everywhere)
        sheets.append(SheetView("plant", "全厂情况", form.plant.heading, parts))
    for i, unit in enumerate(form.units):
        tables = tuple(_table(table, draft, unneeded[i], wanted[i], marks[i]) for table in unit.tables if table.columns)
        title = unit.unit.id if len(listed) > 1 else "核查内容"
        parts = _parts(unit.facts, draft, unneeded[i], wanted[i], f"unit-{i}", marks[i])
        sheets.append(SheetView(f"unit-{i}", title, unit.unit.ruleset.title, parts, tables))
    rulesets, last = tuple(ruleset for _, ruleset in units), draft.last_time(grader.library)
    if last is not None:
        sheets = [_beside(sheet, last, units) for sheet in sheets]
    return Questionnaire(tuple(sheets), standing, rulesets, form, draft, judgements, last)


T = TypeVar("T", Item, TableRow)


def with_problems(parts: Questionnaire, problems: Mapping[str, tuple[str, str]]) -> Questionnaire:
    """The form with what was typed and could not be kept, by place."""

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


def _beside(sheet: SheetView, last: LastTime, units: Sequence[tuple[str, Ruleset]]) -> SheetView:
    """The sheet with last time's answer beside every question."""

    def with_last(item: Item) -> Item:
        at = parse(item.place)
        if at is None or at.fact is None:
            return item
        if at.unit is None:
            known = last.facts.get(at.fact)
            asking = next((ruleset for _, ruleset in units if at.fact in ruleset.facts), units[0][1])
        elif at.group is None:
            (id_, asking) = units[at.unit]
            known = last.of_unit(id_, at.fact)
        else:
            (id_, asking) = units[at.unit]
            known = last.of_row(id_, at.group, item.row, at.fact)
        return item if known is None else replace(item, last=known, last_text=known_text(asking, at.fact, known.value))

    def with_rows(table: TableView) -> TableView:
        at = _table_place(table.plan)
        keys = tuple(row.key for row in last.rows(units[at.unit or 0][0], at.group or ""))
        rows = (replace(row, cells=tuple(map(with_last, row.cells))) for row in table.rows or ())
        return replace(table, last_rows=keys, rows=None if table.rows is None else tuple(rows))

    parts = tuple(replace(part, items=tuple(map(with_last, part.items))) for part in sheet.parts)
    return replace(sheet, parts=parts, tables=tuple(map(with_rows, sheet.tables)))


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
    """What is concluded from the answers of a unit; nothing while it isn't graded."""
    if standing.grading is None or standing.audit is None:
        return Judged()
    return judged(ruleset, standing.audit.units[index], standing.grading.units[index])


class _Marks:
    """The mark of each answer, for one unit or for all that share it; `stated` is what units answer on their own instead."""

    def __init__(self, units: Sequence[tuple[Judged, Ruleset]], stated: Sequence[Mapping[str, Any]] = ()) -> None:
        self.units, self.stated = units, stated

    def of(self, fact: str, row: str | None = None) -> Mark:
        """The mark of an answer."""
        cell = (fact, row)
        sharing = [unit for i, unit in enumerate(self.units) if not self.stated or fact not in self.stated[i]]
        failing = [level_label(of.scale, level) for one, of in sharing for level in one.failing.get(cell, ())]
        gates = [title for one, _ in sharing for title in one.gates.get(cell, ())]
        satisfies = not failing and not gates and any(cell in one.satisfying for one, _ in sharing)
        counts = [one.hanging.get(cell, (0, 0)) for one, _ in sharing]
        waiting = (sum(gates for gates, _ in counts), sum(indicators for _, indicators in counts))
        return Mark(tuple(dict.fromkeys(failing)), tuple(dict.fromkeys(gates)), satisfies, waiting)


def _parts(
    sheet: FactSheet, draft: Draft, unneeded: frozenset[str], wanted: Needed | None, prefix: str, marks: _Marks
) -> tuple[Part, ...]:
    return tuple(_part(band, draft, unneeded, wanted, prefix, marks) for band in sheet.bands)


def _part(
    band: Band, draft: Draft, unneeded: frozenset[str], wanted: Needed | None, prefix: str, marks: _Marks
) -> Part:
    items = tuple(
        Item(
            line=line,
            place=line.place,
            stated=draft.at(line.place),
            applies=line.question.fact.id not in unneeded,
            needed=wanted is None or (line.question.fact.id, None) in wanted.facts,
            inherited=draft.at(line.inherits) if line.inherits else None,
            mark=marks.of(line.question.fact.id),
        )
        for line in band.lines
    )
    return Part(f"{prefix}-{band.id}", band.title, items)


def _table(table: Table, draft: Draft, unneeded: frozenset[str], wanted: Needed | None, marks: _Marks) -> TableView:
    applies = any(line.question.fact.id not in unneeded for line in table.columns)
    rows = draft.rows(table.place)
    if rows is None:
        is_needed = wanted is None or table.place.rpartition(".")[2] in wanted.tables
        return TableView(table, None, applies, is_needed)
    references = draft.references(table.place)
    numbered = zip(references, rows, strict=True)
    listed = tuple(_row(table, i, *row, unneeded, wanted, marks) for i, row in enumerate(numbered))
    return TableView(table, listed, applies)


def _row(
    table: Table,
    index: int,
    reference: int | str,
    row: dict[str, Any],
    unneeded: frozenset[str],
    wanted: Needed | None,
    marks: _Marks,
) -> TableRow:
    at = replace(_table_place(table), row=reference)
    key = str(row.get(table.key) or "")
    cells = tuple(
        Item(
            line=line,
            place=str(replace(at, fact=line.question.fact.id)),
            stated=stated_in(row, line.question.fact.id),
            applies=line.question.fact.id not in unneeded,
            needed=wanted is None or (line.question.fact.id, key) in wanted.facts,
            mark=marks.of(line.question.fact.id, key),
            row=key,
        )
        for line in table.columns
    )
    return TableRow(index, str(at), key, cells)


def _table_place(table: Table) -> Place:
    found = parse(table.place)
    if found is None:
        raise ValueError(f"{table.place} is no place of a table")
    return found
