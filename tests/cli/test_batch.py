"""`grading batch` as its user sees it: files in, tables out, what can't be read told with its place, and going on."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from click.testing import Result
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from grading.batch import spot_check, tables
from grading.cli.main import app
from grading.workbook.cell_text import text_from
from tests.language.shelf import ruleset_text, shelf

FACTS = """\
groups:
  outlets: {label: 排放口, key: outlet_id}
facts:
  - {id: closed, label: 皮带密闭, type: boolean}
  - {id: techniques, label: 治理技术, type: choices, options: {bag: 袋式除尘, esp: 电除尘}}
  - {id: fuel, label: 燃料, type: choice, options: {gas: 天然气, coal: 煤}}
  - {id: share, label: 清洁运输比例, type: number, unit: "%", min: 0, max: 100, decimals: 1}
  - {id: pm, group: outlets, label: 颗粒物, type: number, unit: mg/m3, min: 0, max: 500, decimals: 2}
"""
INDICATORS = """\
indicators:
  - id: limits
    dimension: emission_limits
    title: 颗粒物
    levels:
      A: {require: {each: outlets, require: {fact: pm, at_most: 10}}, text: 不高于 10}
      B: {require: {each: outlets, require: {fact: pm, at_most: {provisional: 20}}}, text: 不高于 20}
    cite: {document: 试验文件}
    basis: seen
    confidence: high
    remedy: {text: 治理}
  - id: enclosure
    dimension: treatment
    title: 密闭与治理
    levels:
      A: {require: {all: [{fact: closed, equals: true}, {fact: techniques, includes_any: [bag]}, {fact: share, at_least: 80},
                          {fact: fuel, equals: gas}]}, text: 密闭}
    cite: {document: 试验文件}
    basis: seen
    confidence: high
    remedy: {text: 密闭}
"""
GATES = """\
gates:
  - {id: no_gas, title: 燃煤, when: {fact: fuel, equals: coal}, effect: ungraded, text: 燃煤的不纳入,
     cite: {document: 试验文件}, basis: seen, confidence: high}
"""
UNITS = """\
unit.id,企业名称,assessed_on,closed,techniques,fuel,清洁运输比例,outlets.rows
U1,甲厂,2024-08-12,true,bag;esp,gas,80,
U2,乙厂,2024-08-12,是,袋式除尘,天然气,80.0,0
U3,丙厂,2024-08-12,true,bag,gas,79.9,
U4,丁厂,2024-08-12,true,bag,gas,,
U5,戊厂,2024-08-12,true,bag,coal,90,1
"""
ROWS = """\
unit.id,outlet_id,颗粒物
U1,DA001,10
U1,DA002,9.99
U3,DA001,10.01
U5,DA001,10.01
"""
GRADES = {"U1": ("A", "A"), "U2": ("A", "A"), "U3": ("D", "B"), "U4": ("D", "A"), "U5": ("ungraded", "ungraded")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "rulesets"
    shelf(folder, {"e/r.yaml": ruleset_text(facts=FACTS, indicators=INDICATORS, more=GATES)})
    return folder


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    return written(tmp_path, UNITS, ROWS)


def written(folder: Path, units: str, rows: str | None = ROWS, encoding: str = "utf-8") -> Path:
    """The units' file; that of their rows stands beside it."""
    file = folder / "plants.csv"
    file.write_text(units, encoding=encoding)
    if rows is not None:
        (folder / "plants.outlets.csv").write_text(rows, encoding=encoding)
    return file


def batch(root: Path, file: Path, *options: str, out: str = "out", check: str = "1000") -> Result:
    arguments = [
        "--rulesets",
        str(root),
        "batch",
        str(file),
        "-r",
        "e/r",
        "-o",
        str(file.parent / out),
        "--check",
        check,
    ]
    return CliRunner().invoke(app, [*arguments, *options], env={"COLUMNS": "140"})


def grades(folder: Path) -> dict[str, tuple[str, str]]:
    frame = pl.read_parquet(folder / "grades.parquet", glob=False)
    return {unit: (grade, could) for unit, grade, could in frame.select("unit.id", "grade", "attainable").iter_rows()}


