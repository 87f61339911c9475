"""A ruleset as a decision graph of zen-engine, the peer of the benchmarks.

One expression for each indicator and level, in zen's own expression language. That language has two truth values, so only
audits in which nothing is unknown can be compared; a figure that is not established is left out of its condition.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import zen

from grading.language.nested import ways_to
from grading.model.base import Mode
from grading.model.condition import (
    All,
    AnyOf,
    AtLeastOf,
    Comparison,
    ConditionBase,
    Each,
    Not,
    Some,
)
from grading.model.ruleset import Ruleset

SYMBOLS = {"at_most": "<=", "at_least": ">=", "below": "<", "above": ">", "equals": "=="}


def zen_decision(ruleset: Ruleset, day: date) -> Any:
    """The ruleset's indicators at all levels as one decision; keys are `<indicator>__<level>`."""
    expressions = []
    for indicator in ruleset.indicators:
        guard = _expression(ruleset, indicator.applies_when, day, False) if indicator.applies_when else None
        for level in ruleset.scale.graded:
            ways = ways_to(ruleset, indicator, level, day, Mode.TRIAL)
            said = [_expression(ruleset, way.requirement.require, day, False) or "true" for way in ways]
            value = " or ".join(f"({one})" for one in said) or "true"
            value = f"not ({guard}) or ({value})" if guard else value
            expressions.append({"id": f"x{len(expressions)}", "key": f"{indicator.id}__{level}", "value": value})
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {
            "id": "rules",
            "type": "expressionNode",
            "name": "rules",
            "position": {"x": 0, "y": 0},
            "content": {"expressions": expressions},
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
    ]
    edges = [
        {"id": "a", "type": "edge", "sourceId": "in", "targetId": "rules"},
        {"id": "b", "type": "edge", "sourceId": "rules", "targetId": "out"},
    ]
    content = {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    return zen.ZenEngine().create_decision(json.dumps(content))


def _expression(ruleset: Ruleset, c: ConditionBase, day: date, in_row: bool) -> str | None:
    """A condition in zen's language; None when nothing of it is there."""
    if not c.holds_on(day):
        return None
    if isinstance(c, Comparison):
        return _comparison(ruleset, c, in_row)
    if isinstance(c, Not):
        inner = _expression(ruleset, c.not_, day, in_row)
        return None if inner is None else f"not ({inner})"
    if isinstance(c, Each | Some):
        return _rows(ruleset, c, day)
    if isinstance(c, All | AnyOf | AtLeastOf):
        listed = c.all if isinstance(c, All) else c.any if isinstance(c, AnyOf) else c.of
        parts = [part for part in (_expression(ruleset, one, day, in_row) for one in listed) if part is not None]
        if not parts:
            return None
        if isinstance(c, AtLeastOf):
            counted = " + ".join(f"(({part}) ? 1 : 0)" for part in parts)
            return f"({counted}) >= {min(c.at_least_of, len(parts))}"
        return (" and " if isinstance(c, All) else " or ").join(f"({part})" for part in parts)
    raise TypeError(f"not a condition: {c!r}")


def _rows(ruleset: Ruleset, c: Each | Some, day: date) -> str | None:
    group = c.each if isinstance(c, Each) else c.some
    required = _expression(ruleset, c.require, day, True)
    if required is None:
        return None
    where = _expression(ruleset, c.where, day, True) if c.where is not None else None
    if isinstance(c, Each):
        return f"all({group}, {f'not ({where}) or ({required})' if where else required})"
    return f"some({group}, {f'({where}) and ({required})' if where else required})"


def _comparison(ruleset: Ruleset, c: Comparison, in_row: bool) -> str | None:
    value = c.guess
    if value is None:
        return None
    declared = ruleset.facts.get(c.fact) or ruleset.computed.get(c.fact)
    own = in_row and declared is not None and declared.group is not None
    name = f"#.{c.fact}" if own else c.fact
    if c.operator in SYMBOLS:
        return f"{name} {SYMBOLS[c.operator]} {_literal(value)}"
    listed = list(value) if isinstance(value, tuple) else [value]
    if c.operator in ("one_of", "none_of"):
        inside = f"{name} in [{', '.join(_literal(v) for v in listed)}]"
        return inside if c.operator == "one_of" else f"not ({inside})"
    options = ruleset.facts[c.fact].options
    if c.operator == "within":
        others = [f"{_literal(o)} in {name}" for o in options if o not in listed]
        return f"not ({' or '.join(others)})" if others else "true"
    glue = " or " if c.operator == "includes_any" else " and "
    return glue.join(f"{_literal(v)} in {name}" for v in listed) or "true"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return str(value.toordinal())
    return f"'{value}'"


def zen_context(values: dict[str, Any]) -> dict[str, Any]:
    """Values as zen takes them: numbers as floats, days as ordinals, sets as lists."""
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, frozenset):
        return sorted(value)
    return value
