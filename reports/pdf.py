"""HTML → PDF/A-3a and PDF/UA-1 in one file, the same bytes every time, with nothing fetched on the way."""

import zlib
from base64 import a85encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache, partial
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pydyf
from cssselect2 import ElementWrapper
from jinja2 import Environment, FileSystemLoader
from weasyprint import CSS, DEFAULT_OPTIONS, HTML, Attachment
from weasyprint import __version__ as weasyprint_version
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from grading.garbage_collection import gc_paused
from reports.render import style
from reports.typeface import printable

HERE = Path(__file__).parent
VARIANT = "pdf/a-3a"
CREATOR = "grading"
COLOURS = "sRGB2014"
"""The colour profile of the ICC that WeasyPrint brings, in which the colours of a report are meant."""
MOST_TRIES = 16
LEVEL = 6
"""Of compression: the best level takes twice the time for one percent."""


@dataclass(frozen=True)
class Attached:
    """A JSON file to carry inside the PDF."""

    name: str
    description: str
    content: bytes


class FetchingError(FatalURLFetchingError):  # type: ignore[misc]
    """A page asked for something that is not in it; reports never do, so it came in with a text."""


class _NoFetcher(URLFetcher):  # type: ignore[misc]
    """Hands out the drawings that the style sheets contain, and nothing else."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if url.startswith("data:image/svg+xml,"):
            return super().fetch(url, headers)
        raise FetchingError(url)


class _Page(HTML):  # type: ignore[misc]
    """A page read as XML: faster than HTML, and a text that could become markup would be an error, not an element."""

    def __init__(self, html: str) -> None:
        self.base_url = None
        self.url_fetcher = _NoFetcher()
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(ElementTree.fromstring(html), content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: ARG002  the library says so
        return [_elements()]


class _Document(Document):  # type: ignore[misc]
    """A document that can be taken apart, which spares the garbage collector the search for what belongs together."""

    @classmethod
    def _build_layout_context(cls, page: _Page, *options: Any) -> Any:
        page.context = super()._build_layout_context(page, *options)
        return page.context

    def take_apart(self) -> None:
        """Untie what refers to itself, so that all of it goes when nobody holds it any more."""
        context = self._html.context
        for known in context.style_for._computed_styles.values():
            anonymous = known.__dict__.pop("anonymous_style", None)
            while anonymous is not None:
                anonymous.specified = None
                anonymous = anonymous.__dict__.pop("anonymous_style", None)
        targets = context.target_collector
        for box, _ in targets.counter_lookup_items:
            box.missing_link = None
        for item in (*targets.target_lookup_items.values(), *targets.counter_lookup_items.values()):
            item.__dict__.clear()
        context.__dict__.clear()
        self.__dict__.clear()


def pdf(
    html: str, *, title: str, subject: str, day: date, attached: Attached, is_trial: bool, source: str | None = None
) -> bytes:
    """The PDF of a page. `day` is the date it carries as its creation: that of what it reports, not of its making.

    `source` says in its metadata where what it reports is recorded.

    Raises FetchingError when the page refers to anything outside itself, TypefaceError without the typefaces.
    """
    moment = datetime.combine(day, time(), UTC)
    attachment = Attachment(
        string=attached.content,
        name=attached.name,
        description=attached.description,
        created=moment,
        modified=moment,
        relationship="Data",
        url_fetcher=_NoFetcher(),
    )
    with gc_paused():
        options = {"stylesheets": [_style(is_trial)], "output_intent": COLOURS, "pdf_variant": VARIANT}
        colours = {COLOURS: _colours()}
        document = _Document._render(_Page(html), None, None, colours, DEFAULT_OPTIONS | options)
        document.metadata.title = printable(title)
        document.metadata.description = printable(subject)
        document.metadata.generator = CREATOR
        document.metadata.created = document.metadata.modified = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        content = document.write_pdf(
            pdf_variant=VARIANT,
            output_intent=COLOURS,
            attachments=[attachment],
            finisher=partial(_finish, source=source),
        )
        document.take_apart()
    return bytes(content)


def _finish(document: Any, made: pydyf.PDF, *, source: str | None) -> None:
    """Put the metadata in, and write the file once, in a form of which every checker reads the same lengths."""
    _put_metadata(document, made, source)
    # The library lists an attachment twice.
    made.catalog["AF"] = pydyf.Array(dict.fromkeys(made.catalog["AF"]))
    made.objects[1:] = [_Written(object_) for object_ in made.objects[1:]]
    made.write = partial(_write, made, made.write)


class _Written(pydyf.Object):  # type: ignore[misc]
    """An object with its bytes; the library would make and compress them anew for the file and for the file's id."""

    def __init__(self, object_: pydyf.Object) -> None:
        super().__init__()
        self.number, self.generation, self.free = object_.number, object_.generation, object_.free
        self._compressible = object_.compressible
        self._data = _compressed(object_) if isinstance(object_, pydyf.Stream) else object_.data

    @property
    def data(self) -> bytes:
        """The bytes between `obj` and `endobj`."""
        return bytes(self._data)

    @property
    def compressible(self) -> bool:
        """True when the object may be in an object stream."""
        return bool(self._compressible)


