"""Rows as the log records them: tables, columns, and the text of each value.

Ids, states, days, numbers and short codes are written as they are; texts and anything personal as a digest, so that the log
names nobody. Values come from the mapped classes when they are written and straight from the database when they are verified:
both must come out the same, in every database.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Enum, Integer, String, Table, Text, Uuid

from api.store.admission import AdmissionOpinion, ProjectCompletion
from api.store.announcements import AnnouncedAudit, Announcement, AnnouncementObjection
from api.store.audit_imports import AuditImport, ImportedAudit
from api.store.audits import Appeal, Audit, AuditRevision
from api.store.base import Base, Moment, Packed
from api.store.batches import Batch, BatchAudit, BatchRuleset, DraftRuleset
from api.store.campaign_progress import CampaignPhoto, CampaignStep, CampaignVisit
from api.store.campaigns import Campaign, CampaignChange, CampaignOutlines, CampaignPlant, CampaignSnapshot
from api.store.editions import EditionProposal, FigureReview, SourceScan, WorkingEdition, WorkingField
from api.store.enterprise_history import EnterpriseMerger, FormerName
from api.store.enterprises import Enterprise, Site, Unit
from api.store.evidence import EvidenceFile
from api.store.gradings import GradedUnit, Grading, Publication
from api.store.notices import Notice
from api.store.operating_states import OperatingState
from api.store.rulesets import SignOff, StoredRuleset
from api.store.sign_in import Token
from api.store.users import Assignment, Team, User
from api.store.waivers import UnitWaiver

Record = dict[str, Any]
"""Columns of a row with their values as the log writes them; a column without a value is left out."""
SHORT = 120
"""Texts whose column is no longer are written as they are, unless they are personal."""


@dataclass(frozen=True)
class Recorded:
    """A table whose rows the log records; `name` is what findings call a row of it."""

    model: type[Base]
    name: str
    personal: frozenset[str] = frozenset()
    """Short texts that are written as digests all the same."""
    left_out: frozenset[str] = frozenset()
    """Columns that are not recorded."""
    where: str = ""
    """The rows that must be recorded, as SQL; empty: all."""

    @property
    def table(self) -> Table:
        """The table."""
        return self.model.__table__  # type: ignore[return-value]

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        """The columns that are recorded."""
        return tuple(column for column in self.table.columns if column.name not in self.left_out)


_PUBLISHED = (
    "outcome = 'changed' AND after_id IS NOT NULL"
    " AND batch_id IN (SELECT id FROM batches WHERE published_at IS NOT NULL)"
)
RECORDED: Mapping[str, Recorded] = MappingProxyType(
    {
        recorded.model.__tablename__: recorded
        for recorded in (
            Recorded(Team, "team"),
            Recorded(Enterprise, "enterprise"),
            Recorded(Site, "site"),
            Recorded(Unit, "unit"),
            Recorded(
                User,
                "user",
                personal=frozenset({"login", "name", "oidc_subject", "second_factor"}),
                left_out=frozenset({"second_factor_step"}),
            ),
            Recorded(UnitWaiver, "waiver"),
            Recorded(OperatingState, "operating_state"),
            Recorded(FormerName, "former_name"),
            Recorded(EnterpriseMerger, "enterprise_merger"),
            Recorded(Assignment, "assignment"),
            # When a token was last used is no matter of who may do what.
            Recorded(
                Token, "token", personal=frozenset({"name", "hash", "hint"}), left_out=frozenset({"last_used_at"})
            ),
            # The digest of a ruleset's document is its key: verification works it out again.
            Recorded(StoredRuleset, "ruleset", left_out=frozenset({"document"})),
            Recorded(SignOff, "sign_off", personal=frozenset({"reviewer_name"})),
            Recorded(DraftRuleset, "draft"),
            Recorded(WorkingEdition, "working_edition"),
            Recorded(WorkingField, "working_field"),
            Recorded(SourceScan, "source_scan"),
            Recorded(EditionProposal, "edition_proposal"),
            Recorded(FigureReview, "figure_review", personal=frozenset({"reviewer_name"})),
            Recorded(Audit, "audit"),
            Recorded(AuditRevision, "revision"),
            Recorded(EvidenceFile, "evidence"),
            Recorded(Appeal, "appeal"),
            Recorded(AuditImport, "audit_import"),
            Recorded(ImportedAudit, "imported_audit"),
            # The digest of a grading's document is in the entry that it was made by.
            Recorded(Grading, "grading", left_out=frozenset({"document"})),
            Recorded(GradedUnit, "graded_unit"),
            Recorded(Publication, "publication"),
            Recorded(Campaign, "campaign"),
            Recorded(CampaignPlant, "campaign_plant"),
            Recorded(CampaignChange, "campaign_change"),
            Recorded(CampaignSnapshot, "campaign_snapshot"),
            Recorded(CampaignOutlines, "campaign_outlines"),
            Recorded(CampaignStep, "campaign_step"),
            Recorded(CampaignVisit, "campaign_visit"),
            Recorded(CampaignPhoto, "campaign_photo"),
            # Whether and when it was mailed is the mail server's word, tried again and again.
            Recorded(Notice, "notice", left_out=frozenset({"mail", "mail_attempts", "mail_at"})),
            Recorded(AdmissionOpinion, "admission_opinion"),
            Recorded(Announcement, "announcement"),
            Recorded(AnnouncedAudit, "announced_audit"),
            Recorded(AnnouncementObjection, "announcement_objection", personal=frozenset({"objector"})),
            Recorded(ProjectCompletion, "project_completion"),
            Recorded(Batch, "batch"),
            Recorded(BatchRuleset, "batch_ruleset"),
            # What is computed is recorded when it is published; until then it may be computed again at any time.
            Recorded(BatchAudit, "batch_audit", left_out=frozenset({"document", "problems"}), where=_PUBLISHED),
        )
    }
)
"""By name of table, in an order in which rows can be added."""
UNRECORDED = MappingProxyType(
    {
        "sessions": "登录会话（随时失效）",
        "failed_sign_ins": "登录失败次数",
        "costly_uses": "请求限次",
        "workers": "后台进程状态",
        "remembered_answers": "重复请求的应答",
        "exports": "供下载的文件（保留一天）",
        "export_parts": "供下载的文件（保留一天）",
        "batch_chunks": "批次的计算进度",
        "batch_frames": "批次的试算结果（可重算）",
        "campaign_ways": "企业达标方案的测算（可重算）",
        "draft_versions": "草稿较早的版本（供合并）",
        "batch_units": "批次的试算结果（可重算）",
    }
)
"""Tables that the log records nothing of, and what is in them; nothing that is in force rests on them."""


def key_of(table: Table, values: Mapping[Any, Any]) -> str:
    """A row's primary key as the log writes it."""
    return "/".join(str(plain(column, values[column.name], "")) for column in table.primary_key.columns)


