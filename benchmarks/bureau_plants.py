"""A service with a bureau's plants in it: each with a published audit and its grading, as if all had come the whole way.

The plants are variations of `KINDS` that `benchmarks.province` makes. Each kind is graded by the engine; a plant of it has
another name, code and county, which changes nothing in its grading but the digest of its audit.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import audit_log
from api.access import Actor, Via, actor_of
from api.grader import keep_ruleset
from api.service import Service
from api.services.replay import inputs_of, result_of
from api.services.users import create_user
from api.store import (
    Assignment,
    Audit,
    AuditKind,
    AuditRevision,
    AuditState,
    Base,
    Enterprise,
    GradedUnit,
    Grading,
    Role,
    Team,
    User,
)
from api.store.base import now
from benchmarks.province import COUNTIES, audits, plain
from grading import uscc
from grading.digest import audit_digest
from grading.model.audit import Audit as ReadAudit
from grading.model.base import Mode
from grading.model.result import Grading as Graded

RULESET = "national-2020/coking"
DRAFT = """\
id: xianyang-2027/coking
title: 焦化（咸阳 2027）
edition: {document: 咸阳市 2027 年收紧方案, section: 第1条, effective: 2020-06-29, superseded: null}
jurisdiction: "610400"
review: {status: draft, reviewer: null, on: null}
extends: national-2020/coking
indicators:
  - id: stack_pm_city
    dimension: emission_limits
    title: 焦炉烟囱颗粒物（咸阳）
    levels:
      A,B,C:
        require: {each: outlets, where: {fact: outlet_type, equals: oven_stack}, require: {fact: pm, at_most: 8}}
        text: 焦炉烟囱颗粒物小时均值不高于 8 mg/m³
    cite: {document: 咸阳市 2027 年收紧方案, clause: 第1条}
    basis: seen
    confidence: high
    decided_by: measurement
    remedy: {text: 更换覆膜滤料, weeks: [2, 8], cost_wan_cny: [50, 200], evidence: [自动监测小时数据]}
"""
"""A city's tightened edition: a tenth of the plants lose what they could attain."""
KINDS, AT_ONCE, PROVEN = 1_000, 1_000, 20
SINCE = date(2020, 1, 1)
STEPS = {"created": "author", "submitted": "author", "confirmed": "second", "published": "bureau"}
"""What is logged of an audit, and who did it."""
PASSWORD = "benchmark-only-9137"
PEOPLE: dict[str, dict[str, Any]] = {
    "author": {"role": Role.ASSESSOR},
    "second": {"role": Role.ASSESSOR},
    "bureau": {"role": Role.BUREAU, "area": "610400"},
    "other": {"role": Role.BUREAU, "area": "610400"},
}
"""Two assessors and two people of the bureau: one makes a batch, the other publishes it."""


@dataclass(frozen=True)
class Kind:
    """A plant that others are like, and its grading: without its trace, which stands in `document`, the grading as JSON."""

    said: dict[str, Any]
    audit: ReadAudit
    graded: Graded
    document: str


@dataclass(frozen=True)
class Plant:
    """An enterprise's name, code, permit and county; its audit as JSON; its grading, and that as JSON."""

    named: dict[str, Any]
    content: str
    graded: Graded
    document: str


def fill(service: Service, ruleset_id: str, count: int, different: int = KINDS) -> None:
    """Put the people and so many plants into an empty service, so many of them different in more than their head."""
    with service.database.writing() as db:
        team = Team(name="评审组")
        db.add(team)
        db.flush()
        for login, said in PEOPLE.items():
            of_team = {"team_id": team.id} if said["role"] is Role.ASSESSOR else {}
            create_user(db, login=login, name=login, password=PASSWORD, **said, **of_team)
        team_id = team.id
    actors = people(service)
    kinds = list(_kinds(service, ruleset_id, min(different, count)))
    with service.database.writing() as db:
        keep_ruleset(db, service.grader.library.ruleset(ruleset_id), kinds[0].graded.units[0].ruleset_digest)
    plants = _plants(service, kinds, count)
    while some := list(islice(plants, AT_ONCE)):
        with service.database.writing() as db:
            _write(db, some, actors, team_id)


def people(service: Service) -> dict[str, Actor]:
    """Who acts, by login."""
    with service.database.reading() as db:
        return {user.login: actor_of(user, Via.COMMAND) for user in db.scalars(select(User))}


