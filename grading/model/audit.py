"""An audit that has been read and found in order: what was seen at an enterprise, value by value."""

from datetime import date
from typing import Annotated

from pydantic import Field

from grading.model.base import Identifier, RulesetId, Scalar, Strict, Text

Value = Scalar | tuple[str, ...]
ShortText = Annotated[str, Field(max_length=4000)]


class Known(Strict):
    """A value with its evidence. Without a value the fact is unknown, but what was noted about it is kept."""

    value: Value | None
    evidence: tuple[ShortText, ...] = ()
    note: ShortText | None = None


class Row(Strict):
    """A row of a group, named by the value of the group's key."""

    key: Text
    facts: dict[Identifier, Known] = Field(default_factory=dict)


class UnitAudit(Strict):
    """One production line (or plant) and the ruleset that grades it."""

    id: Text
    ruleset: RulesetId
    facts: dict[Identifier, Known] = Field(default_factory=dict)
    groups: dict[Identifier, tuple[Row, ...]] = Field(default_factory=dict)


class Enterprise(Strict):
    """Whose audit it is; its facts serve all units."""

    name: Text
    uscc: Text | None = None
    permit: Text | None = None
    county: Text | None = None
    facts: dict[Identifier, Known] = Field(default_factory=dict)


class Audit(Strict):
    """One enterprise on one day."""

    enterprise: Enterprise
    assessed_on: date
    units: tuple[UnitAudit, ...] = Field(min_length=1)

    def known(self, unit: UnitAudit, fact: str) -> tuple[Known, str] | None:
        """What is known of a unit's fact and where it stands; a unit's own value goes before the enterprise's."""
        if fact in unit.facts:
            index = next(i for i, u in enumerate(self.units) if u is unit)
            return unit.facts[fact], f"units[{index}].facts.{fact}"
        if fact in self.enterprise.facts:
            return self.enterprise.facts[fact], f"enterprise.facts.{fact}"
        return None
