"""Files that are handed out, with names in any script."""

from urllib.parse import quote

from starlette.responses import Response


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """A file to download."""
    return _file(content, media_type, f"attachment; filename=\"download\"; filename*=UTF-8''{quote(name)}")


def inline(content: bytes, media_type: str, name: str) -> Response:
    """A file that browsers show themselves."""
    return _file(content, media_type, f"inline; filename*=UTF-8''{quote(name)}")


def _file(content: bytes, media_type: str, disposition: str) -> Response:
    return Response(content, headers={"Content-Disposition": disposition}, media_type=media_type)
