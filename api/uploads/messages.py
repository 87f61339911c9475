"""Messages between the service and the process that reads workbooks: pickled, each message with its length before it."""

import pickle
import struct
from dataclasses import dataclass
from typing import IO, Any

from grading.forms.findings import FormProblem
from grading.model.ruleset import Ruleset

_LENGTH = struct.Struct("<Q")
MOST = 200_000_000


@dataclass(frozen=True)
class Read:
    """Read a workbook against the rulesets of a folder, and `held` that are no files."""

    data: bytes
    rulesets: str
    held: tuple[Ruleset, ...] = ()


@dataclass(frozen=True)
class ReadRuleset:
    """Read a ruleset's workbook against the rulesets of a folder, and `held` that are no files."""

    data: bytes
    rulesets: str
    held: tuple[Ruleset, ...] = ()


@dataclass(frozen=True)
class RulesetRead:
    """A read ruleset workbook: the edition as YAML, None where nothing has changed; and notices for its sender."""

    base: str
    text: bytes | None
    notices: tuple[str, ...]


@dataclass(frozen=True)
class ReadAudits:
    """Read files of audits (name and content, the units' file first) against the rulesets of a folder, and `held` ones."""

    files: tuple[tuple[str, bytes], ...]
    ruleset: str | None
    rulesets: str
    held: tuple[Ruleset, ...] = ()


@dataclass(frozen=True)
class LayoutRefused:
    """The content of a `LayoutError`."""

    problems: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """Mark problems in a copy of a workbook."""

    data: bytes
    problems: tuple[FormProblem, ...]


@dataclass(frozen=True)
class Refused:
    """The content of a `FormError`."""

    problems: tuple[FormProblem, ...]
    can_mark: bool


@dataclass(frozen=True)
class Failed:
    """The workbook made the reader fail; `kind` is the exception's name."""

    kind: str


def send(stream: IO[bytes], message: Any) -> None:
    """Write a message."""
    packed = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(packed)))
    stream.write(packed)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read a message; raises EOFError when the other side is gone."""
    return pickle.loads(_exactly(stream, _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0]))


def _exactly(stream: IO[bytes], size: int) -> bytes:
    if size > MOST:
        raise EOFError("the message is too large")
    found = stream.read(size)
    if len(found) < size:
        raise EOFError("the other side is gone")
    return found
