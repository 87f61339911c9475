"""Reads a workbook part by part: what its sheets are called, and their cells in the order of the file.

What a sheet says of its own size is not looked at: every row and every cell that is there is read.
"""

import posixpath
import re
import zipfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import column_index_from_string, range_boundaries

from grading.spreadsheet.entry import EPOCHS, ERROR, FORMULA, PICTURE, TEXT, Entry, iso_entry, number_entry
from grading.spreadsheet.formats_in_china import FORMATS_IN_CHINA
from grading.spreadsheet.number_format import GENERAL
from grading.spreadsheet.runs import CROSSED_OUT, MAIN, is_on, text_of

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT = "http://purl.oclc.org/ooxml/"
SAVE_AS = "请另存为 Excel 工作簿（.xlsx）再交"
_C, _V, _F, _IS, _ROW = (f"{MAIN}{name}" for name in ("c", "v", "f", "is", "row"))
_COLUMN = re.compile(r"([A-Za-z]{1,3})([0-9]+)")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*[\"']([^\"']+)[\"']")
_HIDDEN_ROW, _HIDDEN_COLUMN = (
    re.compile(rb"<(?:\w+:)?" + tag + rb"\s([^>]*?\bhidden\s*=\s*[\"'](?:1|true)[\"'][^>]*)>")
    for tag in (b"row", b"col")
)
_ROW_NUMBER = re.compile(rb"\br\s*=\s*[\"']([0-9]{1,7})[\"']")
_COLUMNS = re.compile(rb"\b(min|max)\s*=\s*[\"']([0-9]{1,5})[\"']")
MAX_COLUMN = 16_384
_PICTURE = re.compile(r"^=?\s*(?:_xlfn\.)?DISPIMG\s*\(", re.I)
_BLOCK = 1 << 20
_DAMAGED = (ElementTree.ParseError, KeyError, IndexError, ValueError, zipfile.BadZipFile, EOFError, NotImplementedError)
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


class WorkbookError(ValueError):
    """The file can't be read as a workbook; the message says why, for people."""


@dataclass(frozen=True)
class SheetPart:
    """A sheet: its title, its part in the package, and whether people see it."""

    title: str
    part: str
    visible: bool
    is_worksheet: bool


