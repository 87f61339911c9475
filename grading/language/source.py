"""Reads YAML strictly: numbers as exact decimals, no duplicate keys, every value with its line.

YAML 1.1 turns `on`, `no` and `1e3` into things nobody wrote; here a scalar is null, true, false, a decimal number, an ISO
date, or the text that stands there.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from grading.language.problems import Problem, place_of
from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, Reason, reason_of
from grading.problems.ruleset_codes import RulesetCode
from grading.problems.unreadable import why_unreadable

Path_ = tuple[str | int, ...]
MAX_DEPTH = 60
MAX_BYTES = 4_000_000
_NUMBER = re.compile(r"^[-+]?\d+(\.\d+)?$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_WIDE_MARK = re.compile(r"[A-Za-z0-9_\"'}\]]\s*([：，｛｝［］])")
"""A mark of Chinese width right behind a name or a figure: YAML takes it for a letter."""
_YAML_FAULTS = (
    ("mapping values are not allowed", Phrase.YAML_MAPPING),
    ("did not find expected key", Phrase.YAML_KEY),
    ("did not find expected '-'", Phrase.YAML_ITEM),
    ("block sequence entries are not allowed", Phrase.YAML_ITEM),
    ("could not find expected ':'", Phrase.YAML_COLON),
    ("cannot start any token", Phrase.YAML_CHARACTER),
    ("control characters", Phrase.YAML_CHARACTER),
    ("unexpected end of stream", Phrase.YAML_END),
    ("did not find expected ','", Phrase.YAML_END),
    ("undefined alias", Phrase.YAML_ANCHOR),
)
"""Parts of what the YAML reader says, and what each means."""
_CONSTANTS: dict[str, bool | None] = {"null": None, "~": None, "": None, "true": True, "false": False}


class _UntaggedLoader(yaml.CSafeLoader):
    """Gives nodes without guessing tags, which nobody reads: the guesses are a third of what parsing takes."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:
        """One tag for everything."""
        del kind, value, implicit
        return "?"


