"""Places of a unit's values in its audit: where they stand, or would stand if somebody stated them."""

from collections.abc import Iterator

from grading.model.audit import Audit, Known
from grading.model.ruleset import Ruleset


def group_of(ruleset: Ruleset, fact: str) -> str | None:
    """The table that a fact or computed fact belongs to; None for one of the unit and for `assessed_on`."""
    declared = ruleset.facts.get(fact) or ruleset.computed.get(fact)
    return declared.group if declared is not None else None


def stated(audit: Audit, index: int, group: str | None, row: str | None, fact: str) -> tuple[Known | None, str]:
    """The audit's statement of a fact (not a computed one), and its place."""
    unit = audit.units[index]
    here = f"units[{index}]"
    if fact == "assessed_on":
        return Known(value=audit.assessed_on), "assessed_on"
    if group is not None:
        for i, listed in enumerate(unit.groups.get(group, ())):
            if listed.key == row:
                return listed.facts.get(fact), f"{here}.groups.{group}[{i}].{fact}"
        return None, f"{here}.groups.{group}"
    return audit.known(unit, fact), audit.place(index, fact)


def sources(ruleset: Ruleset, fact: str, row: str | None) -> Iterator[tuple[str, str | None, str | None]]:
    """The audited facts behind a fact, each as (fact, group, row): itself, or what it is worked out from, in order."""
    computed = ruleset.computed.get(fact)
    if computed is None:
        group = group_of(ruleset, fact)
        yield fact, group, row if group is not None else None
        return
    inner = row if computed.group is not None else None
    for operand in computed.operands:
        if isinstance(operand, str):
            yield from sources(ruleset, operand, inner)
