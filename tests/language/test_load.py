"""Rulesets are loaded whole or not at all, and everything that is wrong is told at once, each with its line."""

from pathlib import Path

import pytest

from grading.language.load import Library
from grading.language.problems import LanguageError
from tests.language.shelf import FACTS, HEAD, KNOWN, line_of, problems_of, ruleset_text, shelf


def found(library: Library, ruleset_id: str = "e/r") -> list[tuple[str, int, str, str]]:
    return [(Path(p.file).name, p.line, p.place, p.reason.english) for p in problems_of(library, ruleset_id)]


def test_a_ruleset_in_order_loads(tmp_path: Path) -> None:
    ruleset = shelf(tmp_path).ruleset("e/r")
    assert (ruleset.id, list(ruleset.facts), [i.id for i in ruleset.indicators]) == (
        "e/r",
        ["closed", "dust"],
        ["limits"],
    )


def test_cases_and_parts_are_no_rulesets(tmp_path: Path) -> None:
    library = shelf(tmp_path, {"common/p.yaml": "title: 部分\n", "e/r.cases.yaml": "[]\n"})
    assert library.ids() == ("e/r",)


def test_a_ruleset_that_is_not_there_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        shelf(tmp_path).ruleset("e/other")


def test_an_unknown_key_is_told_with_its_line_and_the_key_that_was_meant(tmp_path: Path) -> None:
    text = ruleset_text().replace("decimals: 2", "decimal: 2")
    assert found(shelf(tmp_path, {"e/r.yaml": text})) == [
        ("r.yaml", line_of(text, "decimal: 2"), "facts[1].decimal", "unknown key; perhaps `decimals`")
    ]


def test_errors_of_all_kinds_are_told_at_once(tmp_path: Path) -> None:
    text = """\
    id: e/r
    title: 试验行业
    scale: abd
    edition: {document: 试验文件, effective: soon}
    jurisdiction: 100000
    review: {status: reviewed}
    colour: red
    facts:
      - {id: a, label: 甲, type: numeric}
      - {id: a, label: 又一个甲, type: boolean, changed_by: works}
      - {id: b, type: boolean, changed_by: works}
    """
    assert found(shelf(tmp_path, {"e/r.yaml": text})) == [
        ("r.yaml", 4, "edition.effective", "should be a day like 2023-09-10, is `soon`"),
        ("r.yaml", 5, "jurisdiction", "should be a text, is `100000`; put it in quotes"),
        ("r.yaml", 6, "review", "a reviewed edition names `reviewer` and `on`"),
        ("r.yaml", 7, "colour", "unknown key"),
        (
            "r.yaml",
            9,
            "facts[0].type",
            "should be 'number', 'boolean', 'choice', 'choices' or 'date', is `numeric`",
        ),
        ("r.yaml", 10, "facts[1]", "duplicate id `a`, first on line 9"),
        ("r.yaml", 11, "facts[2].label", "is missing"),
    ]


CONDITIONS = {
    "an unknown key inside each": (
        "{each: outlets, require: {fact: dust, atmost: 3}}",
        ".require.atmost",
        "unknown key; perhaps `at_most`",
    ),
    "an unknown key of each": (
        "{each: outlets, require: {fact: dust, at_most: 3}, wher: 1}",
        ".wher",
        "perhaps `where`",
    ),
    "each without require": ("{each: outlets}", ".require", "is missing"),
    "two operators": ("{fact: dust, at_most: 3, at_least: 1}", "", "several operators: at_most, at_least"),
    "no operator": ("{fact: dust}", "", "no operator; a comparison has exactly one of at_most"),
    "no form": ("{dust: 3}", "", "it needs one of fact, all, any, not, at_least_of, each, some"),
    "a list as a threshold": ("{not: {not: {fact: dust, at_most: [1]}}}", ".not.not.at_most", "is a list"),
    "an empty list": ("{all: [{any: []}]}", ".all[0].any", "should be at least 1 long, is empty"),
    "more than there are": (
        "{at_least_of: 3, of: [{fact: dust, at_most: 3}]}",
        "",
        "at_least_of asks for 3 of 1 conditions",
    ),
}


