"""The folder of documents that were made for somebody to download."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from api.store.base import now

RETENTION = timedelta(days=1)


class ExportFolder:
    """The folder of finished documents."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, export_id: UUID) -> Path:
        """The path of a document."""
        return self.folder / str(export_id)

    def write(self, export_id: UUID, content: bytes) -> None:
        """Put a document there, whole or not at all."""
        with self.incoming(export_id) as incoming:
            incoming.write_bytes(content)

    @contextmanager
    def incoming(self, export_id: UUID) -> Iterator[Path]:
        """Open a document for writing; it is there whole at the end of the block, or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        incoming = self.folder / f".{export_id}.{uuid4()}"
        try:
            yield incoming
            incoming.replace(self.path(export_id))
        finally:
            incoming.unlink(missing_ok=True)

    def files(self) -> list[Path]:
        """The finished documents that are there now."""
        return sorted(path for path in self.folder.glob("*") if path.is_file() and not path.name.startswith("."))

    def sweep(self) -> None:
        """Remove what is older than a day."""
        before = (now() - RETENTION).timestamp()
        with suppress(FileNotFoundError):
            for entry in os.scandir(self.folder):
                with suppress(FileNotFoundError):
                    if entry.stat().st_mtime < before:
                        Path(entry.path).unlink()
