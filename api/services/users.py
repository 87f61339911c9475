"""Users and teams: made, changed, shut out."""

import re
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from api import audit_log
from api.access import Actor, Rule, require, unscoped
from api.context import Context
from api.identity import passwords, second_factor
from api.problems import ErrorAt, Problem, not_found
from api.store import Enterprise, Role, SignInSession, Team, Token, User
from api.store.base import now
from grading.regions import is_place

_NAMES = select(User.id, User.name).where(User.id.in_(bindparam("ids", expanding=True)))
EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
SEED = r"[A-Za-z0-9_-]{20,64}"
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


def names_of(db: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """The names of people by id, for display beside what they did; no more than the name is told of anybody."""
    user_ids = {id_ for id_ in ids if id_ is not None}
    if not user_ids:
        return {}
    with unscoped(db):
        return {row.id: row.name for row in db.execute(_NAMES, {"ids": list(user_ids)})}


def create_user(
    db: Session,
    *,
    login: str,
    name: str,
    role: Role,
    password: str,
    team_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    area: str | None = None,
    may_review: bool = False,
) -> User:
    """A user, not logged and not asked for permission: see `add_user`. Raises Problem (409, 422)."""
    login = login.strip().lower()
    _refuse(login, name, role, team_id, enterprise_id, area, may_review)
    with unscoped(db):
        if db.scalar(select(User.id).where(User.login == login)) is not None:
            raise Problem("login_taken", f"用户名“{login}”已被使用。", errors=[ErrorAt("login", "已被使用。")])
        _refuse_unknown(db, team_id, enterprise_id)
        user = User(
            login=login,
            name=name.strip(),
            role=role,
            password_hash=passwords.hashed(password, login),
            team_id=team_id,
            enterprise_id=enterprise_id,
            area=area,
            may_review=may_review,
        )
        db.add(user)
        db.flush()
    return user


def add_user(
    context: Context,
    *,
    login: str,
    name: str,
    role: Role,
    password: str,
    team_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    area: str | None = None,
    may_review: bool = False,
) -> User:
    """A user made by an administrator, and logged; raises Problem (403, 409, 422)."""
    actor = require(context.db, Rule.KEEP_USERS)
    user = create_user(
        context.db,
        login=login,
        name=name,
        role=role,
        password=password,
        team_id=team_id,
        enterprise_id=enterprise_id,
        area=area,
        may_review=may_review,
    )
    user.password_set_by = actor.id
    audit_log.append(context.db, "user.created", actor, subject=f"user:{user.id}", details={"role": role.value})
    return user


def change_user(
    context: Context,
    user_id: UUID,
    *,
    name: str,
    role: Role,
    team_id: UUID | None = None,
    enterprise_id: UUID | None = None,
    area: str | None = None,
    may_review: bool = False,
    version: int | None = None,
) -> User:
    """Another name, role or scope for a user, who sees and may do accordingly from the next request on; logged.

    Raises Problem (403, 404, 409 for the own role, 412 when somebody changed the user since `version`, 422).
    """
    actor = require(context.db, Rule.KEEP_USERS)
    user = _user(context.db, user_id)
    if version is not None and version != user.version:
        raise Problem("stale", "用户信息已被他人修改，请刷新后再操作。", status=412, more={"version": user.version})
    _refuse(user.login, name, role, team_id, enterprise_id, area, may_review)
    _refuse_unknown(context.db, team_id, enterprise_id)
    if user.id == actor.id and role is not user.role:
        raise Problem("not_oneself", "不能改变自己的角色。")
    fields = {
        "name": name.strip(),
        "role": role,
        "team_id": team_id,
        "enterprise_id": enterprise_id,
        "area": area,
        "may_review": may_review,
    }
    changed = sorted(field for field, value in fields.items() if getattr(user, field) != value)
    if changed:
        for field in changed:
            setattr(user, field, fields[field])
        user.version += 1
        # The log names no person: what the name was and is, is not in it.
        details = {"changed": changed, "role": role.value}
        audit_log.append(context.db, "user.changed", actor, subject=f"user:{user.id}", details=details)
    return user


def add_team(context: Context, name: str) -> Team:
    """An assessment team; raises Problem (403, 409, 422)."""
    actor = require(context.db, Rule.KEEP_USERS)
    name = name.strip()
    if not 1 <= len(name) <= 200:
        message = "请填写评审组名称（不超过 200 字）。"
        raise Problem("invalid_team", message, status=422, errors=[ErrorAt("name", message)])
    if context.db.scalar(select(Team.id).where(Team.name == name)) is not None:
        raise Problem("team_exists", f"评审组“{name}”已存在。", errors=[ErrorAt("name", "已存在。")])
    team = Team(name=name)
    context.db.add(team)
    audit_log.append(context.db, "team.created", actor, subject=f"team:{team.id}")
    return team


def set_active(context: Context, user_id: UUID, active: bool) -> User:
    """Shut a user out, at once and with all their sessions, or let them in again; raises Problem (403, 404, 409)."""
    actor = require(context.db, Rule.KEEP_USERS)
    user = _user(context.db, user_id)
    if user.id == actor.id and not active:
        raise Problem("not_oneself", "不能停用自己的账号。")
    put_active(context.db, actor, user, active)
    return user


def put_active(db: Session, actor: Actor | None, user: User, active: bool) -> None:
    """The same without asking for permission."""
    if user.active is not active:
        user.active = active
        user.version += 1
        action = "user.activated" if active else "user.deactivated"
        audit_log.append(db, action, actor, subject=f"user:{user.id}")
    if not active:
        end_sessions(db, user.id)


def reset_password(context: Context, user_id: UUID) -> str:
    """A new generated password for a user, whose sessions end; raises Problem (403, 404)."""
    actor = require(context.db, Rule.KEEP_USERS)
    password = passwords.generated()
    put_password(context.db, actor, _user(context.db, user_id), password)
    return password


def put_password(db: Session, actor: Actor | None, user: User, password: str) -> None:
    """The same with a password that is given, without asking for permission; raises Problem (422) for a weak one."""
    user.password_hash = passwords.hashed(password, user.login)
    user.password_set_by = None if actor is None else actor.id
    user.version += 1
    end_sessions(db, user.id)
    audit_log.append(db, "user.password_reset", actor, subject=f"user:{user.id}")


def change_own_password(context: Context, old: str, new: str) -> None:
    """The actor's own password; all other sessions end. Raises Problem (403 for a wrong old one, 422 for a weak new one)."""
    actor = require(context.db, Rule.OWN_ACCOUNT)
    user = _user(context.db, actor.id)
    if not passwords.matches(old, user.password_hash)[0]:
        raise Problem("wrong_password", "原密码不正确。", status=403, errors=[ErrorAt("old", "原密码不正确。")])
    if old == new:
        message = "新密码不能与原密码相同。"
        raise Problem("weak_password", message, status=422, errors=[ErrorAt("new", message)])
    user.password_hash, user.password_set_by = passwords.hashed(new, user.login), None
    user.version += 1
    end_sessions(context.db, user.id, but=actor.via_id)
    audit_log.append(context.db, "user.password_changed", actor, subject=f"user:{user.id}")


def end_own_session(context: Context, session_id: UUID | None) -> None:
    """End one of the actor's sessions, or (None) all but the present one; raises Problem (404)."""
    actor = require(context.db, Rule.OWN_ACCOUNT)
    mine = delete(SignInSession).where(SignInSession.user_id == actor.id)
    if session_id is None:
        context.db.execute(mine.where(SignInSession.id != actor.via_id))
    elif context.db.execute(mine.where(SignInSession.id == session_id)).rowcount == 0:  # type: ignore[attr-defined]
        raise not_found()
    audit_log.append(context.db, "user.sessions_ended", actor, subject=f"user:{actor.id}")


def set_second_factor(context: Context, password: str, seed: str, code: str) -> None:
    """Turn the actor's second factor on, once a code proves that an app has the secret of `seed`.

    Raises Problem (403 for a wrong password, 409 for a wrong code).
    """
    actor = require(context.db, Rule.OWN_ACCOUNT)
    user = _user(context.db, actor.id)
    _require_password(user, password)
    step = second_factor.step_of(context.service.settings.key, user, seed, code, context.at)
    if step is None or not re.fullmatch(SEED, seed):
        message = "动态验证码不正确，请核对手机时间后用新的验证码再试。"
        raise Problem("wrong_code", message, errors=[ErrorAt("code", message)])
    user.second_factor, user.second_factor_step = seed, step
    user.version += 1
    end_sessions(context.db, user.id, but=actor.via_id)
    audit_log.append(context.db, "user.second_factor_set", actor, subject=f"user:{user.id}")


def remove_own_second_factor(context: Context, password: str) -> None:
    """Turn the actor's second factor off; raises Problem (403 for a wrong password)."""
    actor = require(context.db, Rule.OWN_ACCOUNT)
    user = _user(context.db, actor.id)
    _require_password(user, password)
    _remove_second_factor(context.db, actor, user)


def remove_second_factor(context: Context, user_id: UUID) -> None:
    """Turn the second factor of a user off who has lost the phone, and end their sessions; raises Problem (403, 404)."""
    actor = require(context.db, Rule.KEEP_USERS)
    user = _user(context.db, user_id)
    _remove_second_factor(context.db, actor, user)
    end_sessions(context.db, user.id)


def _remove_second_factor(db: Session, actor: Actor, user: User) -> None:
    user.second_factor = user.second_factor_step = None
    user.version += 1
    audit_log.append(db, "user.second_factor_removed", actor, subject=f"user:{user.id}")


def remove_provider(context: Context, user_id: UUID) -> None:
    """Forget who a user is at the identity provider, and end their sessions; raises Problem (403, 404)."""
    actor = require(context.db, Rule.KEEP_USERS)
    user = _user(context.db, user_id)
    user.oidc_subject = None
    user.version += 1
    audit_log.append(context.db, "user.provider_unbound", actor, subject=f"user:{user.id}")
    end_sessions(context.db, user.id)


def _require_password(user: User, password: str) -> None:
    if not passwords.matches(password, user.password_hash)[0]:
        raise Problem("wrong_password", "密码不正确。", status=403, errors=[ErrorAt("password", "密码不正确。")])


def set_own_email(context: Context, email: str) -> None:
    """Set the address to which the actor's notices are mailed; empty: none. Raises Problem (422)."""
    actor = require(context.db, Rule.OWN_ACCOUNT)
    address = email.strip()
    if address and (len(address) > 254 or not re.fullmatch(EMAIL, address)):
        message = "应为 name@example.com 的格式。"
        raise Problem("invalid_email", f"邮箱{message}", status=422, errors=[ErrorAt("email", message)])
    user = _user(context.db, actor.id)
    if user.email != (address or None):
        user.email = address or None
        user.version += 1
        audit_log.append(context.db, "user.email_changed", actor, subject=f"user:{user.id}")


def end_sessions(db: Session, user_id: UUID, but: UUID | None = None) -> None:
    """End a user's sessions and, unless one is spared, revoke their tokens."""
    with unscoped(db):
        ended = delete(SignInSession).where(SignInSession.user_id == user_id)
        db.execute(ended if but is None else ended.where(SignInSession.id != but))
        if but is None:
            for token in db.scalars(select(Token).where(Token.user_id == user_id, Token.revoked_at.is_(None))):
                token.revoked_at = now()
            db.flush()


def _user(db: Session, user_id: UUID) -> User:
    user = db.scalar(select(User).where(User.id == user_id))
    if user is None:
        raise not_found()
    return user


def _refuse(
    login: str,
    name: str,
    role: Role,
    team_id: UUID | None,
    enterprise_id: UUID | None,
    area: str | None,
    may_review: bool,
) -> None:
    errors = _errors(login, name, role, team_id, enterprise_id, area, may_review)
    if errors:
        raise Problem("invalid_user", f"用户信息有 {len(errors)} 处问题。", status=422, errors=errors)


def _refuse_unknown(db: Session, team_id: UUID | None, enterprise_id: UUID | None) -> None:
    for place, key, model, message in (
        ("team_id", team_id, Team, "没有这个评审组。"),
        ("enterprise_id", enterprise_id, Enterprise, "没有这家企业。"),
    ):
        if key is not None and db.get(model, key) is None:
            raise Problem("invalid_user", message, status=422, errors=[ErrorAt(place, message)])


def _errors(
    login: str,
    name: str,
    role: Role,
    team_id: UUID | None,
    enterprise_id: UUID | None,
    area: str | None,
    may_review: bool,
) -> list[ErrorAt]:
    errors = []
    if not LOGIN.fullmatch(login):
        errors.append(ErrorAt("login", "用户名由 2 至 64 个小写字母、数字或 . _ @ - 组成。"))
    if not 1 <= len(name.strip()) <= 100:
        errors.append(ErrorAt("name", "请填写姓名（不超过 100 字）。"))
    scopes = (
        ("team_id", team_id, Role.ASSESSOR, "评审专家须属于一个评审组，其他角色不得填写。"),
        ("enterprise_id", enterprise_id, Role.ENTERPRISE, "企业用户须属于一家企业，其他角色不得填写。"),
        ("area", area, Role.BUREAU, "生态环境部门用户须有辖区（六位行政区划代码），其他角色不得填写。"),
    )
    errors += [ErrorAt(place, message) for place, value, of, message in scopes if (value is not None) != (role is of)]
    if area is not None and not is_place(area):
        errors.append(ErrorAt("area", "辖区应为六位行政区划代码（GB/T 2260）。"))
    if may_review and role is not Role.BUREAU:
        errors.append(ErrorAt("may_review", "只有生态环境部门用户可以审定规则集。"))
    return errors
