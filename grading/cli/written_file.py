"""Files that a command writes: there whole or not at all."""

import os
import tempfile
from pathlib import Path

from grading.cli.terminal import Exit, stop


def write_file(path: Path, content: bytes, failure: Exit = Exit.FAILED) -> None:
    """Write a file, with the folders above it; ends the command when that can't be done."""
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
        stop(f"无法写入 {path}：{error.strerror}", failure)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
