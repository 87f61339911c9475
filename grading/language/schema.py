"""JSON Schemas of the language's files, for editors: completion, hover texts, red lines under unknown keys.

They say what a file may look like; whether it makes sense (facts exist, thresholds fit) `grading ruleset check` sees.
"""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, RootModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from grading.language.accepted import AcceptedFile
from grading.language.cases import CaseEntry
from grading.language.hover import hover
from grading.model.condition import OPERATORS
from grading.model.ruleset import OPERATIONS, Part, RulesetFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class FileKind(StrEnum):
    """The kinds of files that authors write; `any` tells them apart by their content."""

    ANY = "any"
    RULESET = "ruleset"
    PART = "part"
    CASES = "cases"
    ACCEPTED = "accepted"


class Cases(RootModel[list[CaseEntry]]):
    """The test cases of a ruleset."""


MODELS: dict[FileKind, type[BaseModel]] = {
    FileKind.RULESET: RulesetFile,
    FileKind.PART: Part,
    FileKind.CASES: Cases,
    FileKind.ACCEPTED: AcceptedFile,
}
_ESTIMATED = {
    "if": {"properties": {"basis": {"const": "estimated"}}, "required": ["basis"]},
    "then": {"properties": {"confidence": {"const": "low"}}, "required": ["note"]},
}
"""An estimate says on what it rests, and claims no more confidence than it has."""
ONLY_IN_RULESETS = sorted({*RulesetFile.model_fields} - {*Part.model_fields})


class _Generator(GenerateJsonSchema):
    """YAML has numbers and days of its own; pydantic would also offer them as text."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:  # noqa: ARG002
        return {"type": "number"}

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:  # noqa: ARG002
        return {"type": "string", "format": "date"}


def schema(kind: FileKind = FileKind.ANY) -> dict[str, Any]:
    """The JSON Schema of a kind of file."""
    models = list(MODELS.values()) if kind is FileKind.ANY else [MODELS[kind]]
    _, found = models_json_schema(
        [(model, "validation") for model in models], by_alias=True, schema_generator=_Generator
    )
    definitions = found["$defs"]
    for name, definition in definitions.items():
        _explain(name, definition)
    for name, operations in (("Comparison", OPERATORS), ("Computed", OPERATIONS)):
        if name in definitions:
            definitions[name]["oneOf"] = [{"required": [operation]} for operation in operations]
    for definition in definitions.values():
        if "basis" in definition.get("properties", {}):
            definition.update(_ESTIMATED)
    content = _by_content() if kind is FileKind.ANY else _reference(kind)
    return {"$schema": DIALECT, "title": f"grading: {kind.value}", **content, "$defs": definitions}


def _by_content() -> dict[str, Any]:
    """A list is a cases file; a mapping with `accepted` is that, one with a head is a ruleset, one without a part."""
    common = {"properties": {"id": {"pattern": "^common/"}}, "required": ["id"]}
    other_id = {"required": ["id"], "not": common}
    return {
        "if": {"type": "array"},
        "then": _reference(FileKind.CASES),
        "else": {
            "if": {"required": ["accepted"]},
            "then": _reference(FileKind.ACCEPTED),
            "else": {
                "if": {"anyOf": [other_id, *({"required": [key]} for key in ONLY_IN_RULESETS)]},
                "then": _reference(FileKind.RULESET),
                "else": _reference(FileKind.PART),
            },
        },
    }


def _reference(kind: FileKind) -> dict[str, str]:
    return {"$ref": f"#/$defs/{MODELS[kind].__name__}"}


def _explain(model: str, definition: dict[str, Any]) -> None:
    """Hover texts in, titles out (they repeat the keys), and no other names where names have a pattern."""
    definition.pop("title", None)
    for key, value in definition.get("properties", {}).items():
        value.pop("title", None)
        if "patternProperties" in value:
            value["additionalProperties"] = False
        text = hover(model, key)
        if text is not None:
            value["description"] = text
