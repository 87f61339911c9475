"""The figures that a grade rests on, by how they are known; decisive are those that otherwise would give another grade."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from grading.gaps.causes import graded_document
from grading.gaps.ground_figures import unit_figures
from grading.intake import read_audit
from grading.language.figures_text import counts_text, figures_text
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.condition import Comparison, ConditionBase, ProvisionalMany, ProvisionalOne
from grading.model.figures import DecisiveFigure, GroundFigures
from grading.model.ruleset import Ruleset
from tests.gaps.small import Small, small
from tests.plain import grade_unit
from tests.shipped import ENGINE, LIBRARY

GUESSES = {
    "best": "10",
    "better": "20",
    "way": "12",
    "other_way": "60",
    "row": "50",
    "kind": "15",
    "two": "50",
    "guard": "70",
    "cap": "90",
    "veto": "95",
    "contrary": "5",
}
"""The provisional figures of the small ruleset, by name."""
PLACES = {
    "best": "dusty.A",
    "better": "dusty.B",
    "way": "either.A,B.any[0]",
    "other_way": "either.A,B.any[1].all[0]",
    "row": "rows.A,B.require",
    "kind": "rows.A,B.where",
    "two": "two.B.of[0]",
    "guard": "two.applies_when",
    "cap": "gate.capped",
    "veto": "gate.out",
    "contrary": "contrary.A.not",
}
SHARES, OXYGEN = ("other_way", "guard", "cap", "contrary"), ("kind",)


def beyond(name: str) -> tuple[str, str]:
    """Figures below and above every value of the audits, within the bounds of the fact."""
    return "0", "100" if name in SHARES else "21" if name in OXYGEN else "500"


def ruleset(root: Path, **other: str) -> Small:
    """The small ruleset, with other figures if they are given."""
    g = {name: f"{{provisional: {figure}}}" for name, figure in (GUESSES | other).items()}
    gate = "text: 情形, cite: {document: 试验文件}, basis: estimated, confidence: low, note: 试验"
    more = (
        "gates:\n"
        f"  - {{id: capped, title: 降级, when: {{fact: share, above: {g['cap']}}}, effect: {{cap: B}}, {gate}}}\n"
        f"  - {{id: out, title: 不纳入, when: {{fact: dust, above: {g['veto']}}}, effect: ungraded, {gate}}}\n"
    )
    each = f"{{each: outlets, where: {{fact: o2, at_most: {g['kind']}}}, require: {{fact: nox, at_most: {g['row']}}}}}"
    two = (
        f"{{at_least_of: 2, of: [{{fact: dust, at_most: {g['two']}}}, "
        "{fact: watered, equals: true}, {fact: swept, equals: true}]}"
    )
    either = (
        f"{{any: [{{fact: dust, at_most: {g['way']}}}, "
        f"{{all: [{{fact: share, at_least: {g['other_way']}}}, {{fact: closed, equals: true}}]}}]}}"
    )
    indicators = "indicators:\n" + "".join(
        (
            _indicator(
                "dusty", {"A": f"{{fact: dust, at_most: {g['best']}}}", "B": f"{{fact: dust, at_most: {g['better']}}}"}
            ),
            _indicator("either", {"A,B": either}),
            _indicator("rows", {"A,B": each}),
            _indicator("two", {"B": two}, f"    applies_when: {{fact: share, at_most: {g['guard']}}}\n"),
            _indicator("contrary", {"A": f"{{not: {{fact: share, at_most: {g['contrary']}}}}}"}),
            _indicator("seen", {"C": "{fact: dust, at_most: 80, basis: seen, confidence: high}"}),
        )
    )
    return small(root, indicators, more=more)


def _indicator(id_: str, levels: Mapping[str, str], more: str = "") -> str:
    asked = "".join(f'      "{level}": {{require: {condition}}}\n' for level, condition in levels.items())
    return (
        f"  - id: {id_}\n    dimension: treatment\n    title: 指标{id_}\n{more}    levels:\n{asked}"
        "    cite: {document: 试验文件}\n    basis: recalled\n    confidence: low\n    remedy: {text: 整改}\n"
    )


def facts(luck: Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Facts near the figures, some of them missing, and a few rows."""
    values: dict[str, Any] = {
        "dust": luck.choice([3, 8, 8, 15, 15, 25, 40, 85, 99, None]),
        "share": luck.choice([2, 50, 65, 65, 80, 95, None]),
        **{fact: luck.choice([True, True, False, None]) for fact in ("closed", "watered", "swept")},
    }
    rows = [
        {"outlet_id": str(n), "nox": luck.choice([20, 40, 60, None]), "o2": luck.choice([9, 18, 20, None])}
        for n in range(luck.randint(0, 3))
    ]
    return values, rows


