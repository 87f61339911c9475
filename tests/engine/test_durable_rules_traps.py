"""docs/durable-rules.md, line by line: what the rule library gets wrong, and how a grading lives with it."""

import re
import threading
import tomllib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import durable_rules_engine as rete
import orjson
import pytest

from grading.engine import loaded_level, session, status_tables
from grading.engine import rules as network_rules
from grading.engine.conclusions import UnitFacts
from grading.engine.durable_rules import STATE, EngineError, Memory
from grading.engine.grade import Engine
from grading.engine.limits import MAX_ALTERNATIVES, OWN_NAMES, check_limits
from grading.engine.name_hashes import OF_PARCELS, PLACES, fnv1a
from grading.engine.network import Network, NetworkError, build_network, definition
from grading.engine.rules import Names, Rule, Table
from grading.engine.session import MAX_FACTS, Machine
from grading.language.load import Library
from grading.model.base import Mode, Status
from grading.model.ruleset import Ruleset
from grading.plan.build import boundaries, build_plan
from grading.problems.engine_codes import EngineCode
from grading.problems.reason import Parameter
from tests.engine.small import DAY, SCALES, Shelf, audit_of, fact, grade, indicator, ruleset_of

ROOT = Path(__file__).resolve().parents[2]
MET, UNMET, UNKNOWN = Status.MET, Status.UNMET, Status.UNKNOWN
TWO = {"label": "two levels", "levels": SCALES[2]}


def asking(condition: Any, **facts: str | dict[str, Any]) -> Ruleset:
    """A ruleset of one indicator; facts as `name=type`, or as a file writes them."""
    declared = {
        name: fact(name, f) if isinstance(f, str) else {"id": name, "label": name, **f} for name, f in facts.items()
    }
    return ruleset_of(scale=TWO, facts=declared, indicators=[indicator("i", leading=condition)])


def status(ruleset: Ruleset, facts: dict[str, Any], rows: dict[str, list[dict[str, Any]]] | None = None) -> Status:
    """The status of the ruleset's only indicator."""
    return grade(ruleset, facts, rows).indicator("i").levels["leading"]


@contextmanager
def refused(code: EngineCode, **parameters: Parameter) -> Iterator[None]:
    """What is done in it is refused with a code, and with these parameters."""
    with pytest.raises((NetworkError, EngineError)) as caught:
        yield
    assert caught.value.reason.code is code
    assert parameters.items() <= dict(caught.value.reason.parameters).items()


def yes(name: str) -> dict[str, Any]:
    """The condition that a boolean is true."""
    return {"fact": name, "equals": True}


@pytest.fixture(scope="module")
def shipped() -> list[Network]:
    """The networks of all shipped rulesets on the last day on which something in them changes."""
    rulesets = Library()
    found = []
    for ruleset in map(rulesets.ruleset, rulesets.ids()):
        *_, day = (ruleset.edition.effective, *boundaries(ruleset))
        found.append(build_network(build_plan(ruleset, Mode.TRIAL, day)))
    return found


@pytest.fixture(scope="module")
def definitions(shipped: list[Network]) -> list[dict[str, Any]]:
    """Their levels in the library's own form."""
    return [definition(level.packs) for network in shipped for level in network.levels]


