"""Bodies that are read to the letter: JSON with exact numbers, and files."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, File, Request, UploadFile

from api.problems import ErrorAt, Problem, invalid_audit
from grading.intake import AuditError, parse_json


@dataclass(frozen=True)
class Sent:
    """A body as it was sent; whether it is JSON is only asked once it is known who sent it."""

    kind: str
    content: bytes

    @property
    def json(self) -> bytes:
        """The content; raises Problem (415) when it isn't declared as JSON."""
        if self.kind != "application/json":
            raise Problem("not_json", "请求内容应为 application/json。", status=415)
        return self.content


async def _sent(request: Request) -> Sent:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Sent(kind, await request.body())


JsonText = Annotated[Sent, Depends(_sent)]
"""The body as it was sent, to be read with exact numbers. It comes before the context: nothing is locked while it arrives."""


def text_of(body: Sent) -> str:
    """The body as text; raises Problem (415, 422 when it isn't UTF-8)."""
    try:
        return body.json.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"第 {error.start + 1} 个字节不是 UTF-8。"
        raise Problem("not_utf8", message, status=422, errors=[ErrorAt("", message)]) from None


def members(body: Sent, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """The members of a JSON object, numbers exact; raises Problem (422) with every member that is missing or unknown."""
    try:
        raw = parse_json(body.json)
    except AuditError as error:
        raise invalid_audit(error) from None
    if not isinstance(raw, dict):
        raise Problem("invalid_request", "请求内容应为 JSON 对象。", status=422, errors=[ErrorAt("", "应为对象")])
    errors = [ErrorAt(name, "缺少此项") for name in required if name not in raw]
    errors += [ErrorAt(name, "没有这一项") for name in raw if name not in (*required, *optional)]
    if errors:
        raise Problem("invalid_request", f"请求有 {len(errors)} 处问题。", status=422, errors=errors)
    return raw


def json_body(schema: dict[str, Any], example: Any = None) -> dict[str, Any]:
    """The description of a body that is read to the letter, for `openapi_extra`."""
    content: dict[str, Any] = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


Upload = Annotated[UploadFile, File(description="The file.")]