def test_what_is_forbidden_and_what_is_not_asked_for_now_is_told_as_it_is(tmp_path: Path) -> None:
    """A comparison below a `not` is told as its contrary, one that takes every answer as asking nothing."""
    either = "{provisional: [true, false]}"
    of = small(
        tmp_path,
        "indicators:\n"
        + _indicator("contrary", {"C": "{not: {fact: share, at_most: {provisional: 5}}}"})
        + _indicator("open", {"C": f"{{fact: closed, one_of: {either}}}"}),
    )
    found = figures_of(of, of.audit({"share": 50, "closed": True}))
    assert [figure.text for figure in found.decisive] == [
        "指标contrary（C级）：清洁运输比例高于 5%",
        "指标open（C级）：皮带密闭（要求待核实，暂按不作要求）",
    ]


def figures_of(of: Small, audit: Audit) -> GroundFigures:
    (found,) = unit_figures({"e/r": of.engine.library.ruleset("e/r")}, audit, of.grade(audit, trial=True))
    assert found is not None
    return found


def test_a_figure_is_decisive_exactly_when_another_one_in_its_place_gives_another_grade(tmp_path: Path) -> None:
    as_is = ruleset(tmp_path / "as_is")
    others = {
        name: [ruleset(tmp_path / f"{name}{i}", **{name: figure}) for i, figure in enumerate(beyond(name))]
        for name in GUESSES
    }
    luck, turned, grades = Random(9), set(), set()
    for _ in range(60):
        values, rows = facts(luck)
        audit = as_is.audit(values, outlets=rows)
        today = as_is.grade(audit, trial=True).outcome.grade
        found = {figure.condition for figure in figures_of(as_is, audit).decisive}
        for name, variants in others.items():
            changes = any(other.grade(audit, trial=True).outcome.grade != today for other in variants)
            assert (PLACES[name] in found) == changes, (name, values, rows, today)
            turned |= {name} if changes else set()
        grades.add(today)
    assert turned == set(GUESSES)
    assert grades == {"A", "B", "C", "D", "ungraded"}


def test_figures_are_counted_where_the_grade_is_met_and_where_the_next_better_level_is_not(tmp_path: Path) -> None:
    of = ruleset(tmp_path)
    facts = {"dust": 15, "share": 65, "closed": True, "watered": True, "swept": True}
    found = figures_of(of, of.audit(facts, outlets=[]))
    # B: dusty.B, the other way of `either` with `closed`, the three of `two` that hold, the gate, and `seen`, which better levels
    # ask too. Not A: dusty.A alone; `contrary` asks nothing at B, and that a guard is met is no reason that `two` is.
    assert (found.estimated, found.recalled, found.established) == (1, 1 + 2 + 3 + 1, 1)
    assert [figure.condition for figure in found.decisive] == [
        "gate.out",
        "dusty.A",
        "dusty.B",
        "either.A,B.any[1].all[0]",
    ]
    assert found.decisive[2] == DecisiveFigure(
        "dusty", "dusty.B", "recalled", "指标dusty（B级）：厂界颗粒物不高于 20 mg/m³"
    )


def test_only_a_trial_has_figures_and_they_stand_beside_the_decision(tmp_path: Path) -> None:
    of = ruleset(tmp_path)
    audit, rulesets = of.audit({"dust": 99}), {"e/r": of.engine.library.ruleset("e/r")}
    trial, official = (graded_document(rulesets, audit, of.grade(audit, trial)) for trial in (True, False))
    assert trial["units"][0]["figures"] == {
        "estimated": 1,
        "recalled": 0,
        "established": 0,
        "decisive": [
            {
                "indicator": "out",
                "condition": "gate.out",
                "basis": "estimated",
                "text": "不纳入：厂界颗粒物高于 95 mg/m³",
            }
        ],
    }
    assert "figures" not in official["units"][0]
    assert unit_figures(rulesets, audit, of.grade(audit)) == (None,)


