"""Every opinion of admission made again from what was kept with it."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.problems import Problem
from api.service import Service
from api.services.admission import Replayed, replay
from api.services.verification.finding import UNREADABLE, Finding
from api.store import AdmissionOpinion
from api.store.recorded import plain
from grading.engine.durable_rules import EngineError
from grading.engine.revision import ENGINE
from grading.engine.rules import NetworkError
from grading.intake import AuditError
from grading.language.problems import LanguageError

NOT_MADE = (*UNREADABLE, Problem, AuditError, LanguageError, EngineError, NetworkError)


def check_opinions(service: Service, db: Session, notes: list[Finding]) -> Iterator[Finding]:
    """The findings about opinions; those of other revisions of the engine that come out differently are noted."""
    column = AdmissionOpinion.__table__.columns["id"]
    others = 0
    for raw in db.connection().execute(text("SELECT id FROM admission_opinions ORDER BY id")).scalars().all():
        opinion_id = str(plain(column, raw, ""))
        subject = f"admission_opinion:{opinion_id}"
        try:
            stored = db.get_one(AdmissionOpinion, UUID(opinion_id))
            again = replay(db, service.grader, stored)
        except NOT_MADE as error:
            message = str(error).partition("\n")[0] or type(error).__name__
            yield Finding(subject, f"不能重现：{message}")
            continue
        if not again.same and stored.engine != ENGINE:
            others += 1
        elif not again.same or _columns(stored) != _columns_of(again):
            yield Finding(subject, "重新得出的准入意见与所存的不同：意见、项目信息、规则集或政策被改动。")
        db.expunge_all()
    if others:
        notes.append(
            Finding(
                "engine", f"{others} 份准入意见由引擎的其他修订作出，现行引擎（{ENGINE}）得出不同的内容；以所存的为准。"
            )
        )


def _columns(stored: AdmissionOpinion) -> tuple[object, ...]:
    return (
        stored.name,
        stored.county,
        stored.industry,
        stored.accepted_on,
        stored.outcome.value,
        stored.required_level,
    )


def _columns_of(again: Replayed) -> tuple[object, ...]:
    opinion, project = again.made.opinion, again.made.project
    required = None if opinion.required is None else opinion.required.level
    return (project.name, project.county, project.industry, project.accepted_on, opinion.outcome, required)
