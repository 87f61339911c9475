"""What is written into a form and read back is the same audit, whatever the audit says."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from grading.forms.read import read_form
from grading.forms.write import blank_form, filled_form
from grading.intake import check_audit, read_audit
from grading.language.load import Library
from grading.model.condition import ConditionBase, comparisons
from tests.forms.audits import audits

LIBRARY = Library()
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/*.json"))


@settings(max_examples=30)
@given(st.data())
def test_random_audits_of_one_to_three_units_come_back_equal(data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.sampled_from(LIBRARY.ids()), min_size=1, max_size=3))
    audit = check_audit(data.draw(audits([LIBRARY.ruleset(id_) for id_ in ids])), LIBRARY)
    reading = read_form(filled_form(audit, LIBRARY, spare_rows=1), LIBRARY)
    assert reading.audit == audit
    # A share of 1 % or less may have been meant as a fraction: that is asked, and nothing else.
    assert [warning for warning in reading.warnings if "是否应为" not in warning] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_audits_come_back_equal(path: Path) -> None:
    audit = read_audit(path.read_bytes(), LIBRARY)
    assert read_form(filled_form(audit, LIBRARY), LIBRARY).audit == audit


@pytest.mark.parametrize("ruleset_id", LIBRARY.ids())
def test_another_program_reads_the_same_texts_from_the_workbook(ruleset_id: str, tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    ruleset = LIBRARY.ruleset(ruleset_id)
    file.write_bytes(blank_form([ruleset]))
    book = CalamineWorkbook.from_path(str(file))
    texts = {str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row}
    assert book.sheet_names[0] == "填写说明"
    assert "重污染天气重点行业绩效分级　现场核查表" in texts
    compared = {
        fact for indicator in ruleset.indicators for r in indicator.levels.values() for fact in _facts(r.require)
    }
    assert [f.label for f in ruleset.facts.values() if f.id in compared and f.label not in texts] == []


def _facts(condition: ConditionBase) -> set[str]:
    return {comparison.fact for comparison in comparisons(condition)}


def test_another_program_reads_the_same_numbers_from_the_workbook(tmp_path: Path) -> None:
    file = tmp_path / "form.xlsx"
    path = next(path for path in EXAMPLES if path.stem == "jingyang_hose")
    file.write_bytes(filled_form(read_audit(path.read_bytes(), LIBRARY), LIBRARY))
    table = CalamineWorkbook.from_path(str(file)).get_sheet_by_name("有组织排放口").to_python()
    row = next(row for row in table if "DA001" in row)
    assert [row.index(value) > 0 for value in (6.8, 5.9, 5460000, 2100, 0.31, 0.94, 63.5)]
