"""Problems of single cells of a line of the register's table, all at once and before anything is written."""

from collections.abc import Callable, Iterator

from sqlalchemy import select

from api.context import Context
from api.problems import ErrorAt, Problem
from api.services import enterprises, operating_states, register_table
from api.services.local_edition import chosen_edition
from api.services.register_table import HEADS, Line
from api.store import Site, Unit
from grading import calendar, coordinates, regions
from grading import uscc as credit_code
from grading.day_text import day_from_text
from grading.nothing_stated import refuse_nothing
from grading.problems.reason import ReasonError

STATES = {name: state for state, name in operating_states.STATE_NAMES.items()}
NEEDS = (
    ("site", ("unit", "site_county", "site_permit", "address", "coordinates")),
    ("unit", ("unit_name", "industry", "unit_state", "products", "capacity")),
    ("state", ("state_since", "state_document")),
    ("unit_state", ("unit_state_since", "unit_state_document")),
)
"""Columns that have to be filled in where one of others is."""


def check(context: Context, line: Line) -> None:
    """Raises Problem (422) with every cell that can't be what the register takes, and every one that has to be filled in."""
    errors = [*_missing(line), *_wrong(context, line)]
    if errors:
        raise Problem("invalid_request", f"这一行有 {len(errors)} 处问题。", status=422, errors=errors)


def empty(columns: list[str]) -> Problem:
    """The refusal of a line whose cells in these columns have to be filled in."""
    return Problem("missing", "必填", status=422, errors=[ErrorAt(column, "必填") for column in columns])


def _missing(line: Line) -> Iterator[ErrorAt]:
    for column in register_table.REQUIRED:
        if not line.text(column):
            yield ErrorAt(column, "必填")
    for column, others in NEEDS:
        filled = [HEADS[other] for other in others if line.text(other)]
        if filled and not line.text(column):
            yield ErrorAt(column, f"必填：填了“{filled[0]}”的行须填“{HEADS[column]}”")


def _wrong(context: Context, line: Line) -> Iterator[ErrorAt]:
    forms: list[tuple[str, Callable[[str], object]]] = [
        ("uscc", credit_code.normalised),
        ("county", regions.checked),
        ("permit", refuse_nothing),
        ("site_permit", refuse_nothing),
        ("site_county", regions.checked),
        ("coordinates", coordinates.checked),
        ("state", _state),
        ("unit_state", _state),
        ("state_since", day_from_text),
        ("unit_state_since", day_from_text),
    ]
    reported = set()
    for column, read in forms:
        if line.text(column):
            try:
                read(line.text(column))
            except (ValueError, ReasonError) as error:
                reported.add(column)
                yield ErrorAt(column, str(error))
    place = "site_county" if line.text("site_county") else "county"
    if not line.text(place) or place in reported:
        return
    if "county" not in reported and line.text("county"):
        yield from _refused(lambda: enterprises.refuse_elsewhere(context, line.text("county")), "county")
    yield from _refused(lambda: _industry(context, line, line.text(place)), "industry")


def _state(text: str) -> None:
    if text not in STATES:
        raise ValueError(f"应为 {'、'.join(STATES)} 之一")


def _industry(context: Context, line: Line, county: str) -> None:
    stated = line.text("industry")
    if stated and stated in _registered(context, line):
        return
    if "/" in stated:
        enterprises.refuse_unknown_ruleset(context, stated)
    elif stated:
        chosen_edition(context.service, stated, county, calendar.day_of(context.at))


def _registered(context: Context, line: Line) -> tuple[str | None, ...]:
    """The ruleset and the industry of the unit of a line as they are registered: what is said again is not asked about."""
    enterprise = enterprises.enterprise_of(context.db, line.text("uscc"))
    if enterprise is None:
        return ()
    unit = select(Unit).join(Site, Site.id == Unit.site_id).where(Unit.code == line.text("unit"))
    known = context.db.scalar(unit.where(Site.enterprise_id == enterprise.id, Site.name == line.text("site")))
    return () if known is None else (known.ruleset_id, known.industry)


def _refused(act: Callable[[], None], column: str) -> Iterator[ErrorAt]:
    try:
        act()
    except Problem as problem:
        yield from (ErrorAt(column, error.message) for error in problem.errors or (ErrorAt(column, problem.detail),))
