"""The selection of a batch, made once: from then on it is about these audits, with the gradings that are in force now."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from api.access import area_bounds
from api.services.regrading.batch_waivers import NONE, keep
from api.store import (
    Audit,
    AuditKind,
    AuditOutcome,
    AuditState,
    Batch,
    BatchAudit,
    BatchChunk,
    BatchPhase,
    BatchRuleset,
    BatchState,
    Enterprise,
    GradedUnit,
    Grading,
    Site,
    StoredRuleset,
)
from api.store.base import now
from api.store.batches import DraftRuleset
from grading import calendar
from grading.ruleset_id import edition_of, industry_of

_COUNTY = func.coalesce(Site.county, Enterprise.county)
"""The county that an audit is about, as `workflow.county_of` has it."""


def make_selection(db: Session, batch: Batch, chunk: int) -> None:
    """Select the audits of a batch, `chunk` of them to a chunk of the first pass; does nothing the second time."""
    if batch.state is not BatchState.WAITING:
        return
    place = func.row_number().over(order_by=Audit.id) - 1
    found = (
        select(
            literal(batch.id, BatchAudit.batch_id.type),
            Audit.id,
            Audit.enterprise_id,
            _COUNTY,
            Grading.revision_id,
            Grading.id,
            place // chunk,
            literal(AuditOutcome.WAITING, BatchAudit.outcome.type),
            literal("[]"),
            literal(False),
            literal(NONE),
        )
        .join(Enterprise, Enterprise.id == Audit.enterprise_id)
        .outerjoin(Site, Site.id == Audit.site_id)
        .join(Grading, Grading.id == Audit.published_grading_id)
    )
    c = BatchAudit
    columns = [c.batch_id, c.audit_id, c.enterprise_id, c.county, c.revision_id, c.before_id, c.chunk, c.outcome]
    db.execute(
        insert(BatchAudit).from_select([*columns, c.problems, c.checked, c.waivers], _selected(db, batch, found))
    )
    batch.selected_at = now()
    keep(db, batch, calendar.day_of(batch.selected_at))
    sizes = select(BatchAudit.chunk, func.count()).where(BatchAudit.batch_id == batch.id).group_by(BatchAudit.chunk)
    for number, audits in db.execute(sizes).all():
        db.add(BatchChunk(batch_id=batch.id, phase=BatchPhase.COLUMNS, number=number, audits=audits))
    batch.state = BatchState.ASSESSING


def is_regraded(batch: Batch, industries: set[str], unit: GradedUnit) -> bool:
    """True when a batch is about a unit of an audit that it selected."""
    return industry_of(unit.ruleset_id) in industries and batch.edition in (None, edition_of(unit.ruleset_id))


def _selected(db: Session, batch: Batch, found: Select[Any]) -> Select[Any]:
    """Restrict a query of audits, enterprises, sites and gradings in force to what a batch is about."""
    low, high = area_bounds(batch.within)
    found = found.where(
        Audit.state == AuditState.PUBLISHED,
        Audit.kind == AuditKind.EXPERT,
        # Not by the place of the site: a bureau grades again what it sees (`access/enterprise_filters.py`).
        Enterprise.county.between(low, high),
    )
    if batch.since is not None:
        found = found.where(Audit.assessed_on >= batch.since)
    if batch.until is not None:
        found = found.where(Audit.assessed_on <= batch.until)
    return found.where(or_(*[_has_unit(batch, rule, db) for rule in rulesets_of(db, batch)]))


def _has_unit(batch: Batch, rule: BatchRuleset, db: Session) -> ColumnElement[bool]:
    """True when an audit has a unit of a ruleset's industry, and its plant lies where that ruleset is in force."""
    named = GradedUnit.ruleset_id.endswith(f"/{rule.industry}", autoescape=True)
    if batch.edition is not None:
        named = GradedUnit.ruleset_id == f"{batch.edition}/{rule.industry}"
    low, high = area_bounds(_jurisdiction(db, rule.digest))
    there = exists().where(GradedUnit.grading_id == Grading.id, named)
    return and_(_COUNTY.between(low, high), there)


def rulesets_of(db: Session, batch: Batch) -> list[BatchRuleset]:
    """The rulesets of a batch, by industry."""
    rules = select(BatchRuleset).where(BatchRuleset.batch_id == batch.id).order_by(BatchRuleset.industry)
    return list(db.scalars(rules))


def _jurisdiction(db: Session, digest: str) -> str:
    jurisdiction = db.scalar(select(StoredRuleset.jurisdiction).where(StoredRuleset.digest == digest))
    if jurisdiction is None:
        jurisdiction = db.scalars(select(DraftRuleset.jurisdiction).where(DraftRuleset.digest == digest).limit(1)).one()
    return jurisdiction
