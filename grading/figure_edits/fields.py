"""A ruleset with fields of figures filled in: value, how it is known, where it is read, the words of a level."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from grading.digest import plain
from grading.figure_edits.figures import Figure, fact_of, figures, place_of_site
from grading.forms.cell_values import UnreadableError, read_value
from grading.forms.wording import expectation
from grading.intake import check_value
from grading.language.figures import Site, sites
from grading.language.prose import sentence
from grading.model.base import Basis, Cite, Confidence, Scalar
from grading.model.condition import (
    LIST_OPERATORS,
    UNRESOLVED,
    Comparison,
    ConditionBase,
    ProvisionalMany,
    ProvisionalOne,
)
from grading.model.ruleset import Fact, Gate, Indicator, Ruleset
from grading.problems.figure_codes import FigureCode
from grading.problems.reason import Reason, reason_of
from grading.spreadsheet.entry import TEXT as TYPED
from grading.spreadsheet.entry import Entry

VALUE, STANDING, BASIS, CONFIDENCE, TEXT = "value", "standing", "basis", "confidence", "text"
DOCUMENT, SECTION, CLAUSE, PAGE, URL, NOTE = "document", "section", "clause", "page", "url", "note"
COUNTS, GUESS = "established", "provisional"
FIELDS = (VALUE, STANDING, BASIS, CONFIDENCE, DOCUMENT, SECTION, CLAUSE, PAGE, URL, NOTE)
"""The fields of a figure; a whole requirement has `text`."""
CHOICES: Mapping[str, tuple[str, ...]] = {
    STANDING: (COUNTS, GUESS),
    BASIS: get_args(Basis),
    CONFIDENCE: get_args(Confidence),
}
MOST = {PAGE: 40, URL: 1000}
LONGEST = 2000
SEPARATOR = "；"
"""Between the options of a list."""
_PAGE = "第 {} 页"
Edits = Mapping[str, Mapping[str, str]]
"""By place and field: what was filled in."""


@dataclass(frozen=True)
class FieldProblem:
    """A field that can't be read as it is."""

    place: str
    field: str
    reason: Reason


class FieldError(Exception):
    """Fields that can't be read, all of them."""

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


def fields_of(figure: Figure) -> dict[str, str]:
    """The fields of a figure as they are; an empty value is one that is not known."""
    c, cite = figure.comparison, figure.cite
    return {
        VALUE: _written(c.guess),
        STANDING: GUESS if figure.is_open else COUNTS,
        BASIS: figure.basis,
        CONFIDENCE: figure.confidence,
        DOCUMENT: cite.document,
        SECTION: cite.section or "",
        CLAUSE: cite.clause or "",
        PAGE: _page_in(cite.note),
        URL: cite.url or "",
        NOTE: figure.note or "",
    }


def texts_of(ruleset: Ruleset) -> dict[str, str]:
    """The words of each requirement, by its place."""
    return {place_of_site(site): _stated_text(site) for site in sites(ruleset) if site.role == "requirement"}


def with_fields(ruleset: Ruleset, edits: Edits) -> Ruleset:
    """The ruleset as it is with these fields; raises FieldError with every field that can't be read.

    The words of a requirement whose figures change, and that were not written anew, become the sentence of its condition.
    """
    known = {figure.place: figure for figure in figures(ruleset)}
    wholes = {place_of_site(site): site for site in sites(ruleset)}
    problems: list[FieldProblem] = []
    changed: dict[str, ConditionBase] = {}
    texts: dict[str, str] = {}
    for place, fields in edits.items():
        if TEXT in fields and place in wholes and wholes[place].role == "requirement":
            texts[place] = fields[TEXT].strip()
        of_figure = {name: value for name, value in fields.items() if name != TEXT}
        if not of_figure and place in texts:
            continue
        figure = known.get(place)
        if figure is None:
            problems.append(FieldProblem(place, "", reason_of(FigureCode.FIGURE_UNKNOWN, place=place)))
            continue
        new = _comparison(ruleset, figure, of_figure, problems)
        if new is not None:
            at = place_of_site(figure.site)
            moved = new.operand != figure.comparison.operand
            changed[at] = _put(changed.get(at, figure.site.condition), figure.inner, new, moved)
    problems.extend(
        FieldProblem(place, TEXT, reason_of(FigureCode.FIGURE_TEXT_TOO_LONG, most=LONGEST))
        for place, text in texts.items()
        if len(text) > LONGEST
    )
    if problems:
        raise FieldError(problems)
    return _with_sites(ruleset, wholes, changed, texts)