def test_words() -> None:
    one = DecisiveFigure("a", "a.A", "estimated", "甲：粉尘不高于 10")
    two = DecisiveFigure("b", "b.A", "recalled", "乙：粉尘不高于 20")
    found = GroundFigures(5, 12, 17, (one, two))
    counts = "本等级所依据的 34 项数值中，估计 5 项，转述（待核对原文）12 项，已核实 17 项；其中"
    assert counts_text(found) == f"{counts} 2 项若为他值则等级改变"
    assert (
        figures_text(found)
        == f"{counts} 2 项若为他值则等级改变：甲：粉尘不高于 10（估计）；乙：粉尘不高于 20（转述，待核对原文）。"
    )
    assert figures_text(found, 1) == f"{counts} 2 项若为他值则等级改变：甲：粉尘不高于 10（估计） 等 2 项。"
    assert figures_text(replace(found, decisive=())) == f"{counts}任何一项暂定的数值单独为他值，等级都不变。"
    assert counts_text(GroundFigures(0, 0, 17, ())) == "本等级所依据的 17 项数值中，已核实 17 项"
    assert figures_text(GroundFigures(0, 0, 0, ())) == "本等级不依据任何数值。"


EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["cement/jingyang-two-lines", "rubber/weicheng_tyre", "coking/top_charging"])
def test_other_figures_in_shipped_rulesets_change_the_grade_of_examples_where_they_are_decisive(name: str) -> None:
    audit = read_audit((EXAMPLES / f"{name}.json").read_bytes(), LIBRARY)
    rulesets = {unit.ruleset: LIBRARY.ruleset(unit.ruleset) for unit in audit.units}
    grading = ENGINE.grade(audit, Mode.TRIAL)
    for index, (unit, found) in enumerate(zip(grading.units, unit_figures(rulesets, audit, grading), strict=True)):
        assert found is not None
        decisive = {figure.condition for figure in found.decisive}
        assert decisive
        of = rulesets[unit.ruleset]
        for place, variants in _with_other_figures(of):
            grades = {grade_unit(other, audit, index, trial=True).grade for other in variants}
            assert (place in decisive) == (grades != {unit.outcome.grade}), place


def _with_other_figures(of: Ruleset) -> Iterator[tuple[str, list[Ruleset]]]:
    """Each provisional figure of the indicators by its place, with the rulesets that have the other sides of it."""
    for i, indicator in enumerate(of.indicators):
        for key, requirement in indicator.levels.items():
            for place, wholes in _otherwise(of, requirement.require, f"{indicator.id}.{key.replace(' ', '')}"):
                variants = []
                for whole in wholes:
                    levels = indicator.levels | {key: requirement.model_copy(update={"require": whole})}
                    changed = indicator.model_copy(update={"levels": levels})
                    others = (*of.indicators[:i], changed, *of.indicators[i + 1 :])
                    variants.append(of.model_copy(update={"indicators": others}))
                yield place, variants


def _otherwise(of: Ruleset, c: ConditionBase, place: str) -> Iterator[tuple[str, list[ConditionBase]]]:
    if isinstance(c, Comparison):
        if c.is_provisional:
            yield place, [c.model_copy(update={c.operator: other}) for other in _operands(of, c)]
        return
    for name in type(c).model_fields:
        part = getattr(c, name)
        if isinstance(part, ConditionBase):
            for at, changed in _otherwise(of, part, f"{place}.{name.rstrip('_')}"):
                yield at, [c.model_copy(update={name: other}) for other in changed]
        elif isinstance(part, tuple):
            for n, listed in enumerate(part):
                if isinstance(listed, ConditionBase):
                    for at, changed in _otherwise(of, listed, f"{place}.{name}[{n}]"):
                        yield at, [c.model_copy(update={name: (*part[:n], o, *part[n + 1 :])}) for o in changed]


def _operands(of: Ruleset, c: Comparison) -> list[ProvisionalOne | ProvisionalMany]:
    """Operands with which every value is as asked, and with which none is."""
    guess = c.guess
    if isinstance(guess, bool):
        return [ProvisionalOne(provisional=not guess)]
    if isinstance(guess, Decimal):
        return [ProvisionalOne(provisional=Decimal(n)) for n in (-(10**9), 10**9)]
    options = tuple(of.facts[c.fact].options)
    listed = guess if isinstance(guess, tuple) else (guess,)
    if c.operator == "equals":
        return [ProvisionalOne(provisional=option) for option in options if option not in listed]
    return [ProvisionalMany(provisional=options), ProvisionalMany(provisional=("no_such_option",))]
