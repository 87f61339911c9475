"""Files that commands write: whole or not at all."""

import os
import tempfile
from pathlib import Path

from grading.cli.terminal import Exit, stop


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; ends the command where that is impossible."""
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        stop(f"{path} 写不了：{error.strerror}", Exit.FAILED)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
