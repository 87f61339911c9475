"""What a report says: everything it must, in words, wherever it must."""

import json
import re

import pytest

from grading.gaps.ground_figures import unit_figures
from grading.intake import read_audit
from grading.language.figures_text import counts_text
from grading.model.base import Status
from grading.vocabulary import BASIS, UNGRADED
from tests.reports.made import ENGINE, EXAMPLES, REPORTS, Made, made, of, unspaced

every_report = pytest.mark.parametrize("kind", REPORTS)


@every_report
def test_every_gap_line_can_be_found_by_its_id(kind: str) -> None:
    report = REPORTS[kind]()
    ids = [line.id for gaps in report.gaps for line in gaps.lines]
    assert [id_ for id_ in ids if id_ not in report.text] == []


@every_report
def test_every_id_that_a_step_of_the_plan_closes_is_named(kind: str) -> None:
    report = REPORTS[kind]()
    sets = [step.cheapest for gaps in report.gaps for step in gaps.steps if step.cheapest is not None]
    assert [id_ for found in sets for change in found.changes for id_ in change.lines if id_ not in report.text] == []


@every_report
def test_every_indicator_appears_in_the_trace(kind: str) -> None:
    report = REPORTS[kind]()
    titles = {i.title for ruleset in report.rulesets.values() for i in ruleset.indicators}
    assert [title for title in titles if unspaced(title) not in report.text] == []


@every_report
def test_the_trace_begins_with_the_entries_that_concluded_grade_and_attainable_level(kind: str) -> None:
    report = REPORTS[kind]()
    for unit in report.grading.units:
        for entry in unit.trace:
            if set(entry.concludes) in ({"grade"}, {"attainable"}):
                assert f"[{entry.seq}]" in report.text


def test_the_cover_says_whose_report_it_is_and_what_came_out() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    cover = report.pages[0]
    for said in (
        "神木市恒泽兰炭有限责任公司",
        "91610881MA70D2R594",
        "91610881MA70D2R594001P",
        "陕西省榆林市神木市（610881）",
        "2023年9月26日",
        "现评等级待定(D～C)",
        "还缺2项证据，15项限值待主管部门核实",
        "A级",
        "环办大气函〔2020〕340号",
        report.grading.audit_digest,
        report.grading.units[0].ruleset_digest,
    ):
        assert said in cover


@pytest.mark.parametrize("example", ["rubber/weicheng_tyre", "brick/liquan-two-kilns"])
def test_the_cover_of_one_unit_and_of_two_is_one_page(example: str) -> None:
    pages = made(example, "trial").pages
    assert "逐字节相同" in pages[0]
    assert "目录" in pages[1]


def test_a_way_that_asks_for_more_of_the_same_is_not_offered_but_named_by_its_id() -> None:
    report = made("lime/fuping-mixed-feed", "trial")
    (harder,) = [line for line in report.gaps[0].lines if line.better_level is not None]
    (choice,) = report.gaps[0].alternatives
    assert len(choice.ways) == 2
    assert "或达到" not in report.text
    assert "可选途径" not in report.text
    assert harder.id in report.text


def test_the_cover_of_a_draft_says_so_and_counts_what_is_not_known() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    assert re.search(
        r"草案。所依据的规则集未经专家审定：全规则集有(\d+项数值待核实，)?\d+项为暂定值，\d+项可信度低", report.pages[0]
    )


@every_report
def test_a_draft_is_marked_on_every_page(kind: str) -> None:
    report = REPORTS[kind]()
    assert all(ruleset.review.status == "draft" for ruleset in report.rulesets.values())
    assert all("依据草案规则，未经审定" in text for text in report.pages)


def test_a_trial_is_marked_on_every_page_and_in_the_file_itself() -> None:
    report = made("rubber/weicheng_tyre", "trial")
    assert all("试算结果，不得公布" in text for text in report.pages)
    assert all("试算" in text.replace("试算结果，不得公布", "", 1) for text in report.pages), "across the page"
    information = report.reader.metadata
    assert information is not None
    assert "试算" in str(information.subject)
    assert "试算结果，不得公布" in report.html


