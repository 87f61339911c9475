"""Answers that a form sent, put into a draft: one when the page saves by itself, all of them when it can't."""

from dataclasses import dataclass, field
from datetime import date

from api.pages.answers import WrongAnswerError, read_answer
from api.pages.draft import Draft, Stated
from api.pages.posted import Posted
from api.pages.questionnaire import Questionnaire
from grading import calendar
from grading.model.ruleset import Fact

VALUE, EVIDENCE, NOTE, SEVERAL, KEY = "v.", "e.", "n.", "p.", "k."
"""What the names of fields begin with; the rest is a place. `p.` says that a question with several options was shown."""
HEAD = {
    "assessed_on": Fact(id="assessed_on", label="评定日期", type="date"),
}
"""What every audit is asked beside the facts of its rulesets."""


@dataclass
class Answered:
    """What became of what was sent: places that were there to be answered, and what was wrong with some (typed, message)."""

    places: list[str] = field(default_factory=list)
    problems: dict[str, tuple[str, str]] = field(default_factory=dict)


def answer(draft: Draft, asked: Questionnaire, sent: Posted) -> Answered:
    """Change the draft; what can't be read is left as it was and told. Raises Problem (422) for rows that are gone."""
    facts = HEAD | {place: item.fact for place, item in asked.items.items()}
    values, evidence, notes = sent.starting(VALUE), sent.starting(EVIDENCE), sent.starting(NOTE)
    several = sent.starting(SEVERAL)
    done = Answered()
    for place in dict.fromkeys((*values, *several, *evidence, *notes)):
        fact = facts.get(place)
        if fact is None:
            continue
        done.places.append(place)
        before = draft.at(place)
        value = before.value
        if place in values or place in several:
            typed = sent.texts(VALUE + place)
            try:
                value = read_answer(fact, typed)
                if place == "assessed_on" and value is not None:
                    _refuse_day(value)
            except WrongAnswerError as error:
                done.problems[place] = ("、".join(typed), str(error))
        lines = tuple(line.strip() for line in evidence.get(place, "").splitlines() if line.strip())
        stated = Stated(
            value,
            lines if place in evidence else before.evidence,
            notes[place].strip() if place in notes else before.note,
        )
        if stated != before:
            draft.put(place, stated)
    _name_rows(draft, asked, sent, done)
    _change_tables(draft, asked, sent, done)
    return done


def _refuse_day(said: str) -> None:
    refusal = calendar.not_assessable(date.fromisoformat(said))
    if refusal is not None:
        raise WrongAnswerError(f"{refusal}。")


def _name_rows(draft: Draft, asked: Questionnaire, sent: Posted, done: Answered) -> None:
    for place, said in sent.starting(KEY).items():
        table_place, _, index = place.rpartition("[")
        table = asked.tables.get(table_place)
        rows = draft.rows(table_place) or []
        number = int(index.rstrip("]")) if index.rstrip("]").isdigit() else len(rows)
        if table is None or number >= len(rows):
            continue
        done.places.append(place)
        name = said.strip()
        taken = {str(row.get(table.plan.key)) for i, row in enumerate(rows) if i != number}
        if not name or name in taken:
            why = "每一行都要有编号或名称。" if not name else f"“{name}”已是另一行的编号，各行应不同。"
            done.problems[place] = (said, why)
        else:
            rows[number][table.plan.key] = name


def _change_tables(draft: Draft, asked: Questionnaire, sent: Posted, done: Answered) -> None:
    for name in ("add", "remove", "empty", "unseen"):
        said = sent.text(name)
        place, _, index = said.partition("|")
        table = asked.tables.get(place)
        if table is None:
            continue
        done.places.append(place)
        if name == "add":
            draft.add_row(place, table.plan.key)
        elif name == "remove":
            draft.remove_row(place, int(index) if index.isdigit() else -1)
        else:
            draft.set_empty(place, looked=name == "empty")
