"""Middleware for every answer: a request id, security headers, a strict content policy; and the largest request."""

import re
from secrets import token_hex
from time import perf_counter
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import IN_PROGRESS, REQUESTS, SECONDS
from api.problems import API, MEDIA_TYPE, Problem

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-frame-options": "DENY",
}
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATIC = "/static"
HSTS = "max-age=31536000; includeSubDomains"
PRIVATE = "private, no-store"
"""Unless a route says something else, nothing is kept by a browser or a proxy."""
log = structlog.get_logger("api.access_log")


class Envelope:
    """ASGI middleware around everything. Logs each request by its route's template: no query, no names, no ids of people."""

    def __init__(self, app: ASGIApp, max_bytes: int, https: bool) -> None:
        self.app, self.max_bytes, self.https = app, max_bytes, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        answer = _Answer(send, request_id, self.https)
        begun = perf_counter()
        IN_PROGRESS.inc()
        try:
            length = headers.get("content-length", "0")
            if length.isdigit() and int(length) > self.max_bytes:
                await _refuse_size(answer, self.max_bytes)
            else:
                await self.app(scope, _Counted(receive, self.max_bytes), answer)
        finally:
            IN_PROGRESS.dec()
            seconds = perf_counter() - begun
            template = _template(scope)
            # Anybody may make methods up, and each would be counted by itself for ever.
            method = scope["method"] if scope["method"] in METHODS else "OTHER"
            REQUESTS.labels(method, template, answer.status).inc()
            SECONDS.labels(method, template).observe(seconds)
            milliseconds = round(seconds * 1000, 1)
            log.info("request", method=method, route=template, status=answer.status, ms=milliseconds)


def _template(scope: Scope) -> str:
    """The path of the route as it was declared, with the prefix of the JSON interface, which routes don't know of."""
    declared: str | None = getattr(scope.get("route"), "path", None)
    if declared is None:
        return STATIC if scope["path"].startswith(f"{STATIC}/") else "(none)"
    below = scope["path"].startswith(API + "/") and not declared.startswith(API + "/")
    return API + declared if below else declared


class _Answer:
    """Sends on, with the headers added."""

    def __init__(self, send: Send, request_id: str, https: bool) -> None:
        self.send, self.request_id, self.https, self.status = send, request_id, https, 500

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self.request_id
            for name, value in SECURITY.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", PRIVATE)
            if self.https:
                headers.setdefault("strict-transport-security", HSTS)
        await self.send(message)


class _Counted:
    """Receives on, and cuts a body off that turns out larger than it may be."""

    def __init__(self, receive: Receive, max_bytes: int) -> None:
        self.receive, self.left = receive, max_bytes

    async def __call__(self) -> Message:
        message = await self.receive()
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            # This kind of exception passes through everything that reads bodies.
            raise HTTPException(413)
        return message


async def _refuse_size(send: Any, max_bytes: int) -> None:
    problem = Problem("too_large", f"请求内容超过 {max_bytes // 1_000_000} MB 的上限。", status=413)
    body = problem.body()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
