"""The pages for people: one file per page or group of pages, each with a `router`."""

from contextlib import suppress
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from api.http.problem_handlers import PageMaker
from api.pages import (
    account,
    announcements,
    audit,
    audit_import,
    bulk,
    comparison,
    doubles,
    enterprise,
    enterprise_register,
    exports,
    help,
    home,
    labels,
    log,
    notices,
    overview,
    public,
    register,
    render,
    sign_in,
    teams,
    unit_registration,
    users,
    waivers,
    what_if,
)
from api.pages.admission import opinions
from api.pages.batch import batch_unit, batches
from api.pages.campaign import campaigns, outlook, plan, plant_map, plants, progress
from api.pages.form import audit_form, evidence
from api.pages.problem_page import problem_page
from api.pages.ruleset import proposals, rulesets, working_editions
from api.queries.rulesets import brief
from api.service import Service
from grading.language.problems import LanguageError

ROUTERS: tuple[APIRouter, ...] = (
    sign_in.router,
    public.router,
    home.router,
    audit_form.router,
    evidence.router,
    audit.router,
    comparison.router,
    enterprise_register.router,
    doubles.router,
    enterprise.router,
    unit_registration.router,
    waivers.router,
    what_if.router,
    overview.router,
    announcements.router,
    register.router,
    bulk.router,
    audit_import.router,
    exports.router,
    rulesets.router,
    working_editions.router,
    proposals.router,
    batches.router,
    batch_unit.router,
    campaigns.router,
    plant_map.router,
    plants.router,
    outlook.router,
    plan.router,
    progress.router,
    opinions.router,
    users.router,
    teams.router,
    account.router,
    help.router,
    notices.router,
    log.router,
)
"""Every router of pages."""
PROBLEM_PAGE: PageMaker | None = problem_page
"""Makes the page that says why something was refused."""
PAUSE = 0.02
"""So long others are let go first between two rulesets (seconds)."""
ASSETS = Path(__file__).parent / "assets"


def prepare(service: Service) -> None:
    """Read levels, the titles of rulesets and templates before the first page that needs them is asked for.

    What is wrong with a ruleset is told where it is asked for.
    """
    with suppress(LanguageError):
        labels.prepare(service.grader.library)
    render.prepare()


def prepare_rulesets(service: Service) -> None:
    """Read the rulesets whole, which takes seconds: beside the first answers, until all are there or the service stops."""
    library = service.grader.library
    for ruleset_id in library.ids():
        if service.stopping.wait(PAUSE):
            return
        brief(library, ruleset_id)


def mount(app: FastAPI) -> None:
    """Mount the static files at `/static`."""
    app.mount("/static", StaticFiles(directory=ASSETS), name="static")
