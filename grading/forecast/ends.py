"""Ends in an audit and its rulesets: the days on which something stops or begins to hold."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from grading.evidence_validity import validity_on
from grading.language.evidence_text import validity_text
from grading.language.prose import day_text, fact_label
from grading.model.audit import Audit, Known
from grading.model.condition import comparisons
from grading.model.ruleset import Ruleset
from grading.plan.build import boundaries, conditions_of

Kind = Literal["evidence", "waiver", "requirement", "edition", "day"]
"""The kind of end: of evidence, a waiver, a requirement, the edition, or only a count of days."""
NEXT = timedelta(days=1)


class End(NamedTuple):
    """The first day of a change.

    `place` is where it stands in the audit, None for what the ruleset says.
    """

    day: date
    kind: Kind
    text: str
    unit: str | None = None
    place: str | None = None

    @classmethod
    def of_json(cls, raw: dict[str, Any]) -> "End":
        """The end that `as_json` has written."""
        return cls(**(raw | {"day": date.fromisoformat(raw["day"])}))

    @property
    def last_day(self) -> date:
        """The last day on which it was as before."""
        return self.day - NEXT

    def as_json(self) -> dict[str, Any]:
        """The end in JSON."""
        return {
            "day": self.day.isoformat(),
            "kind": self.kind,
            "text": self.text,
            "unit": self.unit,
            "place": self.place,
        }


def known_ends(audit: Audit, rulesets: Mapping[str, Ruleset], since: date, until: date) -> tuple[End, ...]:
    """Every end from `since` (the day after it at the earliest) to `until`, in the order of days."""
    found = [*_of_evidence(audit, rulesets), *_of_waivers(audit, rulesets), *_of_rulesets(audit, rulesets)]
    return tuple(sorted(dict.fromkeys(end for end in found if since < end.day <= until), key=lambda end: end.day))


def entries(audit: Audit, rulesets: Mapping[str, Ruleset]) -> Iterator[tuple[int, str, Known, str, str | None]]:
    """Every value that serves a unit: the unit's position, the fact, the value, its place and the key of its row."""
    for index, unit in enumerate(audit.units):
        facts = rulesets[unit.ruleset].facts
        for name in dict.fromkeys((*audit.enterprise.facts, *unit.facts)):
            known = audit.known(unit, name)
            if name in facts and known is not None:
                yield index, name, known, audit.place(index, name), None
        for group, rows in unit.groups.items():
            for number, row in enumerate(rows):
                for name, known in row.facts.items():
                    yield index, name, known, f"units[{index}].groups.{group}[{number}].{name}", row.key


def _of_evidence(audit: Audit, rulesets: Mapping[str, Ruleset]) -> Iterator[End]:
    read = {id_: _read(ruleset) for id_, ruleset in rulesets.items()}
    for index, name, known, place, row in entries(audit, rulesets):
        unit = audit.units[index]
        ruleset = rulesets[unit.ruleset]
        validity = validity_on(ruleset.facts[name], known, audit.assessed_on)
        if known.value is None or validity.last_day in (None, date.max) or name not in read[ruleset.id]:
            continue
        label = fact_label(ruleset, name)
        subject = label if row is None else f"{ruleset.groups[ruleset.facts[name].group or ''].name} {row} 的{label}"
        ending = validity_text(validity._replace(standing="expired"))
        yield End(validity.last_day + NEXT, "evidence", f"{subject}：{ending}", unit.id, place)


def _read(ruleset: Ruleset) -> frozenset[str]:
    """The facts that conditions read, computed ones through what they are worked out from."""
    found: set[str] = set()
    waiting = [one.fact for condition in conditions_of(ruleset) for one in comparisons(condition)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            computed = ruleset.computed.get(name)
            waiting += [one for one in computed.operands if isinstance(one, str)] if computed is not None else []
    return frozenset(found)


def _of_waivers(audit: Audit, rulesets: Mapping[str, Ruleset]) -> Iterator[End]:
    for index, unit in enumerate(audit.units):
        titles = {one.id: one.title for one in rulesets[unit.ruleset].indicators}
        for number, waiver in enumerate(unit.waivers):
            title, place = titles.get(waiver.indicator, waiver.indicator), f"units[{index}].waivers[{number}]"
            document = waiver.document.number
            yield End(waiver.from_, "waiver", f"“{title}”的豁免（{document}）开始生效", unit.id, place)
            if waiver.until < date.max:
                ending = f"“{title}”的豁免（{document}）于 {day_text(waiver.until)}到期"
                yield End(waiver.until + NEXT, "waiver", ending, unit.id, place)


def _of_rulesets(audit: Audit, rulesets: Mapping[str, Ruleset]) -> Iterator[End]:
    for unit in audit.units:
        ruleset = rulesets[unit.ruleset]
        edition = ruleset.edition
        for day in boundaries(ruleset):
            yield End(day, "requirement", f"{ruleset.title}（{ruleset.id}）的要求自 {day_text(day)}起变化", unit.id)
        yield End(edition.effective, "edition", f"{ruleset.id} 自 {day_text(edition.effective)}起施行", unit.id)
        if edition.superseded is not None:
            text = f"{ruleset.id} 自 {day_text(edition.superseded)}起被新版取代，应按新版重新评级"
            yield End(edition.superseded, "edition", text, unit.id)