def _kinds(service: Service, ruleset_id: str, count: int) -> Iterator[Kind]:
    grader = service.grader
    for made in audits(grader.library, ruleset_id, count):
        said = orjson.loads(orjson.dumps(made, default=plain))
        audit = grader.read(orjson.dumps(said))
        graded = grader.grade(audit)
        document = orjson.dumps(graded.as_json()).decode()
        units = tuple(replace(unit, trace=(), conditions={}, fired={}, values={}) for unit in graded.units)
        yield Kind(said, audit, replace(graded, units=units), document)


def _plants(service: Service, kinds: list[Kind], count: int) -> Iterator[Plant]:
    """The plants; of the first ones it is proven that the engine says the same."""
    for number in range(count):
        kind = kinds[number % len(kinds)]
        head = {"uscc": code(number), "permit": f"{code(number)}001V", "county": COUNTIES[number % len(COUNTIES)]}
        named = {"name": f"企业{number:06}", **head}
        content = json.dumps({**kind.said, "enterprise": kind.said["enterprise"] | named}, ensure_ascii=False)
        audit = kind.audit.model_copy(update={"enterprise": kind.audit.enterprise.model_copy(update=named)})
        graded = replace(kind.graded, digest_audit=partial(audit_digest, audit))
        plant = Plant(named, content, graded, kind.document.replace(kind.graded.audit_digest, graded.audit_digest))
        if number < PROVEN:
            again = service.grader.grade(service.grader.read(content))
            assert orjson.dumps(again.as_json()).decode() == plant.document, named
        yield plant


def _write(db: Session, plants: list[Plant], actors: dict[str, Actor], team_id: UUID) -> None:
    """The rows that the workflow writes, and what it logs."""
    entries: dict[str, list[audit_log.About]] = {step: [] for step in STEPS}
    author, bureau, at = actors["author"].id, actors["bureau"].id, now()
    rows: list[tuple[Base, ...]] = []
    published: list[tuple[Audit, UUID]] = []
    for plant in plants:
        graded = plant.graded
        enterprise = Enterprise(**plant.named)
        audit = Audit(
            enterprise_id=enterprise.id,
            kind=AuditKind.EXPERT,
            author_id=author,
            state=AuditState.PUBLISHED,
            version=len(STEPS),
            assessed_on=date.fromisoformat(orjson.loads(plant.content)["assessed_on"]),
            submitted_at=at,
            submitted_by=author,
            confirmed_by=actors["second"].id,
            confirmed_at=at,
            published_by=bureau,
            published_at=at,
        )
        revision = AuditRevision(
            audit_id=audit.id,
            number=1,
            content=plant.content,
            author_id=author,
            frozen=True,
            audit_digest=graded.audit_digest,
        )
        grading = Grading(
            audit_id=audit.id,
            revision_id=revision.id,
            audit_digest=graded.audit_digest,
            engine=graded.engine,
            mode=Mode.OFFICIAL,
            inputs=inputs_of(graded),
            grade=graded.outcome.grade,
            attainable=graded.outcome.attainable,
            document=plant.document,
            made_by=author,
        )
        (unit,) = graded.units
        graded_unit = GradedUnit(
            grading_id=grading.id,
            position=0,
            unit=unit.id,
            ruleset_id=unit.ruleset,
            ruleset_digest=unit.ruleset_digest,
            grade=unit.outcome.grade,
            attainable=unit.outcome.attainable,
        )
        assignment = Assignment(team_id=team_id, enterprise_id=enterprise.id, since=SINCE)
        rows.append((enterprise, assignment, audit, revision, grading, graded_unit))
        published.append((audit, grading.id))
        told = {"grading": str(grading.id), "inputs": grading.inputs, "result": result_of(grading)}
        for step, listed in entries.items():
            said = {"created": {}, "submitted": {"audit_digest": graded.audit_digest} | told}.get(step, told)
            listed.append(audit_log.About(audit.id, enterprise.id, said))
    for same in zip(*rows, strict=True):
        db.add_all(same)
        db.flush()
    for audit, grading_id in published:
        audit.published_grading_id = grading_id
    db.flush()
    for step, by in STEPS.items():
        audit_log.append_many(db, f"audit.{step}", actors[by], entries[step])


def code(number: int) -> str:
    """A social credit code whose check character is right."""
    body = f"91610404MA{number:07d}"
    return body + uscc.check_character(body)
