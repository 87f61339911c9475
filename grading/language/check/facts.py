"""Facts: their groups, their names, and whether anything reads them."""

from collections.abc import Iterator
from typing import get_args

from grading.language.check.words import near
from grading.language.figures import comparisons
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.language.synonyms import plain_word
from grading.model.base import MAX_NUMBER
from grading.model.ruleset import ChangedBy
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

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
                hint = near(entry.group, ruleset.groups)
                reason = reason_of(RulesetCode.GROUP_UNKNOWN, group=entry.group, hint=hint)
                yield loaded.problem(kind, id_, ("group",), reason)
    for group_id, group in ruleset.groups.items():
        excused = group.least_rows.unless
        fact = ruleset.facts.get(excused.fact) if excused is not None else None
        if excused is not None and (fact is None or fact.group is not None or fact.type != "boolean"):
            reason = reason_of(RulesetCode.NOT_YES_OR_NO, fact=excused.fact)
            yield loaded.problem("groups", group_id, ("at_least_rows", "unless", "fact"), reason)


def _names(loaded: Loaded) -> Iterator[Problem]:
    ruleset = loaded.ruleset
    keys = {group.key: group_id for group_id, group in ruleset.groups.items()}
    for kind, entries in (("facts", ruleset.facts), ("computed", ruleset.computed)):
        for id_ in entries:
            if id_ == RESERVED:
                yield loaded.problem(kind, id_, ("id",), reason_of(RulesetCode.ID_RESERVED, id=RESERVED))
            elif id_ in keys:
                reason = reason_of(RulesetCode.ID_IS_KEY, id=id_, group=keys[id_])
                yield loaded.problem(kind, id_, ("id",), reason)
    for id_ in ruleset.computed:
        if id_ in ruleset.facts:
            yield loaded.problem("computed", id_, ("id",), reason_of(RulesetCode.ID_OF_FACT, id=id_))


def check_reading(loaded: Loaded) -> Iterator[Problem]:
    """Facts that nothing reads or changes, or that go beyond what is read; groups without facts or a least number of rows."""
    ruleset = loaded.ruleset
    used = {fact.group for fact in ruleset.facts.values()}
    for group_id in ruleset.groups:
        if group_id not in used:
            reason = reason_of(RulesetCode.GROUP_WITHOUT_FACTS, group=group_id, ruleset=ruleset.id)
            yield loaded.problem("groups", group_id, (), reason, warning=True)
        if ruleset.groups[group_id].at_least_rows is None:
            yield loaded.problem("groups", group_id, (), reason_of(RulesetCode.LEAST_ROWS_UNSTATED))
    read = {comparison.fact for _, comparison in comparisons(ruleset)}
    read |= {o for computed in ruleset.computed.values() for o in computed.operands if isinstance(o, str)}
    for id_, fact in ruleset.facts.items():
        if id_ in read and fact.changed_by is None and not fact.circumstance:
            reason = reason_of(RulesetCode.CHANGED_BY_UNSTATED, one_of=", ".join(get_args(ChangedBy)))
            yield loaded.problem("facts", id_, (), reason)
    for id_, fact in ruleset.facts.items():
        for end in ("min", "max"):
            allowed = getattr(fact, end)
            if allowed is not None and abs(allowed) >= MAX_NUMBER:
                reason = reason_of(RulesetCode.RANGE_BEYOND_NUMBERS, end=end, value=allowed, bound=MAX_NUMBER)
                yield loaded.problem("facts", id_, (end,), reason)
    for kind, entries in (("facts", ruleset.facts), ("computed", ruleset.computed)):
        for id_ in entries:
            if id_ in read:
                continue
            origin = loaded.origins.get((kind, id_))
            own = origin is not None and origin.source is loaded.own
            code = RulesetCode.FACT_UNREAD if kind == "facts" else RulesetCode.COMPUTED_UNREAD
            yield loaded.problem(kind, id_, (), reason_of(code, fact=id_, ruleset=ruleset.id), warning=not own)


def check_labels(loaded: Loaded) -> Iterator[Problem]:
    """Facts of one table, or of the unit, that have the same label, and options whose label is another option's name."""
    seen: dict[tuple[str | None, str], str] = {}
    for id_, fact in loaded.ruleset.facts.items():
        other = seen.setdefault((fact.group, plain_word(fact.label)), id_)
        if other != id_:
            reason = reason_of(RulesetCode.FACT_LABEL_TWICE, label=fact.label, fact=other)
            yield loaded.problem("facts", id_, ("label",), reason, warning=True)
        named = {plain_word(code): code for code in fact.options}
        for code, label in fact.options.items():
            option = named.setdefault(plain_word(label), code)
            if option != code:
                reason = reason_of(RulesetCode.OPTION_LABEL_TWICE, label=label, option=option)
                yield loaded.problem("facts", id_, ("options", code), reason, warning=True)
