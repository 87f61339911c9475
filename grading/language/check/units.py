"""Units: those that nobody knows, and computed facts in another unit than what they are worked out from."""

from collections.abc import Iterator

from grading.language.check.words import near
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.language.units import USUAL, is_known, spelled
from grading.model.ruleset import Computed, Ruleset
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

_OF_ONE_UNIT = ("sum", "difference", "minimum", "maximum")


def check_units(loaded: Loaded) -> Iterator[Problem]:
    """Computed facts whose operands are in other units: the figures they are compared with would mean something else."""
    ruleset = loaded.ruleset
    for computed in ruleset.computed.values():
        for fact, unit in _operands_of_its_unit(ruleset, computed):
            if unit is not None and computed.unit is not None and spelled(unit) != spelled(computed.unit):
                reason = reason_of(
                    RulesetCode.UNITS_DIFFER,
                    computed=computed.id,
                    unit=computed.unit,
                    fact=fact,
                    other=unit,
                    operation=computed.operation,
                )
                yield loaded.problem("computed", computed.id, ("unit",), reason)


def check_known_units(loaded: Loaded) -> Iterator[Problem]:
    """Units that may be misspelt."""
    for kind, entries in (("facts", loaded.ruleset.facts), ("computed", loaded.ruleset.computed)):
        for id_, entry in entries.items():
            if entry.unit is not None and not is_known(entry.unit):
                reason = reason_of(RulesetCode.UNIT_UNKNOWN, unit=entry.unit, hint=near(spelled(entry.unit), USUAL))
                yield loaded.problem(kind, id_, ("unit",), reason, warning=True)


def _operands_of_its_unit(ruleset: Ruleset, computed: Computed) -> Iterator[tuple[str, str | None]]:
    """The facts that a computed fact has its unit from, with theirs."""
    read = [o for o in computed.operands if isinstance(o, str)]
    declared = {id_: ruleset.facts.get(id_) or ruleset.computed.get(id_) for id_ in read}
    units = {id_: entry.unit for id_, entry in declared.items() if entry is not None}
    if computed.operation in _OF_ONE_UNIT:
        yield from units.items()
    elif computed.oxygen_corrected is not None:
        value = computed.oxygen_corrected.value
        yield from ((id_, unit) for id_, unit in units.items() if id_ == value)
    elif computed.operation == "product" and len(read) == len(computed.operands):
        # A number among the operands may be there to convert one unit into another.
        named = [(id_, unit) for id_, unit in units.items() if unit is not None]
        yield from named if len(named) == 1 else ()
