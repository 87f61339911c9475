"""The commands of policies, admission and campaigns say what is wrong with a file in a line or two, never in a traceback."""

import json
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import Result
from typer.testing import CliRunner

from grading.cli.main import app
from grading.language.load import default_root
from tests.reports.admission.test_command import COATING, PROJECT
from tests.reports.campaign.test_command import CAMPAIGN

PLANT = {
    "enterprise": {"name": "厂", "permit": "P1", "county": "610402", "distance_km": 30},
    "units": [{"id": "u", "industry": "rubber", "gradings": []}],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    design = json.loads(COATING.read_text(encoding="utf-8"))
    (tmp_path / "p.json").write_text(json.dumps({"project": PROJECT, "audit": design}), encoding="utf-8")
    (tmp_path / "c.yaml").write_text(CAMPAIGN, encoding="utf-8")
    (tmp_path / "p.jsonl").write_text(json.dumps(PLANT), encoding="utf-8")
    return tmp_path


ADMISSION = "admission p.json"
CAMPAIGN_ON = "campaign evaluate c.yaml p.jsonl --on 2023-07-01"
APPLY = f"policy apply {COATING} --on 2024-01-01"


def run(command: str) -> Result:
    result = CliRunner().invoke(app, command.split())
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.parametrize(
    "command", [ADMISSION, CAMPAIGN_ON, APPLY, "policy list", "policy show zones", "policy check", "policy test"]
)
@pytest.mark.parametrize("file", ["scales.yaml", "industries.yaml"])
def test_rulesets_that_can_not_be_used_are_named(folder: Path, command: str, file: str) -> None:
    copytree(default_root(), folder / "rulesets")
    (folder / "rulesets" / file).write_text("x: [", encoding="utf-8")
    found = run(f"--rulesets rulesets {command}")
    assert found.exit_code == 1
    assert f"{file}:" in found.output


@pytest.mark.parametrize(
    "command", [ADMISSION, APPLY, "policy list", "policy show zones", "policy check", "policy test"]
)
def test_a_policy_that_can_not_be_used_is_named_with_its_line(folder: Path, command: str) -> None:
    copytree(default_root(), folder / "rulesets")
    file = folder / "rulesets" / "policies" / "xianyang-2023" / "zones.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("{zone: core}", "{zone: }"), encoding="utf-8")
    found = run(f"--rulesets rulesets {command}")
    assert found.exit_code == 1
    assert "zones.yaml:22: error: rules[0].effect" in found.output


@pytest.mark.parametrize(
    "command", [f"{ADMISSION} -o", f"{CAMPAIGN_ON} -o good.html -o"], ids=["admission", "campaign"]
)
@pytest.mark.parametrize("place", ["taken.html", "file/x.html"])
def test_a_place_that_can_not_be_written_is_named(folder: Path, command: str, place: str) -> None:
    (folder / "taken.html").mkdir()
    (folder / "file").touch()
    found = run(f"{command} {place}")
    assert found.exit_code == 1
    assert f"无法写入 {place}" in found.output


@pytest.mark.parametrize("name", ["厂\u0001", "厂\ufffe", "\x1b[31m"])
def test_a_name_that_no_document_can_hold_is_refused_at_its_place(folder: Path, name: str) -> None:
    enterprise = PLANT["enterprise"] | {"name": name}  # type: ignore[operator]
    (folder / "p.jsonl").write_text(json.dumps(PLANT | {"enterprise": enterprise}), encoding="utf-8")
    assert "p.jsonl:1: enterprise.name: 不能有控制字符" in run(f"{CAMPAIGN_ON} -o ledger.xlsx").output
    assert not (folder / "ledger.xlsx").exists()
    (folder / "p.json").write_text(json.dumps({"project": PROJECT | {"name": name}}), encoding="utf-8")
    assert "project.name: 不能有控制字符" in run(f"{ADMISSION} -o opinion.pdf").output


@pytest.mark.usefixtures("folder")
def test_a_series_may_end_with_the_calendar() -> None:
    found = run("campaign series c.yaml p.jsonl --from 9999-11-01 --to 9999-12-31")
    assert [evaluation["on"] for evaluation in json.loads(found.stdout)] == ["9999-11-30", "9999-12-31"]
