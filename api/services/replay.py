"""Stored gradings: as they are told, with who reviewed their rulesets, and made again from what is stored."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

import orjson
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from api.access import scope_cached
from api.context import Context, find
from api.grader import Grader
from api.problems import invalid_audit
from api.services.granted_waivers import as_read, content_with
from api.store import AuditRevision, EditionProposal, FigureReview, GradedUnit, Grading, SignOff, Verdict
from grading import calendar
from grading.digest import digest
from grading.engine.grade import Engine
from grading.intake import AuditError, check_audit, parse_json
from grading.language.load import Library
from grading.model import audit as domain
from grading.model.result import Grading as Graded
from grading.vocabulary import JURISDICTION

DRAFT_NOTICE = "draft_ruleset"
_SIGN_OFFS_OF = scope_cached(select(SignOff).where(SignOff.ruleset_digest.in_(bindparam("digests", expanding=True))))
_SIGN_OFFS = scope_cached(
    select(SignOff).where(
        SignOff.ruleset_digest.in_(
            select(GradedUnit.ruleset_digest).where(GradedUnit.grading_id == bindparam("grading"))
        )
    )
)


_CONFIRMED = scope_cached(
    select(EditionProposal.signed_digest, FigureReview.reviewer_name, FigureReview.place)
    .join(FigureReview, FigureReview.proposal_id == EditionProposal.id)
    .where(
        EditionProposal.signed_digest.in_(bindparam("digests", expanding=True)),
        FigureReview.verdict == Verdict.CONFIRMED,
    )
    .order_by(FigureReview.reviewer_name, FigureReview.place)
)


@dataclass(frozen=True)
class Review:
    """The sign-off of an edition: reviewer and moment; `figures`: who confirmed which figures, by place."""

    reviewer: str
    at: datetime
    statement: str | None
    figures: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Likeness(Enum):
    """The comparison of two gradings of the same inputs by different engines."""

    SAME = auto()
    SAME_GRADES = auto()
    OTHER_GRADES = auto()


@dataclass(frozen=True)
class Replayed:
    """A stored grading made again with the rulesets of its day: what explanation, gaps and reports need.

    `same` says whether the result is the stored one to the letter; it may differ only under another revision of the engine,
    whose name it bears: `likeness` leaves that out.
    """

    stored: Grading
    audit: domain.Audit
    grading: Graded
    engine: Engine
    same: bool
    likeness: Likeness


def result_of(stored: Grading) -> str:
    """The digest of a grading's document as it is kept; the log tells it when the grading is made."""
    return result_digest(stored.document)


def result_digest(document: str) -> str:
    """The digest of a document that a grading is or will be."""
    return f"sha256:{hashlib.sha256(document.encode()).hexdigest()}"


def reviews_of(db: Session, digests: Iterable[str]) -> dict[str, Review]:
    """The sign-offs of rulesets, by digest."""
    return _with_figures(db, db.scalars(_SIGN_OFFS_OF, {"digests": list(set(digests))}))


def _with_figures(db: Session, found: Iterable[SignOff]) -> dict[str, Review]:
    signed = list(found)
    if not signed:
        return {}
    places: dict[str, dict[str, list[str]]] = {}
    rows = db.execute(_CONFIRMED, {"digests": [one.ruleset_digest for one in signed]})
    for its_digest, name, place in rows:
        places.setdefault(its_digest or "", {}).setdefault(name, []).append(place)
    return {
        s.ruleset_digest: Review(
            s.reviewer_name,
            s.at,
            s.statement,
            tuple((name, tuple(listed)) for name, listed in places.get(s.ruleset_digest, {}).items()),
        )
        for s in signed
    }


def document(stored: Grading, reviews: Mapping[str, Review]) -> dict[str, Any]:
    """The grading as JSON; each unit says by whom its ruleset was reviewed (`review`, `reviewed_by`, `reviewed_on`)."""
    document: dict[str, Any] = orjson.loads(stored.document)
    for unit in document["units"]:
        review = reviews.get(unit["ruleset_digest"])
        if review is not None:
            unit["review"] = "reviewed"
            unit["reviewed_by"] = review.reviewer
            unit["reviewed_on"] = calendar.day_of(review.at).isoformat()
            unit["signatures"] = [{"by": name, "figures": list(places)} for name, places in review.figures]
            unit["notices"] = [notice for notice in unit["notices"] if notice != DRAFT_NOTICE]
    return document


