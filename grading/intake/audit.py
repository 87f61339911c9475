"""A parsed document → Audit: everything that is wrong with it at once, each with its place; nothing is guessed or rounded."""

import re
from collections.abc import Sequence
from typing import Any

from grading import calendar
from grading.intake.editions import Chooser
from grading.intake.exact_json import parse_json
from grading.intake.last_time import differing, read_last_time
from grading.intake.problems import AuditError, InputProblem, Path, input_problem
from grading.intake.units import UnitReader
from grading.intake.values import Declarations, check_value
from grading.invisible import shown_invisible
from grading.language.load import Library
from grading.language.problems import LanguageError
from grading.model.audit import Audit, Enterprise, Known, LastTime, UnitAudit
from grading.model.ruleset import Fact, Ruleset
from grading.nothing_stated import says_nothing
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import reason_of
from grading.regions import is_place
from grading.ruleset_id import industry_of

MAX_UNITS = 200
COUNTY = re.compile(r"[0-9]{6}")


def read_audit(
    text: bytes | str, library: Library, *, planned: bool = False, notices: list[InputProblem] | None = None
) -> Audit:
    """Read and check an audit against its rulesets; raises AuditError with every problem there is.

    What was mended, an invisible character in an id or a credit code in full width, is added to `notices`. A `planned` audit
    may be of a day to come, which gets a notice too.
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
    reader = _AuditReader(library, as_recorded, verbatim, planned)
    audit = reader.audit(raw)
    if notices is not None:
        notices += reader.notices
    return audit


def last_time_in(raw: Any, units: Sequence[tuple[str, Ruleset]]) -> LastTime | None:
    """The last time in a draft's `last`, complete or not; `units`: id and ruleset of each of its units."""
    return _AuditReader(Library()).last(raw, units)


def _suiting(raw: Any, facts: list[Fact]) -> Known | None:
    known, problems = check_value(raw, "", facts)
    return None if problems else known


class _AuditReader(UnitReader):
    def __init__(
        self, library: Library, as_recorded: bool = False, verbatim: bool = False, planned: bool = False
    ) -> None:
        super().__init__(as_recorded, verbatim)
        self.library, self.planned = library, planned

    def audit(self, raw: Any) -> Audit:
        top = self.mapping(raw, (), required=("enterprise", "assessed_on", "units"), optional=("last",))
        assessed_on = self.day(top.get("assessed_on"), ("assessed_on",)) if "assessed_on" in top else None
        if assessed_on is not None and not self.as_recorded:
            refusal = calendar.not_assessable(assessed_on)
            if refusal is not None and self.planned and refusal.code is ProblemCode.DAY_IN_FUTURE:
                today = calendar.today()
                notice = reason_of(ProblemCode.DAY_TO_COME, day=assessed_on, today=today)
                self.notices.append(InputProblem("assessed_on", notice))
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
        permit = texts.get("permit")
        if permit is not None and not self.verbatim and says_nothing(permit):
            self.wrong((*path, "permit"), ProblemCode.NOTHING_STATED, given=shown_invisible(permit.strip()))
        county = texts.get("county")
        if county is not None and not COUNTY.fullmatch(county):
            self.wrong((*path, "county"), ProblemCode.COUNTY_DIGITS)
        elif county is not None and not self.verbatim and not is_place(county):
            self.wrong((*path, "county"), ProblemCode.COUNTY_UNKNOWN, county=county)
        unknown = reason_of(ProblemCode.FACT_UNKNOWN_TO_ALL)
        facts = self.facts(top.get("facts", {}), (*path, "facts"), self.shared_facts(rulesets), unknown)
        return Enterprise(facts=facts, **texts) if texts.get("name") else None

    def shared_facts(self, rulesets: list[Ruleset] | None) -> Declarations | None:
        """The declarations of a fact in the audit's rulesets; None when those are not all known."""
        if rulesets is None:
            return None
        return lambda name: [r.facts[name] for r in rulesets if name in r.facts and r.facts[name].group is None]

    def unique_ids(self, units: list[UnitAudit | None]) -> None:
        first: dict[str, int] = {}
        for i, unit in enumerate(units):
            if unit is not None and unit.id in first:
                other = f"units[{first[unit.id]}]"
                self.wrong(("units", i, "id"), ProblemCode.UNIT_ID_TWICE, id=shown_invisible(unit.id), other=other)
            if unit is not None:
                first.setdefault(unit.id, i)
