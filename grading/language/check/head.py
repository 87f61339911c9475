"""The head of a ruleset: its days, its place, its industry; and the days of all windows."""

import re
from collections.abc import Iterator
from datetime import date

from grading.calendar import EARLIEST
from grading.language.check.words import near
from grading.language.figures import places, sites
from grading.language.loaded import Loaded
from grading.language.problems import Problem
from grading.language.regions import regions
from grading.problems.reason import Reason, reason_of
from grading.problems.ruleset_codes import RulesetCode
from grading.regions import NATION, is_place

LATEST = date(2099, 12, 31)
"""A later day of an edition is a slip of the pen."""
_INDUSTRY = re.compile(r"[A-Z]\d{2,4}")


def check_head(loaded: Loaded) -> Iterator[Problem]:
    """Days that can't be; and, as warnings, days, places and industries by which the edition would be chosen for nobody."""
    ruleset = loaded.ruleset
    edition = ruleset.edition
    for name, day in (("effective", edition.effective), ("superseded", edition.superseded)):
        if day is not None and not EARLIEST <= day <= LATEST:
            yield loaded.problem("", "", ("edition", name), _unlikely(day), warning=True)
    if edition.superseded is not None and edition.superseded <= edition.effective:
        early = RulesetCode.SUPERSEDED_TOO_EARLY
        reason = reason_of(early, superseded=edition.superseded, effective=edition.effective)
        yield loaded.own.problem(("edition", "superseded"), reason)
    for code in ruleset.industry.gbt4754:
        if _INDUSTRY.fullmatch(code) is None:
            reason = reason_of(RulesetCode.INDUSTRY_CODE_FORM, code=code)
            yield loaded.problem("", "", ("industry", "gbt4754"), reason, warning=True)
    if not _is_there(ruleset.jurisdiction):
        hint = near(ruleset.jurisdiction, regions())
        reason = reason_of(RulesetCode.JURISDICTION_UNKNOWN, code=ruleset.jurisdiction, hint=hint)
        # A county that is new may not be listed yet.
        yield loaded.problem("", "", ("jurisdiction",), reason, warning=True)


def check_windows(loaded: Loaded) -> Iterator[Problem]:
    """Windows of a year that was mistyped: the condition would not be there when it is meant to."""
    for site in sites(loaded.ruleset):
        for place in places(site):
            for name, day in (("from", place.condition.from_), ("until", place.condition.until)):
                if day is not None and not EARLIEST <= day <= LATEST:
                    yield loaded.problem(site.kind, site.id, (*place.inner, name), _unlikely(day), warning=True)


def _unlikely(day: date) -> Reason:
    return reason_of(RulesetCode.DAY_UNLIKELY, day=day, first=EARLIEST, last=LATEST)


def _is_there(code: str) -> bool:
    """True for the nation and places that can be; of provinces whose places are all known, for those alone."""
    known = regions()
    return code == NATION or (is_place(code) and (code in known or f"{code[:2]}0000" not in known))
