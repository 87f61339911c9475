"""A merged ruleset as one YAML file: one that extends another ruleset and states what is different, or one that states all."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from grading.digest import plain
from grading.model.ruleset import Ruleset, RulesetFile

_LISTED = ("facts", "computed", "indicators", "gates")


def ruleset_yaml(ruleset: Ruleset, parent: Ruleset) -> str:
    """The file that reads as this ruleset; it states everything where it leaves out what its parent has."""
    base = parent_of_file(ruleset, parent)
    content, known = _content(ruleset), {} if base is None else _content(base)
    own: dict[str, Any] = {}
    for name in ("groups", *_LISTED):
        differing = _differing(content.pop(name, {}), known.get(name, {}))
        own[name] = differing if name == "groups" else list(differing.values())
    own["measures"] = _own_measures(content.pop("measures", {}), known.get("measures", {}))
    own |= {name: content[name] for name in ("title", "industry") if content.get(name) != known.get(name)}
    own |= {name: content[name] for name in ("id", "edition", "jurisdiction", "review")}
    if base is None:
        own |= {"scale": ruleset.scale_id, "notes": list(ruleset.notes)}
    else:
        # A parent's notes are inherited before a file's own.
        own |= {"extends": base.id, "notes": list(ruleset.notes[len(base.notes) :])}
    order = [name for name in RulesetFile.model_fields if own.get(name) not in (None, [], (), {})]
    return "\n".join(_mapping({name: own[name] for name in order}, 0)) + "\n"


def parent_of_file(ruleset: Ruleset, parent: Ruleset) -> Ruleset | None:
    """The ruleset that such a file extends; None when it leaves out what the parent has, which a file can't say."""
    content, known = _content(ruleset), _content(parent)
    measures = content.get("measures", {})
    stays = (
        ruleset.scale_id == parent.scale_id
        and ruleset.notes[: len(parent.notes)] == parent.notes
        and all(known.get(name, {}).keys() <= content.get(name, {}).keys() for name in ("groups", *_LISTED))
        and all(levels.keys() <= measures.get(alert, {}).keys() for alert, levels in known.get("measures", {}).items())
    )
    return parent if stays else None


def stated_ids(ruleset: Ruleset, parent: Ruleset) -> dict[str, tuple[str, ...]]:
    """The ids of the entries that such a file states, in their order there, by list."""
    base = parent_of_file(ruleset, parent)
    content, known = _content(ruleset), {} if base is None else _content(base)
    return {name: tuple(_differing(content.get(name, {}), known.get(name, {}))) for name in _LISTED}


def _differing(entries: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    return {id_: entry for id_, entry in entries.items() if theirs.get(id_) != entry}


def _content(ruleset: Ruleset) -> dict[str, Any]:
    """Plain values; what is listed by id."""
    content: dict[str, Any] = ruleset.model_dump(by_alias=True, exclude_defaults=True)
    for name in ("indicators", "gates"):
        content[name] = {entry["id"]: entry for entry in content.get(name, ())}
    return content


def _own_measures(content: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    alerts = {
        alert: {level: listed for level, listed in levels.items() if known.get(alert, {}).get(level) != listed}
        for alert, levels in content.items()
    }
    return {alert: levels for alert, levels in alerts.items() if levels}


def _mapping(content: Mapping[str, Any], depth: int) -> Iterator[str]:
    for key, value in content.items():
        if value is None:
            continue
        yield from _entry(f"{'  ' * depth}{key}:", value, depth + 1)


def _entry(head: str, value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, depth)
    elif isinstance(value, list | tuple) and value:
        if all(not isinstance(one, Mapping | list | tuple) for one in value):
            yield f"{head} [{', '.join(_scalar(one) for one in value)}]"
            return
        yield head
        for one in value:
            yield from _item(one, depth)
    else:
        yield f"{head} {_scalar(value)}"


def _item(one: Any, depth: int) -> Iterator[str]:
    dash = f"{'  ' * (depth - 1)}- "
    if not isinstance(one, Mapping):
        yield f"{dash}{_scalar(one)}"
        return
    lines = list(_mapping(one, depth))
    yield dash + lines[0].lstrip(" ")
    yield from lines[1:]


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | int):
        return plain(Decimal(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_scalar(one) for one in value)}]"
    return json.dumps(str(value), ensure_ascii=False)
