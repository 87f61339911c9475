"""Conditions as plain values, changed figure by figure while everything around the figures stays as it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grading.model.condition import OPERATORS
from grading.ruleset_workbook.words import PROVISIONAL_STATE, REMOVED_STATE, UNRESOLVED_STATE

Raw = dict[str, Any]
Steps = tuple[str | int, ...]
PROVENANCE = ("basis", "confidence", "cite", "note")
_LISTS = ("all", "any", "of")


@dataclass(frozen=True)
class FigureEdit:
    """The new form of a comparison; `provenance` is None where it stays as it was."""

    operator: str
    value: Any
    state: str
    provenance: Mapping[str, Any] | None = None


@dataclass
class ConditionEdits:
    """The changes of one condition: of its figures by their position, and what is asked in addition."""

    figures: dict[int, FigureEdit] = field(default_factory=dict)
    extras: list[Raw] = field(default_factory=list)


def leaves(node: Raw, steps: Steps = ()) -> Iterator[tuple[Steps, Raw, bool]]:
    """The comparisons of a condition in the order of writing, each with its steps and whether it only selects rows."""
    yield from _leaves(node, steps, False)


def operand_of(state: str, value: Any) -> Any:
    """A figure as a ruleset writes it."""
    listed = list(value) if isinstance(value, tuple) else value
    if state == UNRESOLVED_STATE:
        return "unresolved"
    return {"provisional": listed} if state == PROVISIONAL_STATE else listed


def comparison(fact: str, edit: FigureEdit, group: str | None) -> Raw:
    """A new comparison; of a fact of a table, about each of its rows."""
    node: Raw = {"fact": fact, edit.operator: operand_of(edit.state, edit.value)}
    node |= {key: value for key, value in (edit.provenance or {}).items() if value is not None}
    return node if group is None else {"each": group, "require": node}


def applied(owner: Raw, key: str, edits: ConditionEdits) -> bool:
    """Change the condition under `key` of its owner in place; False when nothing of it is left.

    `owner` is a requirement (`require`), an indicator (`applies_when`) or a gate (`when`).
    """
    condition: Raw = owner[key]
    nodes = [node for _, node, _ in leaves(condition)]
    lifted = key == "require"
    moved = any(edit.provenance is not None for edit in edits.figures.values())
    if moved:
        stated = {name: owner.pop(name) for name in PROVENANCE if name in owner} if lifted else {}
        _push(condition, stated)
    removed = set()
    for position, edit in edits.figures.items():
        node = nodes[position]
        if edit.state == REMOVED_STATE:
            removed.add(id(node))
            continue
        _set(node, edit)
    left = _pruned(condition, removed)
    if left is None and not edits.extras:
        return False
    owner[key] = _joined(left, edits.extras)
    if lifted and moved:
        lift(owner)
    return True


def lift(requirement: Raw) -> None:
    """State once, with the requirement, what all its figures state alike."""
    if any(name in requirement for name in PROVENANCE):
        return
    listed = [node for _, node, selects in leaves(requirement["require"]) if not selects]
    stated = [{name: node[name] for name in PROVENANCE if name in node} for node in listed]
    if stated and stated[0] and all(one == stated[0] for one in stated):
        for node in listed:
            for name in PROVENANCE:
                node.pop(name, None)
        requirement.update(stated[0])


def all_of(nodes: list[Raw]) -> Raw:
    """Several conditions as one."""
    return nodes[0] if len(nodes) == 1 else {"all": nodes}


def _leaves(node: Raw, steps: Steps, selects: bool) -> Iterator[tuple[Steps, Raw, bool]]:
    if "fact" in node:
        yield steps, node, selects
        return
    for name in _LISTS:
        for i, part in enumerate(node.get(name, ())):
            yield from _leaves(part, (*steps, name, i), selects)
    for name in ("not", "where", "require"):
        if name in node:
            yield from _leaves(node[name], (*steps, name), selects or name == "where")


def _push(node: Raw, around: Mapping[str, Any]) -> None:
    """Let each comparison state itself what is stated around it."""
    stated = dict(around) | {name: node.pop(name) for name in PROVENANCE if name in node}
    if "fact" in node:
        node.update(stated)
        return
    for name in _LISTS:
        for part in node.get(name, ()):
            _push(part, stated)
    for name in ("not", "require"):
        if name in node:
            _push(node[name], stated)
    if "where" in node:
        _push(node["where"], {})


def _set(node: Raw, edit: FigureEdit) -> None:
    for name in OPERATORS:
        node.pop(name, None)
    node[edit.operator] = operand_of(edit.state, edit.value)
    if edit.provenance is not None:
        for name in PROVENANCE:
            node.pop(name, None)
            if edit.provenance.get(name) is not None:
                node[name] = edit.provenance[name]


def _pruned(node: Raw, removed: set[int]) -> Raw | None:
    """The condition without the comparisons that are removed, and without what is empty then."""
    if id(node) in removed:
        return None
    for name in _LISTS:
        if name in node:
            remaining = [part for part in (_pruned(one, removed) for one in node[name]) if part is not None]
            if not remaining:
                return None
            node[name] = remaining
    for name in ("not", "require"):
        if name in node:
            inner = _pruned(node[name], removed)
            if inner is None:
                return None
            node[name] = inner
    if "where" in node and _pruned(node["where"], removed) is None:
        del node["where"]
    return node


def _joined(condition: Raw | None, extras: list[Raw]) -> Raw:
    if condition is None:
        return all_of(extras)
    if not extras:
        return condition
    if condition.keys() == {"all"}:
        condition["all"].extend(extras)
        return condition
    return {"all": [condition, *extras]}
