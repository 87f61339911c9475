"""The web application: puts routes, pages and what surrounds them together, and does nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from api import pages, routes
from api.context import public, with_contexts
from api.http import health, problem_handlers
from api.http.middleware import Envelope
from api.problems import API
from api.server.openapi import describe
from api.service import Service
from grading import __version__

OPENAPI = f"{API}/openapi.json"


def create_app(service: Service) -> FastAPI:
    """The application of a service. It closes the service when it stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.stopping.set()
        service.close()

    app = FastAPI(
        title="重污染天气重点行业绩效分级",
        version=__version__,
        lifespan=lifespan,
        # The interactive documents load their scripts from elsewhere; the content policy is right to refuse them.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.service = service
    problem_handlers.install(app, pages.PROBLEM_PAGE)
    app.include_router(with_contexts(health.router))
    for router in routes.ROUTERS:
        app.include_router(with_contexts(router), prefix=API)
    for router in pages.ROUTERS:
        app.include_router(with_contexts(router), include_in_schema=False)
    pages.mount(app)
    describe(app)

    @app.get(OPENAPI, include_in_schema=False)
    def openapi(_: Annotated[Service, public()]) -> dict[str, Any]:
        """The description of the JSON interface."""
        return app.openapi()

    settings = service.settings
    if settings.production and settings.public_url:
        app.add_middleware(
            TrustedHostMiddleware, allowed_hosts=[urlsplit(settings.public_url).hostname or "", "127.0.0.1"]
        )
    https = (settings.public_url or "").startswith("https://")
    app.add_middleware(Envelope, max_bytes=settings.upload_megabytes * 1_000_000 + 100_000, https=https)
    return app
