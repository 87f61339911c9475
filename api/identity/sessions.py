"""Signing in with a password, within limits, and sessions."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from api.access.actor import WHO, Actor, Via, actor_of
from api.identity import passwords, second_factor
from api.identity.secrets import keyed, new_secret
from api.problems import Problem
from api.settings import Settings
from api.store import FailedSignIn, SignInSession, User
from api.store.base import now
from api.store.database import Database

WINDOW = timedelta(minutes=15)
PER_LOGIN = 10
PER_ADDRESS = 60
# Made once: every request asks it, and putting a statement together takes longer than its answer.
_OF_HASH = (
    select(*WHO, SignInSession.id.label("via_id"), SignInSession.provider)
    .join(SignInSession, SignInSession.user_id == User.id)
    .where(SignInSession.hash == bindparam("hash"), SignInSession.expires_at > bindparam("moment"), User.active)
)


@dataclass(frozen=True)
class SignedIn:
    """A new session: the cookie's value, known to nobody else, and its user."""

    cookie: str
    actor: Actor


def sign_in(
    database: Database,
    settings: Settings,
    login: str,
    password: str,
    address: str,
    *,
    code: str = "",
    agent: str | None = None,
) -> SignedIn:
    """Check a password, and the one-time code where the user has a second factor, and open a session for a browser.

    Raises Problem: 401 `wrong_login` (which of the two was wrong is not said), `code_needed`, `wrong_code`; 429
    `too_many_attempts` after 10 failures for a login or 60 from an address within 15 minutes.
    """
    login = login.strip().lower()
    keys = [keyed(settings.key, "login", login), keyed(settings.key, "address", address)]
    with database.writing() as db:
        # Counted before the password is looked at: attempts at the same time can't outrun the limit.
        _refuse_too_many(db, keys)
        attempts = [FailedSignIn(key=key) for key in keys]
        db.add_all(attempts)
        user = db.scalar(select(User).where(User.login == login, User.active))
    fits, renewed = passwords.matches(password, user.password_hash if user else None)
    if user is None or not fits:
        raise Problem("wrong_login", "用户名或密码不正确。", status=401)
    if user.second_factor is not None:
        _check_code(database, settings, user, code)
    with database.writing() as db:
        db.execute(delete(FailedSignIn).where(FailedSignIn.key == keys[0]))
        db.execute(delete(FailedSignIn).where(FailedSignIn.id == attempts[1].id))
        if renewed:
            db.get_one(User, user.id).password_hash = renewed
        return opened(db, settings, user, agent)


def opened(db: Session, settings: Settings, user: User, agent: str | None, provider: str | None = None) -> SignedIn:
    """Open a session for a browser; `provider` is the identity provider that vouches for the user."""
    cookie = new_secret()
    db.execute(delete(SignInSession).where(SignInSession.expires_at < now()))
    session = SignInSession(
        user_id=user.id,
        hash=keyed(settings.key, "session", cookie),
        expires_at=now() + timedelta(hours=settings.session_hours),
        agent=agent[:200] if agent else None,
        provider=provider,
    )
    db.add(session)
    return SignedIn(cookie, actor_of(user, Via.SESSION, session.id))


def _check_code(database: Database, settings: Settings, user: User, code: str) -> None:
    """Take a one-time code, once; the attempt stays counted when it is not right."""
    if not code.strip():
        raise Problem("code_needed", "请再填一次密码和验证器应用上的动态验证码。", status=401)
    with database.writing() as db:
        present = db.get_one(User, user.id, with_for_update=True)
        seed = present.second_factor
        step = None if seed is None else second_factor.step_of(settings.key, present, seed, code, now())
        if step is None:
            raise Problem("wrong_code", "动态验证码不正确或已用过，请等下一个验证码。", status=401)
        present.second_factor_step = step


def of_cookie(db: Session, settings: Settings, cookie: str) -> Actor | None:
    """The user of a session's cookie; None when the session is over or its user no longer active."""
    found = db.execute(_OF_HASH, {"hash": keyed(settings.key, "session", cookie), "moment": now()}).one_or_none()
    if found is None:
        return None
    return actor_of(found, Via.SESSION, found.via_id, by_provider=found.provider is not None)


def sign_out(database: Database, settings: Settings, cookie: str) -> None:
    """End the cookie's session, if there is one."""
    with database.writing() as db:
        db.execute(delete(SignInSession).where(SignInSession.hash == keyed(settings.key, "session", cookie)))


def _refuse_too_many(db: Session, keys: list[str]) -> None:
    since = now() - WINDOW
    db.execute(delete(FailedSignIn).where(FailedSignIn.at < since))
    for key, limit in zip(keys, (PER_LOGIN, PER_ADDRESS), strict=True):
        tried = db.scalar(select(func.count()).select_from(FailedSignIn).where(FailedSignIn.key == key)) or 0
        if tried >= limit:
            minutes = int(WINDOW.total_seconds() // 60)
            detail = f"登录失败次数过多，请 {minutes} 分钟后再试。"
            raise Problem("too_many_attempts", detail, status=429, retry_after=minutes * 60)
