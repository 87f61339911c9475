"""Audits as they are looked for, told with names and their last grading."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import load_only

from api.access import scope_cached
from api.context import Context
from api.queries.paging import newest_first
from api.schemas.audits import (
    AppealFileOut,
    AppealOut,
    AppealStepOut,
    AuditBrief,
    AuditOut,
    GradeBrief,
    PointOut,
    PublicationOut,
    RevisionOut,
)
from api.schemas.decisions import DecisionOut, stored_decision
from api.services import appeals as services
from api.services import workflow
from api.services.users import names_of
from api.store import Appeal, AppealState, Audit, AuditKind, AuditRevision, AuditState, Enterprise, Grading, Publication
from grading.model.base import Mode

PLAIN = sorted(set(AuditBrief.model_fields) - {"enterprise_name", "author_name", "grading"})
"""The columns of an audit's own row that briefs show."""
_ENTERPRISES = scope_cached(
    select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(bindparam("ids", expanding=True)))
)
_LAST_GRADINGS = scope_cached(
    select(
        Grading.id,
        Grading.mode,
        Grading.grade,
        Grading.attainable,
        Grading.missing,
        Grading.open_figures,
        Grading.audit_id,
    )
    .join(AuditRevision, AuditRevision.id == Grading.revision_id)
    .join(Audit, and_(Audit.id == Grading.audit_id, Audit.revision == AuditRevision.number))
    .where(Grading.audit_id.in_(bindparam("ids", expanding=True)), Grading.mode == Mode.OFFICIAL)
    .order_by(Grading.id)
)
_CONFLICTS = scope_cached(
    select(AuditRevision.number)
    .where(AuditRevision.audit_id == bindparam("audit"), AuditRevision.conflicts_with.is_not(None))
    .order_by(AuditRevision.number)
)


@dataclass(frozen=True)
class Filter:
    """A filter of audits; None: no restriction."""

    enterprise_id: UUID | None = None
    kind: AuditKind | None = None
    states: Sequence[AuditState] = ()
    assessed_from: date | None = None
    assessed_to: date | None = None
    mine: bool | None = None


def audits(context: Context, filters: Filter, cursor: UUID | None, limit: int) -> tuple[list[AuditBrief], UUID | None]:
    """A page of audits, the newest first, and the cursor of the next page."""
    rows = select(Audit).options(load_only(*(getattr(Audit, name) for name in PLAIN)))
    if filters.enterprise_id is not None:
        rows = rows.where(Audit.enterprise_id == filters.enterprise_id)
    if filters.kind is not None:
        rows = rows.where(Audit.kind == filters.kind)
    if filters.states:
        rows = rows.where(Audit.state.in_(filters.states))
    if filters.assessed_from is not None:
        rows = rows.where(Audit.assessed_on >= filters.assessed_from)
    if filters.assessed_to is not None:
        rows = rows.where(Audit.assessed_on <= filters.assessed_to)
    if filters.mine:
        rows = rows.where(Audit.author_id == context.actor.id)
    found, after = newest_first(context.db, rows, Audit.id, cursor, limit)
    return briefs(context, found), after


def briefs(context: Context, found: Sequence[Audit], names: Mapping[UUID, str] | None = None) -> list[AuditBrief]:
    """Audits with the names and gradings that belong to them, in three questions however many they are."""
    ids = [audit.id for audit in found]
    named = context.db.execute(_ENTERPRISES, {"ids": list({audit.enterprise_id for audit in found})})
    enterprises = {row.id: row.name for row in named}
    names = names_of(context.db, [audit.author_id for audit in found]) if names is None else names
    gradings = _last_gradings(context, ids)
    lines = []
    for audit in found:
        plain = {name: getattr(audit, name) for name in PLAIN}
        grading = gradings.get(audit.id)
        lines.append(
            AuditBrief(
                **plain,
                enterprise_name=enterprises.get(audit.enterprise_id, ""),
                author_name=names.get(audit.author_id, ""),
                grading=None if grading is None else _grade(grading),
            )
        )
    return lines


