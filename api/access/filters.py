"""The filter of each table: the rows of it that an actor sees."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, false, or_, select, true

from api.access.actor import Actor
from api.access.area_filters import (
    campaign_snapshots,
    campaigns,
    completions,
    figure_reviews,
    of_parts,
    of_the_area,
    proposals,
)
from api.access.audit_filters import (
    appeal_files,
    audits,
    draft_versions,
    graded_units,
    gradings,
    log_entries,
    of_audits,
    revisions,
)
from api.access.enterprise_filters import Filter, alias, enterprises, enterprises_over_time
from api.store import (
    AdmissionOpinion,
    AnnouncedAudit,
    Announcement,
    AnnouncementObjection,
    Appeal,
    AppealFile,
    Assignment,
    Audit,
    AuditImport,
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
    Webhook,
    WebhookDelivery,
    WorkingEdition,
    WorkingField,
)


def _own_exports(actor: Actor) -> Select[Any]:
    """The ids of the documents made for the actor."""
    e = alias(Export)
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
    AppealFile: lambda actor: appeal_files(actor),
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
    CampaignSnapshot: campaign_snapshots,
    CampaignOutlines: lambda actor: campaigns(actor, CampaignOutlines.campaign_id),
    CampaignStep: lambda actor: enterprises_over_time(actor, CampaignStep.enterprise_id),
    CampaignVisit: lambda actor: enterprises_over_time(actor, CampaignVisit.enterprise_id),
    CampaignPhoto: lambda actor: enterprises_over_time(actor, CampaignPhoto.enterprise_id),
    Notice: lambda actor: Notice.user_id == actor.id,
    Announcement: lambda actor: of_the_area(actor, Announcement.area),
    AnnouncedAudit: of_parts(AnnouncedAudit.announcement_id, Announcement),
    AnnouncementObjection: of_parts(AnnouncementObjection.announcement_id, Announcement),
    AdmissionOpinion: lambda actor: of_the_area(actor, AdmissionOpinion.county),
    ProjectCompletion: completions,
    WorkingEdition: lambda actor: of_the_area(actor, WorkingEdition.area),
    WorkingField: of_parts(WorkingField.working_id, WorkingEdition),
    SourceScan: of_parts(SourceScan.working_id, WorkingEdition),
    EditionProposal: lambda actor: proposals(actor, EditionProposal),
    FigureReview: figure_reviews,
    DraftRuleset: lambda actor: of_the_area(actor, DraftRuleset.area),
    Batch: lambda actor: of_the_area(actor, Batch.area),
    BatchRuleset: of_parts(BatchRuleset.batch_id, Batch),
    BatchChunk: of_parts(BatchChunk.batch_id, Batch),
    BatchAudit: of_parts(BatchAudit.batch_id, Batch),
    BatchUnit: of_parts(BatchUnit.batch_id, Batch),
    BatchFrame: of_parts(BatchFrame.batch_id, Batch),
    Webhook: lambda actor: of_the_area(actor, Webhook.area),
    WebhookDelivery: of_parts(WebhookDelivery.webhook_id, Webhook),
}
"""The filter of each table. Tables that are not here are the service's own (see `unscoped`)."""
