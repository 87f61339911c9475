"""Gates: whether each has an effect."""

from collections.abc import Iterator

from grading.language.check.words import listed
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.model.ruleset import Cap


def check_gate_effects(loaded: Loaded) -> Iterator[Problem]:
    """Caps to levels that are not there, or that bind nobody."""
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
