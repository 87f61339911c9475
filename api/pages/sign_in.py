"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, cookie_name, needs, public
from api.identity import csrf, sessions
from api.metrics import SIGN_INS
from api.pages.form_data import Sent
from api.pages.render import page
from api.problems import Problem
from api.service import Service

router = APIRouter()


@router.get("/sign-in")
def show_sign_in(request: Request, service: Annotated[Service, public()], next: str = "/") -> Response:
    """The form."""
    return _form(request, service, next=_own(next), login="", said=None)


@router.post("/sign-in")
def sign_in(request: Request, service: Annotated[Service, public()], sent: Sent) -> Response:
    """Open a session and go where one wanted to go."""
    address = request.client.host if request.client else ""
    login, onward = sent.text("login"), _own(sent.text("next"))
    try:
        signed_in = sessions.sign_in(
            service.database,
            service.settings,
            login,
            sent.text("password"),
            address,
            code=sent.text("code"),
            agent=request.headers.get("user-agent"),
        )
    except Problem as problem:
        SIGN_INS.labels(problem.code).inc()
        if "hx-request" in request.headers:
            raise
        return _form(request, service, problem.status, next=onward, login=login, said=problem.detail)
    SIGN_INS.labels("ok").inc()
    # A page that is open signs in again in place, and stays.
    inside = "hx-request" in request.headers
    made: Response = Response(status_code=204) if inside else RedirectResponse(onward, status_code=303)
    made.set_cookie(
        cookie_name(service),
        signed_in.cookie,
        max_age=service.settings.session_hours * 3600,
        path="/",
        secure=(service.settings.public_url or "").startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    return made


@router.get("/session")
def show_session(request: Request, context: Annotated[Context, needs(Rule.OWN_ACCOUNT)]) -> Response:
    """Whose session the browser has, and the token that its pages carry: for a page that was opened under an earlier one."""
    cookie = request.cookies.get(cookie_name(context.service)) or ""
    token = csrf.token_for(context.service.settings, cookie)
    return Response(status_code=204, headers={"X-Actor": str(context.actor.id), "X-CSRF-Token": token})


@router.post("/sign-out")
def sign_out(request: Request, service: Annotated[Service, public()]) -> Response:
    """End the session, if there still is one."""
    name = cookie_name(service)
    cookie = request.cookies.get(name)
    if cookie:
        sessions.sign_out(service.database, service.settings, cookie)
    made = RedirectResponse("/sign-in", status_code=303)
    made.delete_cookie(name, path="/")
    return made


def _own(target: str) -> str:
    """The path to go to next: one of ours, never another site."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"


def _form(request: Request, service: Service, status: int = 200, **values: str | None) -> Response:
    return page(request, None, "sign_in.html.j2", status, is_list_public=service.settings.public_list, **values)
