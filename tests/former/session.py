"""Runs a network over one unit's facts: assert, let the rules fire, record each firing, assert what it concluded.

One state of one name is used per module and deleted after each run; a lock keeps a second thread out of it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from threading import Lock

from grading.engine.durable_rules import EngineError
from grading.model.interval import Interval
from grading.plan.nodes import Ref
from grading.problems.engine_codes import EngineCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of
from tests.former.causes import Causes
from tests.former.conclusions import ROW, Because, Conclusions, Origin, UnitFacts, View, key_of
from tests.former.loaded_module import Loaded, Prepared
from tests.former.module_assignment import SELECTION
from tests.former.network import Network
from tests.former.plan import FormerPlan
from tests.former.rules import EMPTY, MET, UNKNOWN, UNMET, UNSTATED, WEIGHED

MAX_FACTS = 700_000
"""Decimal fact ids below this have distinct 32-bit hashes; the first two that share one are 40189 and 797186."""
ALONE = ("}", False)
"""The place in a chain of what is about the unit and not about a row."""
UNIT: View = {0: ALONE}
FACT_IDS = re.compile(r'{"id":"(\d+)"').findall
AFTER_RULE = len('":{"m_0":{"id":"')
"""How far the id of a firing's first fact stands behind the name of its rule."""


class Machine:
    """A network that is ready to run. Safe to use from several threads."""

    def __init__(self, network: Network) -> None:
        """Raises EngineError when the rule library refuses the network."""
        self.network = network
        self._lock = Lock()
        name = network.plan.ruleset.id
        self._needed = Counter(node.view for node in network.plan.nodes if not node.selects_only)
        self.loaded = [Loaded(module, network, f"{name}, module {module.name}") for module in network.modules]

    def run(self, facts: UnitFacts, causes: Causes) -> Conclusions:
        """Everything the rules conclude from the facts; raises EngineError if the library misbehaves."""
        found = Conclusions()
        views = self.network.plan.views
        for i, view in enumerate(views):
            if view.where is None:
                rows = facts.rows.get(view.group)
                found.views[i] = None if rows is None else _chain([(n, False) for n in range(1, len(rows) + 1)])
        with self._lock:
            for module in self.loaded:
                if len(found.views) < len(views) and module.name != SELECTION:
                    self._select(facts, found)
                _Run(module.bounded if module.reads(facts.bounded) else module, facts, found, causes).go()
        self._prove_complete(found)
        return found

    def _select(self, facts: UnitFacts, found: Conclusions) -> None:
        """The rows that the rules found to be in each view, surely or perhaps, chained in their order."""
        for i, view in enumerate(self.network.plan.views):
            where, rows = view.where, facts.rows.get(view.group)
            if where is None:
                continue
            if rows is None:
                found.views[i] = None
                continue
            concluded = (n for n in range(1, len(rows) + 1) if found.firing(where, n) is not None)
            statuses = ((n, found.status(where, n)) for n in concluded)
            found.views[i] = _chain([(n, status != MET) for n, status in statuses if status != UNMET])

    def _prove_complete(self, found: Conclusions) -> None:
        """Every node must have been concluded: a rule that silently did not fire is an error, never an `unknown`."""
        plan = self.network.plan
        rows: dict[int | None, int] = {i: len(view or ()) for i, view in found.views.items()}
        rows[None] = 1
        expected = 2 * len(plan.targets) + sum(rows[view] * nodes for view, nodes in self._needed.items())
        if len(found.fired) - found.dispensable != expected:
            missing = tuple(_missing(plan, found))
            raise EngineError(EngineCode.NOTHING_CONCLUDED, ruleset=plan.ruleset.id, names=missing)


def _missing(plan: FormerPlan, found: Conclusions) -> Iterator[str | Reason]:
    """The names of what ought to have been concluded."""
    for index, node in enumerate(plan.nodes):
        rows = (0,) if node.view is None else found.views[node.view] or ()
        if not node.selects_only and any(found.firing(Ref(index), row) is None for row in rows):
            yield node.name
    for i, target in enumerate(plan.targets):
        if any(key_of(kind, i) not in found.at for kind in ("grade", "attainable")):
            yield reason_of(Phrase.GRADE_OF, target=target.id or Phrase.THE_UNIT)


def _chain(rows: list[tuple[int, bool]]) -> View:
    """Each row, with whether it may not be in the view: its own number `e`, that of the one before it `p`, the last with `z`."""
    before = [0, *(row for row, _ in rows)]
    last = rows[-1][0] if rows else 0
    return {
        row: (f',"e":{row},"p":{p},"z":{int(row == last)}}}', perhaps)
        for (row, perhaps), p in zip(rows, before, strict=False)
    }


