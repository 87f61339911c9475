"""JSON Schemas of the language's files, for editors: completion, hover texts, red lines under unknown keys.

They say what a file may look like; whether it makes sense (facts exist, thresholds fit) `grading ruleset check` sees.
"""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, RootModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from grading.language.cases import CaseEntry
from grading.language.hover import hover
from grading.model.condition import OPERATORS
from grading.model.ruleset import OPERATIONS, Part, RulesetFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class FileKind(StrEnum):
    """The kinds of files that authors write."""

    RULESET = "ruleset"
    PART = "part"
    CASES = "cases"


class Cases(RootModel[list[CaseEntry]]):
    """The test cases of a ruleset."""


MODELS: dict[FileKind, type[BaseModel]] = {
    FileKind.RULESET: RulesetFile,
    FileKind.PART: Part,
    FileKind.CASES: Cases,
}


class _Generator(GenerateJsonSchema):
    """YAML has numbers and days of its own; pydantic would also offer them as text."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:  # noqa: ARG002
        return {"type": "number"}

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:  # noqa: ARG002
        return {"type": "string", "format": "date"}


def schema(kind: FileKind = FileKind.RULESET) -> dict[str, Any]:
    """The JSON Schema of a kind of file."""
    model = MODELS[kind]
    found = model.model_json_schema(by_alias=True, schema_generator=_Generator)
    definitions = found.get("$defs", {})
    for name, definition in (*definitions.items(), (model.__name__, found)):
        _explain(name, definition)
    for name, operations in (("Comparison", OPERATORS), ("Computed", OPERATIONS)):
        if name in definitions:
            definitions[name]["oneOf"] = [{"required": [operation]} for operation in operations]
    return {"$schema": DIALECT, **found, "title": f"grading {kind.value}"}


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