def rejects(folder: Path) -> list[tuple[Any, ...]]:
    return pl.read_csv(folder / "rejects.csv").select("line", "unit.id", "place", "reason").rows()


# ── The forms of input ──


def test_a_csv_of_units_and_one_of_their_rows_are_graded(root: Path, csv_file: Path) -> None:
    result = batch(root, csv_file)
    assert result.exit_code == 0, result.output
    assert grades(csv_file.parent / "out") == GRADES
    assert "评级 5 个单元，引擎复核 5 个" in result.output


def test_a_csv_that_a_spreadsheet_saved_in_gbk_is_read(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, UNITS, encoding="gb18030")
    assert batch(root, file).exit_code == 0
    assert pl.read_parquet(tmp_path / "out/grades.parquet")["enterprise.name"].to_list()[:2] == ["甲厂", "乙厂"]


def test_parquet_gives_the_same_grades_whatever_holds_its_numbers(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "plants.parquet"
    for number in (pl.Float64, pl.Decimal(18, 4), pl.String):
        as_parquet(UNITS, number).write_parquet(file)
        as_parquet(ROWS, number).write_parquet(tmp_path / "plants.outlets.parquet")
        result = batch(root, file, "--again")
        assert result.exit_code == 0, result.output
        assert grades(tmp_path / "out") == GRADES


def as_parquet(text: str, number: Any) -> pl.DataFrame:
    frame = pl.read_csv(text.encode(), infer_schema=False)
    return frame.with_columns(pl.col(name).cast(number) for name in ("清洁运输比例", "颗粒物") if name in frame.columns)


def test_a_workbook_with_a_sheet_for_each_table_is_read(root: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "单元"
    for row in (
        ["单元编号", "评估日期", "皮带密闭", "治理技术", "燃料", "清洁运输比例"],
        ["U1", date(2024, 8, 12), True, "bag", "gas", 80.5],
    ):
        sheet.append(row)
    rows = book.create_sheet("排放口")
    for row in (["单元编号", "outlet_id", "颗粒物"], ["U1", "DA001", 6.2]):
        rows.append(row)
    book.save(tmp_path / "plants.xlsx")
    result = batch(root, tmp_path / "plants.xlsx")
    assert result.exit_code == 0, result.output
    assert grades(tmp_path / "out") == {"U1": ("A", "A")}


def audit(unit: str, pm: float, ruleset: str = "e/r") -> dict[str, Any]:
    facts = {"closed": True, "techniques": ["bag"], "share": {"value": 80, "evidence": ["货票"]}, "fuel": "gas"}
    groups = {"outlets": [{"outlet_id": "DA001", "pm": pm}]}
    listed = [{"id": unit, "ruleset": ruleset, "facts": facts, "groups": groups}]
    return {"enterprise": {"name": "甲厂", "county": "610402"}, "assessed_on": "2024-08-12", "units": listed}


def test_json_lines_are_read_an_audit_a_line(root: Path, tmp_path: Path) -> None:
    lines = [audit("U1", 10), audit("U2", 10.5), audit("U3", 600), audit("U4", 5, "older/r"), audit("U5", 5, "e/other")]
    text = "\n".join([*(json.dumps(line) for line in lines), "", "{nonsense"])
    (tmp_path / "audits.jsonl").write_text(text, encoding="utf-8")
    result = batch(root, tmp_path / "audits.jsonl")
    assert result.exit_code == 1
    assert grades(tmp_path / "out") == {"U1": ("A", "A"), "U2": ("D", "B"), "U4": ("A", "A")}
    assert [(line, place) for line, _, place, _ in rejects(tmp_path / "out")] == [
        (3, "units[0].groups.outlets[0].pm"),
        (7, ""),
    ]
    assert "其他行业的单元 1 个" in result.output


# ── What comes out ──


def test_the_lists_name_what_is_unmet_and_unknown_at_the_next_better_level(root: Path, csv_file: Path) -> None:
    batch(root, csv_file)
    frame = pl.read_parquet(csv_file.parent / "out/grades.parquet")
    rows = {
        unit: (target, unmet, unknown)
        for unit, target, unmet, unknown in frame.select("unit.id", "target", "unmet", "unknown").iter_rows()
    }
    assert rows["U1"] == (None, None, None)
    assert rows["U3"] == ("B", [], ["limits"])


def test_a_target_can_be_named(root: Path, csv_file: Path) -> None:
    batch(root, csv_file, "--target", "A")
    frame = pl.read_parquet(csv_file.parent / "out/grades.parquet")
    assert frame.filter(pl.col("unit.id") == "U3").select("target", "unmet", "unknown").row(0) == (
        "A",
        ["enclosure", "limits"],
        [],
    )


def test_trial_mode_takes_provisional_figures_for_established(root: Path, csv_file: Path) -> None:
    result = batch(root, csv_file, "--trial")
    assert grades(csv_file.parent / "out")["U3"] == ("B", "B")
    assert "不得作为评级结论发布" in result.output


def test_a_trial_says_of_each_unit_on_which_figures_its_grade_rests_and_which_decide_it(
    root: Path, csv_file: Path
) -> None:
    batch(root, csv_file, "--trial")
    frame = pl.read_csv(csv_file.parent / "out/grades.csv")
    (unit,) = frame.filter(pl.col("unit.id") == "U3").select(pl.col("^figures[.].*$")).to_dicts()
    assert unit == {
        "figures.estimated": 0,
        "figures.recalled": 1,
        "figures.established": 3,
        "figures.decisive": "limits.B.require",
    }
    book = openpyxl.load_workbook(csv_file.parent / "out/grades.xlsx")
    cells = dict(zip(_column(book["等级"], "单元编号"), _column(book["等级"], "若为他值则等级改变的数值"), strict=True))
    assert cells["U3"] == "颗粒物（B级）：颗粒物不高于 20 mg/m³（见于原文）"
    summary = [row[0].value for row in book["汇总"].iter_rows()]
    assert "各单元等级所依据的数值（试算）" in summary
    batch(root, csv_file, "--again")
    assert not [name for name in pl.read_csv(csv_file.parent / "out/grades.csv").columns if name.startswith("figures")]


def test_csv_has_the_same_tables_with_lists_in_one_cell(root: Path, csv_file: Path) -> None:
    batch(root, csv_file, "--target", "A")
    frame = pl.read_csv(csv_file.parent / "out/grades.csv")
    assert frame.filter(pl.col("unit.id") == "U4")["unknown"].to_list() == ["enclosure;limits"]
    indicators = pl.read_csv(csv_file.parent / "out/indicators.csv")
    assert indicators.columns == [
        "line", "unit.id", "enclosure.A", "enclosure.B", "enclosure.applicable", "limits.A", "limits.B", "limits.applicable"
    ]  # fmt: skip


def _column(sheet: Worksheet, head: str) -> list[object]:
    (column,) = [cells for cells in sheet.iter_cols() if cells[0].value == head]
    return [cell.value for cell in column[1:]]


def test_the_workbook_speaks_chinese_and_has_frozen_heads_and_filters(root: Path, csv_file: Path) -> None:
    batch(root, csv_file)
    book = openpyxl.load_workbook(csv_file.parent / "out/grades.xlsx")
    assert book.sheetnames == ["汇总", "等级", "指标"]
    sheet = book["等级"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:3] == ["行", "单元编号", "企业名称"]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref.endswith("6")
    third = dict(zip(heads, (cell.value for cell in sheet[4]), strict=True))
    assert (third["等级"], third["目标等级无法判定的指标"]) == ("待定 (D～B)", "颗粒物")
    summary = {row[0].value: row[1].value for row in book["汇总"].iter_rows()}
    # Who is not decided is counted by itself, and not on the floor.
    grades = [str(said) for said in _column(sheet, "等级")]
    assert (summary["D级"], summary["待定"]) == (grades.count("D级"), sum(said.startswith("待定") for said in grades))
    assert dict(zip(heads, (cell.value for cell in sheet[6]), strict=True))["触发的否决项"] == "燃煤"
    assert [cell.value for cell in book["指标"][4]] == [4, "U3", "B级", "D级（最好可能 B级）"]


def test_texts_that_look_like_markup_or_escapes_arrive_as_they_are(root: Path, tmp_path: Path) -> None:
    odd = "a<b>&amp;_x0041_ =1+1"
    file = written(tmp_path, UNITS.replace("甲厂", odd))
    batch(root, file, "-f", "xlsx")
    assert openpyxl.load_workbook(tmp_path / "out/grades.xlsx")["等级"]["C2"].value is not None
    assert text_from(openpyxl.load_workbook(tmp_path / "out/grades.xlsx")["等级"]["C2"].value) == odd


def test_a_workbook_too_long_for_one_sheet_is_split_and_says_so(
    root: Path, csv_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.batch.workbook.MOST_ROWS", 2)
    monkeypatch.setattr("grading.batch.workbook.MOST_INDICATOR_ROWS", 2)
    result = batch(root, csv_file)
    book = openpyxl.load_workbook(csv_file.parent / "out/grades.xlsx")
    assert book.sheetnames == ["汇总", "等级1", "等级2", "等级3"]
    assert [book[name].max_row for name in book.sheetnames[1:]] == [3, 3, 2]
    assert "分为 3 张" in result.output
    assert "不含“指标”表" in result.output


def test_the_summary_as_json_counts_everything(root: Path, csv_file: Path) -> None:
    said = json.loads(batch(root, csv_file, "--json").stdout)
    assert (said["read"], said["graded"], said["refused"], said["checked_by_engine"]) == (5, 5, 0, 5)
    assert said["grades"] == {"A": 2, "D": 2, "ungraded": 1}
    assert (said["ruleset"], said["mode"], said["review"]) == ("e/r", "official", "draft")
    assert json.loads((csv_file.parent / "out/summary.json").read_text(encoding="utf-8")) == said


# ── What can't be read ──


@pytest.mark.parametrize(
    ("before", "after", "line", "place", "said"),
    [
        ("U3,丙厂,2024-08-12,true", "U3,丙厂,2024-08-12,1", 4, "closed", "应填“是”或“否”"),
        ("79.9", "101", 4, "share", "0～100"),
        ("79.9", "79.95", 4, "share", "至多 1 位小数"),
        ("79.9", "约八十", 4, "share", "所填：约八十"),
        ("U3,丙厂,2024-08-12,true,bag", "U3,丙厂,2024-08-12,true,cyclone", 4, "techniques", "cyclone"),
        ("丙厂,2024-08-12", "丙厂,8/12/24", 4, "assessed_on", "如 2023-09-10"),
        ("丙厂,2024-08-12", "丙厂,", 4, "assessed_on", "未填"),
        ("U3,丙厂", ",丙厂", 4, "unit.id", "未填"),
        ("79.9,", "79.9,2", 4, "outlets.rows", "写明 2 行，表中有 1 行"),
        ("79.9,", "79.9,,,x", 4, "", "本行有 10 格"),
    ],
)  # fmt: skip
def test_a_unit_that_cannot_be_read_is_refused_with_the_reason(
    root: Path, tmp_path: Path, before: str, after: str, line: int, place: str, said: str
) -> None:
    file = written(tmp_path, UNITS.replace(before, after))
    result = batch(root, file)
    assert result.exit_code == 1, result.output
    found = rejects(tmp_path / "out")
    assert (found[0][0], found[0][2]) == (line, place)
    assert said in found[0][3]
    assert {unit: grade for unit, grade in GRADES.items() if unit != "U3"} == grades(tmp_path / "out")
    assert "未能读入 1 个单元" in result.output


def test_ids_that_stand_twice_are_refused_both(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, UNITS.replace("U4,", "U1,"))
    assert batch(root, file).exit_code == 1
    assert [row[:3] for row in rejects(tmp_path / "out")] == [(2, "U1", "unit.id"), (5, "U1", "unit.id")]
    assert set(grades(tmp_path / "out")) == {"U2", "U3", "U5"}


def test_a_row_takes_its_unit_out_and_a_row_of_no_unit_is_told(root: Path, tmp_path: Path) -> None:
    rows = ROWS.replace("DA002,9.99", "DA001,9.999") + "U9,DA001,5\n"
    result = batch(root, written(tmp_path, UNITS, rows))
    found = rejects(tmp_path / "out")
    assert [row[:3] for row in found] == [
        (2, "U1", "outlets.outlet_id"),
        (3, "U1", "outlets.outlet_id"),
        (3, "U1", "outlets[DA001].pm"),
        (6, "U9", "outlets.unit.id"),
    ]
    assert "另有 1 行不属于任何单元" in result.output
    assert set(grades(tmp_path / "out")) == {"U2", "U3", "U4", "U5"}


def test_a_percentage_in_a_workbook_counts_only_for_a_fact_in_percent(root: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["unit.id", "assessed_on", "share"])
    sheet.append(["U1", "2024-08-12", 0.5])
    sheet["C2"].number_format = "0%"
    rows = book.create_sheet("outlets")
    rows.append(["unit.id", "outlet_id", "pm"])
    rows.append(["U1", "DA001", 0.5])
    rows["C2"].number_format = "0%"
    book.save(tmp_path / "plants.xlsx")
    batch(root, tmp_path / "plants.xlsx")
    assert [row[2] for row in rejects(tmp_path / "out")] == ["outlets[DA001].pm"]


def test_rows_in_any_order_find_their_units(root: Path, tmp_path: Path) -> None:
    heads, *lines = ROWS.splitlines()
    assert batch(root, written(tmp_path, UNITS, "\n".join([heads, *reversed(lines)]))).exit_code == 0
    assert grades(tmp_path / "out") == GRADES


def test_a_table_that_is_not_there_is_unknown_and_one_stated_as_empty_is_empty(root: Path, tmp_path: Path) -> None:
    units = UNITS.replace(",90,1", ",90,")
    assert batch(root, written(tmp_path, units, None)).exit_code == 0
    found = grades(tmp_path / "out")
    assert (found["U1"], found["U2"]) == (("D", "A"), ("A", "A"))


# ── Files that are no such tables ──


def test_all_that_is_wrong_with_the_heads_is_told_at_once(root: Path, tmp_path: Path) -> None:
    file = written(
        tmp_path, UNITS.replace("closed", "close").replace("assessed_on", "day"), ROWS.replace("outlet_id", "id")
    )
    result = batch(root, file)
    assert result.exit_code == 1
    assert "没有“close”这一项；是否指 closed" in result.output
    assert "plants.csv：缺少列 assessed_on" in result.output
    assert "plants.outlets.csv：缺少列 outlet_id" in result.output


def test_unknown_columns_can_be_left_out_and_are_named(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, UNITS.replace("closed", "sealed"))
    assert batch(root, file).exit_code == 1
    result = batch(root, file, "--skip-columns", "--again")
    assert result.exit_code == 0
    assert "略去的列：sealed" in result.output


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.parquet", b"PAR1"), ("a.xlsx", b"PK"), ("a.csv", b""), ("a.csv", b"\xff\xff\xff"), ("a.jsonl", b"\n")],
)
def test_a_file_that_is_damaged_or_empty_is_refused(root: Path, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    result = batch(root, tmp_path / name)
    assert result.exit_code == 1
    assert result.output.startswith(f"{name}：")


@pytest.mark.parametrize("options", [("--target", "D"), ("--format", "pdf"), ("-r", "nothing/here")])
def test_options_that_mean_nothing_are_a_wrong_call(root: Path, csv_file: Path, options: tuple[str, str]) -> None:
    assert batch(root, csv_file, *options).exit_code == 2


# ── Stopping and going on ──


def test_a_batch_that_was_stopped_goes_on_and_comes_to_the_same(
    root: Path, csv_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.batch.tables.TableSource.__init__.__defaults__", (False, 2))
    whole = batch(root, csv_file, out="whole")
    assert whole.exit_code == 0
    read: list[int] = []
    chunk = tables.TableSource.chunk

    def stopping(self: tables.TableSource, number: int) -> Any:
        read.append(number)
        if read == [0, 1]:
            raise KeyboardInterrupt
        return chunk(self, number)

    monkeypatch.setattr(tables.TableSource, "chunk", stopping)
    stopped = batch(root, csv_file)
    assert stopped.exit_code == 130
    assert "用同一命令继续" in stopped.output
    again = batch(root, csv_file)
    assert again.exit_code == 0
    assert read.count(0) == 1, "what was graded is not read again"
    assert read[-2:] == [1, 2]
    for name in ("grades.csv", "indicators.csv"):
        assert (csv_file.parent / "out" / name).read_bytes() == (csv_file.parent / "whole" / name).read_bytes()


def test_results_of_another_input_or_mode_are_not_mixed(root: Path, csv_file: Path) -> None:
    batch(root, csv_file)
    assert batch(root, csv_file).exit_code == 0
    result = batch(root, csv_file, "--trial")
    assert result.exit_code == 2
    assert "评级方式：原为 official，现为 trial" in result.output
    written(csv_file.parent, UNITS.replace("79.9", "80"), ROWS.replace("10.01", "10"))
    result = batch(root, csv_file)
    assert result.exit_code == 2
    assert "输入内容" in result.output
    assert batch(root, csv_file, "--again").exit_code == 0
    assert grades(csv_file.parent / "out")["U3"] == ("A", "A")


def test_a_disagreement_with_the_engine_stops_the_batch_and_leaves_the_audit(
    root: Path, csv_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = spot_check._values

    def other(*arguments: Any) -> Any:
        return [(place, "B" if place == "grade" else value) for place, value in said(*arguments)]

    monkeypatch.setattr(spot_check, "_values", other)
    result = batch(root, csv_file)
    assert result.exit_code == 1
    assert "grade：初评 A，引擎 B" in result.output
    assert not (csv_file.parent / "out/grades.parquet").exists()
    assert json.loads((csv_file.parent / "out/disagreement.json").read_text(encoding="utf-8"))["units"]


# ── Values below a limit of detection ──

BOUNDED = ROWS.replace("DA002,9.99", "DA002,<10").replace("U3,DA001,10.01", "U3,DA001,未检出（检出限15）")


def test_upper_bounds_are_graded_by_what_they_surely_are(root: Path, tmp_path: Path) -> None:
    file = written(
        tmp_path, UNITS.replace("丙厂,2024-08-12,true,bag,gas,79.9", "丙厂,2024-08-12,true,bag,gas,80"), BOUNDED
    )
    result = batch(root, file)
    assert result.exit_code == 0, result.output
    assert grades(tmp_path / "out") == GRADES | {"U3": ("D", "A")}
    assert "引擎复核 5 个" in result.output


def test_a_table_in_parquet_and_json_lines_may_hold_bounds(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "plants.parquet"
    pl.read_csv(io.StringIO(UNITS), infer_schema=False).write_parquet(file)
    pl.read_csv(io.StringIO(BOUNDED), infer_schema=False).write_parquet(tmp_path / "plants.outlets.parquet")
    assert batch(root, file).exit_code == 0
    assert grades(tmp_path / "out")["U1"] == ("A", "A")
    facts = {"closed": True, "techniques": ["bag"], "fuel": "gas", "share": {"value": {"below": 80}, "note": "<80"}}
    unit = {
        "id": "U1",
        "ruleset": "e/r",
        "facts": facts,
        "groups": {"outlets": [{"outlet_id": "o", "pm": {"below": 10}}]},
    }
    audit = {"enterprise": {"name": "甲厂"}, "assessed_on": "2024-08-12", "units": [unit]}
    lines = tmp_path / "audits.jsonl"
    lines.write_text(json.dumps(audit), encoding="utf-8")
    assert batch(root, lines, out="lines").exit_code == 0
    assert grades(tmp_path / "lines") == {"U1": ("B", "B")}
    unit["facts"]["share"] = {"below": 0}  # type: ignore[index]
    lines.write_text(json.dumps(audit), encoding="utf-8")
    assert batch(root, lines, out="refused").exit_code != 0
    ((*_, reason),) = rejects(tmp_path / "refused")
    assert "所填：<0；本项不小于 0" in reason


def test_not_detected_without_its_limit_is_refused_or_left_unknown(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, UNITS.replace("U5,戊厂,2024-08-12,true,bag,coal,90,1", "U5,戊厂,2024-08-12,true,bag,coal,90,<3"),
                   ROWS.replace("9.99", "未检出"))  # fmt: skip
    assert batch(root, file).exit_code != 0
    told = rejects(tmp_path / "out")
    assert any(place == "outlets[DA002].pm" and "须写明检出限" in reason for *_, place, reason in told)
    assert any(place == "outlets.rows" for *_, place, _ in told)
    batch(root, file, "--partial", out="partial")
    assert grades(tmp_path / "partial")["U1"] == ("D", "A")
