"""Runs a network over one unit's facts, level by level: tell the facts, let the rules fire, and record each firing.

A level's facts say what lower levels have concluded, so that every conclusion is a fact from which rules conclude further. Python
moves them there and decides nothing. One state of one name is used per level and deleted after each run; a lock keeps a second
thread out of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from threading import Lock

from grading.engine.conclusions import Conclusions, FactValue, Fired, Row, UnitFacts, Values, View
from grading.engine.durable_rules import FACT_IDS, EngineError
from grading.engine.loaded_level import AskedValues, Loaded, Step, Steps
from grading.engine.network import Network
from grading.engine.rules import EMPTY, MET, START, UNKNOWN, UNMET, UNSTATED, WEIGHED
from grading.engine.status_tables import IS_WAIVED, NOT_WAIVED
from grading.model.interval import Interval
from grading.problems.engine_codes import EngineCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of

MAX_FACTS = 700_000
"""Decimal fact ids below this have distinct 32-bit hashes; the first two that share one are 40189 and 797186."""
Places = tuple[Fired, Values]
About = tuple[str, Sequence[Places]]
"""A fact's parcel, and where is recorded what is concluded from it: for the unit, or for each row of which it says the same."""


class Machine:
    """A network that is ready to run. Safe to use from several threads."""

    def __init__(self, network: Network) -> None:
        """Raises EngineError when the rule library refuses the network."""
        self.network = network
        self._lock = Lock()
        name = network.plan.ruleset.id
        self.levels = [Loaded(level, network, f"{name}, level {level.number}") for level in network.levels]

    def run(self, facts: UnitFacts) -> Conclusions:
        """Everything the rules conclude from the facts; raises EngineError if the library misbehaves."""
        plan, slots = self.network.plan, self.network.slots
        found = Conclusions(plan, slots, [None] * slots.size, [UNMET] * slots.size)
        run = _Run(facts, found)
        for number, view in enumerate(plan.views):
            if view.where is None:
                run.chain(number, [(n, False) for n in range(1, len(facts.rows.get(view.group, ())) + 1)])
        with self._lock:
            for loaded in self.levels:
                run.level(loaded.bounded if loaded.reads(facts.bounded) else loaded)
                for number in loaded.level.views:
                    run.select(number)
        prove_complete(found)
        return found