class SpreadsheetFile:
    """A workbook that is open for reading. Every method raises WorkbookError for what is damaged."""

    def __init__(self, source: Path | IO[bytes]) -> None:
        try:
            self.archive = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError):
            raise WorkbookError("不是 .xlsx 工作簿，或已损坏") from None
        try:
            self._open()
        except _DAMAGED as error:
            self.archive.close()
            if isinstance(error, WorkbookError):
                raise
            raise WorkbookError(f"不是 .xlsx 工作簿，或已损坏（{type(error).__name__}）") from None

    def __enter__(self) -> "SpreadsheetFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def rows(self, sheet: SheetPart) -> Generator[tuple[int, dict[int, Entry]], None, None]:
        """The rows that hold anything, as they stand in the file: number, and entries by column.

        Whoever doesn't read them to the end closes them.
        """
        try:
            with self.archive.open(sheet.part) as part:
                yield from self._rows(part)
        except _DAMAGED as error:
            raise WorkbookError(f"工作表“{sheet.title}”已损坏（{type(error).__name__}）") from None

    def merged(self, sheet: SheetPart) -> list[Area]:
        """The merged areas of a sheet."""
        found: list[Area] = []
        try:
            for ref in self._matches(sheet.part, _MERGED):
                left, top, right, bottom = range_boundaries(ref.decode())
                if left and top and right and bottom:
                    found.append((top, left, bottom, right))
        except _DAMAGED as error:
            raise WorkbookError(f"工作表“{sheet.title}”已损坏（{type(error).__name__}）") from None
        return found

    def hidden_rows(self, sheet: SheetPart) -> frozenset[int]:
        """The rows that are hidden, or left out by a filter."""
        found = (_ROW_NUMBER.search(tag) for tag in self._matches(sheet.part, _HIDDEN_ROW))
        return frozenset(int(number[1]) for number in found if number is not None)

    def hidden_columns(self, sheet: SheetPart) -> frozenset[int]:
        """The columns that are hidden."""
        found: set[int] = set()
        for tag in self._matches(sheet.part, _HIDDEN_COLUMN):
            ends = {name: int(number) for name, number in _COLUMNS.findall(tag)}
            found.update(range(ends.get(b"min", 1), min(ends.get(b"max", 0), MAX_COLUMN) + 1))
        return frozenset(found)

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The relations of a part: kind and target by id."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self.names:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for relation in ElementTree.fromstring(self.archive.read(rels)):
            if relation.get("TargetMode") == "External":
                continue
            target = relation.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], path)
        return found

    def _open(self) -> None:
        self.names = frozenset(self.archive.namelist())
        root = self.relations("")
        main = next((target for kind, target in root.values() if kind == "officeDocument"), "xl/workbook.xml")
        book = ElementTree.fromstring(self.archive.read(main))
        if book.tag.startswith("{" + STRICT):
            raise WorkbookError(f"这是“Strict Open XML 电子表格”，本程序不能读取；{SAVE_AS}")
        if book.tag != f"{MAIN}workbook":
            raise WorkbookError("不是 .xlsx 工作簿，或已损坏")
        properties = book.find(f"{MAIN}workbookPr")
        self.epoch = EPOCHS[properties is not None and properties.get("date1904") in ("1", "true")]
        relations = self.relations(main)
        self.main = main
        self.sheets = tuple(
            SheetPart(
                sheet.get("name", ""),
                relations[sheet.get(RELATION, "")][1],
                sheet.get("state", "visible") == "visible",
                relations[sheet.get(RELATION, "")][0] == "worksheet",
            )
            for sheet in book.iterfind(f"{MAIN}sheets/{MAIN}sheet")
        )
        parts = dict(relations.values())
        self.texts = self._shared_texts(parts["sharedStrings"]) if parts.get("sharedStrings") in self.names else []
        self.formats, self.struck = [GENERAL], frozenset[int]()
        if parts.get("styles") in self.names:
            styles = ElementTree.fromstring(self.archive.read(parts["styles"]))
            self.formats, self.struck = _formats(styles), _struck(styles)
        self.rich_pictures = any(name.startswith("xl/richData/") for name in self.names)

    def _shared_texts(self, part: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        with self.archive.open(part) as content:
            for _, element in ElementTree.iterparse(content):
                if element.tag == f"{MAIN}si":
                    found.append(text_of(element))
                    element.clear()
        return found

    def _rows(self, part: IO[bytes]) -> Iterator[tuple[int, dict[int, Entry]]]:
        number = 0
        for _, element in ElementTree.iterparse(part):
            if element.tag != _ROW:
                continue
            number = int(float(element.get("r") or number + 1))
            column = 0
            found: dict[int, Entry] = {}
            for cell in element:
                if cell.tag != _C:
                    continue
                at = _COLUMN.fullmatch(cell.get("r") or "")
                column = column_index_from_string(at[1].upper()) if at else column + 1
                entry = self._entry(cell)
                if entry is not None:
                    found[column] = entry
            if found:
                yield number, found
            element.clear()

    def _entry(self, cell: ElementTree.Element) -> Entry | None:
        """The entry of a cell; None for one that has only a style."""
        kind = cell.get("t", "n")
        held = cell.find(_V)
        raw = None if held is None else held.text or ""
        formula = cell.find(_F)
        if formula is not None and _PICTURE.match(formula.text or ""):
            return Entry(f"={formula.text}", PICTURE)
        if kind == "str" and raw is not None and _PICTURE.match(raw):
            return Entry(raw, PICTURE)
        if kind == "e" and cell.get("vm") and self.rich_pictures:
            return Entry(raw, PICTURE)
        if formula is not None and (raw is None or (not raw and kind != "str")):
            return Entry(f"={formula.text or ''}", FORMULA)
        found = self._value(cell, kind, raw)
        if found is not None and self.struck and int(cell.get("s") or 0) in self.struck and not found.blank:
            found = replace(found, refusal=found.refusal or CROSSED_OUT)
        if formula is not None and found is not None:
            return replace(found, formula=True)
        return found

    def _value(self, cell: ElementTree.Element, kind: str, raw: str | None) -> Entry | None:
        if kind == "inlineStr":
            inline = cell.find(_IS)
            return None if inline is None else _text_entry(text_of(inline))
        if raw is None or (not raw.strip() and kind != "str"):
            return None
        if kind == "n":
            return number_entry(raw, self._format(cell), self.epoch)
        if kind == "s":
            return _text_entry(self.texts[int(raw)])
        if kind == "b":
            return Entry(raw.strip() in ("1", "true"), "b")
        if kind == "d":
            return iso_entry(raw)
        return Entry(raw, ERROR if kind == "e" else TEXT)

    def _format(self, cell: ElementTree.Element) -> str:
        style = int(cell.get("s") or 0)
        return self.formats[style] if style < len(self.formats) else GENERAL

    def _matches(self, part: str, pattern: re.Pattern[bytes]) -> Iterable[bytes]:
        """The matches of an expression in a part that may be large."""
        rest = b""
        with self.archive.open(part) as content:
            while block := content.read(_BLOCK):
                text = rest + block
                end = 0
                for match in pattern.finditer(text):
                    yield match[1]
                    end = match.end()
                rest = text[max(end, len(text) - 200) :]


def _formats(styles: ElementTree.Element) -> list[str]:
    """The number format of each style."""
    own = {
        int(entry.get("numFmtId", "0")): entry.get("formatCode", GENERAL)
        for entry in styles.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")
    }
    known: Mapping[int, str] = {**BUILTIN_FORMATS, **FORMATS_IN_CHINA, **own}
    ids = (int(xf.get("numFmtId", "0")) for xf in styles.iterfind(f"{MAIN}cellXfs/{MAIN}xf"))
    return [known.get(id_, GENERAL) for id_ in ids] or [GENERAL]


def _struck(styles: ElementTree.Element) -> frozenset[int]:
    """The styles whose font crosses a cell's content out."""
    fonts = [is_on(font.find(f"{MAIN}strike")) for font in styles.iterfind(f"{MAIN}fonts/{MAIN}font")]
    used = (int(xf.get("fontId", "0")) for xf in styles.iterfind(f"{MAIN}cellXfs/{MAIN}xf"))
    return frozenset(style for style, font in enumerate(used) if font < len(fonts) and fonts[font])


def _text_entry(text: tuple[str, str]) -> Entry:
    return Entry(text[0], TEXT, refusal=text[1])
