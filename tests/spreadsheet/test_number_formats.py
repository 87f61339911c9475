"""A number is read as its number format shows it in Excel."""

import io
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from grading.batch.staged_cells import from_entry, reason_of
from grading.forms.cell_values import UnreadableError, read_day, read_text, read_value
from grading.model.ruleset import Fact
from grading.spreadsheet.entry import Entry
from grading.spreadsheet.workbook import SpreadsheetFile
from tests.spreadsheet.parts import entries

SHARE = Fact(id="share", label="占比", type="number", unit="%", min=Decimal(0), max=Decimal(100), decimals=2)
DOSE = Fact(id="dose", label="用量", type="number", unit="t", decimals=2)


def entry(value: Any, code: str) -> Entry:
    book = Workbook()
    cell = book.worksheets[0].cell(1, 1, value)
    cell.number_format = code
    buffer = io.BytesIO()
    book.save(buffer)
    with SpreadsheetFile(buffer) as file:
        return next(cells[1] for _, cells in file.rows(file.sheets[0]))


PLAIN = [
    "General", "G/通用格式", "@", "0", "0.00", "#,##0", "#,##0.00", "0.00E+00", "##0.0E+0", "# ?/?", "# ??/??", "# ??/100",
    "#,##0_);(#,##0)", "#,##0.00_);[Red](#,##0.00)", "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ",
    '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)', '"¥"#,##0.00', "[$¥-804]#,##0.00", "[Red]0.00;[Blue]-0.00",
    '0.00" mg/m3"', "0.00\\ \\m\\g", '0.0"℃"', "0.00_%", "0.00*%", "[DBNum1][$-804]General", '#,##0.00"千瓦时"', "0.00;@",
    "[>100]0.0;0.00", "[Color10]0.00", "0.00_ ", "?0.0?", "General;-General;\"零\"", "[$-409]0.00",
]  # fmt: skip
"""Formats that show the number itself."""


@pytest.mark.parametrize("code", PLAIN)
def test_a_format_that_shows_the_number_leaves_it_as_it_is(code: str) -> None:
    assert read_value(entry(12.5, code), DOSE) == Decimal("12.5")
    assert from_entry(entry(12.5, code), False) == "12.5"


PERCENT = ["0%", "0.00%", "0.0 %", "[Red]0%;[Blue]-0%", "[<=1]0%;0", "#,##0.0%", '0.0%"（干基）"', "0%;@"]
"""Formats in which a percent sign multiplies."""


@pytest.mark.parametrize("code", PERCENT)
def test_a_percent_sign_multiplies_by_a_hundred(code: str) -> None:
    assert read_value(entry(0.01, code), SHARE) == 1
    assert from_entry(entry(0.01, code), False) == "1%"
    with pytest.raises(UnreadableError, match="百分比"):
        read_value(entry(0.01, code), DOSE)


LITERAL = ['0"%"', "0\\%", "0!%", '0.0" %"', '0"％"', "[<1]0%;0\\%"]
"""Formats in which it is only shown."""


@pytest.mark.parametrize("code", LITERAL)
def test_a_quoted_or_escaped_percent_sign_multiplies_nothing(code: str) -> None:
    assert read_value(entry(1, code), SHARE) == 1
    assert from_entry(entry(1, code), False) == "1%"
    with pytest.raises(UnreadableError, match="百分比"):
        read_value(entry(1, code), DOSE)


def test_the_section_of_the_number_decides() -> None:
    assert read_value(entry(95, "[<=1]0%;0"), SHARE) == 95
    assert read_value(entry(0.95, "[<=1]0%;0"), SHARE) == 95
    assert read_value(entry(0.5, '[>=1]0"%";[<1]0%'), SHARE) == 50


WHOLE_DAYS = [
    "yyyy-mm-dd", "yyyy/m/d", "m/d/yy", "d-mmm-yy", 'yyyy"年"m"月"d"日"', "[$-804]yyyy/m/d;@", "[$-F800]dddd, mmmm dd, yyyy",
    "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\";@", "yyyy\\.mm\\.dd", "e/m/d", "yyyy/m/d h:mm", "yyyy-mm-dd aaaa", "dd/mm/yyyy",
]  # fmt: skip
"""Formats that show a whole day."""


@pytest.mark.parametrize("code", WHOLE_DAYS)
def test_a_day_is_read_whatever_its_format(code: str) -> None:
    found = entry(45184, code)
    assert read_day(found).isoformat() == "2023-09-15"
    assert from_entry(found, False) == "2023-09-15"
    with pytest.raises(UnreadableError, match="识别为日期"):
        read_value(found, DOSE)


