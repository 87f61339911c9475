"""Gates: whether each has an effect and says from where it is known."""

from collections.abc import Iterator

from grading.language.check.words import listed
from grading.language.load import Loaded
from grading.language.problems import Problem
from grading.model.ruleset import Cap


def check_gates(loaded: Loaded) -> Iterator[Problem]:
    """Caps to levels that are not there or bind nobody, gates without provenance."""
    scale = loaded.ruleset.scale
    for gate in loaded.ruleset.gates:
        if isinstance(gate.effect, Cap):
            cap = gate.effect.cap
            if cap not in scale.ids:
                message = f"`{cap}` is no level of {loaded.ruleset.id}; there are {listed(scale.ids)}"
                yield loaded.problem("gates", gate.id, ("effect", "cap"), message)
            elif cap == scale.ids[0]:
                message = f"a cap at `{cap}`, the best level, binds nobody"
                yield loaded.problem("gates", gate.id, ("effect", "cap"), message)
        for name, what in (("cite", "citation"), ("basis", "basis"), ("confidence", "confidence")):
            if getattr(gate, name) is None and getattr(gate.when, name) is None:
                yield loaded.problem("gates", gate.id, (), f"has no {what} (`{name}`)")
        if gate.title is None:
            yield loaded.problem("gates", gate.id, (), "has no title; its text stands in for it", warning=True)