@dataclass
class Source:
    """A file's content as plain values, with the line of every place in it."""

    file: str
    data: Any
    problems: list[Problem] = field(default_factory=list)
    text: bytes = b""

    @cached_property
    def lines(self) -> dict[Path_, int]:
        """The line of every place: worked out when the first is asked for, as nobody asks of a file in order."""
        if not self.text:
            return {}
        placed = Source(self.file, None)
        node = yaml.compose(self.text.decode("utf-8"), Loader=_UntaggedLoader)
        placed.lines = {}
        if node is not None:
            _build(node, (), placed, frozenset())
        return placed.lines

    def line(self, path: Path_) -> int:
        """The line of a place, or of the nearest place around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path_, reason: Reason) -> Problem:
        """A finding at a place of this file."""
        return Problem(self.file, self.line(path), place_of(path), reason)

    def refuse(self, code: RulesetCode, /, line: int = 0, **parameters: Parameter) -> None:
        """Note what is wrong with the file as a whole, or on one of its lines."""
        self.problems.append(Problem(self.file, line, "", reason_of(code, **parameters)))


def read_source(path: Path, shown_as: str) -> Source:
    """Read a file; what is wrong with it as YAML is in `problems`, and `data` is then None."""
    source = Source(shown_as, None)
    try:
        text = path.read_bytes()
    except OSError as error:
        source.refuse(RulesetCode.FILE_UNREADABLE, why=why_unreadable(error))
        return source
    return parse_source(text, shown_as)


def parse_source(text: bytes, shown_as: str) -> Source:
    """Parse the bytes of a file; see `read_source`."""
    source = Source(shown_as, None)
    if len(text) > MAX_BYTES:
        source.refuse(RulesetCode.FILE_TOO_LARGE, most=MAX_BYTES)
        return source
    try:
        node = yaml.compose(text.decode("utf-8"), Loader=_UntaggedLoader)
    except UnicodeDecodeError as error:
        source.refuse(RulesetCode.NOT_UTF8, byte=error.start)
        return source
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        source.refuse(RulesetCode.NOT_YAML, line, fault=_fault_at(text, line, str(error.problem or error.context)))
        return source
    except yaml.reader.ReaderError as error:
        line = text.decode("utf-8")[: error.position].count("\n") + 1
        source.refuse(RulesetCode.NOT_YAML, line, fault=_yaml_fault(f"{error.reason}: {error.character!r}"))
        return source
    except (yaml.YAMLError, RecursionError) as error:
        source.refuse(RulesetCode.NOT_YAML, fault=_yaml_fault(str(error)))
        return source
    if node is None:
        source.refuse(RulesetCode.FILE_EMPTY)
        return source
    source.text = text
    try:
        source.data = _values(node, 0)
    except _OddError:
        source.lines = {}
        source.data = _build(node, (), source, frozenset())
    return source


class _OddError(Exception):
    """Something about a file has to be told with its place."""


def _values(node: yaml.Node, depth: int) -> Any:
    """The values of a file in which nothing is wrong. Raises _OddError."""
    if depth > MAX_DEPTH:
        raise _OddError
    if isinstance(node, yaml.ScalarNode):
        text: str = node.value
        if node.style not in (None, ""):
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        # Digits and signs alone begin what may be a number or a day.
        return _plain_scalar(text) if text[0] in "-+0123456789" else text
    if isinstance(node, yaml.SequenceNode):
        return [_values(item, depth + 1) for item in node.value]
    mapping: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in mapping:
            raise _OddError
        mapping[key.value] = _values(value, depth + 1)
    return mapping


def read_head(path: Path) -> tuple[str | None, str | None]:
    """The title of a ruleset's file, or else what it extends; read no further than the title.

    Neither of a file that can't be read: what is wrong with it is told where the ruleset is used.
    """
    extends: str | None = None
    try:
        for key, value in _top_level_texts(path.read_bytes().decode("utf-8")):
            if key == "title":
                return value, None
            if key == "extends":
                extends = value
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None, None
    return None, extends


def _top_level_texts(text: str) -> Iterator[tuple[str, str]]:
    """The keys of the outermost mapping that have a text, with it."""
    depth, key = 0, None
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            key = None
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif depth == 1 and isinstance(event, yaml.ScalarEvent):
            if key is None:
                key = event.value
                continue
            if event.style is not None or event.value not in _CONSTANTS:
                yield key, event.value
            key = None


def _yaml_fault(original: str) -> Reason:
    """The fault that the YAML reader found, explained."""
    return reason_of(
        next((phrase for part, phrase in _YAML_FAULTS if part in original), Phrase.YAML_OTHER), original=original
    )


def _fault_at(text: bytes, number: int, original: str) -> Reason:
    """The fault on a line, explained by what people type in place of spaces and marks: there or on the line before."""
    lines = text.decode("utf-8").split("\n")
    for at in (number, number - 1):
        line = lines[at - 1] if 0 < at <= len(lines) else ""
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            return reason_of(Phrase.YAML_TAB, original=original)
        if not indent.isascii():
            return reason_of(Phrase.YAML_WIDE_SPACE, original=original)
        wide = _WIDE_MARK.search(line)
        if wide is not None:
            ordinary = unicodedata.normalize("NFKC", wide[1])
            return reason_of(Phrase.YAML_WIDE_MARK, line=at, mark=wide[1], ordinary=ordinary, original=original)
    return _yaml_fault(original)


def _build(node: yaml.Node, path: Path_, source: Source, above: frozenset[int]) -> Any:
    source.lines[path] = node.start_mark.line + 1
    if len(path) > MAX_DEPTH or id(node) in above:
        source.problems.append(source.problem(path, reason_of(RulesetCode.NESTED_TOO_DEEPLY, most=MAX_DEPTH)))
        return None
    inside = above | {id(node)}
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                source.problems.append(source.problem(path, reason_of(RulesetCode.NO_PLAIN_KEY)))
                continue
            key = key_node.value
            here = (*path, key)
            if key in mapping:
                line = key_node.start_mark.line + 1
                reason = reason_of(RulesetCode.KEY_TWICE, key=key, line=source.line(here))
                source.problems.append(Problem(source.file, line, place_of(path), reason))
                continue
            mapping[key] = _build(value_node, here, source, inside)
            source.lines[here] = key_node.start_mark.line + 1
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, i), source, inside) for i, item in enumerate(node.value)]
    return _scalar(node, path, source)


def _scalar(node: yaml.Node, path: Path_, source: Source) -> Any:
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style not in (None, ""):
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    try:
        return _plain_scalar(text)
    except _OddError:
        source.problems.append(source.problem(path, reason_of(RulesetCode.NO_SUCH_DAY, text=text)))
        return None


def _plain_scalar(text: str) -> Decimal | date | str:
    """A scalar without quotes, when it is no constant. Raises _OddError for a day that there is not."""
    if _NUMBER.match(text):
        return Decimal(text)
    if _DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise _OddError from None
    return text
