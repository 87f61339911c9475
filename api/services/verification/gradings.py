"""Every grading made again, and held against the log; every ruleset that is kept, read again."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.grader import stored_ruleset
from api.problems import Problem
from api.service import Service
from api.services.earlier_gradings import EarlierGradings
from api.services.replay import inputs_digest, replayed, result_of
from api.services.verification.finding import UNREADABLE, Finding
from api.store import GradedUnit, Grading, StoredRuleset
from api.store.recorded import plain
from grading.engine.revision import ENGINE


def ids_of_gradings(db: Session) -> list[str]:
    """All gradings; what is no id at all is left to the comparison of rows."""
    column = Grading.__table__.columns["id"]
    rows = db.connection().execute(text("SELECT id FROM gradings ORDER BY id")).scalars()
    return [str(plain(column, raw, "")) for raw in rows]


def check_grading(
    service: Service, db: Session, grading_id: str, logged: dict[str, str] | None, earlier: EarlierGradings
) -> Iterator[Finding]:
    """The findings about a grading; one of another revision is counted among the earlier ones."""
    subject = f"grading:{grading_id}"
    if logged is None:
        yield Finding(subject, "日志中没有这次评级的记录。")
        logged = {}
    try:
        stored = db.get_one(Grading, UUID(grading_id))
        for name, is_ in (("inputs", stored.inputs), ("result", result_of(stored))):
            if name in logged and logged[name] != is_:
                yield Finding(subject, f"与日志中记下的不同（{name}）：评级被改动。")
        if _columns(db, stored) != _columns_of(json.loads(stored.document)):
            yield Finding(subject, "等级、单元或摘要与所存的评级内容不一致：被改动。")
        again = replayed(db, service.grader, stored)
    except (*UNREADABLE, Problem) as error:
        yield Finding(subject, f"不能重现：{_error_text(error)}")
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
    rulesets = {unit[0]: unit[2] for unit in units}
    inputs = inputs_digest(document["audit_digest"], rulesets, document["engine"], document["mode"])
    head = [document[name] for name in ("audit_digest", "engine", "mode", "grade", "attainable")]
    return [*head, inputs, units]


def check_rulesets(db: Session) -> Iterator[Finding]:
    """Rulesets are made again from today's files where these are the same: what is kept is looked at by itself."""
    for ruleset_digest in db.scalars(select(StoredRuleset.digest).order_by(StoredRuleset.digest)).all():
        try:
            stored_ruleset(db, ruleset_digest)
        except UNREADABLE as error:
            yield Finding(f"ruleset:{ruleset_digest}", f"所存的规则集与其校验值不符或读不出来：{_error_text(error)}")


def _error_text(error: Exception) -> str:
    return (
        error.detail
        if isinstance(error, Problem)
        else str(error).splitlines()[0]
        if str(error)
        else type(error).__name__
    )
