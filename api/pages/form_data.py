"""Reading the forms of our own pages."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from api.problems import ErrorAt, Problem

VERSION = "version"
WHERE = re.compile(r"-?[0-9]{1,3}\.[0-9]{1,7},-?[0-9]{1,2}\.[0-9]{1,7}±[0-9]{1,8}")
"""Longitude, latitude, accuracy in metres."""


class Posted:
    """The fields of a form that was sent."""

    def __init__(self, fields: FormData) -> None:
        self.fields = fields

    def text(self, name: str) -> str:
        """A field, empty when it was not sent."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a field that may come several times."""
        return tuple(value for value in self.fields.getlist(name) if isinstance(value, str))

    def starting(self, prefix: str) -> dict[str, str]:
        """The fields whose names begin so, by the rest of their names."""
        found = {}
        for name, value in self.fields.items():
            if name.startswith(prefix) and isinstance(value, str):
                found[name.removeprefix(prefix)] = value
        return found

    def key(self, name: str) -> UUID | None:
        """The id in a field, None when it is empty; raises Problem (422) when it is none."""
        text = self.text(name).strip()
        try:
            return UUID(text) if text else None
        except ValueError:
            raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422) from None

    def day(self, name: str) -> date | None:
        """The day in a field, None when it is empty; raises Problem (422) when it is none."""
        text = self.text(name).strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            message = "日期应为 2026-01-31 的格式。"
            raise Problem("invalid_date", message, status=422, errors=[ErrorAt(name, message)]) from None

    def moments(self, name: str) -> tuple[datetime, ...]:
        """The moments in a field that may come several times, with their zones; raises Problem (422)."""
        try:
            found = tuple(datetime.fromisoformat(text) for text in self.texts(name) if text)
        except ValueError:
            found = (datetime.min,)
        if any(moment.tzinfo is None for moment in found):
            raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422)
        return found

    def where(self, name: str) -> str | None:
        """A place on earth as our pages write it (`108.70541,34.32926±12`), None when none was sent; raises Problem (422)."""
        text = self.text(name).strip()
        if text and not WHERE.fullmatch(text):
            raise Problem("bad_request", "页面不完整，请刷新后重试。", status=422)
        return text or None

    def file(self, name: str = "file") -> UploadFile:
        """A file; raises Problem (422) when none was chosen."""
        value = self.fields.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            raise Problem("file_missing", "请先选择文件。", status=422, errors=[ErrorAt(name, "请先选择文件。")])
        return value

    @property
    def page(self) -> str | None:
        """The id of the opened page that sent it; None from a browser without scripts."""
        return self.text("page")[:36] or None

    @property
    def version(self) -> int:
        """The version of the audit that the page showed; raises Problem (422)."""
        text = self.text(VERSION)
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Problem("version_missing", "页面不完整，请刷新后重试。", status=422)
        return int(text)


async def _posted(request: Request) -> AsyncIterator[Posted]:
    async with request.form() as fields:
        yield Posted(fields)


Sent = Annotated[Posted, Depends(_posted)]
