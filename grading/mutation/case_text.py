"""Suggested cases as text of a cases file: everything but the answer, which a person gives."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from grading.language.load import Library
from grading.model.ruleset import Ruleset
from grading.mutation.mutants import Mutant
from grading.mutation.suggest import Suggestion

NAMED = 4
"""The number of killed mutants that a suggested case names."""


def case_text(ruleset: Ruleset, number: int, suggestion: Suggestion, expect: Mapping[str, Any] | None = None) -> str:
    """One case, as an entry of a list. Without `expect` its answer is left open: it is then no case yet."""
    base = suggestion.based_on
    lines = [f"- name: {_scalar(f'补充 {number}：{_about(ruleset, suggestion.kills)}')}"]
    lines.append(f"  mode: {suggestion.mode.value}")
    lines.append(f"  assessed_on: {suggestion.assessed_on.isoformat()}")
    lines.append(f"  based_on: {_scalar(base.name)}")
    if suggestion.facts:
        lines.append("  facts:")
        lines += [
            f"    {name}: {_stated(ruleset, suggestion, name, value)}" for name, value in suggestion.facts.items()
        ]
    if suggestion.groups:
        lines.append("  groups:")
        for group, rows in suggestion.groups.items():
            lines.append(f"    {group}:{'' if rows else ' []'}")
            lines += [f"      - {{{_row(ruleset, suggestion, group, i, row)}}}" for i, row in enumerate(rows)]
    if expect is None:
        lines.append("  expect: {}   # 待判断：应评为何等级，各等级不满足哪些指标，触发哪些否决项")
        lines += [f"  # 可察觉：{mutant.place}：{mutant.text}" for mutant in suggestion.kills[:NAMED]]
        more = len(suggestion.kills) - NAMED
        lines += [f"  # 等 {more + NAMED} 处改动"] if more > 0 else []
    else:
        lines.append(f"  expect: {_scalar(expect)}")
    return "\n".join(lines) + "\n"


def suggested_file(library: Library, ruleset_id: str, suggestions: Iterable[Suggestion]) -> str:
    """All suggested cases of a ruleset."""
    ruleset = library.ruleset(ruleset_id)
    return "".join(case_text(ruleset, i, one) for i, one in enumerate(suggestions, start=1))


def _about(ruleset: Ruleset, kills: Iterable[Mutant]) -> str:
    titles = {indicator.id: indicator.title for indicator in ruleset.indicators}
    titles |= {gate.id: gate.title or gate.text for gate in ruleset.gates}
    named = list(dict.fromkeys(titles[mutant.changed.id] for mutant in kills))
    return f"{'、'.join(named[:3])}{f' 等 {len(named)} 项' if len(named) > 3 else ''}"


def _row(ruleset: Ruleset, suggestion: Suggestion, group: str, i: int, row: Mapping[str, Any]) -> str:
    key = ruleset.groups[group].key
    stated = suggestion.based_on.groups.get(group) or ()
    name = stated[i].get(key) if i < len(stated) else f"补{i + 1}"
    return ", ".join(
        [
            f"{key}: {_scalar(str(name))}",
            *(f"{fact}: {_stated(ruleset, suggestion, fact, value)}" for fact, value in row.items()),
        ]
    )


def _stated(ruleset: Ruleset, suggestion: Suggestion, fact: str, value: Any) -> str:
    """A value as a case states it; where the ruleset limits the age of its evidence, as proven on the day."""
    declared = ruleset.facts.get(fact)
    if declared is None or declared.evidence_valid is None or value is None:
        return _scalar(value)
    return f"{{value: {_scalar(value)}, taken: {suggestion.assessed_on.isoformat()}}}"


def _scalar(value: Any) -> str:
    """A value as our strict YAML reads it back; texts are quoted, as JSON does it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return f"[{', '.join(sorted(value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_scalar(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    text = str(value)
    is_plain = text.isidentifier() and text.isascii() and text not in ("true", "false", "null")
    return text if is_plain else json.dumps(text, ensure_ascii=False)
