"""What an assessor sees: the sections in the guideline's order, what each question says, what can be changed."""

import pytest
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from grading.forms.questions import questions, sections
from grading.forms.write import filled_form
from grading.intake import check_audit
from grading.model.condition import comparisons
from grading.workbook.cell_text import TooLongError
from tests.forms.workbooks import COVER, EVIDENCE_SHEET, FACTS, LIBRARY, RUBBER, TABLE, Form, blank, hose

FACT = "units[0].facts."
LABEL, UNIT, RANGE, ANSWER, ASK, STATUS = 3, 4, 5, 6, 12, 13


def bands(form: Form, title: str = FACTS) -> list[str]:
    sheet = form.sheet(title)
    return [
        str(sheet.cell(r, 2).value) for r in range(5, sheet.max_row + 1) if str(sheet.cell(r, 1).value).startswith("@")
    ]


def rules(sheet: Worksheet, cell: str) -> list[str]:
    """The validations of a cell: the list's entries, or the formula."""
    return [str(rule.formula1) for rule in sheet.data_validations.dataValidation if cell in rule.sqref]


def entries(form: Form, sheet: Worksheet, cell: str) -> list[str]:
    (name,) = rules(sheet, cell)
    title, area = next(iter(form.book.defined_names[name].destinations))
    return [str(cell.value) for row in form.sheet(title)[area.replace("$", "")] for cell in row]


def test_gates_come_first_and_the_dimensions_follow_in_the_order_of_the_guideline() -> None:
    order = [d.label for d in LIBRARY.ruleset(RUBBER).dimensions.values()]
    found = bands(blank())
    assert found[0] == "准入与降级情形"
    assert found[1:] == [label for label in order if label in found]


def test_a_question_stands_with_the_first_indicator_that_reads_it_also_through_computed_facts() -> None:
    ruleset = LIBRARY.ruleset(RUBBER)
    found = {q.fact.id: q.section for q in questions(ruleset)}
    assert found["holds_permit"] == "gates"
    assert found["rubber_amount"] == "emission_limits"  # read by the conversion to the base flow
    assert found["uses_nrmm"] == "transport"  # read by applies_when only


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_every_fact_that_a_condition_reads_is_asked(ruleset_id: str) -> None:
    ruleset = LIBRARY.ruleset(ruleset_id)
    conditions = [r.require for i in ruleset.indicators for r in i.levels.values()]
    conditions += [i.applies_when for i in ruleset.indicators if i.applies_when] + [g.when for g in ruleset.gates]
    read = {c.fact for condition in conditions for c in comparisons(condition)} & set(ruleset.facts)
    asked = {
        q.fact.id
        for section in sections(ruleset, questions(ruleset))
        if section.id != "other"
        for q in section.questions
    }
    assert read <= asked


def test_a_fact_that_nothing_reads_is_asked_only_if_the_audit_states_it() -> None:
    place = "units[0].facts.daily_truck_trips"
    assert place not in [cell.value for cell in blank("national-2020/cement").sheet(FACTS)["A"]]
    unit = {"id": "1", "ruleset": "national-2020/cement", "facts": {"daily_truck_trips": 5}}
    raw = {"enterprise": {"name": "厂"}, "assessed_on": "2023-09-10", "units": [unit]}
    form = Form(filled_form(check_audit(raw, LIBRARY), LIBRARY))
    assert form.cell(place).value == 5
    assert bands(form)[-1] == "其他情况"


def test_a_question_says_its_unit_its_range_and_what_to_ask_for() -> None:
    form = blank()
    row = [form.cell(FACT + "low_voc_adhesive_share", column).value for column in (LABEL, UNIT, RANGE, ASK)]
    assert row == ["低（无）VOC 胶粘剂用量占比", "%", "0～100，至多 1 位小数", "月度胶浆与溶剂汽油领用台账"]


def test_the_criterion_of_every_level_is_a_comment_on_the_question() -> None:
    comment = blank().cell(FACT + "dcs_recording", LABEL).comment
    assert comment is not None
    for said in ("【监测监控水平】治理设施参数连续记录", "A级：", "B级：", "C级：", "依据：环办大气函〔2020〕340号"):
        assert said in comment.text


def test_a_comment_says_which_figures_are_not_established() -> None:
    comment = blank().cell(FACT + "main_outlet_flow", LABEL).comment
    assert comment is not None
    assert "含暂定数值，仅供试算" in comment.text


