"""Simulation of other values: a changed audit, graded, and what differs."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from grading.evidence_validity import as_proven
from grading.intake import AuditError, InputProblem, check_value, input_problem, parse_json
from grading.language.bounds import NoLimitError, bound_from_text
from grading.language.load import Library
from grading.model.audit import Audit, Known, Row, UnitAudit
from grading.model.base import Status
from grading.model.result import Grading, UnitGrading
from grading.model.ruleset import Fact
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter

ENTERPRISE = "enterprise"
_SETTING = re.compile(
    r"^\s*(?P<unit>[^=]+?)\.(?:(?P<group>\w+)\[(?P<row>.*?)\]\.)?(?P<fact>\w+)\s*=\s*(?P<value>.*)$", re.S
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
    """One conclusion that is not the same in two gradings of a unit; `before` or `after` is None where there is none.

    `kind`: grade and attainable (of the enterprise, `unit` and `id` empty); unit_grade and unit_attainable; dimension and
    scope (grades); level, gate, indicator (`id.level`) and condition (place, and row in brackets; statuses).
    """

    unit: str
    kind: str
    id: str
    before: str | None
    after: str | None


def change_audit(audit: Audit, texts: Iterable[str], library: Library) -> Audit:
    """The audit with settings in place, each `unit.fact=value` or `unit.group[row].fact=value`.

    A value is JSON (with evidence and note if there are any), or a bare word; `null` makes a fact unknown. Checked as an audit
    is: raises AuditError with every problem of every setting.
    """
    problems: list[InputProblem] = []
    placed: list[tuple[Setting, Known | None]] = []
    seen: set[str] = set()
    for text in texts:
        setting = _read(text, problems)
        if setting is None:
            continue
        if setting.place in seen:
            problems.append(input_problem(setting.place, ProblemCode.SET_TWICE))
        seen.add(setting.place)
        facts = _facts_of(audit, setting, library, problems)
        if facts:
            known, found = check_value(_stated(setting.value, facts), setting.place, facts)
            problems += found
            placed.append((setting, known and as_proven(facts[0], known, audit.assessed_on)))
    if problems:
        raise AuditError(problems)
    for setting, known in placed:
        audit = put(audit, setting, known)
    return audit


def _read(text: str, problems: list[InputProblem]) -> Setting | None:
    match = _SETTING.match(text)
    if match is None:
        problems.append(input_problem(text, ProblemCode.SETTING_FORM))
        return None
    try:
        value = parse_json(match["value"])
    except AuditError:
        value = match["value"].strip()
    return Setting(match["unit"], match["group"], match["row"], match["fact"], value)


def _stated(value: Any, facts: list[Fact]) -> Any:
    """A value as JSON states it: of a number that is typed as `<20` its upper bound."""
    if not isinstance(value, str) or facts[0].type != "number":
        return value
    with suppress(NoLimitError):
        limit = bound_from_text(value, facts[0].unit)
        return value if limit is None else {"below": limit}
    return value


def _facts_of(audit: Audit, setting: Setting, library: Library, problems: list[InputProblem]) -> list[Fact]:
    """The setting's fact in the rulesets that it matters to; nothing, with a problem, when its place can't be."""

    def wrong(code: ProblemCode, /, **parameters: Parameter) -> list[Fact]:
        problems.append(input_problem(setting.place, code, **parameters))
        return []

    is_shared = setting.unit == ENTERPRISE
    units = [unit for unit in audit.units if is_shared or unit.id == setting.unit]
    if not units:
        return wrong(ProblemCode.UNIT_UNKNOWN, unit=setting.unit, units=(*(u.id for u in audit.units), ENTERPRISE))
    rulesets = [library.ruleset(unit.ruleset) for unit in units]
    names = tuple(dict.fromkeys(ruleset.id for ruleset in rulesets))
    if setting.group is not None and is_shared:
        return wrong(ProblemCode.ENTERPRISE_HAS_NO_TABLES)
    declared = [ruleset.facts[setting.fact] for ruleset in rulesets if setting.fact in ruleset.facts]
    facts = [fact for fact in declared if fact.group == setting.group]
    if not facts and declared:
        group = declared[0].group
        if group is None:
            return wrong(ProblemCode.FACT_OF_NO_TABLE)
        return wrong(ProblemCode.FACT_OF_ROWS, place=f"{group}[…].{setting.fact}")
    computed = next((r.computed[setting.fact] for r in rulesets if setting.fact in r.computed), None)
    if computed is not None:
        operands = tuple(operand for operand in computed.operands if isinstance(operand, str))
        return wrong(ProblemCode.FACT_COMPUTED, operands=operands)
    if not facts:
        if setting.group is None:
            return wrong(ProblemCode.FACT_UNKNOWN, ruleset=names)
        return wrong(ProblemCode.FACT_UNKNOWN_IN_GROUP, group=setting.group, ruleset=names)
    if setting.group is not None:
        keys = tuple(row.key for row in units[0].groups.get(setting.group, ()))
        if setting.row not in keys:
            there = keys or Phrase.NONE
            return wrong(ProblemCode.ROW_UNKNOWN, row=setting.row or "", group=setting.group, rows=there)
    return facts


def put(audit: Audit, setting: Setting, known: Known | None) -> Audit:
    """The audit with one value replaced (None: made unknown). The place must exist."""
    if setting.unit == ENTERPRISE:
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
    """Compare two gradings of the same units, from the enterprise's grade down to single conditions."""
    found = [
        Difference("", "grade", "", before.outcome.grade, after.outcome.grade),
        Difference("", "attainable", "", before.outcome.attainable, after.outcome.attainable),
    ]
    for old, new in zip(before.units, after.units, strict=True):
        was, now = _conclusions(old), _conclusions(new)
        for kind, id_ in dict.fromkeys((*now, *was)):
            found.append(Difference(new.id, kind, id_, was.get((kind, id_)), now.get((kind, id_))))
    return tuple(d for d in found if d.before != d.after)


def _conclusions(unit: UnitGrading) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {
        ("unit_grade", ""): unit.outcome.grade,
        ("unit_attainable", ""): unit.outcome.attainable,
    }
    found |= {("gate", gate.id): gate.status.value for gate in unit.gates}
    found |= {("level", level): status.value for level, status in unit.levels.items()}
    found |= {("dimension", name): outcome.grade for name, outcome in unit.dimensions.items()}
    found |= {("scope", name): outcome.grade for name, outcome in unit.scopes.items()}
    for result in unit.indicators:
        found |= {("indicator", f"{result.id}.{level}"): status.value for level, status in result.levels.items()}
    for place in unit.conditions:
        status = unit.conditions[place]
        if isinstance(status, Status):
            found["condition", place] = status.value
        else:
            found |= {("condition", f"{place} [{row}]"): one.value for row, one in status.items()}
    return found
