"""Examples for the description: each body and each JSON answer gets one, put together from the examples of its members."""

from typing import Any

PLAIN: dict[str, Any] = {
    "uuid": "01930c5e-8a41-7c3e-9d52-2f6b1a7c4e90",
    "date": "2023-09-10",
    "date-time": "2023-09-12T02:30:00Z",
    "password": "correct-horse-battery",
    "binary": "(the file)",
}
"""By format."""
NAMED = {
    "unit": "line-1",
    "ruleset": "national-2020/rubber",
    "ruleset_id": "national-2020/rubber",
    "target": "A",
    "title": "橡胶制品制造",
    "label": "厂界非甲烷总烃",
    "fact": "boundary_nmhc",
    "place": "units[0].facts.boundary_nmhc",
    "row": "DA001",
    "group": "outlets",
    "dimension": "排放限值",
    "by_name": "王专家",
    "author_name": "王专家",
    "actor_name": "王专家",
    "reviewer": "李审定",
    "reviewer_name": "李审定",
    "enterprise_name": "咸阳示范橡胶有限公司",
    "text": "不高于 10 mg/m³",
    "required": "不高于 10 mg/m³",
    "engine": "r2 / durable-rules 2.0.28",
    "media_type": "application/pdf",
    "code": "line-1",
}
"""Texts by the name of the member, where the model gives none."""
OF_TYPE: dict[str, Any] = {"string": "…", "integer": 1, "number": 1, "boolean": True, "null": None}
DEEP = 7


def add_examples(document: dict[str, Any]) -> None:
    """Give an example to every JSON body and JSON answer of a description that has none."""
    for methods in document["paths"].values():
        for operation in methods.values():
            answers = [response for status, response in operation["responses"].items() if status.startswith("2")]
            for described in (operation.get("requestBody", {}), *answers):
                for kind, content in described.get("content", {}).items():
                    if kind.endswith(("json", "form-data")) and "example" not in content and content.get("schema"):
                        content["example"] = example(content["schema"], document)


def example(schema: dict[str, Any], document: dict[str, Any], depth: int = 0, name: str = "") -> Any:
    """A value that the schema describes; the schema's own example, if it has one. `name` is the member's that it stands in."""
    found: Any
    if "$ref" in schema:
        found = example(_target(schema["$ref"], document), document, depth, name)
    elif schema.get("examples"):
        found = schema["examples"][0]
    elif "example" in schema or "const" in schema or "default" in schema:
        found = next(schema[key] for key in ("example", "const", "default") if key in schema)
    elif schema.get("enum"):
        found = schema["enum"][0]
    elif alternatives := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        found = example(_plainest(alternatives, depth), document, depth, name)
    else:
        found = _of_type(schema, document, depth, name)
    return found


def _of_type(schema: dict[str, Any], document: dict[str, Any], depth: int, name: str) -> Any:
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        members = schema.get("properties", {})
        if depth >= DEEP:
            members = {one: members[one] for one in schema.get("required", []) if one in members}
        found = {one: example(inner, document, depth + 1, one) for one, inner in members.items()}
        named = schema.get("additionalProperties")
        if isinstance(named, dict) and named and depth < DEEP and not found:
            found["A"] = example(named, document, depth + 1)
        return found
    if kind == "array" and "prefixItems" in schema:
        return [example(inner, document, depth + 1) for inner in schema["prefixItems"]]
    if kind == "array":
        fewest = schema.get("minItems", 0)
        return (
            [example(schema.get("items", {}), document, depth + 1)] * max(fewest, 1) if depth < DEEP or fewest else []
        )
    if "format" in schema and schema["format"] in PLAIN:
        return PLAIN[schema["format"]]
    if kind == "integer" or kind == "number":
        return schema.get("minimum", OF_TYPE[kind])
    if kind == "string" and "pattern" not in schema:
        return NAMED.get(name, OF_TYPE[kind])
    return OF_TYPE.get(str(kind), {})


def _plainest(alternatives: list[dict[str, Any]], depth: int) -> dict[str, Any]:
    """The first that says something; deep down nothing at all, so that what holds itself comes to an end."""
    nothing = [one for one in alternatives if one.get("type") == "null"]
    something = [one for one in alternatives if one.get("type") != "null"]
    return nothing[0] if nothing and depth >= DEEP else (something or nothing)[0]


def _target(reference: str, document: dict[str, Any]) -> dict[str, Any]:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)