def reviews_for(db: Session, stored: Grading) -> dict[str, Review]:
    """The sign-offs of the rulesets that a grading was made with, by digest."""
    return _with_figures(db, db.scalars(_SIGN_OFFS, {"grading": stored.id}))


def replay(context: Context, stored: Grading) -> Replayed:
    """Make a stored grading again, from the stored revision and rulesets.

    Raises LookupError or ValueError when a ruleset of it isn't there whole, Problem when its audit can't be read.
    """
    return replayed(context.db, context.service.grader, stored)


def replayed(db: Session, grader: Grader, stored: Grading) -> Replayed:
    """The same where nobody asks: for what looks at the whole store."""
    rows = db.scalars(select(GradedUnit).where(GradedUnit.grading_id == stored.id)).all()
    engine = grader.of_digests(db, {row.ruleset_id: row.ruleset_digest for row in rows})
    content = find(db, AuditRevision, stored.revision_id).content
    try:
        named = {row.unit: row.ruleset_id for row in rows}
        audit = read_as(content_with(content, stored.waivers), named, engine.library, stored.audit_digest)
    except AuditError as error:
        raise invalid_audit(error) from None
    graded = grader.grade(audit, stored.mode, engine)
    was, is_ = comparable(json.loads(stored.document)), comparable(orjson.loads(orjson.dumps(graded.as_json())))
    return Replayed(stored, audit, graded, engine, was == is_, _likeness(was, is_))


def _likeness(was: dict[str, Any], is_: dict[str, Any]) -> Likeness:
    if {**was, "engine": ""} == {**is_, "engine": ""}:
        return Likeness.SAME
    return Likeness.SAME_GRADES if _grades(was) == _grades(is_) else Likeness.OTHER_GRADES


def _grades(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The grades of the enterprise and of each unit."""
    return [(one.get("id", ""), one["grade"], one["attainable"]) for one in (document, *document["units"])]


def read_as(
    content: str, rulesets: Mapping[str, str], library: Library, audit_digest: str | None = None
) -> domain.Audit:
    """A revision as it was graded: each unit (by its id) under the ruleset given, which may be another than it names.

    `audit_digest`: of the audit as it was read then, which tells whether its texts were mended.

    Raises AuditError.
    """
    raw = parse_json(content)
    for unit in raw["units"]:
        unit["ruleset"] = rulesets.get(unit["id"], rulesets.get(as_read(unit["id"]), unit.get("ruleset")))
    try:
        audit = check_audit(raw, library, as_recorded=True)
    except AuditError:
        # What was taken before texts were mended may be refused now.
        return check_audit(raw, library, as_recorded=True, verbatim=True)
    if audit_digest is None or digest(audit) == audit_digest:
        return audit
    verbatim = check_audit(raw, library, as_recorded=True, verbatim=True)
    return verbatim if digest(verbatim) == audit_digest else audit


def inputs_of(graded: Graded) -> str:
    """The digest of everything that a grading follows from."""
    rulesets = {unit.id: unit.ruleset_digest for unit in graded.units}
    return inputs_digest(graded.audit_digest, rulesets, graded.engine, graded.mode.value)


def inputs_digest(audit_digest: str, rulesets: Mapping[str, str], engine: str, mode: str) -> str:
    """The digest of an audit, the ruleset of each of its units (digests by unit), an engine and a mode."""
    return digest({"audit": audit_digest, "rulesets": dict(rulesets), "engine": engine, "mode": mode})


def comparable(document: dict[str, Any]) -> dict[str, Any]:
    """A grading's JSON without what doesn't follow from its inputs: whether the edition was reviewed by then.

    Nor with what earlier versions did not yet say: that the plant lies outside of the edition's jurisdiction.
    """
    units = [
        {key: value for key, value in unit.items() if key != "review"}
        | {"notices": [notice for notice in unit["notices"] if notice != DRAFT_NOTICE and notice not in JURISDICTION]}
        for unit in document["units"]
    ]
    return {**document, "units": units}
