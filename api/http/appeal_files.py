"""Files of appeals as they are handed out."""

from uuid import UUID

from starlette.responses import FileResponse, Response

from api.context import Context
from api.problems import not_found
from api.services.appeals import files_of
from api.store import Appeal

RECEIPT = "申诉回执.pdf"


def file_response(context: Context, appeal_id: UUID, number: int) -> Response:
    """The file of an appeal with a number, counted from 1, as a download; raises Problem (404)."""
    files = files_of(context, context.find(Appeal, appeal_id))
    if number > len(files):
        raise not_found()
    file = files[number - 1]
    path = context.service.evidence.path(file.sha256)
    if not path.is_file():
        raise not_found()
    return FileResponse(path, media_type=file.media_type, filename=file.name)
