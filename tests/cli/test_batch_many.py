"""`grading batch` over units of several rulesets: each is graded by its own, as if it had been handed in alone."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from click.testing import Result
from openpyxl import Workbook
from openpyxl.comments import Comment
from typer.testing import CliRunner

from grading.cli.main import app
from tests.cli.test_batch import FACTS, GATES, GRADES, INDICATORS, ROWS, grades, rejects
from tests.language.shelf import ruleset_text, shelf

# The table of a group may be called `units`, as that of the units is.
KILN_FACTS = """\
groups:
  units: {label: 窑炉, key: kiln_id}
facts:
  - {id: closed, label: 皮带密闭, type: boolean}
  - {id: dust, group: units, label: 窑尘, type: number, unit: mg/m3, min: 0, max: 500, decimals: 2}
"""
KILN_INDICATORS = """\
indicators:
  - id: kiln
    dimension: treatment
    title: 窑
    levels:
      A: {require: {all: [{fact: closed, equals: true}, {each: units, require: {fact: dust, at_most: 10}}]}, text: 窑尘不高于 10}
    cite: {document: 试验文件}
    basis: seen
    confidence: high
    remedy: {text: 治理}
"""
REGISTER = """\
industries:
  - {number: 1, id: r, label: 皮带, name_en: Belts, gbt4754: [C1111], scale: abd, scale_confidence: high, rulesets: [r]}
  - {number: 2, id: k, label: 窑业, name_en: Kilns, gbt4754: [C2222], scale: abd, scale_confidence: high, rulesets: [k, other]}
words:
  - {rulesets: [k], words: [烧窑]}
  - {rulesets: [r, k], words: [厂子]}