@pytest.fixture
def asserted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every fact that is asserted during the test, as the library gets it."""
    facts: list[str] = []

    def spy_on(call: str) -> Callable[[int, str], Any]:
        original = getattr(rete, call)

        def spy(handle: int, text: str) -> Any:
            told = orjson.loads(text)
            facts.extend(orjson.dumps(one).decode() for one in (told if isinstance(told, list) else [told]))
            return original(handle, text)

        return spy

    for call in ("assert_fact", "assert_facts"):
        monkeypatch.setattr(rete, call, spy_on(call))
    return facts


def table_of(name: str, *rules: tuple[network_rules.Test, ...]) -> Table:
    """A table of rules that conclude nothing."""
    return Table(name, name, tuple(Rule(tests, ()) for tests in rules), lambda: ())


class TestLimits:
    """Past a limit the library fails silently or crashes; a ruleset is inside all of them or refused with a reason."""

    @pytest.mark.parametrize(("form", "short", "whole"), [("all", UNMET, MET), ("any", MET, MET)])
    def test_forty_conditions_in_one_list_are_joined_in_a_tree(self, form: str, short: Status, whole: Status) -> None:
        names = [f"x{n}" for n in range(40)]
        ruleset = asking({form: [yes(name) for name in names]}, **dict.fromkeys(names, "boolean"))
        true = dict.fromkeys(names, True)
        assert status(ruleset, true) is whole
        assert status(ruleset, {**true, "x39": False}) is short
        assert status(ruleset, dict.fromkeys(names[1:], True)) is (UNKNOWN if form == "all" else MET)
        assert status(ruleset, dict.fromkeys(names, False)) is UNMET

    def test_fifteen_of_twenty_conditions_are_counted_without_a_wide_join(self) -> None:
        names = [f"x{n}" for n in range(20)]
        ruleset = asking({"at_least_of": 15, "of": [yes(name) for name in names]}, **dict.fromkeys(names, "boolean"))
        assert [status(ruleset, {name: n < true for n, name in enumerate(names)}) for true in (14, 15)] == [UNMET, MET]

    def test_no_rule_of_a_shipped_ruleset_joins_facts(self, definitions: list[dict[str, Any]]) -> None:
        assert {len(rule["all"]) for rules in definitions for rule in rules.values()} == {1}

    def test_fifty_thresholds_on_one_fact_are_told_apart(self) -> None:
        ruleset = asking({"all": [{"fact": "x", "at_most": n} for n in range(50)]}, x="number")
        for x in ("24.9999", "25", "25.0001"):
            conditions = grade(ruleset, {"x": x}).conditions
            met = [conditions[f"i.leading.all[{n}]"] is MET for n in range(50)]
            assert met == [Decimal(x) <= n for n in range(50)]

    def test_seventy_thresholds_on_one_fact_are_refused_with_a_reason(self) -> None:
        ruleset = asking({"all": [{"fact": "x", "at_most": n} for n in range(70)]}, x="number")
        with refused(EngineCode.TOO_MANY_CONDITIONS_AT_ONCE, amount=71, most=61):
            status(ruleset, {"x": "1"})

    def test_a_hundred_conditions_on_the_same_threshold_are_one(self) -> None:
        conditions = [{"all": [{"fact": "x", "at_most": 10}, yes(f"y{n}")]} for n in range(100)]
        ruleset = asking({"any": conditions}, x="number", **{f"y{n}": "boolean" for n in range(100)})
        facts = {f"y{n}": n == 70 for n in range(100)}
        assert [status(ruleset, {"x": x, **facts}) for x in ("10", "10.0001")] == [MET, UNMET]

    def test_a_row_condition_that_seventy_others_read_is_told_to_each_of_them(self) -> None:
        facts = {f"r{n}": fact(f"r{n}", "boolean", "outlets") for n in range(70)}
        rows = [{"each": "outlets", "require": {"any": [yes(f"r{n}"), yes("r0")]}} for n in range(1, 70)]
        ruleset = ruleset_of(scale=TWO, facts=facts, indicators=[indicator("i", leading={"all": rows})])
        assert [status(ruleset, {}, {"outlets": [{"r0": r0}]}) for r0 in (True, False)] == [MET, UNKNOWN]

    def test_six_hundred_values_are_told_in_several_facts(self) -> None:
        names = [f"x{n}" for n in range(600)]
        ruleset = asking({"any": [yes(name) for name in names]}, **dict.fromkeys(names, "boolean"))
        assert status(ruleset, {name: name == "x599" for name in names}) is MET
        assert status(ruleset, dict.fromkeys(names, False)) is UNMET

    def test_six_hundred_options_that_alternate_are_refused(self) -> None:
        options = {f"o{n}": "…" for n in range(1200)}
        ruleset = asking(
            {"fact": "x", "one_of": [f"o{n}" for n in range(0, 1200, 2)]}, x={"type": "choice", "options": options}
        )
        with refused(EngineCode.TOO_MANY_CONDITIONS, most=480):
            status(ruleset, {"x": "o1"})

    def test_a_condition_that_a_hundred_and_fifty_others_read_is_told_in_several_facts(self) -> None:
        names = [f"y{n}" for n in range(150)]
        pairs = {"any": [{"all": [yes("x"), yes(name)]} for name in names]}
        ruleset = asking(pairs, x="boolean", **dict.fromkeys(names, "boolean"))
        others = {name: name == "y149" for name in names}
        assert [status(ruleset, {"x": x, **others}) for x in (True, False)] == [MET, UNMET]

    def test_more_rules_on_one_condition_than_the_library_takes_are_refused(self) -> None:
        tests = (network_rules.Test("n1", "$eq", 1),)
        with refused(EngineCode.TOO_MANY_RULES_ON_ONE, about="x", amount=121, most=120):
            check_limits(asking(yes("x"), x="boolean"), 1, 121, [("p0", [table_of("x", *[tests] * 121)])])

    def test_a_set_of_two_hundred_options_is_one_fact(self) -> None:
        options = {f"o{n}": "…" for n in range(200)}
        declared = {"type": "choices", "options": options}
        within = asking({"fact": "x", "within": ["o0", "o1"]}, x=declared)
        assert [status(within, {"x": x}) for x in ((), ("o0",), ("o0", "o199"))] == [MET, MET, UNMET]
        every = asking({"fact": "x", "includes_all": list(options)}, x=declared)
        assert [status(every, {"x": tuple(options)[n:]}) for n in (0, 1)] == [MET, UNMET]

    def test_a_set_with_more_options_than_a_fact_has_properties_is_refused(self) -> None:
        options = {f"o{n}": "…" for n in range(300)}
        ruleset = asking({"fact": "x", "within": ["o0"]}, x={"type": "choices", "options": options})
        with refused(EngineCode.TOO_MANY_OPTIONS, most=240):
            status(ruleset, {"x": ()})

    def test_more_rules_or_facts_than_a_level_can_have_are_refused(self) -> None:
        ruleset = asking(yes("x"), x="boolean")
        with refused(EngineCode.TOO_MANY_RULES, most=4096):
            check_limits(ruleset, 1, 4097, [])
        with refused(EngineCode.TOO_MANY_PARCELS, most=480):
            check_limits(ruleset, 1, 1, [(f"p{n}", []) for n in range(481)])

    def test_figures_beyond_exact_integers_are_refused_and_values_beyond_them_keep_their_order(self) -> None:
        with refused(EngineCode.FIGURE_NOT_EXACT):
            status(asking({"fact": "x", "at_most": Decimal(10) ** 14}, x="number"), {"x": "1"})
        product = {"id": "c", "product": ["x"] * 12}
        ruleset = asking({"fact": "c", "above": Decimal(9_000_000_000)}, x="number")
        ruleset = ruleset_of(scale=TWO, facts=ruleset.facts, computed={"c": product}, indicators=ruleset.indicators)
        assert [status(ruleset, {"x": x}) for x in ("999999999", "1", "-999999999")] == [MET, UNMET, MET]

    def test_no_state_is_left_alive_by_a_grading(self) -> None:
        engine, ruleset = Engine(shelf := Shelf(asking(yes("x"), x="boolean"))), None
        for _ in range(3):
            ruleset = shelf.ruleset("test/random")
            engine.grade(audit_of(ruleset, {"x": True}))
        assert ruleset is not None
        for its in engine.ready(ruleset.id, Mode.OFFICIAL, DAY).machine.levels:
            with pytest.raises(rete.error, match="309"):
                rete.get_state(its.memory.handle, STATE)

    def test_rulesets_that_nobody_uses_any_more_are_given_back(self) -> None:
        def handle() -> int:
            return Memory("m", {"r0": {"all": [{"m_0": {"$and": [{"b0": 1}, {"x": 1}]}}], "run": "record"}}).handle

        first = handle()
        with pytest.raises(rete.error, match="111"):
            rete.assert_fact(first, '{"id":"0","b0":1,"x":1}')


class TestTraps:
    """What the library does silently, and why it can't happen here."""

    def test_no_two_ids_of_a_run_share_a_hash(self) -> None:
        hashes = {fnv1a(str(n)) for n in range(MAX_FACTS)}
        assert len(hashes) == MAX_FACTS
        assert fnv1a(f"sid-{STATE}") not in hashes

    def test_two_property_names_that_share_a_hash_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        taken = iter(["costarring", "between", "liquid"])  # a known pair of the 32-bit hash FNV-1a
        assert fnv1a("costarring") == fnv1a("liquid")
        monkeypatch.setattr(Names, "of", _names_from(taken))
        with refused(EngineCode.NAMES_SHARE_HASH):
            build_network(build_plan(asking(yes("x"), x="boolean"), Mode.OFFICIAL, DAY))

    def test_rows_that_say_the_same_are_different_facts(self) -> None:
        ruleset = ruleset_of(
            scale=TWO,
            facts={"x": fact("x", "number", "outlets")},
            indicators=[indicator("i", leading={"each": "outlets", "require": {"fact": "x", "at_most": 10}})],
        )
        unit = grade(ruleset, {}, {"outlets": [{"x": "5"}] * 3})
        assert unit.conditions["i.leading.require"] == {f"outlets-{n}": MET for n in range(3)}
        assert len([e for e in unit.trace if e.concludes.get("condition") == "i.leading.require"]) == 3

    def test_one_and_the_text_one_are_not_the_same(self) -> None:
        ruleset = asking({"all": [{"fact": "n", "equals": 1}, {"fact": "c", "equals": "o1"}]}, n="number", c="choice")
        assert [status(ruleset, {"n": "1", "c": c}) for c in ("o1", "o0")] == [MET, UNMET]

    def test_values_that_nothing_reads_are_no_obstacle(self) -> None:
        assert status(asking(yes("x"), x="boolean", unread="number"), {"x": True, "unread": "7"}) is MET

    def test_a_fact_that_the_library_refuses_stops_the_grading(self) -> None:
        network = build_network(build_plan(asking(yes("x"), x="boolean"), Mode.OFFICIAL, DAY))
        memory = Memory("m", definition(network.levels[0].packs))
        with refused(EngineCode.LIBRARY_FAILED):
            memory.run(['{"id":"0","p0":1e-07}'], lambda _: None)

    def test_facts_that_the_library_drops_behind_a_bad_number_are_missed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Names, "scaled", lambda *_: "1e-07")
        with refused(EngineCode.RULES_SILENT):
            status(asking({"fact": "x", "at_most": Decimal("0.1")}, x="number", y="boolean"), {"x": "1"})

    def test_only_whole_numbers_reach_the_library(self, asserted: list[str]) -> None:
        computed = {"c": {"id": "c", "ratio": ["x", "y"]}, "s": {"id": "s", "sum": ["x", "y"]}}
        facts = {"x": fact("x", "number"), "y": fact("y", "number"), "d": fact("d", "date"), "o": fact("o", "choices")}
        conditions: list[Any] = [{"fact": f, "at_most": Decimal("0.0001")} for f in ("x", "y", "c", "s")]
        conditions += [{"fact": "d", "at_least": date(2024, 1, 1)}, {"fact": "o", "includes_any": ["o1"]}]
        ruleset = ruleset_of(facts=facts, computed=computed, indicators=[indicator("i", A={"all": conditions})])
        grade(ruleset, {"x": "0.0001", "y": "0.3", "d": DAY, "o": ("o1",)})
        grade(ruleset, {"x": "0.1", "y": "0"})
        grade(ruleset, {})
        values = [v for text in asserted for k, v in orjson.loads(text).items() if k != "id"]
        assert values
        assert {type(v) for v in values} == {int}
        assert not any(re.search(r'":-?\d+[.eE]', text) for text in asserted)

    def test_a_tenth_and_two_tenths_are_three_tenths(self) -> None:
        computed = {"s": {"id": "s", "sum": ["x", "y"]}}
        ruleset = asking({"fact": "s", "equals": Decimal("0.3")}, x="number", y="number")
        ruleset = ruleset_of(scale=TWO, facts=ruleset.facts, computed=computed, indicators=ruleset.indicators)
        assert status(ruleset, {"x": "0.1", "y": "0.2"}) is MET

    def test_one_unit_in_the_last_place_decides(self) -> None:
        ruleset = asking({"fact": "x", "at_most": Decimal("10.05")}, x="number")
        assert [status(ruleset, {"x": x}) for x in ("10.0499", "10.0500", "10.0501")] == [MET, MET, UNMET]

    def test_a_number_with_more_decimals_than_its_fact_is_refused_and_not_cut(self) -> None:
        with refused(EngineCode.TOO_MANY_DECIMALS, fact="x", decimals=4):
            status(asking({"fact": "x", "at_most": Decimal("10.05")}, x="number"), {"x": "10.05001"})

    def test_what_is_missing_is_unknown_and_never_null(self, asserted: list[str]) -> None:
        ruleset = asking({"fact": "x", "none_of": [1]}, x="number")
        assert status(ruleset, {}) is UNKNOWN
        assert asserted
        assert not any("null" in text for text in asserted)

    def test_no_rule_speaks_of_absence_arrays_or_arithmetic(self, definitions: list[dict[str, Any]]) -> None:
        words = {word for rules in definitions for word in _words(rules) if word[0] == "$"}
        assert words <= {"$and", "$or", "$lte", "$gte"}

    def test_no_fact_passes_two_alternatives_of_a_pattern(self, definitions: list[dict[str, Any]]) -> None:
        for rule in (rule for rules in definitions for rule in rules.values()):
            facts = [next(iter(tests["$and"][0])) for tests in _alternatives(rule)]
            assert len({*facts}) == len(facts) <= MAX_ALTERNATIVES

    def test_facts_are_never_retracted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The library writes past its tables for a fact on which a rule has fired: a state is deleted and never emptied."""
        facts = {"x": fact("x", "boolean"), "r": fact("r", "number", "outlets")}
        rows = {"each": "outlets", "require": {"fact": "r", "at_most": 10}}
        condition = {"all": [yes("x"), rows]}
        ruleset = ruleset_of(scale=TWO, facts=facts, indicators=[indicator("i", leading=condition)])
        engine, audit = Engine(Shelf(ruleset)), audit_of(ruleset, {"x": True}, {"outlets": [{"r": "9"}, {"r": "11"}]})
        engine.grade(audit)
        called: list[str] = []

        def spy_on(call: str) -> Callable[..., Any]:
            original = getattr(rete, call)

            def spy(*arguments: Any) -> Any:
                called.append(call)
                return original(*arguments)

            return spy

        for call in (name for name, value in vars(rete).items() if callable(value) and not isinstance(value, type)):
            monkeypatch.setattr(rete, call, spy_on(call))
        assert engine.grade(audit).units[0].indicator("i").levels["leading"] is UNMET
        asserting = {"assert_fact", "assert_facts"}
        assert {*called} - asserting == {"start_action_for_state", "complete_and_start_action", "delete_state"}
        # No fact comes behind the deletion of the state that it would have come into.
        assert called.count("delete_state") == called.count("assert_fact") == len(_states(engine, ruleset))

    def test_each_rule_of_each_fact_is_one_alternative_of_one_rule_of_the_library(self, shipped: list[Network]) -> None:
        for level in (level for network in shipped for level in network.levels):
            written = [(parcel, rule) for pack in level.packs for parcel, rule in pack.rules.items()]
            assert len(written) == sum(len(list(parcel.rules)) for parcel in level.parcels)
            for parcel in level.parcels:
                assert {id(rule) for name, rule in written if name == parcel.name} == {
                    id(rule) for rule in parcel.rules
                }

    def test_every_pattern_begins_with_our_own_kind_of_fact(self, shipped: list[Network]) -> None:
        for level in (level for network in shipped for level in network.levels):
            rules = definition(level.packs).values()
            first = {str(tests["$and"][0]) for rule in rules for tests in _alternatives(rule)}
            assert first == {str({parcel.name: 1}) for parcel in level.parcels}

    def test_a_fact_walks_past_the_names_of_other_parcels_for_its_own_parcel_alone(
        self, shipped: list[Network]
    ) -> None:
        for network in shipped:
            parcels = {parcel.name for level in network.levels for parcel in level.parcels}
            assert {fnv1a(name) % PLACES for name in parcels} == {OF_PARCELS}
            properties = [*network.names.short.values()]
            assert OF_PARCELS not in {fnv1a(name) % PLACES for name in properties}
            # Hardly any has more than two signs: they are read and told with every fact.
            assert len(set(properties)) == len(properties)
            assert sum(map(len, properties)) <= 2.2 * len(properties)

    def test_no_rule_has_a_priority(self, definitions: list[dict[str, Any]]) -> None:
        assert {key for rules in definitions for rule in rules.values() for key in rule} == {"all", "cap", "run"}

    def test_division_by_zero_is_unknown(self) -> None:
        ruleset = asking({"fact": "c", "at_most": 1}, x="number", y="number")
        computed = {"c": {"id": "c", "ratio": ["x", "y"]}}
        ruleset = ruleset_of(scale=TWO, facts=ruleset.facts, computed=computed, indicators=ruleset.indicators)
        assert [status(ruleset, {"x": "1", "y": y}) for y in ("0", "1")] == [UNKNOWN, MET]

    def test_an_alternative_both_sides_of_which_hold_is_concluded_once(self) -> None:
        unit = grade(asking({"any": [yes("x"), yes("y")]}, x="boolean", y="boolean"), {"x": True, "y": True})
        assert len([e for e in unit.trace if e.concludes.get("condition") == "i.leading"]) == 1

    def test_two_conditions_on_one_fact_can_both_count(self) -> None:
        span = {"all": [{"fact": "x", "at_least": 2}, {"fact": "x", "at_most": 4}, {"not": {"fact": "x", "equals": 3}}]}
        ruleset = asking(span, x="number")
        assert [status(ruleset, {"x": x}) for x in ("2", "3", "4", "5")] == [MET, UNMET, MET, UNMET]

    def test_the_same_condition_twice_counts_twice(self) -> None:
        twice = {"at_least_of": 2, "of": [yes("x"), yes("x"), yes("y")]}
        ruleset = asking(twice, x="boolean", y="boolean")
        assert [status(ruleset, {"x": x, "y": not x}) for x in (True, False)] == [MET, UNMET]

    def test_a_condition_and_its_contrary_are_never_both_met(self) -> None:
        ruleset = asking({"all": [yes("x"), {"not": yes("x")}]}, x="boolean")
        assert [status(ruleset, facts) for facts in ({"x": True}, {"x": False}, {})] == [UNMET, UNMET, UNKNOWN]

    def test_the_package_is_for_pythons_that_the_library_imports_on(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        assert project["requires-python"] == ">=3.11,<3.13"
        assert "durable-rules==2.0.28" in project["dependencies"]


class TestThreads:
    """The library's host starts timer threads for ever and can't be called from two threads."""

    def test_four_threads_share_an_engine(self) -> None:
        rows = {"each": "outlets", "require": {"fact": "r", "at_most": 10}}
        facts = {"x": fact("x", "boolean"), "r": fact("r", "number", "outlets")}
        ruleset = ruleset_of(
            facts=facts, indicators=[indicator("i", A={"all": [yes("x"), rows]}), indicator("j", B=rows)]
        )
        engine = Engine(Shelf(ruleset))
        audits = [
            audit_of(ruleset, {"x": n % 2 == 0}, {"outlets": [{"r": str(9 + k % 3)} for k in range(n)]})
            for n in range(8)
        ]
        expected = [orjson.dumps(Engine(Shelf(ruleset)).grade(audit).as_json()) for audit in audits]
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda n: orjson.dumps(engine.grade(audits[n % 8]).as_json()), range(400)))
        assert found == [expected[n % 8] for n in range(400)]

    def test_no_thread_is_started(self) -> None:
        before = threading.active_count()
        status(asking(yes("x"), x="boolean"), {"x": True})
        assert threading.active_count() == before


class TestFailures:
    """A rule that does not fire is an error, never an `unknown`; and an error leaves nothing behind."""

    def test_an_exception_while_rules_fire_is_passed_on_and_leaves_the_machine_usable(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ruleset = asking(yes("x"), x="boolean")
        engine, audit = Engine(Shelf(ruleset)), audit_of(ruleset, {"x": True})
        before = engine.grade(audit).as_json()

        def interrupted(*_: Any) -> Callable[[Iterable[str]], None]:
            def fired(messages: Iterable[str]) -> None:
                raise KeyboardInterrupt(next(iter(messages)))

            return fired

        with monkeypatch.context() as patched:
            patched.setattr(session._Run, "_recorder", interrupted)
            with pytest.raises(KeyboardInterrupt):
                engine.grade(audit)
        assert engine.grade(audit).as_json() == before

    @pytest.mark.parametrize("more", [{"never": 1}, {"$lte": {"never": 1}}])
    @pytest.mark.parametrize("which", [0, -1])
    def test_a_rule_that_the_library_does_not_fire_makes_the_ruleset_unusable(
        self, monkeypatch: pytest.MonkeyPatch, which: int, more: dict[str, Any]
    ) -> None:
        def tampered(packs: Any) -> dict[str, Any]:
            rules = definition(packs)
            _alternatives(rules["r0"])[which]["$and"].append(more)
            return rules

        monkeypatch.setattr(loaded_level, "definition", tampered)
        with refused(EngineCode.RULES_WRONG):
            status(asking({"all": [yes("x"), yes("y")]}, x="boolean", y="boolean"), {"x": True, "y": True})

    def test_a_rule_that_fires_for_too_much_makes_the_ruleset_unusable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def tampered(packs: Any) -> dict[str, Any]:
            rules = definition(packs)
            for rule in rules.values():
                for tests in _alternatives(rule):
                    del tests["$and"][2:]
            return rules

        monkeypatch.setattr(loaded_level, "definition", tampered)
        with refused(EngineCode.RULES_WRONG):
            status(asking({"all": [yes("x"), yes("y")]}, x="boolean", y="boolean"), {"x": True, "y": True})

    def test_rules_that_say_something_else_than_the_language_make_the_ruleset_unusable(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def wrong(rows: Any, index: int, name: str, kind: Any) -> None:
            add_every(rows, index, name, kind)
            met, *others = rows.rules
            (effect,) = met.effects
            rows.rules = [met._replace(effects=(effect._replace(value=network_rules.UNKNOWN),)), *others]

        add_every = status_tables._add_every
        monkeypatch.setattr(status_tables, "_add_every", wrong)
        with refused(EngineCode.RULES_WRONG, rules=("i.leading",)):
            status(asking({"all": [yes("x"), yes("y")]}, x="boolean", y="boolean"), {"x": True, "y": True})

    def test_a_rule_that_stops_firing_later_stops_the_grading(self) -> None:
        machine = Machine(build_network(build_plan(asking(yes("x"), x="boolean"), Mode.OFFICIAL, DAY)))
        facts = UnitFacts({"x": True}, {})
        machine.run(facts)
        for its in machine.levels:
            its.memory = Memory("broken", definition(its.level.packs[:1]))
        with refused(EngineCode.RULES_SILENT):
            machine.run(facts)

    def test_what_nothing_concludes_is_named(self) -> None:
        found = Machine(build_network(build_plan(asking(yes("x"), x="boolean"), Mode.OFFICIAL, DAY))).run(
            UnitFacts({"x": True}, {})
        )
        session.prove_complete(found)
        found.fired[found.slots.of_node[found.plan.places["i.leading"].node]] = None
        with refused(EngineCode.NOTHING_CONCLUDED, names=("i.leading",)):
            session.prove_complete(found)

    def test_two_rules_that_conclude_the_same_stop_the_grading(self) -> None:
        machine = Machine(build_network(build_plan(asking(yes("x"), x="boolean"), Mode.OFFICIAL, DAY)))
        for its in machine.levels:
            its.concluding = {
                name: {parcel: (*concluding, *concluding) for parcel, concluding in by_parcel.items()}
                for name, by_parcel in its.concluding.items()
            }
        with refused(EngineCode.CONCLUDED_TWICE):
            machine.run(UnitFacts({"x": True}, {}))

    @pytest.mark.parametrize("levels", [4, 9])
    def test_a_grade_of_many_levels_is_proven_too(self, levels: int) -> None:
        """Of more levels than six not all combinations of their statuses are tried."""
        scale = {"label": "s", "levels": [{"id": f"l{n}", "label": "l", "standing": n + 1} for n in range(levels)]}
        conditions = {f"l{n}": {"fact": "x", "at_most": n} for n in range(levels - 1)}
        ruleset = ruleset_of(scale=scale, facts={"x": fact("x", "number")}, indicators=[indicator("i", **conditions)])
        grades = [grade(ruleset, {"x": str(x)}).grade for x in range(levels + 1)]
        assert grades == [f"l{min(x, levels - 1)}" for x in range(levels + 1)]

    def test_a_state_in_which_nothing_fired_is_left_alone_until_something_has(self) -> None:
        memory = Memory("m", {"r0": {"all": [{"m_0": {"$and": [{"b0": 1}, {"x": 1}]}}], "run": "record"}})
        fired: list[str] = []
        memory.run(['{"id":"0","b0":1,"y":1}'], fired.extend)
        assert not memory.has_fired
        memory.run(['{"id":"1","b0":1,"x":1}'], fired.extend)
        assert memory.has_fired
        assert len(fired) == 1

    def test_rules_that_the_library_can_not_read_are_an_engine_error(self) -> None:
        with refused(EngineCode.RULES_REFUSED, level="m"):
            Memory("m", {"r0": {"all": 5, "run": "record"}})


def _states(engine: Engine, ruleset: Ruleset) -> list[Any]:
    """The levels of a ruleset: each has a state of its own in a run."""
    return engine.ready(ruleset.id, Mode.OFFICIAL, DAY).machine.levels


def _alternatives(rule: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives of a rule in the library's own form."""
    (pattern,) = (pattern for named in rule["all"] for pattern in named.values())
    found: list[dict[str, Any]] = pattern.get("$or", [pattern])
    return found


def _words(raw: Any) -> Iterator[str]:
    """All keys of a definition."""
    if isinstance(raw, dict):
        for key, value in raw.items():
            yield key
            yield from _words(value)
    elif isinstance(raw, list):
        for value in raw:
            yield from _words(value)


def _names_from(taken: Iterator[str]) -> Callable[[Names, Any], str]:
    def of(names: Names, meant: Any) -> str:
        if meant not in names.short:
            name = next(taken, f"n{len(names.short)}")
            names.short[meant] = name
        return names.short[meant]

    return of


def test_our_own_property_names_do_not_share_a_hash() -> None:
    assert len({fnv1a(name) for name in OWN_NAMES}) == len(OWN_NAMES)
