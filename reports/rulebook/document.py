"""The rule book of an edition as HTML and as tagged PDF/A."""

import orjson

from grading.model.ruleset import Ruleset
from reports.context.words import short_name
from reports.pdf import Attached, pdf
from reports.render import rendered
from reports.rulebook.context import Book, book

TEMPLATE = "rulebook.html.j2"


def rulebook_html(ruleset: Ruleset, before: Ruleset | None, reviewed_by: str | None = None) -> str:
    """The rule book as one HTML file that needs nothing else."""
    return _page(book(ruleset, before, reviewed_by), for_screen=True)


def rulebook_pdf(ruleset: Ruleset, before: Ruleset | None, reviewed_by: str | None = None) -> bytes:
    """The rule book as PDF/A-3a and PDF/UA-1 with the merged ruleset as JSON inside; raises TypefaceError."""
    made = book(ruleset, before, reviewed_by)
    return pdf(
        _page(made, for_screen=False),
        title=f"{made.title}：绩效分级规则书",
        subject=f"{made.document}，{made.effective}起施行",
        day=ruleset.edition.effective,
        attached=Attached("ruleset.json", "合并后的规则集（JSON）", _content(ruleset)),
        is_trial=False,
    )


def _page(made: Book, *, for_screen: bool) -> str:
    return rendered(TEMPLATE, for_screen=for_screen, book=made, short_name=short_name(made.title))


def _content(ruleset: Ruleset) -> bytes:
    content = ruleset.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"lineage"})
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)
