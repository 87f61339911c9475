"""Facts: their groups, their names, and whether anything reads them."""

from collections.abc import Iterator
from typing import get_args

from grading.language.check.words import near
from grading.language.figures import comparisons
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.model.ruleset import ChangedBy

RESERVED = "assessed_on"


def check_names(loaded: Loaded) -> Iterator[Problem]:
    """Groups that are not there, names that are taken."""
    yield from _groups(loaded)
    yield from _names(loaded)


def _groups(loaded: Loaded) -> Iterator[Problem]:
    ruleset = loaded.ruleset
    for kind, entries in (("facts", ruleset.facts), ("computed", ruleset.computed)):
        for id_, entry in entries.items():
            if entry.group is not None and entry.group not in ruleset.groups:
                message = f"there is no group `{entry.group}`{near(entry.group, ruleset.groups)}"
                yield loaded.problem(kind, id_, ("group",), message)
    for group_id, group in ruleset.groups.items():
        excused = group.least_rows.unless
        fact = ruleset.facts.get(excused.fact) if excused is not None else None
        if excused is not None and (fact is None or fact.group is not None or fact.type != "boolean"):
            message = f"`{excused.fact}` is no yes-or-no fact of the unit"
            yield loaded.problem("groups", group_id, ("at_least_rows", "unless", "fact"), message)


def _names(loaded: Loaded) -> Iterator[Problem]:
    ruleset = loaded.ruleset
    keys = {group.key: group_id for group_id, group in ruleset.groups.items()}
    for kind, entries in (("facts", ruleset.facts), ("computed", ruleset.computed)):
        for id_ in entries:
            if id_ == RESERVED:
                yield loaded.problem(kind, id_, ("id",), f"`{RESERVED}` is the day of the audit; take another id")
            elif id_ in keys:
                message = f"`{id_}` is the key of group `{keys[id_]}` and needs no declaration; take another id"
                yield loaded.problem(kind, id_, ("id",), message)
    for id_ in ruleset.computed:
        if id_ in ruleset.facts:
            yield loaded.problem("computed", id_, ("id",), f"duplicate id `{id_}`: a fact has it too")


def check_reading(loaded: Loaded) -> Iterator[Problem]:
    """Facts that nothing reads or nobody says what changes, groups without facts or without a least number of rows."""
    ruleset = loaded.ruleset
    used = {fact.group for fact in ruleset.facts.values()}
    for group_id in ruleset.groups:
        if group_id not in used:
            message = f"group `{group_id}` has no facts beside its key in {ruleset.id}"
            yield loaded.problem("groups", group_id, (), message, warning=True)
        if ruleset.groups[group_id].at_least_rows is None:
            message = "says nothing of how many rows there are at least; `at_least_rows: 0` where it may be empty"
            yield loaded.problem("groups", group_id, (), message)
    read = {comparison.fact for _, comparison in comparisons(ruleset)}
    read |= {o for computed in ruleset.computed.values() for o in computed.operands if isinstance(o, str)}
    for id_, fact in ruleset.facts.items():
        if id_ in read and fact.changed_by is None and not fact.circumstance:
            message = f"says nothing of what changes it; `changed_by` is one of {', '.join(get_args(ChangedBy))}"
            yield loaded.problem("facts", id_, (), message)
    for kind, entries in (("facts", ruleset.facts), ("computed", ruleset.computed)):
        for id_ in entries:
            if id_ in read:
                continue
            origin = loaded.origins.get((kind, id_))
            own = origin is not None and origin.source is loaded.own
            what = "fact" if kind == "facts" else "computed fact"
            message = f"{what} `{id_}` is read by no condition and no computed fact of {ruleset.id}"
            yield loaded.problem(kind, id_, (), message, warning=not own)
