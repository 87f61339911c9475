"""`grading form` and `grading read` as a user meets them."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from grading.cli.main import app
from grading.intake import read_audit
from grading.language.load import Library

EXAMPLES = Path(__file__).parents[2] / "examples"
HOSE = EXAMPLES / "rubber" / "jingyang_hose.json"
LIBRARY = Library()


def run(*words: object) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a call."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.exit_code, result.stdout, result.stderr


def filled(folder: Path) -> Path:
    form = folder / "form.xlsx"
    assert run("form", "--audit", HOSE, "-o", form)[0] == 0
    return form


def spoil(form: Path) -> None:
    book = load_workbook(form)
    book["填写说明"]["C9"].value = "昨天"
    book.save(form)


def test_a_form_that_was_filled_in_from_an_audit_reads_back_as_that_audit(tmp_path: Path) -> None:
    form, audit = filled(tmp_path), tmp_path / "audit.json"
    assert run("read", form, "-o", audit) == (0, "", "")
    assert read_audit(audit.read_bytes(), LIBRARY) == read_audit(HOSE.read_bytes(), LIBRARY)


def test_without_an_output_file_the_audit_is_printed(tmp_path: Path) -> None:
    status, out, _ = run("read", filled(tmp_path))
    assert status == 0
    assert json.loads(out)["enterprise"]["name"] == "泾阳县嵯峨橡胶管带厂"


def test_a_form_with_errors_gives_a_marked_copy_status_1_and_no_audit(tmp_path: Path) -> None:
    form = filled(tmp_path)
    spoil(form)
    before = form.read_bytes()
    status, out, err = run("read", form, "-o", tmp_path / "audit.json")
    assert (status, out) == (1, "")
    assert "填写说明!C9 评估日期：应填日期，如 2023-09-10" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["form.errors.xlsx", "form.xlsx"]
    assert form.read_bytes() == before


def test_a_marked_copy_is_never_overwritten_by_its_own_reading(tmp_path: Path) -> None:
    form = filled(tmp_path)
    spoil(form)
    for name in ("form.xlsx", "form.errors.xlsx", "form.errors-2.xlsx"):
        assert run("read", tmp_path / name)[0] == 1
    assert (tmp_path / "form.errors-3.xlsx").exists()


def test_a_marked_copy_that_is_being_mended_is_not_overwritten(tmp_path: Path) -> None:
    form = filled(tmp_path)
    spoil(form)
    assert run("read", form)[0] == 1
    mended = tmp_path / "form.errors.xlsx"
    mended.write_bytes(b"half mended")
    for number in (2, 3):
        status, _, err = run("read", form)
        assert status == 1
        assert f"form.errors-{number}.xlsx" in err
    assert mended.read_bytes() == b"half mended"
    assert (tmp_path / "form.errors-3.xlsx").exists()


def test_a_marked_copy_overwrites_no_file_that_it_is_told_to_be(tmp_path: Path) -> None:
    form = filled(tmp_path)
    spoil(form)
    before = form.read_bytes()
    assert run("read", form, "--errors", form)[0] == 1
    assert form.read_bytes() == before
    assert (tmp_path / "form-2.xlsx").exists()


def test_marked_copies_of_several_forms_overwrite_none_in_their_folder(tmp_path: Path) -> None:
    form, other = filled(tmp_path), tmp_path / "other.xlsx"
    spoil(form)
    other.write_bytes(form.read_bytes())
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / "form.errors.xlsx").write_bytes(b"half mended")
    assert run("read", form, other, "-o", tmp_path / "out", "--errors", tmp_path / "back")[0] == 1
    assert (tmp_path / "back" / "form.errors.xlsx").read_bytes() == b"half mended"
    names = sorted(path.name for path in (tmp_path / "back").iterdir())
    assert names == ["form.errors-2.xlsx", "form.errors.xlsx", "other.errors.xlsx"]


def test_the_marked_copy_goes_where_it_is_told(tmp_path: Path) -> None:
    form = filled(tmp_path)
    spoil(form)
    assert run("read", form, "--errors", tmp_path / "back" / "wrong.xlsx")[0] == 1
    assert (tmp_path / "back" / "wrong.xlsx").exists()


def test_errors_are_told_to_programs_with_their_places(tmp_path: Path) -> None:
    form = filled(tmp_path)
    spoil(form)
    said = json.loads(run("read", form, "--json")[2])
    assert [(e["place"], e["sheet"], e["cell"]) for e in said["errors"]] == [("assessed_on", "填写说明", "C9")]


def test_several_forms_are_read_into_a_folder_and_one_that_is_wrong_does_not_stop_the_others(tmp_path: Path) -> None:
    good = filled(tmp_path)
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(good.read_bytes())
    spoil(bad)
    assert run("read", bad, good, "-o", tmp_path / "audits")[0] == 1
    assert [path.name for path in (tmp_path / "audits").iterdir()] == ["form.json"]


def test_a_form_that_lies_there_is_not_overwritten_unless_forced(tmp_path: Path) -> None:
    form = filled(tmp_path)
    status, _, err = run("form", "national-2020/rubber", "-o", form)
    assert (status, "--force" in err) == (2, True)
    assert run("form", "national-2020/rubber", "-o", form, "--force")[0] == 0


def test_a_form_for_two_units_of_one_enterprise(tmp_path: Path) -> None:
    assert run("form", "national-2020/rubber", "brick_nonsintered", "-o", tmp_path / "two.xlsx")[0] == 0
    assert "2 核查表" in load_workbook(tmp_path / "two.xlsx").sheetnames


def test_a_form_too_large_to_be_read_back_is_not_written(tmp_path: Path) -> None:
    status, _, err = run("form", *["national-2020/rubber"] * 8, "--rows", 2000, "-o", tmp_path / "big.xlsx")
    assert (status, "请分几份填写" in err) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_the_json_schema_is_printed() -> None:
    status, out, _ = run("form", "national-2020/rubber", "--json-schema")
    assert status == 0
    assert json.loads(out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("form",), "请给出规则集"),
        (("form", "rubber", "-o", "x.xlsx"), "不止一个"),
        (("form", "national-2020/ruber", "-o", "x.xlsx"), "是否指"),
        (("form", "national-2020/rubber"), "请用 -o 指定"),
        (("form", "national-2020/rubber", "-o", "x.xls"), "应以 .xlsx 结尾"),
        (("form", "national-2020/rubber", "--audit", "a.json", "-o", "x.xlsx"), "三者取一"),
        (("read", "a.xlsx", "b.xlsx"), "指定一个目录"),
    ],
)
def test_wrong_calls_are_told_what_would_be_right(words: tuple[str, ...], said: str) -> None:
    status, _, err = run(*words)
    assert status == 2
    assert said in err


def test_a_file_that_is_no_form_gives_status_1_and_no_copy(tmp_path: Path) -> None:
    status, _, err = run("read", HOSE, "--errors", tmp_path / "copy.xlsx")
    assert (status, "这不是 .xlsx 工作簿" in err) == (1, True)
    assert not (tmp_path / "copy.xlsx").exists()


def test_a_missing_file_gives_status_1() -> None:
    assert run("read", "nowhere.xlsx")[0] == 1


def test_what_was_mended_in_the_audit_that_fills_a_form_is_told(tmp_path: Path) -> None:
    audit = json.loads(HOSE.read_text(encoding="utf-8"))
    audit["enterprise"]["name"] = "嵯峨\u200b橡胶"
    (tmp_path / "a.json").write_text(json.dumps(audit), encoding="utf-8")
    status, _, err = run("form", "--audit", tmp_path / "a.json", "-o", tmp_path / "form.xlsx")
    assert status == 0
    assert "enterprise.name: 提示：去掉了看不见的字符" in err
