"""Comments on cells that others have written: not part of any cell, so they are told of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from openpyxl.utils import column_index_from_string

from grading.spreadsheet.runs import MAIN, text_of
from grading.spreadsheet.workbook import SheetPart, SpreadsheetFile, WorkbookError

AUTHOR = "绩效分级指标"
MARKS_AUTHOR = "填报核对"
MARK = "✘ "
"""Begins a mark that a reading has left on a cell; what the sender had written stands below it."""
_THREADED = re.compile(r"^\[[^\]]+\].*?(?:注释|批注内容|Comment)[:：]\s*", re.S)
_WRITER = re.compile(r"^[^\n:：]{1,40}[:：]\n")
"""Excel begins a comment with who wrote it."""


@dataclass(frozen=True)
class Remark:
    """A comment: where it is, its text, its author ("" where none is named: some programmes drop the author of ours too)."""

    row: int
    column: int
    cell: str
    text: str
    author: str


def comments_on(book: SpreadsheetFile, sheet: SheetPart) -> Iterator[Remark]:
    """The comments of a sheet that are not ours. Raises WorkbookError."""
    try:
        for kind, part in book.relations(sheet.part).values():
            if kind == "comments" and part in book.names:
                yield from _others(ElementTree.fromstring(book.archive.read(part)))
    except (ElementTree.ParseError, ValueError, KeyError, IndexError) as error:
        raise WorkbookError(f"工作表“{sheet.title}”的批注已损坏（{type(error).__name__}）") from None


def _others(comments: ElementTree.Element) -> Iterator[Remark]:
    authors = [(author.text or "").strip() for author in comments.iterfind(f"{MAIN}authors/{MAIN}author")]
    for comment in comments.iterfind(f"{MAIN}commentList/{MAIN}comment"):
        number = int(comment.get("authorId", "0"))
        author = authors[number] if number < len(authors) else ""
        body = comment.find(f"{MAIN}text")
        text = "" if body is None else text_of(body)[0].replace("\r\n", "\n").strip()
        if author == MARKS_AUTHOR or (not author and text.startswith(MARK)):
            text = text.partition("\n\n")[2]
        elif author == AUTHOR:
            continue
        text = " ".join(_WRITER.sub("", _THREADED.sub("", text)).split())
        place = re.fullmatch(r"\$?([A-Za-z]+)\$?([0-9]+)", comment.get("ref", ""))
        if text and place is not None:
            column = column_index_from_string(place[1].upper())
            yield Remark(int(place[2]), column, f"{place[1].upper()}{place[2]}", text, author)
