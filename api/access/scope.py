"""The actor's scope, as filters that every query of the actor's session carries: the one place of scope.

`scoped(session, actor)` binds a session to an actor. From then on each SELECT, UPDATE and DELETE through it finds only
rows the actor may see; nothing has to be remembered where a query is written. A table without a filter here can't be
queried at all, and neither can anything that isn't an ORM statement.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Select,
    Table,
    and_,
    event,
    false,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.visitors import ExternallyTraversible

from api.access.actor import Actor, Via
from api.store import (
    AdmissionOpinion,
    AnnouncedAudit,
    Announcement,
    AnnouncementObjection,
    Appeal,
    Assignment,
    Audit,
    AuditImport,
    AuditKind,
    AuditRevision,
    Base,
    Batch,
    BatchAudit,
    BatchChunk,
    BatchFrame,
    BatchRuleset,
    BatchUnit,
    Campaign,
    CampaignChange,
    CampaignOutlines,
    CampaignPhoto,
    CampaignPlant,
    CampaignSnapshot,
    CampaignStep,
    CampaignVisit,
    DraftRuleset,
    DraftVersion,
    EditionProposal,
    Enterprise,
    EnterpriseMerger,
    EvidenceFile,
    Export,
    ExportPart,
    FigureReview,
    FormerName,
    GradedUnit,
    Grading,
    ImportedAudit,
    LogEntry,
    Notice,
    OperatingState,
    ProjectCompletion,
    ProposalState,
    Publication,
    RememberedAnswer,
    Role,
    SignInSession,
    SignOff,
    Site,
    SourceScan,
    StoredRuleset,
    Team,
    Token,
    Unit,
    UnitWaiver,
    User,
    WorkingEdition,
    WorkingField,
)
from grading import calendar
from grading.jurisdiction import COUNTRY, area_bounds

S = TypeVar("S", bound="Select[*tuple[Any, ...]]")
Filter = ColumnElement[bool]
SHOWN_TO_ENTERPRISES = (
    "audit.published",
    "audit.superseded",
    "audit.regraded_in_batch",
    "audit.regrading_taken_back",
    "audit.withdrawn",
    "audit.appealed",
    "audit.appeal_answered",
)
ACTOR, ASKING, UNSCOPED, ALLOWED, SCOPE_CACHED = "actor", "asking", "unscoped", "allowed", "scope_cached"


def enterprises(actor: Actor, column: Any) -> Filter:
    """Rows whose enterprise the actor sees: its own, the team's assignments of today, those of the bureau's area."""
    seen: Filter = false()
    if actor.role is Role.ADMINISTRATOR:
        seen = true()
    elif actor.role is Role.ENTERPRISE and actor.enterprise_id:
        seen = column == actor.enterprise_id
    elif actor.role is Role.ASSESSOR and actor.team_id:
        a, today = _alias(Assignment), calendar.today()
        mine = and_(a.c.team_id == actor.team_id, a.c.since <= today, or_(a.c.until.is_(None), a.c.until >= today))
        seen = column.in_(select(a.c.enterprise_id).where(mine))
    elif actor.role is Role.BUREAU and actor.area:
        e = _alias(Enterprise)
        seen = column.in_(select(e.c.id).where(e.c.county.between(*area_bounds(actor.area))))
    return seen


def enterprises_over_time(actor: Actor, column: Any) -> Filter:
    """As `enterprises`, of rows that keep the id of a double when it is merged into an enterprise that the actor sees."""
    m = _alias(EnterpriseMerger)
    return or_(enterprises(actor, column), column.in_(select(m.c.double_id).where(enterprises(actor, m.c.into_id))))


def audits(actor: Actor, c: Any) -> Filter:
    """Audits the actor sees; `c` has the columns of audits.

    Experts' audits: their assessors always, the bureau once submitted, the enterprise once published.
    Self-assessments: the enterprise always, assessors and bureau once submitted.
    """
    if actor.role is Role.ADMINISTRATOR:
        return true()
    submitted = c.submitted_at.is_not(None)
    kind: Filter = true()
    if actor.role is Role.ENTERPRISE:
        kind = or_(c.kind == AuditKind.SELF, c.published_at.is_not(None))
    elif actor.role is Role.ASSESSOR:
        kind = or_(c.kind == AuditKind.EXPERT, submitted)
    elif actor.role is Role.BUREAU:
        kind = submitted
    return and_(enterprises(actor, c.enterprise_id), kind)


def of_audits(actor: Actor, column: Any) -> Filter:
    """Rows whose audit the actor sees."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    a = _alias(Audit)
    seen: Filter = column.in_(select(a.c.id).where(audits(actor, a.c)))
    return seen


