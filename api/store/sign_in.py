"""Proofs of identity: sessions of browsers, tokens of systems; and attempts to sign in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Double, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, id_column, now


class SignInSession(Base, kw_only=True):
    """A signed-in browser. Only the keyed hash of its cookie is kept."""

    __tablename__ = "sessions"
    __table_args__ = (Index(None, "user_id"), Index(None, "expires_at"))

    id: Mapped[UUID] = id_column()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    agent: Mapped[str | None] = mapped_column(String(200), default=None)
    """The browser as it names itself."""
    provider: Mapped[str | None] = mapped_column(String(200), default=None)
    """The identity provider that vouches for the person; None where they signed in with a password."""


class Token(Base, kw_only=True):
    """A system's right to act for a user. Only the keyed hash of the secret is kept."""

    __tablename__ = "tokens"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[UUID] = id_column()
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(100))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(12))
    """The first characters of the token, so that its owner recognises it."""
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default_factory=now)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class FailedSignIn(Base, kw_only=True):
    """A sign-in that failed, under the keyed hash of the login or of the client's address."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (Index(None, "key", "at"), Index(None, "at"))

    id: Mapped[UUID] = id_column()
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default_factory=now)


class CostlyUse(Base, kw_only=True):
    """A user's costly requests of late: the moment at which they may have a minute's worth again."""

    __tablename__ = "costly_uses"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    full_at: Mapped[float] = mapped_column(Double)
    """Seconds since 1970; what was counted by then is forgotten."""
