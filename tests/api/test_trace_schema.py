"""The trace in the published description: of every union an object is exactly one member."""

import sqlite3
import zipfile
import zlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from api.schemas.trace import TraceEntryOut
from api.server.app import create_app
from grading.engine.grade import Engine
from grading.intake import read_audit
from tests.api.conftest import service_on
from tests.engine.golden import EXAMPLES

EARLIER = Path(__file__).with_name("earlier")
MEMBERS = {
    "because": {"EntryCause", "RulesetCause", "GroupCause", "FactCause", "ComputedCause"},
    "concludes": {
        "ConditionConclusion",
        "DoubtConclusion",
        "RowsConclusion",
        "GradeConclusion",
        "AttainableConclusion",
    },
}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("described")
    service = service_on(f"sqlite:///{folder}/service.db", folder)
    document: dict[str, Any] = create_app(service).openapi()
    service.close()
    return document


def test_cause_and_conclusion_are_unions_of_closed_objects(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    entry = schemas["TraceEntryOut"]["properties"]
    for name, union in {"because": entry["because"]["items"], "concludes": entry["concludes"]}.items():
        members = {member["$ref"].rpartition("/")[2] for member in union["oneOf"]}
        assert members == MEMBERS[name]
        assert all(schemas[member]["additionalProperties"] is False for member in members)


@pytest.mark.parametrize("example", ["coking/semi_coke_incomplete", "ceramics/yaozhou-daily-ware"])
def test_every_entry_of_a_trace_is_as_described(described: dict[str, Any], example: str) -> None:
    engine = Engine()
    grading = engine.grade(read_audit((EXAMPLES / f"{example}.json").read_bytes(), engine.library))
    entries = [entry for unit in orjson.loads(orjson.dumps(grading.as_json()))["units"] for entry in unit["trace"]]
    checker = Draft202012Validator(described | {"$ref": "#/components/schemas/TraceEntryOut"})
    assert entries
    assert [error.message for entry in entries for error in checker.iter_errors(entry)] == []


@pytest.mark.parametrize("archive", sorted(EARLIER.glob("*.zip")), ids=lambda archive: archive.stem)
def test_the_traces_of_earlier_revisions_are_as_described(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        opened.extract("service.db", tmp_path)
    database = sqlite3.connect(tmp_path / "service.db")
    documents = [orjson.loads(zlib.decompress(text)) for (text,) in database.execute("SELECT document FROM gradings")]
    database.close()
    assert documents
    for document in documents:
        for unit in document["units"]:
            TypeAdapter(list[TraceEntryOut]).validate_python(unit["trace"])