def revisions(actor: Actor) -> Filter:
    """A bureau sees nothing that is still being written; an enterprise sees of experts' audits the revision that counts."""
    seen = of_audits(actor, AuditRevision.audit_id)
    if actor.role is Role.BUREAU:
        return and_(seen, AuditRevision.frozen)
    if actor.role is Role.ENTERPRISE:
        a = _alias(Audit)
        counts = tuple_(AuditRevision.audit_id, AuditRevision.number).in_(select(a.c.id, a.c.revision))
        return and_(seen, or_(AuditRevision.audit_id.in_(_own_assessments(actor)), and_(AuditRevision.frozen, counts)))
    return seen


def draft_versions(actor: Actor) -> Filter:
    """Earlier versions of drafts, for those who write them."""
    if actor.role is Role.BUREAU:
        return false()
    seen = of_audits(actor, DraftVersion.audit_id)
    if actor.role is Role.ENTERPRISE:
        return and_(seen, DraftVersion.audit_id.in_(_own_assessments(actor)))
    return seen


def gradings(actor: Actor) -> Filter:
    """Of experts' audits an enterprise sees the published gradings only."""
    seen = of_audits(actor, Grading.audit_id)
    if actor.role is not Role.ENTERPRISE:
        return seen
    a = _alias(Audit)
    published = select(a.c.published_grading_id).where(a.c.published_grading_id.is_not(None))
    return and_(seen, or_(Grading.audit_id.in_(_own_assessments(actor)), Grading.id.in_(published)))


def graded_units(actor: Actor) -> Filter:
    """Units of the gradings that the actor sees."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    g = _alias(Grading)
    a = _alias(Audit, "graded")
    seen = select(g.c.id).where(of_audits(actor, g.c.audit_id))
    if actor.role is Role.ENTERPRISE:
        shown = or_(a.c.kind == AuditKind.SELF, a.c.published_grading_id == g.c.id)
        seen = seen.select_from(g.join(a, a.c.id == g.c.audit_id)).where(shown)
    return GradedUnit.grading_id.in_(seen)


def log_entries(actor: Actor) -> Filter:
    """Entries about audits that the actor sees; administrators see all, bureaus also those about enterprises of theirs.

    Of experts' audits an enterprise sees what happened from their publication on.
    """
    if actor.role is Role.ADMINISTRATOR:
        return true()
    about_audits = of_audits(actor, LogEntry.audit_id)
    if actor.role is Role.BUREAU:
        return or_(about_audits, and_(LogEntry.audit_id.is_(None), enterprises(actor, LogEntry.enterprise_id)))
    if actor.role is Role.ENTERPRISE:
        open_ = or_(LogEntry.audit_id.in_(_own_assessments(actor)), LogEntry.action.in_(SHOWN_TO_ENTERPRISES))
        return and_(about_audits, open_)
    return about_audits


def _own_assessments(actor: Actor) -> Select[Any]:
    """The ids of an enterprise's self-assessments."""
    a = _alias(Audit)
    return select(a.c.id).where(a.c.kind == AuditKind.SELF, a.c.enterprise_id == actor.enterprise_id)


def _own_exports(actor: Actor) -> Select[Any]:
    """The ids of the documents made for the actor."""
    e = _alias(Export)
    return select(e.c.id).where(e.c.user_id == actor.id)


def _own_or_administrator(column: Any) -> Callable[[Actor], Filter]:
    return lambda actor: true() if actor.role is Role.ADMINISTRATOR else column == actor.id


def _everyone(_: Actor) -> Filter:
    return true()


def _teams(actor: Actor) -> Filter:
    if actor.role in (Role.ADMINISTRATOR, Role.BUREAU):
        return true()
    return Team.id == actor.team_id if actor.team_id else false()


def _assignments(actor: Actor) -> Filter:
    if actor.role is Role.ASSESSOR:
        return Assignment.team_id == actor.team_id
    if actor.role is Role.ENTERPRISE:
        return false()
    return enterprises(actor, Assignment.enterprise_id)


