"""`grading admission` as a person calls it: what it prints, writes and refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from grading.cli.main import app

COATING = Path(__file__).parents[3] / "examples" / "industrial_coating" / "qindu-waterborne-frames.json"
PROJECT: dict[str, Any] = {
    "name": "涂装线",
    "kind": "new",
    "industry": "industrial_coating",
    "emits_to_air": True,
    "county": "610402",
    "in_urban_area": False,
    "distance_km": 20,
    "distance_method": "fence",
    "accepted_on": "2023-05-10",
    "treatment": ["rto"],
}


def run(folder: Path, *arguments: str, **stated: Any) -> Result:
    """The command on a project with the design data of a coating shop that is officially A."""
    design = json.loads(COATING.read_text(encoding="utf-8"))
    file = folder / "project.json"
    file.write_text(json.dumps({"project": PROJECT | stated, "audit": design}), encoding="utf-8")
    return CliRunner().invoke(app, ["admission", str(file), *arguments])


@pytest.mark.parametrize(
    ("stated", "required"),
    [
        ({}, "A级及以上（全部指标）"),
        ({"distance_km": 30}, "B级及以上（全部指标）"),
        ({"distance_km": None, "distance_method": None}, "待定"),
        ({"emits_to_air": False}, "无"),
        ({"industry": None, "accepted_on": "2024-12-01"}, "A级及以上（治污设施）；是否另有要求待定"),
    ],
)
def test_the_level_that_is_asked_for_is_open_while_a_rule_may_apply(
    tmp_path: Path, stated: dict[str, Any], required: str
) -> None:
    found = run(tmp_path, **stated)
    assert found.exit_code == 0, found.output
    assert f"应达到的等级：{required}\n" in found.stdout
