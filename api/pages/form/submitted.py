"""Answers that a form sent, merged into a draft part by part: value, evidence and note each on its own.

What is sent is compared with what the page showed (`seen`). What is as it was shown is no answer; what nobody else has
changed since is put in; what somebody has is a conflict, and stays as it is until one of the two is chosen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from api.pages.form.answers import WrongAnswerError, read_answer, shown_answer
from api.pages.form.items import TableView
from api.pages.form.questionnaire import Questionnaire
from api.pages.form.row_names import row_name
from api.pages.form_data import Posted
from api.services.workflow.draft import NOTHING, Draft, GoneError, Stated
from api.services.workflow.places import Place, parse
from grading import calendar
from grading.audit_json import evidence_json, known_json
from grading.day_text import DayError, day_from_text
from grading.forms.wording import COVERS, TAKEN, VALID_UNTIL
from grading.last_time import Recheck
from grading.model.audit import Known
from grading.model.ruleset import Fact

SAME = "same"
"""The field that says what is confirmed to be as last time."""
VALUE, EVIDENCE, SEVERAL, KEY = "v.", "e.", "p.", "k."
"""Prefixes of the names of fields; the rest is a place. `p.` says that a question with several options was shown."""
TEXT_PARTS: Mapping[str, tuple[str, str]] = {
    "n.": ("note", "备注"),
    "t.": ("taken", TAKEN),
    "u.": ("valid_until", VALID_UNTIL),
    "c.": ("covers", COVERS),
}
"""Prefixes of fields of one line, the part of the draft that each is, and what it is called."""
DAYS = frozenset({"taken", "valid_until"})
HEAD = {
    "assessed_on": Fact(id="assessed_on", label="评定日期", type="date"),
}
"""The questions of every audit beside the facts of its rulesets."""
Part = Callable[[Draft], Any]


@dataclass(frozen=True)
class Clash:
    """A part that somebody else has changed since the page showed it; `fields` are to be sent again to have it all the same."""

    place: str
    label: str
    mine: str
    theirs: str
    part: Part
    """The part of the draft that the clash is about, of any of its versions."""
    take_mine: Callable[[Draft], None]
    fields: tuple[tuple[str, str], ...]


@dataclass
class Answered:
    """The outcome of each value that was sent, by the place it was sent for."""

    places: list[str] = field(default_factory=list)
    """Places that were there to be answered, as they are called now."""
    problems: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Text that was typed and can't be stored, with the reason."""
    clashes: list[Clash] = field(default_factory=list)
    renewed: set[str] = field(default_factory=set)
    """Places and tables where the draft now says something else than the page shows."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Rows whose key has changed: their places before and after."""
    confirmed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Places confirmed to be as last time, with the evidence that was named there."""
    refused: dict[str, str] = field(default_factory=dict)
    """Reasons why fields that were sent, by their names, were not saved."""

    @property
    def problems_now(self) -> dict[str, tuple[str, str]]:
        """The problems by their places after rows have got other keys."""
        return {self._now(place): problem for place, problem in self.problems.items()}

    def _now(self, place: str) -> str:
        for old, new in self.renamed.items():
            if place.startswith(f"{old}."):
                return new + place.removeprefix(old)
        return place


def answer(draft: Draft, seen: Draft, asked: Questionnaire, sent: Posted) -> Answered:
    """Change the draft; what can't be read is left as it was and told."""
    return _Answering(draft, seen, asked, sent).done


