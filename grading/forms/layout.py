"""Layout of a form's sheets, before a cell is written."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from grading.engine.grade import ruleset_digest
from grading.forms.criteria import criteria
from grading.forms.questions import OTHER, Question, questions, sections
from grading.language.load import Library
from grading.model.audit import Audit, UnitAudit
from grading.model.ruleset import Fact, Ruleset
from grading.ruleset_id import industry_of

COVER, PLANT, LISTS, META = "cover", "plant", "lists", "meta"
COVER_TITLE, LISTS_TITLE, META_TITLE, ERRORS_TITLE = "填写说明", "选项", "grading", "错误清单"
PLANT_TITLE = "全厂"
FACTS_TITLE = "核查表"
EVIDENCE_TITLE = "表格证据"
LAST_TITLE = "上次填报"
TITLE_LENGTH = 31


@dataclass(frozen=True)
class FormUnit:
    """A unit that the form is for: its id, its ruleset and what the ruleset said when the form was made."""

    id: str
    ruleset: Ruleset
    digest: str


@dataclass(frozen=True)
class Line:
    """A question on a sheet. `place` is where its answer stands in the audit; `inherits` the place that serves if
    this one is left empty."""

    place: str
    question: Question
    criteria: str
    inherits: str | None = None


@dataclass(frozen=True)
class Band:
    """A titled run of lines."""

    id: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class FactSheet:
    """A sheet of single questions, by dimension."""

    code: str
    title: str
    heading: str
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Table:
    """A sheet with one row for each outlet, line, shed …; `place` is the group's place in the audit, `key` what the
    audit calls the name of a row."""

    code: str
    title: str
    heading: str
    place: str
    key: str
    label: str
    columns: tuple[Line, ...]


@dataclass(frozen=True)
class UnitSheets:
    """Everything that is asked about one unit; `evidence` is the title of the sheet that goes with its tables."""

    unit: FormUnit
    facts: FactSheet
    tables: tuple[Table, ...]
    evidence: str


@dataclass(frozen=True)
class Form:
    """A whole form: what all units share (None for a single unit that shares with nobody), then unit by unit."""

    plant: FactSheet | None
    units: tuple[UnitSheets, ...]


def blank_units(rulesets: Sequence[Ruleset]) -> tuple[FormUnit, ...]:
    """Units for an empty form, named after their industry and numbered: `rubber-1`."""
    counted: dict[str, int] = {}
    found = []
    for ruleset in rulesets:
        industry = industry_of(ruleset.id)
        counted[industry] = counted.get(industry, 0) + 1
        found.append(FormUnit(f"{industry}-{counted[industry]}", ruleset, ruleset_digest(ruleset)))
    return tuple(found)


def audit_units(audit: Audit, library: Library) -> tuple[FormUnit, ...]:
    """The units of an audit; raises KeyError or LanguageError when a ruleset can't be had."""
    rulesets = [library.ruleset(unit.ruleset) for unit in audit.units]
    return tuple(
        FormUnit(unit.id, ruleset, ruleset_digest(ruleset)) for unit, ruleset in zip(audit.units, rulesets, strict=True)
    )


def lay_out(units: Sequence[FormUnit], audit: Audit | None = None) -> Form:
    """The form of one or several units of one enterprise, with a place for everything that `audit` states.

    Facts that two units or more understand alike are asked once, for the plant. A fact that nothing reads is asked only
    if the audit states it.
    """
    parts = [_Asked(unit, audit.units[i] if audit else None) for i, unit in enumerate(units)]
    stated = frozenset(audit.enterprise.facts) if audit else frozenset()
    own = frozenset(name for unit in audit.units for name in unit.facts) if audit else frozenset()
    alone = len(units) == 1
    shared = stated & own if alone else stated | frozenset(_common(parts))
    titles = _Titles()
    plant = _plant(parts, shared, titles) if shared else None
    sheets = []
    for i, of_unit in enumerate(parts):
        at_plant = stated - own if alone else frozenset()
        inherits = frozenset(line.question.fact.id for band in plant.bands for line in band.lines) if plant else ()
        sheets.append(_unit(i, of_unit, at_plant, frozenset(inherits), titles, prefix="" if alone else f"{i + 1} "))
    return Form(plant, tuple(sheets))


class _Asked:
    """The questions to ask about one unit."""

    def __init__(self, unit: FormUnit, stated: UnitAudit | None) -> None:
        self.unit = unit
        self.stated = stated
        self.all = {q.fact.id: q for q in questions(unit.ruleset)}

    def single(self, also: frozenset[str]) -> tuple[Question, ...]:
        """The questions of the unit that are not of a table; `also` are unread ones to ask all the same."""
        known = also | frozenset(self.stated.facts if self.stated else ())
        return tuple(
            q for q in self.all.values() if q.fact.group is None and (q.section != OTHER or q.fact.id in known)
        )

    def of(self, group: str) -> tuple[Question, ...]:
        """The columns of a table."""
        rows = self.stated.groups.get(group, ()) if self.stated else ()
        known = frozenset(name for row in rows for name in row.facts)
        return tuple(
            q for q in self.all.values() if q.fact.group == group and (q.section != OTHER or q.fact.id in known)
        )

    def wording(self, question: Question) -> str:
        return criteria(self.unit.ruleset, question)


