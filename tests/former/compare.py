"""Whether the engine concludes what the former one concluded: `python -m tests.former.compare 107` (audits of each ruleset).

With a second number those are left out that come before it.

Beside conclusions the traces are compared, entry by entry with all causes, but for the former engine's entries `in_doubt`.
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from grading.engine.grade import Engine, Ready, unit_facts
from grading.engine.ordering import Trace
from grading.engine.trace import FactCauses
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.ruleset import Ruleset
from grading.model.trace import TraceEntry
from grading.plan.build import boundaries
from grading.plan.nodes import Ref
from tests.engine.strategies import any_audit
from tests.former.causes import Causes
from tests.former.conclusions import UnitFacts
from tests.former.network import build_network
from tests.former.ordering import trace_of
from tests.former.session import Machine
from tests.shipped import LIBRARY

SHARES = (0, 0, 0.02, 0.2, 0.6)
"""How much of an audit may be missing."""


class Former:
    """The former engine beside the present one. Keeps its machines."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.machines: dict[int, tuple[Machine, Ready]] = {}

    def compare(self, audit: Audit, mode: Mode) -> int:
        """Grade with both; how many conclusions are alike. Raises AssertionError at the first difference."""
        ready = self.engine.ready(audit.units[0].ruleset, mode, audit.assessed_on)
        if id(ready) not in self.machines:
            self.machines[id(ready)] = Machine(build_network(ready.plan)), ready
        machine, _ = self.machines[id(ready)]
        facts = unit_facts(audit, 0, ready)
        causes = FactCauses(ready.plan, audit, 0, facts)
        former = machine.run(UnitFacts(facts.values, facts.rows), Causes(causes))
        found = ready.machine.run(facts)
        views = {n: view and {row: perhaps for row, (_, perhaps) in view.items()} for n, view in former.views.items()}
        assert {n: view and {r: row.perhaps for r, row in view.items()} for n, view in found.views.items()} == views
        alike = 0
        for index, node in enumerate(ready.plan.nodes):
            ref = Ref(index)
            if node.view is None:
                assert found.status(ref) == former.status(ref), node.name
                alike += 1
                continue
            for row in views[node.view] or ():
                is_entry = former.firing(ref, row) is not None
                assert is_entry or node.selects_only
                expected = former.status(ref, row) if is_entry else 0
                assert (found.status(ref, row), found.is_entry(ref, row)) == (expected, is_entry), (node.name, row)
                alike += 1
        for index in range(len(ready.plan.targets)):
            for kind in ("grade", "attainable"):
                assert found.target(kind, index) == former.value(kind, index), (kind, index)
                alike += 1
        pairs = zip(comparable(Trace(found, causes).entries()), comparable(trace_of(former)), strict=True)
        for entry, expected_entry in pairs:
            assert entry == expected_entry
        return alike


def comparable(trace: Iterable[TraceEntry]) -> Iterator[tuple[str, str, list[Any]]]:
    """The entries without numbers: each cause that is an entry by its rule and conclusion."""
    known: dict[int, str | None] = {}
    for seq, rule, because, concludes in trace:
        known[seq] = None if "in_doubt" in concludes else f"{rule}: {concludes}"
        if known[seq] is not None:
            causes = [known[cause["seq"]] if "seq" in cause else cause for cause in because]
            yield rule, str(concludes), [cause for cause in causes if cause is not None]


def random_audits(ruleset: Ruleset, amount: int, first: int = 0) -> Iterator[Audit]:
    """Random audits of a ruleset, on its days of change and those before; some miss much."""
    days = [date(2023, 9, 10), *(day + timedelta(days=n) for day in boundaries(ruleset) for n in (-1, 0))]
    for n in range(first, first + amount):
        luck = Random(f"{ruleset.id} {n}")
        yield any_audit(ruleset, luck, luck.choice(days), SHARES)


def main() -> None:
    """Compare over all shipped rulesets, a line each."""
    audits = alike = 0
    for ruleset_id in LIBRARY.ids():
        former = Former(Engine(LIBRARY))
        for audit in random_audits(LIBRARY.ruleset(ruleset_id), *map(int, sys.argv[1:])):
            alike += sum(former.compare(audit, mode) for mode in Mode)
            audits += 1
        print(f"{ruleset_id:40} {audits:7} audits, {alike:9} conclusions alike", flush=True)


if __name__ == "__main__":
    main()
