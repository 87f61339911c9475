"""`grading report` as its user sees it."""

import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import Result
from pypdf import PdfReader
from typer.testing import CliRunner

from grading.cli.main import app
from tests.reports.made import EXAMPLES, made

SMALL = EXAMPLES / "brick/xingping-nonsintered.json"


def report(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, arguments)], input=stdin)


def test_it_writes_a_pdf_beside_the_caller_and_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = report(SMALL)
    assert result.exit_code == 0
    assert result.stdout.split() == ["xingping-nonsintered.pdf"]
    assert (tmp_path / "xingping-nonsintered.pdf").read_bytes() == made("brick/xingping-nonsintered").pdf


def test_a_trial_says_so_in_the_name_of_the_file(tmp_path: Path) -> None:
    result = report(SMALL, "--trial", "--html", "-o", tmp_path / "new" / "folder")
    assert result.exit_code == 0
    (place,) = (tmp_path / "new" / "folder").iterdir()
    assert place.name == "xingping-nonsintered-试算.html"
    assert "试算结果，不得公布" in place.read_text(encoding="utf-8")


def test_the_name_of_the_file_says_which_form_is_wanted(tmp_path: Path) -> None:
    assert report(SMALL, "-o", tmp_path / "x.html").exit_code == 0
    assert (tmp_path / "x.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_audits_come_from_stdin_and_reports_go_to_stdout() -> None:
    result = report("-", "-o", "-", stdin=SMALL.read_bytes())
    assert result.exit_code == 0
    assert result.stdout_bytes == made("brick/xingping-nonsintered").pdf


def test_files_of_the_same_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        shutil.copy(SMALL, tmp_path / folder / "audit.json")
    result = report(tmp_path / "one/audit.json", tmp_path / "two/audit.json", "--html", "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert sorted(place.name for place in (tmp_path / "out").iterdir()) == ["one-audit.html", "two-audit.html"]


def test_one_bad_file_does_not_keep_the_others_from_their_reports(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"units": []}', encoding="utf-8")
    result = report(tmp_path / "bad.json", SMALL, "--html", "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert [place.name for place in (tmp_path / "out").iterdir()] == ["xingping-nonsintered.html"]
    assert "bad.json" in result.stderr


def test_a_target_may_be_named_by_id_or_by_label(tmp_path: Path) -> None:
    for target, name in (("B", "id"), ("B级", "label")):
        place = tmp_path / f"{name}.html"
        assert report(EXAMPLES / "coking/top_charging.json", "--target", target, "-o", place).exit_code == 0
    assert (tmp_path / "id.html").read_bytes() == (tmp_path / "label.html").read_bytes()


def test_a_target_that_no_unit_can_aim_for_is_an_error_that_names_those_it_can(tmp_path: Path) -> None:
    result = report(EXAMPLES / "coking/top_charging.json", "--target", "Z", "-o", tmp_path)
    assert result.exit_code == 1
    assert "可用 A、B、C" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_unit_that_has_reached_the_target_gets_a_report_that_says_so(tmp_path: Path) -> None:
    place = tmp_path / "x.html"
    result = report(EXAMPLES / "industrial_coating/qindu-waterborne-frames.json", "--target", "B", "-o", place)
    assert result.exit_code == 0
    assert "没有差距项" in place.read_text(encoding="utf-8")


@pytest.mark.parametrize("output", ["x.pdf", "-"])
def test_several_reports_do_not_fit_into_one_file(output: str) -> None:
    result = report(SMALL, EXAMPLES / "coking/top_charging.json", "-o", output)
    assert result.exit_code == 2
    assert "不能写进一个文件" in result.stderr


def test_the_command_is_found_without_loading_what_makes_pdfs() -> None:
    both = "assert 'reports.cli' in sys.modules; assert 'weasyprint' not in sys.modules"
    code = f"import sys; from grading.cli.main import app; {both}"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_command_that_is_called_over_and_over_loads_nothing_else() -> None:
    code = "import sys; sys.argv = ['grading', 'gaps', '--help']; from grading.cli.main import main; main()"
    after = f"import atexit, sys; atexit.register(lambda: print('reports.cli' in sys.modules)); {code}"
    found = subprocess.run([sys.executable, "-c", after], check=True, capture_output=True, text=True)
    assert found.stdout.splitlines()[-1] == "False"


def test_pdf_from_the_command_opens() -> None:
    result = report(SMALL, "-o", "-")
    assert len(PdfReader(BytesIO(result.stdout_bytes)).pages) >= 6
