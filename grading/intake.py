"""JSON → Audit: everything that is wrong with it at once, each with its place; nothing is guessed, nothing rounded."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from grading import calendar, invisible, uscc
from grading.edition_reading import Chooser, Chosen
from grading.evidence_validity import STATED_ABOUT_EVIDENCE
from grading.identifiers import normalise_id
from grading.invisible import SURROGATES, shown_invisible, without_invisible
from grading.language.bounds import NoLimitError, bound_from_text
from grading.language.load import Library
from grading.language.problems import LanguageError, place_of
from grading.last_time_reading import differing, read_last_time
from grading.model.audit import Audit, Below, Enterprise, Known, LastTime, Row, UnitAudit, Value
from grading.model.base import MAX_NUMBER, decimal_places
from grading.model.ruleset import Fact, Ruleset
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Parameter, Reason, ReasonError, Sentences, reason_of
from grading.problems.unreadable import json_fault
from grading.regions import is_place
from grading.ruleset_id import industry_of
from grading.waiver_reading import read_waivers

MAX_BYTES = 5_000_000
MAX_UNITS = 200
MAX_ROWS = 2_000
MAX_TEXT = 4_000
MAX_DIGITS = 40
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
COUNTY = re.compile(r"[0-9]{6}")
UNWRITABLE = re.compile(f"[{invisible.UNWRITABLE}{SURROGATES}]")
"""Characters that no document can hold: controls other than tab and line ends, halves of surrogate pairs, non-characters."""
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class InputProblem:
    """A problem at one place of an audit, and what would be right."""

    place: str
    reason: Reason

    @property
    def code(self) -> Sentences:
        """The stable name of what is wrong."""
        return self.reason.code

    @property
    def message(self) -> str:
        """The problem, in Chinese."""
        return self.reason.message

    def inside(self, place: str) -> "InputProblem":
        """The same problem of a document that stands at a place of a larger one."""
        return replace(self, place=f"{place}.{self.place}" if self.place else place)


def input_problem(place: str, code: Sentences, /, **parameters: Parameter) -> InputProblem:
    """The problem of a code at a place; raises TypeError when the parameters are not those of its sentences."""
    return InputProblem(place, reason_of(code, **parameters))


class AuditError(Exception):
    """An audit can't be graded; `problems` says everything that is wrong. As text it is Chinese, for whoever it reaches."""

    def __init__(self, problems: Iterable[InputProblem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))

    def __str__(self) -> str:
        """A line a problem."""
        return "\n".join(f"{p.place or '（审核数据）'}：{p.message}" for p in self.problems)


class _Twice(dict[str, Any]):
    """An object some of whose keys stood there twice."""

    twice: tuple[str, ...] = ()


