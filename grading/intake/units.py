"""Units of an audit: their facts, the rows of their tables, their waivers."""

from typing import Any

from grading.intake.editions import Chosen
from grading.intake.problems import Path
from grading.intake.values import ValueReader
from grading.intake.waivers import read_waivers
from grading.invisible import shown_invisible
from grading.model.audit import Known, Row, UnitAudit
from grading.model.ruleset import Fact, Ruleset
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of

MAX_ROWS = 2_000


class UnitReader(ValueReader):
    """Reads the units of an audit; `as_recorded` takes tables with too few rows."""

    def __init__(self, as_recorded: bool = False, verbatim: bool = False) -> None:
        super().__init__(verbatim)
        self.as_recorded = as_recorded

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
        first: dict[str, int] = {}
        unknown = reason_of(ProblemCode.FACT_UNKNOWN_IN_GROUP, group=group_id, ruleset=ruleset.id)

        def declared(name: str) -> list[Fact]:
            fact = ruleset.facts.get(name)
            return [fact] if fact is not None and fact.group == group_id else []

        for i, entry in enumerate(raw):
            here = (*path, i)
            values = self.mapping(entry, here, required=(key,), optional=None)
            name = self.identifier(values.pop(key), (*here, key)) if key in values else None
            facts = self.facts(values, here, declared, unknown, whole=False)
            if name is not None and name in first:
                self.wrong((*here, key), ProblemCode.ROW_KEY_TWICE, key=shown_invisible(name), row=first[name])
            if name is not None:
                first.setdefault(name, i)
                rows.append(Row(key=name, facts=facts))
        return tuple(rows)


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


def _unless_answered_no(fact: Fact) -> Reason:
    return reason_of(Phrase.UNLESS_ANSWERED_NO, fact=fact.label)