def test_a_trial_says_which_figures_its_grade_rests_on_and_names_the_decisive_ones() -> None:
    report = made("rubber/weicheng_tyre", "trial")
    (figures,) = unit_figures(report.rulesets, report.audit, report.grading)
    assert figures is not None
    assert figures.decisive
    assert counts_text(figures) in report.html
    assert all(f"<li>{figure.text}（{BASIS[figure.basis]}）</li>" in report.html for figure in figures.decisive)
    assert "项数值中" not in made("rubber/weicheng_tyre", "official").html


def test_nothing_is_called_a_trial_that_is_none() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    assert not any("试算结果" in text for text in report.pages)


def test_unmet_missing_and_open_figures_are_lists_of_their_own() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    text = report.text
    sections = [text.rindex(title) for title in ("三、不满足的要求", "四、待补证据", "五、待核实数值", "六、达标路径")]
    (gaps,) = report.gaps
    for line in gaps.lines:
        position = {"unmet": 0, "unknown": 1, "unresolved": 2}[line.status]
        assert line.id in text[sections[position] : sections[position + 1]]


def test_a_gap_shows_required_actual_difference_place_remedy_cost_and_evidence() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    line = next(line for line in report.gaps[0].lines if line.fact == "dcs_retention_months")
    start = report.text.index(line.id)
    cell = report.text[start - 40 : start + 400]
    for said in ("不少于12个月", "6个月", "尚差6个月", "历史数据库导出"):
        assert said in cell


def test_levels_and_dimensions_stand_by_symbol_and_word_not_by_colour_alone() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    matrix = report.text[report.text.rindex("二、等级矩阵") : report.text.rindex("三、不满足的要求")]
    assert "×不满足" in matrix
    assert "√满足" in matrix
    assert "？未知" in matrix
    assert "治污设施绩效" in matrix


def test_each_step_says_whether_grading_the_changed_audit_proved_it() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    for step in report.gaps[0].steps:
        assert step.cheapest is not None
        assert f"{step.level_from}级→{step.level_to}级" in report.text
        if not step.cheapest.enough:
            grade, attainable = step.cheapest.outcome
            now = f"待定({grade}～{attainable})" if grade != attainable else f"{grade}级"
            assert f"评级为{now}" in report.text


@every_report
def test_steps_tell_only_what_there_is_to_do(kind: str) -> None:
    report = REPORTS[kind]()
    assert re.findall(r"(?:整改|补证) 0 项|确需整改的? 未估算", report.html) == []
    steps = re.findall(r'<li><span class="strong">第.步 .*?</span>(.)', report.html)
    assert set(steps) <= {"\u3000"}


def test_a_step_that_is_proven_says_so() -> None:
    report = made("industrial_coating/xingping-solvent-machinery", "trial", "A")
    proven = [step for step in report.gaps[0].steps if step.cheapest is not None and step.cheapest.enough]
    assert bool(proven) == ("已验证：完成下列改动后重新评级" in report.text)


def test_alerts_stand_side_by_side_for_today_and_for_the_target() -> None:
    report = made("concrete/qindu-rongsheng-ready-mixed")
    section = report.text[report.text.rindex("八、预警期间的管控") :]
    for said in (
        "现在（待定(非引领性～引领性)，暂按非引领性）",
        "目标（引领性）",
        "黄色预警",
        "橙色预警",
        "红色预警",
        "停产",
        "自主减排",
    ):
        assert said in section


def test_every_unit_has_its_own_part() -> None:
    report = made("concrete/jingyang-concrete-and-mortar")
    for unit in report.audit.units:
        assert report.text.count(f"评级单元{unit.id}") >= 2
    assert report.text.count("不满足的要求") >= 2 * len(report.audit.units)


