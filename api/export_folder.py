"""The folder of documents that were made for somebody, and the one worker that makes the large ones."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from api.store.base import now

KEPT = timedelta(days=1)


class ExportFolder:
    """The folder of finished documents and the one worker that makes the large ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._worker: ThreadPoolExecutor | None = None

    def path(self, export_id: UUID) -> Path:
        """Where a document lies."""
        return self.folder / str(export_id)

    def write(self, export_id: UUID, content: bytes) -> None:
        """Put a document there, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        incoming = self.folder / f".{export_id}"
        incoming.write_bytes(content)
        incoming.replace(self.path(export_id))

    def begin(self, work: Callable[[], None]) -> None:
        """Have something made in the background, one thing after another."""
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="exports")
        self._worker.submit(work)

    def files(self) -> list[Path]:
        """The finished documents that are there now."""
        return sorted(path for path in self.folder.glob("*") if path.is_file() and not path.name.startswith("."))

    def sweep(self) -> None:
        """Remove what is older than a day."""
        before = (now() - KEPT).timestamp()
        with suppress(FileNotFoundError):
            for entry in os.scandir(self.folder):
                with suppress(FileNotFoundError):
                    if entry.stat().st_mtime < before:
                        Path(entry.path).unlink()

    def close(self) -> None:
        """Wait for the part that is being made; leave the rest."""
        if self._worker is not None:
            self._worker.shutdown(wait=True, cancel_futures=True)
