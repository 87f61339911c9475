"""The end of a CSV file: one whose last line is not ended may have been cut off on the way."""

import csv
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from grading.batch.layout import LayoutError, Reject

_TAIL = 1 << 20
NOT_ENDED = "文件末尾没有换行：如果是传送或导出时被截断，最后一行的末格可能不全，其后也可能还有行；请与原表核对"


def end_remarks(files: Iterable[Path]) -> Iterator[Reject]:
    """The doubt about each file whose last line is not ended."""
    return (Reject(file.name, 0, None, "", NOT_ENDED) for file in files if _open_end(file) is not None)


def refuse_cut_off(file: Path, encoding: str, width: int) -> None:
    """Raises LayoutError for a file whose last line is not ended and has too few cells: rows may be missing behind it."""
    end = _open_end(file)
    if end is None or end.count(b'"') % 2:
        return
    cells = next(csv.reader([end.decode(encoding, "replace")]), [])
    if len(cells) < width:
        message = (
            f"最后一行没有写完（只有 {len(cells)} 格，列名有 {width} 个，行末也没有换行），文件可能被截断，其后可能还有行；"
            "请重新导出，或补全这一行并在行末换行"
        )
        raise LayoutError([f"{file.name}：{message}"])


def _open_end(file: Path) -> bytes | None:
    """The last line of a file, if it is not ended."""
    with file.open("rb") as data:
        size = data.seek(0, os.SEEK_END)
        data.seek(max(0, size - _TAIL))
        tail = data.read()
    if not tail.strip() or tail.endswith((b"\n", b"\r")):
        return None
    return tail.replace(b"\r", b"\n").rpartition(b"\n")[2]