def record_of(recorded: Recorded, values: Mapping[Any, Any]) -> Record:
    """A row as the log writes it, from values of the mapped class or of the database's driver."""
    key = key_of(recorded.table, values)
    return {
        column.name: plain(column, values[column.name], key, recorded)
        for column in recorded.columns
        if values[column.name] is not None
    }


def plain(column: Any, value: Any, key: str, recorded: Recorded | None = None) -> Any:
    """A value as the log writes it. Never raises: what no such column can hold comes out as a text that nothing else gives."""
    if value is None:
        return None
    try:
        written = _plain(column, value)
    except (ValueError, TypeError, AttributeError, OverflowError, zlib.error, UnicodeError):
        return f"不可读：{value!r}"[:200]
    if recorded is not None and isinstance(written, str) and _is_digested(column, recorded):
        hashed = f"{recorded.model.__tablename__}/{key}/{column.name}\n{written}"
        return f"sha256:{hashlib.sha256(hashed.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return written


def json_of(rows: Mapping[str, Mapping[str, Record | None]]) -> str:
    """Records by table and key as an entry keeps them."""
    return json.dumps(rows, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _is_digested(column: Any, recorded: Recorded) -> bool:
    kind = column.type
    if isinstance(kind, Packed | Text) or column.name in recorded.personal:
        return True
    return isinstance(kind, String) and not isinstance(kind, Enum) and (kind.length is None or kind.length > SHORT)


def _plain(column: Any, value: Any) -> Any:
    kind = column.type
    if isinstance(kind, Uuid):
        return str(value if isinstance(value, UUID) else _id(value))
    if isinstance(kind, Moment):
        return _moment(value)
    if isinstance(kind, Date):
        return (date.fromisoformat(value) if isinstance(value, str) else value).isoformat()
    if isinstance(kind, Packed):
        return zlib.decompress(value).decode() if isinstance(value, bytes | memoryview) else _text(value)
    if isinstance(kind, Enum):
        return value.value if isinstance(value, StrEnum) else _text(value)
    if isinstance(kind, Boolean):
        if value not in (0, 1):
            raise ValueError(value)
        return bool(value)
    if isinstance(kind, Integer):
        if not isinstance(value, int):
            raise TypeError(value)
        return int(value)
    return _text(value)


def _id(value: str) -> UUID:
    # Another form of the same id is another key to the database.
    found = UUID(value)
    if value != found.hex:
        raise ValueError(value)
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _moment(value: Any) -> str:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    written: str = at.isoformat(timespec="microseconds")
    return written