class _Answering:
    def __init__(self, draft: Draft, seen: Draft, asked: Questionnaire, sent: Posted) -> None:
        self.draft, self.seen, self.asked, self.sent = draft, seen, asked, sent
        self.done = Answered()
        self.facts = HEAD | {place: item.fact for place, item in asked.items.items()}
        values, evidence = sent.starting(VALUE), sent.starting(EVIDENCE)
        lines = {prefix: sent.starting(prefix) for prefix in TEXT_PARTS}
        for text in dict.fromkeys(
            (*values, *sent.starting(SEVERAL), *evidence, *(t for s in lines.values() for t in s))
        ):
            has_value = text in values or text in sent.starting(SEVERAL)
            typed = {prefix: given[text].strip() for prefix, given in lines.items() if text in given}
            self._answer(text, has_value, evidence.get(text), typed)
        self._confirm()
        self._change_tables()
        for text, name in sent.starting(KEY).items():
            self._name_row(text, name)

    def _now(self, text: str) -> tuple[Place, Place] | None:
        """A place as the page shows it and where it is now; None for what is no place or gone, which is told."""
        shown = parse(text)
        if shown is None:
            return None
        try:
            return shown, self.draft.translated(shown, self.seen)
        except GoneError as error:
            for prefix in (VALUE, SEVERAL, EVIDENCE, *TEXT_PARTS, KEY):
                if f"{prefix}{text}" in self.sent.fields:
                    self.done.refused[f"{prefix}{text}"] = str(error)
            return None

    def _answer(self, text: str, has_value: bool, evidence: str | None, typed: Mapping[str, str]) -> None:
        found = self._now(text)
        if found is None:
            return
        shown, now = found
        place = str(now)
        fact = self.facts.get(place)
        if fact is None:
            return
        self.done.places.append(place)
        base = self.seen.at(shown) if self._is_shown(shown) else NOTHING
        before = self.draft.at(now)
        wanted = before
        if has_value:
            value = self._value(text, place, fact, base, before)
            if not _alike(value, before.value):
                wanted = replace(wanted, value=value, as_last_time=False)
        if evidence is not None:
            wanted = replace(
                wanted, evidence=_merged(_lines("\n".join(base.evidence)), before.evidence, _lines(evidence))
            )
        for prefix, mine in typed.items():
            part = self._line(prefix, text, place, fact, (base, before), mine)
            changed: dict[str, Any] = {TEXT_PARTS[prefix][0]: part}
            wanted = replace(wanted, **changed)
        if wanted != before:
            self.draft.put(now, wanted)
        self._renew(now, base, wanted, text, evidence, typed)

    def _is_shown(self, shown: Place) -> bool:
        return shown.row is None or self.seen.row(shown.of_row) is not None

    def _renew(
        self, now: Place, base: Stated, wanted: Stated, text: str, evidence: str | None, typed: Mapping[str, str]
    ) -> None:
        """Note a place of which the page does not show everything that the draft says now."""
        shows = Stated(
            wanted.value if self._sent_value(text) else base.value,
            _lines(evidence) if evidence is not None else base.evidence,
            as_last_time=wanted.as_last_time,
            **{name: typed.get(prefix, getattr(base, name)) for prefix, (name, _) in TEXT_PARTS.items()},
        )
        if shows != wanted and str(now) not in self.done.problems and not self._clashes_at(str(now)):
            self.done.renewed.add(str(now if now.row is None else now.table))

    def _sent_value(self, text: str) -> bool:
        return f"{VALUE}{text}" in self.sent.fields or f"{SEVERAL}{text}" in self.sent.fields

    def _clashes_at(self, place: str) -> bool:
        return any(clash.place == place for clash in self.done.clashes)

    def _value(self, text: str, place: str, fact: Fact, base: Stated, before: Stated) -> Any:
        typed = self.sent.texts(VALUE + text)
        if fact.type != "choices" and typed and typed[-1] == shown_answer(base.value):
            return before.value
        try:
            mine = read_answer(fact, typed)
            if place == "assessed_on" and mine is not None:
                _refuse_day(mine)
        except WrongAnswerError as error:
            self.done.problems[place] = ("、".join(typed), str(error))
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
                self.done.problems[place] = (mine, f"{label}：{error}")
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
        self.done.clashes.append(clash)

    def _name_row(self, text: str, typed: str) -> None:
        found = self._now(text)
        if found is None or found[1].row is None:
            return
        shown, now = found
        table = self.asked.tables.get(str(now.table))
        rows, row = self.draft.rows(now.table) or [], self.draft.row(now)
        if table is None or row is None:
            return
        self.done.places.append(str(now))
        key = table.plan.key
        old = self.seen.row(shown)
        if typed.strip() in (str(one.get(key) or "") for one in (row, old) if one is not None):
            return
        try:
            name = row_name(typed, now, table, {str(other.get(key)) for other in rows if other is not row})
        except WrongAnswerError as error:
            self.done.problems[str(now)] = (typed, str(error))
            return
        row[key] = name
        self.done.renamed[str(now)] = str(replace(now, row=name))
        self.done.renewed.add(str(now.table))

    def _confirm(self) -> None:
        """Take over what is confirmed to be as last time: an answer, a row's open cells, or the rows of a table."""
        for text in self.sent.texts(SAME):
            shown = parse(text)
            if shown is None:
                continue
            try:
                now = self.draft.translated(shown, self.seen)
            except GoneError as error:
                self.done.refused[SAME] = str(error)
                continue
            place = str(now)
            self.done.places.append(place)
            self.done.renewed.add(place if now.group is None else str(now.table))
            if now.group is not None and now.row is None:
                table = self.asked.tables.get(place)
                self.draft.take_rows(now, table.last_rows if table is not None else ())
                continue
            cells = [item for at, item in self.asked.items.items() if at == place or at.startswith(f"{place}.")]
            for item in cells:
                # What somebody has answered meanwhile stays.
                if item.last is not None and item.recheck is Recheck.PENDING:
                    self._take_over(item.place, item.last)

    def _take_over(self, place: str, last: Known) -> None:
        before = self.draft.at(place)
        value = known_json(Known(value=last.value))
        evidence = (*before.evidence, *(one for one in last.evidence if one not in before.evidence))
        about = {name: getattr(before, name) or text for name, text in evidence_json(last).items()}
        self.draft.put(place, replace(before, value=value, evidence=evidence, as_last_time=True, **about))
        self.done.confirmed[place] = last.evidence

    def _change_tables(self) -> None:
        for name in ("add", "remove", "empty", "unseen"):
            value = self.sent.text(name)
            if not value:
                continue
            shown = _row_of(value) if name == "remove" else parse(value)
            if shown is None or shown.group is None:
                continue
            self._change_table(name, shown)

    def _change_table(self, name: str, shown: Place) -> None:
        try:
            now = self.draft.translated(shown.table, self.seen)
        except GoneError as error:
            self.done.refused[name] = str(error)
            return
        place = str(now)
        table = self.asked.tables.get(place)
        if table is None:
            return
        self.done.places.append(place)
        self.done.renewed.add(place)
        if name == "add":
            self.draft.add_row(place, table.plan.key)
        elif name == "remove":
            self._remove(table, shown)
        elif self.draft.rows(now):
            self.done.refused[name] = f"他人已在“{table.plan.label}”中填了行，未改动；请先核对这些行。"
        else:
            self.draft.set_empty(place, looked=name == "empty")

    def _remove(self, table: TableView, shown: Place) -> None:
        """Take a row away; one that is gone already is no matter, one that was written on since is a conflict."""
        try:
            now = self.draft.translated(shown, self.seen)
        except GoneError:
            return
        row, old = self.draft.row(now), self.seen.row(shown)
        if row == old or old is None:
            self.draft.remove_row(now)
            return
        fields = (("remove", str(now)),)
        label = f"{table.plan.label} {now.row}"
        self.done.clashes.append(
            Clash(
                str(now.table),
                label,
                "删除这一行",
                "又填写了这一行",
                part=lambda draft: draft.row(now),
                take_mine=lambda draft: draft.remove_row(now),
                fields=fields,
            )
        )


def _with(stated: Stated, part: str, value: Any) -> Stated:
    """The statement with one part changed; another value is no longer last time's."""
    changed = {part: value, "as_last_time": stated.as_last_time and part != "value"}
    return replace(stated, **changed)


def _row_of(text: str) -> Place | None:
    """A row that is to be removed: its place, or its table and number (`units[0].groups.outlets|2`)."""
    table, bar, number = text.partition("|")
    place = parse(text) if not bar else parse(f"{table}[{number}]")
    return place if place is not None and place.row is not None else None


def _merged(base: tuple[str, ...], now: tuple[str, ...], mine: tuple[str, ...]) -> tuple[str, ...]:
    """Evidence with what was added and taken off on the page, and what others added and took off meanwhile."""
    gone = set(base) - set(mine)
    left = tuple(item for item in now if item not in gone)
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
