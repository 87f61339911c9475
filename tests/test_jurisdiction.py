"""Whether an edition applies where a plant lies; told by command, batch and report."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from grading.cli.main import app
from grading.jurisdiction import OUTSIDE, UNKNOWN, finding
from tests.language.shelf import ruleset_text, shelf

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "rubber" / "weicheng_tyre.json"


@pytest.mark.parametrize(
    ("county", "jurisdiction", "found"),
    [
        ("610402", "100000", None),
        (None, "100000", None),
        ("610402", "610400", None),
        ("610400", "610400", None),
        ("610402", "610000", None),
        ("610304", "610400", OUTSIDE),
        ("110105", "610400", OUTSIDE),
        ("110105", "610000", OUTSIDE),
        ("610403", "610402", OUTSIDE),
        (None, "610400", UNKNOWN),
        # A province's code is none of a county: the plant may lie in the city or not.
        ("610000", "610400", UNKNOWN),
        ("100000", "610400", UNKNOWN),
    ],
)
def test_a_county_lies_in_a_jurisdiction_or_not_or_nobody_knows(
    county: str | None, jurisdiction: str, found: str | None
) -> None:
    assert finding(county, jurisdiction) == found


def audit(county: str | None) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(EXAMPLE.read_bytes())
    said["enterprise"]["county"] = county
    for unit in said["units"]:
        unit["ruleset"] = "xianyang-2023/rubber"
    return said


@pytest.mark.parametrize(("county", "notice"), [("610402", None), ("610304", OUTSIDE), (None, UNKNOWN)])
def test_a_grading_says_that_the_plant_lies_elsewhere(county: str | None, notice: str | None, tmp_path: Path) -> None:
    file = tmp_path / "audit.json"
    file.write_text(json.dumps(audit(county)), encoding="utf-8")
    told = CliRunner().invoke(app, ["grade", "--json", str(file)])
    notices = [n for unit in json.loads(told.stdout)["units"] for n in unit["notices"]]
    assert set(notices) & {OUTSIDE, UNKNOWN} == ({notice} if notice else set())


def test_the_command_and_the_report_warn_in_words(tmp_path: Path) -> None:
    file, report = tmp_path / "audit.json", tmp_path / "report.html"
    file.write_text(json.dumps(audit("610304")), encoding="utf-8")
    assert "不在本版规则的适用地区" in CliRunner().invoke(app, ["grade", str(file)]).output
    made = CliRunner().invoke(app, ["report", str(file), "-o", str(report)])
    assert made.exit_code == 0, made.output
    assert "不在本版规则的适用地区" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", [["explain"], ["gaps"], ["simulate", "--set", "u.dust=5"]])
def test_every_command_about_a_grade_warns(command: list[str], tmp_path: Path) -> None:
    shelf(tmp_path, {"e/r.yaml": ruleset_text().replace('"100000"', '"610400"')})
    said = {
        "assessed_on": "2024-08-12",
        "enterprise": {"name": "甲厂", "county": "610304"},
        "units": [{"id": "u", "ruleset": "e/r", "facts": {"dust": 15, "closed": True}}],
    }
    file = tmp_path / "audit.json"
    file.write_text(json.dumps(said), encoding="utf-8")
    name, *options = command
    told = CliRunner().invoke(app, ["--rulesets", str(tmp_path), name, str(file), *options])
    assert told.exit_code == 0, told.output
    assert "不在本版规则的适用地区" in told.output


def test_a_batch_counts_the_units_that_lie_elsewhere_and_names_them(tmp_path: Path) -> None:
    file = tmp_path / "plants.csv"
    file.write_text(
        "unit.id,enterprise.county,assessed_on\n甲,610402,2024-01-01\n乙,610304,2024-01-01\n丙,,2024-01-01\n",
        encoding="utf-8",
    )
    out = tmp_path / "out"
    told = CliRunner().invoke(app, ["batch", str(file), "-r", "xianyang-2023/rubber", "-o", str(out)])
    assert told.exit_code == 0, told.output
    assert "不在本版规则的适用地区" in told.output
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["elsewhere"] == {OUTSIDE: 1, UNKNOWN: 1}
    rows = (out / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    place = rows[0].split(",").index("notice")
    assert {row.split(",")[1]: row.split(",")[place] for row in rows[1:]} == {"甲": "", "乙": OUTSIDE, "丙": UNKNOWN}
