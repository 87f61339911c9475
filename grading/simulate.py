"""What would follow if a value were another: a changed audit, graded, and what differs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grading.intake import AuditError, InputProblem, check_value, parse_json
from grading.language.load import Library
from grading.model.audit import Audit, Known, Row, UnitAudit
from grading.model.base import Status
from grading.model.result import Grading, UnitGrading
from grading.model.ruleset import Fact

_SETTING = re.compile(
    r"^(?P<unit>[^=]+?)\.(?:(?P<group>\w+)\[(?P<row>[^\]]*)\]\.)?(?P<fact>\w+)\s*=\s*(?P<value>.*)$", re.S
)


@dataclass(frozen=True)
class Setting:
    """A value to put in place of an audit's: of a unit, of a row of it, or (`unit` = enterprise) of the enterprise."""

    unit: str
    group: str | None
    row: str | None
    fact: str
    value: Any

    @property
    def place(self) -> str:
        """The setting's left-hand side."""
        return f"{self.unit}.{self.group}[{self.row}].{self.fact}" if self.group else f"{self.unit}.{self.fact}"


@dataclass(frozen=True)
class Difference:
    """One conclusion that is not the same in two gradings of a unit."""

    unit: str
    kind: str
    id: str
    before: str
    after: str


def read_settings(texts: Iterable[str]) -> tuple[Setting, ...]:
    """Parse `unit.fact=value` and `unit.group[row].fact=value`; values are JSON, or bare words. Raises AuditError."""
    settings: list[Setting] = []
    problems: list[InputProblem] = []
    for text in texts:
        match = _SETTING.match(text)
        if match is None:
            problems.append(InputProblem(text, "should look like unit.fact=value or unit.group[row].fact=value"))
            continue
        try:
            value = parse_json(match["value"])
        except AuditError:
            value = match["value"].strip()
        settings.append(Setting(match["unit"], match["group"], match["row"], match["fact"], value))
    if problems:
        raise AuditError(problems)
    return tuple(settings)


def apply_settings(audit: Audit, settings: Iterable[Setting], library: Library) -> Audit:
    """The audit with the settings in place, checked as an audit is; raises AuditError with every problem."""
    problems: list[InputProblem] = []
    for setting in settings:
        known = _checked(audit, setting, library, problems)
        if known is not None:
            audit = put(audit, setting, known[0])
    if problems:
        raise AuditError(problems)
    return audit


def _checked(
    audit: Audit, setting: Setting, library: Library, problems: list[InputProblem]
) -> tuple[Known | None] | None:
    """The value of a setting in a tuple of one, since None is a value too; None when it can't be."""
    units = [u for u in audit.units if setting.unit in (u.id, "enterprise")]
    if not units:
        ids = ", ".join(u.id for u in audit.units)
        problems.append(
            InputProblem(setting.place, f"there is no unit `{setting.unit}`; there are {ids} and enterprise")
        )
        return None
    facts: list[Fact] = []
    for unit in units:
        fact = library.ruleset(unit.ruleset).facts.get(setting.fact)
        if fact is not None and fact.group == setting.group:
            facts.append(fact)
    if not facts:
        where = f"group {setting.group} of " if setting.group else ""
        names = ", ".join(dict.fromkeys(u.ruleset for u in units))
        problems.append(InputProblem(setting.place, f"is not a fact of {where}{names}"))
        return None
    if setting.group and not any(row.key == setting.row for row in units[0].groups.get(setting.group, ())):
        problems.append(InputProblem(setting.place, f"there is no row `{setting.row}` in {setting.group}"))
        return None
    known, found = check_value(setting.value, setting.place, facts)
    problems.extend(found)
    return None if found else (known,)


def put(audit: Audit, setting: Setting, known: Known | None) -> Audit:
    """The audit with one value replaced (None: made unknown). The place must exist."""
    if setting.unit == "enterprise":
        facts = _with(audit.enterprise.facts, setting.fact, known)
        return audit.model_copy(update={"enterprise": audit.enterprise.model_copy(update={"facts": facts})})
    units = tuple(_put_in_unit(u, setting, known) if u.id == setting.unit else u for u in audit.units)
    return audit.model_copy(update={"units": units})


def _put_in_unit(unit: UnitAudit, setting: Setting, known: Known | None) -> UnitAudit:
    if setting.group is None:
        return unit.model_copy(update={"facts": _with(unit.facts, setting.fact, known)})
    rows = tuple(
        Row(key=row.key, facts=_with(row.facts, setting.fact, known)) if row.key == setting.row else row
        for row in unit.groups[setting.group]
    )
    return unit.model_copy(update={"groups": {**unit.groups, setting.group: rows}})


def _with(facts: dict[str, Known], name: str, known: Known | None) -> dict[str, Known]:
    rest = {key: value for key, value in facts.items() if key != name}
    return rest if known is None else {**rest, name: known}


def compare(before: Grading, after: Grading) -> tuple[Difference, ...]:
    """What differs between two gradings of the same units: grades, levels, dimensions, gates, indicators and conditions."""
    found: list[Difference] = []
    if before.outcome != after.outcome:
        found.append(Difference("", "grade", "", before.outcome.grade, after.outcome.grade))
        found.append(Difference("", "attainable", "", before.outcome.attainable, after.outcome.attainable))
    for old, new in zip(before.units, after.units, strict=True):
        was, now = _conclusions(old), _conclusions(new)
        for (kind, id_), value in now.items():
            earlier = was.get((kind, id_), "—")
            if earlier != value:
                found.append(Difference(new.id, kind, id_, earlier, value))
        found.extend(Difference(new.id, kind, id_, was[kind, id_], "—") for kind, id_ in was if (kind, id_) not in now)
    return tuple(d for d in found if d.before != d.after)


def _conclusions(unit: UnitGrading) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {
        ("unit_grade", ""): unit.outcome.grade,
        ("unit_attainable", ""): unit.outcome.attainable,
    }
    found |= {("level", level): status.value for level, status in unit.levels.items()}
    found |= {("dimension", name): outcome.grade for name, outcome in unit.dimensions.items()}
    found |= {("gate", gate.id): gate.status.value for gate in unit.gates}
    for result in unit.indicators:
        found |= {("indicator", f"{result.id}.{level}"): status.value for level, status in result.levels.items()}
    for place in unit.conditions:
        status = unit.conditions[place]
        if isinstance(status, Status):
            found["condition", place] = status.value
        else:
            found |= {("condition", f"{place} [{row}]"): one.value for row, one in status.items()}
    return found
