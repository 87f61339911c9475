"""Everything that is wrong with a campaign and its plants is told at once, each with its place."""

import json
from pathlib import Path

import pytest

from grading.campaign.evaluate import Evaluator
from grading.campaign.problems import CampaignError
from grading.campaign.read import read_inputs
from tests.campaign.plants import VOCABULARY

HEAD = """\
id: xianyang-2023
title: 创A、增B、减C、清D
jurisdiction: "610400"
period: {start: 2023-03-01, roster_frozen: 2023-04-15, plans_due: 2023-04-30, deadline: 2023-10-31}
reached: B
"""


def line(permit: str, **others: object) -> str:
    enterprise = {"name": "厂", "permit": permit, "county": "610402", **others}
    return json.dumps({"enterprise": enterprise, "units": [{"id": "u", "industry": "rubber", "gradings": []}]})


def problems(folder: Path, campaign: str, *lines: str) -> list[str]:
    (folder / "c.yaml").write_text(campaign, encoding="utf-8")
    (folder / "p.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CampaignError) as found:
        read_inputs(folder / "c.yaml", folder / "p.jsonl", VOCABULARY)
    return [str(problem) for problem in found.value.problems]


def test_what_stands_twice_is_told_also_where_something_else_is_wrong_with_it(tmp_path: Path) -> None:
    text = (
        HEAD
        + """\
zones: {core: {within_km: 25}}
shares: [{zone: other, at_least_percent: -1}, {zone: other, at_least_percent: 40}]
new: [{county: "610402", at_least: -1}, {county: "610402", at_least: 1}]
roster: [{permit: P1, target: B, due: 2022-01-01, typo: 1}, {permit: P1, target: Q, due: 2023-08-01}]
"""
    )
    assert [problem.split(": ")[1] for problem in problems(tmp_path, text, line("P1"))] == [
        "shares[0].at_least_percent",
        "shares[1].zone",
        "new[0].at_least",
        "new[1]",
        "roster[0].due",
        "roster[0].typo",
        "roster[1].permit",
        "roster[1].target",
    ]


def test_every_contradiction_of_a_campaign_is_told_beside_its_mistakes(tmp_path: Path) -> None:
    text = """\
id: xianyang-2023
title: 创A
jurisdiction: "610400"
period: {start: 2023-03-01, roster_frozen: 2023-02-15, deadline: 2023-10-31}
reached: Z
shares: [{zone: core, at_least_percent: 120}]
new: [{county: "610499", at_least: 4}, {county: "620402", at_least: 1}, {at_least: 1}]
roster:
  - {permit: P1, target: B}
  - {permit: P1, target: B}
  - {permit: P2, target: B, typo: 1}
"""
    assert [problem.partition(" ")[0] for problem in problems(tmp_path, text, line("P1"))] == [
        "c.yaml:1:",
        "c.yaml:4:",
        "c.yaml:5:",
        "c.yaml:6:",
        "c.yaml:7:",
        "c.yaml:7:",
        "c.yaml:7:",
        "c.yaml:10:",
        "c.yaml:11:",
        "c.yaml:11:",
    ]


@pytest.mark.parametrize("stated", ["true", '"4"', "1.5", "-4"])
def test_a_count_is_a_whole_number_and_nothing_that_only_looks_like_one(tmp_path: Path, stated: str) -> None:
    text = HEAD + f'new: [{{county: "610402", at_least: {stated}}}]\n'
    (found,) = problems(tmp_path, text, line("P1"))
    assert found.startswith("c.yaml:6: new[0].at_least: ")


def test_a_campaign_of_no_industry_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, HEAD + "industries: []\n", line("P1"))
    assert "c.yaml:6: industries: 至少 1 项" in found


def test_a_level_is_refused_by_what_there_is_and_not_by_how_ids_are_written(tmp_path: Path) -> None:
    text = HEAD.replace("reached: B", "reached: 引领性")
    (found,) = problems(tmp_path, text, line("P1"))
    assert found == "c.yaml:5: reached: 没有等级 引领性；可以是 A、B、C、D、B-、leading、non_leading"
    (found,) = problems(tmp_path, HEAD, line("P1").replace("[]", '[{"grade": "甲", "attainable": "B"}]'))
    assert (
        found
        == "p.jsonl:1: units[0].gradings[0].grade: 没有等级 甲；评级结果可以是 A、B、C、D、B-、leading、non_leading、ungraded"
    )


def test_a_permit_of_the_roster_that_no_plant_has_is_told(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, HEAD + "roster: [{permit: P9, target: B}]\n", line("P1"))
    assert found == "c.yaml:6: roster[0].permit: 企业清单中没有排污许可证编号 P9"


