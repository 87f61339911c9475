"""Small rulesets written inside the tests, audits for them, and their gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

from grading.engine.grade import Engine
from grading.gaps import unit_gaps
from grading.intake import check_audit
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.gap import ChangeSet, GapLine, UnitGaps
from grading.model.result import Grading
from tests.language.shelf import shelf

SCALES = """\
abcd:
  label: A/B/C/D
  levels:
    - {id: A, label: A级, standing: 1}
    - {id: B, label: B级, standing: 2}
    - {id: C, label: C级, standing: 3}
    - {id: D, label: D级, standing: 4}
"""
HEAD = """\
id: e/r
title: 试验行业
scale: abcd
edition: {document: 试验文件, effective: 2020-06-29}
jurisdiction: "100000"
industry: {includes: 试验}
review: {status: draft}
"""
FACTS = """\
groups:
  outlets: {label: 排放口, key: outlet_id}
facts:
  - {id: closed, label: 皮带密闭, type: boolean, evidence: [现场照片]}
  - {id: watered, label: 洒水, type: boolean}
  - {id: swept, label: 清扫, type: boolean}
  - {id: region, label: 位于特别限值地区, type: boolean, circumstance: true, evidence: [公告]}
  - {id: dust, label: 厂界颗粒物, type: number, unit: mg/m3, min: 0, max: 500, decimals: 2, evidence: [监测报告]}
  - {id: share, label: 清洁运输比例, type: number, unit: "%", min: 0, max: 100, decimals: 1}
  - {id: fuel, label: 燃料, type: choice, options: {coal: 煤, gas: 天然气, power: 电, recognised_equivalent: 专家认定等效或更优}}
  - {id: ledgers, label: 台账, type: choices, options: {run: 运行, use: 消耗, watch: 监测}}
  - {id: checked_on, label: 核查日期, type: date}
  - {id: kind, group: outlets, label: 排放口类型, type: choice, circumstance: true, options: {kiln: 窑, mill: 磨, other: 其他}}
  - {id: nox, group: outlets, label: 氮氧化物, type: number, unit: mg/m3, min: 0, decimals: 1, evidence: [CMA 报告]}
  - {id: o2, group: outlets, label: 含氧量, type: number, unit: "%", min: 0, max: 21, decimals: 1, evidence: [CMA 报告]}
  - {id: online, group: outlets, label: 在线监测, type: boolean}
"""


@dataclass(frozen=True)
class Small:
    """A small ruleset, ready to grade."""

    engine: Engine

    def audit(self, facts: Mapping[str, Any] | None = None, **more: Any) -> Audit:
        """An audit of one unit `u`; `more` are its groups, or `shared` (facts of the enterprise) or `day`."""
        shared, day = more.pop("shared", {}), more.pop("day", "2023-09-10")
        raw = {
            "enterprise": {"name": "试验企业", "facts": dict(shared)},
            "assessed_on": day,
            "units": [{"id": more.pop("unit", "u"), "ruleset": "e/r", "facts": dict(facts or {}), "groups": more}],
        }
        return check_audit(_exact(raw), self.engine.library)

    def grade(self, audit: Audit, trial: bool = False) -> Grading:
        """The grading of an audit."""
        return self.engine.grade(audit, Mode.TRIAL if trial else Mode.OFFICIAL)

    def gaps(
        self, facts: Mapping[str, Any] | None = None, target: str | None = None, trial: bool = False, **more: Any
    ) -> UnitGaps:
        """The gaps of a unit with these facts and groups."""
        return self.gaps_of(self.audit(facts, **more), target, trial)

    def gaps_of(self, audit: Audit, target: str | None = None, trial: bool = False) -> UnitGaps:
        """The gaps of an audit's unit."""
        return unit_gaps(self.engine, audit, self.grade(audit, trial), 0, target)


def small(root: Path, indicators: str, facts: str = FACTS, more: str = "") -> Small:
    """A ruleset of some indicators, and gates or computed facts in `more`."""
    text = "".join(dedent(part) for part in (HEAD, facts, more, indicators))
    return Small(Engine(shelf(root, {"scales.yaml": SCALES, "e/r.yaml": text})))


def asks(level: str, condition: str, title: str = "试验指标", **more: str) -> str:
    """An indicator section with one indicator that asks for one condition; see `also` for further ones."""
    return "indicators:\n" + also(level, condition, "tested", title, **more)


def also(level: str, condition: str, id_: str, title: str, **more: str) -> str:
    """A further indicator."""
    remedy = more.get("remedy", "{text: 整改}")
    applies = f"    applies_when: {more['applies_when']}\n" if "applies_when" in more else ""
    return (
        f"  - id: {id_}\n    dimension: treatment\n    title: {title}\n{applies}"
        f'    levels: {{"{level}": {{require: {condition}}}}}\n'
        f"    cite: {{document: 试验文件, section: 表 1}}\n    basis: seen\n    confidence: high\n    remedy: {remedy}\n"
    )


def line(gaps: UnitGaps, fact: str, row: str | None = None) -> GapLine:
    """The one gap line about a fact (in a row)."""
    (found,) = [known for known in gaps.lines if (known.fact, known.row) == (fact, row)]
    return found


def changed_values(found: ChangeSet | None) -> dict[str, Any]:
    """The changes of a set: setting → the value after."""
    assert found is not None
    return {change.setting: change.after for change in found.changes}


def _exact(value: Any) -> Any:
    """Numbers as the intake reads them: exact decimals."""
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value
