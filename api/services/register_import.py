"""The register taken in from a table, whole or not at all, and given out as one."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select

from api.access import Rule, require
from api.context import Context
from api.problems import ErrorAt, Problem
from api.services import enterprises, operating_states, register_cells, register_table
from api.services.register_table import MOST_LINES, Line
from api.services.workbooks import refusal
from api.store import Enterprise, EnterpriseMerger, OperatingState, OperatingStateKind, Site, Unit
from grading import calendar, coordinates
from grading.day_text import day_from_text
from grading.forms.findings import FormError, FormProblem
from grading.workbook.open_workbook import MAX_FILE

PLACES = {
    "code": "unit",
    "ruleset_id": "industry",
    "industry": "industry",
    "site_id": "site",
    "ruleset_reason": "industry",
}
"""Places of the register's own refusals whose columns have other names."""


@dataclass
class Imported:
    """The changes that a table made in the register."""

    lines: int = 0
    made: int = 0
    changed: int = 0


def upload(context: Context, file: BinaryIO, name: str) -> Imported:
    """Register what a table says: new enterprises, sites and units are made, filled cells change what is there.

    An empty cell changes nothing, and nothing is ever removed. Raises Problem: 403, 413, 422 `invalid_workbook` with every
    mistake at its cell and a marked copy, when nothing at all has been written.
    """
    require(context.db, Rule.KEEP_ENTERPRISES)
    data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise Problem("file_too_large", f"工作簿超过 {MAX_FILE // 1_000_000} MB 的上限。", status=413)
    try:
        lines = register_table.read(data)
        done = _register(context, lines)
    except FormError as error:
        raise refusal(context, error, data, name, "名录") from None
    return done


def table_of(context: Context) -> bytes:
    """The register in scope as a table: a line a unit, or where there is none a line a site or an enterprise.

    Raises Problem (409) when it has more lines than a table may have.
    """
    lines = list(_lines(context))
    if len(lines) > MOST_LINES:
        raise Problem(
            "too_many_lines", f"名录有 {len(lines)} 行，一张表最多 {MOST_LINES} 行；请用 /v1/enterprises 读取。"
        )
    return register_table.written(lines)


def _register(context: Context, lines: list[Line]) -> Imported:
    done, problems = Imported(len(lines)), list(_contradictions(lines))
    # What is undone here must not be pending with anything else: the session forgets both for the log.
    with context.db.begin_nested() as savepoint:
        for line in lines:
            try:
                _line(context, line, done)
            except Problem as problem:
                problems.extend(_problems_of(line, problem))
        if problems:
            savepoint.rollback()
    if problems:
        raise FormError(problems, can_mark=True)
    return done


def _contradictions(lines: list[Line]) -> Iterator[FormProblem]:
    """Contradictions between lines about the same enterprise or site, and repeated units."""
    first: dict[tuple[str, ...], Line] = {}
    units: dict[tuple[str, str, str], Line] = {}
    of_enterprise = ("name", "county", "permit", "contact", "state", "state_since", "state_document")
    groups = (("uscc",), of_enterprise), (("uscc", "site"), ("site_county", "site_permit", "address", "coordinates"))
    for line in lines:
        for key_columns, dependent_columns in groups:
            key = tuple(line.text(column).upper() for column in key_columns)
            if not all(key):
                continue
            known = first.setdefault((*key_columns, *key), line)
            for column in dependent_columns:
                given, before = line.text(column), known.text(column)
                if given and before and given != before:
                    yield line.problem(column, f"与 {known.cells[column]} 的“{before}”不一致；同一企业或厂区各行须相同")
        unit = (line.text("uscc").upper(), line.text("site"), line.text("unit"))
        if unit[2]:
            known = units.setdefault(unit, line)
            if known is not line:
                yield line.problem("unit", f"与 {known.cells['unit']} 重复")


def _line(context: Context, line: Line, done: Imported) -> None:
    register_cells.check(context, line)
    enterprise = _enterprise(context, line, done)
    _state(context, line, done, enterprise)
    if line.text("site"):
        site = _site(context, line, enterprise, done)
        if line.text("unit"):
            _state(context, line, done, enterprise, _unit(context, line, enterprise, site, done))


def _state(context: Context, line: Line, done: Imported, enterprise: Enterprise, unit: Unit | None = None) -> None:
    """Record a state of an enterprise or of a unit that a line says otherwise than the register."""
    column = "state" if unit is None else "unit_state"
    given, day, document = line.text(column), line.text(f"{column}_since"), line.text(f"{column}_document")
    if not given:
        return
    state = register_cells.STATES[given]
    if state is operating_states.state_today(context, enterprise, unit):
        return
    if not day:
        raise register_cells.empty([f"{column}_since"])
    since = day_from_text(day)
    try:
        unit_id = None if unit is None else unit.id
        operating_states.record(context, enterprise.id, state, since, unit_id=unit_id, document=document)
    except Problem as problem:
        places = {"since": f"{column}_since", "document": f"{column}_document", "reason": f"{column}_document"}
        problem.errors = tuple(ErrorAt(places.get(e.place, column), e.message) for e in problem.errors)
        raise
    done.changed += 1


