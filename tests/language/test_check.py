"""Each lint on a small ruleset: the line that ends in `# <-` is where the finding must point."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

import pytest

from grading.language.check import check
from grading.language.load import Library
from grading.language.problems import Problem
from tests.language.shelf import HEAD, INDICATORS, KNOWN, MEASURES, line_of, problems_of, ruleset_text, shelf

MARK = "# <-"
HERE = "cite: {document: 试验文件}, basis: seen, confidence: high, remedy: {text: 治理}"


def findings(library: Library, ruleset_id: str = "e/r") -> tuple[Problem, ...]:
    return check(library.merged(ruleset_id))


def test_a_ruleset_in_order_has_no_findings(tmp_path: Path) -> None:
    assert findings(shelf(tmp_path)) == ()


def test_a_threshold_of_a_wrong_type_is_found_wrong_beside_one_of_another_level(tmp_path: Path) -> None:
    text = ruleset_text(indicators=INDICATORS.replace("at_most: 20", 'at_most: "20"'))
    (problem,) = findings(shelf(tmp_path, {"e/r.yaml": text}))
    assert problem.line == line_of(text, 'at_most: "20"')


SHEET = """\
groups:
  outlets: {label: 排放口, key: outlet_id, at_least_rows: 1}
  lines: {label: 生产线, key: line_id, at_least_rows: 1}
facts:
  - {id: closed, label: 密闭, type: boolean, changed_by: works}
  - {id: dust, label: 颗粒物, type: number, changed_by: works, min: 0, max: 500, decimals: 2}
  - {id: fuel, label: 燃料, type: choice, changed_by: works, options: {gas: 天然气, coal: 煤}}
  - {id: processes, label: 工序, type: choices, changed_by: works, options: {mixing: 炼胶, glue: 涂胶}}
  - {id: built_on, label: 建成日期, type: date, changed_by: works}
  - {id: nox, group: outlets, label: 氮氧化物, type: number, changed_by: works, min: 0, decimals: 2}
  - {id: o2, group: outlets, label: 含氧量, type: number, changed_by: works, min: 0, max: 21, decimals: 2}
  - {id: speed, group: lines, label: 线速, type: number, changed_by: works, decimals: 0}
computed:
  - {id: nox_at_base, group: outlets, oxygen_corrected: {value: nox, oxygen: o2, baseline: 3.5}}
indicators:
  - {id: all_read, dimension: treatment, title: 其余事实, levels: {"A,B": {text: 其余, require: {all: [
      {fact: closed, equals: true}, {fact: dust, at_most: 10}, {fact: fuel, equals: gas}, {fact: processes, within: [glue]},
      {fact: built_on, at_least: 2000-01-01}, {some: outlets, require: {fact: nox_at_base, below: 1}},
      {each: lines, require: {fact: speed, above: 1}}]}}}, cite: {document: 试验文件}, basis: seen, confidence: high,
      remedy: {text: 治理}}
"""
ON_THE_SHEET = """\
  - id: tested
    dimension: emission_limits
    title: 所试的条件
    levels: {A: {text: 所试, require: CONDITION}}
    cite: {document: 试验文件}
    basis: seen
    confidence: high
    remedy: {text: 治理}
