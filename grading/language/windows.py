"""Windows of conditions: those that are there on a day."""

from datetime import date, timedelta

from grading.language.figures import places, sites
from grading.model.condition import Comparison, ConditionBase, Each, Not, Some, parts
from grading.model.ruleset import Ruleset


def is_there(condition: ConditionBase, day: date) -> bool:
    """True when anything of a condition is left on a day, after everything outside its window has gone."""
    if not condition.holds_on(day):
        return False
    if isinstance(condition, Comparison):
        return True
    if isinstance(condition, Not):
        return is_there(condition.not_, day)
    if isinstance(condition, Each | Some):
        return is_there(condition.require, day)
    return any(is_there(part, day) for _, part in parts(condition))


def first_days(ruleset: Ruleset) -> tuple[date, ...]:
    """The first day of the edition, and every later one on which a condition comes or goes while it applies."""
    edition = ruleset.edition
    days = {edition.effective}
    for site in sites(ruleset):
        for place in places(site):
            c = place.condition
            days |= {c.from_} if c.from_ is not None else set()
            days |= {c.until + timedelta(days=1)} if c.until is not None else set()
    last = edition.superseded or date.max
    return tuple(sorted(day for day in days if edition.effective <= day < last))
