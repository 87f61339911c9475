"""The pages for people: one file per page or group of pages, each with a `router`."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from api.pages import (
    account,
    audit,
    audit_form,
    batch_unit,
    batches,
    comparison,
    enterprise,
    exports,
    home,
    log,
    overview,
    rulesets,
    sign_in,
    teams,
    users,
    what_if,
)
from api.pages.problem_page import problem_page
from api.problem_answers import PageMaker

ROUTERS: tuple[APIRouter, ...] = (
    sign_in.router,
    home.router,
    audit_form.router,
    audit.router,
    comparison.router,
    enterprise.router,
    what_if.router,
    overview.router,
    exports.router,
    rulesets.router,
    batches.router,
    batch_unit.router,
    users.router,
    teams.router,
    account.router,
    log.router,
)
"""Every router of pages."""
PROBLEM_PAGE: PageMaker | None = problem_page
"""Makes the page that says why something was refused."""
ASSETS = Path(__file__).parent / "assets"


def mount(app: FastAPI) -> None:
    """Mount the static files at `/static`."""
    app.mount("/static", StaticFiles(directory=ASSETS), name="static")
