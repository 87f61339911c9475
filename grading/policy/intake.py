"""Audits that may also state what only policies ask for."""

from typing import Any

from grading.intake import InputProblem, check_audit, parse_json
from grading.language.load import Library
from grading.model.audit import Audit
from grading.model.ruleset import Fact, Ruleset
from grading.policy.given import STATED, given_facts
from grading.policy.library import PolicyLibrary


class _WithPolicyFacts(Library):
    """Rulesets to which the facts of all policies are added, for reading audits alone."""

    def __init__(self, library: Library, policies: PolicyLibrary) -> None:
        super().__init__(library.root)
        self._library = library
        given = given_facts(policies.vocabulary)
        listed = [given[name] for name in STATED] + [fact for policy in policies.policies() for fact in policy.facts]
        self._facts: dict[str, Fact] = {fact.id: fact for fact in listed}

    def ids(self) -> tuple[str, ...]:
        return self._library.ids()

    def ruleset(self, ruleset_id: str) -> Ruleset:
        ruleset = self._library.ruleset(ruleset_id)
        added = {id_: f for id_, f in self._facts.items() if f.group is None or f.group in ruleset.groups}
        return ruleset.model_copy(update={"facts": added | ruleset.facts})


def read_audit_for_policies(
    text: bytes, library: Library, policies: PolicyLibrary, *, notices: list[InputProblem] | None = None
) -> Audit:
    """Read an audit whose facts are those of its rulesets and of the policies; raises AuditError.

    `notices` receives what was mended, and how.
    """
    return check_for_policies(parse_json(text), library, policies, notices=notices)


def check_for_policies(
    raw: Any, library: Library, policies: PolicyLibrary, *, notices: list[InputProblem] | None = None
) -> Audit:
    """Check an audit that is already parsed; see `read_audit_for_policies`."""
    return check_audit(raw, _WithPolicyFacts(library, policies), notices=notices)
