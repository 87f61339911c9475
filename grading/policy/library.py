"""Policies read from files. Each becomes a ruleset without indicators whose gates are its rules, so that the engine runs it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from pydantic import ValidationError

from grading.campaign.vocabulary import Vocabulary, vocabulary_of
from grading.digest import digest
from grading.language.invalid import invalid
from grading.language.load import Library
from grading.language.loaded import Loaded, Origin
from grading.language.problems import LanguageError, Problem
from grading.language.source import Source, read_source
from grading.model.condition import All, Condition, Not, comparisons
from grading.model.ruleset import Edition, Gate, Industry, Measures, Review, Ruleset
from grading.policy.given import PLACE, given_facts, given_to, level_at_least, with_levels_as_standings
from grading.policy.model import Policy, PolicyRule

FOLDER = "policies"
CASES = ".cases.yaml"
UNFULFILLED = "__unfulfilled"
"""Ends the id of the conclusion that a required level is in place and not reached."""
SCALE = "leading"
"""The scale of the rulesets that policies become; nothing of it is used."""


class PolicyLibrary(Library):
    """The policies below a rulesets directory, under the ids of their files."""

    def __init__(self, root: Path | None = None) -> None:
        super().__init__(root)
        self.vocabulary: Vocabulary = vocabulary_of(Library(self.root))
        self._policies: dict[str, Policy] = {}

    def ids(self) -> tuple[str, ...]:
        """The ids of all policies there are, in order."""
        files = (p for p in (self.root / FOLDER).glob("*/*.yaml") if not p.name.endswith(CASES))
        return tuple(sorted(f"{p.parent.name}/{p.stem}" for p in files))

    def policy(self, policy_id: str) -> Policy:
        """A policy; raises LanguageError with everything that is wrong, KeyError if there is none."""
        self.load(policy_id)
        return self._policies[policy_id]

    def policies(self) -> tuple[Policy, ...]:
        """All policies; raises LanguageError."""
        return tuple(self.policy(policy_id) for policy_id in self.ids())

    def text(self, policy_id: str) -> str:
        """The file of a policy to the letter."""
        return self._path(policy_id).read_text(encoding="utf-8")

    def digest(self, policy_id: str) -> str:
        """The digest of everything that a policy says, and of the facts that it is given; raises as `policy` does."""
        return digest({"policy": self.policy(policy_id), "facts": self.ruleset(policy_id).facts})

    def _path(self, policy_id: str) -> Path:
        return self.root / FOLDER / f"{policy_id}.yaml"

    def _merge(self, ruleset_id: str) -> Loaded:
        source = read_source(self._path(ruleset_id), f"{FOLDER}/{ruleset_id}.yaml")
        raw = with_levels_as_standings(source.data, self.vocabulary.levels, source)
        if source.problems:
            raise LanguageError(source.problems)
        try:
            policy = Policy.model_validate(raw)
        except ValidationError as error:
            raise LanguageError(invalid(source, (), raw, error)) from None
        problems = [*_problems(policy, ruleset_id, source), *self._unknown_of_subject(policy, source)]
        if problems:
            raise LanguageError(problems)
        self._policies[ruleset_id] = policy
        compared = {c.guess for rule in policy.rules for c in comparisons(_whole(policy, rule)) if c.fact in PLACE}
        places = {code for guess in compared for code in (guess if isinstance(guess, tuple) else (guess,))}
        given = given_facts(self.vocabulary, sorted(map(str, places)))
        gates = [gate for rule in policy.rules for gate in self._gates(policy, rule)]
        frame = self.frame()
        ruleset = Ruleset.model_construct(
            id=policy.id,
            title=policy.title,
            scale_id=SCALE,
            scale=frame.scales[SCALE],
            dimensions=frame.dimensions,
            scopes={},
            edition=Edition(document=policy.document, effective=policy.effective, superseded=policy.superseded),
            jurisdiction=policy.jurisdiction,
            industry=Industry(),
            review=Review(status="draft"),
            lineage=(source.file,),
            groups=policy.groups,
            facts=given | {fact.id: fact for fact in policy.facts},
            computed={computed.id: computed for computed in policy.computed},
            indicators=(),
            gates=tuple(gates),
            measures=Measures(),
            notes=policy.notes,
        )
        origins = {
            ("gates", gate.id): Origin(source, ("rules", i))
            for i, rule in enumerate(policy.rules)
            for gate in gates
            if gate.id in (rule.id, rule.id + UNFULFILLED)
        }
        origins |= {("facts", fact.id): Origin(source, ("facts", i)) for i, fact in enumerate(policy.facts)}
        return Loaded(ruleset, origins, source)

    def _unknown_of_subject(self, policy: Policy, source: Source) -> Iterator[Problem]:
        """Conditions on what the system gives to policies about other subjects alone."""
        known = given_to(policy.subject) | {fact.id for fact in policy.facts}
        others = given_facts(self.vocabulary).keys() - known
        for i, rule in enumerate(policy.rules):
            for fact in sorted({c.fact for c in comparisons(_whole(policy, rule))} & others):
                message = f"reads `{fact}`, which is never known of a policy's subject `{policy.subject}`"
                yield source.problem(("rules", i), message)

    def _gates(self, policy: Policy, rule: PolicyRule) -> list[Gate]:
        whole = _whole(policy, rule)
        gates = [_gate(rule, rule.id, whole)]
        effect = rule.effect
        if effect.kind == "requires_level" and effect.level is not None:
            fact = "grade" if effect.scope == "whole" else "facility_grade"
            reached = All.model_validate({"all": [level_at_least(fact, effect.level, self.vocabulary.levels)]})
            gates.append(
                _gate(
                    rule, rule.id + UNFULFILLED, _windowed(policy, rule, (whole, Not.model_validate({"not": reached})))
                )
            )
        return gates


def _whole(policy: Policy, rule: PolicyRule) -> All:
    """Everything that a rule depends on, in the window in which rule and policy are in force."""
    stated = (rule.when,) if rule.applies_when is None else (rule.applies_when, rule.when)
    return _windowed(policy, rule, stated)


def _windowed(policy: Policy, rule: PolicyRule, conditions: tuple[Condition, ...]) -> All:
    last = None if policy.superseded is None else policy.superseded - timedelta(days=1)
    window = {
        "from": max(policy.effective, rule.from_ or date.min),
        "until": min((day for day in (rule.until, last) if day is not None), default=None),
    }
    return All.model_validate({"all": conditions, **window})


def _gate(rule: PolicyRule, id_: str, when: All) -> Gate:
    return Gate.model_construct(
        id=id_,
        title=rule.title,
        when=when,
        effect="ungraded",
        text=rule.text,
        cite=rule.cite,
        basis=rule.basis,
        confidence=rule.confidence,
        remedy=rule.remedy,
        note=rule.note,
    )


def _problems(policy: Policy, policy_id: str, source: Source) -> list[Problem]:
    problems: list[Problem] = []
    if policy.id != policy_id:
        problems.append(source.problem(("id",), f"is `{policy.id}` but the file's place says `{policy_id}`"))
    for i, rule in enumerate(policy.rules):
        if any(rule.id == other.id for other in policy.rules[:i]):
            problems.append(source.problem(("rules", i, "id"), f"duplicate id `{rule.id}`"))
        if rule.from_ is not None and rule.until is not None and rule.until < rule.from_:
            problems.append(source.problem(("rules", i, "until"), "is before `from`"))
    return problems
