"""A read workbook → the files of an edition: whole, or extending the ruleset and stating only the changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grading.engine.grade import ruleset_digest
from grading.language.check import check
from grading.language.draft import DraftLibrary
from grading.language.figures import comparisons
from grading.language.load import LISTS, Library
from grading.language.problems import LanguageError, Problem
from grading.model.ruleset import ALERTS, Ruleset
from grading.problems.ruleset_codes import RulesetCode
from grading.ruleset_workbook.raw import Raw, ruleset_content
from grading.ruleset_workbook.yaml_text import yaml_text

FRAME = ("scales", "dimensions")
COMMON = "common/"
_HEAD = ("id", "title", "scale", "edition", "jurisdiction", "industry", "review")
UNREAD = frozenset({RulesetCode.FACT_UNREAD, RulesetCode.COMPUTED_UNREAD})


@dataclass(frozen=True)
class Edition:
    """An edition: its ruleset as it is loaded, its own file, and all files that it needs, by their path in its folder."""

    ruleset: Ruleset
    digest: str
    text: bytes
    files: Mapping[str, bytes]
    dropped: tuple[str, ...] = ()
    """The facts that nothing reads any more and that were left out."""


class RemovedError(Exception):
    """An edition that extends another would have to take something of it away; `what` says what."""

    def __init__(self, what: tuple[str, ...]) -> None:
        self.what = what
        super().__init__("、".join(what))


class DifferentError(Exception):
    """The files would not make the ruleset that they are to make."""


@dataclass(frozen=True)
class Draft:
    """A text as the library loads it: the ruleset, or the problems because of which there is none."""

    ruleset: Ruleset | None
    problems: tuple[Problem, ...]


def load_text(text: bytes, library: Library) -> Draft:
    """Load a ruleset's text beside the rulesets that are there, and check it."""
    try:
        draft = DraftLibrary(text, library.root)
        loaded = draft.merged(draft.draft_id)
    except LanguageError as error:
        return Draft(None, error.problems)
    return Draft(loaded.ruleset, check(loaded))


def whole_edition(content: Raw, base: Ruleset, library: Library, comment: str) -> Edition:
    """The edition that needs none of the ruleset that it was made from, with the common parts where they still fit."""
    unread, parts = _newly_unread(content, base), _parts(base.id, library)
    for candidates, dropped in ((parts, False), ((), True)) if parts else (((), True),):
        trimmed = content if not dropped else _without(content, unread)
        given = _given(candidates, content, library) if candidates else None
        if candidates and given is None:
            continue
        own = {key: content[key] for key in _HEAD} | ({"include": list(candidates)} if candidates else {})
        own |= {"notes": content["notes"]} | _differing(trimmed, given or {})
        text = yaml_text(own, comment)
        loaded = load_text(text, library)
        errors = [problem for problem in loaded.problems if problem.severity == "error"]
        if loaded.ruleset is None or (errors and candidates):
            continue
        if candidates and ruleset_digest(loaded.ruleset) != _digest(content, library):
            continue
        names = (*FRAME, *candidates)
        return Edition(
            loaded.ruleset,
            ruleset_digest(loaded.ruleset),
            text,
            _files(library, names, content["id"], text),
            tuple(unread) if dropped else (),
        )
    raise DifferentError


def local_edition(content: Raw, base: Ruleset, library: Library, comment: str) -> Edition:
    """The edition that extends the ruleset and states what differs. Raises RemovedError or DifferentError."""
    before = ruleset_content(base)
    removed = tuple(_removed(content, before))
    if removed:
        raise RemovedError(removed)
    own: Raw = {"id": content["id"]}
    own |= {key: content[key] for key in ("title", "industry") if content[key] != before[key]}
    own |= {key: content[key] for key in ("edition", "jurisdiction", "review")} | {"extends": base.id}
    own["notes"] = content["notes"][len(before["notes"]) :]
    own |= _differing(content, before)
    text = yaml_text({key: value for key, value in own.items() if value not in ([], {})}, comment)
    loaded = load_text(text, library)
    if loaded.ruleset is None or ruleset_digest(loaded.ruleset) != _digest(content, library):
        raise DifferentError
    names = (*FRAME, *library.made_of(base.id))
    files = _files(library, names, content["id"], text)
    return Edition(loaded.ruleset, ruleset_digest(loaded.ruleset), text, files)


