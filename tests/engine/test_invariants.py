"""What holds of every grading, whatever the ruleset and the audit."""

import json
import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grading import digest
from grading.engine.grade import Engine
from grading.model.audit import Audit, Below, Known
from grading.model.base import Mode, Status
from grading.model.result import Grading
from grading.model.ruleset import Ruleset
from tests import plain
from tests.engine.small import Shelf, audit_of, fact, indicator, ruleset_of
from tests.engine.strategies import Flavour, audits, conditions_of, rulesets

AMOUNT = settings.default.max_examples if settings.default is not None else 100
ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"(?:enterprise|units\[(\d+)\])(?:\.groups\.(\w+)\[(\d+)\]|\.facts)\.(\w+)")
SMALL = Flavour(indicators=3, depth=2)


def drawn(data: st.DataObject, missing: int = 5) -> tuple[Ruleset, Audit]:
    """A random ruleset and an audit for it."""
    ruleset = data.draw(rulesets(SMALL)).ruleset
    return ruleset, data.draw(audits(ruleset, missing))


def unit_of(audit: Audit, **changes: Any) -> Audit:
    """The audit with its only unit changed."""
    return audit.model_copy(update={"units": (audit.units[0].model_copy(update=changes),)})


@settings(max_examples=2 * AMOUNT)
@given(data=st.data())
def test_adding_a_fact_never_turns_met_or_unmet_into_something_else(data: st.DataObject) -> None:
    ruleset, audit = drawn(data, missing=1)
    unit = audit.units[0]
    known = {**audit.enterprise.facts, **unit.facts}
    missing = [
        f for f in ruleset.facts.values() if f.group is None and known.get(f.id, Known(value=None)).value is None
    ]
    groups = [group for group in ruleset.groups if group not in unit.groups]
    assume(missing or groups)
    more = data.draw(audits(ruleset, missing=50)).units[0]
    engine = Engine(Shelf(ruleset))
    added = {f.id: more.facts[f.id] for f in missing if f.id in more.facts and data.draw(st.booleans())}
    stated = {group: more.groups[group] for group in groups if group in more.groups and data.draw(st.booleans())}
    after = unit_of(audit, facts=unit.facts | added, groups=unit.groups | stated)
    for mode in Mode:
        said = [_statuses(engine.grade(a, mode)) for a in (audit, after)]
        changed = {k for k, v in said[0].items() if v is not Status.UNKNOWN and said[1][k] is not v}
        assert changed == set()


def _statuses(grading: Grading) -> dict[tuple[str, str], Status]:
    return {(i.id, level): status for i in grading.units[0].indicators for level, status in i.levels.items()}


@settings(max_examples=AMOUNT)
@given(data=st.data())
def test_every_cause_in_the_trace_is_a_fact_or_an_earlier_entry(data: st.DataObject) -> None:
    ruleset, audit = drawn(data)
    for unit in Engine(Shelf(ruleset)).grade(audit).units:
        assert [entry.seq for entry in unit.trace] == list(range(1, len(unit.trace) + 1))
        for entry in unit.trace:
            assert entry.because
            for cause in entry.because:
                if "seq" in cause:
                    assert 1 <= cause["seq"] < entry.seq
                elif "place" in cause:
                    assert cause["place"] == "assessed_on" or cause["value"] == _as_json(_at(audit, cause["place"]))
                else:
                    assert "group" in cause or "computed_from" in cause or cause == {"ruleset": ruleset.id}


def _at(audit: Audit, place: str) -> Any:
    """The value at a place of an audit; None when nothing stands there."""
    found = PLACE.fullmatch(place)
    assert found is not None
    unit, group, row, fact = found.groups()
    if unit is None:
        facts = audit.enterprise.facts
    elif group is None:
        facts = audit.units[int(unit)].facts
    else:
        facts = audit.units[int(unit)].groups[group][int(row)].facts
    return facts[fact].value if fact in facts else None


def _as_json(value: Any) -> Any:
    """A value as the trace tells it."""
    if isinstance(value, tuple):
        return sorted(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Below):
        return f"<{digest.plain(value.below)}"
    return value.isoformat() if isinstance(value, date) else value


