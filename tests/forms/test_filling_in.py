"""An assessor fills in a form: what the audit then says, and what is refused in which cell."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from grading.forms.read import read_form
from grading.model.audit import Known
from tests.forms.workbooks import ANSWER_AT, COVER, EVIDENCE_SHEET, FACTS, LIBRARY, TABLE, blank, hose

FACT = "units[0].facts."
TABLE_PLACE = "units[0].groups.outlets"
KEY, TYPE, PM, NMHC = 3, 4, 5, 6
FIRST_ROW = 8


def test_an_empty_form_with_a_cover_is_an_audit_of_which_everything_is_unknown() -> None:
    audit = blank().audit()
    assert audit.enterprise.name == "泾阳某厂"
    assert audit.assessed_on == date(2023, 9, 10)
    assert [(unit.id, unit.facts, unit.groups) for unit in audit.units] == [("rubber-1", {}, {})]


def test_a_form_without_name_and_day_says_so_in_their_cells() -> None:
    form = blank()
    form.head("", None)
    assert form.problems() == {
        "填写说明!C5": "请填写企业名称（不超过 4,000 字）",
        "填写说明!C9": "请填写评估日期，如 2023-09-10",
    }


def test_answers_evidence_and_notes_are_read_with_their_places() -> None:
    form = blank()
    form.answer(FACT + "access_gate", "是", "门禁照片\n电子台账", "两个出入口")
    form.answer(FACT + "boundary_nmhc", 1.82)
    form.answer(FACT + "mixing_capture", "密闭设备或负压密闭空间")
    form.answer(FACT + "key_region", None, note="待核实")
    facts = form.audit().units[0].facts
    assert facts == {
        "access_gate": Known(value=True, evidence=("门禁照片", "电子台账"), note="两个出入口"),
        "boundary_nmhc": Known(value=Decimal("1.82")),
        "mixing_capture": Known(value="enclosed_negative"),
        "key_region": Known(value=None, note="待核实"),
    }


def test_every_option_answered_makes_a_set() -> None:
    form = blank()
    for code in LIBRARY.ruleset("national-2020/rubber").facts["energy_types"].options:
        form.answer(f"{FACT}energy_types#{code}", "是" if code in ("coal", "electricity") else "否")
    assert form.audit().units[0].facts["energy_types"].value == ("electricity", "coal")


def test_options_left_open_are_refused_unless_the_rest_is_said_to_be_no() -> None:
    form = blank()
    form.answer(FACT + "energy_types#coal", "是")
    (message,) = form.problems().values()
    assert message.startswith("还有选项未答：电、天然气、")
    form.answer(FACT + "energy_types", "其余均为否")
    assert form.audit().units[0].facts["energy_types"].value == ("coal",)


def test_no_option_at_all_is_a_known_value() -> None:
    form = blank()
    form.answer(FACT + "energy_types", "其余均为否")
    assert form.audit().units[0].facts["energy_types"].value == ()


@pytest.mark.parametrize(
    ("fact", "typed", "said"),
    [
        ("boundary_nmhc", 1000.5, "应填 0～1000 的数字（单位 mg/m³），至多 2 位小数，只填数字；所填：1000.5"),
        ("boundary_nmhc", 1.234, "应填 0～1000 的数字（单位 mg/m³），至多 2 位小数，只填数字；所填：1.234"),
        ("dcs_retention_months", 12.5, "应填 0～240 的数字（单位 个月），整数，只填数字；所填：12.5"),
        ("access_gate", "待定", "应填“是”或“否”；所填：“待定”"),
        ("access_gate", "=TRUE()", "填写格不接受公式；请复制后“选择性粘贴为数值”，或直接填写结果"),
    ],
)
def test_wrong_answers_are_refused_in_their_cells_with_what_would_be_right(fact: str, typed: object, said: str) -> None:
    form = blank()
    form.answer(FACT + fact, typed)
    assert form.problems() == {f"{FACTS}!{form.cell(FACT + fact).coordinate}": said}


def test_all_errors_are_told_at_once() -> None:
    form = hose()
    form.answer(FACT + "boundary_nmhc", "约2")
    form.answer(FACT + "key_region", "好像是")
    form.sheet(TABLE).cell(FIRST_ROW, PM).value = -3
    form.sheet(TABLE).cell(FIRST_ROW + 1, KEY).value = "DA001"
    assert len(form.problems()) == 4


def test_a_table_that_nobody_spoke_of_is_not_an_empty_one() -> None:
    form = blank()
    assert "outlets" not in form.audit().units[0].groups
    form.sheet(TABLE).cell(4, KEY).value = "尚未核查"
    assert "outlets" not in form.audit().units[0].groups
    form.sheet(TABLE).cell(4, KEY).value = "确认没有"
    (message,) = form.problems().values()
    assert "至少应有 1 行" in message


def test_rows_are_read_in_their_order_and_empty_ones_between_are_skipped() -> None:
    form = blank()
    table = form.sheet(TABLE)
    for row, key, nmhc in ((FIRST_ROW, "DA002", 8), (FIRST_ROW + 3, " DA001 ", "６．２"), (FIRST_ROW + 90, 7, None)):
        table.cell(row, KEY).value = key
        table.cell(row, NMHC).value = nmhc
    rows = form.audit().units[0].groups["outlets"]
    assert [(row.key, row.facts["nmhc"].value if row.facts else None) for row in rows] == [
        ("DA002", 8),
        ("DA001", Decimal("6.2")),
        ("7", None),
    ]


@pytest.mark.parametrize("state", ["确认没有", "尚未核查"])
def test_a_table_said_to_be_empty_must_be_empty(state: str) -> None:
    form = hose()
    form.sheet(TABLE).cell(4, KEY).value = state
    assert form.problems() == {f"{TABLE}!C4": f"选了“{state}”而表中填有 2 行；请清空各行，或改选“有，见下表”"}


def test_a_table_said_to_be_filled_in_must_have_rows() -> None:
    form = blank()
    form.sheet(TABLE).cell(4, KEY).value = "有，见下表"
    assert "表中没有内容" in form.problems()[f"{TABLE}!C4"]


def test_a_row_without_key_and_a_key_that_stands_there_twice_are_refused() -> None:
    form = blank()
    table = form.sheet(TABLE)
    table.cell(FIRST_ROW, NMHC).value = 5
    table.cell(FIRST_ROW + 1, KEY).value = "DA001"
    table.cell(FIRST_ROW + 2, KEY).value = "DA001"
    said = "填了内容的行须有编号，且同一张表内不得重复"
    assert form.problems() == {f"{TABLE}!C{FIRST_ROW}": said, f"{TABLE}!C{FIRST_ROW + 2}": said}


def test_evidence_of_a_table_goes_to_the_cell_it_names_or_to_the_whole_row() -> None:
    form = blank()
    table, evidence = form.sheet(TABLE), form.sheet(EVIDENCE_SHEET)
    for column, value in ((KEY, "DA001"), (PM, 5), (NMHC, 8)):
        table.cell(FIRST_ROW, column).value = value
    lines = (
        ("DA001", "有组织排放口 · 整行各项", "监测报告 2023-05", None),
        ("DA001", "有组织排放口 · 非甲烷总烃实测浓度", "在线数据", "取小时均值"),
        ("DA001", "有组织排放口 · 烟气含氧量", None, "未测"),
    )
    for row, line in enumerate(lines, start=5):
        for column, text in enumerate(line, start=3):
            evidence.cell(row, column).value = text
    (row_read,) = form.audit().units[0].groups["outlets"]
    assert row_read.facts == {
        "pm": Known(value=Decimal(5), evidence=("监测报告 2023-05",)),
        "nmhc": Known(value=Decimal(8), evidence=("监测报告 2023-05", "在线数据"), note="取小时均值"),
        "o2": Known(value=None, note="未测"),
    }


@pytest.mark.parametrize(
    ("key", "item", "cell", "said"),
    [
        ("DA009", "有组织排放口 · 烟气含氧量", "C5", "“有组织排放口 · 烟气含氧量”的表中没有编号“DA009”的行"),
        (None, "有组织排放口 · 烟气含氧量", "C5", "请填写行编号"),
        ("DA001", "氧", "D5", "请从下拉列表中选择这条证据或备注所属的表和项目"),
        ("DA001", None, "D5", "请从下拉列表中选择这条证据或备注所属的表和项目"),
        ("DA001", "有组织排放口 · 整行各项", "C5", "该行没有已填的格，“整行各项”没有可用之处；请选定具体项目"),
    ],
)
def test_evidence_that_belongs_nowhere_is_refused(key: str | None, item: str | None, cell: str, said: str) -> None:
    form = blank()
    form.sheet(TABLE).cell(FIRST_ROW, KEY).value = "DA001"
    for column, value in ((3, key), (4, item), (5, "报告")):
        form.sheet(EVIDENCE_SHEET).cell(5, column).value = value
    assert form.problems() == {f"{EVIDENCE_SHEET}!{cell}": said}


def test_what_units_share_is_answered_once_and_a_unit_may_differ() -> None:
    form = blank("national-2020/brick", "national-2020/brick")
    plant = form.cell("enterprise.facts.access_gate", title="全厂")
    plant.value = "是"
    form.cell("units[1].facts.access_gate", title="2 核查表").value = "否"
    audit = form.audit()
    assert [unit.id for unit in audit.units] == ["brick-1", "brick-2"]
    assert audit.enterprise.facts["access_gate"].value is True
    assert audit.units[0].facts == {}
    assert audit.units[1].facts["access_gate"].value is False


def test_units_may_be_renamed_but_not_alike() -> None:
    form = blank("national-2020/brick", "national-2020/brick")
    form.sheet("填写说明")["C12"].value = "1号窑"
    assert form.audit().units[0].id == "1号窑"
    form.sheet("填写说明")["C12"].value = "brick-2"
    assert form.problems() == {"填写说明!C13": "请填写单元编号；各单元的编号不得相同"}


def test_days_may_be_date_cells() -> None:
    form = blank()
    form.head("厂", datetime(2023, 9, 11))
    assert form.audit().assessed_on == date(2023, 9, 11)


def test_whatever_is_written_beside_the_answer_cells_is_told_to_be_left_out() -> None:
    form = blank()
    form.sheet(TABLE).cell(FIRST_ROW, 40).value = "另见附页"
    form.book.create_sheet("草稿")
    assert form.warnings() == (
        "工作表“草稿”不是核查表的内容，未读取",
        f"{TABLE}!AN{FIRST_ROW} 不是填写格，其内容未读取",
    )


def test_reading_leaves_the_form_as_it_is() -> None:
    data = hose().saved()
    before = bytes(data)
    read_form(data, LIBRARY)
    assert data == before


def test_everyday_words_are_read_and_told() -> None:
    form = blank()
    form.answer(FACT + "access_gate", "√")
    form.answer(FACT + "env_staff", "兼职人员")
    form.answer(FACT + "mixing_treatment", "RTO")
    form.answer(FACT + "energy_types", "其余均为否")
    form.answer(FACT + "energy_types#coal", "有")
    facts = form.audit().units[0].facts
    said = {name: facts[name].value for name in ("access_gate", "env_staff", "mixing_treatment", "energy_types")}
    assert said == {
        "access_gate": True, "env_staff": "part_time", "mixing_treatment": "direct_combustion", "energy_types": ("coal",),
    }  # fmt: skip
    assert sorted(warning.partition("：")[2] for warning in form.warnings()) == [
        "“RTO”按“直接燃烧（RTO、RCO、TO）”读取",
        "“√”按“是”读取",
        "“兼职人员”按“兼职”读取",
        "“有”按“是”读取",
    ]


def test_a_word_that_is_only_like_an_option_is_asked_about_in_its_cell() -> None:
    form = blank()
    form.answer(FACT + "mixing_treatment", "吸附浓缩+燃烧")
    (message,) = form.problems().values()
    assert message.endswith("；是否指“吸附浓缩后燃烧”或“吸附脱附催化燃烧”？")


def test_what_stands_in_a_column_that_was_put_in_between_is_told_to_be_left_out() -> None:
    form = hose()
    sheet = form.sheet(FACTS)
    sheet.insert_cols(ANSWER_AT + 1)
    row = next(row for row in range(6, 30) if str(sheet.cell(row, 1).value).startswith("units[0].facts."))
    sheet.cell(row, ANSWER_AT + 1).value = "2 号炉 77"
    assert f"{FACTS}!G{row} 不是填写格，其内容未读取" in form.warnings()


@pytest.mark.parametrize("title", [FACTS, TABLE, COVER])
def test_a_column_of_answers_that_was_copied_is_refused(title: str) -> None:
    form = hose()
    sheet = form.sheet(title)
    column = 3 if title in (TABLE, COVER) else ANSWER_AT
    at = sheet.max_column + 1
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, at).value = sheet.cell(row, column).value
    assert any("同一列的几份副本" in message for message in form.problems().values())


@pytest.mark.parametrize(("title", "cell"), [(COVER, "C60"), (COVER, "G7"), (EVIDENCE_SHEET, "N9"), (FACTS, "Z9")])
def test_what_stands_beside_a_sheets_own_cells_is_told_to_be_left_out(title: str, cell: str) -> None:
    form = hose()
    assert form.warnings() == ()
    form.sheet(title)[cell].value = "本厂 2022 年停用喷漆线"
    assert form.warnings() == (f"{title}!{cell} 不是填写格，其内容未读取",)
