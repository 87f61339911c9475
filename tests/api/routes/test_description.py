"""The description of the interface is good enough to make a client from."""

from collections import Counter
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    answer = client.get("/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def _operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_has_a_name_of_its_own_a_tag_a_summary_and_a_description(document: dict[str, Any]) -> None:
    operations = _operations(document)
    names = Counter(operation["operationId"] for _, operation in operations)
    assert [name for name, times in names.items() if times > 1] == []
    tags = {tag["name"] for tag in document["tags"]}
    for label, operation in operations:
        assert operation["summary"], label
        assert operation["description"], label
        assert set(operation["tags"]) <= tags, label


def test_every_refusal_is_a_problem_document(document: dict[str, Any]) -> None:
    for label, operation in _operations(document):
        for status, said in operation["responses"].items():
            if int(status) >= 400:
                assert list(said["content"]) == ["application/problem+json"], f"{label} {status}"
                assert said["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_every_operation_below_v1_asks_for_a_token_and_says_for_which_roles_it_is(document: dict[str, Any]) -> None:
    for label, operation in _operations(document):
        if " /v1/" in label:
            assert operation["security"] == [{"token": []}], label
            assert {"401"} <= operation["responses"].keys(), label
            assert "For: " in operation["description"], label


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return [*own, *(found for inner in value.values() for found in references(inner))]
        return [found for inner in value for found in references(inner)] if isinstance(value, list) else []

    for reference in references(document):
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in target, reference
            target = target[step]


def test_changes_of_drafts_document_their_preconditions(document: dict[str, Any]) -> None:
    put = document["paths"]["/v1/audits/{audit_id}/content"]["put"]
    assert {"412", "428"} <= put["responses"].keys()
    assert "If-Match" in {parameter["name"] for parameter in put["parameters"]}


def _contents(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for label, operation in _operations(document):
        answers = {status: said for status, said in operation["responses"].items() if status.startswith("2")}
        for what, said in {"body": operation.get("requestBody", {}), **answers}.items():
            content = said.get("content", {})
            found += [(f"{label} {what}", content[kind]) for kind in content if kind == "application/json"]
    return found


def test_every_body_and_every_answer_has_an_example_that_is_right(document: dict[str, Any]) -> None:
    wrong = {}
    for label, content in _contents(document):
        schema = content["schema"] | {"components": document["components"]}
        validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        errors = [f"{error.json_path}: {error.message[:100]}" for error in validator.iter_errors(content["example"])]
        if errors:
            wrong[label] = errors
    assert wrong == {}
