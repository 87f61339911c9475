"""`Idempotency-Key`: a request that is sent twice acts once, and is answered alike both times."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.context import Context
from api.problems import ErrorAt, Problem
from api.queries.idempotency import forget_before, remember, remembered

RETENTION = timedelta(days=7)
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9_-]{8,200}$",
        description="A key of your choice, new for every intent. Sent again with the same request within seven days, "
        "nothing happens again and the same answer comes; with another request it is refused (422).",
        examples=["5f0c7c1e-9c1b-4d0e-8b35-2a7d6c1f9a10"],
    ),
]


@dataclass(frozen=True)
class Once:
    """The key of a request, if it has one, and what it is for."""

    key: str | None
    request: str

    def answer(self, context: Context, body: BaseModel | bytes | None, act: Callable[[], Response]) -> Response:
        """The answer of `act`, or the one given under the same key before; raises Problem (422) for a key used twice."""
        if self.key is None:
            return act()
        content = b"" if body is None else body if isinstance(body, bytes) else body.model_dump_json().encode()
        digest = "sha256:" + hashlib.sha256(self.request.encode() + b"\n" + content).hexdigest()
        known = remembered(context, self.key)
        if known is None:
            made = act()
            forget_before(context, context.at - RETENTION)
            remember(context, self.key, digest, made)
            return made
        if known.request != digest:
            message = "这个 Idempotency-Key 已用于另一个请求。"
            errors = [ErrorAt("header.Idempotency-Key", message)]
            raise Problem("idempotency_key_reused", message, status=422, errors=errors)
        headers = {"Idempotent-Replayed": "true"}
        headers |= {"ETag": known.etag} if known.etag else {}
        headers |= {"Location": known.location} if known.location else {}
        return Response(known.body, known.status, headers, media_type="application/json")


def _once(request: Request, key: Key = None) -> Once:
    version = request.headers.get("if-match", "")
    return Once(key, f"{request.method} {request.url.path}?{request.url.query} {version}")


OnceOnly = Annotated[Once, Depends(_once)]