def _grade(row: Any) -> GradeBrief:
    decided = stored_decision(row.grade, row.attainable, row.mode, row.missing, row.open_figures)
    return GradeBrief(
        id=row.id, mode=row.mode, grade=row.grade, attainable=row.attainable, decision=DecisionOut.of(decided)
    )


def publication_of(context: Context, row: Audit) -> Publication | None:
    """The word given when the grading in force was published; None when none was needed."""
    publication = select(Publication).where(
        Publication.audit_id == row.id, Publication.grading_id == row.published_grading_id
    )
    return context.db.scalars(publication.order_by(Publication.id.desc()).limit(1)).one_or_none()


def audit(context: Context, row: Audit) -> AuditOut:
    """One audit with what the actor may do with it."""
    names = names_of(context.db, [row.author_id, row.submitted_by, row.confirmed_by, row.published_by])
    brief = briefs(context, [row], names)[0]
    publication = publication_of(context, row)

    def name(user_id: UUID | None) -> str | None:
        return None if user_id is None else names.get(user_id, "")

    return AuditOut(
        **dict(brief),
        submitted_by=name(row.submitted_by),
        confirmed_by=name(row.confirmed_by),
        published_by=name(row.published_by),
        opinion=row.opinion,
        outside_reason=row.outside_reason,
        actions=sorted(workflow.actions(context, row)),
        publication=None if publication is None else PublicationOut.model_validate(publication),
        conflicts=list(context.db.scalars(_CONFLICTS, {"audit": row.id})),
    )


def revisions(context: Context, audit_id: UUID) -> list[RevisionOut]:
    """The revisions of an audit that the actor sees, the newest first, without their content."""
    columns = (
        AuditRevision.number,
        AuditRevision.author_id,
        AuditRevision.frozen,
        AuditRevision.conflicts_with,
        AuditRevision.audit_digest,
        AuditRevision.created_at,
        AuditRevision.changed_at,
    )
    rows = context.db.execute(
        select(*columns).where(AuditRevision.audit_id == audit_id).order_by(AuditRevision.number.desc())
    ).all()
    names = names_of(context.db, [row.author_id for row in rows])
    return [RevisionOut(**row._asdict(), author_name=names.get(row.author_id, "")) for row in rows]


def appeals(
    context: Context, audit_id: UUID | None, state: AppealState | None, cursor: UUID | None, limit: int
) -> tuple[list[AppealOut], UUID | None]:
    """A page of appeals, the newest first, and the cursor of the next page."""
    rows = select(Appeal)
    if audit_id is not None:
        rows = rows.where(Appeal.audit_id == audit_id)
    if state is not None:
        rows = rows.where(Appeal.state == state)
    found, after = newest_first(context.db, rows, Appeal.id, cursor, limit)
    return [appeal(context, row) for row in found], after


def appeal(context: Context, row: Appeal) -> AppealOut:
    """An appeal with the names of who made and answered it."""
    names = names_of(context.db, [row.by, row.answered_by])
    answered_by = None if row.answered_by is None else names.get(row.answered_by, "")
    return AppealOut(
        id=row.id,
        audit_id=row.audit_id,
        state=row.state,
        reasons=row.reasons,
        by_name=names.get(row.by, ""),
        answer=row.answer,
        answered_by_name=answered_by,
        answered_at=row.answered_at,
        created_at=row.created_at,
        points=[PointOut(**asdict(point)) for point in services.points_of(row)],
        late_reason=row.late_reason,
        answer_due=row.answer_due,
        files=[AppealFileOut.model_validate(file) for file in services.files_of(context, row)],
        progress=[AppealStepOut(**asdict(step)) for step in services.progress(context, row)],
    )


def _last_gradings(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """The last official grading of the revision that counts, by audit."""
    if not ids:
        return {}
    return {row.audit_id: row for row in context.db.execute(_LAST_GRADINGS, {"ids": list(ids)})}
