"""The context of a request: one dependency states who may use a route and gives it what it works with.

`context: Annotated[Context, needs(Rule.READ)]` declares the route's rule, finds out who asks, refuses who may not, refuses ids
in the path that are out of scope (404), opens a session bound to the actor, and commits when the route returns.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from api.access import Actor, Rule, Via, require, scope_cached, scoped
from api.identity import sessions, tokens
from api.identity.csrf import SAFE, Sent, refuse_foreign, refuse_forged
from api.problems import Problem, not_found
from api.service import Service, service_of
from api.settings import Settings
from api.store import (
    AdmissionOpinion,
    Announcement,
    AnnouncementObjection,
    Appeal,
    Assignment,
    Audit,
    Base,
    Batch,
    Campaign,
    CampaignPhoto,
    CampaignPlant,
    DraftRuleset,
    EditionProposal,
    Enterprise,
    EvidenceFile,
    Export,
    Grading,
    Notice,
    Role,
    Site,
    SourceScan,
    StoredRuleset,
    Team,
    Token,
    Unit,
    UnitWaiver,
    User,
    Webhook,
    WorkingEdition,
)
from api.store.base import now

M = TypeVar("M", bound=Base)
ACCOUNT = "/account"
GUARDED = frozenset({Role.BUREAU, Role.ADMINISTRATOR})
"""Roles of which a second factor may be required."""
BEARER, FOUND = "bearer ", "found"
SUBJECTS: dict[str, type[Base]] = {
    "announcement_id": Announcement,
    "appeal_id": Appeal,
    "assignment_id": Assignment,
    "audit_id": Audit,
    "batch_id": Batch,
    "campaign_id": Campaign,
    "campaign_plant_id": CampaignPlant,
    "campaign_photo_id": CampaignPhoto,
    "draft_id": DraftRuleset,
    "enterprise_id": Enterprise,
    "evidence_id": EvidenceFile,
    "export_id": Export,
    "grading_id": Grading,
    "notice_id": Notice,
    "objection_id": AnnouncementObjection,
    "opinion_id": AdmissionOpinion,
    "proposal_id": EditionProposal,
    "ruleset_digest": StoredRuleset,
    "scan_id": SourceScan,
    "site_id": Site,
    "team_id": Team,
    "token_id": Token,
    "unit_id": Unit,
    "user_id": User,
    "working_id": WorkingEdition,
    "waiver_id": UnitWaiver,
    "webhook_id": Webhook,
}
"""Path parameters that name a row: it has to be in scope before the route is entered."""
FREE = frozenset({"edition", "industry", "role", "number", "position", "unit", "indicator", "level", "path", "name"})
"""Path parameters that name something public or something inside a subject."""


@dataclass
class Context:
    """Everything a route works with: the actor, a session that shows them what they may see, the service's parts."""

    db: Session
    actor: Actor
    service: Service
    at: datetime

    def find(self, model: type[M], key: UUID | str) -> M:
        """The row in scope with this key; raises Problem (404)."""
        return find(self.db, model, key)

    def commit(self) -> None:
        """Commit what was written, before a page that is made after it tells of it.

        What is worked out before a commit may be remembered of something that is never written.
        """
        self.db.commit()

    def undo(self, refused: Problem) -> None:
        """Undo what was written before a refusal that a page answers itself, unless the refusal keeps it.

        To the session the page is an answer like any other: it would be committed with what was written half-way.
        """
        if not refused.keep:
            self.db.rollback()


def find(db: Session, model: type[M], key: UUID | str) -> M:
    """The row that the session's actor sees under a key; raises Problem (404). Asks the database, for ids in a path once."""
    found = db.info.get(FOUND, {}).get((model, str(key)))
    if found is None:
        found = db.scalar(_by_key(model), {"key": key})
    if found is None:
        raise not_found()
    return cast(M, found)


@cache
def _by_key(model: type[Base]) -> Select[Any]:
    column = model.__mapper__.primary_key[0]
    return scope_cached(select(model).where(column == bindparam("key", type_=column.type)))


@contextmanager
def open_context(service: Service, actor: Actor, *, writing: bool = True) -> Iterator[Context]:
    """A context outside of any request: for commands, jobs and tests. Commits at the end of the block unless it raises.

    A Problem that asks to keep what was written (`keep`) is raised after the commit.
    """
    stack = service.database.writing() if writing else service.database.reading()
    refusal: Problem | None = None
    with stack as db:
        service.grader.take_signed(db)
        scoped(db, actor)
        try:
            yield Context(db, actor, service, now())
        except Problem as problem:
            if not problem.keep:
                raise
            refusal = problem
    if refusal is not None:
        raise refusal


class Declared:
    """A dependency that declares a route's rule."""

    def __init__(self, rule: Rule, costly: bool = False) -> None:
        self.rule, self.costly = rule, costly


@dataclass
class _OpenContext:
    """An open context, which the route puts away in the thread that it runs in: each way to a thread costs as much as a query."""

    context: Context
    stack: ExitStack
    taken: bool = False


