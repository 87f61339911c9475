"""Filters of audits and of what belongs to them: revisions, drafts, gradings, appeals, log entries."""

from typing import Any

from sqlalchemy import Select, and_, false, or_, select, true, tuple_

from api.access.actor import Actor
from api.access.enterprise_filters import Filter, alias, enterprises
from api.store import (
    Appeal,
    AppealFile,
    Audit,
    AuditKind,
    AuditRevision,
    DraftVersion,
    GradedUnit,
    Grading,
    LogEntry,
    Role,
)

SHOWN_TO_ENTERPRISES = (
    "audit.published",
    "audit.superseded",
    "audit.regraded_in_batch",
    "audit.regrading_taken_back",
    "audit.withdrawn",
    "audit.appealed",
    "audit.appeal_file_added",
    "audit.appeal_answered",
)
"""The steps of experts' audits that enterprises see in the log."""


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
    a = alias(Audit)
    visible: Filter = column.in_(select(a.c.id).where(audits(actor, a.c)))
    return visible


def appeal_files(actor: Actor) -> Filter:
    """Files of appeals that the actor sees."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    a = alias(Appeal)
    return AppealFile.appeal_id.in_(select(a.c.id).where(of_audits(actor, a.c.audit_id)))


def revisions(actor: Actor) -> Filter:
    """A bureau sees nothing that is still being written; an enterprise sees of experts' audits the revision that counts."""
    visible = of_audits(actor, AuditRevision.audit_id)
    if actor.role is Role.BUREAU:
        return and_(visible, AuditRevision.frozen)
    if actor.role is Role.ENTERPRISE:
        a = alias(Audit)
        counts = tuple_(AuditRevision.audit_id, AuditRevision.number).in_(select(a.c.id, a.c.revision))
        return and_(
            visible, or_(AuditRevision.audit_id.in_(own_assessments(actor)), and_(AuditRevision.frozen, counts))
        )
    return visible


def draft_versions(actor: Actor) -> Filter:
    """Earlier versions of drafts, for those who write them."""
    if actor.role is Role.BUREAU:
        return false()
    visible = of_audits(actor, DraftVersion.audit_id)
    if actor.role is Role.ENTERPRISE:
        return and_(visible, DraftVersion.audit_id.in_(own_assessments(actor)))
    return visible


def gradings(actor: Actor) -> Filter:
    """Of experts' audits an enterprise sees the published gradings only."""
    visible = of_audits(actor, Grading.audit_id)
    if actor.role is not Role.ENTERPRISE:
        return visible
    a = alias(Audit)
    published = select(a.c.published_grading_id).where(a.c.published_grading_id.is_not(None))
    return and_(visible, or_(Grading.audit_id.in_(own_assessments(actor)), Grading.id.in_(published)))


def graded_units(actor: Actor) -> Filter:
    """Units of the gradings that the actor sees."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    g = alias(Grading)
    a = alias(Audit, "graded")
    visible = select(g.c.id).where(of_audits(actor, g.c.audit_id))
    if actor.role is Role.ENTERPRISE:
        published = or_(a.c.kind == AuditKind.SELF, a.c.published_grading_id == g.c.id)
        visible = visible.select_from(g.join(a, a.c.id == g.c.audit_id)).where(published)
    return GradedUnit.grading_id.in_(visible)


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
        open_ = or_(LogEntry.audit_id.in_(own_assessments(actor)), LogEntry.action.in_(SHOWN_TO_ENTERPRISES))
        return and_(about_audits, open_)
    return about_audits


def own_assessments(actor: Actor) -> Select[Any]:
    """The ids of an enterprise's self-assessments."""
    a = alias(Audit)
    return select(a.c.id).where(a.c.kind == AuditKind.SELF, a.c.enterprise_id == actor.enterprise_id)
