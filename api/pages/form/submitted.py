"""Answers of a form, merged into a draft part by part: value, evidence and note each on its own.

An answer is compared with what the page showed (`base`). One that equals it changes nothing; one of a part that nobody else has
changed since is stored; one of a part that somebody has is a conflict: the part stays until a person chooses between the two.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from api.pages.form.answers import WrongAnswerError, read_answer, shown_answer
from api.pages.form.confirmations import Confirmations
from api.pages.form.outcome import Answered, Clash
from api.pages.form.questionnaire import Questionnaire
from api.pages.form.submission import EVIDENCE, SEVERAL, TEXT_PARTS, VALUE, Submission
from api.pages.form.table_edits import TableEdits
from api.pages.form_data import Posted
from api.services.workflow.draft import NOTHING, Draft, Stated
from api.services.workflow.places import Place, parse
from grading import calendar
from grading.day_text import DayError, day_from_text
from grading.model.ruleset import Fact

DAYS = frozenset({"taken", "valid_until"})
HEAD = {
    "assessed_on": Fact(id="assessed_on", label="评定日期", type="date"),
}
"""The questions of every audit beside the facts of its rulesets."""


def answer(draft: Draft, base: Draft, asked: Questionnaire, sent: Posted) -> Answered:
    """Change the draft; what can't be read stays as it was and is a problem of the outcome."""
    submission = Submission(draft, base, asked, sent)
    _Answers(submission).merge()
    Confirmations(submission).apply()
    TableEdits(submission).apply()
    return submission.outcome


