"""Digests: the same content has the same name however it was written, other content another."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.digest import audit_digest, canonical, digest, plain
from grading.model.audit import Audit, Enterprise, Known, UnitAudit
from grading.model.base import Cite

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12).map(Decimal),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.text(max_size=8),
    st.dates(),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
)


def audit(**facts: Any) -> Audit:
    unit = UnitAudit(id="u", ruleset="e/r", facts={name: Known(value=value) for name, value in facts.items()})
    return Audit(enterprise=Enterprise(name="试验企业"), assessed_on=date(2024, 1, 1), units=(unit,))


def test_a_digest_is_the_sha_256_of_canonical_json() -> None:
    text = '{"a":{"number":"1.5"},"b":[true,null,"泵"]}'
    assert (
        digest({"b": [True, None, "泵"], "a": Decimal("1.50")}) == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    )


@given(value=values)
def test_canonical_values_are_json(value: Any) -> None:
    assert json.loads(json.dumps(canonical(value))) == canonical(value)


@given(value=st.dictionaries(st.text(max_size=5), values, max_size=5))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    assert digest(value) == digest(dict(reversed(value.items())))


@given(value=values, other=values)
def test_different_values_have_different_digests(value: Any, other: Any) -> None:
    assert (digest(value) == digest(other)) == (canonical(value) == canonical(other))


@pytest.mark.parametrize(("one", "other"), [("6.2", "6.20"), ("100", "1E+2"), ("0", "-0.0"), ("1000000", "1e6")])
def test_numbers_are_the_same_however_many_zeros_they_are_written_with(one: str, other: str) -> None:
    assert digest(Decimal(one)) == digest(Decimal(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal(1), True),
        (Decimal(1), "1"),
        (date(2024, 1, 1), "2024-01-01"),
        (None, ""),
        (Decimal("6.2"), Decimal("6.21")),
    ],
)
def test_values_that_are_not_the_same_are_told_apart(one: Any, other: Any) -> None:
    assert digest(one) != digest(other)


def test_a_model_is_named_by_what_it_says_not_by_what_it_leaves_open() -> None:
    assert digest(Cite(document="d")) == digest(Cite(document="d", section=None)) == digest({"document": "d"})


def test_the_order_in_which_facts_were_stated_does_not_change_an_audits_digest() -> None:
    assert digest(audit(a=True, b=Decimal("1.0"))) == digest(audit(b=Decimal(1), a=True))
    assert digest(audit(a=True)) != digest(audit(a=False))


def test_evidence_is_part_of_an_audit() -> None:
    seen = Known(value=True, evidence=("照片",))
    changed = audit(a=True).units[0].model_copy(update={"facts": {"a": seen}})
    assert digest(audit(a=True)) != digest(audit(a=True).model_copy(update={"units": (changed,)}))


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        digest({"a": 1.5})


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("6.20", "6.2"),
        ("1E+2", "100"),
        ("-0.0", "0"),
        ("0.000001", "0.000001"),
        ("1234567.5", "1234567.5"),
        ("10", "10"),
    ],
)
def test_a_number_is_written_without_exponent_and_idle_zeros(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


@given(facts=st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True), scalars), note=st.text(max_size=6))
def test_the_digest_of_an_audit_is_that_of_any_other_value(facts: dict[str, Any], note: str) -> None:
    one = audit(**facts)
    noted = {
        name: known.model_copy(update={"note": note, "evidence": (note,)}) for name, known in one.units[0].facts.items()
    }
    other = one.model_copy(update={"units": (one.units[0].model_copy(update={"facts": noted}),)})
    assert [audit_digest(one), audit_digest(other)] == [digest(one), digest(other)]
