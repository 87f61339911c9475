"""`grading forecast`: when the grade of an audit ends; and tables of a batch that state the day of evidence."""

import json
from pathlib import Path
from shutil import copytree

import polars as pl
from typer.testing import CliRunner

from grading.cli.main import app

RULESETS = Path(__file__).resolve().parents[2] / "rulesets"
EDITION = """
id: example-2026/stack
title: 示例（凭证有效期）
scale: abcd
edition: {document: 示例, effective: 2020-01-01}
jurisdiction: "100000"
industry: {gbt4754: []}
review: {status: draft}
groups:
  outlets: {label: 排放口, key: outlet_id, at_least_rows: 0}
facts:
  - {id: nmhc, group: outlets, label: 非甲烷总烃, type: number, changed_by: works, unit: mg/m3, min: 0, decimals: 1,
     evidence_valid: {months: 12}}
indicators:
  - id: emission
    dimension: emission_limits
    title: 排放浓度
    levels:
      A: {require: {each: outlets, require: {fact: nmhc, at_most: 10}}, text: 不高于 10}
      "B,C": {require: {each: outlets, require: {fact: nmhc, at_most: 50}}, text: 不高于 50}
    cite: {document: 示例}
    basis: standard
    confidence: high
"""


def _rulesets(folder: Path) -> Path:
    """The shipped frame with the example edition alone."""
    found = folder / "rulesets"
    found.mkdir()
    for name in ("scales.yaml", "dimensions.yaml", "synonyms.yaml", "industries.yaml", "regions.yaml"):
        (found / name).write_bytes((RULESETS / name).read_bytes())
    copytree(RULESETS / "policies", found / "policies")
    (found / "example-2026").mkdir()
    (found / "example-2026" / "stack.yaml").write_text(EDITION, encoding="utf-8")
    return found


def test_a_grade_is_forecast_to_end_unless_the_stack_test_is_renewed(tmp_path: Path) -> None:
    file = tmp_path / "audit.json"
    row = {"outlet_id": "DA001", "nmhc": {"value": 8, "taken": "2023-03-14", "evidence": ["检测报告"]}}
    unit = {"id": "line-1", "ruleset": "example-2026/stack", "groups": {"outlets": [row]}}
    audit = {"enterprise": {"name": "示例厂"}, "assessed_on": "2024-01-01", "units": [unit]}
    file.write_text(json.dumps(audit), encoding="utf-8")
    run = CliRunner()
    command = ["--rulesets", str(_rulesets(tmp_path)), "forecast", str(file)]
    shown = run.invoke(app, command)
    assert shown.exit_code == 0, shown.output
    assert "除非在此之前更新凭证" in shown.output.replace("\n", "")
    found = json.loads(run.invoke(app, [*command, "--json"]).stdout)
    assert [(one["since"], one["grade"], one["attainable"]) for one in found["stretches"]] == [
        ("2024-01-01", "A", "A"),
        ("2024-03-15", "D", "A"),
    ]
    assert found["stretches"][1]["because"][0]["place"] == "units[0].groups.outlets[0].nmhc"


def test_tables_of_a_batch_state_the_day_of_evidence_beside_its_value(tmp_path: Path) -> None:
    days = ("2023-03-14", "2023/3/15", "", "2024-03-16")
    units = [f"u{n},厂{n},2024-03-15,1" for n in range(4)]
    rows = [f"u{n},DA001,8,{day}" for n, day in enumerate(days)]
    (tmp_path / "plants.csv").write_text("\n".join(["unit.id,enterprise.name,assessed_on,outlets.rows", *units]))
    (tmp_path / "plants.outlets.csv").write_text("\n".join(["unit.id,outlet_id,nmhc,nmhc.taken", *rows]))
    command = [
        "--rulesets",
        str(_rulesets(tmp_path)),
        "batch",
        str(tmp_path / "plants.csv"),
        "-r",
        "example-2026/stack",
    ]
    run = CliRunner().invoke(app, [*command, "-o", str(tmp_path / "out"), "-f", "csv"])
    grades = pl.read_csv(tmp_path / "out" / "grades.csv").select("unit.id", "grade", "attainable").rows()
    assert grades == [("u0", "D", "A"), ("u1", "A", "A"), ("u2", "D", "A")], run.output
    refused = pl.read_csv(tmp_path / "out" / "rejects.csv").row(0, named=True)
    assert refused["place"] == "outlets[DA001].nmhc.taken"
    assert "晚于评定日期" in refused["reason"]


def test_a_report_says_until_when_the_grade_holds_and_why_a_value_no_longer_counts(tmp_path: Path) -> None:
    file = tmp_path / "audit.json"
    row = {"outlet_id": "DA001", "nmhc": {"value": 8, "taken": "2023-03-14"}}
    unit = {"id": "line-1", "ruleset": "example-2026/stack", "groups": {"outlets": [row]}}
    rulesets = str(_rulesets(tmp_path))
    for day, expected in (
        ("2024-01-01", "有效至</th><td>2024 年 3 月 14 日；此后为 待定 (D～A)，除非在此之前更新凭证"),
        ("2024-04-01", "（凭证于 2024 年 3 月 14 日到期；所填 8 mg/m³ 不计）"),
    ):
        audit = {"enterprise": {"name": "示例厂"}, "assessed_on": day, "units": [unit]}
        file.write_text(json.dumps(audit), encoding="utf-8")
        command = ["--rulesets", rulesets, "report", str(file), "--html", "-o", str(tmp_path / f"{day}.html")]
        run = CliRunner().invoke(app, command)
        assert run.exit_code == 0, run.output
        assert expected in (tmp_path / f"{day}.html").read_text(encoding="utf-8").replace(" ", " ")