def _common(parts: Sequence[_Asked]) -> Iterable[str]:
    """Facts that at least two units ask for, and all that know them understand alike."""
    names = dict.fromkeys(q.fact.id for of_unit in parts for q in of_unit.single(frozenset()))
    for name in names:
        facts = _declared(parts, name)
        if len(facts) > 1 and len({(f.label, f.type, f.unit, tuple(f.options.items())) for f in facts}) == 1:
            yield name


def _declared(parts: Sequence[_Asked], name: str) -> list[Fact]:
    found = [of_unit.all[name].fact for of_unit in parts if name in of_unit.all]
    return [fact for fact in found if fact.group is None]


def _plant(parts: Sequence[_Asked], shared: frozenset[str], titles: "_Titles") -> FactSheet:
    names = dict.fromkeys(q.fact.id for of_unit in parts for q in of_unit.single(shared) if q.fact.id in shared)
    lines = []
    for name in names:
        asking = [of_unit for of_unit in parts if name in of_unit.all]
        readings = [of_unit.all[name] for of_unit in asking]
        first = next((q for q in readings if q.section != OTHER), readings[0])
        merged = replace(first, fact=_narrowest(_declared(parts, name)))
        cited = _common_citation([(of_unit.unit.ruleset, of_unit.wording(of_unit.all[name])) for of_unit in asking])
        lines.append(Line(f"enterprise.facts.{name}", merged, cited))
    bands = _bands(parts[0].unit.ruleset, lines)
    heading = "全厂情况：各单元相同的只在此填写一次；某单元不同的，在该单元的核查表另填，以该单元为准"
    return FactSheet(PLANT, titles.new(PLANT_TITLE), heading, bands)


def _narrowest(facts: Sequence[Fact]) -> Fact:
    """One declaration whose answers satisfy all of them."""
    first = facts[0]
    lows = [f.min for f in facts if f.min is not None]
    highs = [f.max for f in facts if f.max is not None]
    low: Decimal | None = max(lows) if lows else None
    high: Decimal | None = min(highs) if highs else None
    options = {code: label for code, label in first.options.items() if all(code in f.options for f in facts)}
    places = min(f.decimals for f in facts)
    return first.model_copy(update={"min": low, "max": high, "decimals": places, "options": options})


def _common_citation(asking: Sequence[tuple[Ruleset, str]]) -> str:
    texts = {ruleset.title: text for ruleset, text in asking if text}
    if len(texts) < 2:
        return next(iter(texts.values()), "")
    return "\n\n".join(f"〈{title}〉\n{text}" for title, text in texts.items())


def _bands(ruleset: Ruleset, lines: Iterable[Line]) -> tuple[Band, ...]:
    by_fact = {line.question.fact.id: line for line in lines}
    return tuple(
        Band(section.id, section.title, tuple(by_fact[q.fact.id] for q in section.questions))
        for section in sections(ruleset, (line.question for line in by_fact.values()))
    )


def _unit(
    index: int,
    part: _Asked,
    at_plant: frozenset[str],
    inherits: frozenset[str],
    titles: "_Titles",
    prefix: str,
) -> UnitSheets:
    unit = part.unit
    lines = []
    for question in part.single(at_plant):
        name = question.fact.id
        place = f"enterprise.facts.{name}" if name in at_plant else f"units[{index}].facts.{name}"
        source = f"enterprise.facts.{name}" if name in inherits else None
        lines.append(Line(place, question, part.wording(question), source))
    heading = f"{unit.ruleset.title}　核查表"
    facts = FactSheet(f"unit:{index}", titles.new(prefix + FACTS_TITLE), heading, _bands(unit.ruleset, lines))
    tables = []
    for name, group in unit.ruleset.groups.items():
        at = f"units[{index}].groups.{name}"
        columns = tuple(Line(f"{at}[].{q.fact.id}", q, part.wording(q)) for q in part.of(name))
        title = titles.new(prefix + group.label)
        tables.append(
            Table(f"table:{index}:{name}", title, group.label, at, group.key, short_label(group.label), columns)
        )
    return UnitSheets(unit, facts, tuple(tables), titles.new(prefix + EVIDENCE_TITLE) if tables else "")


def short_label(label: str) -> str:
    """A label without its explanation in brackets."""
    return re.sub(r"[（(].*?[）)]", "", label).strip() or label


def sheet_title(label: str) -> str:
    """A label as the title of a sheet: what Excel allows."""
    return (re.sub(r"[\[\]:*?/\\']", " ", short_label(label)).strip() or "表")[:TITLE_LENGTH]


class _Titles:
    """Gives every sheet a title that Excel allows and no other sheet has."""

    def __init__(self) -> None:
        self.taken = {title.casefold() for title in (COVER_TITLE, LISTS_TITLE, META_TITLE, ERRORS_TITLE, LAST_TITLE)}

    def new(self, base: str) -> str:
        plain = title = sheet_title(base)
        number = 1
        while title.casefold() in self.taken:
            number += 1
            title = f"{plain[: TITLE_LENGTH - 4]} {number}"
        self.taken.add(title.casefold())
        return title
