"""Last time's answers in a form: written beside every question, and read back where the same was confirmed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grading.audit_json import audit_to_json, evidence_json, json_text, known_json
from grading.digest import canonical
from grading.forms.read_sheets import Findings, Stated, TableRow
from grading.intake import last_time_in, parse_json
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.audit import Audit, Known, LastTime

SAME_AS_LAST = "与上次相同"


@dataclass(frozen=True)
class FormLast:
    """Last time's answers; units by the ids that they had when the form was made."""

    last: LastTime
    raw: Mapping[str, Any]
    ids: tuple[str, ...]
    confirmed: frozenset[str]
    """Places of answers that were confirmed before the form was made, rows by key."""

    def at(self, unit: int | None, fact: str) -> Known | None:
        """The answer at a place of single questions."""
        return self.last.facts.get(fact) if unit is None else self.last.of_unit(self.ids[unit], fact)

    def in_row(self, unit: int, group: str, key: str | None, fact: str) -> Known | None:
        """The answer in a row of a table."""
        return None if key is None else self.last.of_row(self.ids[unit], group, key, fact)

    def take_over(self, place: str, known: Known | None, stated: Stated, same: bool, found: Findings) -> None:
        """Make of a question what its cells and the word about last time say together."""
        if same and stated.value is not None:
            if known is None or not _equal(known, stated.value):
                found.wrong(
                    place, f"既填了别的答案，又选了“{SAME_AS_LAST}”；请只留一个", found.spots.get(f"{place}.same")
                )
                return
        elif same:
            if known is None:
                text = f"上次没有填这一项，不能选“{SAME_AS_LAST}”；请填写答案"
                found.wrong(place, text, found.spots.get(f"{place}.same"))
                return
            stated.value = known_json(Known(value=known.value))
            if not stated.evidence:
                stated.evidence, stated.about = list(known.evidence), {**evidence_json(known), **stated.about}
        stated.as_last_time = known is not None and stated.value is not None and _equal(known, stated.value)
        stated.as_last_time = stated.as_last_time and (same or place in self.confirmed)

    def rows(self, unit: int, group: str, rows: Sequence[TableRow], facts: Sequence[str], found: Findings) -> None:
        """The rows of a table: in one that is said to be the same, open cells are as last time."""
        for row in rows:
            if row.same and not any(self.in_row(unit, group, row.key, fact) for fact in facts):
                text = f"上次的表中没有编号“{row.key or ''}”的行，不能选“{SAME_AS_LAST}”"
                found.wrong(row.place, text, found.spots.get(f"{row.place}.same"))
                continue
            for fact in facts:
                known = self.in_row(unit, group, row.key, fact)
                stated = row.facts.setdefault(fact, Stated())
                keyed = f"units[{unit}].groups.{group}[{json.dumps(row.key, ensure_ascii=False)}].{fact}"
                was_open = stated.value is None
                if known is not None and (keyed in self.confirmed or row.same):
                    self.take_over(keyed, known, stated, row.same and was_open, found)

    def json(self, ids: Sequence[str | None]) -> dict[str, Any]:
        """Of the audit: its units as they are called now."""
        units = self.raw.get("units") or {}
        renamed = {new: units[old] for old, new in zip(self.ids, ids, strict=True) if new and old in units}
        return {**self.raw, "units": renamed}


def last_text(audit: Audit, library: Library) -> str:
    """The answers of last time on the hidden sheet; empty for a form that was not begun from it."""
    if audit.last is None:
        return ""
    confirmed = [f"enterprise.facts.{name}" for name, known in audit.enterprise.facts.items() if known.as_last_time]
    for i, unit in enumerate(audit.units):
        confirmed += [f"units[{i}].facts.{name}" for name, known in unit.facts.items() if known.as_last_time]
        confirmed += [
            f"units[{i}].groups.{group}[{json.dumps(row.key, ensure_ascii=False)}].{name}"
            for group, rows in unit.groups.items()
            for row in rows
            for name, known in row.facts.items()
            if known.as_last_time
        ]
    last = audit_to_json(audit, library)["last"]
    return json_text({"last": last, "ids": [unit.id for unit in audit.units], "confirmed": confirmed})


def last_in(text: str, rulesets: Sequence[str], library: Library) -> FormLast | None:
    """Last time's answers from the hidden sheet; None when it has none, or today's rulesets can't read them."""
    if not text:
        return None
    stated = parse_json(text)
    ids = tuple(str(id_) for id_ in stated["ids"])
    try:
        units = [(id_, library.ruleset(ruleset)) for id_, ruleset in zip(ids, rulesets, strict=True)]
    except (KeyError, LanguageError):
        return None
    last = last_time_in(stated["last"], units)
    return None if last is None else FormLast(last, stated["last"], ids, frozenset(stated["confirmed"]))


def _equal(known: Known, value: Any) -> bool:
    written = known_json(Known(value=known.value))
    if isinstance(written, list) and isinstance(value, list):
        return sorted(written) == sorted(value)
    return bool(canonical(written) == canonical(value))