def test_gate_questions_say_what_follows() -> None:
    comment = blank().cell(FACT + "holds_permit", LABEL).comment
    assert comment is not None
    assert "后果：不纳入绩效分级" in comment.text


def test_answers_are_chosen_from_chinese_drop_downs() -> None:
    form = blank()
    sheet = form.sheet(FACTS)
    assert entries(form, sheet, form.cell(FACT + "access_gate").coordinate) == ["是", "否"]
    assert entries(form, sheet, form.cell(FACT + "energy_types#coal").coordinate) == ["是", "否"]
    assert entries(form, sheet, form.cell(FACT + "glue_capture").coordinate) == ["密闭负压", "局部集气罩", "无"]
    assert entries(form, form.sheet(TABLE), "C4") == ["有，见下表", "确认没有", "尚未核查"]


def test_numbers_have_their_range_and_their_decimal_places() -> None:
    form = blank()
    cell = form.cell(FACT + "low_voc_adhesive_share").coordinate
    number = f"AND(ISNUMBER({cell}),{cell}>=0,{cell}<=100,ROUND({cell},1)={cell})"
    signs = ",".join(f'SEARCH("{sign}",{cell})' for sign in ("<", "＜", "L", "ND", "检", "于"))
    assert rules(form.sheet(FACTS), cell) == [f"OR({number},AND(ISTEXT({cell}),COUNT({signs})>0))"]


def test_only_answer_cells_can_be_changed_and_no_password_is_needed() -> None:
    form = blank()
    for sheet in (form.sheet(title) for title in (COVER, FACTS, TABLE, EVIDENCE_SHEET)):
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    assert not form.cell(FACT + "access_gate").protection.locked
    assert form.cell(FACT + "access_gate", LABEL).protection.locked
    assert form.cell(FACT + "access_gate", STATUS).protection.locked


def test_heads_stay_in_sight_and_are_printed_on_every_page_in_landscape() -> None:
    form = blank()
    for title, frozen, repeated in ((FACTS, "D5", "$4:$4"), (TABLE, "D8", "$5:$7"), (EVIDENCE_SHEET, "D5", "$4:$4")):
        sheet = form.sheet(title)
        assert sheet.freeze_panes == frozen
        assert sheet.print_title_rows == repeated
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize or 0)) == ("landscape", 9)


def test_the_cover_names_ruleset_digest_and_draft_and_counts_what_is_filled_in() -> None:
    form = hose()
    said = "\n".join(str(cell.value) for row in form.sheet(COVER).iter_rows() for cell in row if cell.value is not None)
    for text in ("泾阳县嵯峨橡胶管带厂", "national-2020/rubber", "sha256:", "草稿", "COUNTIF('核查表'!"):
        assert text in said


def test_states_are_said_in_words_not_by_colour_alone() -> None:
    formula = str(blank().cell(FACT + "access_gate", STATUS).value)
    assert "✔ 已填" in formula
    assert "○ 未填" in formula


def test_what_the_program_needs_is_hidden() -> None:
    form = blank()
    assert form.sheet("grading").sheet_state == "veryHidden"
    assert form.sheet("选项").sheet_state == "hidden"
    assert form.sheet(FACTS).column_dimensions["A"].hidden
    assert form.sheet(FACTS).row_dimensions[1].hidden


def test_several_units_share_a_plant_sheet_and_each_has_its_own() -> None:
    form = blank("national-2020/rubber", "national-2020/brick")
    assert form.book.sheetnames[:5] == ["填写说明", "全厂", "1 核查表", "1 有组织排放口", "1 表格证据"]
    shared = [str(cell.value) for cell in form.sheet("全厂")["A"] if str(cell.value).startswith("enterprise")]
    assert "enterprise.facts.access_gate" in shared
    assert "enterprise.facts.kiln_type" not in shared


def test_numbers_and_days_are_numbers_and_days_for_the_spreadsheet_too() -> None:
    form = hose()
    assert form.cell(FACT + "boundary_nmhc").value == 1.82
    day = form.cell("assessed_on", 3, COVER)
    assert isinstance(day, Cell)
    assert day.is_date


def test_a_text_that_no_cell_can_hold_is_refused() -> None:
    raw = {
        "enterprise": {"name": "厂", "facts": {"access_gate": {"value": True, "evidence": ["证" * 4000] * 9}}},
        "assessed_on": "2023-09-10",
        "units": [{"id": "1", "ruleset": RUBBER}],
    }
    audit = check_audit(raw, LIBRARY)
    with pytest.raises(TooLongError, match="单元格最多容纳"):
        filled_form(audit, LIBRARY)
