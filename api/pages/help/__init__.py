"""Help for each role in Chinese: the same texts that the README leads to, shown in the product."""

from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from api.access import ROLE_NAMES, Rule
from api.context import Context, needs
from api.pages.render import page
from api.problems import not_found
from api.store import Role

router = APIRouter()
HERE = Path(__file__).parent
Reader = Annotated[Context, needs(Rule.OWN_ACCOUNT)]


@router.get("/help")
def show_own_help(context: Reader) -> Response:
    """The page for the role of who asks."""
    return RedirectResponse(f"/help/{context.actor.role.value}", status_code=303)


@router.get("/help/{role}")
def show_help(role: str, request: Request, context: Reader) -> Response:
    """The page for a role; each may read those of the others."""
    if role not in {known.value for known in Role}:
        raise not_found()
    return page(request, context, "help.html.j2", text=_rendered(role), role=role, roles=ROLE_NAMES)


@cache
def _rendered(role: str) -> Markup:
    """A page as HTML. Links of the repository lead nowhere in the product, so only their words are shown."""
    markdown = MarkdownIt("commonmark", {"html": False})
    for part in ("link_open", "link_close"):
        markdown.add_render_rule(part, lambda *_: "")
    text = (HERE / f"{role}.md").read_text(encoding="utf-8")
    return Markup(markdown.render(text.replace("](../assets/", "](/static/")))
