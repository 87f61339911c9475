"""Forms that were taken apart, copied or made for another ruleset: a clear error, never a wrong audit."""

from pathlib import Path

import pytest

from grading.forms.findings import FormError
from grading.forms.read import read_form
from grading.forms.write import filled_form
from grading.intake import read_audit
from grading.language.load import Library
from tests.forms.workbooks import FACTS, HOSE, LIBRARY, TABLE, Form, blank, hose

FACT = "units[0].facts."
MOVED = "表格结构已被改动"


@pytest.mark.parametrize("title", ["填写说明", FACTS, TABLE, "表格证据"])
def test_a_sheet_that_is_gone_is_named(title: str) -> None:
    form = hose()
    form.book.remove(form.sheet(title))
    (message,) = form.problems().values()
    assert message.startswith(f"工作表“{title}”不见了")


def test_a_sheet_that_was_copied_is_named() -> None:
    form = hose()
    copied = form.book.copy_worksheet(form.sheet(FACTS))
    assert form.problems() == {copied.title: f"“{FACTS}”、“{copied.title}”是同一张表的几份副本；请只保留一份"}


def test_sheets_may_be_renamed_and_moved() -> None:
    form, before = hose(), hose().audit()
    form.sheet(FACTS).title = "核查（王工）"
    form.book.move_sheet(form.sheet(TABLE), -3)
    assert form.audit() == before


def test_whole_rows_may_move_with_all_that_stands_in_them() -> None:
    form, before = hose(), hose().audit()
    sheet = form.sheet(FACTS)
    for area in list(sheet.merged_cells.ranges):  # openpyxl leaves merged cells where they were
        sheet.unmerge_cells(str(area))
    sheet.insert_rows(form.row(FACT + "key_region"))
    assert form.audit() == before


def test_a_question_that_was_deleted_is_named() -> None:
    form = hose()
    form.sheet(FACTS).delete_rows(form.row(FACT + "key_region"))
    (where, message), *_ = form.problems().items()
    assert where == FACTS
    assert message.startswith("这一行不见了")


def test_a_question_that_stands_there_twice_is_named() -> None:
    form = hose()
    form.cell(FACT + "key_region", 1).value = FACT + "boundary_nmhc"
    assert any(message.startswith("这一行出现了两次") for message in form.problems().values())


def test_a_question_with_another_label_is_refused() -> None:
    form = hose()
    form.cell(FACT + "key_region", 3).value = "位于一般区域"
    assert any(message.startswith("项目名称与原表不符") for message in form.problems().values())


def test_answers_that_slid_down_a_row_are_noticed() -> None:
    form = hose()
    sheet = form.sheet(FACTS)
    sheet.move_range(f"F7:F{sheet.max_row}", rows=1)
    assert any(MOVED in message for message in form.problems().values())


def test_columns_of_a_table_under_the_wrong_heads_are_noticed() -> None:
    form = hose()
    form.sheet(TABLE).move_range("E2:X40", cols=1)
    assert any(MOVED in message for message in form.problems().values())


def test_without_its_hidden_sheet_a_workbook_is_no_form() -> None:
    form = hose()
    form.book.remove(form.sheet("grading"))
    (message,) = form.problems().values()
    assert "隐藏表“grading”已被删除" in message


@pytest.mark.parametrize(
    ("kind", "column", "value", "said"),
    [
        ("form", 2, "9", "核查表是第 9 版，本程序只能读第 1 版"),
        ("form", 1, "wat", "看不懂的一行“wat”"),
        ("field", 4, "{", "有一项读不出来"),
        ("field", 2, "units[7].facts.x", "已被改动"),
        ("table", 2, "units[0].facts", "已被改动"),
        ("table", 3, "table:9", "已被改动"),
    ],
)
def test_a_hidden_sheet_that_was_tampered_with_is_refused(kind: str, column: int, value: str, said: str) -> None:
    form = hose()
    sheet = form.sheet("grading")
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == kind)
    sheet.cell(row, column).value = value
    assert any(said in message or MOVED in message for message in form.problems().values())


def edited(tmp_path: Path, old: str, new: str) -> Library:
    """The shipped rulesets with one change in the rubber one."""
    for source in LIBRARY.root.rglob("*.yaml"):
        target = tmp_path / source.relative_to(LIBRARY.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        if target.parts[-2:] == ("national-2020", "rubber.yaml"):
            assert old in text
            text = text.replace(old, new)
        target.write_text(text, encoding="utf-8")
    return Library(tmp_path)


LABEL = "{id: key_region, label: 位于重点区域（执行特别控制要求的重点地区）, type: boolean"


def test_a_ruleset_that_has_changed_since_is_told(tmp_path: Path) -> None:
    library = edited(tmp_path, "at_most: 15", "at_most: 14")
    reading = read_form(hose().saved(), library)
    (warning,) = reading.warnings
    assert warning.startswith("规则集 national-2020/rubber 在生成核查表之后有改动")


def test_a_question_that_is_worded_otherwise_since_is_told(tmp_path: Path) -> None:
    library = edited(tmp_path, LABEL, LABEL.replace("位于重点区域（执行特别控制要求的重点地区）", "位于一般控制区"))
    assert any("现为“位于一般控制区”" in warning for warning in read_form(hose().saved(), library).warnings)


def test_an_answer_whose_unit_has_changed_since_is_refused(tmp_path: Path) -> None:
    old = "{id: boundary_nmhc, label: 厂界非甲烷总烃, type: number, changed_by: works, unit: mg/m3"
    library = edited(tmp_path, old, old.replace("mg/m3", "µg/m3"))
    with pytest.raises(FormError, match="类型或单位在现行规则集中已改变"):
        read_form(hose().saved(), library)


def test_an_answer_to_a_question_that_is_no_more_is_refused(tmp_path: Path) -> None:
    library = edited(tmp_path, "voc_waste_closed", "voc_waste_shut")
    with pytest.raises(FormError, match="当前的规则集已没有这一项"):
        read_form(hose().saved(), library)


def test_a_ruleset_that_is_no_more_is_named(tmp_path: Path) -> None:
    (tmp_path / "scales.yaml").write_text((LIBRARY.root / "scales.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(FormError, match="national-2020/rubber"):
        read_form(hose().saved(), Library(tmp_path))


def test_a_form_without_answers_is_still_the_audit_it_was() -> None:
    audit = read_audit(HOSE.read_bytes(), LIBRARY)
    form = Form(filled_form(audit, LIBRARY))
    assert form.audit() == audit
    assert blank().audit() != audit
