"""Is everything that is stored still what it was when it was made: log, schema, rows, gradings, rulesets, evidence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.access import unscoped
from api.audit_log import chain
from api.audit_log.heads import Head
from api.files.evidence import SHA256
from api.service import Service
from api.services.earlier_gradings import EarlierGradings
from api.services.verification.finding import Finding
from api.services.verification.gradings import check_grading, check_rulesets, ids_of_gradings
from api.services.verification.history import compare_audits, read_history
from api.services.verification.opinions import check_opinions
from api.services.verification.rows import compare_rows
from api.services.verification.schema import compare_schema

Progress = Callable[[int, int], None]
"""Told how many gradings are done, of how many."""
Expected = str | Sequence[Head] | None
"""Heads of the log that were noted elsewhere."""


@dataclass(frozen=True)
class VerifiedRecords:
    """The result of verifying log, schema and rows; all is well when there are no findings."""

    log_entries: int
    log_head: str
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    """Worth knowing and no fault."""


@dataclass(frozen=True)
class Verified(VerifiedRecords):
    """The result of verifying everything."""

    gradings: int
    evidence: int


def verify_records(db: Session, expected: Expected = None) -> VerifiedRecords:
    """Verify the log's chain, the schema, and every recorded row against the log."""
    findings: list[Finding] = []
    notes: list[Finding] = []
    with unscoped(db):
        chain_state = chain.verify(db, expected)
        findings += [Finding(f"log:{found.seq}", found.message) for found in chain_state.findings]
        findings += compare_schema(db)
        compare_rows(db, findings, notes)
    return VerifiedRecords(chain_state.entries, chain_state.head, tuple(findings), tuple(notes))


def verify(service: Service, expected: Expected = None, progress: Progress | None = None) -> Verified:
    """The same, and make every grading and opinion of admission again, follow every audit's steps, read rulesets and evidence."""
    with service.database.reading() as db:
        records = verify_records(db, expected)
        findings, notes = [*records.findings], [*records.notes]
        history = read_history(db)
        ids = ids_of_gradings(db)
        earlier = EarlierGradings()
        for done, grading_id in enumerate(ids, start=1):
            findings += check_grading(service, db, grading_id, history.gradings.pop(grading_id, None), earlier)
            # Traces are large.
            db.expunge_all()
            if progress is not None:
                progress(done, len(ids))
        findings += [Finding(f"grading:{id_}", "日志记有这次评级，但它已不在库中。") for id_ in history.gradings]
        findings += check_rulesets(db)
        findings += check_opinions(service, db, notes)
        findings += compare_audits(db, history)
        evidence = 0
        for key, sha256, name in _evidence(db):
            evidence += 1
            if not (SHA256.fullmatch(sha256) and service.evidence.is_intact(sha256)):
                findings.append(Finding(f"evidence:{key}", f"证据文件“{name}”缺失或内容已改变。"))
    message = earlier.message()
    if message is not None:
        notes.append(Finding("engine", message))
    return Verified(records.log_entries, records.log_head, tuple(findings), tuple(notes), len(ids), evidence)


def _evidence(db: Session) -> Iterator[tuple[str, str, str]]:
    rows = (
        "SELECT id, sha256, name FROM evidence_files UNION ALL SELECT id, sha256, name FROM campaign_photos"
        " UNION ALL SELECT id, sha256, name FROM source_scans"
        " UNION ALL SELECT id, sha256, file_name FROM unit_waivers WHERE sha256 IS NOT NULL ORDER BY id"
    )
    for key, sha256, name in db.connection().execute(text(rows)):
        yield str(key), str(sha256), str(name)