def with_conditions(ruleset: Ruleset, changed: Mapping[str, ConditionBase]) -> Ruleset:
    """The ruleset with other conditions at the places of whole ones; the words of levels stay."""
    wholes = {place_of_site(site): site for site in sites(ruleset)}
    return _rebuilt(ruleset, wholes, changed, {})


def put(condition: ConditionBase, inner: tuple[str | int, ...], new: ConditionBase) -> ConditionBase:
    """A condition with another one inside; words stay."""
    return _put(condition, inner, new, False)


def _with_sites(
    ruleset: Ruleset, wholes: Mapping[str, Site], changed: Mapping[str, ConditionBase], texts: Mapping[str, str]
) -> Ruleset:
    words: dict[str, str | None] = {place: text or None for place, text in texts.items()}
    for place, condition in changed.items():
        site = wholes[place]
        if site.role != "requirement" or place in words or not _stated_text(site):
            continue
        if sentence(ruleset, condition) != sentence(ruleset, site.condition):
            words[place] = sentence(ruleset, condition)
    return _rebuilt(ruleset, wholes, changed, words)


def _rebuilt(
    ruleset: Ruleset,
    wholes: Mapping[str, Site],
    changed: Mapping[str, ConditionBase],
    words: Mapping[str, str | None],
) -> Ruleset:
    indicators = {one.id: one for one in ruleset.indicators}
    gates = {one.id: one for one in ruleset.gates}
    for place in dict.fromkeys((*changed, *words)):
        site = wholes[place]
        condition = changed.get(place, site.condition)
        if site.kind == "gates":
            gates[site.id] = gates[site.id].model_copy(update={"when": condition})
        else:
            indicators[site.id] = _indicator(indicators[site.id], site, condition, words, place)
    return _validated(ruleset, tuple(indicators.values()), tuple(gates.values()))


def _indicator(
    indicator: Indicator, site: Site, condition: ConditionBase, words: Mapping[str, str | None], place: str
) -> Indicator:
    if site.role == "applicability":
        return indicator.model_copy(update={"applies_when": condition})
    key = str(site.inner[1])
    update: dict[str, Any] = {"require": condition} | ({"text": words[place]} if place in words else {})
    return indicator.model_copy(
        update={"levels": {**indicator.levels, key: indicator.levels[key].model_copy(update=update)}}
    )


def _validated(ruleset: Ruleset, indicators: tuple[Indicator, ...], gates: tuple[Gate, ...]) -> Ruleset:
    """A copy that holds nothing worked out from the ruleset before."""
    parts = {name: getattr(ruleset, name) for name in type(ruleset).model_fields}
    return Ruleset.model_construct(**(parts | {"indicators": indicators, "gates": gates}))


def _comparison(
    ruleset: Ruleset, figure: Figure, texts: Mapping[str, str], problems: list[FieldProblem]
) -> Comparison | None:
    """The comparison with the fields of its figure; None, and the problems, when some can't be read."""
    before = len(problems)
    problems.extend(_of_choices(figure.place, texts))
    known = fields_of(figure)
    if texts.get(DOCUMENT, known[DOCUMENT]).strip() != known[DOCUMENT]:
        # Another document: where the former one said it says nothing of this one.
        known |= dict.fromkeys((SECTION, CLAUSE, PAGE, URL), "")
    now = known | {name: text.strip() for name, text in texts.items()}
    c = figure.comparison
    update: dict[str, Any] = {}
    if VALUE in texts or STANDING in texts:
        value, reason = _value(fact_of(ruleset, c.fact), c.operator, now[VALUE], c.guess)
        if reason is not None:
            problems.append(FieldProblem(figure.place, VALUE, reason))
        update |= {c.operator: _operand(c.operator, value, now[STANDING]), "text": None}
    # What was filled in is said of this figure itself: a statement around it may be about others.
    update |= {"basis": now[BASIS], "confidence": now[CONFIDENCE]}
    if texts.keys() & {DOCUMENT, SECTION, CLAUSE, PAGE, URL, BASIS}:
        update["cite"] = _cite(ruleset, figure, now)
    if NOTE in texts:
        update["note"] = now[NOTE] or None
    return None if len(problems) > before else c.model_copy(update=update)


