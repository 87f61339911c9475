"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import Context, cookie_name, needs, public
from api.identity import csrf, oidc, sessions
from api.metrics import SIGN_INS
from api.pages.form_data import Sent
from api.pages.render import page
from api.problems import Problem, not_found
from api.service import Service
from api.services import provider_sign_in

router = APIRouter()
RETURN = "/sign-in/provider/return"
ATTEMPT = "grading-provider"
"""The cookie of an attempt to sign in at the provider."""


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
    return _with_cookie(made, service, cookie_name(service), signed_in.cookie, service.settings.session_hours * 3600)


@router.get("/sign-in/provider")
def go_to_provider(request: Request, service: Annotated[Service, public()], next: str = "/") -> Response:
    """Go to the organisation's identity provider."""
    _require_provider(service)
    onward = _own(next)
    try:
        address, cookie = oidc.begin(service.settings, _return_address(request, service), onward)
    except Problem as problem:
        return _form(request, service, problem.status, next=onward, login="", said=problem.detail)
    made = RedirectResponse(address, status_code=303)
    return _with_cookie(made, service, ATTEMPT, cookie, oidc.ATTEMPT_SECONDS, RETURN)


@router.get(RETURN)
def return_from_provider(
    request: Request,
    service: Annotated[Service, public()],
    code: str = "",
    state: str = "",
    error: str = "",
) -> Response:
    """Open a session for whom the provider vouches, and go where they wanted to go."""
    _require_provider(service)
    settings, onward = service.settings, "/"
    try:
        attempt = oidc.attempt_of(settings, request.cookies.get(ATTEMPT), state)
        onward = attempt.onward
        if error or not code:
            raise Problem("provider_refused", "统一身份认证没有通过，请重试，或用密码登录。", status=401)
        identity = oidc.identity_of(settings, attempt, code, _return_address(request, service))
        agent = request.headers.get("user-agent")
        signed_in = provider_sign_in.sign_in(service.database, settings, identity, agent=agent)
    except Problem as problem:
        SIGN_INS.labels(problem.code).inc()
        refused = _form(request, service, problem.status, next=onward, login="", said=problem.detail)
        refused.delete_cookie(ATTEMPT, path=RETURN)
        return refused
    SIGN_INS.labels("ok").inc()
    made = RedirectResponse(onward, status_code=303)
    made.delete_cookie(ATTEMPT, path=RETURN)
    return _with_cookie(made, service, cookie_name(service), signed_in.cookie, settings.session_hours * 3600)


@router.get("/session")
def show_session(request: Request, context: Annotated[Context, needs(Rule.OWN_ACCOUNT)]) -> Response:
    """The browser's session and the token of its pages, for a page that was opened under an earlier session."""
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


def _require_provider(service: Service) -> None:
    if service.settings.oidc_issuer is None:
        raise not_found()


def _return_address(request: Request, service: Service) -> str:
    return (service.settings.public_url or str(request.base_url).rstrip("/")) + RETURN


def _with_cookie(
    response: Response, service: Service, name: str, value: str, seconds: int, path: str = "/"
) -> Response:
    secure = (service.settings.public_url or "").startswith("https://")
    response.set_cookie(name, value, max_age=seconds, path=path, secure=secure, httponly=True, samesite="lax")
    return response


def _own(target: str) -> str:
    """The path to go to next: one of ours, never another site."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"


def _form(request: Request, service: Service, status: int = 200, **values: str | None) -> Response:
    settings = service.settings
    provider = settings.oidc_name if settings.oidc_issuer else None
    return page(
        request, None, "sign_in.html.j2", status, is_list_public=settings.public_list, provider=provider, **values
    )
