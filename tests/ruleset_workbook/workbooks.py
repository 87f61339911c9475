"""Workbooks of a small ruleset in the hands of an engineer: found, changed, spoilt."""

import io
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from grading.language.load import Library
from grading.model.ruleset import Indicator, Ruleset
from grading.ruleset_workbook.edition import Edition
from grading.ruleset_workbook.findings import RulesetWorkbookError
from grading.ruleset_workbook.read import Reading, read
from grading.ruleset_workbook.sheets import HEAD_ROW, NEW_ROWS, ROLE_ROW
from grading.ruleset_workbook.write import write
from tests.language.shelf import HEAD, KNOWN, MEASURES, shelf

SHARES = MEASURES.replace(
    'red: {"A,B,D": [{text: 自主减排, kind: self_decided',
    'red: {"A,B,D": [{text: 限产 30%, percent: 30, kind: output_cut',
)
RULESET = f"""\
{HEAD}\
notes: [限值待对原文]
groups:
  outlets: {{label: 有组织排放口, key: outlet_id, at_least_rows: 1}}
facts:
  - {{id: closed, label: 皮带密闭, type: boolean, changed_by: works, evidence: [照片]}}
  - {{id: has_boiler, label: 有锅炉, type: boolean, circumstance: true}}
  - {{id: bag, label: 除尘工艺, type: choice, changed_by: works,
     options: {{bag: 袋式除尘, wet: 湿式除尘, none: 无}}, synonyms: {{bag: [布袋]}}}}
  - {{id: dust, group: outlets, label: 颗粒物, type: number, changed_by: works, unit: mg/m3, min: 0, max: 500, decimals: 2}}
  - {{id: nox, group: outlets, label: 氮氧化物, type: number, changed_by: works, unit: mg/m3, min: 0, max: 2000, decimals: 1}}
  - {{id: kind, group: outlets, label: 排放口类型, type: choice, circumstance: true, options: {{kiln: 窑, other: 其他}}}}
  - {{id: months, label: 台账保存时间, type: number, changed_by: time, unit: 月, min: 0, max: 240, decimals: 0}}
computed:
  - {{id: nox_kg, group: outlets, label: 氮氧化物折算, unit: mg/m3, product: [nox, 1.5]}}
indicators:
  - id: technique
    dimension: treatment
    title: 除尘工艺
    levels:
      A: {{require: {{fact: bag, equals: bag}}, text: 采用袋式除尘}}
      B: {{require: {{fact: bag, one_of: [bag, wet]}}, text: 采用袋式或湿式除尘}}
    {KNOWN.replace(", ", chr(10) + "    ")}
    remedy: {{text: 改袋式除尘, weeks: [4, 12], cost_wan_cny: [20, 80.5], evidence: [合同]}}
  - id: ledger
    dimension: treatment
    title: 台账
    applies_when: {{fact: has_boiler, equals: true}}
    levels:
      A,B:
        require: {{all: [{{fact: months, at_least: 36}}, {{fact: closed, equals: true, remedy: {{text: 加盖, weeks: [1, 2]}}}}]}}
        text: 皮带密闭，台账保存不少于 36 个月
    {KNOWN.replace(", ", chr(10) + "    ")}
    remedy: {{text: 建台账}}
  - id: dust_limit
    dimension: emission_limits
    title: 颗粒物
    levels:
      A:
        require: {{each: outlets, where: {{fact: kind, equals: kiln}}, require: {{fact: dust, at_most: {{provisional: 10}}}}}}
        text: 窑烟气颗粒物暂按不高于 10 mg/m³
        basis: estimated
        confidence: low
        note: 工程判断；也可能为 20
      B:
        require: {{each: outlets, where: {{fact: kind, equals: kiln}}, require: {{fact: dust, at_most: 30}}}}
        text: 窑烟气颗粒物不高于 30 mg/m³
        confidence: high
    cite: {{document: 试验文件, section: 一}}
    basis: recalled
    confidence: medium
    remedy: {{text: 加袋式除尘}}
  - id: nox_limit
    dimension: emission_limits
    title: 氮氧化物
    levels:
      A: {{require: {{each: outlets, require: {{any: [{{not: {{fact: kind, equals: kiln}}}},
          {{fact: nox_kg, at_most: 50.5}}]}}}}, text: 窑烟气氮氧化物不高于 50.5}}
    cite: {{document: 试验文件, clause: 表 2}}
    basis: seen
    confidence: high
    remedy: {{text: 脱硝}}
gates:
  - {{id: over_limits, title: 超标, when: {{not: {{each: outlets, require: {{fact: dust, at_most: 120}}}}}},
     effect: ungraded, text: 颗粒物超过 120 的不纳入, {KNOWN}}}
  - {{id: open_belts, title: 敞开, when: {{fact: closed, equals: false}}, effect: {{cap: B}},
     text: 皮带敞开的最高 B 级, {KNOWN}}}
{SHARES}"""

