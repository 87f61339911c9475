"""Batches: ordered as a dry run, followed, published by a second person, taken back; and the drafts that they try out."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api import drafts
from api.access import Rule
from api.batches import holding, ordering, publication
from api.batches.progress import counts_of, progress_of
from api.batches.states import actions
from api.desk import Desk, needs
from api.queries import batches as queries
from api.routes.declare import (
    ACCEPTED,
    CREATED,
    VERSIONED,
    Cursor,
    IfMatch,
    Limit,
    answer,
    refusals,
    resource,
    version_in,
)
from api.routes.idempotency import OnceOnly
from api.shapes.audits import ReasonsIn
from api.shapes.base import Area, Page
from api.shapes.batches import (
    BatchAuditOut,
    BatchDetailOut,
    BatchIn,
    BatchOut,
    DraftBrief,
    DraftIn,
    DraftOut,
    ListedUnitOut,
    Name,
)
from api.store import Batch, BatchState, DraftRuleset

router = resource("batches")
Reader = Annotated[Desk, needs(Rule.READ_BATCHES)]
Maker = Annotated[Desk, needs(Rule.MAKE_BATCHES)]
Publisher = Annotated[Desk, needs(Rule.PUBLISH_BATCHES)]
Grade = Annotated[str | None, Query(max_length=32, pattern=r"^[A-Za-z][A-Za-z0-9_+-]*$")]
STEP = VERSIONED | refusals(409)
UNIT_CURSOR = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:[0-9]{1,6}$"


@router.get("/ruleset-drafts", summary="Editions that were uploaded as drafts")
def list_drafts(desk: Reader) -> list[DraftBrief]:
    """The newest first."""
    return [DraftBrief.model_validate(row) for row in queries.drafts(desk)]


@router.post(
    "/ruleset-drafts",
    status_code=201,
    summary="Upload an edition as a draft",
    response_model=DraftOut,
    responses=CREATED,
)
def create_draft(
    body: DraftIn, once: OnceOnly, desk: Annotated[Desk, needs(Rule.MAKE_BATCHES, costly=True)]
) -> Response:
    """Checked as `grading ruleset check` does; every error comes with its line (`findings`). It is never changed afterwards."""

    def act() -> Response:
        made = drafts.upload(desk, body.text.encode())
        return answer(DraftOut.told(made), status=201, location=f"/v1/ruleset-drafts/{made.id}")

    return once.answer(desk, body, act)


@router.get("/ruleset-drafts/{draft_id}", summary="A draft of an edition")
def get_draft(draft_id: UUID, desk: Reader) -> DraftOut:
    """With its text."""
    return DraftOut.told(desk.find(DraftRuleset, draft_id))


@router.get("/batches", summary="Batches, the newest first")
def list_batches(
    desk: Reader,
    state: Annotated[BatchState | None, Query(description="Only those in this state.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[BatchOut]:
    """Those of your area and of the areas in it."""
    items, after = queries.batches(desk, state, cursor, limit)
    listed = [BatchOut.model_validate(item) for item in items]
    return Page(items=listed, next=None if after is None else str(after))


@router.post(
    "/batches",
    status_code=202,
    summary="Order a dry run",
    response_model=BatchDetailOut,
    responses=ACCEPTED | refusals(404),
)
def create_batch(body: BatchIn, once: OnceOnly, desk: Maker) -> Response:
    """Grades what is in force again, in the background; nothing in force changes before somebody else publishes the batch."""

    def act() -> Response:
        made = ordering.order(
            desk, body.name, body.selection, against=body.against, draft_id=body.draft_id, mode=body.mode
        )
        return answer(_told(desk, made), status=202, location=f"/v1/batches/{made.id}")

    return once.answer(desk, body, act)


@router.get(
    "/batches/{batch_id}", summary="A batch and how far it is", response_model=BatchDetailOut, responses=VERSIONED
)
def get_batch(batch_id: UUID, desk: Reader) -> Response:
    """Poll it while it is `waiting`, `assessing` or `concluding`."""
    found = desk.find(Batch, batch_id)
    return answer(_told(desk, found), tag=found.version)


@router.get("/batches/{batch_id}/units", summary="The units of a batch with their grades before and after")
def list_batch_units(
    batch_id: UUID,
    desk: Reader,
    changed: Annotated[bool | None, Query(description="Only those that change, or that don't.")] = None,
    before: Grade = None,
    after: Grade = None,
    county: Annotated[Area | None, Query(description="Of this county.")] = None,
    industry: Annotated[Name | None, Query(description="Of this industry.")] = None,
    cursor: Annotated[str | None, Query(pattern=UNIT_CURSOR, description="`next` of the page before.")] = None,
    limit: Limit = 50,
) -> Page[ListedUnitOut]:
    """As far as the first pass has come."""
    wanted = queries.UnitsWanted(changed, before, after, county, industry)
    place = None if cursor is None else (UUID(cursor.partition(":")[0]), int(cursor.partition(":")[2]))
    items, last = queries.units(desk, batch_id, wanted, place, limit)
    listed = [ListedUnitOut.told(unit, name) for unit, name in items]
    return Page(items=listed, next=None if last is None else f"{last[0]}:{last[1]}")


@router.get("/batches/{batch_id}/audits/{audit_id}", summary="What a batch found of an audit")
def get_batch_audit(batch_id: UUID, audit_id: UUID, desk: Reader) -> BatchAuditOut:
    """Of a changed one with the new grading and its trace."""
    return BatchAuditOut.told(*queries.audit(desk, batch_id, audit_id))


@router.post("/batches/{batch_id}/hold", summary="Pause a batch", response_model=BatchDetailOut, responses=STEP)
def hold_batch(batch_id: UUID, once: OnceOnly, desk: Maker, if_match: IfMatch = None) -> Response:
    """What is being done is finished, nothing new is begun."""
    return once.answer(desk, None, lambda: _step(desk, ordering.hold, batch_id, if_match))


@router.post(
    "/batches/{batch_id}/going-on", summary="Go on with a batch", response_model=BatchDetailOut, responses=STEP
)
def go_on_with_batch(batch_id: UUID, once: OnceOnly, desk: Maker, if_match: IfMatch = None) -> Response:
    """Where it was paused."""
    return once.answer(desk, None, lambda: _step(desk, ordering.go_on, batch_id, if_match))


@router.post(
    "/batches/{batch_id}/cancellation", summary="Give a batch up", response_model=BatchDetailOut, responses=STEP
)
def cancel_batch(batch_id: UUID, once: OnceOnly, desk: Maker, if_match: IfMatch = None) -> Response:
    """What was computed is forgotten."""
    return once.answer(desk, None, lambda: _step(desk, ordering.cancel, batch_id, if_match))


@router.post("/batches/{batch_id}/renewal", summary="Begin a batch anew", response_model=BatchDetailOut, responses=STEP)
def renew_batch(batch_id: UUID, once: OnceOnly, desk: Maker, if_match: IfMatch = None) -> Response:
    """The same selection, as the audits are now."""
    return once.answer(desk, None, lambda: _step(desk, ordering.renew, batch_id, if_match))


@router.post(
    "/batches/{batch_id}/publication", summary="Publish a batch", response_model=BatchDetailOut, responses=STEP
)
def publish_batch(batch_id: UUID, once: OnceOnly, desk: Publisher, if_match: IfMatch = None) -> Response:
    """Every changed grading is in force at once, or none. Not by who made the batch.

    Audits whose new grade is not decided are held back, unless each was released before.
    """
    return once.answer(desk, None, lambda: _step(desk, publication.publish, batch_id, if_match))


@router.post(
    "/batches/{batch_id}/audits/{audit_id}/release",
    summary="Have an audit published though its new grade is not decided",
    response_model=BatchDetailOut,
    responses=STEP,
)
def release_audit(
    batch_id: UUID, audit_id: UUID, body: ReasonsIn, once: OnceOnly, desk: Publisher, if_match: IfMatch = None
) -> Response:
    """With reasons, which stay with the published grading. Not by who made the batch."""

    def act() -> Response:
        found = holding.release(desk, batch_id, audit_id, body.reasons, version_in(if_match))
        return answer(_told(desk, found), tag=found.version)

    return once.answer(desk, body, act)


@router.post(
    "/batches/{batch_id}/taking-back", summary="Take a batch back", response_model=BatchDetailOut, responses=STEP
)
def take_batch_back(
    batch_id: UUID, body: ReasonsIn, once: OnceOnly, desk: Publisher, if_match: IfMatch = None
) -> Response:
    """The gradings that were in force before are so again."""

    def act() -> Response:
        found = publication.take_back(desk, batch_id, body.reasons, version_in(if_match))
        return answer(_told(desk, found), tag=found.version)

    return once.answer(desk, body, act)


def _step(
    desk: Desk, step: Callable[[Desk, UUID, int | None], Batch], batch_id: UUID, if_match: str | None
) -> Response:
    found = step(desk, batch_id, version_in(if_match))
    return answer(_told(desk, found), tag=found.version)


def _told(desk: Desk, batch: Batch) -> BatchDetailOut:
    return BatchDetailOut.told(batch, progress_of(desk.db, batch), counts_of(desk.db, batch), actions(desk, batch))
