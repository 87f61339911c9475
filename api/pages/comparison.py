"""Two audits of an enterprise side by side: its own assessment and the experts', or one and the one before it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.pages.labels import level_labels
from api.pages.render import page
from api.services.comparison import compare_audits
from api.store import Audit, AuditKind, Enterprise

router = APIRouter()
KINDS = {AuditKind.SELF: "企业自评", AuditKind.EXPERT: "专家评审"}


@router.get("/audits/{audit_id}/comparison")
def show_comparison(
    audit_id: UUID,
    request: Request,
    context: Annotated[Context, needs(Rule.TRY_OUT, costly=True)],
    other: UUID | None = None,
) -> Response:
    """The audit beside another one, by default its counterpart of the other kind."""
    audit = context.find(Audit, audit_id)
    compared = compare_audits(context, audit, other)
    alike = compared.first.kind is compared.second.kind
    names = ("上次", "本次") if alike else tuple(KINDS[side.kind] for side in (compared.first, compared.second))
    return page(
        request,
        context,
        "comparison.html.j2",
        audit=audit,
        enterprise=context.find(Enterprise, audit.enterprise_id),
        compared=compared,
        alike=alike,
        names=names,
        labels=level_labels(context),
    )
