"""Gates: whether each has an effect."""

from collections.abc import Iterator

from grading.language.check.words import listed
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.model.ruleset import Cap
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode


def check_gate_effects(loaded: Loaded) -> Iterator[Problem]:
    """Caps to levels that are not there, or that bind nobody."""
    scale = loaded.ruleset.scale
    for gate in loaded.ruleset.gates:
        if isinstance(gate.effect, Cap):
            cap = gate.effect.cap
            if cap not in scale.ids:
                of, levels = loaded.ruleset.id, listed(scale.ids)
                reason = reason_of(RulesetCode.LEVEL_UNKNOWN, level=cap, of=of, levels=levels)
                yield loaded.problem("gates", gate.id, ("effect", "cap"), reason)
            elif cap == scale.ids[0]:
                reason = reason_of(RulesetCode.CAP_BINDS_NOBODY, level=cap)
                yield loaded.problem("gates", gate.id, ("effect", "cap"), reason)
