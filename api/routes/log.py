"""The log: read, verified."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.access import Rule
from api.context import Context, needs
from api.queries import log as queries
from api.routes.responses import (
    Limit,
    resource,
)
from api.schemas.base import Page
from api.schemas.log import LogEntryOut, VerifiedOut
from grading.model.base import Day

router = resource("log")
Head = Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="A head that was noted earlier, elsewhere.")]


@router.get("/log", summary="The log, the newest entries first")
def list_log(
    context: Annotated[Context, needs(Rule.READ_LOG)],
    audit_id: Annotated[UUID | None, Query(description="About this audit.")] = None,
    enterprise_id: Annotated[UUID | None, Query(description="About this enterprise.")] = None,
    action: Annotated[
        str | None,
        Query(max_length=64, pattern=r"^[a-z_.]+$", description="What happened.", examples=["audit.submitted"]),
    ] = None,
    actor_id: Annotated[UUID | None, Query(description="Done by this user.")] = None,
    since: Annotated[Day | None, Query(description="From this day on, as days are in China.")] = None,
    until: Annotated[Day | None, Query(description="Until this day, inclusive.")] = None,
    cursor: Annotated[int | None, Query(ge=1, le=2**53, description="`next` of the page before.")] = None,
    limit: Limit = 50,
) -> Page[LogEntryOut]:
    """Entries about the audits in scope; an administrator sees everything."""
    filters = queries.Filter(audit_id, enterprise_id, action, actor_id, since, until)
    items, after = queries.entries(context, filters, cursor, limit)
    return Page(items=items, next=None if after is None else str(after))


@router.get("/log/verification", summary="Verify the whole log")
def verify_log(
    context: Annotated[Context, needs(Rule.OPERATE, costly=True)], expected_head: Head = None
) -> VerifiedOut:
    """Finds every entry that was edited, removed or put elsewhere, and every row and trigger that is not as the log says."""
    return queries.verified(context, expected_head)