def _enterprise(context: Context, line: Line, done: Imported) -> Enterprise:
    known = enterprises.enterprise_of(context.db, line.text("uscc"))
    if known is None:
        done.made += 1
        return enterprises.add_enterprise(
            context,
            name=line.text("name"),
            uscc=line.text("uscc"),
            county=line.text("county"),
            permit=line.text("permit") or None,
            contact=line.text("contact") or None,
        )
    own = ("name", "county", "permit", "contact")
    changes = _changes(known, line, dict(zip(own, own, strict=True)))
    if changes:
        done.changed += 1
        enterprises.change_enterprise(context, known.id, known.version, changes)
    return known


def _site(context: Context, line: Line, enterprise: Enterprise, done: Imported) -> Site:
    named = select(Site).where(Site.enterprise_id == enterprise.id, Site.name == line.text("site"))
    known = context.db.scalar(named)
    if known is None:
        done.made += 1
        return enterprises.add_site(
            context,
            enterprise.id,
            name=line.text("site"),
            county=line.text("site_county") or enterprise.county,
            permit=line.text("site_permit") or None,
            address=line.text("address") or None,
            coordinates=line.text("coordinates") or None,
        )
    columns = {"county": "site_county", "permit": "site_permit", "address": "address", "coordinates": "coordinates"}
    changes = _changes(known, line, columns)
    if "coordinates" in changes:
        with suppress(ValueError):
            if coordinates.checked(changes["coordinates"]) == known.coordinates:
                del changes["coordinates"]
    if changes:
        done.changed += 1
        enterprises.change_site(context, known.id, changes)
    return known


def _unit(context: Context, line: Line, enterprise: Enterprise, site: Site, done: Imported) -> Unit:
    stated = line.text("industry")
    known = context.db.scalar(select(Unit).where(Unit.site_id == site.id, Unit.code == line.text("unit")))
    if known is None:
        if not stated:
            raise register_cells.empty(["industry"])
        done.made += 1
        which = {"ruleset_id": stated} if "/" in stated else {"industry": stated}
        return enterprises.add_unit(
            context,
            enterprise.id,
            site_id=site.id,
            code=line.text("unit"),
            name=line.text("unit_name") or None,
            products=line.text("products") or None,
            capacity=line.text("capacity") or None,
            **which,
        )
    changes = _changes(known, line, {"name": "unit_name", "products": "products", "capacity": "capacity"})
    if stated and stated not in (known.ruleset_id, known.industry):
        changes["ruleset_id"] = stated
    if changes:
        done.changed += 1
        enterprises.change_unit(context, known.id, changes)
    return known


def _changes(row: object, line: Line, columns: dict[str, str]) -> dict[str, str]:
    """Contradictions between filled cells and the register."""
    return {
        field: line.text(column)
        for field, column in columns.items()
        if line.text(column) and line.text(column) != getattr(row, field)
    }


def _problems_of(line: Line, problem: Problem) -> Iterator[FormProblem]:
    """A refusal at the cells that it is about."""
    for error in problem.errors:
        column = PLACES.get(error.place, error.place)
        yield line.problem(column if column in register_table.HEADS else "name", error.message)
    if not problem.errors:
        yield line.problem("name", problem.detail)


def _lines(context: Context) -> Iterator[dict[str, str]]:
    sites: dict[UUID, list[Site]] = defaultdict(list)
    for site in context.db.scalars(select(Site).order_by(Site.id)):
        sites[site.enterprise_id].append(site)
    units: dict[UUID, list[Unit]] = defaultdict(list)
    for unit in context.db.scalars(select(Unit).order_by(Unit.id)):
        units[unit.site_id].append(unit)
    states: dict[tuple[UUID, UUID | None], list[OperatingState]] = defaultdict(list)
    for state in context.db.scalars(select(OperatingState).order_by(OperatingState.since, OperatingState.id)):
        states[state.enterprise_id, state.unit_id].append(state)
    today = calendar.day_of(context.at)
    whole = select(Enterprise).where(Enterprise.id.not_in(select(EnterpriseMerger.double_id)))
    for row in context.db.scalars(whole.order_by(Enterprise.county, Enterprise.name, Enterprise.id)):
        head = {"name": row.name, "uscc": row.uscc, "county": row.county, "permit": row.permit or ""}
        head |= _state_values("state", row.state, operating_states.standing(states[row.id, None], today))
        head["contact"] = row.contact or ""
        if not sites[row.id]:
            yield head
        for site in sites[row.id]:
            place = head | {
                "site": site.name,
                "site_county": site.county,
                "site_permit": site.permit or "",
                "address": site.address or "",
                "coordinates": site.coordinates or "",
            }
            if not units[site.id]:
                yield place
            for unit in units[site.id]:
                industry = unit.industry or unit.ruleset_id
                standing = operating_states.standing(states[row.id, unit.id], today)
                stated = operating_states.state_of_unit(unit, standing)
                line = {"unit": unit.code, "unit_name": unit.name or "", "industry": industry}
                line |= {"products": unit.products or "", "capacity": unit.capacity or ""}
                yield place | line | _state_values("unit_state", stated, standing)


def _state_values(column: str, state: OperatingStateKind, standing: OperatingState | None) -> dict[str, str]:
    """The cells of a state."""
    values = {column: operating_states.STATE_NAMES[state]}
    if standing is not None:
        values |= {f"{column}_since": standing.since.isoformat(), f"{column}_document": standing.document or ""}
    return values
