"""Enterprises that may be registered twice, and their merging."""

from typing import Annotated
from uuid import UUID

from fastapi.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.queries import enterprises as queries
from api.routes.idempotency import OnceOnly
from api.routes.responses import answer, refusals, resource
from api.schemas.enterprises import DoublePairOut, EnterpriseOut, MergerIn
from api.services.doubles.merge import merge
from api.services.doubles.suggestions import suggestions

router = resource("enterprises")
Keeper = Annotated[Context, needs(Rule.KEEP_ENTERPRISES)]


@router.get("/enterprise-doubles", summary="Enterprises that may be registered twice")
def list_doubles(context: Keeper) -> list[DoublePairOut]:
    """Pairs with the same organisation in the credit code, the same permit, or near-equal names in one county."""
    return [
        DoublePairOut(
            first=queries.enterprise(context.db, pair.first),
            second=queries.enterprise(context.db, pair.second),
            reasons=list(pair.reasons),
        )
        for pair in suggestions(context)
    ]


@router.post(
    "/enterprises/{enterprise_id}/doubles",
    summary="Merge a double into an enterprise",
    response_model=EnterpriseOut,
    responses=refusals(404, 409, 422),
)
def merge_double(enterprise_id: UUID, body: MergerIn, once: OnceOnly, context: Keeper) -> Response:
    """All of the double is the enterprise's from then on; its names and codes are former ones, its page leads here.

    409 `not_mergeable` where a published grade would be lost, or where one was merged before.
    """

    def act() -> Response:
        into = merge(context, body.double_id, enterprise_id, body.reasons)
        return answer(queries.enterprise(context.db, into), tag=into.version)

    return once.answer(context, body, act)