def _of_choices(place: str, texts: Mapping[str, str]) -> Iterator[FieldProblem]:
    for name, text in texts.items():
        if name not in FIELDS:
            yield FieldProblem(place, name, reason_of(FigureCode.FIGURE_FIELD_UNKNOWN, field=name))
        elif name in CHOICES and text not in CHOICES[name]:
            reason = reason_of(FigureCode.FIGURE_CHOICE_EXPECTED, given=text[:80], options=CHOICES[name])
            yield FieldProblem(place, name, reason)
        elif len(text) > MOST.get(name, LONGEST):
            yield FieldProblem(place, name, reason_of(FigureCode.FIGURE_TEXT_TOO_LONG, most=MOST.get(name, LONGEST)))
        elif name == URL and text.strip() and not text.strip().startswith(("http://", "https://")):
            yield FieldProblem(place, name, reason_of(FigureCode.FIGURE_ADDRESS_EXPECTED))


def _cite(ruleset: Ruleset, figure: Figure, now: Mapping[str, str]) -> Cite:
    note = figure.cite.note
    if now[PAGE] != _page_in(note):
        note = _PAGE.format(now[PAGE]) if now[PAGE] else None
    return Cite(
        document=now[DOCUMENT] or ruleset.edition.document,
        section=now[SECTION] or None,
        clause=now[CLAUSE] or None,
        url=now[URL] or None,
        note=note,
    )


def _page_in(note: str | None) -> str:
    """The page that a citation's note is."""
    head, tail = _PAGE.split("{}")
    return note[len(head) : -len(tail)] if note and note.startswith(head) and note.endswith(tail) else ""


def _operand(operator: str, value: Any, standing: str) -> Any:
    if value is None:
        return UNRESOLVED
    if standing == COUNTS:
        return value
    return ProvisionalMany(provisional=value) if operator in LIST_OPERATORS else ProvisionalOne(provisional=value)


def _value(fact: Fact, operator: str, text: str, guess: Any) -> tuple[Any, Reason | None]:
    """The value, None for one that is not known, and why it can't be read."""
    if not text:
        return None, None
    if operator in LIST_OPERATORS:
        return _options(fact, text, guess)
    return _one(fact, text)


def _options(fact: Fact, text: str, guess: Any) -> tuple[Any, Reason | None]:
    chosen = [one.strip() for one in text.split(SEPARATOR) if one.strip()]
    if fact.options:
        wrong = [one for one in chosen if one not in fact.options]
        if wrong:
            options = tuple(fact.options.values())
            return None, reason_of(FigureCode.FIGURE_VALUE_NOT_LISTED, given=wrong[0][:80], options=options)
        before = guess if isinstance(guess, tuple) else ()
        # The same options in the same order: nothing has changed.
        return (before if set(before) == set(chosen) else tuple(one for one in fact.options if one in chosen)), None
    found: list[Scalar] = []
    for one in chosen:
        value, reason = _one(fact, one)
        if reason is not None:
            return None, reason
        found.append(value)
    return tuple(found), None


def _one(fact: Fact, text: str) -> tuple[Any, Reason | None]:
    if fact.type == "boolean" and text in ("true", "false"):
        return text == "true", None
    if fact.options:
        if text in fact.options:
            return text, None
        options = tuple(fact.options.values())
        return None, reason_of(FigureCode.FIGURE_VALUE_NOT_LISTED, given=text[:80], options=options)
    try:
        value = read_value(Entry(text, TYPED), fact)
    except UnreadableError as error:
        return None, reason_of(FigureCode.FIGURE_VALUE_UNREADABLE, why=str(error))
    if isinstance(value, dict) or check_value(value, fact.id, [fact])[1]:
        return None, reason_of(FigureCode.FIGURE_VALUE_UNREADABLE, why=expectation(fact))
    return (date.fromisoformat(value) if fact.type == "date" and isinstance(value, str) else value), None


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return SEPARATOR.join(_written(one) for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else str(value)


def _stated_text(site: Site) -> str:
    return getattr(site.layers[-1], "text", None) or "" if site.role == "requirement" else ""


def _put(c: ConditionBase, steps: tuple[str | int, ...], new: ConditionBase, moved: bool) -> ConditionBase:
    """`moved`: the figure is another, so words that stand for conditions around it are no longer right."""
    if not steps:
        return new
    name = "not_" if steps[0] == "not" else str(steps[0])
    inner = getattr(c, name)
    words: dict[str, Any] = {"text": None} if moved else {}
    if isinstance(inner, tuple):
        index = int(steps[1])
        part = _put(inner[index], steps[2:], new, moved)
        return c.model_copy(update={name: (*inner[:index], part, *inner[index + 1 :])} | words)
    return c.model_copy(update={name: _put(inner, steps[1:], new, moved)} | words)
