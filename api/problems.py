"""Refusals of requests: a code for programs, a Chinese sentence for people, the place of each error (RFC 9457)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from grading.intake import AuditError
from grading.problems.reason import Reason

API = "/v1"
"""The prefix of the JSON interface."""
TYPE = "urn:grading:problem:"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ErrorAt:
    """One error and the place it is at: a path into the body (`units[0].facts.nmhc`), or empty.

    Without a `code` of its own it has that of the whole problem.
    """

    place: str
    message: str
    code: str | None = None


class Problem(Exception):  # noqa: N818  RFC 9457 calls it so
    """A refusal. Raise it anywhere below a route; it becomes `application/problem+json`, or a page.

    `keep`: what was written before the refusal is committed all the same (a failed sign-in, a conflicting revision).
    `more`: further members of the problem document.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: int = 409,
        errors: Iterable[ErrorAt] = (),
        keep: bool = False,
        retry_after: int | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail, self.status = code, detail, status
        self.errors, self.keep, self.retry_after, self.more = tuple(errors), keep, retry_after, more or {}

    def as_json(self) -> dict[str, Any]:
        """The problem document; `code` is the stable name of the kind of problem."""
        document: dict[str, Any] = {
            "type": TYPE + self.code,
            "title": TITLES.get(self.status, "请求未能完成"),
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            document["errors"] = [error_json(error, self.code) for error in self.errors]
        return document | self.more

    def body(self) -> bytes:
        """The problem document as JSON text."""
        return orjson.dumps(self.as_json())


def error_json(error: ErrorAt, code: str) -> dict[str, str]:
    """An error as members of a document; `code` is that of the whole problem."""
    return {"place": error.place, "code": error.code or code, "message": error.message}


def error_at(place: str, reason: Reason) -> ErrorAt:
    """An error with the code and the sentence of a reason."""
    return ErrorAt(place, reason.message, reason.code)


def errors_of(error: AuditError) -> list[ErrorAt]:
    """The errors of an audit that can't be read."""
    return [error_at(problem.place, problem.reason) for problem in error.problems]


TITLES = {
    400: "请求有误",
    401: "需要登录",
    403: "没有权限",
    404: "未找到",
    405: "不支持的请求方法",
    409: "当前状态不允许",
    412: "内容已被他人修改",
    413: "内容过大",
    415: "不支持的内容类型",
    422: "内容有误",
    428: "缺少前提条件",
    429: "请求过于频繁",
    500: "系统内部错误",
    503: "服务暂不可用",
}


def not_found() -> Problem:
    """The refusal of things that do not exist and of things that the actor may not see: both look the same."""
    return Problem("not_found", "没有这项内容，或不在您的查看范围内。", status=404)


def invalid_audit(error: AuditError) -> Problem:
    """An audit that can't be read, with the place of everything that is wrong."""
    errors = errors_of(error)
    return Problem("invalid_audit", f"审核数据有 {len(errors)} 处问题。", status=422, errors=errors)