def test_a_roster_is_held_against_lines_that_are_wrong_and_not_against_those_nobody_can_read(tmp_path: Path) -> None:
    roster = HEAD + "roster: [{permit: P1, target: B}, {permit: P9, target: B}]\n"
    wrong = problems(tmp_path, roster, line("P1", county="6104"))
    assert [found.partition("：")[0] for found in wrong] == [
        "c.yaml:6: roster[1].permit: 企业清单中没有排污许可证编号 P9",
        "p.jsonl:1: enterprise.county: 行政区划代码应为六位数字（GB/T 2260），前两位为现有的省级代码，如 610402；收到“6104”",
    ]
    assert [found.partition(" ")[0] for found in problems(tmp_path, roster, line("P1"), "{")] == ["p.jsonl:2:"]


def test_a_wrong_item_of_a_list_is_not_told_as_a_list_too_short(tmp_path: Path) -> None:
    wrong = line("P1").replace('"gradings": []', '"gradings": [{"grade": 1, "attainable": "B"}]')
    (found,) = problems(tmp_path, HEAD, wrong)
    assert found.startswith("p.jsonl:1: units[0].gradings[0].grade: ")


def test_a_zone_with_a_code_of_its_own_may_have_a_target(tmp_path: Path) -> None:
    text = HEAD + 'counties: {"610491": 咸阳高新区}\nnew: [{county: "610491", at_least: 5}]\n'
    (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "p.jsonl").write_text(line("P1"), encoding="utf-8")
    campaign, plants = read_inputs(tmp_path / "c.yaml", tmp_path / "p.jsonl", VOCABULARY)
    assert (campaign.counties["610491"], len(plants)) == ("咸阳高新区", 1)


def test_each_bad_line_of_a_plants_file_is_named(tmp_path: Path) -> None:
    bad = ["{", line("P1"), line("P3", opened="2023-02-30"), line("P4", opened=20230901), line("P5", county="6104")]
    bad += [line("P6", distance_km=-1), line("P7", in_urban_area="yes"), '{"enterprise": {}, "units": []}']
    found = problems(tmp_path, HEAD, line("P1"), *bad)
    assert {problem.partition(": ")[0] for problem in found} == {f"p.jsonl:{n}" for n in range(2, 10)}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "1e99999999999999999999", "1" * 100, '"30"'])
def test_what_is_no_number_of_a_size_that_can_be_reckoned_with_is_refused_at_its_place(
    tmp_path: Path, number: str
) -> None:
    (found,) = problems(tmp_path, HEAD, line("P1").replace('"name"', f'"distance_km": {number}, "name"'))
    assert found.startswith("p.jsonl:1: enterprise.distance_km: ")


def test_a_key_that_stands_twice_is_refused_and_never_the_last_one_taken(tmp_path: Path) -> None:
    text = line("P1").replace('"name"', '"distance_km": 30, "distance_km": 10, "name"')
    assert problems(tmp_path, HEAD, text) == ["p.jsonl:1: enterprise.distance_km: 写了两次"]


@pytest.mark.parametrize("text", ["[" * 100_000 + "]" * 100_000, '{"a":' * 10_000 + "1" + "}" * 10_000, "[", "\ufeff1"])
def test_a_line_that_is_no_plant_is_named_however_deep_it_is(tmp_path: Path, text: str) -> None:
    found = problems(tmp_path, HEAD, line("P1"), text)
    assert [problem.partition(": ")[0] for problem in found] == ["p.jsonl:2"]


def test_what_can_not_be_printed_is_shown_by_its_code(tmp_path: Path) -> None:
    found = problems(tmp_path, HEAD, line("P1").replace('"\\u5382"', '"\\ud800"'), line("P2", **{"\ud800": 1}))
    assert len(found) == 2
    assert all(problem.encode() and "<U+D800>" in problem for problem in found)


