"""Is everything that is stored still what it was when it was made: the log, every grading, every file of evidence."""

import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api import log
from api.earlier_gradings import EarlierGradings
from api.grader import stored_ruleset
from api.problems import Problem
from api.results import replayed, result_of
from api.service import Service
from api.store import Audit, EvidenceFile, GradedUnit, Grading, LogEntry, StoredRuleset
from grading.digest import digest
from grading.engine.revision import ENGINE

PUBLISHED = ("audit.published", "audit.regraded_in_batch", "audit.regrading_taken_back")
"""Actions after which the grading that an entry tells of is in force."""
Progress = Callable[[int, int], None]
"""Told how many gradings are done, of how many."""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was made; `subject` says what: `grading:<id>`, `log:<number>`, `audit:<id>`,
    `evidence:<id>`, `ruleset:<digest>`. A note about all gradings of other revisions is about the `engine`.
    """

    subject: str
    message: str


@dataclass(frozen=True)
class Verified:
    """What a verification saw; all is well when there are no findings. `notes` are worth knowing and no fault."""

    log_entries: int
    log_head: str
    gradings: int
    evidence: int
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]


def verify(service: Service, expected_head: str | None = None, progress: Progress | None = None) -> Verified:
    """Verify the log's chain, make every grading again, hold gradings and audits against the log, and read all evidence.

    `expected_head`: a head of the log that was noted elsewhere (see `log.verify`).
    """
    findings: list[Finding] = []
    earlier = EarlierGradings()
    with service.database.reading() as db:
        chain = log.verify(db, expected_head)
        findings += [Finding(f"log:{found.seq}", found.message) for found in chain.findings]
        told = _told(db)
        ids = db.scalars(select(Grading.id).order_by(Grading.id)).all()
        for done, grading_id in enumerate(ids, start=1):
            findings += _of_grading(service, db, grading_id, told.gradings.pop(grading_id, None), earlier)
            # Traces are large.
            db.expunge_all()
            if progress is not None:
                progress(done, len(ids))
        findings += [Finding(f"grading:{id_}", "日志记有这次评级，但它已不在库中。") for id_ in told.gradings]
        findings += _of_rulesets(db)
        findings += _of_audits(db, told)
        evidence = 0
        for file in _evidence(db):
            evidence += 1
            if not service.evidence.is_intact(file.sha256):
                findings.append(Finding(f"evidence:{file.id}", f"证据文件“{file.name}”缺失或内容已改变。"))
    message = earlier.message()
    notes = () if message is None else (Finding("engine", message),)
    return Verified(chain.entries, chain.head, len(ids), evidence, tuple(findings), notes)


@dataclass(frozen=True)
class _Told:
    """What the log says: of gradings (the last entry that tells of each), and of audits their state and published grading."""

    gradings: dict[UUID, dict[str, str]]
    states: dict[UUID, str]
    published: dict[UUID, str]


def _told(db: Session) -> _Told:
    told = _Told({}, {}, {})
    rows = select(LogEntry.audit_id, LogEntry.action, LogEntry.details).where(LogEntry.audit_id.is_not(None))
    for audit_id, action, text in db.execute(rows.order_by(LogEntry.seq)):
        # An entry that can't be read any more was changed: the chain says so.
        with suppress(ValueError, TypeError):
            said = json.loads(text)
            if "grading" in said:
                known = told.gradings.setdefault(UUID(said["grading"]), {})
                known |= {name: said[name] for name in ("inputs", "result") if name in said}
            if audit_id is not None and "to" in said:
                told.states[audit_id] = said["to"]
            if audit_id is not None and action in PUBLISHED:
                told.published[audit_id] = said.get("grading", "")
    return told


def _of_grading(
    service: Service, db: Session, grading_id: UUID, told: dict[str, str] | None, earlier: EarlierGradings
) -> Iterator[Finding]:
    """What is wrong with a grading; one of another revision is counted among the earlier ones."""
    subject = f"grading:{grading_id}"
    if told is None:
        yield Finding(subject, "日志中没有这次评级的记录。")
        told = {}
    try:
        stored = db.get_one(Grading, grading_id)
        for name, is_ in (("inputs", stored.inputs), ("result", result_of(stored))):
            if name in told and told[name] != is_:
                yield Finding(subject, f"与日志中记下的不同（{name}）：评级被改动。")
        if _columns(db, stored) != _columns_of(json.loads(stored.document)):
            yield Finding(subject, "等级、单元或摘要与所存的评级内容不一致：被改动。")
        again = replayed(db, service.grader, stored)
    except (LookupError, ValueError, TypeError, zlib.error, Problem) as error:
        yield Finding(subject, f"不能重现：{_said(error)}")
        return
    if stored.engine != ENGINE:
        earlier.add(again)
    elif not again.same:
        yield Finding(subject, "重新评级的结果与所存的不同：评级、审核内容或规则集被改动。")


def _columns(db: Session, stored: Grading) -> list[Any]:
    units = db.scalars(select(GradedUnit).where(GradedUnit.grading_id == stored.id).order_by(GradedUnit.position))
    named = [(u.unit, u.ruleset_id, u.ruleset_digest, u.grade, u.attainable) for u in units]
    return [
        stored.audit_digest,
        stored.engine,
        stored.mode.value,
        stored.grade,
        stored.attainable,
        stored.inputs,
        named,
    ]


def _columns_of(document: dict[str, Any]) -> list[Any]:
    units = [(u["id"], u["ruleset"], u["ruleset_digest"], u["grade"], u["attainable"]) for u in document["units"]]
    inputs = digest(
        {
            "audit": document["audit_digest"],
            "rulesets": {unit[0]: unit[2] for unit in units},
            "engine": document["engine"],
            "mode": document["mode"],
        }
    )
    head = [document[name] for name in ("audit_digest", "engine", "mode", "grade", "attainable")]
    return [*head, inputs, units]


def _of_rulesets(db: Session) -> Iterator[Finding]:
    """Rulesets are made again from today's files where these are the same: what is kept is looked at by itself."""
    for ruleset_digest in db.scalars(select(StoredRuleset.digest).order_by(StoredRuleset.digest)).all():
        try:
            stored_ruleset(db, ruleset_digest)
        except (LookupError, ValueError, zlib.error) as error:
            yield Finding(f"ruleset:{ruleset_digest}", f"所存的规则集与其校验值不符或读不出来：{_said(error)}")


def _of_audits(db: Session, told: _Told) -> Iterator[Finding]:
    rows = select(Audit.id, Audit.state, Audit.published_grading_id).order_by(Audit.id).execution_options(yield_per=500)
    missing = set(told.states)
    for audit_id, state, published in db.execute(rows):
        missing.discard(audit_id)
        if state.value != told.states.get(audit_id, "draft"):
            yield Finding(
                f"audit:{audit_id}", f"状态为 {state.value}，日志中最后记下的是 {told.states.get(audit_id, 'draft')}。"
            )
        if (None if published is None else str(published)) != told.published.get(audit_id):
            yield Finding(f"audit:{audit_id}", "公布的评级与日志中记下的不同。")
    yield from (Finding(f"audit:{id_}", "日志记有这份审核，但它已不在库中。") for id_ in sorted(missing))


def _evidence(db: Session) -> Iterator[EvidenceFile]:
    rows = select(EvidenceFile).order_by(EvidenceFile.id)
    yield from db.scalars(rows.execution_options(yield_per=500))


def _said(error: Exception) -> str:
    return (
        error.detail
        if isinstance(error, Problem)
        else str(error).splitlines()[0]
        if str(error)
        else type(error).__name__
    )