"""

CONDITIONS = {
    "an unknown fact": ("{fact: dusk, at_most: 1}", "there is no fact `dusk`; perhaps `dust`"),
    "the key of a group": (
        "{each: outlets, require: {fact: outlet_id, equals: x}}",
        "it names rows and can't be compared",
    ),
    "an order of booleans": (
        "{fact: closed, at_most: 1}",
        "`closed` is a boolean; it is compared with equals, one_of, none_of",
    ),
    "an order of choices": (
        "{fact: fuel, at_least: gas}",
        "`fuel` is a choice; it is compared with equals, one_of, none_of",
    ),
    "a set operator on one option": ("{fact: fuel, includes_any: [gas]}", "`fuel` is a choice"),
    "one option of a set": (
        "{fact: processes, equals: glue}",
        "it is compared with includes_any, includes_all, within",
    ),
    "a set operator on a number": ("{fact: dust, within: [1]}", "`dust` is a number"),
    "a list of days": ("{fact: built_on, one_of: [2020-01-01]}", "`built_on` is a date; it is compared with at_most"),
    "a number for a boolean": ("{fact: closed, equals: 1}", "`1` is neither true nor false"),
    "a text for a number": ("{fact: dust, at_most: ten}", "`dust` is a number; `ten` is none"),
    "a quoted number": ('{fact: dust, at_most: "10"}', "`dust` is a number; `10` is none"),
    "a boolean for a number": ("{fact: dust, equals: true}", "`dust` is a number; `true` is none"),
    "a number for a day": ("{fact: built_on, at_most: 2020}", "`2020` is not a day like 2023-09-10"),
    "a number for the day of the audit": ("{fact: assessed_on, at_most: 2020}", "`2020` is not a day"),
    "an option that is not there": (
        "{fact: fuel, one_of: [gas, goal]}",
        "`goal` is no option of `fuel`; perhaps `coal`",
    ),
    "an option that is not there, guessed": (
        "{fact: fuel, equals: {provisional: oil}}",
        "`oil` is no option of `fuel`",
    ),
    "an option of a set that is not there": (
        "{fact: processes, within: [oil]}",
        "`oil` is no option of `processes`; there are mixing, glue",
    ),
    "an option twice": ("{fact: fuel, one_of: [gas, gas]}", "names `gas` twice"),
    "an empty list": ("{fact: fuel, one_of: []}", "is an empty list; name at least one value"),
    "a threshold below the range": ("{fact: dust, at_least: -1}", "-1 is below 0, the least that `dust` can be"),
    "a threshold above the range": ("{fact: dust, at_most: 501}", "501 is above 500, the most that `dust` can be"),
    "a guess above the range": ("{fact: dust, at_most: {provisional: 501}}", "501 is above 500"),
    "more places than the fact has": (
        "{fact: dust, at_most: 10.005}",
        "more than the 2 decimals of `dust`; give the fact `decimals: 3`",
    ),
    "more places than computed facts have": (
        "{some: outlets, require: {fact: nox_at_base, at_most: 0.1234567}}",
        "a computed fact has no more",
    ),
    "a group's fact outside its rows": (
        "{fact: nox, at_most: 1}",
        "`nox` belongs to the rows of `outlets`; read it inside `each` or `some: outlets`",
    ),
    "a group's computed fact outside its rows": (
        "{fact: nox_at_base, at_most: 1}",
        "`nox_at_base` belongs to the rows of `outlets`",
    ),
    "a fact of other rows": (
        "{each: outlets, require: {fact: speed, at_most: 1}}",
        "`speed` belongs to the rows of `lines`, not to those of `outlets`",
    ),
    "a fact of other rows in where": (
        "{each: outlets, where: {fact: speed, at_most: 1}, require: {fact: nox, at_most: 1}}",
        "not to those of `outlets`",
    ),
    "rows inside rows": (
        "{each: outlets, require: {some: lines, require: {fact: speed, above: 2}}}",
        "they do not nest",
    ),
    "an unknown group": (
        "{some: outlet, require: {fact: dust, at_most: 1}}",
        "there is no group `outlet`; perhaps `outlets`",
    ),
    "a window that is never open": (
        "{fact: dust, at_most: 1, from: 2024-01-01, until: 2023-12-31}",
        "is never there: until 2023-12-31 is before from 2024-01-01",
    ),
    "a figure of low confidence": (
        "{fact: dust, at_most: 1, confidence: low}",
        "write `at_most: {provisional: …}` or `at_most: unresolved`",
    ),
    "a figure around which confidence is low": (
        "{all: [{fact: dust, at_most: 1}], confidence: low}",
        "a figure of low confidence counts",
    ),
    "a figure seen nobody says where": (
        "{all: [{fact: dust, at_most: 1, basis: seen}], basis: standard, cite: {document: GB 1}}",
        "`dust` is `seen`, but the only citation is that of a figure that is `standard`",
    ),
    "an estimate that counts": (
        "{fact: dust, at_most: 1, basis: estimated, confidence: low, note: 类推}",
        "an estimated figure counts as if it were established; write `at_most: {provisional: …}`",
    ),
    "an estimate without a reason": (
        "{fact: dust, at_most: {provisional: 1}, basis: estimated, confidence: low}",
        "is `estimated` without a reason; say beside `basis` on what it rests: `note: …`",
    ),
    "an estimate that claims confidence": (
        "{fact: dust, at_most: {provisional: 1}, basis: estimated, confidence: medium, note: 类推}",
        "is `estimated`, so it says `confidence: low`, not medium",
    ),
    "an estimate that takes the confidence around it": (
        "{fact: dust, at_most: {provisional: 1}, basis: estimated, note: 类推}",
        "is `estimated`, so it says `confidence: low`, not high",
    ),
}


@pytest.mark.parametrize(("condition", "message"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_is_refused(tmp_path: Path, condition: str, message: str) -> None:
    text = ruleset_text(facts="", indicators="", more=SHEET + ON_THE_SHEET.replace("CONDITION", condition))
    (problem,) = findings(shelf(tmp_path, {"e/r.yaml": text}))
    assert message in problem.reason.english
    assert (problem.line, problem.severity) == (line_of(text, condition), "error")
    assert problem.place.startswith("indicators[1].levels.A.require")


ALLOWED = {
    "equality of numbers": "{fact: dust, one_of: [1, 2]}",
    "a boolean among several": "{fact: closed, one_of: [true, false]}",
    "a day": "{fact: assessed_on, below: 2024-01-01}",
    "the ends of the range": "{any: [{fact: dust, at_least: 500}, {fact: dust, at_most: 0}]}",
    "zeros behind the places": "{fact: dust, at_most: 10.0000}",
    "a fact of the unit inside rows": "{each: outlets, require: {fact: dust, at_most: 3}}",
    "a guess of low confidence": "{fact: dust, at_most: {provisional: 3}, confidence: low}",
    "an established figure beside an open one": (
        "{all: [{fact: dust, at_most: {provisional: 3}}, {fact: dust, at_most: 9, confidence: high}], confidence: low}"
    ),
    "what selects rows needs no confidence of its own": (
        "{each: outlets, where: {fact: nox, above: 1}, require: {fact: nox, at_most: {provisional: 3}}, confidence: low}"
    ),
    "a figure seen where it says": (
        "{all: [{fact: dust, at_most: 1, basis: seen, cite: {document: 网页}}], basis: standard, cite: {document: GB}}"
    ),
    "an estimate with its reason": (
        "{fact: dust, at_most: {provisional: 1}, basis: estimated, confidence: low, note: 按相邻章节类推}"
    ),
    "an established figure inside an estimate": (
        "{all: [{fact: dust, at_most: {provisional: 1}}, {fact: dust, at_most: 9, basis: standard, confidence: medium}],"
        " basis: estimated, confidence: low, note: 类推}"
    ),
}


@pytest.mark.parametrize("condition", ALLOWED.values(), ids=ALLOWED)
def test_a_condition_is_in_order(tmp_path: Path, condition: str) -> None:
    text = ruleset_text(facts="", indicators="", more=SHEET + ON_THE_SHEET.replace("CONDITION", condition))
    assert findings(shelf(tmp_path, {"e/r.yaml": text})) == ()


DOUBTFUL = {
    "met by every value": (
        "{fact: dust, at_most: 500}",
        "every value of `dust` meets this; it only asks that the value is known",
    ),
    "met by no value": ("{fact: dust, below: 0}", "no value of `dust` meets this"),
    "known to nobody": (
        "{fact: dust, at_most: unresolved, confidence: low}",
        "is `unresolved`, so not even a trial can decide it; with a reason for a working value write "
        "`at_most: {provisional: …}, basis: estimated, confidence: low, note: …`",
    ),
    "said twice": (
        "{any: [{fact: closed, equals: true}, {fact: fuel, equals: gas}, {not: {fact: closed, equals: false}}]}",
        "says the same as any[0]",
    ),
}


@pytest.mark.parametrize(("condition", "message"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_a_condition_raises_a_warning(tmp_path: Path, condition: str, message: str) -> None:
    text = ruleset_text(facts="", indicators="", more=SHEET + ON_THE_SHEET.replace("CONDITION", condition))
    (problem,) = findings(shelf(tmp_path, {"e/r.yaml": text}))
    assert (problem.reason.english, problem.severity) == (message, "warning")


@dataclass(frozen=True)
class Lint:
    """A ruleset with sections of its own and the finding it must have, on the marked line if there is a mark."""

    message: str
    head: str = HEAD
    facts: str = """\
    facts:
      - {id: closed, label: 皮带密闭, type: boolean, changed_by: works}
      - {id: dust, label: 颗粒物, type: number, changed_by: works, unit: mg/m3, min: 0, max: 500, decimals: 2}
    """
    indicators: str = INDICATORS
    measures: str = MEASURES
    more: str = ""
    severity: str = "error"

    @property
    def text(self) -> str:
        return ruleset_text(*(dedent(s) for s in (self.head, self.facts, self.indicators, self.measures, self.more)))


def indicator(levels: str, **changes: str) -> str:
    """An indicator with the lines of its levels; `changes` replace its other lines, an empty one leaves the line out."""
    lines = {
        "dimension": "dimension: emission_limits",
        "cite": "cite: {document: 试验文件}",
        "basis": "basis: seen",
        "confidence": "confidence: high",
        "remedy": "remedy: {text: 治理}",
        **changes,
    }
    rows = "".join(f"    {line}\n" for line in lines.values() if line)
    return f"indicators:\n  - id: limits\n    title: 颗粒物\n{rows}    levels:\n{indent(dedent(levels), ' ' * 6)}"


def levels(a: str = "text: 密闭, ", b: str = "text: 密闭或达标, ") -> str:
    """Two levels that differ."""
    return (
        f"      A: {{{a}require: {{all: [{{fact: dust, at_most: 10}}, {{fact: closed, equals: true}}]}}}}\n"
        f"      B: {{{b}require: {{fact: dust, at_most: 20}}}}\n"
    )


def estimate(said: str) -> str:
    """The measures of a ruleset, with an estimated cut at one level of one alert."""
    cut = f"{{text: 限产, kind: output_cut, basis: estimated, cite: {{document: 试验文件}}, {said}}}"
    return MEASURES.replace('yellow: {"A,B,D": ', f'yellow: {{B: [{cut}], "A,D": ')


def easier(a: str, b: str) -> str:
    """An indicator whose level A asks for less than its level B, and one that reads the rest."""
    listed = f"      A: {{text: 甲, require: {a}}}  # <-\n      B: {{text: 乙, require: {b}}}\n"
    return INDICATORS + indicator(listed).replace("- id: limits", "- id: easier").partition("\n")[2]


def gate(fact: str = "closed", effect: str = "ungraded", known: str = KNOWN) -> str:
    """A gate on one marked line."""
    return (
        f"gates:\n  - {{id: g, title: 否决, when: {{fact: {fact}, equals: false}}, effect: {effect}, text: 否决, {known}}}"
        "  # <-\n"
    )


FACTS_READ = INDICATORS.replace("{fact: closed, equals: true}", "{fact: closed, equals: true}, {fact: x, at_most: 1}")

LINTS = {
    # ── head and facts ──
    "an edition superseded before it takes effect": Lint(
        "is superseded on 2020-01-01, not after it takes effect on 2020-06-29",
        head=HEAD.replace("effective: 2020-06-29}", "effective: 2020-06-29,\n  superseded: 2020-01-01}  # <-"),
    ),
    "a fact of an unknown group": Lint(
        "there is no group `outlet`",
        facts="""\
        facts:
          - {id: closed, label: 皮带密闭, type: boolean, changed_by: works}
          - {id: dust, label: 颗粒物, type: number, changed_by: works, group: outlet}  # <-
        """,
    ),
    "a group without facts": Lint(
        "group `outlets` has no facts beside its key in e/r",
        more="groups:\n  outlets: {label: 排放口, key: outlet_id, at_least_rows: 1}  # <-\n",
        severity="warning",
    ),
    "a fact that nothing reads": Lint(
        "fact `noise` is read by no condition and no computed fact of e/r",
        facts="""\
        facts:
          - {id: noise, label: 噪声, type: number, changed_by: works}  # <-
          - {id: closed, label: 皮带密闭, type: boolean, changed_by: works}
          - {id: dust, label: 颗粒物, type: number, changed_by: works}
        """,
    ),
    "a computed fact that nothing reads": Lint(
        "computed fact `twice` is read by no condition",
        more="computed:\n  - {id: twice, sum: [dust, dust]}  # <-\n",
    ),
    "a fact that takes the name of the audit's day": Lint(
        "`assessed_on` is the day of the audit; take another id",
        facts="""\
        facts:
          - {id: assessed_on, label: 日期, type: date, changed_by: works}  # <-
          - {id: closed, label: 皮带密闭, type: boolean, changed_by: works}
          - {id: dust, label: 颗粒物, type: number, changed_by: works}
        """,
    ),
    "a fact that takes the name of a group's key": Lint(
        "`dust` is the key of group `outlets` and needs no declaration; take another id",
        facts="""\
        groups:
          outlets: {label: 排放口, key: dust}
        facts:
          - {id: closed, label: 皮带密闭, type: boolean, changed_by: works}
          - {id: dust, label: 颗粒物, type: number, changed_by: works}  # <-
        """,
    ),
    "a computed fact with the name of a fact": Lint(
        "duplicate id `dust`: a fact has it too",
        more="computed:\n  - {id: dust, sum: [1, 2]}  # <-\n",
    ),
    # ── computed facts ──
    "an unknown operand": Lint(
        "there is no fact `dusk`; perhaps `dust`",
        indicators=FACTS_READ,
        more="computed:\n  - {id: x, sum: [dust, dusk]}  # <-\n",
    ),
    "an operand that is no number": Lint(
        "`closed` is a boolean; sum takes numbers",
        indicators=FACTS_READ,
        more="computed:\n  - {id: x, sum: [dust, closed]}  # <-\n",
    ),
    "an operand that is no date": Lint(
        "`dust` is a number; days_between takes dates",
        indicators=FACTS_READ,
        more="computed:\n  - {id: x, days_between: [assessed_on, dust]}  # <-\n",
    ),
    "a number for a date": Lint(
        "days_between takes two dates, not a number",
        indicators=FACTS_READ,
        more="computed:\n  - {id: x, days_between: [assessed_on, 3]}  # <-\n",
    ),
    "the audit's day in a sum": Lint(
        "`assessed_on` is a date; sum takes numbers",
        indicators=FACTS_READ,
        more="computed:\n  - {id: x, sum: [assessed_on, 3]}  # <-\n",
    ),
    "a division by zero": Lint(
        "divides by zero, so it is always unknown",
        indicators=FACTS_READ,
        more="computed:\n  - {id: x, ratio: [dust, 0]}  # <-\n",
    ),
    "a baseline of pure air": Lint(
        "should be below 21 %",
        indicators=FACTS_READ,
        more="computed:\n  - {id: x, oxygen_corrected: {value: dust, oxygen: dust, baseline: 21}}  # <-\n",
    ),
    "a circle": Lint(
        "computed facts read each other in a circle: x → y → x",
        indicators=FACTS_READ,
        more="computed:\n  - {id: x, sum: [y, 1]}  # <-\n  - {id: y, sum: [x, 1]}\n",
    ),
    "a unit's computed fact that reads rows": Lint(
        "`speed` belongs to the rows of `lines`, this computed fact is one of the unit; it reads facts of the unit only",
        facts="""\
        groups: {lines: {label: 生产线, key: line_id, at_least_rows: 1}}
        facts:
          - {id: closed, label: 皮带密闭, type: boolean, changed_by: works}
          - {id: dust, label: 颗粒物, type: number, changed_by: works}
          - {id: speed, group: lines, label: 线速, type: number, changed_by: works}
        """,
        indicators=FACTS_READ,
        more="computed:\n  - {id: x, sum: [speed, 1]}  # <-\n",
    ),
    "a fact that may be larger than any number that is read": Lint(
        "`max: 1000000000` reaches beyond the numbers that are read: they are smaller than 1000000000, sign apart",
        facts="""\
        facts:
          - {id: closed, label: 皮带密闭, type: boolean, changed_by: works}
          - {id: dust, label: 颗粒物, type: number, changed_by: works, max: 1000000000}  # <-
        """,
        indicators=FACTS_READ,
    ),
    # ── indicators and levels ──
    "an unknown dimension": Lint(
        "there is no dimension `air`; there are treatment, emission_limits",
        indicators=indicator(levels(), dimension="dimension: air  # <-"),
    ),
    "a level the scale does not have": Lint(
        "`C` is no level of e/r; there are A, B",
        indicators=indicator(levels() + "      C: {text: 无, require: {fact: dust, at_most: 30}}  # <-\n"),
    ),
    "requirements of the floor": Lint(
        "`D` is the floor of the scale and has no conditions; leave it out",
        indicators=indicator(levels() + "      D: {text: 无, require: {fact: dust, at_most: 30}}  # <-\n"),
    ),
    "a level twice": Lint(
        "level `A` is already stated under `A`",
        indicators=indicator(levels() + '      "A,B": {text: 无, require: {fact: dust, at_most: 30}}  # <-\n'),
    ),
    "a level that no indicator conditions": Lint(
        "no indicator has conditions for level `B` of scale `abd`",
        indicators=indicator(levels().splitlines()[0] + "\n"),
    ),
    "a level whose conditions are not there yet": Lint(
        "no indicator has conditions for level `B` from 2020-06-29: all are outside their windows",
        indicators=indicator(levels().replace("at_most: 20}", "at_most: 20, from: 2021-01-01}")),
    ),
    "a level whose conditions have gone": Lint(
        "no indicator has conditions for level `B` from 2022-01-01: all are outside their windows",
        indicators=indicator(levels().replace("at_most: 20}", "at_most: 20, until: 2021-12-31}")),
    ),
    "a level that can't differ from the next": Lint(
        "level `A` asks for the same as `B` everywhere, and no gate tells them apart",
        indicators=indicator("""\
              A: {text: 密闭, require: {all: [{fact: closed, equals: true}, {fact: dust, at_most: 10}]}}
              B: {text: 封闭, require: {all: [{fact: dust, at_most: 10}, {not: {fact: closed, equals: false}}]}}
        """),
    ),
    "a better level with a looser figure": Lint(
        "level `A` is easier than `B`: dust at_most 30, there 20",
        indicators=easier(
            "{all: [{fact: closed, equals: true}, {fact: dust, at_most: 30}]}",
            "{all: [{fact: closed, equals: true}, {fact: dust, at_most: 20}]}",
        ),
    ),
    "a better level with a looser provisional figure": Lint(
        "level `A` is easier than `B`: dust at_least 3, there 5",
        indicators=easier("{fact: dust, at_least: {provisional: 3}}", "{fact: dust, at_least: {provisional: 5}}"),
    ),
    "a better level that leaves something out": Lint(
        "level `A` is easier than `B`: whoever meets what is asked there meets what is asked here",
        indicators=easier(
            "{fact: dust, at_most: 20}", "{all: [{fact: dust, at_most: 20}, {fact: closed, equals: true}]}"
        ),
    ),
    "a better level that leaves something out beside a provisional figure": Lint(
        "level `A` is easier than `B`: whoever meets what is asked there meets what is asked here",
        severity="warning",
        indicators=easier(
            "{fact: dust, at_most: 20}",
            "{all: [{fact: dust, at_most: {provisional: 20}}, {fact: closed, equals: true}]}",
        ),
    ),
    "a better level with more options": Lint(
        "level `A` is easier than `B`: fuel one_of [gas, power], there [gas]",
        facts="""\
        facts:
          - {id: closed, label: 皮带密闭, type: boolean, changed_by: works}
          - {id: dust, label: 颗粒物, type: number, changed_by: works, unit: mg/m3, min: 0, max: 500, decimals: 2}
          - {id: fuel, label: 燃料, type: choice, changed_by: works, options: {gas: 天然气, power: 电, coal: 煤}}
        """,
        indicators=easier("{fact: fuel, one_of: [gas, power]}", "{fact: fuel, one_of: [gas]}"),
    ),
    "no citation": Lint(
        "has no citation (`cite`), neither the indicator nor its levels",
        indicators=indicator(levels(), cite="").replace("- id: limits", "- id: limits  # <-"),
    ),
    "no citation at one level": Lint(
        "has no citation (`cite`), and neither has the indicator",
        indicators=indicator(
            levels(a="cite: {document: 文件}, text: 密闭, ").replace("at_most: 20}}", "at_most: 20}}  # <-"), cite=""
        ),
    ),
    "no basis": Lint("has no basis (`basis`), neither", indicators=indicator(levels(), basis="")),
    "no confidence": Lint("has no confidence (`confidence`), neither", indicators=indicator(levels(), confidence="")),
    "no remedy": Lint(
        "has no remedy (`remedy`), neither", indicators=indicator(levels(), remedy=""), severity="warning"
    ),
    "the price of a piece that only words tell": Lint(
        "that of one piece (（每台）)",
        indicators=indicator(levels(), remedy="remedy: {text: 换车（每台）, cost_wan_cny: [10, 40]}"),
        severity="warning",
    ),
    "the price of a row of a value that stands in none": Lint(
        "the cost is that of a row, but `dust` stands in none",
        indicators=indicator(levels(), remedy="remedy: {text: 除尘, cost_wan_cny: [10, 40], per_row: true}"),
        severity="warning",
    ),
    "no text": Lint(
        "has no text: the requirement in words",
        indicators=indicator(levels(b="").replace("at_most: 20}}", "at_most: 20}}  # <-")),
    ),
    "a renaming of what is still there": Lint(
        "`limits` is still an indicator of this ruleset, so it was not renamed",
        indicators=indicator(levels(), renamed_from="renamed_from: limits  # <-"),
    ),
    # ── gates ──
    "a cap at an unknown level": Lint("`C` is no level of e/r; there are A, B, D", more=gate(effect="{cap: C}")),
    "a cap that binds nobody": Lint(
        "a cap at `A`, the best level, binds nobody",
        more=gate(effect="{cap: A}"),
    ),
    "a gate without citation": Lint(
        "has no citation (`cite`)",
        more=gate(known="basis: seen, confidence: high"),
    ),
    "a gate of an unknown fact": Lint(
        "there is no fact `close`; perhaps `closed`",
        more=gate(fact="close"),
    ),
    "a gate without title": Lint(
        "has no title; its text stands in for it",
        more=gate().replace("title: 否决, ", ""),
        severity="warning",
    ),
    # ── measures ──
    "an alert that says nothing of a level": Lint(
        "says nothing of level `D` in a red alert",
        measures=MEASURES.replace('red: {"A,B,D"', 'red: {"A,B"').replace("red:", "red:  # <-\n   ", 1),
    ),
    "measures of an unknown level": Lint(
        "`C` is no level of e/r; there are A, B, D", measures=MEASURES.replace('yellow: {"A,B,D"', 'yellow: {"A,B,C,D"')
    ),
    "measures of a level twice": Lint(
        "level `A` is already stated under `A`",
        measures=MEASURES.replace("yellow: {", f"yellow: {{A: [{{text: 停产, kind: stop, {KNOWN}}}], "),
    ),
    "more than all of it": Lint(
        "should lie between 0 and 100, is 120",
        measures=MEASURES.replace(
            'yellow: {"A,B,D": [{text: 自主减排', 'yellow: {"A,B,D": [{percent: 120, text: 自主减排'
        ),
    ),
    "a percentage of low confidence": Lint(
        "is of low confidence; write `percent: {provisional: 30}` or `unresolved`",
        measures=MEASURES.replace("{text: 自主减排", "{percent: 30, text: 自主减排").replace(
            "confidence: high", "confidence: low"
        ),
    ),
    "an estimated percentage that counts": Lint(
        "an estimated percentage counts as if it were established; write `percent: {provisional: 30}`",
        measures=estimate("percent: 30, confidence: low, note: 类推"),
    ),
    "an estimated percentage without a reason": Lint(
        "is `estimated` without a reason; say on what it rests: `note: …`",
        measures=estimate("percent: {provisional: 30}, confidence: low"),
    ),
    "an estimated percentage that claims confidence": Lint(
        "is `estimated`, so it says `confidence: low`, not medium",
        measures=estimate("percent: {provisional: 30}, confidence: medium, note: 类推"),
    ),
    "a percentage known to nobody": Lint(
        "is `unresolved`; with a reason for a working value write "
        "`percent: {provisional: …}, basis: estimated, confidence: low, note: …`",
        measures=MEASURES.replace("{text: 自主减排", "{percent: unresolved, text: 自主减排", 1),
        severity="warning",
    ),
    "a measure without citation": Lint(
        "has no citation (`cite`)", measures=MEASURES.replace("cite: {document: 试验文件}, ", "", 1)
    ),
}


@pytest.mark.parametrize("lint", LINTS.values(), ids=LINTS)
def test_a_ruleset_is_found_wrong(tmp_path: Path, lint: Lint) -> None:
    found = [p for p in findings(shelf(tmp_path, {"e/r.yaml": lint.text})) if lint.message in p.reason.english]
    assert found, "no such finding"
    assert {problem.severity for problem in found} == {lint.severity}
    if MARK in lint.text:
        assert {problem.line for problem in found} == {line_of(lint.text, MARK)}


def test_a_level_whose_conditions_go_when_the_edition_is_superseded_is_in_order(tmp_path: Path) -> None:
    head = HEAD.replace("effective: 2020-06-29", "effective: 2020-06-29, superseded: 2022-01-01")
    windowed = indicator(levels().replace("at_most: 20}", "at_most: 20, until: 2021-12-31}"))
    assert findings(shelf(tmp_path, {"e/r.yaml": ruleset_text(head=head, indicators=windowed)})) == ()


def test_levels_that_only_a_gate_tells_apart_differ(tmp_path: Path) -> None:
    same = indicator(
        '      "A,B": {text: 达标, require: {all: [{fact: dust, at_most: 10}, {fact: closed, equals: true}]}}\n'
    )
    assert findings(shelf(tmp_path, {"e/r.yaml": ruleset_text(indicators=same, more=gate(effect="{cap: B}"))})) == ()


def test_provenance_may_stand_on_each_level_instead_of_the_indicator(tmp_path: Path) -> None:
    said = f"{HERE}, text: 达标, "
    text = ruleset_text(indicators=indicator(levels(a=said, b=said), cite="", basis="", confidence="", remedy=""))
    assert findings(shelf(tmp_path, {"e/r.yaml": text})) == ()


PART = """\
facts:
  - {id: noise, label: 噪声, type: number, changed_by: works}
