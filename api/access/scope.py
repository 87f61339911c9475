"""The scope of an actor's session: filters that every query of it carries.

`scoped(session, actor)` binds a session to an actor. From then on each SELECT, UPDATE and DELETE through it finds only
rows the actor may see; nothing has to be remembered where a query is written. A table without a filter (`filters.py`) can't be
queried at all, and neither can anything that isn't an ORM statement.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import Executable, Select, Table, event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.visitors import ExternallyTraversible

from api.access.actor import Actor, Via
from api.access.filters import FILTERS
from api.store import Base
from grading import calendar

S = TypeVar("S", bound="Select[*tuple[Any, ...]]")
ACTOR, ASKING, UNSCOPED, ALLOWED, SCOPE_CACHED = "actor", "asking", "unscoped", "allowed", "scope_cached"


class ScopeError(Exception):
    """A query or a write that scope can't answer for: a mistake in the service, never the user's."""


def visible(statement: Select[Any], actor: Actor) -> Select[Any]:
    """The statement, restricted to what the actor sees; sessions bound to an actor do this by themselves."""
    return statement.options(*_criteria(_asking(actor), _models_in(statement)))


def scope_cached(statement: S) -> S:
    """A statement that is made once and run by many requests, with `bindparam` where they differ.

    It is restricted once for each actor, not at every request: that takes longer than most answers.
    """
    return statement.execution_options(**{SCOPE_CACHED: True})


def scoped(session: Session, actor: Actor) -> Session:
    """Bind a session to an actor, for good; returns it."""
    if ACTOR in session.info:
        raise ScopeError("the session is bound to an actor already")
    session.info[ACTOR] = actor
    session.info[ASKING] = _asking(actor)
    event.listen(session, "do_orm_execute", _restrict)
    event.listen(session, "before_flush", _refuse_unchecked)
    return session


@contextmanager
def unscoped(session: Session) -> Iterator[Session]:
    """Lift the restriction for what the service itself must know (the log's head, a login that is taken); never for answers."""
    before = session.info.get(UNSCOPED, False)
    session.info[UNSCOPED] = True
    try:
        yield session
    finally:
        session.info[UNSCOPED] = before


def _asking(actor: Actor) -> Actor:
    """The actor without what no filter depends on."""
    return replace(actor, name="", login="", via=Via.COMMAND, via_id=None, may_review=False)


def _criteria(asking: Actor, models: Iterable[type[Base]]) -> tuple[Any, ...]:
    # They depend on the actor and the day. Each costs at every statement, so only those that can matter are given.
    today = calendar.today()
    return tuple(_criterion(asking, today, model) for model in models)


@lru_cache(maxsize=4096)
def _restricted(statement: Select[Any], asking: Actor, _day: date) -> Select[Any]:
    return statement.options(*_criteria(asking, _models_in(statement)))


@lru_cache(maxsize=4096)
def _criterion(actor: Actor, _day: date, model: type[Base]) -> Any:
    return with_loader_criteria(model, FILTERS[model](actor), include_aliases=True)


def _models_in(statement: Executable) -> list[type[Base]]:
    """The models whose tables a statement reads anywhere, subqueries included; raises ScopeError for one without a filter."""
    names = {part.name for part in visitors.iterate(cast(ExternallyTraversible, statement)) if isinstance(part, Table)}
    models = _models_by_table()
    for name in names:
        if name not in models:
            raise ScopeError(f"there is no filter for {name}; add one to api/access/filters.py")
    return [models[name] for name in sorted(names)]


@cache
def _models_by_table() -> dict[str, type[Base]]:
    return {str(model.__table__.name): model for model in FILTERS}  # type: ignore[attr-defined]


def _restrict(state: ORMExecuteState) -> None:
    session = state.session
    if session.info.get(UNSCOPED) or state.is_column_load:
        return
    if not state.is_orm_statement:
        raise ScopeError("a scoped session runs ORM statements only, so that each of them can be restricted")
    asking = session.info[ASKING]
    if state.is_select and state.statement.get_execution_options().get(SCOPE_CACHED):
        state.statement = _restricted(cast(Select[Any], state.statement), asking, calendar.today())
        return
    models = _models_in(state.statement)
    for mapper in state.all_mappers:
        if mapper.class_ not in FILTERS:
            raise ScopeError(f"there is no filter for {mapper.class_.__name__}; add one to api/access/filters.py")
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(*_criteria(asking, models))


def _refuse_unchecked(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    if session.info.get(UNSCOPED) or session.info.get(ALLOWED):
        return
    written = [*session.new, *session.dirty, *session.deleted]
    if any(session.is_modified(row) or row in session.new or row in session.deleted for row in written):
        raise ScopeError("a write without a permission check; call api.access.require first")
