"""Enterprises found by what people type: parts of the name, of the credit code, of a permit's number, also of former ones."""

from sqlalchemy import ColumnElement, and_, or_, select

from api.store import Enterprise, FormerName, Site

MAX_WORDS = 8
"""More words than this are no search; the rest are not looked at."""


def matching(text: str) -> ColumnElement[bool]:
    """Enterprises that have every word of a text, each in whichever of their names and numbers."""
    return and_(*(_has(word) for word in text.split()[:MAX_WORDS]))


def _has(word: str) -> ColumnElement[bool]:
    # Codes and permits are written in capitals; people don't type them so.
    code = word.upper()
    had = FormerName.value
    named = Site.name.contains(word, autoescape=True), Site.permit.contains(code, autoescape=True)
    return or_(
        Enterprise.name.contains(word, autoescape=True),
        Enterprise.uscc.contains(code, autoescape=True),
        Enterprise.permit.contains(code, autoescape=True),
        Enterprise.id.in_(select(Site.enterprise_id).where(or_(*named))),
        Enterprise.id.in_(
            select(FormerName.enterprise_id).where(or_(*(had.contains(w, autoescape=True) for w in (word, code))))
        ),
    )
