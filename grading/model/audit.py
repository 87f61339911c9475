"""An audit that has been read and found in order: what was seen at an enterprise, value by value."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from grading.model.base import Identifier, RulesetId, Scalar, Strict, Text

ShortText = Annotated[str, Field(max_length=4000)]


class Below(Strict):
    """A number that is known to be smaller than a limit, as laboratories report it: `<20`, below the limit of detection."""

    below: Decimal


Value = Scalar | tuple[str, ...] | Below


class Known(Strict):
    """A value with its evidence. Without a value the fact is unknown, but what was noted about it is kept."""

    value: Value | None
    evidence: tuple[ShortText, ...] = ()
    note: ShortText | None = None
    as_last_time: bool = False
    """The value of last time, confirmed in this audit."""
    taken: date | None = None
    """The day on which the evidence was taken: of the sampling, the issue, the calibration."""
    valid_until: date | None = None
    """The last day on which the evidence holds, as it says itself."""
    covers: ShortText | None = None
    """The coverage of the evidence: outlets, lines, a period."""


class Row(Strict):
    """A row of a group, named by the value of the group's key."""

    key: Text
    facts: dict[Identifier, Known] = Field(default_factory=dict)


Standing = Literal["in_force", "ended", "not_begun"]
"""The standing of a waiver on a day."""


class WaiverDocument(Strict):
    """The document by which a waiver was granted."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    number: Text
    issued_on: date = Field(alias="date")


class Waiver(Strict):
    """An exemption (豁免) of a unit from an indicator: granted by whom, why, by which document, for which days (inclusive)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    indicator: Identifier
    authority: Text
    reason: Text
    document: WaiverDocument
    from_: date = Field(alias="from")
    until: date
    evidence: tuple[ShortText, ...] = ()

    def standing_on(self, day: date) -> Standing:
        """The standing on a day."""
        if day < self.from_:
            return "not_begun"
        return "in_force" if day <= self.until else "ended"


Scope = Literal["county", "city", "province", "nation"]
"""The kind of place that an edition is for."""


class EditionChoice(Strict):
    """The choice of a unit's edition: the most local one in force, or another by a person, with the reason.

    `most_local` is None where there is not one alone; `scope` and `jurisdiction` are its own.
    """

    industry: Text
    most_local: RulesetId | None = None
    scope: Scope | None = None
    jurisdiction: Text | None = None
    others: tuple[RulesetId, ...] = ()
    """Less local editions that are in force too."""
    reason: Text | None = None


class UnitAudit(Strict):
    """One production line (or plant) and the ruleset that grades it."""

    id: Text
    ruleset: RulesetId
    facts: dict[Identifier, Known] = Field(default_factory=dict)
    groups: dict[Identifier, tuple[Row, ...]] = Field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    choice: EditionChoice | None = Field(default=None, exclude=True)
    """The choice of its ruleset where its industry is stated; no part of the digest, since the ruleset is."""

    def waived_on(self, day: date) -> frozenset[str]:
        """The indicators of which a waiver is in force on a day."""
        return frozenset(waiver.indicator for waiver in self.waivers if waiver.standing_on(day) == "in_force")


class Enterprise(Strict):
    """The audited enterprise; its facts serve all units."""

    name: Text
    uscc: Text | None = None
    permit: Text | None = None
    county: Text | None = None
    facts: dict[Identifier, Known] = Field(default_factory=dict)


class UnitAnswers(Strict):
    """The statements of an earlier audit about a unit."""

    facts: dict[Identifier, Known] = Field(default_factory=dict)
    groups: dict[Identifier, tuple[Row, ...]] = Field(default_factory=dict)


class LastTime(Strict):
    """The statements of the audit before, to be confirmed or changed: no answers of this audit. Units by their ids."""

    assessed_on: date
    facts: dict[Identifier, Known] = Field(default_factory=dict)
    units: dict[str, UnitAnswers] = Field(default_factory=dict)

    def of_unit(self, unit: str, fact: str) -> Known | None:
        """The answer that served a unit: its own, or the plant's."""
        own = self.units.get(unit)
        return (own.facts.get(fact) if own is not None else None) or self.facts.get(fact)

    def rows(self, unit: str, group: str) -> tuple[Row, ...]:
        """The rows of a unit's table."""
        own = self.units.get(unit)
        return own.groups.get(group, ()) if own is not None else ()

    def of_row(self, unit: str, group: str, key: str, fact: str) -> Known | None:
        """The answer in a row of a table."""
        return next((row.facts.get(fact) for row in self.rows(unit, group) if row.key == key), None)


class Audit(Strict):
    """One enterprise on one day."""

    enterprise: Enterprise
    assessed_on: date
    units: tuple[UnitAudit, ...] = Field(min_length=1)
    last: LastTime | None = None
    """The audit that this one was begun from."""

    def known(self, unit: UnitAudit, fact: str) -> Known | None:
        """The entry that serves a unit as a fact: its own, unless that has no value and the enterprise has an entry."""
        own, shared = unit.facts.get(fact), self.enterprise.facts.get(fact)
        return own if own is not None and (own.value is not None or shared is None) else shared

    def place(self, index: int, fact: str) -> str:
        """The place of the entry that serves a unit as a fact, or where the unit would state it."""
        unit = self.units[index]
        known = self.known(unit, fact)
        is_shared = known is not None and known is not unit.facts.get(fact)
        return f"enterprise.facts.{fact}" if is_shared else f"units[{index}].facts.{fact}"
