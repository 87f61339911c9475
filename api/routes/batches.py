"""Batches: ordered as a dry run, followed, published by a second person, taken back; and the drafts that they try out."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.queries import batches as queries
from api.routes.idempotency import OnceOnly
from api.routes.responses import (
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
from api.schemas.audits import ReasonsIn
from api.schemas.base import Area, Page
from api.schemas.batches import (
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
from api.services import draft_rulesets
from api.services.regrading import holding, lifecycle, publication
from api.services.regrading.progress import counts_of, progress_of
from api.services.regrading.states import actions
from api.store import Batch, BatchState, DraftRuleset

router = resource("batches")
Reader = Annotated[Context, needs(Rule.READ_BATCHES)]
Maker = Annotated[Context, needs(Rule.MAKE_BATCHES)]
Publisher = Annotated[Context, needs(Rule.PUBLISH_BATCHES)]
Grade = Annotated[str | None, Query(max_length=32, pattern=r"^[A-Za-z][A-Za-z0-9_+-]*$")]
STEP = VERSIONED | refusals(409)
UNIT_CURSOR = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:[0-9]{1,6}$"


@router.get("/ruleset-drafts", summary="Editions that were uploaded as drafts")
def list_drafts(context: Reader) -> list[DraftBrief]:
    """The newest first."""
    return [DraftBrief.model_validate(row) for row in queries.drafts(context)]


@router.post(
    "/ruleset-drafts",
    status_code=201,
    summary="Upload an edition as a draft",
    response_model=DraftOut,
    responses=CREATED,
)
def create_draft(
    body: DraftIn, once: OnceOnly, context: Annotated[Context, needs(Rule.MAKE_BATCHES, costly=True)]
) -> Response:
    """Checked as `grading ruleset check` does; every error comes with its line (`findings`). It is never changed afterwards."""

    def act() -> Response:
        made = draft_rulesets.upload(context, body.text.encode())
        return answer(DraftOut.of(made), status=201, location=f"/v1/ruleset-drafts/{made.id}")

    return once.answer(context, body, act)


@router.get("/ruleset-drafts/{draft_id}", summary="A draft of an edition")
def get_draft(draft_id: UUID, context: Reader) -> DraftOut:
    """With its text."""
    return DraftOut.of(context.find(DraftRuleset, draft_id))


@router.get("/batches", summary="Batches, the newest first")
def list_batches(
    context: Reader,
    state: Annotated[BatchState | None, Query(description="Only those in this state.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[BatchOut]:
    """Those of your area and of the areas in it."""
    items, after = queries.batches(context, state, cursor, limit)
    listed = [BatchOut.model_validate(item) for item in items]
    return Page(items=listed, next=None if after is None else str(after))


@router.post(
    "/batches",
    status_code=202,
    summary="Order a dry run",
    response_model=BatchDetailOut,
    responses=ACCEPTED | refusals(404),
)
def create_batch(body: BatchIn, once: OnceOnly, context: Maker) -> Response:
    """Grades what is in force again, in the background; nothing in force changes before somebody else publishes the batch."""

    def act() -> Response:
        made = lifecycle.order(
            context, body.name, body.selection, against=body.against, draft_id=body.draft_id, mode=body.mode
        )
        return answer(_to_schema(context, made), status=202, location=f"/v1/batches/{made.id}")

    return once.answer(context, body, act)


@router.get(
    "/batches/{batch_id}", summary="A batch and how far it is", response_model=BatchDetailOut, responses=VERSIONED
)
def get_batch(batch_id: UUID, context: Reader) -> Response:
    """Poll it while it is `waiting`, `assessing` or `concluding`."""
    found = context.find(Batch, batch_id)
    return answer(_to_schema(context, found), tag=found.version)


@router.get("/batches/{batch_id}/units", summary="The units of a batch with their grades before and after")
def list_batch_units(
    batch_id: UUID,
    context: Reader,
    changed: Annotated[bool | None, Query(description="Only those that change, or that don't.")] = None,
    before: Grade = None,
    after: Grade = None,
    county: Annotated[Area | None, Query(description="Of this county.")] = None,
    industry: Annotated[Name | None, Query(description="Of this industry.")] = None,
    cursor: Annotated[str | None, Query(pattern=UNIT_CURSOR, description="`next` of the page before.")] = None,
    limit: Limit = 50,
) -> Page[ListedUnitOut]:
    """As far as the first pass has come."""
    filters = queries.UnitFilter(changed, before, after, county, industry)
    place = None if cursor is None else (UUID(cursor.partition(":")[0]), int(cursor.partition(":")[2]))
    items, last = queries.units(context, batch_id, filters, place, limit)
    listed = [ListedUnitOut.of(unit, name) for unit, name in items]
    return Page(items=listed, next=None if last is None else f"{last[0]}:{last[1]}")


@router.get("/batches/{batch_id}/audits/{audit_id}", summary="What a batch found of an audit")
def get_batch_audit(batch_id: UUID, audit_id: UUID, context: Reader) -> BatchAuditOut:
    """Of a changed one with the new grading and its trace."""
    return BatchAuditOut.of(*queries.audit(context, batch_id, audit_id))


@router.post("/batches/{batch_id}/hold", summary="Pause a batch", response_model=BatchDetailOut, responses=STEP)
def hold_batch(batch_id: UUID, once: OnceOnly, context: Maker, if_match: IfMatch = None) -> Response:
    """Finish the chunks under way and begin no new ones."""
    return once.answer(context, None, lambda: _step(context, lifecycle.hold, batch_id, if_match))


@router.post(
    "/batches/{batch_id}/going-on", summary="Go on with a batch", response_model=BatchDetailOut, responses=STEP
)
def go_on_with_batch(batch_id: UUID, once: OnceOnly, context: Maker, if_match: IfMatch = None) -> Response:
    """Go on where the batch was paused."""
    return once.answer(context, None, lambda: _step(context, lifecycle.go_on, batch_id, if_match))


@router.post(
    "/batches/{batch_id}/cancellation", summary="Give a batch up", response_model=BatchDetailOut, responses=STEP
)
def cancel_batch(batch_id: UUID, once: OnceOnly, context: Maker, if_match: IfMatch = None) -> Response:
    """Discard what was computed."""
    return once.answer(context, None, lambda: _step(context, lifecycle.cancel, batch_id, if_match))


@router.post("/batches/{batch_id}/renewal", summary="Begin a batch anew", response_model=BatchDetailOut, responses=STEP)
def renew_batch(batch_id: UUID, once: OnceOnly, context: Maker, if_match: IfMatch = None) -> Response:
    """The same selection, as the audits are now."""
    return once.answer(context, None, lambda: _step(context, lifecycle.renew, batch_id, if_match))


@router.post(
    "/batches/{batch_id}/publication", summary="Publish a batch", response_model=BatchDetailOut, responses=STEP
)
def publish_batch(batch_id: UUID, once: OnceOnly, context: Publisher, if_match: IfMatch = None) -> Response:
    """Every changed grading is in force at once, or none. Not by who made the batch.

    Audits whose new grade is not decided are held back, unless each was released before.
    """
    return once.answer(context, None, lambda: _step(context, publication.publish, batch_id, if_match))


@router.post(
    "/batches/{batch_id}/audits/{audit_id}/release",
    summary="Have an audit published though its new grade is not decided",
    response_model=BatchDetailOut,
    responses=STEP,
)
def release_audit(
    batch_id: UUID, audit_id: UUID, body: ReasonsIn, once: OnceOnly, context: Publisher, if_match: IfMatch = None
) -> Response:
    """With reasons, which stay with the published grading. Not by who made the batch."""

    def act() -> Response:
        found = holding.release(context, batch_id, audit_id, body.reasons, version_in(if_match))
        return answer(_to_schema(context, found), tag=found.version)

    return once.answer(context, body, act)


@router.post(
    "/batches/{batch_id}/taking-back", summary="Take a batch back", response_model=BatchDetailOut, responses=STEP
)
def take_batch_back(
    batch_id: UUID, body: ReasonsIn, once: OnceOnly, context: Publisher, if_match: IfMatch = None
) -> Response:
    """The gradings that were in force before are so again."""

    def act() -> Response:
        found = publication.take_back(context, batch_id, body.reasons, version_in(if_match))
        return answer(_to_schema(context, found), tag=found.version)

    return once.answer(context, body, act)


def _step(
    context: Context, step: Callable[[Context, UUID, int | None], Batch], batch_id: UUID, if_match: str | None
) -> Response:
    found = step(context, batch_id, version_in(if_match))
    return answer(_to_schema(context, found), tag=found.version)


def _to_schema(context: Context, batch: Batch) -> BatchDetailOut:
    return BatchDetailOut.of(
        batch, progress_of(context.db, batch), counts_of(context.db, batch), actions(context, batch)
    )
