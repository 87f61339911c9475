"""Stored gradings: as they are told, with who reviewed their rulesets, and made again from what is stored."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.desk import Desk, find
from api.store import AuditRevision, GradedUnit, Grading, SignOff
from grading.engine.grade import Engine
from grading.model import audit as domain
from grading.model.result import Grading as Graded

DRAFT_NOTICE = "draft_ruleset"


@dataclass(frozen=True)
class Review:
    """Who signed an edition off, and when."""

    reviewer: str
    at: datetime
    statement: str | None


@dataclass(frozen=True)
class Replayed:
    """A stored grading made again with the rulesets of its day: what explanation, gaps and reports need.

    `same` says whether the result is the stored one to the letter; it may differ only under another engine version.
    """

    stored: Grading
    audit: domain.Audit
    grading: Graded
    engine: Engine
    same: bool


def reviews_of(db: Session, digests: Iterable[str]) -> dict[str, Review]:
    """The sign-offs of rulesets, by digest."""
    found = db.scalars(select(SignOff).where(SignOff.ruleset_digest.in_(set(digests))))
    return {s.ruleset_digest: Review(s.reviewer_name, s.at, s.statement) for s in found}


def document(db: Session, stored: Grading) -> dict[str, Any]:
    """The grading as JSON; each unit says by whom its ruleset was reviewed (`review`, `reviewed_by`, `reviewed_on`)."""
    told: dict[str, Any] = orjson.loads(stored.document)
    reviews = reviews_of(db, (unit["ruleset_digest"] for unit in told["units"]))
    for unit in told["units"]:
        review = reviews.get(unit["ruleset_digest"])
        if review is not None:
            unit["review"] = "reviewed"
            unit["reviewed_by"] = review.reviewer
            unit["reviewed_on"] = review.at.date().isoformat()
            unit["notices"] = [notice for notice in unit["notices"] if notice != DRAFT_NOTICE]
    return told


def replay(desk: Desk, stored: Grading) -> Replayed:
    """Make a stored grading again, from the stored revision and rulesets.

    Raises LookupError or ValueError when a ruleset of it isn't there whole, Problem when its audit can't be read.
    """
    rows = select(GradedUnit.ruleset_id, GradedUnit.ruleset_digest).where(GradedUnit.grading_id == stored.id)
    digests = {row.ruleset_id: row.ruleset_digest for row in desk.db.execute(rows)}
    grader = desk.service.grader
    engine = grader.of_digests(desk.db, digests)
    audit = grader.read(find(desk.db, AuditRevision, stored.revision_id).content, engine)
    graded = grader.grade(audit, stored.mode, engine)
    made = orjson.loads(orjson.dumps(graded.as_json()))
    return Replayed(stored, audit, graded, engine, comparable(json.loads(stored.document)) == comparable(made))


def comparable(told: dict[str, Any]) -> dict[str, Any]:
    """A grading's JSON without what doesn't follow from its inputs: whether the edition was reviewed by then."""
    units = [
        {key: value for key, value in unit.items() if key != "review"}
        | {"notices": [notice for notice in unit["notices"] if notice != DRAFT_NOTICE]}
        for unit in told["units"]
    ]
    return {**told, "units": units}