AMBIGUOUS_END = b"\r\nendstream"
"""The end of a stream whose last byte is a carriage return: a checker can't tell it from an end of line."""


def _compressed(stream: pydyf.Stream) -> bytes:
    """A stream with its dictionary; written with letters only where it would end in a carriage return."""
    compress, stream.compress = stream.compress, False
    plain = stream.data
    if not compress:
        return bytes(plain)
    content = zlib.compress(plain.partition(b"\nstream\n")[2].removesuffix(b"\nendstream"), LEVEL)
    filters = "/FlateDecode"
    if content.endswith(b"\r"):
        content, filters = a85encode(content) + b"~>", "[/ASCII85Decode /FlateDecode]"
    extra = pydyf.Dictionary({**stream.extra, "Filter": filters, "Length": len(content)})
    return b"\n".join((extra.data, b"stream", content, b"endstream"))


def _write(made: pydyf.PDF, write: Callable[..., None], output: BytesIO, *options: Any) -> None:
    """Write the file; again with an empty object more while a stream of the library's own ends ambiguously."""
    for _ in range(MOST_TRIES):
        objects = list(made.objects)
        tried = BytesIO()
        write(tried, *options)
        if AMBIGUOUS_END not in tried.getvalue():
            break
        made.objects[:] = objects
        made.current_position = 0
        made.add_object(pydyf.Dictionary())
    output.write(tried.getvalue())
    del made.write


def _put_metadata(document: Any, made: pydyf.PDF, source: str | None) -> None:
    """Replace the metadata: WeasyPrint writes those of PDF/A or of PDF/UA, and compresses them, which PDF/A forbids."""
    metadata = document.metadata
    xmp = _xmp().render(
        title=metadata.title,
        description=metadata.description,
        creator=metadata.generator,
        moment=metadata.created,
        producer=f"WeasyPrint {weasyprint_version}",
        source=source,
    )
    stream = made.objects[int(made.catalog["Metadata"].split()[0])]
    stream.stream, stream.compress = [xmp.encode()], False


def _colours() -> ColorProfile:
    """The output intent that PDF/A demands. WeasyPrint has the same one, but leaves its file open."""
    return ColorProfile(BytesIO(_icc()), f"{COLOURS}.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


@cache
def _icc() -> bytes:
    return files("weasyprint.pdf").joinpath(f"{COLOURS}.icc").read_bytes()


@cache
def _xmp() -> Any:
    environment = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
    return environment.get_template("metadata.xmp.j2")


@cache
def _elements() -> CSS:
    return CSS(string=style("elements"), url_fetcher=_NoFetcher())


@cache
def _style(is_trial: bool) -> CSS:
    names = ["report", "page", *(["trial"] if is_trial else [])]
    return CSS(string="\n".join(style(name) for name in names), url_fetcher=_NoFetcher())
