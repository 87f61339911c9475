"""The tables, one file per aggregate, and the database they are in."""

from api.store.admission import AdmissionOpinion, AdmissionOutcome, ProjectCompletion
from api.store.announcements import AnnouncedAudit, Announcement, AnnouncementObjection, AnnouncementState
from api.store.audit_imports import AuditImport, ImportedAudit
from api.store.audits import Appeal, AppealState, Audit, AuditKind, AuditRevision, AuditState, DraftVersion
from api.store.base import Base
from api.store.batches import (
    AuditOutcome,
    Batch,
    BatchAudit,
    BatchChunk,
    BatchFrame,
    BatchPhase,
    BatchRuleset,
    BatchState,
    BatchUnit,
    DraftRuleset,
)
from api.store.campaign_progress import CampaignPhoto, CampaignStep, CampaignStepState, CampaignVisit
from api.store.campaign_ways import CampaignWays
from api.store.campaigns import (
    Campaign,
    CampaignChange,
    CampaignChangeKind,
    CampaignOutlines,
    CampaignPlant,
    CampaignSnapshot,
    CampaignState,
)
from api.store.editions import (
    EditionProposal,
    FigureReview,
    ProposalState,
    SourceScan,
    Verdict,
    WorkingEdition,
    WorkingField,
)
from api.store.enterprise_history import EnterpriseMerger, FormerName, NamedBy
from api.store.enterprises import Enterprise, Site, Unit
from api.store.evidence import EvidenceFile
from api.store.exports import Export, ExportKind, ExportPart, ExportState
from api.store.gradings import GradedUnit, Grading, Publication
from api.store.idempotency import RememberedAnswer
from api.store.log import LogEntry, LogHead
from api.store.notices import MailState, Notice, NoticeKind
from api.store.operating_states import OperatingState, OperatingStateKind
from api.store.rulesets import SignOff, StoredRuleset
from api.store.sign_in import CostlyUse, FailedSignIn, SignInSession, Token
from api.store.users import Assignment, Role, Team, User
from api.store.waivers import UnitWaiver
from api.store.workers import Worker

__all__ = [
    "AdmissionOpinion",
    "AdmissionOutcome",
    "AnnouncedAudit",
    "Announcement",
    "AnnouncementObjection",
    "AnnouncementState",
    "Appeal",
    "AppealState",
    "Assignment",
    "Audit",
    "AuditImport",
    "AuditKind",
    "AuditOutcome",
    "AuditRevision",
    "AuditState",
    "Base",
    "Batch",
    "BatchAudit",
    "BatchChunk",
    "BatchFrame",
    "BatchPhase",
    "BatchRuleset",
    "BatchState",
    "BatchUnit",
    "Campaign",
    "CampaignChange",
    "CampaignChangeKind",
    "CampaignOutlines",
    "CampaignPhoto",
    "CampaignPlant",
    "CampaignSnapshot",
    "CampaignState",
    "CampaignStep",
    "CampaignStepState",
    "CampaignVisit",
    "CampaignWays",
    "CostlyUse",
    "DraftRuleset",
    "DraftVersion",
    "EditionProposal",
    "Enterprise",
    "EnterpriseMerger",
    "EvidenceFile",
    "Export",
    "ExportKind",
    "ExportPart",
    "ExportState",
    "FailedSignIn",
    "FigureReview",
    "FormerName",
    "GradedUnit",
    "Grading",
    "ImportedAudit",
    "LogEntry",
    "LogHead",
    "MailState",
    "NamedBy",
    "Notice",
    "NoticeKind",
    "OperatingState",
    "OperatingStateKind",
    "ProjectCompletion",
    "ProposalState",
    "Publication",
    "RememberedAnswer",
    "Role",
    "SignInSession",
    "SignOff",
    "Site",
    "SourceScan",
    "StoredRuleset",
    "Team",
    "Token",
    "Unit",
    "UnitWaiver",
    "User",
    "Verdict",
    "Worker",
    "WorkingEdition",
    "WorkingField",
]
