"""The parts of one running service; routes reach it through their context."""

from dataclasses import dataclass, field
from threading import Event
from typing import Any
from uuid import UUID

from fastapi import Request

from api.audit_log import record_the_rest
from api.files.evidence import EvidenceFolder
from api.files.exports import ExportFolder
from api.grader import Grader
from api.identity.limits import CostlyLimit
from api.lru import LruCache
from api.settings import Settings
from api.store.database import Database
from api.uploads import WorkbookReader
from grading.language.load import Library


@dataclass
class Service:
    """The parts of a service. `stopping` is set as soon as it is told to stop."""

    settings: Settings
    database: Database
    grader: Grader
    evidence: EvidenceFolder
    costly: CostlyLimit
    exports: ExportFolder
    workbooks: WorkbookReader = field(default_factory=WorkbookReader)
    campaigns: LruCache[tuple[Any, ...], Any] = field(default_factory=lambda: LruCache(4))
    """Campaigns with the histories of their plants, by what they rest on."""
    registers: LruCache[tuple[Any, ...], Any] = field(default_factory=lambda: LruCache(8))
    """Plants of an area with what was published of them, by the last entry of the log that can change it."""
    campaign_reports: LruCache[tuple[Any, ...], Any] = field(default_factory=lambda: LruCache(64))
    """Campaigns on a day, by what they rest on."""
    snapshots: LruCache[UUID, Any] = field(default_factory=lambda: LruCache(2_000))
    """Lines of snapshots, which never change, by id."""
    campaign_ways: LruCache[tuple[Any, ...], Any] = field(default_factory=lambda: LruCache(20_000))
    """Ways of graded plants to a level, which never change."""
    forecasts: LruCache[tuple[Any, ...], Any] = field(default_factory=lambda: LruCache(256))
    """Forecasts that no worker has worked out yet, by grading, mode and last day."""
    vocabularies: LruCache[str, Any] = field(default_factory=lambda: LruCache(1))
    findings: LruCache[tuple[Any, ...], Any] = field(default_factory=lambda: LruCache(1024))
    """Findings about audits, by grading, day and the grading before."""
    gap_lines: LruCache[tuple[Any, ...], Any] = field(default_factory=lambda: LruCache(256))
    """Gap lines between gradings and levels, by grading and level."""
    edition_plants: LruCache[tuple[Any, ...], Any] = field(default_factory=lambda: LruCache(8))
    """Plants read by an edition, by what they rest on."""
    rulebooks: LruCache[tuple[Any, ...], bytes] = field(default_factory=lambda: LruCache(32))
    """Rule books, by edition, the edition before, sign-off and format."""
    stopping: Event = field(default_factory=Event)

    def close(self) -> None:
        """Let go of the database and of the process that reads workbooks."""
        self.workbooks.close()
        self.database.close()


def make_service(settings: Settings) -> Service:
    """The parts, put together; raises SettingsError or ArgumentError for settings that can't work."""
    database = Database(settings.database, settings.answering)
    record_the_rest(database)
    return Service(
        settings=settings,
        database=database,
        grader=Grader(Library(settings.rulesets)),
        evidence=EvidenceFolder(settings.evidence_folder, settings.upload_megabytes * 1_000_000),
        costly=CostlyLimit(database, settings.costly_per_minute),
        exports=ExportFolder(settings.exports_folder),
    )


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    service: Service = request.app.state.service
    return service
