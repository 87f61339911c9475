"""Conditions that are written differently and mean the same have one normal form; others have not."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from grading.language.normal import Form, normal
from grading.language.source import parse_source
from grading.model.condition import Condition, ConditionBase


def form(text: str) -> Form:
    raw: Any = parse_source(text.encode(), "condition").data
    parsed: ConditionBase = TypeAdapter(Condition).validate_python(raw)
    return normal(parsed)


A, B, C = "{fact: a, at_most: 1}", "{fact: b, equals: true}", "{fact: c, equals: x}"

SAME = [
    (f"{{all: [{A}, {B}]}}", f"{{all: [{B}, {A}, {B}]}}"),
    (f"{{all: [{A}, {{all: [{B}, {C}]}}]}}", f"{{all: [{C}, {B}, {A}]}}"),
    (f"{{any: [{A}]}}", A),
    (f"{{not: {{not: {A}}}}}", A),
    ("{fact: a, at_most: 1.0}", A),
    ("{fact: a, at_most: 1, text: 不同的话, basis: seen}", A),
    ("{fact: b, equals: true}", "{not: {fact: b, equals: false}}"),
    ("{fact: b, equals: true}", "{fact: b, none_of: [false]}"),
    ("{fact: c, equals: x}", "{fact: c, one_of: [x]}"),
    ("{fact: c, none_of: [x, y]}", "{not: {fact: c, one_of: [y, x]}}"),
    (f"{{at_least_of: 1, of: [{A}, {B}]}}", f"{{any: [{A}, {B}]}}"),
    (f"{{at_least_of: 2, of: [{A}, {B}]}}", f"{{all: [{A}, {B}]}}"),
]
DIFFERENT = [
    (A, "{fact: a, at_most: 2}"),
    (A, "{fact: a, below: 1}"),
    (A, "{fact: a, at_most: {provisional: 1}}"),
    (A, "{fact: a, at_most: 1, from: 2024-01-01}"),
    ("{fact: a, at_most: unresolved}", "{fact: a, at_least: unresolved}"),
    (f"{{all: [{A}, {B}]}}", f"{{any: [{A}, {B}]}}"),
    (f"{{each: g, require: {A}}}", f"{{some: g, require: {A}}}"),
    (f"{{each: g, require: {A}}}", f"{{each: g, where: {B}, require: {A}}}"),
    (f"{{at_least_of: 2, of: [{A}, {A}, {B}]}}", f"{{at_least_of: 2, of: [{A}, {B}]}}"),
    # In its window the second condition leaves, and then only one is asked for.
    (
        f"{{at_least_of: 2, of: [{A}, {{fact: b, equals: true, until: 2024-01-01}}]}}",
        f"{{at_least_of: 2, of: [{A}, {B}]}}",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_the_same(one: str, other: str) -> None:
    assert form(one) == form(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_these_are_not(one: str, other: str) -> None:
    assert form(one) != form(other)
