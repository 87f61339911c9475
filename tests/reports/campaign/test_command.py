"""`grading campaign evaluate` as a person calls it."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from typer.testing import CliRunner

from grading.cli.main import app

CAMPAIGN = """\
id: xianyang-2023
title: 创A、增B、减C、清D
jurisdiction: "610400"
period: {start: 2023-03-01, plans_due: 2023-04-30, deadline: 2023-10-31}
reached: B
zones: {core: {within_km: 25}, other: {}}
shares: [{zone: core, at_least_percent: null}, {zone: other, at_least_percent: 40}]
new: [{rest: true, at_least: 1}]
roster:
  - permit: P1
    target: A
    measures: [{gap: G1, text: =1+1, start: 2023-05-01, finish: 2023-06-30, done_percent: 40, cost_wan: 12.5}]
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    def grading(grade: str, day: str) -> dict[str, object]:
        return {"grade": grade, "attainable": grade, "confirmed": day, "published": day, "ended": None}

    units = [{"id": "u", "industry": "rubber", "gradings": [grading("C", "2023-01-01"), grading("B", "2023-06-15")]}]
    plant = {"enterprise": {"name": "厂", "permit": "P1", "county": "610402", "distance_km": 30}, "units": units}
    (tmp_path / "c.yaml").write_text(CAMPAIGN, encoding="utf-8")
    (tmp_path / "p.jsonl").write_text(json.dumps(plant), encoding="utf-8")
    return [str(tmp_path / "c.yaml"), str(tmp_path / "p.jsonl"), "--on", "2023-07-01"]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["campaign", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_json_is_the_whole_evaluation(files: list[str]) -> None:
    found = json.loads(run("evaluate", *files, "--json"))
    assert found["shares"][1] == {
        "zone": "other",
        "base": 1,
        "reached": 1,
        "percent": "100.00",
        "at_least_percent": 40,
        "met": True,
        "missing": 0,
    }
    assert found["moves"]["increased_b"] == ["P1"]
    assert found["overdue"] == [{"permit": "P1", "why": "measure_overdue"}]


def test_the_monthly_report_carries_its_figures_and_is_the_same_each_time(files: list[str], tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("one.pdf", "two.pdf")]
    for place in places:
        run("evaluate", *files, "-o", str(place))
    assert places[0].read_bytes() == places[1].read_bytes()
    read = PdfReader(places[0])
    assert json.loads(read.attachments["campaign.json"][0])["by_grade"]["B"] == 1
    assert "整改措施逾期未完成" in "".join(page.extract_text() for page in read.pages)


def test_the_ledger_has_a_line_a_measure_and_holds_no_formula(files: list[str], tmp_path: Path) -> None:
    place = tmp_path / "ledger.xlsx"
    run("evaluate", *files, "-o", str(place))
    book = load_workbook(place)
    row = [cell.value for cell in book["台账"][3]]
    assert row[2] == "P1"
    assert not any(cell.data_type == "f" for sheet in book for line in sheet for cell in line)


def test_a_series_has_every_month_end(files: list[str]) -> None:
    found = json.loads(run("series", *files[:2], "--from", "2023-12-15", "--to", "2024-03-01"))
    assert [evaluation["on"] for evaluation in found] == ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"]


def test_a_title_is_printed_as_it_is(files: list[str]) -> None:
    campaign = Path(files[0])
    campaign.write_text(CAMPAIGN.replace("title: 创A、增B、减C、清D", 'title: "[/x]创A"'), encoding="utf-8")
    assert run("evaluate", *files).startswith("[/x]创A")


def test_each_number_of_the_ledger_can_be_followed_to_its_plants(files: list[str], tmp_path: Path) -> None:
    place = tmp_path / "ledger.xlsx"
    run("evaluate", *files, "-o", str(place))
    head, row = ([cell.value for cell in line] for line in list(load_workbook(place)["企业"])[1:3])
    found = dict(zip(head, row, strict=True))
    assert (found["排污许可证编号"], found["区县"], found["区域"]) == ("P1", "秦都区", "其他区域")
    assert (found["行业"], found["计入基数"], found["已达到"]) == ("橡胶制品制造", "是", "是")
    assert found["计入"] == "新增；增B（升为 B 级）；减C（由 C 级上升）；整改措施逾期未完成"


def test_the_ledger_has_names_and_no_ids(files: list[str], tmp_path: Path) -> None:
    place = tmp_path / "ledger.xlsx"
    campaign = Path(files[0])
    text = campaign.read_text(encoding="utf-8").replace("done_percent: 40", "done_percent: 100.0")
    campaign.write_text(text + 'counties: {"610491": 咸阳高新区}\n', encoding="utf-8")
    plants = Path(files[1])
    plants.write_text(plants.read_text(encoding="utf-8").replace("610402", "610491"), encoding="utf-8")
    run("evaluate", *files, "-o", str(place))
    row = [cell.value for cell in load_workbook(place)["台账"][3]]
    assert (row[0], row[3], row[6], row[14]) == ("咸阳高新区", "橡胶制品制造", "A级", "100%")


@pytest.mark.parametrize(
    ("left_out", "words"),
    [
        ("[]", "已关闭和长期停产的企业也计入占比的基数"),
        ("[closed]", "已关闭的企业不计入占比的基数"),
        ("[closed, long_idle]", "已关闭和长期停产的企业不计入占比的基数"),
    ],
)
def test_the_report_says_what_its_base_leaves_out(files: list[str], tmp_path: Path, left_out: str, words: str) -> None:
    campaign, place = Path(files[0]), tmp_path / "report.html"
    campaign.write_text(CAMPAIGN + f"base: {{leave_out: {left_out}}}\n", encoding="utf-8")
    run("evaluate", *files, "-o", str(place))
    assert words in place.read_text(encoding="utf-8")


def test_the_weekly_bulletin_and_the_quarterly_assessment_are_the_same_bytes_each_time(
    files: list[str], tmp_path: Path
) -> None:
    for document, title in (("weekly", "周报"), ("quarterly", "季度考核")):
        first, second = tmp_path / "one.pdf", tmp_path / "two.pdf"
        run(document, *files, "-o", str(first), "-o", str(tmp_path / "page.html"))
        run(document, *files, "-o", str(second))
        assert first.read_bytes() == second.read_bytes()
        text = "".join(page.extract_text() for page in PdfReader(first).pages)
        assert title in text
        assert "附表" in text
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        assert title in page
        assert "http" not in page


def test_a_plant_that_is_late_for_two_reasons_is_one_plant(files: list[str], tmp_path: Path) -> None:
    place = tmp_path / "report.html"
    on = [*files[:2], "--on", "2023-11-01"]
    run("evaluate", *on, "-o", str(place))
    html = place.read_text(encoding="utf-8")
    assert all(why in html for why in ("整改措施逾期未完成", "逾期未达到目标等级"))
    assert "逾期：1 家" in html
    assert "逾期：1 家" in run("evaluate", *on)


def test_the_report_names_pollutants_whose_share_can_not_be_told(files: list[str], tmp_path: Path) -> None:
    plants, place = Path(files[1]), tmp_path / "report.html"
    text = plants.read_text(encoding="utf-8").replace('"name"', '"emissions_t_a": {"so2": 2}, "name"')
    plants.write_text(text, encoding="utf-8")
    run("evaluate", *files, "-o", str(place))
    assert "二氧化硫 100.00%、氮氧化物 未能计算、颗粒物 未能计算" in place.read_text(encoding="utf-8")


def test_industries_that_are_not_in_the_register_are_told_and_not_counted(files: list[str]) -> None:
    plants = Path(files[1])
    plants.write_text(plants.read_text(encoding="utf-8").replace('"rubber"', '"bakery"'), encoding="utf-8")
    result = CliRunner().invoke(app, ["campaign", "evaluate", *files, "--json"])
    assert json.loads(result.stdout)["base"] == {"core": 0, "other": 0, "zone_unknown": 0}
    assert "bakery" in result.stderr
    assert "不在重点行业名录中，不统计" in result.stderr