@settings(max_examples=AMOUNT // 2)
@given(data=st.data())
def test_the_same_audit_and_ruleset_give_the_same_bytes(data: st.DataObject) -> None:
    ruleset, audit = drawn(data)
    first, second = (orjson.dumps(Engine(Shelf(ruleset)).grade(audit).as_json()) for _ in range(2))
    assert first == second
    assert json.loads(first) == json.loads(json.dumps(Engine(Shelf(ruleset)).grade(audit).as_json()))


@settings(max_examples=AMOUNT // 2)
@given(data=st.data())
def test_results_do_not_depend_on_the_order_in_which_facts_are_written(data: st.DataObject) -> None:
    ruleset, audit = drawn(data)
    unit = audit.units[0]
    names = data.draw(st.permutations(sorted(unit.facts)))
    rows = {
        group: tuple(row.model_copy(update={"facts": dict(reversed(row.facts.items()))}) for row in listed)
        for group, listed in reversed(unit.groups.items())
    }
    turned = unit_of(audit, facts={n: unit.facts[n] for n in names}, groups=rows)
    engine = Engine(Shelf(ruleset))
    assert orjson.dumps(engine.grade(audit).as_json()) == orjson.dumps(engine.grade(turned).as_json())


@settings(max_examples=AMOUNT // 2)
@given(data=st.data())
def test_the_enterprise_is_graded_as_its_worst_unit(data: st.DataObject) -> None:
    shelf = [data.draw(rulesets(Flavour(indicators=2, depth=1))).ruleset for _ in range(2)]
    shelf = [ruleset.model_copy(update={"id": f"test/random{n}"}) for n, ruleset in enumerate(shelf)]
    drawn_audits = [data.draw(audits(ruleset, missing=20)) for ruleset in shelf]
    units = tuple(a.units[0].model_copy(update={"id": f"u{n}"}) for n, a in enumerate(drawn_audits))
    audit = drawn_audits[0].model_copy(update={"units": units})
    grading = Engine(Shelf(*shelf)).grade(audit)
    expected = [plain.grade_unit(ruleset, audit, n) for n, ruleset in enumerate(shelf)]
    assert grading.outcome.grade == plain.worst([(r, e.grade) for r, e in zip(shelf, expected, strict=True)])
    assert grading.outcome.attainable == plain.worst([(r, e.attainable) for r, e in zip(shelf, expected, strict=True)])


def test_a_units_own_value_goes_before_the_enterprises() -> None:
    gate = {"id": "g", "when": {"fact": "x", "equals": True}, "effect": "ungraded", "text": "…"}
    ruleset = ruleset_of(facts={"x": fact("x", "boolean")}, gates=[gate])

    def outcome(own: Known | None, shared: Known | None) -> str:
        audit = audit_of(ruleset, {})
        enterprise = audit.enterprise.model_copy(update={"facts": {} if shared is None else {"x": shared}})
        changed = unit_of(audit, facts={} if own is None else {"x": own}).model_copy(update={"enterprise": enterprise})
        return Engine(Shelf(ruleset)).grade(changed).outcome.grade

    yes, no, noted = Known(value=True), Known(value=False), Known(value=None, note="not seen")
    assert (outcome(no, yes), outcome(yes, no), outcome(noted, no), outcome(None, yes)) == (
        "A",
        "ungraded",
        "A",
        "ungraded",
    )


def test_grading_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib, orjson, sys; from grading.engine.grade import Engine; from grading.intake import read_audit;"
        "from grading.language.load import Library; library = Library();"
        "audit = read_audit(open(sys.argv[1], 'rb').read(), library);"
        "print(hashlib.sha256(orjson.dumps(Engine(library).grade(audit).as_json())).hexdigest())"
    )
    example = str(next((ROOT / "examples" / "concrete").glob("*.json")))
    said = {
        subprocess.run(
            [sys.executable, "-c", script, example],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_every_condition_of_a_ruleset_is_read_by_the_strategies() -> None:
    """The strategies would prove nothing about rulesets whose conditions they did not find."""
    holds = {"fact": "x", "equals": True}
    gate = {"id": "g", "when": holds, "effect": "ungraded", "text": "…"}
    found = conditions_of(
        ruleset_of(
            facts={"x": fact("x", "boolean")}, indicators=[indicator("i", applies_when=holds, A=holds)], gates=[gate]
        )
    )
    assert len(found) == 3
