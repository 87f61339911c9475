"""`grading campaign outlook` from the audits that were published."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grading.campaign.ways import Way
from grading.cli.main import app
from reports.campaign.outlook import what_it_takes
from tests.reports.campaign.test_command import CAMPAIGN

AUDIT = Path(__file__).parents[3] / "examples" / "waterproofing" / "liquan-sbs-membranes.json"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    head = json.loads(AUDIT.read_bytes())["enterprise"]
    units = [
        {
            "id": unit["id"],
            "industry": unit["ruleset"].partition("/")[2],
            "gradings": [
                {
                    "grade": "C",
                    "attainable": "B",
                    "confirmed": "2023-01-01",
                    "published": "2023-01-01",
                    "ended": None,
                    "id": "g-1",
                }
            ],
        }
        for unit in json.loads(AUDIT.read_bytes())["units"]
    ]
    enterprise = {"name": head["name"], "permit": head["permit"], "county": head["county"], "distance_km": 30}
    text = CAMPAIGN.replace("permit: P1", f"permit: {head['permit']}").replace("2023-", "2026-")
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "p.jsonl").write_text(json.dumps({"enterprise": enterprise, "units": units}), encoding="utf-8")
    return [str(tmp_path / "c.yaml"), str(tmp_path / "p.jsonl"), "--on", "2026-07-01", "--audits"]


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["campaign", *arguments])
    return result.exit_code, result.output


def test_it_names_the_plant_and_what_it_takes(files: list[str], tmp_path: Path) -> None:
    code, said = call("outlook", *files, str(AUDIT), "--json")
    assert code == 0, said
    found = json.loads(said)
    zone = next(area for area in found["areas"] if area["id"] == "other")
    (pick,) = zone["cheapest"]["picks"]
    assert pick["provisional"] is True
    assert zone["cheapest"]["still_missing"] == 1
    page = tmp_path / "report.html"
    assert call("evaluate", *files, str(AUDIT), "-o", str(page))[0] == 0
    assert "试算" in page.read_text(encoding="utf-8")
    assert "g-1" in page.read_text(encoding="utf-8")


def test_an_audit_of_nobody_and_one_that_is_not_in_force_are_told_with_their_places(
    files: list[str], tmp_path: Path
) -> None:
    stated = json.loads(AUDIT.read_bytes())
    stranger = {**stated, "enterprise": {**stated["enterprise"], "permit": "P9"}}
    nobody = {**stated, "enterprise": {k: v for k, v in stated["enterprise"].items() if k != "permit"}}
    lines = tmp_path / "audits.jsonl"
    lines.write_text("\n".join(json.dumps(one) for one in (stranger, nobody)), encoding="utf-8")
    code, said = call("outlook", *files, str(lines))
    flat = said.replace("\n", "")
    assert code == 1
    assert "audits.jsonl:1: enterprise.permit" in flat
    assert "audits.jsonl:2: enterprise.permit" in flat
    plants = Path(files[1])
    plants.write_text(plants.read_text(encoding="utf-8").replace('"grade": "C"', '"grade": "D"'), encoding="utf-8")
    code, said = call("outlook", *files, str(AUDIT))
    assert code == 1
    assert "评为" in said


@pytest.mark.parametrize(
    ("changes", "waits", "said"),
    [
        (1, ("一年内有过违法行为",), ("—", "2027 年 3 月 1 日届满", "只待时间：一年内有过违法行为")),
        (1, ("已满",), ("—", "2026 年 3 月 1 日已届满，重新评定即可", "只待时间：已满")),
        (3, ("一年内有过违法行为",), "整改 2 项，待时间 1 项（一年内有过违法行为，2027 年 3 月 1 日届满）"),
        (2, (), "整改 2 项"),
    ],
)
def test_a_plant_that_only_waits_for_time_is_said_to_wait(
    changes: int, waits: tuple[str, ...], said: tuple[str, ...] | str
) -> None:
    zero = (Decimal(0), Decimal(0))
    numbers = {"unpriced": 0, "untimed": 0, "changes": changes, "evidence": 0}
    words = {"works": (), "settings": (), "grade": "B", "audit_digest": "sha256:0"}
    until = date(2026 if "已满" in waits else 2027, 3, 1) if waits else None
    way = Way(cost_wan=zero, weeks=zero, waits_until=until, waits=waits, **numbers, **words)
    found = what_it_takes(way, date(2026, 12, 1))
    assert found == said if isinstance(said, tuple) else found[2] == said
