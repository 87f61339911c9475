"""Pictures and drawings of a workbook put back into a copy of it that openpyxl has written without them."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from grading.spreadsheet.workbook import SpreadsheetFile

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_TYPES_PART = "[Content_Types].xml"
_OF_WORKBOOK = re.compile(r"cellimage|sheetmetadata|rdrich|richvalue|rdarray|rdsupporting", re.I)
"""The parts that a workbook refers to for the pictures inside of its cells, in WPS and in Excel."""
_AFTER_DRAWING = re.compile(
    rb"<(?:legacyDrawing|legacyDrawingHF|picture|oleObjects|controls|webPublishItems|tableParts)\b|</worksheet>"
)
_IN_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*\bvm=[^>]*>")
_ATTRIBUTE = re.compile(rb"\b(r|vm)\s*=\s*[\"']([A-Za-z0-9]+)[\"']")


def with_drawings(original: bytes, made: bytes) -> bytes:
    """`made` with the drawings, the pictures and the pictures inside of cells that `original` has."""
    with SpreadsheetFile(io.BytesIO(original)) as old, SpreadsheetFile(io.BytesIO(made)) as new:
        parts = _Parts(old, new)
        for sheet in new.sheets:
            before = next(
                (s for s in old.sheets if s.title == sheet.title and s.is_worksheet and sheet.is_worksheet), None
            )
            if before is not None:
                parts.drawings_of(before.part, sheet.part)
        parts.pictures_in_cells()
        return parts.written() if parts.copied else made


class _Parts:
    """The parts to be copied, and those of the new workbook that change."""

    def __init__(self, old: SpreadsheetFile, new: SpreadsheetFile) -> None:
        self.old, self.new = old, new
        self.copied: dict[str, bytes] = {}
        self.changed: dict[str, bytes] = {}

    def drawings_of(self, before: str, after: str) -> None:
        """Copy what is drawn over a sheet, and refer to it."""
        text = self.new.archive.read(after)
        pieces: list[str] = []
        for kind, part in self.old.relations(before).values():
            if kind == "drawing" and part in self.old.names:
                name = self._refer(after, f"{RELATIONS}/drawing", part)
                pieces.append(f'<drawing xmlns:r="{RELATIONS}" r:id="{name}"/>')
                self._copy(part)
        if pieces:
            place = _AFTER_DRAWING.search(text)
            at = place.start() if place else len(text)
            text = text[:at] + pieces[0].encode() + text[at:]
        if self.old.rich_pictures:
            text = self._with_pictures_in_cells(before, text)
        if text != self.new.archive.read(after):
            self.changed[after] = text

    def pictures_in_cells(self) -> None:
        """Copy what the workbook has for pictures inside of cells."""
        for full, part in self._typed_relations(self.old.main):
            if _OF_WORKBOOK.search(full) and part in self.old.names:
                self._refer(self.new.main, full, part)
                self._copy(part)

    def written(self) -> bytes:
        """The new workbook with all that was copied."""
        self.changed[_TYPES_PART] = self._types()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in self.new.archive.namelist():
                if name not in self.changed and name not in self.copied:
                    archive.writestr(name, self.new.archive.read(name))
            for name, content in (self.changed | self.copied).items():
                archive.writestr(name, content)
        return buffer.getvalue()

    def _copy(self, part: str) -> None:
        """Copy a part with all that it refers to."""
        if part in self.copied or part not in self.old.names:
            return
        self.copied[part] = self.old.archive.read(part)
        rels = _rels(part)
        if rels in self.old.names:
            self.copied[rels] = self.old.archive.read(rels)
            for _, target in self.old.relations(part).values():
                self._copy(target)

    def _refer(self, part: str, kind: str, target: str) -> str:
        """A reference from a part of the new workbook; returns its id."""
        rels = _rels(part)
        text = self.changed.get(rels) or (self.new.archive.read(rels) if rels in self.new.names else b"")
        if not text:
            text = f'<Relationships xmlns="{_PACKAGE}"></Relationships>'.encode()
        taken = set(re.findall(rb'\bId="([^"]*)"', text))
        number = next(n for n in range(1, len(taken) + 2) if f"kept{n}".encode() not in taken)
        name = f"kept{number}"
        entry = f'<Relationship Id="{name}" Type={quoteattr(kind)} Target={quoteattr("/" + target)}/>'.encode()
        if b"</Relationships>" not in text:
            text = re.sub(rb"/>\s*$", b"></Relationships>", text)
        self.changed[rels] = text.replace(b"</Relationships>", entry + b"</Relationships>")
        return name

    def _with_pictures_in_cells(self, before: str, text: bytes) -> bytes:
        """The cells of the new sheet with the mark that a picture is inside."""
        for tag in _IN_CELL.findall(self.old.archive.read(before)):
            attributes = dict(_ATTRIBUTE.findall(tag))
            if b"r" in attributes and b"vm" in attributes:
                plain = b'<c r="' + attributes[b"r"] + b'"'
                text = text.replace(plain + b" ", plain + b' vm="' + attributes[b"vm"] + b'" ', 1)
        return text

    def _typed_relations(self, part: str) -> Iterator[tuple[str, str]]:
        """The whole kind and the target of each reference of a part of the old workbook."""
        targets = self.old.relations(part)
        for relation in ElementTree.fromstring(self.old.archive.read(_rels(part))):
            if relation.get("Id", "") in targets:
                yield relation.get("Type", ""), targets[relation.get("Id", "")][1]

    def _types(self) -> bytes:
        """The content types of the new workbook and of what was copied."""
        types = ElementTree.fromstring(self.new.archive.read(_TYPES_PART))
        known = {entry.get("PartName") or entry.get("Extension") for entry in types}
        extensions = {name.rpartition(".")[2] for name in self.copied}
        for entry in _entries(ElementTree.fromstring(self.old.archive.read(_TYPES_PART))):
            part, extension = entry.get("PartName"), entry.get("Extension")
            copied = (part or "").lstrip("/") in self.copied if part else extension in extensions
            if copied and (part or extension) not in known:
                types.append(entry)
        ElementTree.register_namespace("", _TYPES[1:-1])
        written: bytes = ElementTree.tostring(types, encoding="utf-8", xml_declaration=True)
        return written


def _entries(types: ElementTree.Element) -> Iterable[ElementTree.Element]:
    return (entry for entry in types if entry.tag in (f"{_TYPES}Default", f"{_TYPES}Override"))


def _rels(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
