"""The shipped policies are in order, and each has cases for met, unmet, unknown and both sides of its dates."""

import pytest

from grading.language.check import unusable
from grading.policy.apply import PolicyEngine
from grading.policy.cases import PolicyCase, read_policy_cases, run_policy_case
from grading.policy.library import PolicyLibrary

ENGINE = PolicyEngine(PolicyLibrary())
CASES = [(policy.id, case) for policy in ENGINE.policies for case in read_policy_cases(ENGINE, policy.id)]


@pytest.mark.parametrize(("policy", "case"), CASES, ids=[f"{policy}: {case.name}" for policy, case in CASES])
def test_case(policy: str, case: PolicyCase) -> None:
    assert run_policy_case(ENGINE, policy, case).differences == ()


@pytest.mark.parametrize("policy", ENGINE.library.ids())
def test_policy_can_be_used_and_each_rule_is_seen_in_every_state(policy: str) -> None:
    assert unusable(ENGINE.library.load(policy)) == ()
    seen = {rule.id: set() for rule in ENGINE.library.policy(policy).rules}
    for case in read_policy_cases(ENGINE, policy):
        for rule, status in case.expect.items():
            seen[rule].add(status)
    for rule, statuses in seen.items():
        # The share that a plan asks for is not known: a rule about it can only be unknown or not apply.
        wanted = (
            {"unmet", "unknown", "absent"} if rule == "raise_clean_transport" else {"met", "unmet", "unknown", "absent"}
        )
        assert wanted <= statuses, rule
