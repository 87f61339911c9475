"""The PDF as an archive, a screen reader and a program see it."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from pathlib import Path

import orjson
import page
import pytest
from pypdf.generic import DictionaryObject, IndirectObject

from reports.gap_report import gap_report_pdf
from reports.pdf import Attached, FetchingError, pdf
from tests.reports.made import EXAMPLES, REPORTS, made

every_report = pytest.mark.parametrize("kind", REPORTS)


@every_report
@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_it_is_an_archive_file_and_accessible_at_once(kind: str, profile: str) -> None:
    found = page.validate_pdf_bytes(REPORTS[kind]().pdf, profile=profile)
    assert [(failure.rule_id, failure.message) for failure in found.failures] == []


@every_report
def test_qpdf_finds_nothing_wrong_with_its_structure(kind: str, tmp_path: Path) -> None:
    if shutil.which("qpdf") is None:
        pytest.skip("qpdf is not installed")
    (tmp_path / "report.pdf").write_bytes(REPORTS[kind]().pdf)
    found = subprocess.run(["qpdf", "--check", tmp_path / "report.pdf"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@every_report
def test_all_fonts_are_the_projects_own_and_embedded_with_their_characters(kind: str) -> None:
    fonts = _fonts(REPORTS[kind]().reader.pages[0]["/Resources"]["/Font"])
    assert fonts
    for font in fonts:
        assert "Noto-Sans-CJK-SC" in font["/BaseFont"] or "Noto-Serif-CJK-SC" in font["/BaseFont"]
        assert "/ToUnicode" in font
        assert "/FontFile3" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"]


@every_report
def test_the_attachment_is_the_grading(kind: str) -> None:
    report = REPORTS[kind]()
    (attached,) = report.reader.attachments["grading.json"]
    assert orjson.loads(attached) == report.grading.as_json()


def test_the_attachment_says_that_it_is_the_data_behind_the_report() -> None:
    catalogue = made("coking/semi_coke_incomplete", "official", "A").reader.trailer["/Root"]
    (file,) = catalogue["/AF"]
    assert file.get_object()["/AFRelationship"] == "/Data"
    assert file.get_object()["/EF"]["/F"]["/Subtype"] == "/application/json"


@every_report
def test_it_is_tagged_and_in_chinese(kind: str) -> None:
    catalogue = REPORTS[kind]().reader.trailer["/Root"]
    assert catalogue["/Lang"] == "zh-CN"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/StructTreeRoot"]["/K"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]


def test_it_carries_the_day_of_assessment_and_no_other() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    information = report.reader.metadata
    assert information is not None
    day = datetime.combine(report.audit.assessed_on, time(), UTC)
    assert (information.creation_date, information.modification_date) == (day, day)
    assert information.title == "重污染天气重点行业绩效分级差距报告：神木市恒泽兰炭有限责任公司"


def test_its_outline_leads_to_every_section() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    titles = [entry["/Title"] for entry in _flat(report.reader.outline)]
    for title in ("摘要", "等级矩阵", "不满足的要求", "待补证据", "达标路径", "评级依据追溯", "依据来源与可信度"):
        assert any(title in known for known in titles)


def test_the_contents_name_the_page_on_which_each_section_stands() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    entry = next(line for line in report.reader.pages[1].extract_text().splitlines() if "达标路径" in line)
    number = int(entry.split()[-1])
    assert "六、达标路径" in report.pages[number - 1]
    assert f"{number}/{len(report.pages)}" in report.pages[number - 1]


def test_the_same_audit_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    made_by = []
    for seed in ("1", "2"):
        place = tmp_path / f"{seed}.pdf"
        command = ["grading", "report", EXAMPLES / "brick/xingping-nonsintered.json", "-o", place]
        environment = {"PYTHONHASHSEED": seed, "PATH": _path(), "TZ": "Asia/Shanghai" if seed == "1" else "UTC"}
        subprocess.run(command, env=environment, check=True, capture_output=True)
        made_by.append(place.read_bytes())
    assert made_by[0] == made_by[1] == made("brick/xingping-nonsintered").pdf


def test_reports_made_by_several_threads_at_once_are_the_same() -> None:
    reports = [made("brick/xingping-nonsintered"), made("coking/semi_coke_incomplete", "official", "A")]
    assert all(report.pdf for report in reports)
    with ThreadPoolExecutor(2) as threads:
        again = threads.map(
            lambda of: gap_report_pdf(of.audit, of.grading, of.rulesets, of.gaps, validity=of.validity), reports * 2
        )
        assert list(again) == [report.pdf for report in reports * 2]


@every_report
def test_no_page_is_empty_and_none_is_without_its_number(kind: str) -> None:
    report = REPORTS[kind]()
    count = len(report.pages)
    contents = next(number for number, text in enumerate(report.pages, 1) if "一、摘要" in text)
    for number, text in enumerate(report.pages, 1):
        assert len(text) > 40
        assert number < contents or f"{number}/{count}" in text


@pytest.mark.parametrize(
    ("kind", "most"), [("通往 A 级，缺证据", 24), ("两个单元", 28), ("试算", 15), ("已是最好等级", 12)]
)
def test_it_is_as_long_as_it_has_something_to_say(kind: str, most: int) -> None:
    assert 6 <= len(REPORTS[kind]().pages) <= most


def test_a_page_that_refers_to_anything_outside_is_not_made() -> None:
    picture = '<img src="http://evil.example/x.png" alt=""/>'
    page_html = f'<html lang="zh-CN"><head><title>x</title></head><body>{picture}</body></html>'
    attached = Attached("x.json", "", b"{}")
    with pytest.raises(FetchingError):
        pdf(
            page_html,
            title="x",
            subject="",
            day=datetime(2023, 9, 10, tzinfo=UTC).date(),
            attached=attached,
            is_trial=False,
        )


def _path() -> str:
    import os
    import sys

    return f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def _fonts(fonts: DictionaryObject) -> list[DictionaryObject]:
    return [font.get_object() for font in fonts.get_object().values()]


def _flat(outline: list[object]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for entry in outline:
        found += _flat(entry) if isinstance(entry, list) else [entry]  # type: ignore[list-item]
    assert not any(isinstance(entry, IndirectObject) for entry in found)
    return found
