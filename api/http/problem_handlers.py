"""Exceptions → answers: problem documents for programs, pages for people."""

from collections.abc import Callable, Mapping
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.http.middleware import SECURITY
from api.problems import API, MEDIA_TYPE, ErrorAt, Problem
from grading.language.problems import place_of
from grading.validation import refusal_reason

SIGN_IN = "/sign-in"
PageMaker = Callable[[Request, Problem], Response]
log = structlog.get_logger("api.problems")
SENTENCES: dict[int, tuple[str, str]] = {
    404: ("not_found", "没有这项内容，或不在您的查看范围内。"),
    405: ("method_not_allowed", "此地址不支持这种请求方法。"),
    400: ("bad_request", "请求无法读取。"),
    413: ("too_large", "请求内容超过上限。"),
}


def install(app: FastAPI, page: PageMaker | None = None) -> None:
    """Answer every exception of the app; `page` makes the page that people get."""

    def answer(request: Request, problem: Problem) -> Response:
        if wants_json(request):
            return problem_json(problem, request)
        made = page or _plain_page
        if problem.status == 401:
            return _to_sign_in(request, lambda: made(request, problem))
        leads_to = problem.more.get("leads_to")
        if leads_to is not None and request.method == "GET" and "hx-request" not in request.headers:
            return RedirectResponse(leads_to, status_code=303)
        return made(request, problem)

    def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer(request, error)

    def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code, detail = SENTENCES.get(
            error.status_code, (HTTPStatus(error.status_code).phrase.lower().replace(" ", "_"), "")
        )
        made = answer(request, Problem(code, detail or str(error.detail), status=error.status_code))
        for name, value in (error.headers or {}).items():
            made.headers.setdefault(name, value)
        return made

    def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        reasons = [(_place(found), refusal_reason(found)) for found in error.errors()]
        errors = [ErrorAt(place, reason.message, reason.code) for place, reason in reasons]
        return answer(request, Problem("invalid_request", f"请求有 {len(errors)} 处问题。", status=422, errors=errors))

    def on_conflict(request: Request, error: Exception) -> Response:
        log.warning("conflict", error=type(error).__name__)
        detail = "与已有内容冲突：可能重复，或同时被他人修改。请刷新后重试。"
        return answer(request, Problem("conflict", detail, status=409))

    def on_database(request: Request, error: Exception) -> Response:
        log.error("database", error=type(error).__name__, exc_info=error)
        problem = Problem("database_unavailable", "数据库暂不可用，请稍后重试。", status=503, retry_after=5)
        return answer(request, problem)

    def on_anything(request: Request, error: Exception) -> Response:
        log.error("unexpected", error=type(error).__name__, exc_info=error)
        request_id = request.state.request_id
        made = answer(request, Problem("internal", f"系统内部错误，请将编号 {request_id} 告知管理员。", status=500))
        # Sent from outside of what adds the headers.
        made.headers.update(SECURITY | {"x-request-id": request_id})
        return made

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(IntegrityError, on_conflict)
    app.add_exception_handler(OperationalError, on_database)
    app.add_exception_handler(Exception, on_anything)


def problem_json(problem: Problem, request: Request | None = None) -> Response:
    """The problem as `application/problem+json`."""
    document = problem.as_json()
    if request is not None:
        document["request_id"] = request.state.request_id
    headers = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(orjson.dumps(document), problem.status, headers, media_type=MEDIA_TYPE)


def wants_json(request: Request) -> bool:
    """True when a program asks: anything below /v1, or who doesn't accept HTML and is no page of ours (htmx accepts anything)."""
    path = request.url.path
    if path == API or path.startswith(API + "/"):
        return True
    return "hx-request" not in request.headers and "text/html" not in request.headers.get("accept", "")


def _to_sign_in(request: Request, made: Callable[[], Response]) -> Response:
    """A browser that isn't signed in goes to the sign-in page and comes back; a page that is open is told, and may stay."""
    back = request.url.path if request.method == "GET" else "/"
    target = f"{SIGN_IN}?next={quote(back)}"
    if "hx-request" in request.headers:
        made_answer = made()
        made_answer.headers["HX-Redirect"] = target
        return made_answer
    return RedirectResponse(target, status_code=303)


def _plain_page(_: Request, problem: Problem) -> Response:
    title = escape(problem.as_json()["title"])
    body = f"<!doctype html><html lang=zh-CN><meta charset=utf-8><title>{title}</title><h1>{title}</h1>"
    headers = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    return HTMLResponse(f"{body}<p>{escape(problem.detail)}</p></html>", problem.status, headers)


def _place(found: Mapping[str, Any]) -> str:
    """`("body", "units", 0, "id")` → `units[0].id`; where else than in the body is said. JSON that is none has no places."""
    location = found["loc"][:1] if found["type"] == "json_invalid" else found["loc"]
    return place_of(location[1:] if location[:1] == ("body",) else location)
