"""Files that a browser needs to open forms without a network, beside the static ones."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from api.context import public
from api.service import Service

router = APIRouter()
SERVICE_WORKER = Path(__file__).parent / "assets" / "service-worker.js"


@router.get("/service-worker.js")
def get_service_worker(_: Annotated[Service, public()]) -> Response:
    """The service worker: at the root, since it serves the pages below the folder that it comes from."""
    return FileResponse(SERVICE_WORKER, media_type="text/javascript")
