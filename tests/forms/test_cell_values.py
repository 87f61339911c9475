"""What an assessor may type: writing is tolerated, meaning is never guessed."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell import Cell

from grading.forms.cell_values import UnreadableError, read_day, read_items, read_text, read_value
from grading.model.ruleset import Fact
from grading.spreadsheet.entry import BLANK, Entry
from grading.spreadsheet.workbook import SpreadsheetFile
from grading.workbook.cell_text import items_from, put_items, put_text, text_from
from tests.forms.audits import ODD_TEXTS, TEXTS

SHARE = Fact(id="share", label="占比", type="number", unit="%", min=Decimal(0), max=Decimal(100), decimals=1)
NMHC = Fact(id="nmhc", label="非甲烷总烃", type="number", unit="mg/m3", min=Decimal(0), decimals=2)
MONTHS = Fact(id="months", label="保存时间", type="number", unit="月", decimals=0)
GATE = Fact(id="gate", label="门禁", type="boolean")
TREATMENT = Fact(
    id="treatment", label="工艺", type="choice", options={"rto": "直接燃烧（RTO）", "none": "无", "wet": "湿式"}
)
SINCE = Fact(id="since", label="投运日期", type="date")


def cell(value: Any, number_format: str | None = None) -> Entry:
    """What is read back from a cell with this value and format."""
    book = Workbook()
    made = book.worksheets[0].cell(1, 1, value)
    if number_format is not None:
        made.number_format = number_format
    buffer = io.BytesIO()
    book.save(buffer)
    with SpreadsheetFile(buffer) as file:
        return next((cells[1] for _, cells in file.rows(file.sheets[0])), BLANK)


@pytest.mark.parametrize(
    ("typed", "fact", "read"),
    [
        (6.2, NMHC, "6.2"),
        (6, NMHC, "6"),
        (1.1000000000000001, NMHC, "1.1"),
        ("6.2", NMHC, "6.2"),
        (" ６．２ ", NMHC, "6.2"),
        ("6.2mg/m3", NMHC, "6.2"),
        ("6.2 mg/m³", NMHC, "6.2"),
        ("85％", SHARE, "85"),
        ("12 个月", MONTHS, "12"),
        ("12月", MONTHS, "12"),
        ("−5", MONTHS, "-5"),
        ("+5", MONTHS, "5"),
    ],
)
def test_numbers_are_read_as_typed(typed: Any, fact: Fact, read: str) -> None:
    assert read_value(cell(typed), fact) == Decimal(read)


@pytest.mark.parametrize("typed", ["35²", "35①", "③5", "10³", "6.2²mg/m³"])
def test_a_footnote_mark_or_an_exponent_is_no_digit(typed: str) -> None:
    with pytest.raises(UnreadableError, match="只填数字"):
        read_value(cell(typed), NMHC)


@pytest.mark.parametrize(("stored", "shown"), [(0.1 + 0.2, "0.3"), (93.40000000000001, "93.4"), (1.15 * 100, "115")])
def test_a_number_is_read_with_the_fifteen_digits_that_a_spreadsheet_shows(stored: float, shown: str) -> None:
    assert read_value(cell(stored), NMHC) == Decimal(shown)


def test_a_percent_cell_is_read_as_the_percentage_it_shows() -> None:
    assert read_value(cell(0.855, "0.0%"), SHARE) == Decimal("85.5")


def test_a_percent_cell_is_refused_where_the_unit_is_another() -> None:
    with pytest.raises(UnreadableError, match="显示为百分比"):
        read_value(cell(0.5, "0%"), NMHC)


def test_a_percent_sign_in_quotes_is_only_decoration() -> None:
    assert read_value(cell(85, '0"%"'), SHARE) == 85


@pytest.mark.parametrize(
    "typed",
    [
        "约5",
        "<5%",
        "<0.5～",
        "≤10",
        "5-6",
        "5~6",
        "1,234",
        "1，234",
        "五",
        "ND",
        "未检出",
        "5 6",
        "1e3",
        "5.",
        "6 mg/L",
        "5%",
        "٣",
        True,
    ],
)
def test_what_is_not_plainly_one_number_is_refused(typed: Any) -> None:
    with pytest.raises(UnreadableError, match="应填 不小于 0 的数字"):
        read_value(cell(typed), NMHC)


@pytest.mark.parametrize(
    "typed", ["<0.07", "＜０.０７", "< 0.07 mg/m³", "0.07L", "未检出（检出限0.07）", "ND<0.07", "ND(0.07)"]
)
def test_what_a_laboratory_calls_below_a_limit_is_an_upper_bound(typed: str) -> None:
    assert read_value(cell(typed), NMHC) == {"below": Decimal("0.07")}


@pytest.mark.parametrize("typed", ["未检出", "ND", "低于检出限"])
def test_not_detected_asks_below_which_limit(typed: str) -> None:
    with pytest.raises(UnreadableError, match="须写明检出限"):
        read_value(cell(typed), NMHC)


@pytest.mark.parametrize(
    ("hint", "typed"),
    [
        ("不填下限", "≥95% ≧95 ⩾95 >95 ＞95 95以上 不低于95 超过95 大于95% 至少95"),
        ("限值不是实测值", "≤20 ≦20 ⩽20 <=20 ＜＝20 20以下 20以内 不高于20 不超过20"),
        ("不填范围", "15-20 15~20 15～20 15—20 15–20 15至20 <5-10 15到20mg/m³"),
        ("不填约数", "约20 ～20 ≈20 20左右 20±1 近20 20多"),
        ("低于检出限的填", "<20g 不足20 不到20"),
        ("确为 0 的填 0", "— - / ／ 无 没有 不涉及 未涉及 不适用 N/A n.a. NA 不清楚 / —— ---"),
        ("上标、下标或脚注号", "35² 10³ ①35 35① 1.2×10⁻³"),
    ],
)
def test_a_text_that_is_about_a_number_is_told_what_to_fill_in_by_what_it_says(hint: str, typed: str) -> None:
    for text in typed.split():
        with pytest.raises(UnreadableError, match=hint):
            read_value(cell(text), NMHC)


@pytest.mark.parametrize("fact", [GATE, TREATMENT, SINCE])
@pytest.mark.parametrize("typed", ["—", "/", "不涉及", "N/A", "不适用"])
def test_a_sign_for_nothing_is_told_to_be_left_out(fact: Fact, typed: str) -> None:
    with pytest.raises(UnreadableError, match="；不涉及或不清楚的留空"):
        read_value(cell(typed), fact)


def test_a_number_cell_that_became_a_date_is_refused_and_says_why() -> None:
    with pytest.raises(UnreadableError, match="被识别为日期"):
        read_value(cell(datetime(2023, 1, 2)), NMHC)


@pytest.mark.parametrize(
    ("typed", "read"), [("是", True), (" 否　", False), (True, True), ("FALSE", False), ("true", True)]
)
def test_yes_and_no_are_read(typed: Any, read: bool) -> None:
    assert read_value(cell(typed), GATE) is read


@pytest.mark.parametrize("typed", ["/", "—", "T", 1, 0, "是否", "基本是", "有的有", "符合"])
def test_what_is_not_plainly_yes_or_no_is_refused(typed: Any) -> None:
    with pytest.raises(UnreadableError, match="应填“是”或“否”"):
        read_value(cell(typed), GATE)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("直接燃烧（RTO）", "rto"),
        ("直接燃烧(RTO)", "rto"),
        (" 直接 燃烧（ＲＴＯ）", "rto"),
        ("rto", "rto"),
        ("无", "none"),
    ],
)
def test_options_are_read_by_label_or_code(typed: str, read: str) -> None:
    assert read_value(cell(typed), TREATMENT) == read


def test_an_unknown_option_is_refused_with_the_options_there_are() -> None:
    with pytest.raises(UnreadableError, match="“直接燃烧（RTO）”、“无”、“湿式”"):
        read_value(cell("燃烧"), TREATMENT)


def test_a_label_goes_before_a_code_that_reads_the_same() -> None:
    fact = Fact(id="f", label="f", type="choice", options={"a": "b", "b": "c"})
    assert read_value(cell("b"), fact) == "a"


def test_an_option_that_reads_as_two_is_refused() -> None:
    fact = Fact(id="f", label="f", type="choice", options={"x": "A 型", "y": "A型"})
    assert read_value(cell("A型"), fact) == "y"
    with pytest.raises(UnreadableError):
        read_value(cell("A   型"), fact)


@pytest.mark.parametrize(
    "typed",
    [
        date(2023, 9, 10),
        datetime(2023, 9, 10),
        "2023-09-10",
        "2023/9/10",
        "2023.9.10",
        "2023年9月10日",
        " ２０２３－０９－１０ ",
    ],
)
def test_days_are_read(typed: Any) -> None:
    assert read_value(cell(typed), SINCE) == "2023-09-10"


@pytest.mark.parametrize(
    "typed", ["10/9/2023", "2023-9", "23-9-10", "2023-02-30", 45179, "昨天", datetime(2023, 9, 10, 8), timedelta(1)]
)
def test_what_is_not_plainly_a_day_is_refused(typed: Any) -> None:
    with pytest.raises(UnreadableError, match="日期，如 2023-09-10"):
        read_day(cell(typed))


@pytest.mark.parametrize("fact", [NMHC, GATE, TREATMENT, SINCE])
def test_blank_cells_are_unknown(fact: Fact) -> None:
    assert read_value(cell(None), fact) is None
    assert read_value(cell(" 　\n"), fact) is None


@pytest.mark.parametrize("fact", [NMHC, GATE, TREATMENT, SINCE])
def test_formulas_and_error_values_are_refused(fact: Fact) -> None:
    with pytest.raises(UnreadableError, match="不接受公式"):
        read_value(cell("=1+1"), fact)
    with pytest.raises(UnreadableError, match="错误值 #N/A"):
        read_value(cell("#N/A"), fact)


def test_texts_that_a_spreadsheet_made_numbers_or_days_come_back_as_text() -> None:
    assert read_text(cell(2023)) == "2023"
    assert read_text(cell(2.5)) == "2.5"
    assert read_text(cell(date(2023, 9, 10))) == "2023-09-10"


def test_a_long_number_that_lost_its_last_digits_is_refused() -> None:
    with pytest.raises(UnreadableError, match="设为文本格式"):
        read_text(cell(916104237197534680))
    with pytest.raises(UnreadableError, match="设为文本格式"):
        read_text(cell(9.1610423719753e17))


def test_evidence_is_one_item_a_line() -> None:
    assert read_items(cell("监测报告 \n\n 门禁照片；台账\r\n")) == ("监测报告", "门禁照片；台账")


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts_are_written_as_texts_that_read_back_equal(text: str) -> None:
    _comes_back(text)


@given(TEXTS)
def test_any_text_is_written_as_a_text_that_reads_back_equal(text: str) -> None:
    _comes_back(text)


@given(st.lists(TEXTS, max_size=4))
def test_any_list_of_texts_reads_back_equal(items: list[str]) -> None:
    made = Workbook().worksheets[0].cell(1, 1)
    assert isinstance(made, Cell)
    if sum(len(item) for item in items) < 30_000:
        put_items(made, items)
        assert items_from(str(made.value or "")) == tuple(items)


def _comes_back(text: str) -> None:
    made = Workbook().worksheets[0].cell(1, 1)
    assert isinstance(made, Cell)
    put_text(made, text)
    assert made.data_type == "s"
    assert text_from(str(made.value)) == text
