"""Cases files are read strictly, and a case that could pass for nothing is refused."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from grading.case_runner import CaseResult, run_case
from grading.engine.grade import Engine
from grading.language.cases import Case, read_cases
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.base import Mode
from tests.language.shelf import FACTS, line_of, ruleset_text, shelf

GOOD = """\
- name: 达标
  facts: {closed: true, dust: 8.25}
  expect: {grade: A, attainable: A}
"""


def cases(root: Path, text: str, **files: str) -> tuple[Case, ...]:
    return read_cases(shelf(root, {"e/r.cases.yaml": text, **files}), "e/r")


def problems(root: Path, text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(LanguageError) as raised:
        cases(root, text)
    return [(p.line, p.place, p.reason.english) for p in raised.value.problems]


def test_a_case_is_read_with_its_line_and_exact_numbers(tmp_path: Path) -> None:
    (case,) = cases(tmp_path, GOOD)
    assert (case.name, case.line, case.facts["dust"], case.mode) == ("达标", 1, Decimal("8.25"), Mode.OFFICIAL)
    assert case.assessed_on == date(2023, 9, 10)


def test_a_ruleset_without_cases_file_has_no_cases(tmp_path: Path) -> None:
    assert read_cases(shelf(tmp_path), "e/r") == ()


def test_a_case_starts_from_the_one_it_is_based_on(tmp_path: Path) -> None:
    text = GOOD + "- {name: 超标, based_on: 达标, facts: {dust: 30}, expect: {grade: D}}\n"
    _, case = cases(tmp_path, text)
    assert case.facts == {"closed": True, "dust": Decimal(30)}


def test_a_null_takes_a_fact_away(tmp_path: Path) -> None:
    text = GOOD + "- {name: 缺数据, based_on: 达标, facts: {dust: null}, expect: {grade: D}}\n"
    _, case = cases(tmp_path, text)
    assert case.facts == {"closed": True}


def test_a_case_may_be_based_on_a_later_one_and_so_on(tmp_path: Path) -> None:
    text = (
        "- {name: 丙, based_on: 乙, facts: {closed: false}, expect: {grade: D}}\n"
        "- {name: 乙, based_on: 达标, facts: {dust: 30}, expect: {grade: D}}\n" + GOOD
    )
    assert cases(tmp_path, text)[0].facts == {"closed": False, "dust": Decimal(30)}


def test_day_and_mode_are_not_inherited(tmp_path: Path) -> None:
    text = (
        "- {name: 甲, assessed_on: 2024-05-01, mode: trial, facts: {}, expect: {grade: D}}\n"
        "- {name: 乙, based_on: 甲, expect: {grade: D}}\n"
    )
    first, second = cases(tmp_path, text)
    assert (first.assessed_on, first.mode) == (date(2024, 5, 1), Mode.TRIAL)
    assert (second.assessed_on, second.mode) == (date(2023, 9, 10), Mode.OFFICIAL)


ROWS = "- {id: nox, group: outlets, label: 氮氧化物, type: number, changed_by: works}"


def test_a_group_that_is_stated_replaces_the_whole_group_and_null_takes_it_away(tmp_path: Path) -> None:
    text = """\
    - {name: 甲, groups: {outlets: [{outlet_id: DA001}, {outlet_id: DA002}]}, expect: {grade: D}}
    - {name: 乙, based_on: 甲, groups: {outlets: [{outlet_id: DA003}]}, expect: {grade: D}}
    - {name: 丙, based_on: 甲, groups: {outlets: []}, expect: {grade: D}}
    - {name: 丁, based_on: 甲, groups: {outlets: null}, expect: {grade: D}}
    """
    stated = [case.groups for case in cases(tmp_path, text)]
    assert [[row["outlet_id"] for row in groups.get("outlets", ())] for groups in stated] == [
        ["DA001", "DA002"],
        ["DA003"],
        [],
        [],
    ]
    assert ["outlets" in groups for groups in stated] == [True, True, True, False]


WRONG = {
    "not a list": ("facts: {}\n", (1, "", "should be a list of cases")),
    "unknown key": (GOOD.replace("facts:", "fact:"), (2, "[0].fact", "can't stand here; perhaps `facts`")),
    "no expectation": (
        GOOD.replace("{grade: A, attainable: A}", "{}"),
        (3, "[0].expect", "expects nothing; name at least"),
    ),
    "no expect": ("- {name: 甲}\n", (1, "[0].expect", "is missing")),
    "unknown mode": (GOOD + "  mode: test\n", (4, "[0].mode", "should be 'official' or 'trial', is `test`")),
    "the same name twice": (GOOD + GOOD, (4, "[1].name", "another case has this name, on line 1")),
    "based on nothing": (GOOD + "  based_on: 无\n", (4, "[0].based_on", "there is no case `无` in this file")),
    "based on itself": (GOOD + "  based_on: 达标\n", (4, "[0].based_on", "is based on itself: 达标 → 达标")),
    "an unknown level": (
        GOOD.replace("grade: A", "grade: C"),
        (3, "[0].expect.grade", "`C` is no level; there are A, B, D"),
    ),
    "conditions of the floor": (
        GOOD.replace("grade: A", "unmet: {D: []}"),
        (3, "[0].expect.unmet.D", "`D` has no conditions; there are A, B"),
    ),
    "an unknown indicator": (
        GOOD.replace("grade: A", "unknown: {A: [limit]}"),
        (3, "[0].expect.unknown.A[0]", "there is no indicator `limit` in e/r"),
    ),
    "an unknown gate": (
        GOOD.replace("grade: A", "gates: [no_permit]"),
        (3, "[0].expect.gates[0]", "there is no gate `no_permit`; there are none"),
    ),
}


@pytest.mark.parametrize(("text", "problem"), WRONG.values(), ids=WRONG)
def test_a_wrong_cases_file_is_told_with_its_line(tmp_path: Path, text: str, problem: tuple[int, str, str]) -> None:
    found = problems(tmp_path, text)
    assert [(line, place) for line, place, _ in found] == [problem[:2]]
    assert found[0][2].startswith(problem[2])


def test_all_wrong_cases_are_told_at_once(tmp_path: Path) -> None:
    text = "- {name: 甲}\n" + GOOD.replace("grade: A", "grade: E") + "- {name: 乙, expect: {grade: 3}}\n"
    assert [line for line, _, _ in problems(tmp_path, text)] == [1, 4, 5]


def run(root: Path, text: str, library: Library | None = None) -> list[CaseResult]:
    found = library or shelf(root, {"e/r.cases.yaml": text})
    engine = Engine(found)
    return [run_case(engine, case) for case in read_cases(found, "e/r")]


def test_a_case_passes_when_everything_it_names_is_so(tmp_path: Path) -> None:
    text = """\
    - name: 皮带敞开，只够 B 级
      facts: {closed: false, dust: 10.00}
      expect: {grade: B, attainable: B, unmet: {A: [limits], B: []}, unknown: {A: []}, gates: []}
    """
    (result,) = run(tmp_path, text)
    assert result.passed


def test_a_case_fails_with_what_was_expected_and_what_came_out(tmp_path: Path) -> None:
    text = """\
    - name: 没有监测数据
      facts: {closed: true}
      expect: {grade: A, attainable: A, unmet: {A: [limits]}, unknown: {A: [], B: [limits]}}
    """
    (result,) = run(tmp_path, text)
    assert [(d.what, d.expected, d.actual) for d in result.differences] == [
        ("grade", "A", "D"),
        ("unmet.A", ("limits",), ()),
        ("unknown.A", (), ("limits",)),
    ]


def test_the_order_of_expected_ids_does_not_matter(tmp_path: Path) -> None:
    more = "  - {id: belt, dimension: treatment, title: 皮带, levels: {A: {require: {fact: closed, equals: true}}}}\n"
    library = shelf(
        tmp_path,
        {
            "e/r.yaml": ruleset_text().replace("measures:", more + "measures:"),
            "e/r.cases.yaml": "- {name: 都差, facts: {closed: false, dust: 30}, expect: {unmet: {A: [limits, belt]}}}\n",
        },
    )
    assert [result.passed for result in run(tmp_path, "", library)] == [True]


def test_a_case_with_wrong_facts_is_told_where_they_were_written(tmp_path: Path) -> None:
    text = """\
    - name: 甲
      facts:
        closed: true
        dust: 900
      expect: {grade: A}
    - name: 乙
      based_on: 甲
      facts: {dusk: 1}
      expect: {grade: A}
    """
    results = run(tmp_path, text)
    assert [[(p.line, p.place, p.reason.english) for p in result.problems] for result in results] == [
        [(4, "[0].facts.dust", "should be at least 0 and at most 500, in mg/m3, is 900")],
        [
            (4, "[0].facts.dust", "should be at least 0 and at most 500, in mg/m3, is 900"),
            (8, "[1].facts.dusk", "is not a fact of e/r"),
        ],
    ]


def test_a_wrong_value_in_a_row_is_told_at_the_row(tmp_path: Path) -> None:
    facts = "groups: {outlets: {label: 排放口, key: outlet_id}}\n" + FACTS + "  " + ROWS + "\n"
    text = """\
    - name: 甲
      groups:
        outlets:
          - {outlet_id: DA001, nox: 1}
          - {outlet_id: DA002, nox: many}
      expect: {grade: D}
    """
    library = shelf(tmp_path, {"e/r.yaml": ruleset_text(facts=facts), "e/r.cases.yaml": text})
    ((result,),) = (run(tmp_path, text, library),)
    assert [(p.line, p.place) for p in result.problems] == [(line_of(text, "DA002"), "[0].groups.outlets[1].nox")]


def test_a_provisional_figure_counts_in_trial_cases_only(tmp_path: Path) -> None:
    library = shelf(
        tmp_path,
        {
            "e/r.yaml": ruleset_text().replace("at_most: 10", "at_most: {provisional: 10}"),
            "e/r.cases.yaml": """\
            - {name: 正式, facts: {closed: true, dust: 9}, expect: {grade: B, attainable: A, unknown: {A: [limits]}}}
            - {name: 试算, based_on: 正式, mode: trial, expect: {grade: A}}
            """,
        },
    )
    assert [result.passed for result in run(tmp_path, "", library)] == [True, True]
