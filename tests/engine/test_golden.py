"""The engine's revision means something: the same inputs and revision give the same document."""

from dataclasses import replace
from functools import cache

import pytest

from tests.engine.golden import (
    COMMAND,
    INDUSTRIES,
    Entry,
    Golden,
    changed_without_reason,
    made,
    outdated,
    read,
    refusal,
)

ONE = Entry("sha256:audit", "sha256:rulesets", "sha256:document")
KNOWN = Golden(2, {"a official": ONE, "a trial": ONE})


now = cache(made)
"""The digests of an industry as they come out now."""


def then(industry: str) -> Golden:
    """The digests of an industry that are kept."""
    golden = read()
    its = {name: entry for name, entry in golden.gradings.items() if name.startswith(f"{industry}/")}
    return replace(golden, gradings=its)


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_every_example_is_graded_as_the_revision_has_always_graded_it(industry: str) -> None:
    assert (refused := refusal(then(industry), now(industry))) is None, refused


def test_there_are_golden_digests_of_every_industry_that_has_examples_and_of_no_other() -> None:
    assert {name.partition("/")[0] for name in read().gradings} == set(INDUSTRIES)


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_the_golden_digests_are_of_the_examples_and_rulesets_as_they_are(industry: str) -> None:
    others = outdated(then(industry), now(industry))
    said = f"examples, rulesets or the revision have changed since the golden digests were written: run `{COMMAND}`"
    assert others == [], said


def other(**changes: str) -> Golden:
    return replace(KNOWN, gradings=KNOWN.gradings | {"a trial": replace(ONE, **changes)})


def test_another_document_of_the_same_inputs_is_refused_and_the_revision_is_named() -> None:
    changed = other(document="sha256:other")
    assert changed_without_reason(KNOWN, changed) == ["a trial"]
    refused = refusal(KNOWN, changed)
    assert refused is not None
    assert "a trial" in refused
    assert "grading/engine/revision.py" in refused


def test_another_document_is_taken_of_a_raised_revision_and_of_other_inputs() -> None:
    assert refusal(KNOWN, replace(other(document="sha256:other"), revision=3)) is None
    for changed in (
        other(document="sha256:other", audit="sha256:x"),
        other(document="sha256:other", rulesets="sha256:x"),
    ):
        assert refusal(KNOWN, changed) is None
        assert outdated(KNOWN, changed) == ["a trial"]


def test_an_example_that_is_new_or_gone_asks_for_the_digests_to_be_written() -> None:
    assert outdated(KNOWN, replace(KNOWN, gradings={"a official": ONE, "b official": ONE})) == ["a trial", "b official"]


def test_a_revision_is_never_lowered() -> None:
    refused = refusal(KNOWN, replace(KNOWN, revision=1))
    assert refused is not None
    assert "revision 2" in refused