"""
UNITS = """\
unit.id,企业名称,assessed_on,规则集,行业,closed,techniques,fuel,清洁运输比例,outlets.rows
U1,甲厂,2024-08-12,e/r,,true,bag;esp,gas,80,
K1,己厂,2024-08-12,,烧窑的,true,,,,
U2,乙厂,2024-08-12,,C1111,是,袋式除尘,天然气,80.0,0
U3,丙厂,2024-08-12,r,皮带,true,bag,gas,79.9,
K2,庚厂,2024-08-12,e/k,窑业,true,,,,
U4,丁厂,2024-08-12,试验行业,,true,bag,gas,,
U5,戊厂,2024-08-12,e/r,,true,bag,coal,90,1
"""
KILNS = "unit.id,kiln_id,窑尘\nK2,Y1,10.01\nK1,Y1,10\n"
KILN_GRADES = {"K1": ("A", "A"), "K2": ("B", "B")}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "rulesets"
    kiln = ruleset_text(facts=KILN_FACTS, indicators=KILN_INDICATORS).replace(
        "id: e/r\ntitle: 试验行业", "id: e/k\ntitle: 窑"
    )
    shelf(folder, {"e/r.yaml": ruleset_text(facts=FACTS, indicators=INDICATORS, more=GATES), "e/k.yaml": kiln})
    (folder / "industries.yaml").write_text(REGISTER, encoding="utf-8")
    return folder


def written(folder: Path, units: str = UNITS, rows: str = ROWS, kilns: str = KILNS) -> Path:
    for name, text in (("plants", units), ("plants.outlets", rows), ("plants.units", kilns)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder / "plants.csv"


def batch(root: Path, file: Path, *options: str) -> Result:
    arguments = ["--rulesets", str(root), "batch", str(file), "-o", str(file.parent / "out"), "--check", "1000"]
    return CliRunner().invoke(app, [*arguments, *options], env={"COLUMNS": "160"})


def as_parquet(folder: Path) -> Path:
    for name in ("plants", "plants.outlets", "plants.units"):
        pl.read_csv(folder / f"{name}.csv", infer_schema=False).write_parquet(folder / f"{name}.parquet")
        (folder / f"{name}.csv").unlink()
    return folder / "plants.parquet"


def as_workbook(folder: Path) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, title in (("plants", "单元"), ("plants.outlets", "排放口"), ("plants.units", "窑炉")):
        sheet = book.create_sheet(title)
        for row in (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines():
            sheet.append([cell or None for cell in row.split(",")])
        (folder / f"{name}.csv").unlink()
    book.save(folder / "plants.xlsx")
    return folder / "plants.xlsx"


def as_lines(folder: Path) -> Path:
    """The same units as audits."""

    def unit(id_: str, ruleset: str, facts: dict[str, Any], groups: dict[str, Any]) -> dict[str, Any]:
        return {"id": id_, "ruleset": ruleset, "facts": facts, "groups": groups}

    bag = {"closed": True, "techniques": ["bag"], "fuel": "gas"}
    units = [
        unit("U1", "e/r", bag | {"share": 80}, {"outlets": [{"outlet_id": "1", "pm": 10}]}),
        unit("U2", "e/r", bag | {"share": 80}, {"outlets": []}),
        unit("U3", "e/r", bag | {"share": 79.9}, {"outlets": [{"outlet_id": "1", "pm": 10.01}]}),
        unit("U4", "e/r", bag, {}),
        unit("U5", "e/r", bag | {"share": 90, "fuel": "coal"}, {"outlets": [{"outlet_id": "1", "pm": 10.01}]}),
        unit("K1", "e/k", {"closed": True}, {"units": [{"kiln_id": "1", "dust": 10}]}),
        unit("K2", "e/k", {"closed": True}, {"units": [{"kiln_id": "1", "dust": 10.01}]}),
    ]
    # The first plant has units of both rulesets.
    plants = [[units[0], units[5]], *([u] for u in units[1:5]), [units[6]]]
    lines = [
        json.dumps(
            {"enterprise": {"name": f"企业{i}"}, "assessed_on": "2024-08-12", "units": listed}, ensure_ascii=False
        )
        for i, listed in enumerate(plants)
    ]
    (folder / "plants.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder / "plants.jsonl"


@pytest.mark.parametrize("form", ["csv", "parquet", "workbook", "lines"])
def test_units_of_several_rulesets_are_each_graded_by_their_own(root: Path, tmp_path: Path, form: str) -> None:
    file = written(tmp_path)
    forms = {"parquet": as_parquet, "workbook": as_workbook, "lines": as_lines}
    file = forms[form](tmp_path) if form in forms else file
    result = batch(root, file)
    assert result.exit_code == 0, result.output
    out = tmp_path / "out"
    assert grades(out) == GRADES | KILN_GRADES
    rulesets = pl.read_parquet(out / "grades.parquet").select("unit.id", "ruleset", "industry").rows()
    assert ("K1", "e/k", "窑业") in rulesets
    assert grades(out / "e" / "k") == KILN_GRADES
    assert grades(out / "e" / "r") == GRADES


def test_the_overview_counts_the_levels_of_each_industry_with_a_chart(root: Path, tmp_path: Path) -> None:
    result = batch(root, written(tmp_path))
    assert "评级 7 个单元，引擎复核 7 个" in result.output
    sheet = openpyxl.load_workbook(tmp_path / "out" / "overview.xlsx").worksheets[0]
    heads, *rows = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0] is not None]
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    assert [(row["规则集"], row["评级单元"], row["A级"]) for row in found] == [("e/r", 5, 2), ("e/k", 2, 1)]
    assert len(sheet._charts) == 1  # type: ignore[attr-defined]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert [(part["ruleset"], part["graded"]) for part in summary["rulesets"]] == [("e/r", 5), ("e/k", 2)]


def test_a_unit_without_one_ruleset_is_refused_with_the_candidates_and_the_others_graded(
    root: Path, tmp_path: Path
) -> None:
    lines = UNITS.splitlines()
    lines[1] = lines[1].replace(",e/r,,", ",,厂子,")
    lines[2] = lines[2].replace("烧窑的", "养猪场")
    lines[3] = lines[3].replace("C1111", "")
    lines[4] = lines[4].replace(",r,皮带,", ",r,窑业,")
    lines[5] = lines[5].replace(",e/k,", ",e/q,")
    result = batch(root, written(tmp_path, "\n".join(lines) + "\n"))
    assert result.exit_code == 1, result.output
    assert set(grades(tmp_path / "out")) == {"U4", "U5"}
    reasons = {unit: (line, place, reason) for line, unit, place, reason in rejects(tmp_path / "out")}
    assert reasons["U1"] == (2, "industry", "行业“厂子”可能是 窑（e/k）、试验行业（e/r）；请写明规则集")
    assert reasons["K1"][2].startswith("找不到行业“养猪场”对应的规则集")
    assert reasons["U2"][2].startswith("未填规则集，也未填行业")
    assert reasons["U3"][2] == "规则集“r”与行业“窑业”不符；该行业的规则集：窑（e/k）"
    assert reasons["K2"][2] == "找不到规则集“e/q”对应的规则集；是否指 e/r、e/k"


def test_a_value_in_a_column_of_another_ruleset_is_not_left_out_in_silence(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path, UNITS.replace("烧窑的,true,,,,", "烧窑的,true,bag,,,"))
    result = batch(root, file)
    assert result.exit_code == 1
    assert "“techniques”不是 e/k（窑）的项目，1 行填有内容" in result.output.replace("\n", "")
    result = batch(root, file, "--skip-columns", "--again")
    assert result.exit_code == 0, result.output
    assert grades(tmp_path / "out") == GRADES | KILN_GRADES
    assert "没有读取" in (tmp_path / "out" / "notices.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_rows_in_a_table_that_their_ruleset_does_not_have_are_not_left_out_in_silence(
    root: Path, tmp_path: Path, form: str
) -> None:
    file = written(tmp_path, kilns=KILNS + "U1,Y9,3\n")
    result = batch(root, as_parquet(tmp_path) if form == "parquet" else file)
    assert result.exit_code == 1
    assert "“窑尘”不是 e/r（试验行业）的项目，1 行填有内容" in result.output.replace("\n", "")


def test_a_file_that_tells_neither_ruleset_nor_industry_is_refused(root: Path, tmp_path: Path) -> None:
    result = batch(root, written(tmp_path, UNITS.replace("规则集,行业", "note1,note2")))
    assert result.exit_code == 1
    assert "没有“规则集”或“行业”列" in result.output.replace("\n", "")


def test_a_unit_that_stands_under_two_rulesets_is_refused_under_both(root: Path, tmp_path: Path) -> None:
    result = batch(root, written(tmp_path, UNITS + "U2,乙厂,2024-08-12,e/k,,true,,,,\n"))
    assert result.exit_code == 1
    assert "U2" not in grades(tmp_path / "out")
    assert [r[:3] for r in rejects(tmp_path / "out")] == [(4, "U2", "unit.id"), (9, "U2", "unit.id")]


def test_a_row_of_no_unit_is_told_once(root: Path, tmp_path: Path) -> None:
    result = batch(root, written(tmp_path, kilns=KILNS + "K9,Y1,3\n"))
    assert result.exit_code == 1
    assert [r[:3] for r in rejects(tmp_path / "out")] == [(4, "K9", "units.unit.id")]


def test_the_same_command_goes_on_and_another_input_is_refused(root: Path, tmp_path: Path) -> None:
    file = written(tmp_path)
    assert batch(root, file).exit_code == 0
    (tmp_path / "out" / "grades.parquet").unlink()
    assert "评级 7 个单元" in batch(root, file).output
    assert grades(tmp_path / "out") == GRADES | KILN_GRADES
    written(tmp_path, kilns="unit.id,kiln_id,窑尘\nK2,Y1,10\nK1,Y1,10\n")
    assert batch(root, file).exit_code == 2
    assert batch(root, file, "--again").exit_code == 0
    assert grades(tmp_path / "out")["K2"] == ("A", "A")


def test_a_table_may_name_the_industry_and_its_class(root: Path, tmp_path: Path) -> None:
    lines = (
        UNITS.replace("规则集,行业", "行业代码,行业")
        .replace(",e/r,", ",C1111,")
        .replace(",e/k,", ",C2222,")
        .splitlines()
    )
    lines[4] = lines[4].replace(",r,皮带,", ",C2222,皮带,")
    lines[6] = lines[6].replace("试验行业", "皮带")
    result = batch(root, written(tmp_path, "\n".join(lines) + "\n"))
    assert result.exit_code == 1, result.output
    kept = {unit: levels for unit, levels in (GRADES | KILN_GRADES).items() if unit != "U3"}
    assert grades(tmp_path / "out") == kept
    assert [r[1:] for r in rejects(tmp_path / "out")] == [
        ("U3", "industry", "所填行业“C2222”和“皮带”不是同一行业；请核对")
    ]


def test_a_ruleset_that_cannot_be_used_stops_no_batch_of_others(root: Path, tmp_path: Path) -> None:
    (root / "e" / "a.yaml").write_text("id: e/a\n", encoding="utf-8")
    file = written(tmp_path, UNITS + "U9,辛厂,2024-08-12,e/q,,true,,,,\n")
    assert batch(root, file).exit_code == 1
    assert grades(tmp_path / "out") == GRADES | KILN_GRADES
    assert batch(root, as_lines(tmp_path), "--again").exit_code == 0
    assert grades(tmp_path / "out") == GRADES | KILN_GRADES


def test_rows_of_no_unit_are_counted_over_all_tables(root: Path, tmp_path: Path) -> None:
    batch(root, written(tmp_path, rows=ROWS + "U9,1,3\n", kilns=KILNS + "K8,Y1,3\nK9,Y1,3\n"))
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["rows_without_unit"] == 3


def test_several_processes_grade_as_one_does(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grading.batch.side_by_side.ENOUGH_PARTS", 2)
    file = written(tmp_path)
    result = batch(root, file, "--jobs", "2")
    assert result.exit_code == 0, result.output
    assert grades(tmp_path / "out") == GRADES | KILN_GRADES
    # An error of a part is told as if it had been met here.
    written(tmp_path, kilns="unit.id,窑尘\nK1,1\n")
    result = batch(root, file, "--jobs", "2", "--again")
    assert result.exit_code == 1
    assert "缺少列 kiln_id" in result.output.replace("\n", "")


def test_an_edition_chooses_among_the_editions_of_an_industry(root: Path, tmp_path: Path) -> None:
    later = (root / "e/k.yaml").read_text(encoding="utf-8").replace("id: e/k", "id: f/k")
    (root / "f").mkdir()
    (root / "f" / "k.yaml").write_text(later.replace("at_most: 10}", "at_most: 20}"), encoding="utf-8")
    file = written(tmp_path, UNITS.replace(",e/k,窑业,", ",,窑业,"))
    found = batch(root, file)
    assert found.exit_code == 1, found.output
    assert not {"K1", "K2"} & set(grades(tmp_path / "out")), found.output
    assert batch(root, file, "--ruleset", "f", "--again").exit_code == 0
    assert grades(tmp_path / "out")["K2"] == ("A", "A")


def test_comments_hidden_rows_and_files_without_an_end_are_told(root: Path, tmp_path: Path) -> None:
    written(tmp_path)
    file = as_workbook(tmp_path)
    book = openpyxl.load_workbook(file)
    book["窑炉"]["C2"].comment = Comment("复测为 9", "王工")
    book["单元"].row_dimensions[3].hidden = True
    book.save(file)
    assert batch(root, file).exit_code == 0
    told = pl.read_csv(tmp_path / "out" / "notices.csv")["reason"].to_list()
    assert sum("复测为 9" in said for said in told) == 1
    assert sum("第 3 行是隐藏的" in said for said in told) == 1
    (tmp_path / "csv").mkdir()
    assert batch(root, written(tmp_path / "csv", kilns=KILNS.rstrip("\n"))).exit_code == 0
    told = pl.read_csv(tmp_path / "csv" / "out" / "notices.csv")["reason"].to_list()
    assert sum("末尾没有换行" in said for said in told) == 1