def unread_facts(ruleset: Ruleset) -> frozenset[str]:
    """Facts and computed facts that neither conditions nor read computed facts read."""
    read = {comparison.fact for _, comparison in comparisons(ruleset)}
    grown = True
    while grown:
        more = {o for id_ in read & set(ruleset.computed) for o in ruleset.computed[id_].operands if isinstance(o, str)}
        grown = not more <= read
        read |= more
    return frozenset({*ruleset.facts, *ruleset.computed} - read)


def _digest(content: Raw, library: Library) -> str:
    loaded = load_text(yaml_text(content, ""), library)
    if loaded.ruleset is None:
        raise DifferentError
    return ruleset_digest(loaded.ruleset)


def _parts(ruleset_id: str, library: Library) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in library.made_of(ruleset_id) if name.startswith(COMMON)))


def _given(parts: tuple[str, ...], content: Raw, library: Library) -> Raw | None:
    """The content that the parts give by themselves; None where the edition lacks some of it."""
    head = {key: content[key] for key in _HEAD} | {"include": list(parts)}
    loaded = load_text(yaml_text(head, ""), library)
    if loaded.ruleset is None:
        return None
    given = ruleset_content(loaded.ruleset)
    return None if any(_removed(content, given | {"notes": []})) else given


def _differing(content: Raw, given: Raw) -> Raw:
    """The entries that are not given as they are to be."""
    found: Raw = {}
    groups = {id_: raw for id_, raw in content["groups"].items() if given.get("groups", {}).get(id_) != raw}
    if groups:
        found["groups"] = groups
    for name in LISTS:
        known = {raw["id"]: raw for raw in given.get(name, ())}
        entries = [raw for raw in content[name] if known.get(raw["id"]) != raw]
        if entries:
            found[name] = entries
    measures = {
        alert: levels
        for alert in ALERTS
        if (
            levels := {
                level: entries
                for level, entries in content["measures"].get(alert, {}).items()
                if given.get("measures", {}).get(alert, {}).get(level) != entries
            }
        )
    }
    return found | ({"measures": measures} if measures else {})


def _removed(content: Raw, given: Raw) -> Iterator[str]:
    """The content that is given but removed, in words."""
    for id_ in given["groups"]:
        if id_ not in content["groups"]:
            yield f"表格 {id_}"
    for name, word in zip(LISTS, ("填报项", "计算项", "指标", "否决项"), strict=True):
        there = {raw["id"] for raw in content[name]}
        yield from (f"{word} {raw['id']}" for raw in given[name] if raw["id"] not in there)
    for alert, levels in given["measures"].items():
        for level in levels:
            if level not in content["measures"].get(alert, {}):
                yield f"措施 {alert}.{level}"
    if content["notes"][: len(given["notes"])] != given["notes"]:
        yield "待解问题"


def _newly_unread(content: Raw, base: Ruleset) -> list[str]:
    """The facts that nothing reads and that are not new: the condition that read them has gone, or never was one."""
    read = set(_read(content))
    known = {*base.facts, *base.computed}
    return [raw["id"] for name in ("facts", "computed") for raw in content[name] if raw["id"] in known - read]


def _read(content: Raw) -> Iterator[str]:
    referenced = list(_facts_in([content["indicators"], content["gates"]]))
    computed = {raw["id"]: raw for raw in content["computed"]}
    seen: set[str] = set()
    while referenced:
        id_ = referenced.pop()
        if id_ in seen:
            continue
        seen.add(id_)
        yield id_
        referenced += [text for text in _texts(computed.get(id_, {})) if text != id_]


def _facts_in(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _facts_in(item)
    elif isinstance(value, dict):
        if isinstance(value.get("fact"), str):
            yield value["fact"]
        for item in value.values():
            yield from _facts_in(item)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _without(content: Raw, ids: list[str]) -> Raw:
    removed = set(ids)
    return content | {
        name: [raw for raw in content[name] if raw["id"] not in removed] for name in ("facts", "computed")
    }


def _files(library: Library, names: tuple[str, ...], ruleset_id: str, text: bytes) -> dict[str, bytes]:
    files = {f"{name}.yaml": (library.root / f"{name}.yaml").read_bytes() for name in names}
    return files | {f"{ruleset_id}.yaml": text}