def test_distances_are_exact(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(HEAD, encoding="utf-8")
    text = line("P1").replace('"name"', '"distance_km": 25.000000000000000001, "name"')
    (tmp_path / "p.jsonl").write_text(text, encoding="utf-8")
    _, (plant,) = read_inputs(tmp_path / "c.yaml", tmp_path / "p.jsonl", VOCABULARY)
    assert str(plant.enterprise.distance_km) == "25.000000000000000001"


@pytest.mark.parametrize("code", ["990402", "160402", "６１０４０２", "610002", "6104"])
def test_a_code_of_no_place_is_refused_wherever_it_stands(tmp_path: Path, code: str) -> None:
    text = HEAD + f'counties: {{"{code}": 开发区}}\nnew: [{{county: "{code}", at_least: 1}}]\n'
    found = problems(tmp_path, text.replace('"610400"', f'"{code}"'), line("P1", county=code))
    assert [problem.partition(": 行政区划代码应为")[0] for problem in found] == [
        "c.yaml:3: jurisdiction",
        f"c.yaml:6: counties.{code}",
        "c.yaml:7: new[0].county",
        "p.jsonl:1: enterprise.county",
    ]


def test_a_target_is_of_a_county_and_not_of_a_whole_city(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, HEAD + 'new: [{county: "610400", at_least: 1}]\n', line("P1"))
    assert found.startswith("c.yaml:6: new[0].county: 没有区划代码为 610400 的区县")


def test_a_campaign_of_the_nation_has_plants_of_all_provinces(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(HEAD.replace("610400", "100000"), encoding="utf-8")
    (tmp_path / "p.jsonl").write_text("\n".join((line("P1"), line("P2", county="110101"))), encoding="utf-8")
    found = Evaluator(*read_inputs(tmp_path / "c.yaml", tmp_path / "p.jsonl", VOCABULARY), VOCABULARY)
    assert len(found.plants) == 2


def test_having_no_grade_is_no_level_to_reach(tmp_path: Path) -> None:
    text = HEAD.replace("reached: B", "reached: ungraded") + "roster: [{permit: P1, target: ungraded}]\n"
    found = problems(tmp_path, text, line("P1"))
    assert [problem.partition("；")[0] for problem in found] == [
        "c.yaml:5: reached: 没有等级 ungraded",
        "c.yaml:6: roster[0].target: 没有等级 ungraded",
    ]


@pytest.mark.parametrize("zones", ["", "zones: {}\n", "zones: {core: {}, other: {}}\n"])
def test_a_share_of_a_zone_needs_the_bound_between_the_zones(tmp_path: Path, zones: str) -> None:
    (found,) = problems(tmp_path, HEAD + "shares: [{zone: other, at_least_percent: 40}]\n" + zones, line("P1"))
    assert "zones.core.within_km: 有占比目标时应写明市区及周边的范围" in found


def test_the_other_zone_has_no_bound_of_its_own(tmp_path: Path) -> None:
    text = HEAD + "zones: {core: {within_km: 25}, other: {within_km: 50}}\n"
    assert problems(tmp_path, text, line("P1")) == ["c.yaml:6: zones.other.within_km: 没有这样的键"]


@pytest.mark.parametrize("written", [" P1", "P1 ", "Ｐ1", "P\u200b1"])
def test_a_permit_of_a_plant_is_written_one_way_so_none_counts_twice(tmp_path: Path, written: str) -> None:
    (found,) = problems(tmp_path, HEAD, line("P1"), line(written))
    assert found == "p.jsonl:2: enterprise.permit: 应写作 P1，不带空格和看不见的字符，用半角"


def test_permits_that_differ_in_case_alone_are_one_permit(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, HEAD, line("P1"), line("p1"))
    assert found == "p.jsonl:2: enterprise.permit: 排污许可证编号 p1 已在第 1 行"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("橡胶制品制造", "rubber"), ("rubbers", "rubber"), ("national-2020/rubber", "rubber"), ("Rubber", "rubber")],
)
def test_a_key_industry_written_otherwise_is_refused_and_not_left_out(tmp_path: Path, written: str, meant: str) -> None:
    (found,) = problems(tmp_path, HEAD, line("P1").replace('"rubber"', json.dumps(written)))
    assert found == f"p.jsonl:1: units[0].industry: 没有行业 {written}；是否为 {meant}（橡胶制品制造）"


@pytest.mark.parametrize("industry", ["bakery", "food", "textiles", "printing", "others", "商业印刷"])
def test_an_industry_outside_the_register_is_no_mistake(tmp_path: Path, industry: str) -> None:
    (tmp_path / "c.yaml").write_text(HEAD, encoding="utf-8")
    text = line("P1").replace('"rubber"', json.dumps(industry))
    (tmp_path / "p.jsonl").write_text(text, encoding="utf-8")
    _, (plant,) = read_inputs(tmp_path / "c.yaml", tmp_path / "p.jsonl", VOCABULARY)
    assert plant.units[0].industry == industry


def test_what_a_line_can_not_mean_is_told_beside_what_is_no_value(tmp_path: Path) -> None:
    gradings = [{"grade": "q", "attainable": "B", "published": "2023-02-30"}, 1, {"grade": 1, "attainable": "z"}]
    units = [{"id": "u", "industry": "rubbers", "gradings": gradings}, {"id": "u", "industry": "rubber"}, 7]
    text = json.dumps({"enterprise": {"name": "厂", "permit": " P1", "county": "6104"}, "units": units})
    assert {problem.split(": ")[1] for problem in problems(tmp_path, HEAD, text)} == {
        "enterprise.county",
        "enterprise.permit",
        "units[0].industry",
        "units[0].gradings[0].grade",
        "units[0].gradings[0].published",
        "units[0].gradings[1]",
        "units[0].gradings[2].grade",
        "units[0].gradings[2].attainable",
        "units[1].id",
        "units[2]",
    }


@pytest.mark.parametrize("stated", ["咸阳2023", "Xianyang", "-2023", "x" * 65])
def test_an_id_that_can_not_be_one_is_told_in_words_and_not_by_a_pattern(tmp_path: Path, stated: str) -> None:
    (found,) = problems(tmp_path, HEAD.replace("xianyang-2023", f'"{stated}"'), line("P1"))
    assert found.startswith("c.yaml:1: id: 编号应为小写英文字母、数字、- 或 _，以字母或数字开头")
