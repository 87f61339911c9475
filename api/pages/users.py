"""The administrator's pages of users: found, made, changed, shut out, given a new password; their tokens."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import Rule, require
from api.context import Context, needs
from api.identity import passwords, tokens
from api.pages.form_data import Posted, Sent
from api.pages.render import page
from api.problems import ErrorAt, Problem
from api.queries import users as queries
from api.services import users
from api.services.enterprises import enterprise_of, no_enterprise
from api.store import Enterprise, Role, Token, User

router = APIRouter()
Keeper = Annotated[Context, needs(Rule.KEEP_USERS)]
AT_ONCE = 50


@dataclass(frozen=True)
class _Filled:
    """Contents of a user's form: what was typed, or what is stored."""

    login: str = ""
    name: str = ""
    role: str = Role.ASSESSOR.value
    team_id: str = ""
    uscc: str = ""
    area: str = ""
    may_review: bool = False
    version: int = 0


@router.get("/users")
def list_users(
    request: Request, context: Keeper, q: str = "", role: str = "", active: str = "", cursor: str = ""
) -> Response:
    """Everybody, filtered, the newest first; with the form for a new user."""
    return _list(request, context, q=q.strip()[:100], role=role, active=active, cursor=cursor)


@router.post("/users")
def create_user(request: Request, context: Keeper, sent: Sent) -> Response:
    """Make a user and show the password, this once."""
    filled = _sent(sent)
    password = passwords.generated()
    try:
        made = users.add_user(
            context, login=filled.login.strip().lower(), password=password, **_arguments(context, filled)
        )
    except Problem as problem:
        context.undo(problem)
        return _list(request, context, problem.status, filled=filled, refused=problem)
    return _secret(request, context, made, password, "已建用户")


@router.get("/users/{user_id}")
def show_user(user_id: UUID, request: Request, context: Keeper) -> Response:
    """One user."""
    return _show(request, context, context.find(User, user_id))


@router.post("/users/{user_id}")
def change_user(user_id: UUID, request: Request, context: Keeper, sent: Sent) -> Response:
    """Change name, role and scope."""
    filled = _sent(sent)
    try:
        users.change_user(context, user_id, version=sent.version, **_arguments(context, filled))
    except Problem as problem:
        if problem.status == 404:
            raise
        context.undo(problem)
        return _show(request, context, context.find(User, user_id), problem.status, filled=filled, refused=problem)
    return RedirectResponse(f"/users/{user_id}?changed=1", status_code=303)


@router.post("/users/{user_id}/active")
def set_active(user_id: UUID, context: Keeper, sent: Sent) -> Response:
    """Shut out or let in."""
    users.set_active(context, user_id, sent.text("active") == "yes")
    return RedirectResponse(f"/users/{user_id}", status_code=303)


@router.post("/users/{user_id}/password")
def reset_password(user_id: UUID, request: Request, context: Keeper) -> Response:
    """A new password, shown this once."""
    password = users.reset_password(context, user_id)
    return _secret(request, context, context.find(User, user_id), password, "已重置密码")


@router.post("/users/{user_id}/second-factor/removal")
def remove_second_factor(user_id: UUID, context: Keeper) -> Response:
    """Turn the one-time codes of somebody off who has lost the phone."""
    users.remove_second_factor(context, user_id)
    return RedirectResponse(f"/users/{user_id}", status_code=303)


@router.post("/users/{user_id}/provider/removal")
def remove_provider(user_id: UUID, context: Keeper) -> Response:
    """Forget who somebody is at the identity provider: whoever has the account there next is bound anew."""
    users.remove_provider(context, user_id)
    return RedirectResponse(f"/users/{user_id}", status_code=303)


@router.post("/users/{user_id}/tokens/{token_id}/revocation")
def revoke_token(user_id: UUID, token_id: UUID, context: Keeper) -> Response:
    """Make somebody's token worthless."""
    tokens.revoke(context.db, token_id)
    return RedirectResponse(f"/users/{user_id}#tokens", status_code=303)


