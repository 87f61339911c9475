"""Windows of time that leave a gap: between two conditions, after the last, between two editions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from grading.language.load import Library
from grading.model.condition import Comparison, ConditionBase, comparisons
from grading.model.ruleset import Ruleset
from grading.problems.proof_codes import ProofCode
from grading.problems.reason import Reason, reason_of
from grading.proof.criteria import Criterion
from grading.ruleset_id import industry_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Windowed:
    """A condition with a window, within the windows around it."""

    criterion: Criterion
    since: date
    until: date
    parent: str
    facts: frozenset[str]


def window_findings(ruleset: Ruleset, listed: Iterable[Criterion]) -> Iterator[tuple[Criterion, Reason]]:
    """Conditions that end with a gap before the next, or with nothing after them, and such as are never there."""
    edition = ruleset.edition
    last_day = date.max if edition.superseded is None else edition.superseded - DAY
    everything = list(listed)
    windows = list(_windowed(everything))
    for one in windows:
        if one.until < edition.effective or one.since > last_day or one.until < one.since:
            yield one.criterion, reason_of(ProofCode.WINDOW_OUTSIDE)
            continue
        if one.until >= last_day or _is_lasting(one, everything, windows):
            continue
        later = [other for other in windows if other is not one and other.until > one.until and _follows(one, other)]
        starts = sorted(other.since for other in later)
        if not starts:
            yield one.criterion, reason_of(ProofCode.WINDOW_ENDS, until=one.until)
        elif starts[0] > one.until + DAY:
            first, last = one.until + DAY, starts[0] - DAY
            gap = reason_of(ProofCode.WINDOW_GAP, first=first, last=last, until=one.until, since=starts[0])
            yield one.criterion, gap


def edition_finding(library: Library, ruleset: Ruleset) -> Reason | None:
    """The finding that nothing is in force between an edition and its successor for the same industry and place."""
    superseded = ruleset.edition.superseded
    if superseded is None:
        return None
    # Others are not even read: one that can't be used is no matter of this one's.
    same_industry = (id_ for id_ in library.ids() if id_ != ruleset.id and industry_of(id_) == industry_of(ruleset.id))
    later = [
        other
        for other in map(library.ruleset, same_industry)
        if other.jurisdiction == ruleset.jurisdiction and other.edition.effective > ruleset.edition.effective
    ]
    if not later:
        return reason_of(ProofCode.EDITION_WITHOUT_SUCCESSOR, superseded=superseded)
    successor = min(later, key=lambda other: other.edition.effective)
    effective = successor.edition.effective
    if effective <= superseded:
        return None
    return reason_of(ProofCode.EDITION_GAP, superseded=superseded, successor=successor.id, effective=effective)


def _windowed(listed: list[Criterion]) -> Iterator[_Windowed]:
    by_name = {one.name: one for one in listed}
    for one in listed:
        around = [*(by_name[name].condition for name in one.above), one.condition]
        if one.condition.from_ is None and one.condition.until is None:
            continue
        since = max((c.from_ for c in around if c.from_ is not None), default=date.min)
        until = min((c.until for c in around if c.until is not None), default=date.max)
        yield _Windowed(one, since, until, one.above[-1] if one.above else "", _facts(one.condition))


def _follows(one: _Windowed, other: _Windowed) -> bool:
    """True when one condition may be what takes another's place: it stands in the same list, or is about the same facts."""
    if one.criterion.name in other.criterion.above or other.criterion.name in one.criterion.above:
        return False
    return (bool(one.parent) and one.parent == other.parent) or not one.facts.isdisjoint(other.facts)


def _is_lasting(one: _Windowed, listed: list[Criterion], windows: list[_Windowed]) -> bool:
    """True when a condition of the same list about the same facts stays."""
    windowed = {other.criterion.name for other in windows}
    return any(
        other.name not in windowed
        and bool(other.above)
        and other.above[-1] == one.parent
        and isinstance(other.condition, Comparison)
        and _facts(other.condition) == one.facts
        for other in listed
    )


def _facts(condition: ConditionBase) -> frozenset[str]:
    return frozenset(c.fact for c in comparisons(condition))
