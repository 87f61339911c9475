"""The answers of the audit before, as an audit states them, and the check of answers marked as the same."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from grading.intake.problems import Path
from grading.model.audit import Audit, Known, LastTime, Row, UnitAnswers
from grading.model.ruleset import Fact, Ruleset

ReadValue = Callable[[Any, list[Fact]], Known | None]
"""Reads a value that has to suit all the facts; None when it suits one of them not."""


def read_last_time(
    raw: Mapping[str, Any], day: date, units: Sequence[tuple[str, Ruleset]], read: ReadValue
) -> LastTime:
    """The answers of last time that the questions of today take; what they no longer take is left out.

    `units`: id and ruleset of each unit of today.
    """
    shared = [ruleset for _, ruleset in units]

    def declared(name: str) -> list[Fact]:
        return [
            ruleset.facts[name] for ruleset in shared if name in ruleset.facts and ruleset.facts[name].group is None
        ]

    stated = _mapping(raw.get("units"))
    answers = {id_: _answers(_mapping(stated[id_]), ruleset, read) for id_, ruleset in units if id_ in stated}
    return LastTime(
        assessed_on=day,
        facts=_facts(_mapping(raw.get("facts")), declared, read),
        units={id_: one for id_, one in answers.items() if one.facts or one.groups},
    )


def differing(audit: Audit, last: LastTime | None) -> Iterator[Path]:
    """The places of values that are marked as last time's but differ."""
    for name, known in audit.enterprise.facts.items():
        if _differs(known, None if last is None else last.facts.get(name)):
            yield "enterprise", "facts", name
    for i, unit in enumerate(audit.units):
        for name, known in unit.facts.items():
            if _differs(known, None if last is None else last.of_unit(unit.id, name)):
                yield "units", i, "facts", name
        for group, rows in unit.groups.items():
            for n, row in enumerate(rows):
                for name, known in row.facts.items():
                    if _differs(known, None if last is None else last.of_row(unit.id, group, row.key, name)):
                        yield "units", i, "groups", group, n, name


def _differs(known: Known, before: Known | None) -> bool:
    return known.as_last_time and (before is None or before.value != known.value)


def _answers(raw: Mapping[str, Any], ruleset: Ruleset, read: ReadValue) -> UnitAnswers:
    def of_group(group: str | None) -> Callable[[str], list[Fact]]:
        return lambda name: [fact for fact in (ruleset.facts.get(name),) if fact is not None and fact.group == group]

    groups: dict[str, tuple[Row, ...]] = {}
    for name, listed in _mapping(raw.get("groups")).items():
        group = ruleset.groups.get(name)
        if group is None or not isinstance(listed, list):
            continue
        rows = [
            Row(key=row[group.key], facts=_facts(row, of_group(name), read))
            for row in listed
            if isinstance(row, dict) and isinstance(row.get(group.key), str) and row[group.key].strip()
        ]
        if rows and len({row.key for row in rows}) == len(rows):
            groups[name] = tuple(rows)
    return UnitAnswers(facts=_facts(_mapping(raw.get("facts")), of_group(None), read), groups=groups)


def _facts(raw: Mapping[str, Any], declared: Callable[[str], list[Fact]], read: ReadValue) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for name, value in raw.items():
        facts = declared(name)
        known = read(value, facts) if facts and value is not None else None
        if known is not None and known.value is not None:
            found[name] = known.model_copy(update={"as_last_time": False})
    return found


def _mapping(raw: Any) -> Mapping[str, Any]:
    return raw if isinstance(raw, dict) else {}
