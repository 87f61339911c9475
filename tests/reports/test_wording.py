"""What a report says once, and where its lines may break."""

from itertools import pairwise
from pathlib import Path

import pytest

from grading.model.base import Cite, Provenance
from reports.charts.timeline import wrapped
from reports.context.asked import asked_by, headed_once
from reports.context.lines import lists
from reports.context.needless import without_needless
from reports.context.sources import Sources
from reports.context.words import said_once
from tests.gaps.small import asks, small


def test_a_text_is_left_out_where_a_longer_one_begins_or_ends_with_it() -> None:
    assert said_once(["门禁电子台账近 12 个月统计", "运输合同", "门禁电子台账"]) == (
        "门禁电子台账近 12 个月统计",
        "运输合同",
    )
    assert said_once(["铭牌照片", "整机与发动机铭牌照片", "整机与发动机铭牌照片"]) == ("整机与发动机铭牌照片",)
    assert said_once(["监测报告", "在线数据"]) == ("监测报告", "在线数据")


def test_the_notes_of_a_source_are_told_once_and_its_basis_is_not_told_again() -> None:
    sources = Sources()
    for note in (
        "转述，待核对原文；参照甲",
        "参照甲；参照乙，转述，待核对原文",
        "转述，待核对原文",
        "转述，待核对原文，另有丙",
    ):
        cite = Cite(document="某办法", note=note)
        sources.number(Provenance(basis="recalled", confidence="low", cite=cite), "某项")
    (source,) = sources.listed()
    assert (source.basis, source.notes) == ("转述，待核对原文", ("参照甲", "参照乙", "另有丙"))


@pytest.mark.parametrize(
    "text",
    [
        "新建 SCR（高温高尘、中尘或低尘；费用按 5000 t/d 生产线估）",
        "改签运输合同、清退低阶段车辆；或购置、租赁电动重卡（另计，每辆 50–90 万元、6–20 周）",
    ],
)
def test_a_label_breaks_neither_numbers_nor_before_marks(text: str) -> None:
    lines = wrapped(text)
    assert 1 < len(lines) <= 3
    assert all(line[0] not in "，。；、）" and line[-1] not in "（“" for line in lines)
    assert not any(before[-1].isdigit() and after[0].isdigit() for before, after in pairwise(lines))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_word_longer_than_a_line_is_broken() -> None:
    lines = wrapped("A" * 60)
    assert "".join(lines) == "A" * 60
    assert len(lines) == 2


def test_of_two_limits_on_one_value_the_harder_one_is_not_offered(tmp_path: Path) -> None:
    work = "remedy: {text: 提效, weeks: [1, 2], cost_wan_cny: [3, 5]}"
    ways = ", ".join(f"{{fact: dust, at_most: {limit}, {work}}}" for limit in (20, 55))
    gaps = small(tmp_path, asks("A,B,C", f"{{any: [{ways}]}}")).gaps({"dust": 60}, "C")
    offered = without_needless(gaps)
    (kept,) = offered.gaps.lines
    assert (kept.required_value, offered.gaps.alternatives) == (55, ())
    assert {kept.id, *offered.beside[kept.id]} == {line.id for line in gaps.lines}


def test_ways_on_other_values_are_all_offered(tmp_path: Path) -> None:
    ways = "{any: [{fact: dust, at_most: 20}, {fact: closed, equals: true}]}"
    gaps = small(tmp_path, asks("A,B,C", ways)).gaps({"dust": 60, "closed": False}, "C")
    offered = without_needless(gaps)
    assert (offered.gaps, offered.beside) == (gaps, {})


def test_a_requirement_that_several_ask_for_is_told_once_with_all_of_them() -> None:
    table, better = "填报“排放口”表", "或达到 B级要求：填报“排放口”表"
    pairs = [
        ("颗粒物", table),
        ("颗粒物", better),
        ("苯、甲苯", table),
        ("烟气治理", better),
        ("门禁、台账", "填报台账"),
    ]
    assert asked_by(pairs) == (
        ("颗粒物、“苯、甲苯”", table),
        ("颗粒物、烟气治理", better),
        ("门禁、台账", "填报台账"),
    )


def test_of_a_way_it_is_said_once_that_it_is_that_of_a_better_level() -> None:
    texts = ("或达到 B级要求：有门禁", "或达到 B级要求：有视频", "或达到 A级要求：有台账", "有机构")
    assert headed_once(texts) == ("或达到 B级要求：有门禁", "有视频", "或达到 A级要求：有台账", "有机构")


def test_of_many_questions_of_scope_it_is_told_whose_they_are_not_what_each_asks() -> None:
    few = [(title, f"查明是否适用：类型为{title}") for title in ("窑", "磨")]
    many = [(title, f"查明是否适用：类型为{title}") for title in ("窑", "磨", "塔", "炉")]
    assert asked_by(few) == tuple(few)
    assert asked_by([*many, ("罐", "类型为罐")]) == (("窑、磨、塔、炉", "查明是否适用"), ("罐", "类型为罐"))


def test_rows_that_lack_the_same_for_the_same_are_told_together(tmp_path: Path) -> None:
    each = "{each: outlets, require: {fact: nox, at_most: 40}}"
    ruleset = small(tmp_path, asks("A,B,C", each))
    rows = [{"outlet_id": "1#"}, {"outlet_id": "2#"}, {"outlet_id": "3#", "nox": 30}]
    gaps = ruleset.gaps({}, "C", outlets=rows)
    found = lists(ruleset.engine.library.ruleset("e/r"), gaps.lines, Sources()).missing
    assert [(row.place, row.count, len(row.ids)) for row in found] == [("排放口 1#、2#", 2, 2)]
