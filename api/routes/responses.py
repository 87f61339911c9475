"""Common declarations of routes: their resource, paging, versions, answers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from pydantic import BaseModel

from api.problems import Problem

KEEP = "private, no-cache"
"""A browser may keep it, but asks each time whether it is still so."""


def resource(tag: str) -> APIRouter:
    """A router of one resource; its functions' names are the operation ids."""
    return APIRouter(tags=[tag], generate_unique_id_function=lambda route: route.name)


Limit = Annotated[int, Query(ge=1, le=200, description="How many items a page has at most.")]
Cursor = Annotated[UUID | None, Query(description="`next` of the page before; without it the list begins anew.")]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern=r'^"[0-9]{1,9}"$',
        description="The ETag of what you have seen. Refused with 412 when it has changed since.",
        examples=['"7"'],
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", max_length=400, description="ETags that you know: 304 when nothing has changed."),
]
Responses = dict[int | str, dict[str, Any]]
_ETAG = {"ETag": {"description": "The version of the content.", "schema": {"type": "string"}}}
_LOCATION = {"Location": {"description": "Where it is now.", "schema": {"type": "string"}}}
VERSIONED: Responses = {200: {"headers": _ETAG}}
CREATED: Responses = {201: {"headers": _LOCATION}}
CREATED_VERSIONED: Responses = {201: {"headers": _LOCATION | _ETAG}}
ACCEPTED: Responses = {202: {"headers": _LOCATION}}
UNCHANGED: Responses = {304: {"description": "Nothing has changed since."}}


def refusals(*statuses: int) -> Responses:
    """Refusals that a route has besides those that follow from its rule and its parameters."""
    return {status: {"description": MEANINGS[status]} for status in statuses}


def download(description: str, *media_types: str) -> Responses:
    """An answer that is a file."""
    return {200: {"description": description, "content": {kind: {} for kind in media_types}}}


MEANINGS = {
    400: "The request can't be read.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "The role or the person may not do this.",
    404: "It doesn't exist, or is out of scope.",
    409: "Not in this state, or in conflict with what is there.",
    412: "It has changed since the version in `If-Match`.",
    413: "The body is larger than allowed.",
    415: "The body is of a type that isn't taken.",
    422: "The content is wrong; `errors` says where.",
    428: "`If-Match` is required.",
    429: "Too many requests; `Retry-After` says when to try again.",
    500: "An error of the service.",
    503: "The database doesn't answer.",
}


def etag(value: int | str) -> str:
    """A strong ETag."""
    return f'"{value}"'


def version_in(if_match: str | None) -> int | None:
    """The version that was seen, if the request says one."""
    return None if if_match is None else int(if_match.strip('"'))


def required_version(if_match: str | None) -> int:
    """The version that was seen; raises Problem (428) when the request says none."""
    version = version_in(if_match)
    if version is None:
        raise Problem("if_match_missing", "请在 If-Match 中给出所见内容的 ETag。", status=428)
    return version


def is_known(tag: int | str, known: str | None) -> bool:
    """True when a client says in `If-None-Match` that it has this version."""
    listed = [one.strip().removeprefix("W/") for one in (known or "").split(",")]
    return etag(tag) in listed or listed == ["*"]


def answer(
    content: BaseModel | bytes | str,
    *,
    status: int = 200,
    tag: int | str | None = None,
    known: str | None = None,
    location: str | None = None,
) -> Response:
    """A JSON answer; 304 without a body when the ETag (`tag`) is among those the client knows (`known`)."""
    headers = {}
    if location is not None:
        headers["Location"] = location
    if tag is not None:
        headers |= {"ETag": etag(tag), "Cache-Control": KEEP}
        if is_known(tag, known):
            return Response(status_code=304, headers=headers)
    body = content.model_dump_json() if isinstance(content, BaseModel) else content
    return Response(body, status, headers, media_type="application/json")
