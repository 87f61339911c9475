"""`grading impact` as its user sees it: who goes up and down, because of what, down to the value."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from grading.cli.main import app
from tests.cli.test_batch import FACTS, GATES, INDICATORS, ROWS, UNITS, written
from tests.language.shelf import ruleset_text, shelf

TIGHTER = INDICATORS.replace("at_most: 10}", "at_most: 9.99}").replace("at_least: 80}", "at_least: 79}")
NEW_FACT = "  - {id: seals, label: 密封点, type: boolean}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "rulesets"
    texts = {
        "e/r.yaml": ruleset_text(facts=FACTS, indicators=INDICATORS, more=GATES),
        "later/r.yaml": ruleset_text(facts=FACTS + NEW_FACT, indicators=TIGHTER, more=GATES).replace("e/r", "later/r"),
    }
    shelf(folder, texts)
    return folder


def impact(root: Path, file: Path, *options: str, after: str = "later/r") -> Result:
    arguments = ["--rulesets", str(root), "impact", "e/r", after, str(file), "-o", str(file.parent / "out")]
    return CliRunner().invoke(app, [*arguments, *options], env={"COLUMNS": "140"})


def table(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_it_says_who_goes_up_and_down_and_why_down_to_the_value(root: Path, tmp_path: Path) -> None:
    result = impact(root, written(tmp_path, UNITS, ROWS.replace("U3,DA001,10.01\n", "U3,DA001,9\n")))
    assert result.exit_code == 0, result.output
    assert "上升 1 个，下降 0 个，不变 3 个" in result.output
    # Whether U1 is B, C or D now hangs on its other unknown values: that is no fall to D.
    assert "待定 1 个：等级会改变，但因无法判定而待定" in result.output
    units = {row["unit.id"]: row for row in table(tmp_path / "out/changes.csv")}
    assert {name: (row["before"], row["after"], row["causes"]) for name, row in units.items()} == {
        "U1": ("A", "D", "颗粒物"),
        "U3": ("B", "A", "密闭与治理"),
    }
    reasons = {row["unit.id"]: row for row in table(tmp_path / "out/reasons.csv") if row["decides"] == "true"}
    fallen, risen = reasons["U1"], reasons["U3"]
    assert (fallen["row"], fallen["label"], fallen["value"], fallen["clause"]) == (
        "DA001",
        "颗粒物",
        "10 mg/m³",
        "试验文件",
    )
    assert (fallen["required_before"], fallen["required_after"]) == (
        "颗粒物暂按不高于 20 mg/m³（待核实），或颗粒物不高于 10 mg/m³",
        "颗粒物暂按不高于 20 mg/m³（待核实），或颗粒物不高于 9.99 mg/m³",
    )
    assert (risen["label"], risen["value"]) == ("清洁运输比例", "79.9%")
    assert ("80%" in risen["required_before"], "79%" in risen["required_after"]) == (True, True)


def test_the_workbook_has_matrix_causes_units_and_reasons(root: Path, tmp_path: Path) -> None:
    impact(root, written(tmp_path, UNITS))
    book = openpyxl.load_workbook(tmp_path / "out/impact.xlsx")
    assert book.sheetnames == ["影响", "原因", "变化单元", "逐项原因"]
    summary = [[cell.value for cell in row if cell.value is not None] for row in book["影响"].iter_rows()]
    heads = next(row for row in summary if row[:1] == ["原 ＼ 新"])
    assert (heads[1], heads[-2:]) == ("A级", ["待定", "合计"])
    heads = [cell.value for cell in book["变化单元"][1]]
    assert heads[:6] == ["单元编号", "企业名称", "行政区划代码", "原等级", "新等级", "升降"]
    assert [row[0].value for row in book["变化单元"].iter_rows(min_row=2)] == ["U1"]


def test_the_json_counts_every_unit_once(root: Path, tmp_path: Path) -> None:
    result = impact(root, written(tmp_path, UNITS), "--json")
    told = json.loads(result.stdout)
    assert told["units"] == sum(sum(row) for matrix in told["matrices"] for row in matrix["counts"]) == 5
    assert (told["up"], told["down"], told["undecided"]) == (0, 0, 1)
    assert {cause["title"] for cause in told["causes"]} <= {"颗粒物", "密闭与治理"}


def test_a_column_that_neither_ruleset_knows_is_told_and_one_that_one_knows_is_not(root: Path, tmp_path: Path) -> None:
    heads, *rows = UNITS.splitlines()
    file = written(tmp_path, "\n".join([heads + ",seals", *(row + ",true" for row in rows)]) + "\n")
    assert impact(root, file).exit_code == 0
    file = written(tmp_path, "\n".join([heads + ",colour", *(row + ",red" for row in rows)]) + "\n")
    told = impact(root, file)
    assert told.exit_code == 1
    assert "两部规则集都没有“colour”" in told.output
    assert impact(root, file, "--skip-columns").exit_code == 0


def test_a_sheet_that_neither_ruleset_knows_is_told_and_named_when_it_is_left_out(root: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "单元"
    for row in csv.reader(UNITS.splitlines()[:-1]):
        sheet.append(row)
    book.create_sheet("说明").append(["填表说明"])
    file = tmp_path / "plants.xlsx"
    book.save(file)
    told = impact(root, file)
    assert told.exit_code == 1
    assert "不知道工作表“说明”是什么" in told.output
    left_out = impact(root, file, "--skip-columns")
    assert left_out.exit_code == 0, left_out.output
    assert "略去的工作表：说明" in left_out.output
    assert json.loads((tmp_path / "out/impact.json").read_text(encoding="utf-8"))["ignored_sheets"] == ["说明"]


def test_units_that_can_not_be_read_are_counted_and_the_others_compared(root: Path, tmp_path: Path) -> None:
    result = impact(root, written(tmp_path, UNITS.replace("U4,丁厂,2024-08-12,true", "U4,丁厂,2024-08-12,perhaps")))
    assert result.exit_code == 1
    assert "比较 4 个单元" in result.output
    assert [row["unit.id"] for row in table(tmp_path / "out/rejects.csv")] == ["U4"]


def test_units_outside_the_new_jurisdiction_are_counted_and_told(root: Path, tmp_path: Path) -> None:
    file = root / "later" / "r.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('"100000"', '"610400"'), encoding="utf-8")
    head, *rows = UNITS.splitlines()
    counties = ["610402", "610304", "", "110105"]
    lines = [f"{head},enterprise.county", *(f"{row},{county}" for row, county in zip(rows, counties, strict=False))]
    lines += [f"{row}," for row in rows[len(counties) :]]
    result = impact(root, written(tmp_path, "\n".join(lines) + "\n"))
    assert "不在本版规则的适用地区（later/r，610400）：2 个单元" in result.output
    document = json.loads((tmp_path / "out/impact.json").read_text(encoding="utf-8"))
    assert document["elsewhere"]["e/r"] == {}
    assert document["elsewhere"]["later/r"]["outside_jurisdiction"] == 2
    summary = openpyxl.load_workbook(tmp_path / "out/impact.xlsx").worksheets[0]
    assert any("不在本版规则的适用地区" in str(row[0]) for row in summary.iter_rows(values_only=True))


def test_rulesets_of_two_industries_are_no_pair(root: Path, tmp_path: Path) -> None:
    shelf(
        root, {"later/s.yaml": ruleset_text(facts=FACTS, indicators=INDICATORS, more=GATES).replace("e/r", "later/s")}
    )
    result = impact(root, written(tmp_path, UNITS), after="later/s")
    assert result.exit_code == 2
    assert "不是同一行业" in result.output


@pytest.mark.parametrize("name", ["[/x]", "[red]colour"])
def test_names_out_of_a_file_are_printed_as_they_are(root: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name.replace("/", "")
    folder.mkdir()
    heads, *rows = UNITS.splitlines()
    file = written(folder, "\n".join([f"{heads},{name}", *(row + ",red" for row in rows)]) + "\n")
    found = impact(root, file, "--skip-columns")
    assert found.exit_code == 0, found.exception
    assert f"略去的列：{name}" in found.output
    assert f"结果在 {folder / 'out'}" in found.output


def test_what_was_read_otherwise_than_it_stands_is_told_once(root: Path, tmp_path: Path) -> None:
    file = written(
        tmp_path, UNITS.replace("U1,甲厂,2024-08-12,true", "U1,甲厂,2024-08-12,√").replace(",gas,80,", ",gas,0.8,")
    )
    result = impact(root, file)
    assert result.exit_code == 0, result.output
    assert "提示 2 条，见" in result.output
    told = table(tmp_path / "out/notices.csv")
    assert [(row["unit.id"], row["place"]) for row in told] == [("U1", "closed"), ("U1", "share")]
    assert "是否应为 80 %？" in told[1]["reason"]
    assert json.loads((tmp_path / "out/impact.json").read_text(encoding="utf-8"))["notices"] == 2
    assert impact(root, written(tmp_path, UNITS)).exit_code == 0
    assert not (tmp_path / "out/notices.csv").exists()