class _NotANumber(str):
    """NaN or an infinity, as written."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    repeated = _Twice(found)
    repeated.twice = tuple(dict.fromkeys(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return repeated


def parse_json(text: bytes | str) -> Any:
    """Strict JSON with exact numbers; raises AuditError. Duplicate keys are reported by `read_audit`, with their place."""
    return parse_json_exactly(text)[0]


def parse_json_exactly(text: bytes | str) -> tuple[Any, bool]:
    """As `parse_json`, and whether every key of the document stands once in its object and every number can be read exactly."""
    faults: list[object] = []

    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = _object(pairs)
        if len(found) != len(pairs):
            faults.append(found)
        return found

    def number(text: str) -> Any:
        found = _number(text)
        if isinstance(found, _NotANumber):
            faults.append(found)
        return found

    def constant(text: str) -> _NotANumber:
        faults.append(text)
        return _NotANumber(text)

    if len(text) > MAX_BYTES:
        raise AuditError([input_problem("", ProblemCode.TOO_LARGE, most=MAX_BYTES)])
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        raw = json.loads(
            text, parse_float=number, parse_int=number, parse_constant=constant, object_pairs_hook=object_of
        )
    except UnicodeDecodeError as error:
        raise AuditError([input_problem("", ProblemCode.NOT_UTF8, byte=error.start)]) from None
    except json.JSONDecodeError as error:
        raise AuditError([_not_json(error)]) from None
    except RecursionError:
        raise AuditError([input_problem("", ProblemCode.NESTED_TOO_DEEPLY)]) from None
    return raw, not faults


def _not_json(error: json.JSONDecodeError) -> InputProblem:
    fault, line, column = json_fault(error.msg), error.lineno, error.colno
    return input_problem("", ProblemCode.NOT_JSON, fault=fault, line=line, column=column)


def _number(text: str) -> Any:
    digits = text.lower().lstrip("-")
    exponent = digits.partition("e")[2]
    if len(digits) > MAX_DIGITS or (exponent and abs(int(exponent)) > MAX_DIGITS):
        return _NotANumber(text[:MAX_DIGITS])
    return Decimal(text)


def repeated_keys(raw: Any) -> Iterator[Path]:
    """The place of every key of a parsed document that stood there twice."""
    for path, value in _values(raw):
        for key in getattr(value, "twice", ()):
            yield (*path, key)


def unreadable_numbers(raw: Any) -> Iterator[Path]:
    """The place of everything in a parsed document that is written as a number and can't be read exactly as one."""
    return (path for path, value in _values(raw) if isinstance(value, _NotANumber))