indicators:
  - id: quiet
    dimension: treatment
    title: 噪声
    levels:
      C: {require: {fact: sound, at_most: 1}, text: 安静, basis: seen, confidence: high, cite: {document: 文件}}
    remedy: {text: 治理}
"""


def test_findings_about_a_part_point_into_the_part(tmp_path: Path) -> None:
    library = shelf(tmp_path, {"common/p.yaml": PART, "e/r.yaml": ruleset_text(head=HEAD + "include: [common/p]\n")})
    found = [(Path(p.file).name, p.line, p.severity, p.reason.english.partition(";")[0]) for p in findings(library)]
    assert found == [
        ("p.yaml", 2, "warning", "fact `noise` is read by no condition and no computed fact of e/r"),
        ("p.yaml", 8, "error", "`C` is no level of e/r"),
        ("p.yaml", 8, "error", "there is no fact `sound`"),
    ]


def test_a_ruleset_with_an_estimate_that_would_count_is_not_loaded(tmp_path: Path) -> None:
    figure = "{fact: dust, at_most: 20, basis: estimated, confidence: low, note: 类推}"
    guess = figure.replace("20", "{provisional: 20}")
    for written, usable in ((figure, False), (guess, True)):
        text = ruleset_text(indicators=INDICATORS.replace("{fact: dust, at_most: 20}", written))
        assert (problems_of(shelf(tmp_path, {"e/r.yaml": text})) == ()) is usable


def test_an_estimated_percentage_with_its_reason_is_in_order(tmp_path: Path) -> None:
    text = ruleset_text(measures=estimate("percent: {provisional: 30}, confidence: low, note: 按相邻章节类推"))
    assert findings(shelf(tmp_path, {"e/r.yaml": text})) == ()
