"""The history of an enterprise in the register: operating states with proof, former names and codes."""

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.pages.form_data import Posted, Sent
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.queries.enterprises import sites, units
from api.services import former_names, operating_states
from api.services.operating_states import STATE_NAMES
from api.services.users import names_of
from api.store import Enterprise, EnterpriseMerger, NamedBy, OperatingStateKind
from grading import calendar

router = APIRouter()
E = TypeVar("E", OperatingStateKind, NamedBy)
Reader = Annotated[Context, needs(Rule.READ)]
Keeper = Annotated[Context, needs(Rule.KEEP_ENTERPRISES)]


@router.get("/enterprises/{enterprise_id}/register")
def show_register_entry(enterprise_id: UUID, request: Request, context: Reader) -> Response:
    """Its states and former names; where it was merged, those of the other."""
    merged = context.db.get(EnterpriseMerger, enterprise_id)
    if merged is not None:
        return RedirectResponse(f"/enterprises/{merged.into_id}/register", status_code=303)
    return _show(request, context, enterprise_id)


@router.post("/enterprises/{enterprise_id}/states")
def record_state(enterprise_id: UUID, request: Request, context: Keeper, sent: Sent) -> Response:
    """Record a state of the enterprise or of a unit."""

    def act() -> None:
        state, since = _choice(OperatingStateKind, sent.text("state"), "state"), sent.day("since")
        if since is None:
            raise _invalid("since", "请填写起始日。")
        operating_states.record(
            context,
            enterprise_id,
            state,
            since,
            unit_id=sent.key("unit_id"),
            document=sent.text("proof"),
            reason=sent.text("reasons"),
        )

    return _do(request, context, enterprise_id, sent, act)


@router.post("/enterprises/{enterprise_id}/former-names")
def add_former_name(enterprise_id: UUID, request: Request, context: Keeper, sent: Sent) -> Response:
    """Tell what the enterprise was known by before."""

    def act() -> None:
        kind, until = _choice(NamedBy, sent.text("named_by"), "named_by"), sent.day("until")
        if until is None:
            raise _invalid("until", "请填写停用日。")
        former_names.add(context, enterprise_id, kind, sent.text("value"), until)

    return _do(request, context, enterprise_id, sent, act)


def _do(request: Request, context: Context, enterprise_id: UUID, sent: Posted, act: Callable[[], None]) -> Response:
    """Take a step and show the page; a refusal is told there, where what was typed stays."""
    try:
        act()
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        context.undo(problem)
        return _show(request, context, enterprise_id, problem, sent)
    return RedirectResponse(f"/enterprises/{enterprise_id}/register", status_code=303)


def _show(
    request: Request,
    context: Context,
    enterprise_id: UUID,
    refused: Problem | None = None,
    sent: Posted | None = None,
) -> Response:
    states = operating_states.all_of(context.db, enterprise_id)
    former = former_names.former_names(context.db, enterprise_id)
    listed = units(context.db, enterprise_id)
    return page(
        request,
        context,
        "enterprise_register.html.j2",
        refused.status if refused else 200,
        enterprise=context.find(Enterprise, enterprise_id),
        states=states,
        former=former,
        units=listed,
        sites=sites(context.db, enterprise_id),
        unit_codes={unit.id: unit.code for unit in listed},
        people=names_of(context.db, [*(row.recorded_by for row in states), *(row.recorded_by for row in former)]),
        state_names=STATE_NAMES,
        kind_names=former_names.KIND_NAMES,
        may_keep=context.actor.role in MAY[Rule.KEEP_ENTERPRISES],
        today=calendar.day_of(context.at).isoformat(),
        refused=refused,
        typed=sent.text if sent is not None else lambda _: "",
    )


def _choice(kind: type[E], text: str, place: str) -> E:
    with suppress(ValueError):
        return kind(text)
    raise _invalid(place, "请选择一项。")


def _invalid(place: str, message: str) -> Problem:
    return Problem("invalid_request", message, status=422, errors=[ErrorAt(place, message)])
