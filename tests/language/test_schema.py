"""The JSON Schemas that editors use: shipped files pass, what the loader refuses as malformed is refused."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from grading.cli.main import app
from grading.language.hover import KEYS
from grading.language.load import default_root
from grading.language.schema import FileKind, schema
from grading.language.source import parse_source, read_source
from tests.language.shelf import ruleset_text

VALIDATORS = {
    kind: Draft202012Validator(schema(kind), format_checker=Draft202012Validator.FORMAT_CHECKER) for kind in FileKind
}


def kind_of(path: Path) -> FileKind:
    if path.name.endswith(".cases.yaml"):
        return FileKind.CASES
    if path.name.endswith(".accepted.yaml"):
        return FileKind.ACCEPTED
    return FileKind.PART if path.parent.name == "common" else FileKind.RULESET


def as_json(value: Any) -> Any:
    """What an editor's YAML reader makes of a file."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def wrong(text: str) -> list[str]:
    """The places of a ruleset that an editor underlines."""
    data = as_json(parse_source(text.encode(), "x.yaml").data)
    found = {
        kind: sorted(error.json_path for error in VALIDATORS[kind].iter_errors(data))
        for kind in (FileKind.RULESET, FileKind.ANY)
    }
    assert found[FileKind.RULESET] == found[FileKind.ANY]
    return found[FileKind.ANY]


@pytest.mark.parametrize("path", sorted(default_root().glob("*/*.yaml")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_shipped_file_is_valid(path: Path) -> None:
    data = as_json(read_source(path, path.name).data)
    for kind in (kind_of(path), FileKind.ANY):
        assert [f"{error.json_path}: {error.message}" for error in VALIDATORS[kind].iter_errors(data)] == []


@pytest.mark.parametrize("kind", FileKind)
def test_a_schema_is_a_schema(kind: FileKind) -> None:
    Draft202012Validator.check_schema(schema(kind))


def test_a_ruleset_in_order_is_valid() -> None:
    assert wrong(ruleset_text()) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("title: 试验行业", "title: 试验行业\ncolour: red", "$"),
        ("decimals: 2", "decimal: 2", "$.facts[1]"),
        ("type: boolean", "type: bool", "$.facts[0].type"),
        ('jurisdiction: "100000"', "jurisdiction: 100000", "$.jurisdiction"),
        ("effective: 2020-06-29", "effective: soon", "$.edition.effective"),
        ("basis: seen\n", "basis: guessed\n", "$.indicators[0].basis"),
        ("basis: seen\n    confidence: high\n", "basis: estimated\n    confidence: low\n", "$.indicators[0]"),
        ("basis: seen\n", "basis: estimated\n    note: 类推\n", "$.indicators[0].confidence"),
        ("    title: 颗粒物和密闭\n", "", "$.indicators[0]"),
        ("at_most: 20}", "atmost: 20}", "$.indicators[0].levels.B.require"),
        ("at_most: 20}", "at_most: 20, at_least: 10}", "$.indicators[0].levels.B.require"),
        ("{fact: dust, at_most: 20}", "{each: outlets}", "$.indicators[0].levels.B.require"),
        ("      B: {", "      第二级: {", "$.indicators[0].levels"),
    ],
    ids=lambda text: text.strip()[:30],
)
def test_what_can_not_stand_in_a_ruleset_is_underlined(old: str, new: str, place: str) -> None:
    text = ruleset_text()
    assert old in text
    assert [at for at in wrong(text.replace(old, new, 1)) if at.startswith(place)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("id: e/r\n", FileKind.RULESET),
        ("title: 橡胶\nreview: {status: draft}\n", FileKind.RULESET),
        ("id: common/p\ncolour: red\n", FileKind.PART),
        ("facts: []\ncolour: red\n", FileKind.PART),
        ("- {colour: red}\n", FileKind.CASES),
    ],
)
def test_a_file_is_told_by_its_content(text: str, kind: FileKind) -> None:
    data = as_json(parse_source(text.encode(), "x.yaml").data)
    errors = {k: [error.message for error in VALIDATORS[k].iter_errors(data)] for k in FileKind}
    assert errors[FileKind.ANY]
    assert errors[FileKind.ANY] == errors[kind]


def properties(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    models = {"": found, **found.get("$defs", {})}
    return [(f"{m}.{key}", value) for m, d in models.items() for key, value in d.get("properties", {}).items()]


@pytest.mark.parametrize("kind", FileKind)
def test_every_key_has_a_hover_text(kind: FileKind) -> None:
    assert [name for name, value in properties(schema(kind)) if not value.get("description")] == []


def test_no_hover_text_is_of_a_key_that_is_gone() -> None:
    shown = {value["description"] for kind in FileKind for _, value in properties(schema(kind))}
    assert [key for key, text in KEYS.items() if text not in shown] == []


def test_models_bring_their_docstrings() -> None:
    assert schema()["$defs"]["Each"]["description"] == "Every row of the group that `where` selects."


def test_the_command_prints_the_schema_or_writes_it(tmp_path: Path) -> None:
    printed = CliRunner().invoke(app, ["ruleset", "schema"])
    written = CliRunner().invoke(
        app, ["ruleset", "schema", "--kind", "cases", "-o", str(tmp_path / "new" / "cases.json")]
    )
    assert json.loads(printed.stdout) == schema()
    assert written.exit_code == 0
    assert json.loads((tmp_path / "new" / "cases.json").read_text(encoding="utf-8")) == schema(FileKind.CASES)


def test_a_schema_that_can_not_be_written_is_an_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ruleset", "schema", "-o", str(tmp_path)])
    assert result.exit_code == 2
    assert "无法写入" in result.stderr