class _Answers:
    """Merges values, evidence and lines of text."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.facts = HEAD | {place: item.fact for place, item in submission.asked.items.items()}

    def merge(self) -> None:
        """Merge every answer that was sent, in the order of the page."""
        sent = self.submission.sent
        values, evidence = sent.starting(VALUE), sent.starting(EVIDENCE)
        lines = {prefix: sent.starting(prefix) for prefix in TEXT_PARTS}
        for text in dict.fromkeys(
            (*values, *sent.starting(SEVERAL), *evidence, *(t for s in lines.values() for t in s))
        ):
            has_value = text in values or text in sent.starting(SEVERAL)
            typed = {prefix: given[text].strip() for prefix, given in lines.items() if text in given}
            self._answer(text, has_value, evidence.get(text), typed)

    def _answer(self, text: str, has_value: bool, evidence: str | None, typed: Mapping[str, str]) -> None:
        found = self.submission.locate(text)
        if found is None:
            return
        shown, now = found
        place = str(now)
        fact = self.facts.get(place)
        if fact is None:
            return
        self.submission.outcome.places.append(place)
        base = self.submission.base.at(shown) if self._is_shown(shown) else NOTHING
        before = self.submission.draft.at(now)
        merged = before
        if has_value:
            value = self._value(text, place, fact, base, before)
            if not _alike(value, before.value):
                merged = replace(merged, value=value, as_last_time=False)
        if evidence is not None:
            merged = replace(
                merged, evidence=_merged(_lines("\n".join(base.evidence)), before.evidence, _lines(evidence))
            )
        for prefix, mine in typed.items():
            part = self._line(prefix, text, place, fact, (base, before), mine)
            changed: dict[str, Any] = {TEXT_PARTS[prefix][0]: part}
            merged = replace(merged, **changed)
        if merged != before:
            self.submission.draft.put(now, merged)
        self._renew(now, base, merged, text, evidence, typed)

    def _is_shown(self, shown: Place) -> bool:
        return shown.row is None or self.submission.base.row(shown.of_row) is not None

    def _renew(
        self, now: Place, base: Stated, merged: Stated, text: str, evidence: str | None, typed: Mapping[str, str]
    ) -> None:
        """Note a place of which the page does not show everything that the draft says now."""
        shows = Stated(
            merged.value if self._sent_value(text) else base.value,
            _lines(evidence) if evidence is not None else base.evidence,
            as_last_time=merged.as_last_time,
            **{name: typed.get(prefix, getattr(base, name)) for prefix, (name, _) in TEXT_PARTS.items()},
        )
        if shows != merged and str(now) not in self.submission.outcome.problems and not self._clashes_at(str(now)):
            self.submission.outcome.renewed.add(str(now if now.row is None else now.table))

    def _sent_value(self, text: str) -> bool:
        return f"{VALUE}{text}" in self.submission.sent.fields or f"{SEVERAL}{text}" in self.submission.sent.fields

    def _clashes_at(self, place: str) -> bool:
        return any(clash.place == place for clash in self.submission.outcome.clashes)

    def _value(self, text: str, place: str, fact: Fact, base: Stated, before: Stated) -> Any:
        typed = self.submission.sent.texts(VALUE + text)
        if fact.type != "choices" and typed and typed[-1] == shown_answer(base.value):
            return before.value
        try:
            mine = read_answer(fact, typed)
            if place == "assessed_on" and mine is not None:
                _refuse_day(mine)
        except WrongAnswerError as error:
            self.submission.outcome.problems[place] = ("、".join(typed), str(error))
            return before.value
        if _alike(mine, base.value):
            return before.value
        if _alike(before.value, base.value) or _alike(before.value, mine):
            return mine
        names = [(VALUE + text, one) for one in typed]
        if fact.type == "choices":
            names.append((SEVERAL + text, "1"))
        self._clash(place, fact.label, _text(fact, mine), _text(fact, before.value), "value", mine, names)
        return before.value

    def _line(self, prefix: str, text: str, place: str, fact: Fact, shown: tuple[Stated, Stated], mine: str) -> str:
        """A part of one line, given what the page showed and what the draft says now."""
        name, label = TEXT_PARTS[prefix]
        base, before = (getattr(one, name) for one in shown)
        if mine == _one_line(base):
            return str(before)
        if name in DAYS and mine:
            try:
                mine = day_from_text(mine).isoformat()
            except DayError as error:
                self.submission.outcome.problems[place] = (mine, f"{label}：{error}")
                return str(before)
        if before in (base, mine):
            return mine
        self._clash(place, f"{fact.label}（{label}）", mine, before, name, mine, [(prefix + text, mine)])
        return str(before)

    def _clash(
        self,
        place: str,
        label: str,
        mine: str,
        theirs: str,
        part: str,
        value: Any,
        fields: list[tuple[str, str]],
    ) -> None:
        at = parse(place)
        if at is not None and at.row is not None:
            label = f"{at.row}：{label}"
        prefixed = tuple((f"{name[:2]}{place}", one) for name, one in fields)
        clash = Clash(
            place,
            label,
            mine or "（空）",
            theirs or "（空）",
            part=lambda draft: getattr(draft.at(place), part),
            take_mine=lambda draft: draft.put(place, _with(draft.at(place), part, value)),
            fields=prefixed,
        )
        self.submission.outcome.clashes.append(clash)


def _with(stated: Stated, part: str, value: Any) -> Stated:
    """The statement with one part changed; another value is no longer last time's."""
    changed = {part: value, "as_last_time": stated.as_last_time and part != "value"}
    return replace(stated, **changed)


def _merged(base: tuple[str, ...], now: tuple[str, ...], mine: tuple[str, ...]) -> tuple[str, ...]:
    """Evidence with what was added and taken off on the page, and what others added and took off meanwhile."""
    removed = set(base) - set(mine)
    left = tuple(item for item in now if item not in removed)
    return (*left, *(item for item in mine if item not in base and item not in left))


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())


def _one_line(text: str) -> str:
    """A note as a field of one line shows it."""
    return text.replace("\r", "").replace("\n", "").strip()


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return type(one) is type(other) and one == other


def _text(fact: Fact, value: Any) -> str:
    if value is None:
        return "未查"
    if isinstance(value, bool):
        return "是" if value else "否"
    if fact.type in ("choice", "choices"):
        chosen = value if isinstance(value, list) else [value]
        return "、".join(fact.options.get(one, str(one)) for one in chosen) or "以上均无"
    return f"{shown_answer(value)}{f' {fact.unit}' if fact.unit else ''}"


def _refuse_day(text: str) -> None:
    refusal = calendar.not_assessable(date.fromisoformat(text))
    if refusal is not None:
        raise WrongAnswerError(f"{refusal}。")