TABLE, GATES, FACTS, OPTIONS, COMPUTED, GROUPS, CITES, MEASURES_TITLE, HEAD_TITLE, REMEDIES, EVIDENCE = (
    "指标表",
    "否决项",
    "填报项",
    "选项表",
    "计算项",
    "表格",
    "出处",
    "预警措施",
    "版本",
    "个别措施",
    "证据",
)


def library(root: Path) -> Library:
    """A library with the small ruleset."""
    return shelf(root, {"e/r.yaml": RULESET})


class Table:
    """A workbook opened in a spreadsheet program."""

    def __init__(self, data: bytes, known: Library) -> None:
        self.book: Workbook = load_workbook(io.BytesIO(data))
        self.library = known

    def sheet(self, title: str) -> Worksheet:
        found = self.book[title]
        assert isinstance(found, Worksheet)
        return found

    def row(self, code: str, title: str = TABLE) -> int:
        """The row with a code."""
        sheet = self.sheet(title)
        return next(r for r in range(HEAD_ROW + 1, sheet.max_row + 1) if sheet.cell(r, 1).value == code)

    def column(self, role: str, title: str = TABLE) -> int:
        """The column with a role."""
        sheet = self.sheet(title)
        return next(c for c in range(2, sheet.max_column + 1) if sheet.cell(ROLE_ROW, c).value == role)

    def cell(self, code: str, role: str, title: str = TABLE) -> Cell:
        """The cell of a row and a role."""
        found = self.sheet(title).cell(self.row(code, title), self.column(role, title))
        assert isinstance(found, Cell)
        return found

    def set(self, code: str, title: str = TABLE, /, **values: Any) -> None:
        """Fill in cells of a row; `A_value` is the role `A:value`, `edition_effective` no other."""
        for role, value in values.items():
            self.cell(
                code, role.replace("_", ":", 1) if role[0].isupper() or ":" in role else role, title
            ).value = value

    def fill(self, code: str, title: str, values: dict[str, Any]) -> None:
        """Fill in cells of a row by their roles."""
        for role, value in values.items():
            self.cell(code, role, title).value = value

    def add(self, title: str, *rows: dict[str, Any]) -> int:
        """Fill in the first empty rows for new entries; the number of the first."""
        first = self.row(NEW_ROWS, title) + 1
        for number, values in enumerate(rows, start=first):
            for role, value in values.items():
                self.sheet(title).cell(number, self.column(role, title)).value = value
        return first

    def saved(self) -> bytes:
        buffer = io.BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()

    def reading(self, **options: Any) -> Reading:
        return read(self.saved(), self.library, **options)

    def edition(self, **options: Any) -> Edition:
        found = self.reading(**options).edition
        assert found is not None
        return found

    def error(self, **options: Any) -> RulesetWorkbookError:
        try:
            self.reading(**options)
        except RulesetWorkbookError as error:
            return error
        raise AssertionError("the workbook was read")

    def problems(self, **options: Any) -> dict[str, str]:
        """What is wrong, by `sheet!cell`."""
        found = {}
        for problem in self.error(**options).problems:
            spot = problem.spot
            where = "" if spot is None else f"{spot.sheet}!{spot.cell}" if spot.cell else spot.sheet
            found[where] = f"{found[where]}；{problem.message}" if where in found else problem.message
        return found


def indicator(ruleset: Ruleset, id_: str) -> Indicator:
    """An indicator of a ruleset."""
    return next(one for one in ruleset.indicators if one.id == id_)


def written(known: Library, ruleset_id: str = "e/r") -> bytes:
    """The workbook of a ruleset."""
    return write(known.ruleset(ruleset_id))
