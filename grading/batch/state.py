"""A batch's state, in a file beside its results: so that it goes on, and never mixes two inputs."""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grading.model.base import Mode, Strict

FILE = "state.json"
FORMAT = 3


class Identity(Strict):
    """The settings and inputs that make two runs the same run."""

    format: int = FORMAT
    input: tuple[str, ...]
    input_digest: str
    ruleset: str
    ruleset_digest: str
    mode: Mode
    target: str | None
    skip_unknown: bool
    partial: bool = False
    engine: str


class Done(Strict):
    """The result of one chunk."""

    read: int
    graded: int
    refused: int
    incomplete: int = 0
    """Of the graded units, those of which values were left unknown."""
    notices: int = 0
    skipped: int
    checked: int


class State(Strict, extra="ignore"):
    """A batch and the chunks that are done, in order; files of earlier versions have a field more, which says nothing."""

    identity: Identity
    done: tuple[Done, ...] = ()


class OtherBatchError(Exception):
    """The folder holds another batch, or one that is still running; `differences` says in what they differ."""

    def __init__(self, differences: Iterable[str]) -> None:
        self.differences = tuple(differences)
        super().__init__("；".join(self.differences))

    def __reduce__(self) -> tuple[Any, ...]:
        """The error as another process makes it again."""
        return OtherBatchError, (self.differences,)


LABELS = {
    "format": "程序的存档格式",
    "input": "输入文件",
    "input_digest": "输入内容",
    "ruleset": "规则集",
    "ruleset_digest": "规则集内容",
    "mode": "评级方式",
    "target": "目标等级",
    "skip_unknown": "是否略去未知列",
    "partial": "不能读的值是否按未知处理",
    "engine": "引擎版本",
}


def digest_of(files: Iterable[Path]) -> str:
    """`sha256:<hex>` over names and contents."""
    found = hashlib.sha256()
    for file in files:
        with file.open("rb") as data:
            content = hashlib.file_digest(data, "sha256").hexdigest()
        found.update(f"{file.name}\n{content}\n".encode())
    return f"sha256:{found.hexdigest()}"


def load(folder: Path, identity: Identity) -> State:
    """The state of this batch in `folder`, new if there is none. Raises OtherBatchError."""
    file = folder / FILE
    if not file.is_file():
        return State(identity=identity)
    try:
        state = State.model_validate_json(file.read_bytes())
    except ValidationError:
        raise OtherBatchError([f"{file} 不是本程序能读的存档"]) from None
    if state.identity != identity:
        before, now = state.identity.model_dump(mode="json"), identity.model_dump(mode="json")
        shown = (
            f"{LABELS[name]}：原为 {_short(before[name])}，现为 {_short(now[name])}"
            for name in now
            if before[name] != now[name]
        )
        raise OtherBatchError(shown)
    return state


def save(folder: Path, state: State) -> None:
    """Write the state so that it is there whole or not at all."""
    partial = folder / f"{FILE}.partial"
    with partial.open("w", encoding="utf-8") as file:
        file.write(state.model_dump_json(indent=1))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / FILE)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes out of the folder. Raises OtherBatchError when one is in it."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OtherBatchError(["另一个进程正在此目录写结果"]) from None
        yield


def _short(value: object) -> str:
    text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 40 else f"{text[:28]}…"
