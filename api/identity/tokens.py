"""Tokens for systems: shown once, stored as a hash, named, expiring, revocable."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from api.access import WHO, Actor, Rule, Via, actor_of, require
from api.identity.secrets import HINT, TOKEN_PREFIX, keyed, new_secret
from api.problems import ErrorAt, Problem, not_found
from api.settings import Settings
from api.store import Token, User
from api.store.base import now
from api.store.changes import UNRECORDED_COLUMNS
from api.store.database import Database

MAX_LIVE = 20
TOUCH_AFTER = timedelta(minutes=5)
# Made once: every request asks it, and putting a statement together takes longer than its answer.
_OF_HASH = (
    select(*WHO, Token.id.label("via_id"), Token.last_used_at)
    .join(Token, Token.user_id == User.id)
    .where(
        Token.hash == bindparam("hash"), Token.revoked_at.is_(None), Token.expires_at > bindparam("moment"), User.active
    )
)


@dataclass(frozen=True)
class NewToken:
    """A token at the only time that its secret is known."""

    token: Token
    secret: str


def create(db: Session, settings: Settings, name: str, days: int) -> NewToken:
    """A token for the session's actor; raises Problem (403 for who came with a token, 422 for a bad name or time)."""
    actor = require(db, Rule.OWN_ACCOUNT)
    if actor.via is Via.TOKEN:
        raise Problem("token_not_allowed", "不能用令牌创建令牌，请登录后操作。", status=403)
    errors = []
    if not 1 <= len(name.strip()) <= 100:
        errors.append(ErrorAt("name", "请填写令牌名称（不超过 100 字），说明由哪个系统使用。"))
    if not 1 <= days <= settings.token_days:
        errors.append(ErrorAt("days", f"有效期应为 1 至 {settings.token_days} 天。"))
    if errors:
        raise Problem("invalid_token", "令牌信息有误。", status=422, errors=errors)
    live = db.scalars(
        select(Token).where(Token.user_id == actor.id, Token.revoked_at.is_(None), Token.expires_at > now())
    )
    if len(live.all()) >= MAX_LIVE:
        raise Problem("too_many_tokens", f"有效令牌已达 {MAX_LIVE} 个，请先撤销不用的令牌。")
    secret = TOKEN_PREFIX + new_secret()
    token = Token(
        user_id=actor.id,
        name=name.strip(),
        hash=keyed(settings.key, "token", secret),
        hint=secret[:HINT],
        expires_at=now() + timedelta(days=days),
    )
    db.add(token)
    db.flush()
    return NewToken(token, secret)


def revoke(db: Session, token_id: UUID) -> Token:
    """Make a token worthless from now on; raises Problem (404)."""
    require(db, Rule.OWN_ACCOUNT)
    token = db.scalar(select(Token).where(Token.id == token_id))
    if token is None:
        raise not_found()
    token.revoked_at = token.revoked_at or now()
    return token


def of_secret(db: Session, settings: Settings, secret: str) -> tuple[Actor, datetime | None] | None:
    """The user of a token and the moment of its last use; None when it is unknown, over, or revoked."""
    found = db.execute(_OF_HASH, {"hash": keyed(settings.key, "token", secret), "moment": now()}).one_or_none()
    return None if found is None else (actor_of(found, Via.TOKEN, found.via_id), found.last_used_at)


def is_to_be_noted(last_used_at: datetime | None) -> bool:
    """True when another use of a token is to be noted: every five minutes at most."""
    return last_used_at is None or now() - last_used_at > TOUCH_AFTER


def touch(database: Database, token_id: UUID) -> None:
    """Note that a token was used."""
    with database.writing() as db:
        noted = update(Token).where(Token.id == token_id).values(last_used_at=now())
        db.execute(noted.execution_options(**{UNRECORDED_COLUMNS: True}))
