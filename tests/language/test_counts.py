"""What is counted of a ruleset: what it asks, and what it leaves open."""

from pathlib import Path

from grading.language.counts import Counts, count
from tests.language.shelf import KNOWN, ruleset_text, shelf

CONTENT = f"""\
groups: {{outlets: {{label: 排放口, key: outlet_id}}}}
facts:
  - {{id: closed, label: 密闭, type: boolean}}
  - {{id: kind, group: outlets, label: 类型, type: choice, options: {{kiln: 窑}}}}
  - {{id: dust, group: outlets, label: 颗粒物, type: number}}
indicators:
  - id: limits
    dimension: emission_limits
    title: 颗粒物
    applies_when: {{fact: closed, equals: unresolved}}
    levels:
      A,B:
        require:
          all:
            - {{each: outlets, where: {{fact: kind, equals: kiln}}, require: {{fact: dust, at_most: {{provisional: 10}}}}}}
            - {{fact: closed, equals: true, basis: standard, confidence: high}}
    basis: recalled
    confidence: low
gates:
  - {{id: g, when: {{fact: closed, equals: unresolved}}, effect: ungraded, text: 否决, {KNOWN}}}
measures:
  yellow: {{"A,B": [{{text: 限产, kind: output_cut, percent: unresolved}}], D: [{{text: 停产, kind: stop}}]}}
"""


def test_a_ruleset_is_counted(tmp_path: Path) -> None:
    text = ruleset_text(facts="", indicators="", measures="", more=CONTENT)
    assert count(shelf(tmp_path, {"e/r.yaml": text}).ruleset("e/r")) == Counts(
        indicators=1,
        criteria=2,  # the guess and the belt; what selects outlets is no criterion
        facts=3,
        gates=1,
        unresolved=2,
        provisional=1,
        low_confidence=1,
        by_basis={"seen": 0, "standard": 1, "recalled": 1, "estimated": 0},
        unresolved_percentages=1,
    )
