"""What a file of a batch holds is read or named: nothing is graded of which anything may be missing."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from typer.testing import CliRunner

from grading.batch.heads import HeadNames
from grading.batch.refused import PENDING
from grading.batch.template import heads_of
from grading.cli.main import app
from grading.language.load import Library
from tests.cli.test_batch import (
    FACTS,
    GATES,
    GRADES,
    INDICATORS,
    ROWS,
    UNITS,
    as_parquet,
    batch,
    grades,
    rejects,
    written,
)
from tests.language.shelf import ruleset_text, shelf
from tests.shipped import LIBRARY
from tests.spreadsheet.parts import repacked


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "rulesets"
    shelf(folder, {"e/r.yaml": ruleset_text(facts=FACTS, indicators=INDICATORS, more=GATES)})
    return folder


CODE = "91350100M000100Y43"


def notices(folder: Path) -> list[tuple[Any, ...]]:
    return pl.read_csv(folder / "notices.csv").select("line", "unit.id", "place", "reason").rows()


def workbook(folder: Path, change: Callable[[Workbook], None] | None = None) -> Path:
    """The tables of the CSV files as a workbook, changed."""
    book = Workbook()
    sheets = (("units", UNITS), ("outlets", ROWS))
    for title, text in sheets:
        sheet = book.worksheets[0] if title == "units" else book.create_sheet()
        sheet.title = title
        for line in text.splitlines():
            sheet.append([cell or None for cell in line.split(",")])
    if change is not None:
        change(book)
    file = folder / "plants.xlsx"
    book.save(file)
    return file


def edited(file: Path, part: str, pattern: str, by: str) -> Path:
    """A workbook with a part edited as text."""

    def change(parts: dict[str, bytes]) -> None:
        parts[part] = re.sub(pattern, by, parts[part].decode(), count=1).encode()

    file.write_bytes(repacked(file.read_bytes(), change))
    return file


@pytest.mark.parametrize("by", ['<dimension ref="A1:B2"/>', '<dimension ref="A1"/>', "", '<dimension ref="C9:Z99"/>'])
@pytest.mark.parametrize("sheet", [1, 2])
def test_what_a_sheet_says_of_its_size_does_not_count(root: Path, tmp_path: Path, by: str, sheet: int) -> None:
    file = edited(workbook(tmp_path), f"xl/worksheets/sheet{sheet}.xml", r"<dimension[^>]*>", by)
    assert batch(root, file).exit_code == 0
    assert grades(tmp_path / "out") == GRADES


@pytest.mark.parametrize(
    ("sheet", "area", "gone"),
    [
        ("outlets", "A2:A3", {"U1", "U3", "U4"}),
        ("outlets", "A3:A4", {"U1", "U3", "U4"}),
        ("outlets", "C2:C3", {"U1"}),
        ("outlets", "B4:C4", {"U3"}),
        ("units", "D3:D4", {"U2", "U3"}),
        ("units", "D4:E4", {"U3"}),
    ],
)
def test_merged_cells_take_their_units_out(root: Path, tmp_path: Path, sheet: str, area: str, gone: set[str]) -> None:
    result = batch(root, workbook(tmp_path, lambda book: book[sheet].merge_cells(area)))
    assert result.exit_code == 1
    assert set(grades(tmp_path / "out")) == set(GRADES) - gone
    assert any(area in row[3] for row in rejects(tmp_path / "out"))


def test_merged_heads_are_refused(root: Path, tmp_path: Path) -> None:
    result = batch(root, workbook(tmp_path, lambda book: book["outlets"].merge_cells("B1:C1")))
    assert "列名所在的单元格是合并的（B1:C1）" in result.output


def test_a_row_that_names_no_unit_takes_out_those_it_may_be_of(root: Path, tmp_path: Path) -> None:
    assert batch(root, written(tmp_path, UNITS, ROWS.replace("U1,DA002", ",DA002"))).exit_code == 1
    assert set(grades(tmp_path / "out")) == {"U2", "U5"}
    reasons = {unit: reason for _, unit, _, reason in rejects(tmp_path / "out") if unit}
    assert "第 3 行未填单元编号" in reasons["U1"]


def test_a_unit_that_has_all_the_rows_it_states_misses_none(root: Path, tmp_path: Path) -> None:
    rows = ROWS + ",DA009,5\n"
    assert batch(root, written(tmp_path, UNITS, rows)).exit_code == 1
    assert set(grades(tmp_path / "out")) == set(GRADES) - {"U4"}


@pytest.mark.parametrize("written_id", ["u3", "U 3", "U-3"])
def test_a_row_of_a_unit_that_reads_alike_takes_that_one_out(root: Path, tmp_path: Path, written_id: str) -> None:
    batch(root, written(tmp_path, UNITS, ROWS.replace("U3,", f"{written_id},")))
    assert set(grades(tmp_path / "out")) == set(GRADES) - {"U3"}


def test_a_row_of_an_unknown_unit_among_those_of_another_takes_that_one_out(root: Path, tmp_path: Path) -> None:
    rows = ROWS.replace("U3,DA001,10.01\n", "U1,DA003,8\nU3,DA001,10.01\n")
    batch(root, written(tmp_path, UNITS, rows.replace("U1,DA002", "U8,DA002")))
    assert set(grades(tmp_path / "out")) == set(GRADES) - {"U1"}
    batch(root, written(tmp_path, UNITS, rows.replace("U1,DA003", "U8,DA003")), out="at its end")
    assert grades(tmp_path / "at its end") == GRADES


@pytest.mark.parametrize("row", ['U1,"DA002,9.99', 'U1,"DA"002,9.99', 'U1,"DA002,9.99\nU3,"DA001",10.01'])
def test_a_quote_without_its_other_half_swallows_no_rows(root: Path, tmp_path: Path, row: str) -> None:
    result = batch(root, written(tmp_path, UNITS, ROWS.replace("U1,DA002,9.99", row)))
    assert result.exit_code == 1
    assert "引号不成对" in result.output
    assert not (tmp_path / "out" / "grades.csv").exists()


@pytest.mark.parametrize("written_id", ["Ｕ3", "U３", "U\u200b3", "U3\u200d", "\u2060U3", "U\u00ad3"])
def test_full_width_and_invisible_characters_of_ids_are_mended_and_told(
    root: Path, tmp_path: Path, written_id: str
) -> None:
    assert batch(root, written(tmp_path, UNITS, ROWS.replace("U3,", f"{written_id},"))).exit_code == 0
    assert grades(tmp_path / "out") == GRADES
    assert [row[:3] for row in notices(tmp_path / "out")] == [(4, "U3", "outlets.unit.id")]
    out = "again"
    assert batch(root, written(tmp_path, UNITS.replace("U3,", f"{written_id},")), out=out).exit_code == 0
    assert grades(tmp_path / out) == GRADES


def test_an_id_with_a_letter_of_another_script_is_refused(root: Path, tmp_path: Path) -> None:
    batch(root, written(tmp_path, UNITS.replace("U3,", "\u0410U3,")))
    assert any("形似" in row[3] for row in rejects(tmp_path / "out"))


def test_a_formula_without_a_stored_result_is_refused_with_its_place(root: Path, tmp_path: Path) -> None:
    def formula(book: Workbook) -> None:
        book["outlets"]["C4"] = "=5+5"

    assert batch(root, workbook(tmp_path, formula)).exit_code == 1
    (row,) = rejects(tmp_path / "out")
    assert row[:3] == (4, "U3", "outlets[DA001].pm")
    assert "公式没有存下计算结果" in row[3]
    assert "U3" not in grades(tmp_path / "out")


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_table_is_not_left_out_in_silence(root: Path, tmp_path: Path, state: str) -> None:
    def hide(book: Workbook) -> None:
        book["outlets"].sheet_state = state

    for options in ((), ("--skip-columns",)):
        result = batch(root, workbook(tmp_path, hide), "--again", *options)
        assert result.exit_code == 1
        assert "工作表“outlets”是隐藏的，没有读取" in result.output


@pytest.mark.parametrize("title", ["OUTLETS", "Outlets", " outlets", "排放口", "ｏｕｔｌｅｔｓ"])
def test_a_sheet_is_known_whatever_the_case_and_width_of_its_title(root: Path, tmp_path: Path, title: str) -> None:
    def rename(book: Workbook) -> None:
        sheet = book["outlets"]
        sheet.title = "another"
        sheet.title = title

    assert batch(root, workbook(tmp_path, rename)).exit_code == 0
    assert grades(tmp_path / "out") == GRADES


@pytest.mark.parametrize("title", ["outlet", "排口", "Sheet2"])
def test_a_sheet_that_is_no_table_by_its_title_is_named(root: Path, tmp_path: Path, title: str) -> None:
    def rename(book: Workbook) -> None:
        book["outlets"].title = title

    result = batch(root, workbook(tmp_path, rename))
    assert result.exit_code == 1
    assert f"不知道工作表“{title}”是什么，没有读取" in result.output


@pytest.mark.parametrize(
    "name", ["plants.outlets.CSV", "plants.Outlets.csv", "PLANTS.outlets.csv", "plants.排放口.csv"]
)
def test_a_file_is_known_whatever_the_case_of_its_name(root: Path, tmp_path: Path, name: str) -> None:
    file = written(tmp_path, UNITS, None)
    (tmp_path / name).write_text(ROWS, encoding="utf-8")
    assert batch(root, file).exit_code == 0
    assert grades(tmp_path / "out") == GRADES


@pytest.mark.parametrize(
    "name", ["plants.outlet.csv", "plants_outlets.csv", "plants-outlets.csv", "outlets.csv", "plants.outlets.txt"]
)
def test_a_file_that_may_be_a_table_is_named(root: Path, tmp_path: Path, name: str) -> None:
    file = written(tmp_path, UNITS, None)
    (tmp_path / name).write_text(ROWS, encoding="utf-8")
    result = batch(root, file)
    assert result.exit_code == 1
    assert f"{name}：没有读取" in result.output


def test_a_table_beside_a_workbook_is_told_to_be_a_sheet_of_it(root: Path, tmp_path: Path) -> None:
    file = workbook(tmp_path)
    (tmp_path / "plants.outlets.csv").write_text(ROWS, encoding="utf-8")
    assert "像是“排放口”的表，但不是工作簿中的一张工作表" in batch(root, file).output


def test_a_column_without_a_head_is_named_when_it_holds_something(root: Path, tmp_path: Path) -> None:
    result = batch(root, written(tmp_path, UNITS.replace(",closed,", ",,")))
    assert "D 列没有列名" in result.output


def test_titles_may_stand_over_the_heads(root: Path, tmp_path: Path) -> None:
    def add(book: Workbook) -> None:
        for sheet in book.worksheets:
            sheet.insert_rows(1, 2)
            sheet["A1"] = "2024 年度绩效分级数据表"
            sheet.merge_cells("A1:C1")

    assert batch(root, workbook(tmp_path, add)).exit_code == 0
    assert grades(tmp_path / "out") == GRADES
    assert pl.read_parquet(tmp_path / "out" / "grades.parquet")["line"].to_list() == [4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("91350100M000100Y44", "校验位不符"),
        ("9.11104E+17", "科学计数"),
        ("911104027197534000", "校验位不符"),
        ("91350100M000100Y4", "18 位"),
        ("91350100M000100Y4\u0417", "不应出现"),
    ],
)
def test_a_credit_code_that_is_none_is_refused(root: Path, tmp_path: Path, code: str, said: str) -> None:
    units = (
        UNITS.replace("assessed_on", "enterprise.uscc,assessed_on")
        .replace("厂,", "厂,,")
        .replace("丙厂,,", f"丙厂,{code},")
    )
    assert batch(root, written(tmp_path, units)).exit_code == 1
    (row,) = rejects(tmp_path / "out")
    assert row[:3] == (4, "U3", "enterprise.uscc")
    assert said in row[3]


def test_a_credit_code_in_lower_case_or_full_width_is_mended_and_told(root: Path, tmp_path: Path) -> None:
    units = UNITS.replace("assessed_on", "enterprise.uscc,assessed_on").replace("厂,", "厂,,")
    units = units.replace("丙厂,,", f"丙厂,{CODE.lower()},").replace("丁厂,,", f"丁厂,{CODE.replace('9', '９')},")
    assert batch(root, written(tmp_path, units)).exit_code == 0
    assert [row[:2] for row in notices(tmp_path / "out")] == [(4, "U3"), (5, "U4")]
    found = pl.read_parquet(tmp_path / "out" / "grades.parquet")["enterprise.uscc"].to_list()
    assert found == [None, None, CODE, CODE, None]


def test_invisible_characters_of_the_enterprise_are_left_out_and_told(root: Path, tmp_path: Path) -> None:
    units = UNITS.replace("assessed_on", "enterprise.uscc,enterprise.permit,enterprise.county,assessed_on")
    units = units.replace("厂,", "厂,,,,").replace("丙厂,,,,", f"丙\u200b厂,{CODE}\ufeff,P\u2060-1,61\u200d0402,")
    assert batch(root, written(tmp_path, units)).exit_code == 0
    told = notices(tmp_path / "out")
    columns = ["enterprise.name", "enterprise.uscc", "enterprise.permit", "enterprise.county"]
    assert [row[:3] for row in told] == [(4, "U3", column) for column in columns]
    assert "丙<U+200B>厂" in told[0][3]
    found = pl.read_parquet(tmp_path / "out" / "grades.parquet").filter(pl.col("unit.id") == "U3")
    assert [found[column].item() for column in columns] == ["丙厂", CODE, "P-1", "610402"]


@pytest.mark.parametrize("column", ["enterprise.uscc", "enterprise.permit", "enterprise.county"])
def test_what_nobody_can_see_is_no_text(root: Path, tmp_path: Path, column: str) -> None:
    units = (
        UNITS.replace("assessed_on", f"{column},assessed_on").replace("厂,", "厂,,").replace("丙厂,,", "丙厂,\u200b,")
    )
    assert batch(root, written(tmp_path, units)).exit_code == 1
    assert rejects(tmp_path / "out") == [(4, "U3", column, "只有看不见的字符：<U+200B>")]


def test_a_name_that_nobody_can_see_is_no_name(root: Path, tmp_path: Path) -> None:
    assert batch(root, written(tmp_path, UNITS.replace("丙厂", "\u3164\u200b"))).exit_code == 1
    assert rejects(tmp_path / "out") == [(4, "U3", "enterprise.name", "只有看不见的字符：<U+3164><U+200B>")]


@pytest.mark.parametrize("day", ["2024/8/12", "2024.8.12", "2024年8月12日", "20240812", "2024-8-12", "2024/8/12 0:00"])
def test_days_are_read_in_every_usual_form(root: Path, tmp_path: Path, day: str) -> None:
    assert batch(root, written(tmp_path, UNITS.replace("2024-08-12", day))).exit_code == 0
    assert grades(tmp_path / "out") == GRADES


def test_a_bare_fraction_of_a_share_is_asked_about(root: Path, tmp_path: Path) -> None:
    assert batch(root, written(tmp_path, UNITS.replace("79.9,", "0.8,").replace(",90,1", ",0.5%,1"))).exit_code == 0
    (notice,) = notices(tmp_path / "out")
    assert notice[:3] == (4, "U3", "share")
    assert "是否应为 80 %？" in notice[3]


@pytest.mark.parametrize("id_", ["1月2日", "2-Jan", "Jan-02", "2026/1/2", "1.2E+10"])
def test_an_id_that_a_spreadsheet_has_made_something_else_of_is_refused(root: Path, tmp_path: Path, id_: str) -> None:
    batch(root, written(tmp_path, UNITS, ROWS.replace("U3,DA001", f"U3,{id_}")))
    assert [row[1] for row in rejects(tmp_path / "out")] == ["U3"]
    assert "设为文本格式" in rejects(tmp_path / "out")[0][3]


def test_formulas_in_texts_are_written_harmless_and_read_back(root: Path, tmp_path: Path) -> None:
    units = UNITS.replace("U3,丙厂", '"=1+1","@SUM(A1)"').replace("U4,丁厂", "U4,-cmd")
    batch(root, written(tmp_path, units, ROWS.replace("U3,", '"\'=1+1",')))
    for name in ("grades", "indicators"):
        text = (tmp_path / "out" / f"{name}.csv").read_text(encoding="utf-8-sig")
        assert not re.search(r'(^|,)"?[=@]|(^|,)-[a-z]', text, re.M)
    assert "=1+1" in grades(tmp_path / "out")
    book = openpyxl.load_workbook(tmp_path / "out" / "grades.xlsx")
    assert not [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.data_type == "f"]


# ── Refusals one can work with ──


def test_a_value_that_cannot_be_read_is_left_unknown_when_that_is_wanted(root: Path, tmp_path: Path) -> None:
    units, rows = UNITS.replace("79.9,", "abc,"), ROWS.replace("DA002,9.99", "DA002,x")
    result = batch(root, written(tmp_path, units, rows), "--partial")
    assert result.exit_code == 0, result.output
    assert "2 个单元有不能读的值，按未知处理" in result.output
    for name in ("grades", "indicators"):
        frame = pl.read_parquet(tmp_path / "out" / f"{name}.parquet").select("unit.id", "left_unknown")
        assert dict(frame.filter(pl.col("left_unknown").is_not_null()).iter_rows()) == {
            "U1": "outlets[DA002].pm",
            "U3": "share",
        }
    assert grades(tmp_path / "out")["U1"][0] != "A"
    heads = [cell.value for cell in openpyxl.load_workbook(tmp_path / "out" / "grades.xlsx")["等级"][1]]
    assert "不能读、按未知处理的值" in heads
    assert json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["incomplete"] == 2


def test_a_partial_reading_still_refuses_what_is_no_value(root: Path, tmp_path: Path) -> None:
    assert batch(root, written(tmp_path, UNITS.replace("U4,", "U1,")), "--partial").exit_code == 1
    assert set(grades(tmp_path / "out")) == {"U2", "U3", "U5"}


def test_refused_units_come_back_in_a_workbook_that_can_be_mended_and_read(root: Path, tmp_path: Path) -> None:
    rows = ROWS.replace("U3,DA001,10", "U3,DA001,zehn")
    result = batch(root, written(tmp_path, UNITS, rows))
    assert "refused.xlsx" in result.output
    file = tmp_path / "out" / "refused.xlsx"
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["错误清单", "单元", "排放口"]
    assert [row[0].value for row in book["单元"].iter_rows(min_row=2)] == ["U3"]
    cell = book["排放口"]["C2"]
    assert "应填" in str(cell.comment and cell.comment.text)
    assert batch(root, file, out="same").exit_code == 1
    cell.value = 10.01
    book.save(file)
    assert batch(root, file, out="mended").exit_code == 0
    assert grades(file.parent / "mended") == {"U3": GRADES["U3"]}


def test_a_copy_that_would_lack_rows_of_a_refused_unit_is_not_written(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, UNITS.replace("bag;esp", "sack"))
    batch(root, file)
    assert (tmp_path / "out" / "refused.xlsx").is_file()
    monkeypatch.setattr("grading.batch.refused.MOST_ROWS", 1)
    result = batch(root, file, "--again")
    assert result.exit_code == 1, result.output
    assert "超过 1 行，未生成 refused.xlsx；请按 rejects.csv 在原表中改正" in result.output
    assert "可直接再次评级" not in result.output
    assert not (tmp_path / "out" / "refused.xlsx").exists()
    assert "refused.xlsx" not in json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["files"]
    assert set(grades(tmp_path / "out")) == set(GRADES) - {"U1"}


def test_what_could_not_be_read_stays_refused_in_the_copy_until_it_is_mended(root: Path, tmp_path: Path) -> None:
    def spoil(book: Workbook) -> None:
        book["units"]["G4"] = "=1/0"
        book["units"].merge_cells("D5:E5")

    batch(root, workbook(tmp_path, spoil))
    copy = tmp_path / "out" / "refused.xlsx"
    assert openpyxl.load_workbook(copy)["单元"]["G2"].value == PENDING
    assert batch(root, copy, out="again").exit_code == 1
    assert grades(copy.parent / "again") == {}


def test_the_template_is_read_back_with_what_was_filled_in(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "plants.xlsx"
    made = batch_template(root, file)
    assert made.exit_code == 0, made.output
    book = openpyxl.load_workbook(file)
    assert book.sheetnames[:3] == ["填写说明", "单元", "排放口"]
    heads = [cell.value for cell in book["单元"][1]]
    assert "清洁运输比例（%）" in heads
    for title, text in (("单元", UNITS), ("排放口", ROWS)):
        first, *lines = text.splitlines()
        names = HeadNames(Library(root).ruleset("e/r"), None if title == "单元" else "outlets")
        at = [
            [names.column(str(cell.value)) for cell in book[title][1]].index(names.column(head)) + 1
            for head in first.split(",")
        ]
        for row, line in enumerate(lines, start=2):
            for column, value in zip(at, line.split(","), strict=True):
                book[title].cell(row, column).value = value or None
    book.save(file)
    assert batch(root, file).exit_code == 0
    assert grades(tmp_path / "out") == GRADES


def test_the_template_writes_over_nothing(root: Path, tmp_path: Path) -> None:
    (tmp_path / "plants.xlsx").write_bytes(b"x")
    assert batch_template(root, tmp_path / "plants.xlsx").exit_code == 2


def batch_template(root: Path, file: Path) -> Any:
    return CliRunner().invoke(app, ["--rulesets", str(root), "batch", "--template", "e/r", "-o", str(file)])


@pytest.mark.parametrize("id_", LIBRARY.ids())
def test_every_head_of_a_template_means_its_own_column(id_: str) -> None:
    ruleset = LIBRARY.ruleset(id_)
    for group in (None, *ruleset.groups):
        names = HeadNames(ruleset, group)
        assert {name: names.column(head) for name, head in heads_of(ruleset, group).items()} == {
            name: name for name in heads_of(ruleset, group)
        }


# ── JSON lines ──


def _audit(unit: str, share: Any = 90, name: str = "甲厂") -> dict[str, Any]:
    facts = {"closed": True, "techniques": ["bag"], "fuel": "gas", "share": share}
    return {
        "enterprise": {"name": name, "uscc": CODE},
        "assessed_on": "2024-08-12",
        "units": [{"id": unit, "ruleset": "e/r", "facts": facts, "groups": {"outlets": []}}],
    }


def _lines(folder: Path, *audits: dict[str, Any]) -> Path:
    file = folder / "plants.jsonl"
    file.write_text("".join(json.dumps(audit, ensure_ascii=False) + "\n" for audit in audits), encoding="utf-8")
    return file


def test_the_same_audit_twice_is_refused_both_times(root: Path, tmp_path: Path) -> None:
    file = _lines(tmp_path, _audit("U1"), _audit("U2"), _audit("U1", share=10))
    assert batch(root, file).exit_code == 1
    assert [(row[0], row[1]) for row in rejects(tmp_path / "out")] == [(1, "U1"), (3, "U1")]
    assert set(grades(tmp_path / "out")) == {"U2"}


@pytest.mark.parametrize(
    ("enterprise", "id_"),
    [
        ({"uscc": CODE.replace("9", "９")}, "U1"),
        ({"uscc": CODE.lower()}, "U1"),
        ({"uscc": f" {CODE}"}, "U1"),
        ({"uscc": f"{CODE[:4]}\u200b{CODE[4:]}"}, "U1"),
        ({}, "Ｕ１"),
        ({}, "U\u200b1"),
        ({}, " U1"),
    ],
)
def test_the_same_unit_spelled_otherwise_is_refused_both_times(
    root: Path, tmp_path: Path, enterprise: dict[str, str], id_: str
) -> None:
    again = _audit(id_)
    again["enterprise"] |= enterprise
    assert batch(root, _lines(tmp_path, _audit("U1"), _audit("U2"), again)).exit_code == 1
    assert [(row[0], row[1]) for row in rejects(tmp_path / "out")] == [(1, "U1"), (3, "U1")]
    assert set(grades(tmp_path / "out")) == {"U2"}


@pytest.mark.parametrize("name", ["甲\u200b厂", "\ufeff甲厂", "甲厂 ", "ＡＢ厂"])
def test_the_same_plant_without_a_code_is_known_by_its_name_however_that_is_spelled(
    root: Path, tmp_path: Path, name: str
) -> None:
    one, again = _audit("U1"), _audit("U1", name=name)
    one["enterprise"] = {"name": "AB厂" if name.startswith("Ａ") else "甲厂"}
    del again["enterprise"]["uscc"]
    assert batch(root, _lines(tmp_path, one, again)).exit_code == 1
    assert [row[0] for row in rejects(tmp_path / "out")] == [1, 2]


def test_a_byte_order_mark_hides_no_audit_that_stands_twice(root: Path, tmp_path: Path) -> None:
    file = _lines(tmp_path, _audit("U1"), _audit("U2"), _audit("U1", share=10))
    file.write_bytes("\ufeff".encode() + file.read_bytes())
    assert batch(root, file).exit_code == 1
    assert [(row[0], row[1]) for row in rejects(tmp_path / "out")] == [(1, "U1"), (3, "U1")]


def test_the_same_unit_on_another_day_is_another_audit(root: Path, tmp_path: Path) -> None:
    assert batch(root, _lines(tmp_path, _audit("U1"), _audit("U1") | {"assessed_on": "2024-08-13"})).exit_code == 0


def test_a_partial_reading_of_json_lines_leaves_values_unknown(root: Path, tmp_path: Path) -> None:
    file = _lines(tmp_path, _audit("U1", share="abc"), _audit("U2"))
    assert batch(root, file, "--partial").exit_code == 0
    frame = pl.read_parquet(tmp_path / "out" / "grades.parquet").select("unit.id", "left_unknown")
    assert dict(frame.iter_rows()) == {"U1": "units[0].facts.share", "U2": None}


@pytest.mark.parametrize(
    ("changed", "place", "said"),
    [
        ({"share": {"value": 90, "a.b": 2}}, "units[0].facts.share.a.b", "不能读入：没有这样的键"),
        ({"share": {"value": 90, "x\n": 2}}, "units[0].facts.share.x<U+000A>", "不能读入：没有这样的键"),
        ({"share": {"value": 90, "share": 2}}, "units[0].facts.share.share", "不能读入：没有这样的键"),
        ({"share": {"value": 90, "note": 5}}, "units[0].facts.share.note", "不能读入：应为非空的文字"),
        ({"share": {"value": 90, "evidence": 5}}, "units[0].facts.share.evidence", "不能读入：应为文字的列表"),
        ({"share": {"value": 90, "evidence": [5]}}, "units[0].facts.share.evidence[0]", "不能读入：应为非空的文字"),
        ({"share": {"value": 190}}, "units[0].facts.share", "所填：190"),
        ({"techniques": ["bag", "sack"]}, "units[0].facts.techniques[1]", "所填：sack"),
        ({"techniques": {"value": ["bag", "sack"]}}, "units[0].facts.techniques[1]", "所填：sack"),
    ],
)
def test_an_odd_line_is_refused_alone_and_for_what_is_wrong_with_it(
    root: Path, tmp_path: Path, changed: dict[str, Any], place: str, said: str
) -> None:
    odd = _audit("U1")
    odd["units"][0]["facts"] |= changed
    result = batch(root, _lines(tmp_path, odd, _audit("U2")))
    assert result.exit_code == 1, result.exception
    (row,) = rejects(tmp_path / "out")
    assert row[:3] == (1, "U1", place)
    assert said in row[3]
    assert set(grades(tmp_path / "out")) == {"U2"}


@pytest.mark.parametrize(
    "key", ["units[0]", "units[7]", "facts.share", "units[0].facts.share", f"units[{'9' * 5_000}]"]
)
def test_a_key_that_reads_like_a_place_ends_no_batch(root: Path, tmp_path: Path, key: str) -> None:
    at_top, in_unit = _audit("U1") | {key: 1}, _audit("U3")
    in_unit["units"][0][key] = 1
    without = {name: value for name, value in at_top.items() if name != "units"}
    for options in ((), ("--partial", "--again")):
        result = batch(root, _lines(tmp_path, at_top, in_unit, without, _audit("U2")), *options)
        assert result.exit_code == 1, result.exception
        assert {row[0] for row in rejects(tmp_path / "out")} == {1, 2, 3}
        assert all("没有这样的键" in row[3] or "缺少此项" in row[3] for row in rejects(tmp_path / "out"))
        assert set(grades(tmp_path / "out")) == {"U2"}


def test_a_mended_credit_code_of_json_lines_is_told(root: Path, tmp_path: Path) -> None:
    audit = _audit("U1")
    audit["enterprise"]["uscc"] = CODE.lower()
    assert batch(root, _lines(tmp_path, audit)).exit_code == 0
    assert CODE in notices(tmp_path / "out")[0][3]


@pytest.mark.parametrize("name", ["[/x]", "[red]colour"])
def test_names_out_of_a_file_are_printed_as_they_are(root: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name.replace("/", "")
    folder.mkdir()
    heads, *rows = UNITS.splitlines()
    file = written(folder, "\n".join([f"{heads},{name}", *(row + ",red" for row in rows)]) + "\n")
    found = batch(root, file, "--skip-columns")
    assert found.exit_code == 0, found.exception
    assert f"略去的列：{name}" in found.output
    assert f"结果在 {folder / 'out'}" in found.output


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "jsonl"])
def test_signs_in_names_of_files_and_folders_are_no_pattern(root: Path, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "[2024] *?"
    folder.mkdir()
    if kind == "jsonl":
        file = _lines(folder, _audit("U1"))
    elif kind == "xlsx":
        file = workbook(folder)
    elif kind == "csv":
        file = written(folder, UNITS)
    else:
        file = folder / "[a]*.parquet"
        as_parquet(UNITS, pl.String).write_parquet(file)
        as_parquet(ROWS, pl.String).write_parquet(folder / "[a]*.outlets.parquet")
    found = batch(root, file)
    assert found.exit_code == 0, found.exception
    assert set(grades(folder / "out")) == ({"U1"} if kind == "jsonl" else set(GRADES))


def test_synonyms_are_read_and_told_and_likenesses_are_asked_about(tmp_path: Path) -> None:
    facts = FACTS.replace("gas: 天然气", "gas: 天然气, oil: 柴油").replace(
        "type: choice, ", "type: choice, synonyms: {gas: [管道气]}, "
    )
    folder = tmp_path / "rulesets"
    shelf(folder, {"e/r.yaml": ruleset_text(facts=facts, indicators=INDICATORS, more=GATES)})
    units = UNITS.replace("U1,甲厂,2024-08-12,true,bag;esp,gas", "U1,甲厂,2024-08-12,√,bag;esp,管道气")
    units = units.replace("丁厂,2024-08-12,true,bag,gas", "丁厂,2024-08-12,true,bag,天燃气")
    assert batch(folder, written(tmp_path, units)).exit_code == 1
    assert notices(tmp_path / "out") == [
        (2, "U1", "closed", "“√”按“是”读取"),
        (2, "U1", "fuel", "“管道气”按“天然气”读取"),
    ]
    (row,) = rejects(tmp_path / "out")
    assert row[:3] == (5, "U4", "fuel")
    assert row[3].endswith("；是否指“天然气”？")
    assert "U4" not in grades(tmp_path / "out")


def _crossed_out(book: Workbook) -> None:
    book["outlets"]["C2"].font = Font(strike=True)


def _raised(book: Workbook) -> None:
    raised = TextBlock(InlineFont(vertAlign="superscript"), "1")
    book["outlets"]["C2"].value = CellRichText(TextBlock(InlineFont(), "8"), raised)


@pytest.mark.parametrize(("change", "said"), [(_crossed_out, "删除线"), (_raised, "上标")])
def test_a_value_that_is_crossed_out_or_has_a_note_beside_it_is_refused(
    root: Path, tmp_path: Path, change: Callable[[Workbook], None], said: str
) -> None:
    assert batch(root, workbook(tmp_path, change)).exit_code == 1
    assert set(GRADES) - set(grades(tmp_path / "out")) == {"U1"}
    assert all(said in reason for *_, reason in rejects(tmp_path / "out"))


def _commented(book: Workbook) -> None:
    book["outlets"]["C2"].comment = Comment("复测为 55", "王工")


def _hidden_row(book: Workbook) -> None:
    book["outlets"].row_dimensions[4].hidden = True


def _hidden_column(book: Workbook) -> None:
    book["units"].column_dimensions["G"].hidden = True


@pytest.mark.parametrize(
    ("change", "said"),
    [(_commented, "C2 的批注未读取：“复测为 55”"), (_hidden_row, "第 4 行是隐藏的"), (_hidden_column, "G 列是隐藏的")],
)
def test_comments_and_what_is_read_though_hidden_are_told(
    root: Path, tmp_path: Path, change: Callable[[Workbook], None], said: str
) -> None:
    assert batch(root, workbook(tmp_path, change)).exit_code == 0
    assert grades(tmp_path / "out") == GRADES
    assert [reason for *_, reason in notices(tmp_path / "out") if said in reason]


@pytest.mark.parametrize(
    ("units", "rows", "said"),
    [
        (UNITS.rstrip("\n")[:-2], ROWS, "最后一行没有写完"),
        (UNITS, ROWS.rstrip("\n").rpartition(",")[0], "最后一行没有写完"),
        (UNITS.replace(",", "\t"), ROWS, "制表符"),
        (UNITS.replace(";", "、").replace(",", ";"), ROWS, "分号"),
    ],
)
def test_a_csv_that_is_cut_off_or_has_other_separators_says_what_to_do(
    root: Path, tmp_path: Path, units: str, rows: str, said: str
) -> None:
    result = batch(root, written(tmp_path, units, rows))
    assert result.exit_code == 1
    assert said in result.output.replace("\n", "")
    assert not (tmp_path / "out" / "grades.parquet").exists()


def test_a_csv_whose_last_line_is_not_ended_is_asked_about(root: Path, tmp_path: Path) -> None:
    assert batch(root, written(tmp_path, UNITS, ROWS.rstrip("\n"))).exit_code == 0
    assert [reason for *_, reason in notices(tmp_path / "out") if "末尾没有换行" in reason]


def test_a_csv_in_utf_16_says_what_to_do(root: Path, tmp_path: Path) -> None:
    result = batch(root, written(tmp_path, UNITS, ROWS, "utf-16"))
    assert "CSV UTF-8（逗号分隔）" in result.output.replace("\n", "")


def test_a_total_or_a_note_below_a_table_is_no_row_of_a_unit(root: Path, tmp_path: Path) -> None:
    rows = ROWS + "U1,合计,19.99\nU3,平均,5\n合计,,40\n"
    assert batch(root, written(tmp_path, UNITS + "合计,,2024-08-12,,,,,\n", rows)).exit_code == 1
    assert {"U1", "U3", "合计"}.isdisjoint(grades(tmp_path / "out"))
    said = [reason for *_, reason in rejects(tmp_path / "out")]
    assert sum("不是编号" in reason for reason in said) >= 3


@pytest.mark.parametrize("permit", ["无", "/", "——"])
def test_a_sign_for_nothing_is_no_permit_by_which_plants_are_known(root: Path, tmp_path: Path, permit: str) -> None:
    head, *lines = UNITS.splitlines()
    units = "\n".join(
        [f"{head},enterprise.permit", *(f"{line},{permit if 'U1' in line else ''}" for line in lines), ""]
    )
    assert batch(root, written(tmp_path, units)).exit_code == 1
    assert rejects(tmp_path / "out") == [(2, "U1", "enterprise.permit", f"“{permit}”表示没有；没有的不填")]


def test_a_text_that_is_kept_from_becoming_a_number_by_a_formula_is_read(root: Path, tmp_path: Path) -> None:
    units = UNITS.replace("\nU1,", '\n="U1",').replace(",80,\n", ',="80",\n')
    rows = ROWS.replace("\nU1,DA001,", '\n="U1",="DA001",')
    assert batch(root, written(tmp_path, units, rows)).exit_code == 0
    assert grades(tmp_path / "out") == GRADES
    assert pl.read_csv(tmp_path / "out" / "grades.csv")["unit.id"].to_list() == list(GRADES)