class _Needs(Declared):
    async def __call__(self, request: Request, csrf: Sent) -> AsyncIterator[_OpenContext]:
        opened = await run_in_threadpool(self._open, request, csrf)
        try:
            yield opened
        finally:
            if not opened.taken:
                # The route was not reached: what was sent is wrong.
                await run_in_threadpool(opened.stack.close)

    def _open(self, request: Request, csrf: str | None) -> _OpenContext:
        service = service_of(request)
        # To grade what was sent along is a POST, but it need not wait for those who write.
        reads = request.method in SAFE or self.rule is Rule.TRY_OUT
        with ExitStack() as stack:
            db = stack.enter_context(service.database.reading())
            actor = identify(request, service, csrf, db)
            if self.rule is not Rule.OWN_ACCOUNT:
                _require_own_account_in_order(actor, service.settings)
            if self.costly:
                db.rollback()
                service.costly.take(actor.id)
            if reads:
                service.grader.take_signed(db)
                context = Context(scoped(db, actor), actor, service, now())
            else:
                # Authenticate before taking the write lock.
                stack.close()
                context = stack.enter_context(open_context(service, actor))
            require(context.db, self.rule)
            found = _in_scope(context.db, request.path_params)
            if reads:
                # Nothing changes in a session that reads: what was found for the path need not be asked for again.
                context.db.info[FOUND] = found
            return _OpenContext(context, stack.pop_all())


class _Public(Declared):
    def __call__(self, request: Request) -> Service:
        refuse_foreign(request)
        return service_of(request)


def needs(rule: Rule, *, costly: bool = False) -> Any:
    """The dependency that gives a route its context; `costly` routes are limited to so many requests a minute and actor."""
    return Depends(_Needs(rule, costly), scope="function")


def with_contexts(router: APIRouter) -> APIRouter:
    """The router, its routes given their contexts when they are called; the application does this with every router."""
    for route in router.routes:
        if isinstance(route, APIRoute) and not hasattr(route.endpoint, "__wrapped__"):
            route.endpoint = _with_context(route.endpoint)
    return router


def _with_context(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    if iscoroutinefunction(endpoint):
        raise TypeError(f"{endpoint.__name__} is async: it would hold up everybody else's requests")

    @wraps(endpoint)
    def with_context(**given: Any) -> Any:
        for name, value in given.items():
            if isinstance(value, _OpenContext):
                value.taken = True
                with value.stack:
                    return endpoint(**{**given, name: value.context})
        return endpoint(**given)

    return with_context


def public() -> Any:
    """The dependency of a route for everyone, also without signing in; gives the Service."""
    return Depends(_Public(Rule.PUBLIC))


def identify(request: Request, service: Service, csrf: str | None, db: Session) -> Actor:
    """Return the sender of a request, by token or by session; raises Problem (401, or 403 for a forged one)."""
    settings = service.settings
    header = request.headers.get("authorization", "")
    if header.lower().startswith(BEARER):
        found = tokens.of_secret(db, settings, header[len(BEARER) :].strip())
        if found is None:
            raise Problem("invalid_token", "令牌无效、已过期或已撤销。", status=401)
        actor, last_used = found
        if actor.via_id is not None and tokens.is_to_be_noted(last_used):
            # The connection goes back first: a request that holds one and waits for another could wait for itself.
            db.rollback()
            tokens.touch(service.database, actor.via_id)
        return actor
    cookie = request.cookies.get(cookie_name(service))
    if cookie is None:
        raise Problem("not_signed_in", "请先登录。", status=401)
    signed_in = sessions.of_cookie(db, settings, cookie)
    if signed_in is None:
        raise Problem("session_over", "登录已失效，请重新登录。", status=401)
    if request.method not in SAFE:
        refuse_forged(settings, cookie, csrf)
    return signed_in


def _require_own_account_in_order(actor: Actor, settings: Settings) -> None:
    """Send a person to what their account asks for first; raises Problem (403) that leads there."""
    if actor.via is not Via.SESSION or actor.by_provider:
        return
    leads = {"leads_to": ACCOUNT}
    if actor.must_change_password:
        raise Problem("password_change_needed", "这个密码由他人设定，请先改成自己的密码。", status=403, more=leads)
    if settings.second_factor_required and actor.role in GUARDED and not actor.has_second_factor:
        raise Problem("second_factor_needed", "请先启用动态验证码。", status=403, more=leads)


def cookie_name(service: Service) -> str:
    """The session cookie's name; over https one that no subdomain can set."""
    secure = (service.settings.public_url or "").startswith("https://")
    return "__Host-grading" if secure else "grading"


def _in_scope(db: Session, params: dict[str, Any]) -> dict[tuple[type[Base], str], Base]:
    """The rows that ids in the path name; raises Problem (404) for one that isn't there or is out of scope."""
    rows = {}
    for name, value in params.items():
        model = SUBJECTS.get(name)
        if model is None:
            continue
        key: UUID | str = str(value)
        if model is not StoredRuleset:
            try:
                key = UUID(str(value))
            except ValueError:
                raise not_found() from None
        rows[(model, str(key))] = find(db, model, key)
    return rows
