"""Enterprises that may be registered twice: suggested in pairs, seen side by side, merged with a reason."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, needs
from api.pages.form_data import Sent
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.services.doubles.merge import merge, obstacle, side_of
from api.services.doubles.suggestions import suggestions
from api.services.enterprises import enterprise_of, no_enterprise
from api.services.former_names import KIND_NAMES, former_names
from api.services.operating_states import STATE_NAMES
from api.store import Enterprise

router = APIRouter()
Keeper = Annotated[Context, needs(Rule.KEEP_ENTERPRISES)]


@router.get("/doubles")
def show_doubles(request: Request, context: Keeper, one: str = "", other: str = "") -> Response:
    """The pairs that may be one enterprise; with two credit codes, those two side by side."""
    if one.strip() or other.strip():
        found, errors = [], []
        for place, code in (("one", one), ("other", other)):
            enterprise = enterprise_of(context.db, code.strip())
            if enterprise is None:
                errors.append(ErrorAt(place, no_enterprise(code.strip())))
            else:
                found.append(enterprise)
        if not errors:
            return _compare(request, context, *found)
        refused = Problem("invalid_request", "没有找到要对照的企业。", status=422, errors=errors)
        return _list(request, context, refused, one, other)
    return _list(request, context)


@router.post("/enterprises/{enterprise_id}/doubles")
def merge_double(enterprise_id: UUID, request: Request, context: Keeper, sent: Sent) -> Response:
    """Merge a double into an enterprise; a refusal is told on the page that shows both, where what was typed stays."""
    double_id = sent.key("double")
    if double_id is None:
        raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422)
    try:
        merge(context, double_id, enterprise_id, sent.text("reasons"))
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        context.undo(problem)
        pair = context.find(Enterprise, double_id), context.find(Enterprise, enterprise_id)
        return _compare(request, context, *pair, refused=problem, typed=sent.text("reasons"))
    return RedirectResponse(f"/enterprises/{enterprise_id}/register", status_code=303)


def _list(
    request: Request, context: Context, refused: Problem | None = None, one: str = "", other: str = ""
) -> Response:
    return page(
        request,
        context,
        "doubles.html.j2",
        refused.status if refused else 200,
        pairs=suggestions(context),
        refused=refused,
        one=one,
        other=other,
    )


def _compare(
    request: Request,
    context: Context,
    first: Enterprise,
    second: Enterprise,
    *,
    refused: Problem | None = None,
    typed: str = "",
) -> Response:
    def view(enterprise: Enterprise, other: Enterprise) -> dict[str, Any]:
        return {
            "side": side_of(context, enterprise.id),
            "former": former_names(context.db, enterprise.id),
            "obstacle": obstacle(context, enterprise.id, other.id),
        }

    return page(
        request,
        context,
        "doubles_compare.html.j2",
        refused.status if refused else 200,
        views=(view(first, second), view(second, first)),
        refused=refused,
        typed=typed,
        state_names=STATE_NAMES,
        kind_names=KIND_NAMES,
    )
