"""The engine's revision: what a grading says beside its inputs, so that the same inputs and revision give the same document.

Raise it, with a line here, for whatever changes a grading's document while audit, ruleset and mode stay the same: what is
concluded, the causes that the trace names, its order, its words. The version of the product does not matter, and neither does
what changes no document. `tests/engine/test_golden.py` says when it has to be raised.
"""

from importlib.metadata import version

REVISIONS = {
    1: "The trace in the order in which the rule library fired; called after the product's version, `grading 0.1.0`.",
    2: "The trace in the order of the plan, each conclusion with the earliest of its causes.",
    3: "Levels of an indicator are nested; results name each indicator's own level and the unit's short boards.",
    4: "The network of rules that ask for one fact each: the trace has no entries `in_doubt` any more.",
}
REVISION = max(REVISIONS)
ENGINE = f"r{REVISION} / durable-rules {version('durable_rules')}"
"""The engine as a grading names it: its revision and the installed version of the rule library."""
