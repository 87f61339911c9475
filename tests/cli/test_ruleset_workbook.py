"""`grading ruleset workbook` and `read` as their user sees them: files, words, exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import load_workbook
from typer.testing import CliRunner

from grading.cli.main import app
from tests.ruleset_workbook.workbooks import CITES, TABLE, Table, library

CASES = """\
- {name: 全部达到, mode: trial, facts: {bag: bag, closed: true, has_boiler: false},
   groups: {outlets: [{outlet_id: DA1, kind: kiln, dust: 9, nox: 20}]}, expect: {grade: A}}
- {name: 颗粒物差一点, based_on: 全部达到, mode: trial,
   groups: {outlets: [{outlet_id: DA1, kind: kiln, dust: 12, nox: 20}]}, expect: {grade: B}}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rulesets")
    library(folder)
    (folder / "e/r.cases.yaml").write_text(CASES, encoding="utf-8")
    return folder


def grading(root: Path, *arguments: object) -> Result:
    words = ["--rulesets", str(root), "ruleset", *map(str, arguments)]
    return CliRunner().invoke(app, words, env={"COLUMNS": "160"})


def test_a_ruleset_goes_out_as_a_workbook_and_comes_back_as_an_edition(root: Path, tmp_path: Path) -> None:
    table, to = tmp_path / "table.xlsx", tmp_path / "edition"
    assert grading(root, "workbook", "e/r", "-o", table).exit_code == 0
    work = load_workbook(table)["待办清单"]
    assert "按本规则集的 2 个用例排列" in str(work["A4"].value)
    # Both cases hang on the estimate of A: the one because it is met, the other because it is not.
    assert [work.cell(7, column).value for column in (2, 4, 5)] == [2, "颗粒物", "A级"]
    assert work["C7"].hyperlink.location == "'指标表'!W10"
    assert grading(root, "workbook", "e/r", "-o", table).exit_code == 2

    unchanged = grading(root, "read", table, "-o", to)
    assert unchanged.exit_code == 0
    assert "与规则集 e/r 没有不同，什么都没有写" in unchanged.stderr
    assert not to.exists()

    opened = Table(table.read_bytes(), library(root))
    opened.add(CITES, {"code": "C9", "document": "试验文件", "page": "第 35 页"})
    known = {"value": 20, "state": "采用", "basis": "见于原文", "confidence": "高", "cite": "C9", "note": None}
    opened.fill("dust_limit#1", TABLE, {f"A:{role}": value for role, value in known.items()})
    table.write_bytes(opened.saved())
    wrong = grading(root, "read", table, "-o", to, "--json")
    assert wrong.exit_code == 1
    (problem,) = json.loads(wrong.stdout)["errors"]
    assert (problem["code"], problem["sheet"], problem["cell"]) == ("text_without_figure", TABLE, "W10")
    assert (tmp_path / "table.errors.xlsx").exists()
    assert not to.exists()

    opened.fill("dust_limit#0", TABLE, {"A:text": "窑烟气颗粒物不高于 20 mg/m³"})
    table.write_bytes(opened.saved())
    made = grading(root, "read", table, "-o", to, "--id", "city/r", "--local")
    assert made.exit_code == 0, made.output
    assert "与 e/r 有" in made.stdout
    assert grading(to, "check").exit_code == 0
    assert grading(to, "show", "city/r").exit_code == 0


def test_a_file_that_is_no_workbook_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "table.xlsx").write_text("id: e/r")
    found = grading(root, "read", tmp_path / "table.xlsx", "-o", tmp_path / "edition")
    assert found.exit_code == 1
    assert "不是 .xlsx 工作簿" in found.stderr
    assert grading(root, "workbook", "e/r", "-o", tmp_path / "table.yaml").exit_code == 2
