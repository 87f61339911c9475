"""`grading ruleset …` as its user sees it: what is printed, and the exit code that scripts go by."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from grading.cli.main import app
from tests.language.shelf import FACTS, HEAD, INDICATORS, ruleset_text, shelf

CASES = """\
- {name: 皮带密闭且达标，评 A 级, facts: {closed: true, dust: 10.00}, expect: {grade: A}}
- {name: 颗粒物 10.01，差一点，评 B 级, facts: {closed: true, dust: 10.01}, expect: {grade: B, unmet: {A: [limits]}}}
"""


def grading(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--rulesets", str(root), "ruleset", *arguments], env={"COLUMNS": "140"})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shelf(tmp_path, {"e/r.cases.yaml": CASES, "f/r.yaml": ruleset_text(head=HEAD.replace("e/r", "f/r"))})
    return tmp_path


# ── list ──


def test_list_shows_each_ruleset_with_its_counts(root: Path) -> None:
    result = grading(root, "list")
    assert result.exit_code == 0
    row = next(line for line in result.stdout.splitlines() if line.startswith("e/r"))
    assert row.split() == ["e/r", "试验行业", "A/B/D", "草案", "1", "3", "2", "0", "0", "0"]


def test_list_as_json_has_editions_and_counts(root: Path) -> None:
    found = json.loads(grading(root, "list", "f/r", "--json").stdout)
    assert [(r["id"], r["effective"], r["levels"], r["counts"]["criteria"]) for r in found] == [
        ("f/r", "2020-06-29", ["A", "B", "D"], 3)
    ]


# ── check ──


def test_check_of_rulesets_in_order_says_so(root: Path) -> None:
    result = grading(root, "check")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "2 个规则集：0 个错误，0 个提醒"


def test_check_prints_findings_like_a_compiler_and_fails(root: Path) -> None:
    text = ruleset_text(indicators=INDICATORS.replace("fact: dust, at_most: 20", "fact: dusk, at_most: 20"))
    (root / "e/r.yaml").write_text(text, encoding="utf-8")
    result = grading(root, "check")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == (
        f"{root}/e/r.yaml:17: error: indicators[0].levels.B.require.fact: 没有事实 `dusk`；是否为 `dust`"
    )
    assert result.stdout.splitlines()[-1] == "2 个规则集：1 个错误，0 个提醒"


def test_check_of_one_ruleset_says_nothing_of_the_others(root: Path) -> None:
    (root / "f/r.yaml").write_text("id: 3\n", encoding="utf-8")
    assert grading(root, "check", "e/r").exit_code == 0
    assert grading(root, "check", "f/r").exit_code == 1


def test_warnings_do_not_fail(root: Path) -> None:
    (root / "e/r.yaml").write_text(ruleset_text().replace("    remedy: {text: 治理}\n", ""), encoding="utf-8")
    result = grading(root, "check", "e/r")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "1 个规则集：0 个错误，1 个提醒")


def test_check_as_json_has_every_finding_with_its_place(root: Path) -> None:
    (root / "e/r.yaml").write_text(ruleset_text().replace("at_most: 20", "at_most: 501"), encoding="utf-8")
    result = grading(root, "check", "e", "--json")
    assert result.exit_code == 1
    (found,) = json.loads(result.stdout)["rulesets"]
    assert found["counts"]["indicators"] == 1
    assert found["problems"] == [
        {
            "file": f"{root}/e/r.yaml",
            "line": 17,
            "place": "indicators[0].levels.B.require.at_most",
            "code": "figure_above_most",
            "message": "501 大于 `dust` 的最大值 500",
            "severity": "error",
        }
    ]


def test_check_finds_what_does_not_fit_the_engine(root: Path) -> None:
    facts = FACTS.replace("max: 500, decimals: 2", "decimals: 6")
    text = ruleset_text(facts=facts, indicators=INDICATORS.replace("at_most: 20", "at_most: 900000000000000"))
    (root / "e/r.yaml").write_text(text, encoding="utf-8")
    result = grading(root, "check", "e/r")
    assert result.exit_code == 1
    assert "超出引擎的容量：dust：900000000000000 取 6 位小数，超出可精确表示的整数" in result.stdout


def test_check_finds_cases_that_are_malformed(root: Path) -> None:
    (root / "e/r.cases.yaml").write_text(CASES.replace("grade: A", "grade: E"), encoding="utf-8")
    result = grading(root, "check", "e/r")
    assert result.exit_code == 1
    assert "e/r.cases.yaml:1: error: [0].expect.grade: 没有等级 `E`；可用 A、B、D、ungraded" in result.stdout


# ── names ──


@pytest.mark.parametrize("name", ["e/r", "e", "FILE"], ids=["id", "edition", "file"])
def test_a_ruleset_is_named_by_id_edition_or_file(root: Path, name: str) -> None:
    wanted = str(root / "e/r.yaml") if name == "FILE" else name
    assert [r["id"] for r in json.loads(grading(root, "list", wanted, "--json").stdout)] == ["e/r"]


def test_an_industry_names_all_its_editions(root: Path) -> None:
    assert [r["id"] for r in json.loads(grading(root, "list", "r", "--json").stdout)] == ["e/r", "f/r"]


def test_an_unknown_name_is_a_wrong_call_with_a_hint(root: Path) -> None:
    result = grading(root, "check", "e/rr")
    assert result.exit_code == 2
    assert result.stderr.startswith("没有规则集“e/rr”；是否指 e/r")


# ── test ──


def test_test_reports_like_a_test_runner(root: Path) -> None:
    result = grading(root, "test", "e/r")
    assert result.exit_code == 0
    first, last = result.stdout.splitlines()
    assert first == "e/r .."
    assert last.startswith("2 例通过，0 例不通过（")


def test_verbose_names_every_case(root: Path) -> None:
    assert "  ✓ 皮带密闭且达标，评 A 级" in grading(root, "test", "e/r", "-v").stdout.splitlines()


def test_a_filter_runs_the_cases_whose_names_have_it(root: Path) -> None:
    assert grading(root, "test", "-k", "差一点").stdout.splitlines()[-1].startswith("1 例通过，0 例不通过（")


def test_a_failed_case_is_explained_with_its_place_and_differences(root: Path) -> None:
    (root / "e/r.cases.yaml").write_text(CASES.replace("unmet: {A: [limits]}", "unmet: {A: []}"), encoding="utf-8")
    result = grading(root, "test", "e/r")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:-1] == [
        "e/r .✗",
        "",
        "✗ 颗粒物 10.01，差一点，评 B 级",
        f"  e/r · {root}/e/r.cases.yaml:2",
        "  不满足的指标（A）",
        "    应为 （无）",
        "    实为 limits",
        "    + 多出 limits",
    ]
    assert result.stdout.splitlines()[-1].startswith("1 例通过，1 例不通过（")


def test_a_mistake_in_a_base_case_is_told_once(root: Path) -> None:
    cases = "- {name: 甲, facts: {dusk: 1}, expect: {grade: D}}\n" + "".join(
        f"- {{name: 乙{i}, based_on: 甲, expect: {{grade: D}}}}\n" for i in range(3)
    )
    (root / "e/r.cases.yaml").write_text(cases, encoding="utf-8")
    result = grading(root, "test", "e/r")
    assert result.stdout.count("`dusk`") + result.stdout.count("facts.dusk") == 1
    assert "  以及以它为基础的等 3 个用例" in result.stdout.splitlines()


def test_a_ruleset_that_can_not_be_run_fails_and_the_others_still_run(root: Path) -> None:
    (root / "f/r.yaml").write_text("id: 3\n", encoding="utf-8")
    result = grading(root, "test")
    assert result.exit_code == 1
    assert "f/r 无法运行：" in result.stderr
    assert result.stdout.splitlines()[-1].startswith("2 例通过，0 例不通过，1 个规则集无法运行（")


def test_test_as_json_has_every_case_with_its_differences(root: Path) -> None:
    (root / "e/r.cases.yaml").write_text(CASES.replace("grade: B", "grade: D"), encoding="utf-8")
    result = grading(root, "test", "e/r", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["passed"], found["failed"]) == (1, 1)
    assert found["rulesets"][0]["cases"][1]["differences"] == [{"what": "grade", "expected": "D", "actual": "B"}]


# ── coverage, cases ──


def test_coverage_counts_the_mistakes_that_the_cases_notice_and_names_the_rest(root: Path) -> None:
    result = grading(root, "coverage", "e/r")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "e/r：用例 2 个"
    assert "  可区分的改动 9 处，用例察觉 7 处（77.8%）" in lines
    assert "    未察觉 · limits.B：颗粒物不高于 20 mg/m³ → 颗粒物不高于 20.01 mg/m³" in lines


def test_coverage_fails_below_the_share_that_is_asked_for(root: Path) -> None:
    assert grading(root, "coverage", "e/r", "--least", "77").exit_code == 0
    assert grading(root, "coverage", "e/r", "--least", "78").exit_code == 1


def test_coverage_as_json_has_every_condition_and_mistake(root: Path) -> None:
    (found,) = json.loads(grading(root, "coverage", "e/r", "--json").stdout)["rulesets"]
    assert (found["id"], found["cases"], found["mutants"]["killed"], found["mutants"]["share"]) == ("e/r", 2, 7, 0.7778)
    dust = next(one for one in found["conditions"] if one["criterion"] == "limits.A.all[0]")
    assert (dust["figure"], dust["met"], dust["unmet"], dust["unknown"]) == (True, 1, 1, 0)
    assert {"kind": "level", "criterion": "limits.A↔B", "text": "A级 与 B级 的要求互换"} not in found["mutants"]["left"]
    assert found["mutants"]["equivalent"] == []


def test_cases_are_listed_with_what_they_expect(root: Path) -> None:
    listed = json.loads(grading(root, "cases", "e/r", "--json").stdout)["cases"]
    assert [(one["name"], one["mode"], one["expect"]["grade"]) for one in listed] == [
        ("皮带密闭且达标，评 A 级", "official", "A"),
        ("颗粒物 10.01，差一点，评 B 级", "official", "B"),
    ]
    assert "颗粒物 10.01，差一点，评 B 级" in grading(root, "cases", "e/r").stdout


def test_suggested_cases_are_written_without_an_answer(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "suggested.yaml"
    result = grading(root, "cases", "e/r", "--suggest", "-o", str(file))
    assert result.exit_code == 0
    assert result.stderr.startswith("建议补充 ")
    assert "可再察觉 2 处改动；答案待人判断" in result.stderr.replace("\n", "")
    text = file.read_text(encoding="utf-8")
    assert text.count("expect: {}   # 待判断") == text.count("- name: ")


def test_a_case_that_can_not_be_graded_is_told_by_coverage(root: Path) -> None:
    (root / "e/r.cases.yaml").write_text("- {name: 甲, facts: {dust: 999}, expect: {grade: D}}\n", encoding="utf-8")
    result = grading(root, "coverage", "e/r")
    assert result.exit_code == 1
    assert "e/r：有用例不能评级" in result.stderr


# ── prove ──


def test_prove_says_that_every_level_can_be_reached_and_writes_the_audits(root: Path, tmp_path: Path) -> None:
    result = grading(root, "prove", "e/r", "-o", str(tmp_path / "audits"))
    assert result.exit_code == 0, result.stdout
    written = sorted(tmp_path.glob("audits/**/*.json"))
    assert written
    assert "可评上" in result.stdout


def test_prove_fails_for_a_criterion_that_can_not_be_met(root: Path) -> None:
    text = ruleset_text(indicators=INDICATORS.replace("at_most: 10}", "above: 500}"))
    (root / "e/r.yaml").write_text(text, encoding="utf-8")
    result = grading(root, "prove", "e/r", "--json")
    assert result.exit_code == 1
    (proof,) = json.loads(result.stdout)["rulesets"]
    assert proof["id"] == "e/r"


# ── show ──


def test_show_prints_levels_gates_and_measures_in_prose(root: Path) -> None:
    gate = (
        "gates:\n  - {id: falsified, title: 弄虚作假, when: {fact: closed, equals: false}, effect: {cap: B}, text: 限为 B 级,"
        " cite: {document: 文件, clause: 第5条}, basis: standard, confidence: high}\n"
    )
    (root / "e/r.yaml").write_text(ruleset_text(more=gate), encoding="utf-8")
    result = grading(root, "show", "e/r")
    assert result.exit_code == 0
    for said in (
        "排放限值",
        "颗粒物和密闭  limits · 查阅资料",
        "判定：颗粒物不高于 10 mg/m³；皮带密闭为“是”",
        "来源：见于原文，可信度高，试验文件",
        "弄虚作假  falsified → 不高于 B级",
        "来源：引自标准，可信度高，文件 第5条",
        "自主减排 [1]",
    ):
        assert said in result.stdout


def test_show_as_json_is_the_merged_ruleset(root: Path) -> None:
    found = json.loads(grading(root, "show", "e/r", "--json").stdout)
    assert found["facts"]["dust"] == {
        "id": "dust",
        "label": "颗粒物",
        "type": "number",
        "unit": "mg/m3",
        "min": 0,
        "max": 500,
        "decimals": 2,
        "changed_by": "works",
    }


def test_show_wants_one_ruleset(root: Path) -> None:
    result = grading(root, "show", "r")
    assert (result.exit_code, result.stderr) == (2, "“r”指的规则集不止一个：试验行业（e/r）、试验行业（f/r）\n")


@pytest.mark.parametrize("command", ["show", "list"])
def test_a_broken_ruleset_is_told_instead_of_shown(root: Path, command: str) -> None:
    (root / "e/r.yaml").write_text(ruleset_text().replace("unit:", "units:"), encoding="utf-8")
    result = grading(root, command, "e/r")
    assert result.exit_code == 1
    assert "e/r.yaml:10: error: facts[1].units: 没有这样的键；是否为 `unit`" in result.stderr


def test_markup_in_texts_is_text(root: Path) -> None:
    text = ruleset_text().replace("text: 不高于 20", 'text: "[red]不高于[/red] 20 [x]"')
    (root / "e/r.yaml").write_text(text, encoding="utf-8")
    assert "[red]不高于[/red] 20 [x]" in grading(root, "show", "e/r").stdout