class _Run:
    """A run: facts wait in `queue`, and `about` says by id what each is about."""

    def __init__(self, facts: UnitFacts, found: Conclusions) -> None:
        self.facts, self.found = facts, found
        self.of_unit: Sequence[Places] = ((found.fired, found.values),)
        self.queue: list[str] = []
        self.about: list[About] = []
        self.awaited = 0
        """The number of rules that have yet to fire."""
        self.walks: list[Iterator[None]] = []

    def chain(self, number: int, rows: list[tuple[int, bool]]) -> None:
        """The rows of a view, each with whether it only may be in it."""
        found = self.found
        size, stated = found.slots.of_views[number], found.plan.views[number].group in self.facts.rows
        view: View = {row: Row([None] * size, [UNMET] * size, perhaps) for row, perhaps in rows}
        found.views[number] = view if stated else None

    def select(self, number: int) -> None:
        """The rows that the rules found to be in a view, surely or perhaps."""
        plan = self.found.plan
        where = plan.views[number].where
        every = None if where is None else plan.nodes[where.node].view
        if where is None or every is None:
            raise TypeError(f"nothing selects the rows of view {number}")
        slot, out = self.found.slots.of_node[where.node], MET if where.negated else UNMET
        statuses = ((row, concluded.values[slot]) for row, concluded in (self.found.views[every] or {}).items())
        self.chain(number, [(row, status == UNKNOWN) for row, status in statuses if status != out])

    def level(self, loaded: Loaded) -> None:
        """Tell a level its facts and fire until nothing is left."""
        self.about.clear()
        self._queue_constants(loaded)
        self._queue_values(loaded)
        self._queue_statuses(loaded)
        self.walks = [self._walk(steps, view) for number, steps in loaded.steps if (view := self.found.views[number])]
        self._go_on()
        loaded.memory.run(self.queue, self._recorder(loaded))
        if self.awaited:
            raise EngineError(EngineCode.RULES_SILENT, level=loaded.name, rules=self.awaited)
        if len(self.about) > MAX_FACTS:
            raise EngineError(EngineCode.TOO_MANY_FACTS, most=MAX_FACTS)

    def _queue(self, parcel: str, text: str, places: Sequence[Places], fires: int) -> None:
        """Queue a fact; ids are consecutive decimal numbers, so that no two share a hash."""
        self.queue.append(f'{{"id":"{len(self.about)}{text}')
        self.about.append((parcel, places))
        self.awaited += fires

    def _places(self, view: int) -> list[Places]:
        """The places of all rows of a view."""
        return [(row.fired, row.values) for row in (self.found.views[view] or {}).values()]

    def _queue_constants(self, loaded: Loaded) -> None:
        for view, (parcel, text, fires) in loaded.settled:
            places = self.of_unit if view is None else self._places(view)
            if places:
                self._queue(parcel, text, places, fires)
        for parcel, text, indicators in loaded.waivers:
            waived = tuple(IS_WAIVED if one in self.facts.waived else NOT_WAIVED for one in indicators)
            self._queue(parcel, text % waived, self.of_unit, len(indicators))
        for view, (parcel, text, fires) in loaded.stated:
            rows = self.found.views[view]
            if not rows:
                self._queue(parcel, f"{text}{UNSTATED if rows is None else EMPTY}}}", self.of_unit, fires)

    def _queue_values(self, loaded: Loaded) -> None:
        found, plan = self.found, self.found.plan
        for view, values in loaded.values:
            if view is None:
                text, fires = _text_of_values(values, self.facts.values)
                self._queue(values.parcel, text, self.of_unit, fires)
                continue
            listed = self.facts.rows.get(plan.views[view].group, ())
            alike: dict[str, list[Places]] = {}
            for number, row in (found.views[view] or {}).items():
                text, fires = _text_of_values(values, listed[number - 1])
                places = alike.get(text)
                if places is None:
                    places = alike[text] = []
                    self._queue(values.parcel, text, places, fires)
                places.append((row.fired, row.values))

    def _queue_statuses(self, loaded: Loaded) -> None:
        found, queue, about = self.found, self.queue, self.about
        for view, (parcel, text, fetch, fires) in loaded.statuses:
            if view is None:
                queue.append(text % (len(about), *fetch(found.values)))
                about.append((parcel, self.of_unit))
                self.awaited += fires
                continue
            alike: dict[tuple[int, ...], list[Places]] = {}
            for row in (found.views[view] or {}).values():
                statuses = fetch(row.values)
                places = alike.get(statuses)
                if places is None:
                    places = alike[statuses] = []
                    queue.append(text % (len(about), *statuses))
                    about.append((parcel, places))
                    self.awaited += fires
                places.append((row.fired, row.values))
        for view, (parcel, text, fetch, fires) in loaded.copies:
            rows = self._places(view)
            if rows:
                queue.append(text % (len(about), *fetch(found.values)))
                about.append((parcel, rows))
                self.awaited += fires

    def _walk(self, steps: Steps, rows: View) -> Iterator[None]:
        """Tell conditions over rows of one row after another; in between their rules fire."""
        found, last = self.found, max(rows)
        fired, values, weighed = found.fired, found.values, steps.weighed
        undecided = steps.steps
        for _, so_far, *_ in undecided:
            values[so_far] = START
        for number, row in rows.items():
            texts, statuses, perhaps = [steps.text], row.values, row.perhaps
            for _, so_far, child, text in undecided:
                status = statuses[child]
                texts.append(text % (WEIGHED[status][perhaps] if weighed else status, values[so_far]))
            texts.append(f"{steps.end}{int(number == last)}}}")
            self._queue(steps.parcel, "".join(texts), self.of_unit, len(undecided))
            yield
            left: list[Step] = []
            for step in undecided:
                effect = fired[step.so_far]
                if effect is None:
                    found.last_row[step.node] = number
                    continue
                fired[step.so_far] = None
                found.passed.setdefault(step.node, []).append((number, effect))
                left.append(step)
            if not left:
                return
            undecided = tuple(left)

    def _go_on(self) -> None:
        """Tell of the next rows."""
        for walk in self.walks:
            next(walk, None)

    def _recorder(self, loaded: Loaded) -> Callable[[Iterable[str]], None]:
        """The recorder of firings. It is the heart of a grading, so it holds everything in names of its own."""
        about, concluding = self.about, loaded.concluding

        def record(messages: Iterable[str]) -> None:
            """Record what each rule concludes of the facts that it has fired for: each conclusion once."""
            amount = 0
            for message in messages:
                ids = FACT_IDS(message)
                by_parcel = concluding[message[2 : message.index('"', 3)]]
                amount += len(ids)
                for one in ids:
                    parcel, places = about[int(one)]
                    effects = by_parcel[parcel]
                    for fired, values in places:
                        for slot, value, effect in effects:
                            if fired[slot] is not None:
                                raise EngineError(EngineCode.CONCLUDED_TWICE, rule=effect.title)
                            fired[slot] = effect
                            values[slot] = value
            self.awaited -= amount
            if self.awaited:
                raise EngineError(EngineCode.RULES_SILENT, level=loaded.name, rules=self.awaited)
            self._go_on()

        return record


def _text_of_values(values: AskedValues, known: Mapping[str, FactValue]) -> tuple[str, int]:
    """The text of a fact of values behind its id, and how many rules have to fire for it."""
    texts, fires = [values.text], 0
    for fact, missing, written, of_value, ends, of_ends in values.asked:
        value = known.get(fact)
        if value is None:
            texts.append(missing)
            fires += 1
        elif type(value) is Interval:
            texts.append(ends(value))
            fires += of_ends
        else:
            texts.append(written(value))
            fires += of_value
    texts.append("}")
    return "".join(texts), fires


def prove_complete(found: Conclusions) -> None:
    """Everything must have been concluded: a rule that silently did not fire is an error, never an `unknown`."""
    rows = [row for view in found.views.values() for row in (view or {}).values()]
    if None in found.fired[: found.slots.concluded] or any(None in row.fired for row in rows):
        names = tuple(_missing(found))
        raise EngineError(EngineCode.NOTHING_CONCLUDED, ruleset=found.plan.ruleset.id, names=names)


def _missing(found: Conclusions) -> Iterator[str | Reason]:
    """The names of what ought to have been concluded."""
    plan, slots = found.plan, found.slots
    for index, node in enumerate(plan.nodes):
        every = [found.fired] if node.view is None else [row.fired for row in (found.views[node.view] or {}).values()]
        if any(fired[slots.of_node[index]] is None for fired in every):
            yield node.name
    for index, target in enumerate(plan.targets):
        if any(found.fired[slots.target(kind, index)] is None for kind in ("grade", "attainable")):
            yield reason_of(Phrase.GRADE_OF, target=target.id or Phrase.THE_UNIT)