@pytest.mark.parametrize("code", ["m/d", "mmm-yy", "d-mmm", 'm"月"d"日"', "yyyy", "aaaa", "mmmm", 'yyyy"年"m"月"'])
def test_a_day_of_which_a_part_is_not_shown_is_refused(code: str) -> None:
    with pytest.raises(UnreadableError, match="没有显示"):
        read_day(entry(45184, code))
    assert reason_of(from_entry(entry(45184, code), False))


@pytest.mark.parametrize(
    "code", ["h:mm", "[h]:mm", "mm:ss", "mm:ss.0", "h:mm AM/PM", '上午/下午h"时"mm"分"', "[mm]:ss", "[s]"]
)
def test_a_time_is_no_number_and_no_day(code: str) -> None:
    with pytest.raises(UnreadableError):
        read_day(entry(0.375, code))
    with pytest.raises(UnreadableError):
        read_value(entry(0.375, code), DOSE)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("#,##0,", "千"),
        ("0.0,,", "千"),
        ('0!.0,"万"', "千"),
        ('0"万"', "另加"),
        ('"<"0', "另加"),
        ('"约"0.0', "另加"),
        ("<0.0", "另加"),
        ("[$<]0.0", "另加"),
        ('0.00"L"', "另加"),
        ('0"0"', "另加"),
        ("0%%", "另加"),
        ("0!.0", "另加"),
        ("0\\.0", "另加"),
        ('0"."00', "另加"),
        ("0-0", "另加"),
        (";;;", "不显示"),
        ("[<1]0", "不显示"),
    ],
)
def test_a_format_that_shows_another_number_is_refused(code: str, said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        read_value(entry(95, code), SHARE)
    assert said in str(reason_of(from_entry(entry(95, code), False)))


def test_words_in_place_of_a_number_are_what_is_read() -> None:
    gate = Fact(id="gate", label="门禁", type="boolean")
    assert read_value(entry(1, '[=1]"是";[=0]"否";0'), gate) is True
    with pytest.raises(UnreadableError, match="未检出"):
        read_value(entry(0, '0;-0;"未检出"'), DOSE)
    assert read_value(entry(0, '0;-0;"-"'), DOSE) == 0
    with pytest.raises(UnreadableError, match="不显示"):
        read_value(entry(0, "0;-0;;@"), DOSE)


def test_an_identifier_keeps_the_zeros_that_are_shown() -> None:
    assert read_text(entry(7, "000")) == "007"
    assert from_entry(entry(7, "000"), True) == "007"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("93.40000000000001", "93.4"), ("0.30000000000000004", "0.3"), ("100.49999999999999", "100.5")],
)
def test_fifteen_digits_are_shown(stored: str, shown: str) -> None:
    assert next(iter(entries(f'<c r="A1"><v>{stored}</v></c>')))[1].value == Decimal(shown)


@pytest.mark.parametrize("id_", [14, 31, 30])
def test_the_formats_that_excel_in_china_writes_by_number_alone_are_days(id_: int) -> None:
    def add(parts: dict[str, bytes]) -> None:
        styles = parts["xl/styles.xml"].decode()
        head, _, rest = styles.partition("</cellXfs>")
        parts["xl/styles.xml"] = f'{head}<xf numFmtId="{id_}"/></cellXfs>{rest}'.encode()

    found: Mapping[int, Entry] = entries('<c r="A1" s="1"><v>45184</v></c>', add)[0]
    assert found[1].value == datetime(2023, 9, 15)


def test_a_workbook_that_counts_days_from_1904_is_read_so() -> None:
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)
    book.worksheets[0]["A1"] = datetime(2023, 9, 15)
    buffer = io.BytesIO()
    book.save(buffer)
    with SpreadsheetFile(buffer) as file:
        assert next(iter(file.rows(file.sheets[0])))[1][1].value == datetime(2023, 9, 15)


DELTA = Fact(id="delta", label="差值", type="number", unit="mg/m3", decimals=1)


@pytest.mark.parametrize("code", ["#", "#,###", "#.##", "# ;-#"])
def test_a_zero_of_which_no_digit_is_shown_is_no_zero(code: str) -> None:
    with pytest.raises(UnreadableError, match="不显示"):
        read_value(entry(0, code), DELTA)
    assert read_value(entry(5, code), DELTA) == 5
    assert read_value(entry(0, "#,##0"), DELTA) == 0


@pytest.mark.parametrize("code", ["0;0", "0.0;[Red]0.0", "0;0;0"])
def test_a_negative_number_that_is_shown_without_a_sign_is_refused(code: str) -> None:
    with pytest.raises(UnreadableError, match="另加了含义"):
        read_value(entry(-5, code), DELTA)
    assert read_value(entry(5, code), DELTA) == 5


@pytest.mark.parametrize("code", ["0", "0;-0", "0;(0)", "0_);[Red](0)", "#,##0;-#,##0", '0;"负"0'])
def test_a_negative_number_that_is_shown_as_one_is_read(code: str) -> None:
    assert read_value(entry(-5, code), DELTA) == -5