def test_a_unit_that_is_not_graded_is_told_to_be_managed_as_the_floor() -> None:
    raw = json.loads((EXAMPLES / "concrete/jingyang-concrete-and-mortar.json").read_text(encoding="utf-8"))
    raw["enterprise"]["facts"]["holds_permit"] = False
    report = of(read_audit(json.dumps(raw), ENGINE.library))
    assert report.grading.outcome == ("ungraded", "ungraded")
    assert UNGRADED in report.pages[0]
    assert "本单元现不纳入绩效分级，按最低等级管理" in report.text
    met = [gate.id for unit in report.grading.units for gate in unit.gates if gate.status is Status.MET]
    titles = [g.title for ruleset in report.rulesets.values() for g in ruleset.gates if g.id in met]
    assert all(unspaced(str(title)) in report.text for title in titles)


def test_a_unit_on_the_best_level_has_nothing_to_do() -> None:
    report = made("industrial_coating/qindu-waterborne-frames")
    assert "已是所用等级标尺的最好等级，没有差距项" in report.text
    assert "没有不满足的要求" in report.text


def test_a_value_far_from_its_limit_is_asked_about_before_anything_is_rebuilt_for_it() -> None:
    raw = json.loads((EXAMPLES / "lime/fuping-mixed-feed.json").read_text(encoding="utf-8"))
    question = unspaced("填报值请先核对：")
    assert question not in of(read_audit(json.dumps(raw), ENGINE.library)).text
    raw["units"][0]["groups"]["kilns"][0]["kiln_so2"] = 9999
    report = of(read_audit(json.dumps(raw), ENGINE.library))
    assert report.text.count(question) == 1
    # The limit is of what is computed at the baseline oxygen; the slip is in what was stated.
    asked = report.text.partition(question)[2]
    assert "11223mg/m³（最宽的限值200mg/m³，由窑二氧化硫实测浓度9999mg/m³、" in asked


@every_report
def test_what_has_a_name_is_not_called_by_its_code(kind: str) -> None:
    report = REPORTS[kind]()
    codes = {code for ruleset in report.rulesets.values() for code in _codes(report, ruleset.id)}
    said = set(re.findall(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+", report.html))
    assert said & codes == set()


def _codes(report: Made, ruleset_id: str) -> set[str]:
    ruleset = report.rulesets[ruleset_id]
    options = {option for fact in ruleset.facts.values() for option in fact.options}
    named = (ruleset.facts, ruleset.groups, ruleset.computed, ruleset.dimensions, ruleset.scopes)
    ids = (
        {id_ for entries in named for id_ in entries}
        | {i.id for i in ruleset.indicators}
        | {g.id for g in ruleset.gates}
    )
    return {code for code in ids | options if "_" in code}


@every_report
def test_every_source_that_is_referred_to_is_listed(kind: str) -> None:
    report = REPORTS[kind]()
    body, _, sources = report.html.partition('id="sources"')
    referred = {int(n) for listed in re.findall(r"据 (\d+(?:、\d+)*)", body) for n in listed.split("、")}
    numbered = {int(n) for n in re.findall(r'<th scope="row">(\d+)　', sources)}
    assert referred <= numbered
    assert numbered == set(range(1, len(numbered) + 1))


def test_the_cover_of_many_units_tells_of_their_drafts_once_and_each_part_of_its_edition() -> None:
    examples = ("alumina/pucheng-bayer", "footwear/changan-cement-shoes", "molybdenum_smelting/huazhou-roasting")
    first, *others = [json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8")) for name in examples]
    boards = json.loads((EXAMPLES / "wood_panels/wugong-plywood.json").read_text(encoding="utf-8"))
    first["units"] += [one["units"][0] | {"id": f"line-{n}"} for n, one in enumerate((*others, boards), 2)]
    report = of(read_audit(json.dumps(first), ENGINE.library))
    assert report.html.count("所依据的 4 个规则集未经专家审定") == 1
    assert report.html.count("依据：氧化铝，环办大气函〔2020〕340号") == 1
