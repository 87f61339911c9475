"""Is the process alive, can it serve, what did it count."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from api.access import Rule
from api.context import Context, needs, public
from api.metrics import exposition
from api.service import Service
from api.store import migrate

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="The process is alive")
def healthz(_: Annotated[Service, public()]) -> dict[str, str]:
    """Always the same answer, as long as there is one."""
    return {"status": "ok"}


@router.get("/readyz", summary="The service can answer requests")
def readyz(service: Annotated[Service, public()], response: Response) -> dict[str, Any]:
    """503 while the service stops, the database doesn't answer or is of another version, or evidence can't be written."""
    checks = {
        "running": not service.stopping.is_set(),
        "database": _answers(service),
        "schema": _is_current(service),
        "evidence": service.evidence.is_writable(),
        "rulesets": bool(service.grader.library.ids()),
    }
    ready = all(checks.values())
    response.status_code = 200 if ready else 503
    return {"status": "ready" if ready else "not ready", "checks": checks}


@router.get(
    "/metrics",
    summary="Counters for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def metrics(_: Annotated[Context, needs(Rule.OPERATE)]) -> Response:
    """In Prometheus's text format; asks for an administrator's token."""
    return Response(exposition(), media_type=CONTENT_TYPE_LATEST)


def _answers(service: Service) -> bool:
    try:
        return service.database.answers()
    except SQLAlchemyError:
        return False


def _is_current(service: Service) -> bool:
    try:
        return migrate.current(service.database) == migrate.newest()
    except SQLAlchemyError:
        return False