def _audit_imports(actor: Actor) -> Filter:
    """Files that the actor took in, and for assessors those taken in for their team."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    mine: Filter = AuditImport.made_by == actor.id
    return or_(mine, AuditImport.team_id == actor.team_id) if actor.team_id else mine


def _of_the_area(actor: Actor, column: Any) -> Filter:
    """Things that bureaus made for an area are seen by those whose own area holds it."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    if actor.role is Role.BUREAU and actor.area:
        within: Filter = column.between(*area_bounds(actor.area))
        return within
    return false()


def _of_area_things(column: Any, parent: type[Base]) -> Callable[[Actor], Filter]:
    """Rows that belong to a thing of an area (`parent`, with `id` and `area`) which the actor sees."""

    def seen(actor: Actor) -> Filter:
        if actor.role is Role.ADMINISTRATOR:
            return true()
        p = _alias(parent)
        within: Filter = column.in_(select(p.c.id).where(_of_the_area(actor, p.c.area)))
        return within

    return seen


def campaigns(actor: Actor, column: Any) -> Filter:
    """Rows whose campaign the actor sees: bureaus those of their area and of the areas around it, others those of their own."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    c, p = _alias(Campaign), _alias(CampaignPlant)
    if actor.role is Role.BUREAU and actor.area:
        around = {COUNTRY, f"{actor.area[:2]}0000", f"{actor.area[:4]}00"}
        within = or_(c.c.jurisdiction.between(*area_bounds(actor.area)), c.c.jurisdiction.in_(sorted(around)))
        return column.in_(select(c.c.id).where(within))  # type: ignore[no-any-return]
    return column.in_(select(p.c.campaign_id).where(enterprises(actor, p.c.enterprise_id)))  # type: ignore[no-any-return]


def _campaign_snapshots(actor: Actor) -> Filter:
    """Snapshots tell of all plants of a jurisdiction: they are for bureaus in charge of all of it."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    c = _alias(Campaign)
    if actor.role is not Role.BUREAU or not actor.area:
        return false()
    within = select(c.c.id).where(c.c.jurisdiction.between(*area_bounds(actor.area)))
    return CampaignSnapshot.campaign_id.in_(within)


def _proposals(actor: Actor, c: Any) -> Filter:
    """Proposals of the area; once signed they are everybody's, as the edition is."""
    signed = c.state.in_((ProposalState.SIGNED, ProposalState.WITHDRAWN))
    return or_(signed, _of_the_area(actor, c.area))


def _figure_reviews(actor: Actor) -> Filter:
    if actor.role is Role.ADMINISTRATOR:
        return true()
    p = _alias(EditionProposal)
    within: Filter = FigureReview.proposal_id.in_(select(p.c.id).where(_proposals(actor, p.c)))
    return within


