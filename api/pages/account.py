"""The own account: who one is, the password, the tokens of systems that act for one."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule
from api.context import GUARDED, Context, needs
from api.identity import second_factor, tokens
from api.identity.secrets import new_secret
from api.pages.form_data import Sent
from api.pages.render import page
from api.problems import Problem
from api.queries import users as queries
from api.services import users
from api.store import User
from reports.charts.qr import qr_code

router = APIRouter()
Owner = Annotated[Context, needs(Rule.OWN_ACCOUNT)]
CostlyOwner = Annotated[Context, needs(Rule.OWN_ACCOUNT, costly=True)]
DAYS = 90
"""The days for which a token is valid by default."""


@router.get("/account")
def show_account(request: Request, context: Owner) -> Response:
    """Everything on one page."""
    return _show(request, context)


@router.post("/account/password")
def change_password(request: Request, context: CostlyOwner, sent: Sent) -> Response:
    """Change the own password."""
    try:
        if sent.text("new") != sent.text("again"):
            raise Problem("not_the_same", "两次输入的新密码不一致。", status=422)
        users.change_own_password(context, sent.text("old"), sent.text("new"))
    except Problem as problem:
        context.undo(problem)
        return _show(request, context, problem.status, wrong_password=problem)
    return RedirectResponse("/account?changed=1", status_code=303)


@router.post("/account/sessions")
def end_session(context: Owner, sent: Sent) -> Response:
    """End one of the own sessions, or all but this one."""
    users.end_own_session(context, sent.key("session"))
    return RedirectResponse("/account#sessions", status_code=303)


@router.post("/account/second-factor")
def set_second_factor(request: Request, context: CostlyOwner, sent: Sent) -> Response:
    """Turn one-time codes on with a first code; the secret that was shown stays until one is right."""
    seed = sent.text("seed")
    try:
        users.set_second_factor(context, sent.text("password"), seed, sent.text("code"))
    except Problem as problem:
        context.undo(problem)
        return _show(request, context, problem.status, wrong_factor=problem, seed=seed)
    return RedirectResponse("/account#second-factor", status_code=303)


@router.post("/account/second-factor/removal")
def remove_second_factor(request: Request, context: CostlyOwner, sent: Sent) -> Response:
    """Turn one-time codes off."""
    try:
        users.remove_own_second_factor(context, sent.text("password"))
    except Problem as problem:
        context.undo(problem)
        return _show(request, context, problem.status, wrong_factor=problem)
    return RedirectResponse("/account#second-factor", status_code=303)


@router.post("/account/tokens")
def create_token(request: Request, context: Owner, sent: Sent) -> Response:
    """Make a token and show it, this once."""
    days = sent.text("days")
    try:
        number = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
        made = tokens.create(context.db, context.service.settings, sent.text("name"), number)
    except Problem as problem:
        context.undo(problem)
        return _show(request, context, problem.status, wrong_token=problem, name=sent.text("name"), days=days)
    ways: dict[str, Any] = {"back": "/account#tokens", "back_to": "返回我的账号", "what": "令牌"}
    about = f"{made.token.name}，在请求中以 Authorization: Bearer 给出"
    return page(request, context, "secret.html.j2", secret=made.secret, said="已建令牌", about=about, **ways)


@router.post("/account/tokens/{token_id}/revocation")
def revoke_token(token_id: UUID, context: Owner) -> Response:
    """Make a token worthless."""
    tokens.revoke(context.db, token_id)
    return RedirectResponse("/account#tokens", status_code=303)


def _show(
    request: Request,
    context: Context,
    status: int = 200,
    *,
    wrong_password: Problem | None = None,
    wrong_token: Problem | None = None,
    wrong_factor: Problem | None = None,
    seed: str = "",
    name: str = "",
    days: str = str(DAYS),
) -> Response:
    user, settings = context.find(User, context.actor.id), context.service.settings
    seed = seed if re.fullmatch(users.SEED, seed) else new_secret()
    address = second_factor.address_of(settings.key, user, seed)
    return page(
        request,
        context,
        "account.html.j2",
        status,
        user=user,
        scope=queries.scope_names(context.db, [user])[user.id],
        tokens=queries.tokens(context.db, user.id, None, 50)[0],
        sessions=queries.sessions(context.db, user.id),
        wrong_factor=wrong_factor,
        is_required=settings.second_factor_required and user.role in GUARDED,
        seed=seed,
        secret=second_factor.secret_of(settings.key, user, seed),
        qr=qr_code(address),
        now=context.at,
        most_days=context.service.settings.token_days,
        wrong_password=wrong_password,
        wrong_token=wrong_token,
        token_name=name,
        token_days=days,
        changed="changed" in request.query_params,
    )
