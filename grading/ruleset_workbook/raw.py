"""Rulesets as plain values, as their files have them."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from grading.model.base import Cite
from grading.model.ruleset import ALERTS, Ruleset

Raw = dict[str, Any]


def dumped(model: BaseModel) -> Raw:
    """A model as a file states it: without its defaults, lists as lists."""
    found = plain_copy(model.model_dump(mode="python", by_alias=True, exclude_defaults=True))
    assert isinstance(found, dict)
    return found


def plain_copy(value: Any) -> Any:
    """Tuples as lists, at any depth; a copy that can be changed."""
    if isinstance(value, dict):
        return {key: plain_copy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_copy(item) for item in value]
    return value


def ruleset_content(ruleset: Ruleset) -> Raw:
    """Everything that a ruleset's own file would state if it were made of nothing else."""
    return {
        "id": ruleset.id,
        "title": ruleset.title,
        "scale": ruleset.scale_id,
        "edition": dumped(ruleset.edition),
        "jurisdiction": ruleset.jurisdiction,
        "industry": dumped(ruleset.industry),
        "review": {"status": "draft"},
        "notes": list(ruleset.notes),
        "groups": {id_: dumped(group) for id_, group in ruleset.groups.items()},
        "facts": [dumped(fact) for fact in ruleset.facts.values()],
        "computed": [dumped(computed) for computed in ruleset.computed.values()],
        "indicators": [dumped(indicator) for indicator in ruleset.indicators],
        "gates": [dumped(gate) for gate in ruleset.gates],
        "measures": {
            alert: {
                level: [dumped(measure) for measure in ruleset.measures.at(alert, level)]
                for level in ruleset.scale.ids
                if ruleset.measures.at(alert, level)
            }
            for alert in ALERTS
        },
    }


def with_citations(value: Any, changed: Mapping[Cite, Raw]) -> Any:
    """The same with each citation that has changed in its new state."""
    if not changed:
        return value
    if isinstance(value, list):
        return [with_citations(item, changed) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: with_citations(item, changed) for key, item in value.items()}
    cite = value.get("cite")
    if isinstance(cite, dict):
        found["cite"] = dict(changed.get(Cite.model_validate(cite), cite))
    return found


def put(raw: Raw, key: str, value: Any) -> None:
    """State a value under a key; nothing where there is none."""
    if value is None or value is False or value == ():
        raw.pop(key, None)
    else:
        raw[key] = list(value) if isinstance(value, tuple) else value