def _list(
    request: Request,
    context: Context,
    status: int = 200,
    *,
    q: str = "",
    role: str = "",
    active: str = "",
    cursor: str = "",
    filled: _Filled | None = None,
    refused: Problem | None = None,
) -> Response:
    wanted_role = Role(role) if role in list(Role) else None
    wanted_active = {"yes": True, "no": False}.get(active)
    listed, after = queries.users(context.db, wanted_role, wanted_active, _key(cursor), AT_ONCE, q)
    more = {"q": q, "role": role, "active": active, "cursor": str(after)}
    return page(
        request,
        context,
        "users.html.j2",
        status,
        listed=listed,
        scopes=queries.scope_names(context.db, listed),
        wanted={"q": q, "role": role, "active": active},
        more=urlencode(more) if after else "",
        teams=queries.teams(context.db),
        filled=filled or _Filled(),
        refused=refused,
        errors=_by_place(refused),
    )


def _show(
    request: Request,
    context: Context,
    user: User,
    status: int = 200,
    *,
    filled: _Filled | None = None,
    refused: Problem | None = None,
) -> Response:
    if filled is None:
        enterprise = context.find(Enterprise, user.enterprise_id) if user.enterprise_id else None
        filled = _Filled(
            login=user.login,
            name=user.name,
            role=user.role.value,
            team_id=str(user.team_id or ""),
            uscc=enterprise.uscc if enterprise else "",
            area=user.area or "",
            may_review=user.may_review,
            version=user.version,
        )
    listed: list[Token] = queries.tokens(context.db, user.id, None, AT_ONCE)[0]
    return page(
        request,
        context,
        "user.html.j2",
        status,
        user=user,
        scope=queries.scope_names(context.db, [user])[user.id],
        teams=queries.teams(context.db),
        filled=filled,
        refused=refused,
        errors=_by_place(refused),
        tokens=listed,
        now=context.at,
        changed="changed" in request.query_params,
    )


def _secret(request: Request, context: Context, user: User, password: str, event: str) -> Response:
    about = f"{user.name}（{user.login}）"
    ways: dict[str, Any] = {"back": f"/users/{user.id}", "back_to": "查看这名用户", "what": "密码"}
    return page(request, context, "secret.html.j2", secret=password, said=event, about=about, **ways)


def _sent(sent: Posted) -> _Filled:
    return _Filled(
        login=sent.text("login"),
        name=sent.text("name"),
        role=sent.text("role"),
        team_id=sent.text("team_id"),
        uscc=sent.text("uscc").strip().upper(),
        area=sent.text("area").strip(),
        may_review=sent.text("may_review") == "yes",
        version=sent.version if sent.text("version") else 0,
    )


def _arguments(context: Context, filled: _Filled) -> dict[str, Any]:
    """The form's values as the domain takes them: of the scopes the one that belongs to the role. Raises Problem (422)."""
    require(context.db, Rule.KEEP_USERS)
    try:
        role = Role(filled.role)
    except ValueError:
        raise Problem("invalid_user", "请选择角色。", status=422, errors=[ErrorAt("role", "请选择角色。")]) from None
    fields: dict[str, Any] = {"name": filled.name, "role": role}
    if role is Role.ASSESSOR:
        fields["team_id"] = _key(filled.team_id)
    elif role is Role.ENTERPRISE and filled.uscc:
        enterprise = enterprise_of(context.db, filled.uscc)
        if enterprise is None:
            message = no_enterprise(filled.uscc)
            raise Problem("invalid_user", message, status=422, errors=[ErrorAt("enterprise_id", message)])
        fields["enterprise_id"] = enterprise.id
    elif role is Role.BUREAU:
        fields |= {"area": filled.area or None, "may_review": filled.may_review}
    return fields


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _by_place(refused: Problem | None) -> dict[str, str]:
    return {error.place: error.message for error in refused.errors} if refused is not None else {}