def _completions(actor: Actor) -> Filter:
    """Completions of projects whose opinions the actor sees."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    o = _alias(AdmissionOpinion)
    within: Filter = ProjectCompletion.opinion_id.in_(select(o.c.id).where(_of_the_area(actor, o.c.county)))
    return within


FILTERS: dict[type[Base], Callable[[Actor], Filter]] = {
    Enterprise: lambda actor: enterprises(actor, Enterprise.id),
    Site: lambda actor: enterprises(actor, Site.enterprise_id),
    Unit: lambda actor: enterprises(actor, Unit.enterprise_id),
    UnitWaiver: lambda actor: enterprises(actor, UnitWaiver.enterprise_id),
    OperatingState: lambda actor: enterprises(actor, OperatingState.enterprise_id),
    FormerName: lambda actor: enterprises(actor, FormerName.enterprise_id),
    EnterpriseMerger: lambda actor: enterprises(actor, EnterpriseMerger.into_id),
    AuditImport: _audit_imports,
    ImportedAudit: lambda actor: of_audits(actor, ImportedAudit.audit_id),
    Audit: lambda actor: audits(actor, Audit),
    AuditRevision: revisions,
    DraftVersion: draft_versions,
    Appeal: lambda actor: of_audits(actor, Appeal.audit_id),
    EvidenceFile: lambda actor: of_audits(actor, EvidenceFile.audit_id),
    Grading: gradings,
    GradedUnit: graded_units,
    Publication: lambda actor: of_audits(actor, Publication.audit_id),
    StoredRuleset: _everyone,
    SignOff: _everyone,
    User: _own_or_administrator(User.id),
    Team: _teams,
    Assignment: _assignments,
    Token: _own_or_administrator(Token.user_id),
    SignInSession: _own_or_administrator(SignInSession.user_id),
    RememberedAnswer: lambda actor: RememberedAnswer.user_id == actor.id,
    Export: lambda actor: Export.user_id == actor.id,
    ExportPart: lambda actor: ExportPart.export_id.in_(_own_exports(actor)),
    LogEntry: log_entries,
    Campaign: lambda actor: campaigns(actor, Campaign.id),
    CampaignPlant: lambda actor: enterprises(actor, CampaignPlant.enterprise_id),
    CampaignChange: lambda actor: enterprises_over_time(actor, CampaignChange.enterprise_id),
    CampaignSnapshot: _campaign_snapshots,
    CampaignOutlines: lambda actor: campaigns(actor, CampaignOutlines.campaign_id),
    CampaignStep: lambda actor: enterprises_over_time(actor, CampaignStep.enterprise_id),
    CampaignVisit: lambda actor: enterprises_over_time(actor, CampaignVisit.enterprise_id),
    CampaignPhoto: lambda actor: enterprises_over_time(actor, CampaignPhoto.enterprise_id),
    Notice: lambda actor: Notice.user_id == actor.id,
    Announcement: lambda actor: _of_the_area(actor, Announcement.area),
    AnnouncedAudit: _of_area_things(AnnouncedAudit.announcement_id, Announcement),
    AnnouncementObjection: _of_area_things(AnnouncementObjection.announcement_id, Announcement),
    AdmissionOpinion: lambda actor: _of_the_area(actor, AdmissionOpinion.county),
    ProjectCompletion: _completions,
    WorkingEdition: lambda actor: _of_the_area(actor, WorkingEdition.area),
    WorkingField: _of_area_things(WorkingField.working_id, WorkingEdition),
    SourceScan: _of_area_things(SourceScan.working_id, WorkingEdition),
    EditionProposal: lambda actor: _proposals(actor, EditionProposal),
    FigureReview: _figure_reviews,
    DraftRuleset: lambda actor: _of_the_area(actor, DraftRuleset.area),
    Batch: lambda actor: _of_the_area(actor, Batch.area),
    BatchRuleset: _of_area_things(BatchRuleset.batch_id, Batch),
    BatchChunk: _of_area_things(BatchChunk.batch_id, Batch),
    BatchAudit: _of_area_things(BatchAudit.batch_id, Batch),
    BatchUnit: _of_area_things(BatchUnit.batch_id, Batch),
    BatchFrame: _of_area_things(BatchFrame.batch_id, Batch),
}
"""The filter of each table. Tables that are not here are the service's own (see `unscoped`)."""


class ScopeError(Exception):
    """A query or a write that scope can't answer for: a mistake in the service, never the user's."""


def visible(statement: Select[Any], actor: Actor) -> Select[Any]:
    """The statement, restricted to what the actor sees; sessions bound to an actor do this by themselves."""
    return statement.options(*_criteria(_asking(actor), _models_in(statement)))


def scope_cached(statement: S) -> S:
    """A statement that is made once and run by many requests, with `bindparam` where they differ.

    It is restricted once for each who asks, not at every request: that takes longer than most answers.
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
    """For what the service itself must know whoever asks (the log's head, a login that is taken); never for answers."""
    before = session.info.get(UNSCOPED, False)
    session.info[UNSCOPED] = True
    try:
        yield session
    finally:
        session.info[UNSCOPED] = before


def _asking(actor: Actor) -> Actor:
    """Of an actor what filters depend on."""
    return replace(actor, name="", login="", via=Via.COMMAND, via_id=None, may_review=False)


def _criteria(asking: Actor, models: Iterable[type[Base]]) -> tuple[Any, ...]:
    # Who asks is what they depend on, and the day. Each costs at every statement, so only those that can matter are given.
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
            raise ScopeError(f"there is no filter for {name}; add one to api/access/scope.py")
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
            raise ScopeError(f"there is no filter for {mapper.class_.__name__}; add one to api/access/scope.py")
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(*_criteria(asking, models))


def _refuse_unchecked(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    if session.info.get(UNSCOPED) or session.info.get(ALLOWED):
        return
    written = [*session.new, *session.dirty, *session.deleted]
    if any(session.is_modified(row) or row in session.new or row in session.deleted for row in written):
        raise ScopeError("a write without a permission check; call api.access.require first")


@cache
def _alias(model: type[Base], use: str = "scope") -> FromClause:
    """A table under a name of its own, so that it never mixes with the query it restricts, nor with another use around it."""
    return model.__table__.alias(f"{use}_{model.__tablename__}")