@pytest.mark.parametrize(("condition", "place", "message"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_malformed_condition_is_told_at_its_own_place(
    tmp_path: Path, condition: str, place: str, message: str
) -> None:
    text = ruleset_text().replace("{fact: dust, at_most: 20}", condition)
    ((file, line, found_at, said),) = found(shelf(tmp_path, {"e/r.yaml": text}))
    assert (file, line, found_at) == ("r.yaml", line_of(text, condition), f"indicators[0].levels.B.require{place}")
    assert message in said


def test_wrong_scales_and_dimensions_are_told_with_their_lines(tmp_path: Path) -> None:
    library = shelf(
        tmp_path,
        {
            "scales.yaml": "abd:\n  label: 二级\n  levels:\n    - {id: A, label: A级, standing: one}\n",
            "dimensions.yaml": "dimensions:\n  treatment: {labl: 治理}\nscopes: {s: {label: 范围, dimensions: [x]}}\n",
        },
    )
    assert {(file, line, place) for file, line, place, _ in found(library)} >= {
        ("scales.yaml", 4, "abd.levels[0].standing"),
        ("dimensions.yaml", 2, "dimensions.treatment.labl"),
        ("dimensions.yaml", 3, "scopes.s.dimensions[0]"),
    }


def test_the_standing_of_levels_falls_along_the_scale(tmp_path: Path) -> None:
    scales = """\
    abd:
      label: A/B/D
      levels:
        - {id: A, label: A级, standing: 2}
        - {id: B, label: B级, standing: 1}
        - {id: D, label: D级, standing: 5}
    """
    assert found(shelf(tmp_path, {"scales.yaml": scales})) == [
        (
            "scales.yaml",
            5,
            "abd.levels[1].standing",
            "standing 1 should be above 2, that of the better level `A`; 1 is best",
        )
    ]


def test_a_level_stands_alike_in_all_scales(tmp_path: Path) -> None:
    scales = """\
    ab:
      label: A/B
      levels:
        - {id: A, label: A级, standing: 1}
        - {id: B, label: B级, standing: 2}
    abc:
      label: A/B/C
      levels:
        - {id: A, label: A级, standing: 1}
        - {id: B, label: B级, standing: 3}
        - {id: C, label: C级, standing: 4}
    """
    (problem,) = found(shelf(tmp_path, {"scales.yaml": scales}))
    assert problem[1:3] == (10, "abc.levels[1].standing")


PART = """\
facts:
  - {id: dust, label: 部分里的颗粒物, type: number, changed_by: works}
  - {id: noise, label: 噪声, type: number, changed_by: works}
"""


def test_parts_come_first_and_the_own_entry_replaces_theirs_whole_in_its_place(tmp_path: Path) -> None:
    library = shelf(tmp_path, {"common/p.yaml": PART, "e/r.yaml": ruleset_text(head=HEAD + "include: [common/p]\n")})
    ruleset = library.ruleset("e/r")
    assert list(ruleset.facts) == ["dust", "noise", "closed"]
    assert (ruleset.facts["dust"].label, ruleset.facts["dust"].unit) == ("颗粒物", "mg/m3")


def test_a_later_part_replaces_an_earlier_one(tmp_path: Path) -> None:
    library = shelf(
        tmp_path,
        {
            "common/p.yaml": PART,
            "common/q.yaml": PART.replace("噪声", "厂界噪声"),
            "e/r.yaml": ruleset_text(head=HEAD + "include: [common/p, common/q]\n"),
        },
    )
    assert library.ruleset("e/r").facts["noise"].label == "厂界噪声"


LOCAL = """\
id: e/local
edition: {document: 地方文件, effective: 2023-01-01}
jurisdiction: "610400"
review: {status: draft}
extends: e/r
notes: [地方待定]
facts:
  - {id: dust, label: 颗粒物（地方）, type: number, changed_by: works, unit: mg/m3, min: 0, max: 300}
"""


def test_a_local_edition_starts_from_its_parent(tmp_path: Path) -> None:
    ruleset = shelf(tmp_path, {"e/local.yaml": LOCAL}).ruleset("e/local")
    assert (ruleset.title, ruleset.scale_id, ruleset.edition.document) == ("试验行业", "abd", "地方文件")
    assert [(fact.id, fact.label) for fact in ruleset.facts.values()] == [
        ("closed", "皮带密闭"),
        ("dust", "颗粒物（地方）"),
    ]
    assert [indicator.id for indicator in ruleset.indicators] == ["limits"]


def test_a_later_file_replaces_the_measures_of_a_level_and_keeps_the_others(tmp_path: Path) -> None:
    local = LOCAL + f"measures: {{red: {{A: [{{text: 停产, kind: stop, {KNOWN}}}]}}}}\n"
    measures = shelf(tmp_path, {"e/local.yaml": local}).ruleset("e/local").measures
    assert [measures.at("red", level)[0].text for level in ("A", "B", "D")] == ["停产", "自主减排", "自主减排"]
    assert measures.at("yellow", "A")[0].text == "自主减排"


def test_the_order_of_indicators_is_that_of_the_dimensions(tmp_path: Path) -> None:
    more = f"""\
      - id: technique
        dimension: treatment
        title: 治理技术
        levels: {{"A,B": {{require: {{fact: closed, equals: true}}, text: 密闭}}}}
        {KNOWN.replace(", basis", chr(10) + "        basis").replace(", confidence", chr(10) + "        confidence")}
        remedy: {{text: 治理}}
    """
    text = ruleset_text(indicators=ruleset_text(head="", facts="", measures="") + more.replace("\n    ", "\n"))
    text = text.replace("      - id: technique", "  - id: technique")
    assert [i.id for i in shelf(tmp_path, {"e/r.yaml": text}).ruleset("e/r").indicators] == ["technique", "limits"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("extends: e/nothing", "there is no ruleset `e/nothing`"),
        ("extends: e/r", "extends itself: e/r → e/r"),
        ("include: [common/nothing]", "there is no part `common/nothing`"),
        ("scale: abc", "there is no scale `abc`; there are abd"),
        ("id: e/other", "is `e/other` but the file's place says `e/r`"),
    ],
)
def test_a_reference_to_nothing_is_told_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    key = line.partition(":")[0]
    head = "".join(row + "\n" for row in HEAD.splitlines() if not row.startswith(f"{key}:")) + line + "\n"
    text = ruleset_text(head=head)
    assert message in [
        said for _, at, _, said in found(shelf(tmp_path, {"e/r.yaml": text})) if at == line_of(text, line)
    ]


def test_an_edition_without_parent_must_say_title_scale_and_industry(tmp_path: Path) -> None:
    head = "".join(row + "\n" for row in HEAD.splitlines() if not row.startswith(("title:", "scale:", "industry:")))
    ((_, _, _, said),) = found(shelf(tmp_path, {"e/r.yaml": ruleset_text(head=head)}))
    assert said == "lacks title, scale, industry and extends nothing that has it"


def test_a_part_has_content_and_nothing_else(tmp_path: Path) -> None:
    files = {"common/p.yaml": "scale: abd\nfacts: []\n", "e/r.yaml": ruleset_text(head=HEAD + "include: [common/p]\n")}
    assert [(file, line, said) for file, line, _, said in found(shelf(tmp_path, files))] == [
        ("p.yaml", 1, "can't stand here")
    ]


def test_a_ruleset_that_could_give_a_wrong_grade_is_not_loaded(tmp_path: Path) -> None:
    """A level that the scale does not have would silently never be asked for."""
    text = ruleset_text().replace("      B: {", "      C: {")
    with pytest.raises(LanguageError, match="e/r 没有等级 `C`；可用 A、B"):
        shelf(tmp_path, {"e/r.yaml": text}).ruleset("e/r")


def test_a_ruleset_that_only_lacks_a_citation_can_be_used(tmp_path: Path) -> None:
    text = ruleset_text().replace("    cite: {document: 试验文件}\n", "")
    assert shelf(tmp_path, {"e/r.yaml": text}).ruleset("e/r").indicators[0].cite is None


def test_facts_stay_what_they_are_in_yaml_traps(tmp_path: Path) -> None:
    facts = (
        FACTS + "  - {id: fuel, label: 燃料, type: choice, changed_by: works, options: {none: 无, on: 开, no: 否}}\n"
    )
    indicators = ruleset_text(head="", facts="", measures="").replace(
        "{fact: closed, equals: true}", "{fact: closed, equals: true}, {fact: fuel, one_of: [on, no]}"
    )
    fuel = shelf(tmp_path, {"e/r.yaml": ruleset_text(facts=facts, indicators=indicators)}).ruleset("e/r").facts["fuel"]
    assert fuel.options == {"none": "无", "on": "开", "no": "否"}
