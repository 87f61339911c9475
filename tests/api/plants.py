"""Plants by the dozen for the tests' world, each with a published audit: variations of the examples, graded by the engine."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from api.grader import keep_ruleset
from api.services.replay import inputs_of
from api.store import Audit, AuditKind, AuditRevision, AuditState, Enterprise, GradedUnit, Grading
from api.store.base import now
from grading import uscc
from grading.model.base import Mode
from tests.api.world import FOUNDRY, TYRE, World

HEAD = """\
id: xianyang-2026/rubber
title: 橡胶制品制造（咸阳 2026）
edition: {document: 咸阳市 2026 年方案, section: 第1条, effective: 2023-01-01, superseded: null}
jurisdiction: "610400"
review: {status: draft, reviewer: null, on: null}
extends: national-2020/rubber
"""
TIGHTER = (
    HEAD
    + """\
indicators:
  - id: staff_on_site
    dimension: management
    title: 专职环保人员（咸阳）
    levels:
      A,B,C: {require: {fact: env_staff, equals: dedicated}, text: 须有专职环保人员}
    cite: {document: 咸阳市 2026 年方案, clause: 第1条}
    basis: seen
    confidence: high
    decided_by: record
    remedy: {text: 配备专职环保人员, weeks: [1, 4], cost_wan_cny: [5, 15], evidence: [任命文件]}
"""
)
"""An edition that asks for full-time staff at every level."""


def code(number: int) -> str:
    """A credit code for a number."""
    body = f"91610404MA{number:07d}"
    return body + uscc.check_character(body)


def tyre(number: int, **shared: Any) -> dict[str, Any]:
    """The tyre works under another name, with other facts of the enterprise."""
    said: dict[str, Any] = json.loads(TYRE.read_text(encoding="utf-8"))
    head = said["enterprise"]
    head |= {"name": f"轮胎厂{number}", "uscc": code(number)}
    head.pop("permit", None)
    head["facts"] |= shared
    return said


def mixed(number: int, **shared: Any) -> dict[str, Any]:
    """A plant with a tyre line and a foundry."""
    said, foundry = tyre(number, **shared), json.loads(FOUNDRY.read_text(encoding="utf-8"))
    said["units"].append(foundry["units"][0])
    return said


def varied(count: int) -> list[dict[str, Any]]:
    """So many plants: one in three has no full-time staff, one in seven has a foundry as well."""
    made = []
    for number in range(count):
        staff = {"env_staff": "part_time" if number % 3 == 0 else "dedicated"}
        made.append(mixed(number, **staff) if number % 7 == 6 else tyre(number, **staff))
    return made


def publish_plants(world: World, plants: list[dict[str, Any]]) -> list[UUID]:
    """Put plants in force as if their audits had come all the way; the ids of the audits."""
    with world.service.database.writing() as db:
        return [_publish(db, world, said) for said in plants]


def _publish(db: Session, world: World, said: dict[str, Any]) -> UUID:
    grader, author, bureau = world.service.grader, world.users["wang"], world.users["city"]
    content = json.dumps(said, ensure_ascii=False)
    graded = grader.grade(grader.read(content))
    for unit in graded.units:
        keep_ruleset(db, grader.library.ruleset(unit.ruleset), unit.ruleset_digest)
    head = said["enterprise"]
    enterprise = Enterprise(name=head["name"], uscc=head["uscc"], county=head["county"])
    db.add(enterprise)
    db.flush()
    audit = Audit(
        enterprise_id=enterprise.id,
        kind=AuditKind.EXPERT,
        author_id=author,
        state=AuditState.PUBLISHED,
        assessed_on=date.fromisoformat(said["assessed_on"]),
        submitted_at=now(),
        submitted_by=author,
        published_by=bureau,
        published_at=now(),
    )
    db.add(audit)
    db.flush()
    revision = AuditRevision(
        audit_id=audit.id,
        number=1,
        content=content,
        author_id=author,
        frozen=True,
        audit_digest=graded.audit_digest,
    )
    db.add(revision)
    db.flush()
    grading = Grading(
        audit_id=audit.id,
        revision_id=revision.id,
        audit_digest=graded.audit_digest,
        engine=graded.engine,
        mode=Mode.OFFICIAL,
        inputs=inputs_of(graded),
        grade=graded.outcome.grade,
        attainable=graded.outcome.attainable,
        document=orjson.dumps(graded.as_json()).decode(),
        made_by=author,
    )
    db.add(grading)
    db.flush()
    audit.published_grading_id = grading.id
    for position, unit in enumerate(graded.units):
        row = GradedUnit(
            grading_id=grading.id,
            position=position,
            unit=unit.id,
            ruleset_id=unit.ruleset,
            ruleset_digest=unit.ruleset_digest,
            grade=unit.outcome.grade,
            attainable=unit.outcome.attainable,
        )
        db.add(row)
    db.flush()
    return audit.id
