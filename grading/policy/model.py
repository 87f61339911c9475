"""A policy as its file states it."""

from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from grading.campaign.model import Jurisdiction
from grading.model.base import Basis, Cite, Confidence, Identifier, Level, Remedy, RulesetId, Strict, Text
from grading.model.condition import Condition
from grading.model.ruleset import Computed, Fact, Group
from grading.problems.reason import ReasonError
from grading.problems.ruleset_codes import RulesetCode

Kind = Literal[
    "stop",
    "order_stop_and_rectify",
    "assist",
    "production_not_allowed",
    "exclude",
    "cap",
    "cancel_incentives",
    "limit_may_rise",
    "must_have",
    "ban",
    "requires_level",
    "zone",
]
Subject = Literal["unit", "enterprise", "project"]
GradeScope = Literal["whole", "facility"]
SHORT_FORMS = ("cap", "requires_level", "zone")
"""Effects that are written by their value alone: `{cap: C}`."""


class Effect(Strict):
    """The effect of a rule that is met; which keys it has depends on its kind."""

    kind: Kind
    during: tuple[Identifier, ...] = ()
    cap: Level | None = None
    level: Level | None = None
    scope: GradeScope | None = None
    zone: Identifier | None = None
    must_have: Text | None = None
    deadline: date | None = None

    @model_validator(mode="before")
    @classmethod
    def from_short_form(cls, raw: Any) -> Any:
        """`{cap: C}`, `{requires_level: {level: A, scope: whole}}` and `{zone: core}` name their kind by their key."""
        if not isinstance(raw, dict) or "kind" in raw:
            return raw
        for name in SHORT_FORMS:
            if name in raw:
                value = raw[name]
                rest = {key: other for key, other in raw.items() if key != name}
                return {"kind": name, **rest, **(value if isinstance(value, dict) else {name: value})}
        return raw

    @model_validator(mode="after")
    def is_whole(self) -> "Effect":
        """A cap names its level, a required level its level and scope, a zone itself, an obligation what must be there."""
        needed = {"cap": ("cap",), "requires_level": ("level", "scope"), "zone": ("zone",), "must_have": ("must_have",)}
        missing = [name for name in needed.get(self.kind, ()) if getattr(self, name) is None]
        if missing:
            raise ReasonError(RulesetCode.EFFECT_LACKING, kind=self.kind, names=tuple(missing))
        return self

    def as_json(self) -> dict[str, Any]:
        """The keys that are stated."""
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True) | {"kind": self.kind}


class PolicyRule(Strict):
    """One demand: when it is there, and what follows."""

    id: Identifier
    title: Text | None = None
    applies_when: Condition | None = None
    when: Condition
    from_: date | None = Field(None, alias="from")
    until: date | None = None
    effect: Effect
    text: Text
    cite: Cite
    basis: Basis
    confidence: Confidence
    remedy: Remedy | None = None
    note: Text | None = None


class Policy(Strict):
    """`rulesets/policies/<folder>/<name>.yaml`; its id is `<folder>/<name>`."""

    id: RulesetId
    title: Text
    jurisdiction: Jurisdiction
    document: Text
    subject: Subject
    effective: date
    superseded: date | None = None
    groups: dict[Identifier, Group] = Field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    computed: tuple[Computed, ...] = ()
    rules: tuple[PolicyRule, ...] = Field(min_length=1)
    notes: tuple[Text, ...] = ()
