"""The pages for people: one file per page or group of pages, each with a `router`."""

from fastapi import APIRouter, FastAPI

from api.problem_answers import PageMaker

ROUTERS: tuple[APIRouter, ...] = ()
"""Every router of pages."""
PROBLEM_PAGE: PageMaker | None = None
"""Makes the page that says why something was refused."""


def mount(_: FastAPI) -> None:
    """Mount the static files at `/static`."""