class _Run:
    """One module's turn: `queue` are facts to assert; `origins`, `rows` and `about` say by id what each stands for."""

    def __init__(self, module: Loaded, facts: UnitFacts, found: Conclusions, causes: Causes) -> None:
        self.module, self.facts, self.found, self.causes = module, facts, found, causes
        self.queue: list[str] = []
        self.origins: list[Origin] = []
        self.rows: list[int] = []
        self.about: list[str] = []
        self.in_doubt = False
        """Whether something is missing that the module reads, so that rules about what is unknown are needed."""

    def go(self) -> None:
        """Fire until nothing is left."""
        for prop, text in self.module.always:
            self._ask(prop, text, self.causes.ruleset)
        self._ask_rows()
        self._ask_conclusions()
        self._ask_values()
        # Which rows there are is concluded by all rules: what is missed there would be left out without a word.
        needs_all = self.in_doubt or self.module.name == SELECTION
        prepared = self.module.all_rules if needs_all else self.module.certain_rules
        prepared.memory.run(self.queue, self._recorder(prepared))
        if len(self.origins) > MAX_FACTS:
            raise EngineError(EngineCode.TOO_MANY_FACTS, most=MAX_FACTS)

    def _ask(self, prop: str, text: str, origin: Origin, row: int = 0) -> None:
        """Queue a fact about a property; ids are consecutive decimal numbers, so that no two share a hash."""
        self.queue.append(f'{{"id":"{len(self.origins)}{text}')
        self.origins.append(origin)
        self.rows.append(row)
        self.about.append(prop)

    def _ask_rows(self) -> None:
        views, groups, of_group = self.found.views, self.module.plan.views, self.causes.group
        for view, (prop, text) in self.module.stated:
            if not views[view]:
                self.in_doubt |= views[view] is None
                self._ask(prop, f"{text}{UNSTATED if views[view] is None else EMPTY}}}", of_group(groups[view].group))
        for view, (prop, text) in self.module.rows:
            for row, (chain, perhaps) in (views[view] or {}).items():
                self.in_doubt |= perhaps
                self._ask(prop, f"{text}1{chain}", of_group(groups[view].group, row), row)

    def _ask_conclusions(self) -> None:
        """What earlier modules have concluded."""
        at, values, views, ask = self.found.at, self.found.values, self.found.views, self._ask
        for key, view, weighed, is_open, (prop, text) in self.module.imports:
            rows = UNIT if view is None else views[view] or {}
            for row, (chain, perhaps) in rows.items():
                number = at.get(key + row * ROW)
                if number is not None:
                    value = values[number]
                    if perhaps or (value == UNKNOWN and not is_open):
                        self.in_doubt = True
                    said = WEIGHED[value][perhaps] if weighed else value
                    ask(prop, f"{text}{said}{chain}", number, row)

    def _ask_values(self) -> None:
        of_fact, ask, views, all_rows = self.causes.fact, self._ask, self.found.views, self.facts.rows
        for view, asked in self.module.asked.items():
            group = None if view is None else self.module.plan.views[view].group
            rows = UNIT if view is None else views[view] or {}
            for row, (chain, perhaps) in rows.items():
                self.in_doubt |= perhaps
                values = self.facts.values if group is None else all_rows[group][row - 1]
                for fact, missing, prop, written in asked:
                    value = values.get(fact)
                    if type(value) is Interval:
                        self._ask_ends(fact, view, value, chain, of_fact(fact, group, row), row)
                    elif value is not None:
                        text = written(value)
                        if text is not None:
                            ask(prop, text + chain, of_fact(fact, group, row), row)
                    elif missing is not None:
                        self.in_doubt = True
                        ask(missing[0], missing[1] + chain, of_fact(fact, group, row), row)

    def _ask_ends(self, fact: str, view: int | None, value: Interval, chain: str, cause: Because, row: int) -> None:
        ends = self.module.ends(fact, view, value)
        if ends is not None:
            self.in_doubt = True
            self._ask(ends[0], ends[1] + chain, cause, row)

    def _recorder(self, prepared: Prepared) -> Callable[[Iterable[str]], None]:
        """What is done with firings. It is the heart of a grading, so it holds everything in names of its own."""
        queue, origins, rows, about = self.queue, self.origins, self.rows, self.about
        at, fired, views, found = self.found.at, self.found.fired, self.found.views, self.found
        rules, plan, key_of = prepared.rules, self.module.plan, self.causes.key
        known_at, conclude, record_firing, again = at.setdefault, found.values.append, fired.append, found.again.append
        ask, originate, place, tell = queue.append, origins.append, rows.append, about.append

        def record(messages: Iterable[str]) -> None:
            """Read each rule's name and the ids of its facts in the order of its patterns, and apply its effects."""
            for message in messages:
                end = message.index('"', 3)
                joins, effects = rules[message[2:end]]
                if joins:
                    ids = [int(fact) for fact in FACT_IDS(message)]
                    rests_on: Origin | list[Origin] = [origins[n] for n in ids]
                    first, row = ids[0], 0
                    for n in ids:
                        row = rows[n] or row
                else:
                    start = end + AFTER_RULE
                    first = int(message[start : message.index('"', start)])
                    rests_on, row = origins[first], rows[first]
                for title, value, key, view, facts, concludes, is_needed in effects[about[first]]:
                    number = len(fired)
                    if view is not None:
                        key += row * ROW
                        # mypy knows no dictionary made of a union's member; a call of `cast` would take time here.
                        concludes = {**concludes, "row": key_of(plan.views[view].group, row)}  # type: ignore[assignment]
                    known = known_at(key, number)
                    if known != number:
                        if found.values[known] != value:
                            raise AssertionError(title, value)
                        if type(rests_on) is not int:
                            raise EngineError(EngineCode.CONCLUDED_TWICE, rule=title)
                        again((known, rests_on))
                        continue
                    if not is_needed:
                        found.dispensable += 1
                    conclude(value)
                    record_firing((title, rests_on, concludes))
                    if facts is None:
                        continue
                    if view is None:
                        ask(f'{{"id":"{len(origins)}{facts[0]}}}')
                        place(0)
                    else:
                        chain, perhaps = views[view][row]  # type: ignore[index]
                        ask(f'{{"id":"{len(origins)}{facts[perhaps]}{chain}')
                        place(row)
                    tell(facts[2])
                    originate(number)

        return record
