"""Cross-site request forgery: a browser's request that changes something must come from a page of the service."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from api.identity.secrets import keyed, same
from api.problems import Problem
from api.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "x-csrf-token"
FIELD = "csrf_token"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def token_for(settings: Settings, cookie: str) -> str:
    """The token that pages of a session carry, in a header (`X-CSRF-Token`) or a form field (`csrf_token`)."""
    return keyed(settings.key, "csrf", cookie)


async def _sent(request: Request) -> AsyncIterator[str | None]:
    """The token of a request; closes at the end the form that it reads for it."""
    sent = request.headers.get(HEADER)
    if request.method in SAFE or sent is not None or not request.headers.get("content-type", "").startswith(FORMS):
        yield sent
        return
    # Closed also when the request is refused: a file that came along would stay open until it is collected.
    async with request.form() as form:
        field = form.get(FIELD)
        yield field if isinstance(field, str) else None


Sent = Annotated[str | None, Depends(_sent)]


def refuse_forged(settings: Settings, cookie: str, sent: str | None) -> None:
    """Raise Problem (403) unless the session's token came with the request."""
    if sent is None or not same(sent, token_for(settings, cookie)):
        raise Problem("csrf", "页面已过期或请求来源不明，请刷新页面后重试。", status=403)


def refuse_foreign(request: Request) -> None:
    """Raise Problem (403) when a browser says that a form of another site sent this (used where nobody is signed in)."""
    if request.method in SAFE:
        return
    origin = request.headers.get("origin")
    foreign = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
    if foreign or (origin is not None and urlsplit(origin).netloc != request.headers.get("host")):
        raise Problem("foreign_origin", "请求来自其他网站，已拒绝。", status=403)
