"""Rulesets and audits small enough to be written inside a test."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from grading.engine.grade import Engine
from grading.language.load import Library
from grading.model.audit import Audit, Below, Enterprise, Known, Row, UnitAudit
from grading.model.base import Mode
from grading.model.result import UnitGrading
from grading.model.ruleset import Ruleset

DAY = date(2024, 1, 1)
GROUPS = ("outlets", "lines")
DIMENSIONS = ("treatment", "emission_limits", "management")
SCALES = {n: [{"id": id_, "label": id_, "standing": i + 1} for i, id_ in enumerate(ids)] for n, ids in {
    2: ("leading", "non_leading"), 3: ("A", "B", "C"), 4: ("A", "B", "C", "D"), 5: ("A", "B", "B-", "C", "D"),
}.items()}  # fmt: skip


class Shelf(Library):
    """A library of rulesets that are not in files."""

    def __init__(self, *rulesets: Ruleset) -> None:
        super().__init__()
        self.shelf = {ruleset.id: ruleset for ruleset in rulesets}

    def ids(self) -> tuple[str, ...]:
        """The ids on the shelf."""
        return tuple(self.shelf)

    def ruleset(self, ruleset_id: str) -> Ruleset:
        """The ruleset; raises KeyError if there is none."""
        return self.shelf[ruleset_id]


def ruleset_of(**content: Any) -> Ruleset:
    """A ruleset with the given content and nothing that matters beside it."""
    raw: dict[str, Any] = {
        "id": "test/random",
        "title": "test",
        "scale_id": "scale",
        "scale": {"label": "scale", "levels": SCALES[4]},
        "dimensions": {name: {"label": name} for name in DIMENSIONS},
        "scopes": {},
        "edition": {"document": "test", "effective": date(2020, 1, 1)},
        "jurisdiction": "100000",
        "industry": {},
        "review": {"status": "draft"},
        "lineage": (),
        "groups": {group: {"label": group, "key": f"{group}_id"} for group in GROUPS},
        "facts": {},
        "computed": {},
        "indicators": (),
        "gates": (),
        "measures": {},
        "notes": (),
    }
    return Ruleset.model_validate(raw | _exact(content))


def _exact(raw: Any) -> Any:
    """Whole numbers as decimals, as the loader reads them."""
    if isinstance(raw, dict):
        return {key: _exact(value) for key, value in raw.items()}
    if isinstance(raw, list | tuple):
        return [_exact(value) for value in raw]
    return Decimal(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


def fact(id_: str, type_: str, group: str | None = None, **more: Any) -> dict[str, Any]:
    """A fact as a file writes it."""
    options = {"options": {f"o{i}": f"o{i}" for i in range(more.pop("size", 3))}} if type_.startswith("choice") else {}
    return {"id": id_, "label": id_, "type": type_, "group": group, **options, **more}


def indicator(id_: str, dimension: str = "treatment", applies_when: Any = None, **levels: Any) -> dict[str, Any]:
    """An indicator as a file writes it; `levels` are the conditions by level."""
    requirements = {level: {"require": condition} for level, condition in levels.items()}
    return {"id": id_, "dimension": dimension, "title": id_, "applies_when": applies_when, "levels": requirements}


def audit_of(
    ruleset: Ruleset, facts: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
) -> Audit:
    """An audit of one unit; numbers may be written as texts, upper bounds as `<5`; rows get keys of their own."""

    def known(values: Mapping[str, Any]) -> dict[str, Known]:
        return {name: Known(value=_value(ruleset, name, value)) for name, value in values.items()}

    groups = {
        group: tuple(Row(key=f"{group}-{n}", facts=known(row)) for n, row in enumerate(listed))
        for group, listed in (rows or {}).items()
    }
    unit = UnitAudit(id="u", ruleset=ruleset.id, facts=known(facts), groups=groups)
    return Audit(enterprise=Enterprise(name="e"), assessed_on=DAY, units=(unit,))


def _value(ruleset: Ruleset, name: str, value: Any) -> Any:
    if ruleset.facts[name].type != "number":
        return value
    return Below(below=Decimal(value[1:])) if str(value).startswith("<") else Decimal(value)


def grade(
    ruleset: Ruleset,
    facts: Mapping[str, Any],
    rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    mode: Mode = Mode.OFFICIAL,
) -> UnitGrading:
    """The grading of a unit by an engine of its own."""
    return Engine(Shelf(ruleset)).grade(audit_of(ruleset, facts, rows), mode).units[0]
