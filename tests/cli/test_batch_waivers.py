"""Waivers beside tables of units: counted where they are in force, told, refused with their place, never met."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from grading.batch.template import template
from grading.batch.whole_audits import whole_audits
from grading.cli.main import app
from grading.language.load import Library
from tests.cli.test_batch import GRADES, ROWS, UNITS, batch, grades, rejects, root, written
from tests.cli.test_batch_input import notices, workbook

__all__ = ["root"]
HEADS = "单元编号,指标,准予单位,原因,文号,文件日期,截止日期,证明材料"
IN_FORCE = "U3,limits,市局,改造期,咸环函〔2024〕1号,2024-07-01,2025-06-30,批复.pdf；现场照片.jpg"

WAIVED = GRADES | {"U3": ("B", "B")}


def with_waivers(folder: Path, *lines: str, name: str = "plants.waivers.csv") -> Path:
    """The tables of units, and the waivers beside them."""
    file = written(folder, UNITS)
    (folder / name).write_text("\n".join((HEADS, *lines)), encoding="utf-8")
    return file


def statuses(folder: Path, unit: str, column: str) -> str:
    frame = pl.read_parquet(folder / "indicators.parquet", glob=False)
    found: str = frame.filter(pl.col("unit.id") == unit)[column].cast(pl.String).item()
    return found


@pytest.mark.parametrize("name", ["plants.waivers.csv", "plants.豁免.csv", "PLANTS.Waivers.CSV"])
def test_a_waiver_counts_and_is_told_as_waived(root: Path, tmp_path: Path, name: str) -> None:
    result = batch(root, with_waivers(tmp_path, IN_FORCE, name=name))
    assert result.exit_code == 0, result.output
    out = tmp_path / "out"
    assert grades(out) == WAIVED
    assert statuses(out, "U3", "limits.A") == "waived"
    assert statuses(out, "U1", "limits.A") == "met"
    rows = openpyxl.load_workbook(out / "grades.xlsx")["指标"].iter_rows(values_only=True)
    assert "豁免" in next(row for row in rows if "U3" in row)


def test_titles_are_read_as_ids_and_parquet_and_workbooks_alike(root: Path, tmp_path: Path) -> None:
    titled = IN_FORCE.replace("limits", "颗粒物").replace("2024-07-01", "2024年7月1日")
    assert batch(root, with_waivers(tmp_path, titled)).exit_code == 0
    assert grades(tmp_path / "out") == WAIVED
    parquet = tmp_path / "parquet"
    parquet.mkdir()
    for name in ("plants", "plants.outlets", "plants.waivers"):
        text = (tmp_path / f"{name}.csv").read_bytes()
        pl.read_csv(text, infer_schema=False).write_parquet(parquet / f"{name}.parquet")
    assert batch(root, parquet / "plants.parquet").exit_code == 0
    assert grades(parquet / "out") == WAIVED

    def waive(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("豁免")
        sheet.append(["企业豁免清单"])
        for line in (HEADS, titled):
            sheet.append(line.split(","))

    sheets = tmp_path / "sheets"
    sheets.mkdir()
    assert batch(root, workbook(sheets, waive)).exit_code == 0
    assert grades(sheets / "out") == WAIVED


def test_what_has_ended_or_not_begun_does_not_count_and_is_told(root: Path, tmp_path: Path) -> None:
    ended = IN_FORCE.replace("2025-06-30", "2024-08-11")
    later = IN_FORCE.replace("limits", "enclosure").replace("2024-07-01", "2024-08-13")
    assert batch(root, with_waivers(tmp_path, ended, later)).exit_code == 0
    assert grades(tmp_path / "out") == GRADES
    assert [(row[:3], row[3][:4]) for row in notices(tmp_path / "out")] == [
        ((2, "U3", "waivers.until"), "豁免已于"),
        ((3, "U3", "waivers.until"), "豁免自 "),
    ]


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        (IN_FORCE.replace("limits", "no_gas"), "indicator", "是否决项，不得豁免"),
        (IN_FORCE.replace("limits", "燃煤"), "indicator", "是否决项，不得豁免"),
        (IN_FORCE.replace("limits", "密封"), "indicator", "没有这项指标"),
        (IN_FORCE.replace("市局", ""), "authority", "未填准予单位"),
        (IN_FORCE.replace("2024-07-01", "24/7/1"), "document.date", "年"),
        (IN_FORCE.replace("2025-06-30", "2024-06-30"), "until", "早于开始日期"),
        (f"{IN_FORCE}\n{IN_FORCE}", "indicator", "与第 2 行是同一单元的同一指标，且期间重叠"),
    ],
)
def test_a_wrong_waiver_takes_its_unit_out(root: Path, tmp_path: Path, line: str, column: str, said: str) -> None:
    result = batch(root, with_waivers(tmp_path, line))
    assert result.exit_code == 1
    assert grades(tmp_path / "out") == {unit: found for unit, found in GRADES.items() if unit != "U3"}
    ((at, unit, place, reason),) = rejects(tmp_path / "out")
    assert (unit, place) == ("U3", f"waivers.{column}")
    assert at in (2, 3)
    assert said in reason


def test_a_waiver_of_no_unit_is_told_and_units_it_may_be_of_wait(root: Path, tmp_path: Path) -> None:
    assert batch(root, with_waivers(tmp_path, IN_FORCE.replace("U3", "u-3"))).exit_code == 1
    assert set(grades(tmp_path / "out")) == set(GRADES) - {"U3"}
    assert ["单元表里没有单元“u-3”" in row[3] for row in rejects(tmp_path / "out")] == [True, True]
    nameless = (IN_FORCE.replace("U3", "U1"), IN_FORCE.replace("U3", ""), IN_FORCE.replace("U3", "U4"))
    batch(root, with_waivers(tmp_path, *nameless), out="nameless")
    assert set(grades(tmp_path / "nameless")) == set(GRADES) - {"U1", "U4"}


def test_a_table_of_waivers_is_not_left_out_in_silence(root: Path, tmp_path: Path) -> None:
    for name, said in (
        ("plants.waivers.xlsx", "像是豁免表，但不是 plants.waivers.csv"),
        ("plants.waiver.csv", "不知道这是哪张表"),
    ):
        (tmp_path / name).write_text(HEADS, encoding="utf-8")
        result = batch(root, written(tmp_path, UNITS, ROWS))
        assert result.exit_code == 1
        assert said in result.output
        (tmp_path / name).unlink()

    def hide(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("豁免")
        sheet.append(HEADS.split(","))
        sheet.sheet_state = "hidden"

    (tmp_path / "hidden").mkdir()
    assert "工作表“豁免”是隐藏的" in batch(root, workbook(tmp_path / "hidden", hide)).output
    for heads, said in (("甲,乙", "没有豁免表的列名"), (HEADS.replace("文号,", ""), "缺少列 文号")):
        (tmp_path / "plants.waivers.csv").write_text(heads, encoding="utf-8")
        assert said in batch(root, written(tmp_path, UNITS, ROWS), "--again", out="heads").output


def test_refused_units_keep_their_waivers_in_the_copy_that_is_mended(root: Path, tmp_path: Path) -> None:
    wrong = with_waivers(tmp_path, IN_FORCE)
    wrong.write_text(UNITS.replace("丙厂,2024-08-12,true", "丙厂,2024-08-12,也许"), encoding="utf-8")
    batch(root, wrong, out="wrong")
    book = openpyxl.load_workbook(tmp_path / "wrong/refused.xlsx")
    assert book["豁免"]["B2"].value == "limits"
    sheet = book["单元"]
    cell = next(cell for cell in sheet[2] if cell.value == "也许")
    cell.value = "true"
    for row in book["单元"].iter_rows(min_row=2):
        row[-1].value = None
    (tmp_path / "mended").mkdir()
    book.save(tmp_path / "mended/plants.xlsx")
    assert batch(root, tmp_path / "mended/plants.xlsx").exit_code == 0
    assert grades(tmp_path / "mended/out") == {"U3": WAIVED["U3"]}


def test_units_of_several_rulesets_have_their_waivers(root: Path, tmp_path: Path) -> None:
    units = "\n".join(f"{line},{'e/r' if i else '规则集'}" for i, line in enumerate(UNITS.splitlines()))
    file = written(tmp_path, units)
    (tmp_path / "plants.waivers.csv").write_text(
        f"{HEADS}\n{IN_FORCE}\n{IN_FORCE.replace('U3', 'U9')}", encoding="utf-8"
    )
    result = CliRunner().invoke(app, ["--rulesets", str(root), "batch", str(file), "-o", str(tmp_path / "many")])
    assert result.exit_code == 1, result.output
    assert statuses(tmp_path / "many/e/r", "U3", "limits.A") == "waived"
    assert [row[:3] for row in rejects(tmp_path / "many")] == [(3, "U9", "waivers.unit.id")]


def test_the_template_has_the_table_and_whole_audits_state_what_it_says(root: Path, tmp_path: Path) -> None:
    library = Library(root)
    (tmp_path / "t.xlsx").write_bytes(template(library.ruleset("e/r")))
    assert "豁免" in openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames
    found = whole_audits(library, with_waivers(tmp_path, IN_FORCE), tmp_path / "work", "e/r")
    assert found.rejects == []
    (waiver,) = next(unit for one in found.audits for unit in one.audit.units if unit.id == "U3").waivers
    assert (waiver.document.number, waiver.evidence) == ("咸环函〔2024〕1号", ("批复.pdf", "现场照片.jpg"))