def _values(raw: Any) -> Iterator[tuple[Path, Any]]:
    """Every value of a parsed document with its place. A list of what waits, so that depth is no matter."""
    waiting: list[tuple[Path, Any]] = [((), raw)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [((*path, step), item) for step, item in inner]


def read_audit(
    text: bytes | str, library: Library, *, planned: bool = False, notices: list[InputProblem] | None = None
) -> Audit:
    """Read and check an audit against its rulesets; raises AuditError with every problem there is.

    What was mended, an invisible character in an id or a credit code in full width, is added to `notices`. A `planned` audit
    may be of a day to come, which is told there too.
    """
    return check_audit(parse_json(text), library, planned=planned, notices=notices)


def check_audit(
    raw: Any,
    library: Library,
    *,
    as_recorded: bool = False,
    verbatim: bool = False,
    planned: bool = False,
    notices: list[InputProblem] | None = None,
) -> Audit:
    """Check an audit that is already parsed (numbers as Decimal); see `read_audit`.

    `as_recorded` takes what no new audit may state, an impossible day or a table with too few rows: of a ruleset's cases, and of
    what was stored earlier. `verbatim` takes texts, ids and counties as they were taken before they were mended, `planned` a day
    to come.
    """
    reader = _Reader(library, as_recorded, verbatim, planned)
    audit = reader.audit(raw)
    if notices is not None:
        notices += reader.notices
    return audit


def check_value(raw: Any, place: str, facts: list[Fact]) -> tuple[Known | None, tuple[InputProblem, ...]]:
    """Read one value (bare, or with evidence and note) that has to suit all the facts; with what is wrong with it."""
    reader = _Reader(Library())
    known = None if raw is None else reader.known(raw, (place,), facts)
    return known, tuple(reader.problems)


def last_time_in(raw: Any, units: Sequence[tuple[str, Ruleset]]) -> LastTime | None:
    """The last time that a draft's `last` tells of, complete or not; `units`: id and ruleset of each of its units."""
    return _Reader(Library()).last(raw, units)


def _suiting(raw: Any, facts: list[Fact]) -> Known | None:
    known, problems = check_value(raw, "", facts)
    return None if problems else known


class _Reader:
    def __init__(
        self, library: Library, as_recorded: bool = False, verbatim: bool = False, planned: bool = False
    ) -> None:
        self.library, self.as_recorded, self.verbatim, self.planned = library, as_recorded, verbatim, planned
        self.problems: list[InputProblem] = []
        self.assessed_on: date | None = None
        self.notices: list[InputProblem] = []
        """The mended text, and the way in which it was mended."""

    def wrong(self, path: Path, code: ProblemCode, /, **parameters: Parameter) -> None:
        self.wrong_for(path, reason_of(code, **parameters))

    def wrong_for(self, path: Path, reason: Reason) -> None:
        place = place_of(step if isinstance(step, int) else shown_invisible(step) for step in path)
        self.problems.append(InputProblem(place, reason))

    def audit(self, raw: Any) -> Audit:
        top = self.mapping(raw, (), required=("enterprise", "assessed_on", "units"), optional=("last",))
        assessed_on = self.day(top.get("assessed_on"), ("assessed_on",)) if "assessed_on" in top else None
        if assessed_on is not None and not self.as_recorded:
            refusal = calendar.not_assessable(assessed_on)
            if refusal is not None and self.planned and refusal.code is ProblemCode.DAY_IN_FUTURE:
                today = calendar.today()
                told = reason_of(ProblemCode.DAY_TO_COME, day=assessed_on, today=today)
                self.notices.append(InputProblem("assessed_on", told))
            elif refusal is not None:
                self.wrong_for(("assessed_on",), refusal)
        self.assessed_on = assessed_on
        units_raw = top.get("units")
        if "units" in top and (not isinstance(units_raw, list) or not units_raw):
            self.wrong(("units",), ProblemCode.UNITS_EXPECTED)
        listed = units_raw if isinstance(units_raw, list) else []
        if len(listed) > MAX_UNITS:
            self.wrong(("units",), ProblemCode.TOO_MANY_UNITS, units=len(listed), most=MAX_UNITS)
            listed = []
        stated = top.get("enterprise")
        county = stated.get("county") if isinstance(stated, dict) else None
        chooser = Chooser(self, self.library, county if isinstance(county, str) else None, assessed_on)
        # What was stored was chosen then.
        chosen = [None if self.as_recorded else chooser.choice(unit, ("units", i)) for i, unit in enumerate(listed)]
        rulesets = [
            self.ruleset(unit if one is None else unit | {"ruleset": one.ruleset}, ("units", i))
            for i, (unit, one) in enumerate(zip(listed, chosen, strict=True))
        ]
        shared = stated.get("facts") if isinstance(stated, dict) else None
        units = [self.unit(unit, ("units", i), rulesets[i], shared, chosen[i]) for i, unit in enumerate(listed)]
        self.unique_ids(units)
        known = None if any(r is None for r in rulesets) else [r for r in rulesets if r is not None]
        enterprise = self.enterprise(top.get("enterprise"), known) if "enterprise" in top else None
        whole = [unit for unit in units if unit is not None]
        if self.problems or enterprise is None or assessed_on is None:
            raise AuditError(self.problems or [input_problem("", ProblemCode.NOT_AN_AUDIT)])
        audit = Audit(enterprise=enterprise, assessed_on=assessed_on, units=tuple(whole))
        last = self.last(top.get("last"), [(unit.id, r) for unit, r in zip(whole, known or (), strict=True)])
        for path in differing(audit, last):
            self.wrong((*path, "as_last_time"), ProblemCode.NOT_AS_LAST_TIME)
        if self.problems:
            raise AuditError(self.problems)
        return audit if last is None else audit.model_copy(update={"last": last})

    def last(self, raw: Any, units: Sequence[tuple[str, Ruleset]]) -> LastTime | None:
        if raw is None:
            return None
        top = self.mapping(raw, ("last",), required=("assessed_on",), optional=("facts", "units"))
        day = self.day(top["assessed_on"], ("last", "assessed_on")) if "assessed_on" in top else None
        return None if day is None else read_last_time(top, day, units, _suiting)

    def mapping(
        self, raw: Any, path: Path, required: tuple[str, ...] = (), optional: tuple[str, ...] | None = ()
    ) -> dict[str, Any]:
        """The mapping at a place; says what is missing and what is too much (`optional=None`: any key)."""
        if not isinstance(raw, dict):
            if required:
                self.wrong(path, ProblemCode.OBJECT_WITH_EXPECTED, keys=required)
            else:
                self.wrong(path, ProblemCode.OBJECT_EXPECTED)
            return {}
        for key in getattr(raw, "twice", ()):
            self.wrong((*path, key), ProblemCode.KEY_TWICE)
        for key in required:
            if raw.get(key) is None:
                self.wrong((*path, key), ProblemCode.KEY_MISSING)
        if optional is not None:
            for key in raw:
                if key not in required and key not in optional:
                    self.wrong((*path, key), ProblemCode.KEY_UNKNOWN, keys=(*required, *optional))
        return {key: value for key, value in raw.items() if value is not None}

    def text(self, raw: Any, path: Path) -> str | None:
        if not isinstance(raw, str) or isinstance(raw, _NotANumber) or not raw.strip():
            self.wrong(path, ProblemCode.TEXT_EXPECTED)
            return None
        if len(raw) > MAX_TEXT:
            self.wrong(path, ProblemCode.TEXT_TOO_LONG, most=MAX_TEXT)
            return None
        if UNWRITABLE.search(raw):
            self.wrong(path, ProblemCode.TEXT_UNWRITABLE)
            return None
        return raw if self.verbatim else self.visible(raw, path)

    def texts(self, raw: Any, path: Path) -> tuple[str, ...]:
        """A list of texts, or one text."""
        listed = [raw] if isinstance(raw, str) else raw
        if not isinstance(listed, list):
            self.wrong(path, ProblemCode.TEXTS_EXPECTED)
            return ()
        texts = [self.text(item, (*path, i)) for i, item in enumerate(listed)]
        return tuple(text for text in texts if text is not None)

    def visible(self, raw: str, path: Path) -> str | None:
        """The text without characters that nobody sees."""
        plain = without_invisible(raw)
        if plain == raw:
            return raw
        if not plain.strip():
            self.wrong(path, ProblemCode.TEXT_INVISIBLE)
            return None
        self.notice(path, ProblemCode.INVISIBLE_REMOVED, plain, raw)
        return plain

    def identifier(self, raw: Any, path: Path) -> str | None:
        """A text that names a unit or a row, in its one spelling."""
        text = raw if isinstance(raw, str) and not isinstance(raw, _NotANumber) else None
        if self.verbatim or text is None or not text.strip() or UNWRITABLE.search(text):
            return self.text(raw, path)
        try:
            plain, changed = normalise_id(text)
        except ReasonError as error:
            self.wrong_for(path, error.reason)
            return None
        if changed:
            self.notice(path, ProblemCode.ID_NORMALISED, plain, text)
        return plain

    def notice(self, path: Path, code: ProblemCode, read: str, given: str) -> None:
        self.notices.append(InputProblem(place_of(path), read_otherwise(code, read, given)))

    def day(self, raw: Any, path: Path) -> date | None:
        if not isinstance(raw, str) or not DAY.fullmatch(raw):
            self.wrong(path, ProblemCode.DAY_EXPECTED)
            return None
        try:
            return date.fromisoformat(raw)
        except ValueError:
            self.wrong(path, ProblemCode.DAY_NOT_THERE, given=raw)
            return None

    def ruleset(self, raw: Any, path: Path) -> Ruleset | None:
        ruleset_id = raw.get("ruleset") if isinstance(raw, dict) else None
        if not isinstance(ruleset_id, str):
            if isinstance(raw, dict) and ruleset_id is not None:
                self.wrong((*path, "ruleset"), ProblemCode.RULESET_ID_EXPECTED)
            return None
        try:
            return self.library.ruleset(ruleset_id)
        except KeyError:
            near = tuple(i for i in self.library.ids() if industry_of(i) == industry_of(ruleset_id))
            hint = reason_of(Phrase.PERHAPS, names=near) if near else Phrase.LIST_OF_RULESETS
            given = shown_invisible(ruleset_id)
            self.wrong((*path, "ruleset"), ProblemCode.RULESET_UNKNOWN, ruleset=given, hint=hint)
        except LanguageError as error:
            why = str(error.problems[0])
            self.wrong((*path, "ruleset"), ProblemCode.RULESET_UNUSABLE, ruleset=ruleset_id, why=why)
        return None

    def enterprise(self, raw: Any, rulesets: list[Ruleset] | None) -> Enterprise | None:
        path: Path = ("enterprise",)
        top = self.mapping(raw, path, required=("name",), optional=("uscc", "permit", "county", "facts"))
        texts: dict[str, str | None] = {
            key: self.text(top[key], (*path, key)) for key in ("name", "permit", "county") if key in top
        }
        if "uscc" in top:
            texts["uscc"] = self.credit_code(top["uscc"], (*path, "uscc"))
        county = texts.get("county")
        if county is not None and not COUNTY.fullmatch(county):
            self.wrong((*path, "county"), ProblemCode.COUNTY_DIGITS)
        elif county is not None and not self.verbatim and not is_place(county):
            self.wrong((*path, "county"), ProblemCode.COUNTY_UNKNOWN, county=county)
        unknown = reason_of(ProblemCode.FACT_UNKNOWN_TO_ALL)
        facts = self.facts(top.get("facts", {}), (*path, "facts"), self.shared_facts(rulesets), unknown)
        return Enterprise(facts=facts, **texts) if texts.get("name") else None

    def credit_code(self, raw: Any, path: Path) -> str | None:
        if isinstance(raw, Decimal | int | _NotANumber) and not isinstance(raw, bool):
            self.wrong(path, ProblemCode.USCC_NUMBER, given=shown_invisible(str(raw)))
            return None
        text = self.text(raw, path)
        if text is None:
            return None
        try:
            code = uscc.normalised(text)
        except ReasonError as error:
            self.wrong_for(path, error.reason)
            return None
        if code != text:
            self.notice(path, ProblemCode.USCC_NORMALISED, code, text)
        return code

    def shared_facts(self, rulesets: list[Ruleset] | None) -> Callable[[str], list[Fact]] | None:
        """The declarations of a fact in the audit's rulesets; None when those are not all known."""
        if rulesets is None:
            return None
        return lambda name: [r.facts[name] for r in rulesets if name in r.facts and r.facts[name].group is None]

    def unit(
        self, raw: Any, path: Path, ruleset: Ruleset | None, shared: Any = None, chosen: Chosen | None = None
    ) -> UnitAudit | None:
        """A unit; `shared` are the enterprise's facts as they stand in the document."""
        has_industry = isinstance(raw, dict) and raw.get("industry") is not None
        required = ("id",) if has_industry else ("id", "ruleset")
        optional = ("facts", "groups", "waivers", "industry", "ruleset_reason", *(("ruleset",) if has_industry else ()))
        top = self.mapping(raw, path, required=required, optional=optional)
        unit_id = self.identifier(top["id"], (*path, "id")) if "id" in top else None
        if ruleset is None:
            return None

        def declared(name: str) -> list[Fact]:
            fact = ruleset.facts.get(name)
            if fact is None:
                return []
            if fact.group is not None:
                self.wrong((*path, "facts", name), ProblemCode.FACT_OF_ROWS, place=f"groups.{fact.group}")
            return [fact]

        unknown = reason_of(ProblemCode.FACT_UNKNOWN, ruleset=ruleset.id)
        facts = self.facts(top.get("facts", {}), (*path, "facts"), declared, unknown)
        groups: dict[str, tuple[Row, ...]] = {}
        for group_id, rows in self.mapping(top.get("groups", {}), (*path, "groups"), optional=None).items():
            here = (*path, "groups", group_id)
            if group_id not in ruleset.groups:
                there = tuple(ruleset.groups) or Phrase.NONE
                self.wrong(here, ProblemCode.GROUP_UNKNOWN, ruleset=ruleset.id, groups=there)
            elif not isinstance(rows, list):
                self.wrong(here, ProblemCode.ROWS_EXPECTED)
            elif len(rows) > MAX_ROWS:
                self.wrong(here, ProblemCode.TOO_MANY_ROWS, rows=len(rows), most=MAX_ROWS)
            else:
                groups[group_id] = self.rows(rows, here, ruleset, group_id)
                if not self.as_recorded and _lacks_rows(ruleset, group_id, len(rows), facts, shared):
                    self.wrong_for(here, too_few_rows(ruleset, group_id, len(rows)))
        waivers = read_waivers(self, top.get("waivers"), (*path, "waivers"), ruleset)
        if not unit_id:
            return None
        choice = None if chosen is None else chosen.choice
        return UnitAudit(id=unit_id, ruleset=ruleset.id, facts=facts, groups=groups, waivers=waivers, choice=choice)

    def rows(self, raw: list[Any], path: Path, ruleset: Ruleset, group_id: str) -> tuple[Row, ...]:
        key = ruleset.groups[group_id].key
        rows: list[Row] = []
        seen: dict[str, int] = {}
        unknown = reason_of(ProblemCode.FACT_UNKNOWN_IN_GROUP, group=group_id, ruleset=ruleset.id)

        def declared(name: str) -> list[Fact]:
            fact = ruleset.facts.get(name)
            return [fact] if fact is not None and fact.group == group_id else []

        for i, entry in enumerate(raw):
            here = (*path, i)
            values = self.mapping(entry, here, required=(key,), optional=None)
            name = self.identifier(values.pop(key), (*here, key)) if key in values else None
            facts = self.facts(values, here, declared, unknown, whole=False)
            if name is not None and name in seen:
                self.wrong((*here, key), ProblemCode.ROW_KEY_TWICE, key=shown_invisible(name), row=seen[name])
            if name is not None:
                seen.setdefault(name, i)
                rows.append(Row(key=name, facts=facts))
        return tuple(rows)

    def facts(
        self,
        raw: Any,
        path: Path,
        declared: Callable[[str], list[Fact]] | None,
        unknown: Reason,
        whole: bool = True,
    ) -> dict[str, Known]:
        """The known facts of a mapping; `declared` says what a name may stand for, `unknown` that it stands for nothing."""
        found: dict[str, Known] = {}
        values = self.mapping(raw, path, optional=None) if whole else raw
        for name, value in values.items():
            here = (*path, name)
            if declared is None:
                continue
            facts = declared(name)
            if not facts:
                self.wrong_for(here, unknown)
                continue
            known = self.known(value, here, facts)
            if known is not None:
                found[name] = known
        return found

    def known(self, raw: Any, path: Path, facts: list[Fact]) -> Known | None:
        evidence: tuple[str, ...] = ()
        note: str | None = None
        as_last_time = False
        about: dict[str, Any] = {}
        value = raw
        if isinstance(raw, dict) and "below" not in raw:
            optional = ("value", "evidence", "note", "as_last_time", *STATED_ABOUT_EVIDENCE)
            wrapped = self.mapping(raw, path, optional=optional)
            value = wrapped.get("value")
            if "note" in wrapped:
                note = self.text(wrapped["note"], (*path, "note"))
            evidence = self.texts(wrapped.get("evidence", []), (*path, "evidence"))
            as_last_time = self.flag(wrapped.get("as_last_time", False), (*path, "as_last_time"))
            about = self.about_evidence(wrapped, path)
        if value is None:
            return Known(value=None, evidence=evidence, note=note, **about) if evidence or note or about else None
        readings = [self.value(value, path, fact) for fact in facts]
        if any(reading is None for reading in readings) or readings[0] is None:
            return None
        return Known(value=readings[0], evidence=evidence, note=note, as_last_time=as_last_time, **about)

    def flag(self, raw: Any, path: Path) -> bool:
        if not isinstance(raw, bool):
            self.wrong(path, ProblemCode.BOOLEAN_EXPECTED, given=_shown(raw))
        return raw is True

    def about_evidence(self, wrapped: dict[str, Any], path: Path) -> dict[str, Any]:
        """What is stated of the evidence: the day it was taken, its last day, what it covers."""
        days = {
            key: self.day(wrapped[key], (*path, key))
            for key in ("taken", "valid_until")
            if wrapped.get(key) is not None
        }
        taken, until = days.get("taken"), days.get("valid_until")
        if taken is not None and self.assessed_on is not None and taken > self.assessed_on:
            self.wrong((*path, "taken"), ProblemCode.EVIDENCE_TAKEN_LATER, taken=taken, day=self.assessed_on)
        if taken is not None and until is not None and until < taken:
            self.wrong((*path, "valid_until"), ProblemCode.EVIDENCE_ENDS_BEFORE, taken=taken)
        found: dict[str, Any] = {key: day for key, day in days.items() if day is not None}
        if wrapped.get("covers") is not None:
            covers = self.text(wrapped["covers"], (*path, "covers"))
            found |= {} if covers is None else {"covers": covers}
        return found

    def value(self, raw: Any, path: Path, fact: Fact) -> Value | None:
        if fact.type == "boolean":
            if isinstance(raw, bool):
                return raw
            self.wrong(path, ProblemCode.BOOLEAN_EXPECTED, given=_shown(raw))
            return None
        if fact.type == "number":
            is_bound = isinstance(raw, dict) and "below" in raw
            return self.bound(raw, path, fact) if is_bound else self.number(raw, path, fact)
        if fact.type == "date":
            return self.day(raw, path)
        options = tuple(fact.options)
        if fact.type == "choice":
            if isinstance(raw, str) and raw in fact.options:
                return raw
            self.wrong(path, ProblemCode.OPTION_EXPECTED, options=options, given=_shown(raw))
            return None
        if not isinstance(raw, list):
            self.wrong(path, ProblemCode.OPTIONS_EXPECTED, options=options, given=_shown(raw))
            return None
        for i, item in enumerate(raw):
            if not isinstance(item, str) or item not in fact.options:
                self.wrong((*path, i), ProblemCode.OPTION_EXPECTED, options=options, given=_shown(item))
                return None
        if len(set(raw)) != len(raw):
            self.wrong(path, ProblemCode.OPTION_TWICE)
            return None
        return tuple(option for option in fact.options if option in raw)

    def number(self, raw: Any, path: Path, fact: Fact) -> Decimal | None:
        if isinstance(raw, _NotANumber):
            self.wrong(path, ProblemCode.NUMBER_NOT_EXACT, digits=MAX_DIGITS, unit=_unit(fact))
            return None
        if isinstance(raw, int) and not isinstance(raw, bool):
            raw = Decimal(raw)
        if not isinstance(raw, Decimal) or not raw.is_finite():
            hint = _bound_hint(raw, fact) if isinstance(raw, str) else Phrase.NOTHING
            self.wrong(path, ProblemCode.NUMBER_EXPECTED, unit=_unit(fact), given=_shown(raw), hint=hint)
            return None
        low, high = fact.min, fact.max
        if (low is not None and raw < low) or (high is not None and raw > high):
            span = _span(low, high)
            self.wrong(path, ProblemCode.NUMBER_OUT_OF_RANGE, range=span, unit=_unit(fact), given=raw)
            return None
        if decimal_places(raw) > fact.decimals:
            self.wrong(path, ProblemCode.NUMBER_TOO_PRECISE, places=fact.decimals)
            return None
        if abs(raw) >= MAX_NUMBER:
            self.wrong(path, ProblemCode.NUMBER_TOO_LARGE, bound=MAX_NUMBER, unit=_unit(fact))
            return None
        return raw

    def bound(self, raw: dict[str, Any], path: Path, fact: Fact) -> Below | None:
        """An upper bound, `{"below": 20}`."""
        stated = self.mapping(raw, path, required=("below",))
        limit = self.number(stated["below"], path, fact) if "below" in stated else None
        if limit is None or len(stated) > 1 or getattr(raw, "twice", None):
            return None
        if fact.min is not None and limit <= fact.min:
            self.wrong(path, ProblemCode.BOUND_TOO_LOW, limit=limit, least=fact.min)
            return None
        return Below(below=limit)

    def unique_ids(self, units: list[UnitAudit | None]) -> None:
        seen: dict[str, int] = {}
        for i, unit in enumerate(units):
            if unit is not None and unit.id in seen:
                other = f"units[{seen[unit.id]}]"
                self.wrong(("units", i, "id"), ProblemCode.UNIT_ID_TWICE, id=shown_invisible(unit.id), other=other)
            if unit is not None:
                seen.setdefault(unit.id, i)


def _lacks_rows(ruleset: Ruleset, group: str, rows: int, facts: dict[str, Known], shared: Any) -> bool:
    """True when a stated table has fewer rows than it must; the enterprise's own statement serves where the unit has none."""
    excused = ruleset.groups[group].least_rows.unless
    if excused is None:
        return rows < ruleset.groups[group].least_rows.rows
    own = facts.get(excused.fact)
    value = own.value if own is not None else None
    if value is None and isinstance(shared, dict):
        value = shared.get(excused.fact)
        value = value.get("value") if isinstance(value, dict) else value
    return rows < ruleset.groups[group].least_rows.rows and value != excused.equals


def too_few_rows(ruleset: Ruleset, group: str, rows: int) -> Reason:
    """The problem of a table of so many rows."""
    table = ruleset.groups[group]
    excused = table.least_rows.unless
    hint = Phrase.NOTHING if excused is None else _unless_answered_no(ruleset.facts[excused.fact])
    least = table.least_rows.rows
    return reason_of(ProblemCode.TOO_FEW_ROWS, table=table.label, least=least, rows=rows, hint=hint)


def read_otherwise(code: ProblemCode, read: str, given: str) -> Reason:
    """The notice about a text that is read otherwise than it stands there."""
    return reason_of(code, read=shown_invisible(read), given=shown_invisible(given))


def _unless_answered_no(fact: Fact) -> Reason:
    return reason_of(Phrase.UNLESS_ANSWERED_NO, fact=fact.label)


def _span(low: Decimal | None, high: Decimal | None) -> Reason:
    if low is not None and high is not None:
        return reason_of(Phrase.BETWEEN, least=low, most=high)
    return reason_of(Phrase.AT_MOST, most=high) if high is not None else reason_of(Phrase.AT_LEAST, least=low or 0)


def _unit(fact: Fact) -> Parameter:
    return reason_of(Phrase.IN_UNIT, unit=fact.unit) if fact.unit else Phrase.NOTHING


def _bound_hint(text: str, fact: Fact) -> Parameter:
    """The way in which JSON states what a text says a number is below."""
    try:
        limit = bound_from_text(text, fact.unit)
    except NoLimitError:
        return reason_of(Phrase.STATE_THE_LIMIT)
    return Phrase.NOTHING if limit is None else reason_of(Phrase.AN_UPPER_BOUND, limit=limit)


def _shown(raw: Any) -> Parameter:
    if isinstance(raw, dict | list):
        return Phrase.OBJECT if isinstance(raw, dict) else Phrase.LIST
    return reason_of(Phrase.QUOTED, text=shown_invisible(str(raw)[:60]))
