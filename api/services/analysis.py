"""Analysis of a graded audit: explanation, gaps, simulation, report; the same for stored gradings and for trials."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import orjson

from api.media_types import PDF
from api.problems import ErrorAt, Problem, invalid_audit
from grading.engine.grade import Engine
from grading.explain import Reason, explain
from grading.forecast.words import validity_of
from grading.gaps import enterprise_plan, unit_gaps
from grading.gaps.causes import decision_of, graded_document, unit_decisions
from grading.gaps.ground_figures import unit_figures
from grading.gaps.opened import Opened
from grading.intake import AuditError
from grading.model.audit import Audit
from grading.model.decision import Decision
from grading.model.figures import GroundFigures
from grading.model.gap import UnitGaps
from grading.model.result import Grading
from grading.model.ruleset import Ruleset
from grading.simulate import change_audit, compare
from reports.bulk import Part, part_of
from reports.gap_report import gap_report_html, gap_report_pdf
from reports.record.context import Surroundings
from reports.record.document import record_html, record_pdf


class ReportFormat(StrEnum):
    """The format of a report."""

    PDF = "pdf"
    HTML = "html"


MEDIA_TYPES = {ReportFormat.PDF: PDF, ReportFormat.HTML: "text/html; charset=utf-8"}


@dataclass(frozen=True)
class Case:
    """An audit, its grading, and the engine that made it."""

    audit: Audit
    grading: Grading
    engine: Engine
    note: str | None = None
    """The word given when the grading was published, where one was needed."""
    source: str | None = None
    """Of a stored grading: the entry of the log that it was made by, as a head that is handed out."""
    address: str | None = None
    """Of a stored grading: where anyone can look whether it is in force."""

    @property
    def rulesets(self) -> dict[str, Ruleset]:
        """The rulesets of the units, by id."""
        return {unit.ruleset: self.engine.library.ruleset(unit.ruleset) for unit in self.grading.units}

    @cached_property
    def opened(self) -> Opened:
        """The gaps of the units, worked out once."""
        return Opened(self.engine, self.audit, self.grading)

    @cached_property
    def decision(self) -> Decision:
        """The enterprise's decision."""
        return decision_of(self.rulesets, self.audit, self.grading)

    @cached_property
    def unit_decisions(self) -> tuple[Decision, ...]:
        """The decision of each unit."""
        return unit_decisions(self.rulesets, self.audit, self.grading)

    @cached_property
    def unit_figures(self) -> tuple[GroundFigures | None, ...]:
        """The figures that the grade of each unit rests on; None outside trial mode."""
        return unit_figures(self.rulesets, self.audit, self.grading)

    def document(self) -> dict[str, Any]:
        """The grading as JSON with what is decided."""
        return graded_document(self.rulesets, self.audit, self.grading)

    def units(self, unit: str | None) -> list[int]:
        """The positions of the units that are meant, all by default; raises Problem (404)."""
        chosen = [i for i, known in enumerate(self.audit.units) if unit is None or known.id == unit]
        if not chosen:
            there = "、".join(known.id for known in self.audit.units)
            raise Problem("no_such_unit", f"没有单元“{unit}”；有 {there}。", status=404)
        return chosen


def explanation(case: Case, unit: str | None, level: str | None, indicator: str | None) -> list[Reason]:
    """Explain the grade of each unit, cut down to a level and an indicator if they are given."""
    return [
        _only(explain(case.audit, i, _ruleset(case, i), case.grading.units[i]), level, indicator)
        for i in case.units(unit)
    ]


def gaps(case: Case, unit: str | None, target: str | None) -> list[dict[str, Any]]:
    """The gaps between each unit and its target level, or the reason why it can't have that target."""
    return [_gaps(case, i, target) for i in case.units(unit)]


def simulation(case: Case, settings: Iterable[str]) -> dict[str, Any]:
    """The grading that would follow from other values; raises Problem (422) with the place of every wrong setting."""
    try:
        changed = change_audit(case.audit, settings, case.engine.library)
    except AuditError as error:
        raise invalid_audit(error) from None
    after = case.engine.grade(changed, case.grading.mode)
    return {
        "before": _outcome(case.grading),
        "after": graded_document(case.rulesets, changed, after),
        "changed": differences(case.grading, after),
    }


def comparison(before: Grading, after: Grading) -> dict[str, Any]:
    """Two gradings and what differs; raises Problem (409) when their units differ."""
    if [unit.id for unit in before.units] != [unit.id for unit in after.units]:
        raise Problem("not_comparable", "两次评级的单元不同，不能逐项对照。")
    return {"before": _outcome(before), "after": _outcome(after), "changed": differences(before, after)}


def differences(before: Grading, after: Grading) -> list[dict[str, str | None]]:
    """The conclusions that are not the same in two gradings."""
    return [
        {"unit": d.unit, "kind": d.kind, "id": d.id, "before": d.before, "after": d.after}
        for d in compare(before, after)
    ]


def report(case: Case, form: ReportFormat) -> bytes:
    """The gap report, each unit to the level above its own."""
    found = _next_levels(case)
    rulesets = {unit.ruleset: case.engine.library.ruleset(unit.ruleset) for unit in case.audit.units}
    joint = enterprise_plan(case.engine, case.audit, case.grading, opened=case.opened)
    audit, grading, validity = case.audit, case.grading, validity_of(case.engine, case.audit, case.grading)
    if form is ReportFormat.HTML:
        return gap_report_html(audit, grading, rulesets, found, case.note, joint, case.address, validity).encode()
    return gap_report_pdf(audit, grading, rulesets, found, case.note, case.source, joint, case.address, validity)


def site_record(case: Case, form: ReportFormat, surroundings: Surroundings) -> bytes:
    """The record of the check on site, with what is not met."""
    if form is ReportFormat.HTML:
        return record_html(case.audit, case.rulesets, case.grading, surroundings).encode()
    return record_pdf(case.audit, case.engine.library, case.grading, surroundings)


def report_part(case: Case, form: ReportFormat) -> Part:
    """The same as an item of an archive of reports."""
    name = f"{case.audit.enterprise.name} {case.audit.assessed_on.isoformat()}"
    html = form is ReportFormat.HTML
    found = _next_levels(case)
    return part_of(
        name, case.engine, case.audit, case.grading, found, html, case.note, case.source, address=case.address
    )


def _next_levels(case: Case) -> list[UnitGaps]:
    units = range(len(case.audit.units))
    return [unit_gaps(case.engine, case.audit, case.grading, i, opened=case.opened) for i in units]


def report_name(case: Case, form: ReportFormat) -> str:
    """The file name of a report: the enterprise and the day."""
    return f"{case.audit.enterprise.name}-差距报告-{case.audit.assessed_on.isoformat()}.{form.value}"


def json_of(value: Any) -> bytes:
    """Plain values as JSON text; decimals as text, to the last digit."""
    return orjson.dumps(value, default=str)


def settings_of(raw: Any) -> list[str]:
    """The settings of a body as the domain reads them; raises Problem (422) with the place of each that can't be one."""
    if isinstance(raw, list) and 1 <= len(raw) <= MAX_SETTINGS:
        errors = [ErrorAt(f"settings[{i}]", wrong) for i, entry in enumerate(raw) if (wrong := _wrong(entry))]
    else:
        errors = [ErrorAt("settings", f"应为 1 至 {MAX_SETTINGS} 项的列表。")]
    if errors:
        raise Problem("invalid_request", f"请求有 {len(errors)} 处问题。", status=422, errors=errors)
    return list(raw)


MAX_SETTINGS = 500
MAX_SETTING = 8000


def _wrong(entry: Any) -> str | None:
    if isinstance(entry, str) and 1 <= len(entry) <= MAX_SETTING:
        return None
    return "应为文本，如 line-1.access_gate=true。"


def _gaps(case: Case, index: int, target: str | None) -> dict[str, Any]:
    unit = case.audit.units[index].id
    try:
        found = unit_gaps(case.engine, case.audit, case.grading, index, target)
    except ValueError:
        grade = case.grading.units[index].outcome.grade
        levels = "、".join(_ruleset(case, index).scale.graded)
        message = f"现为 {grade}，不能以“{target}”为目标；目标须是 {levels} 中优于现有等级的一级。"
        return {"unit": unit, "gaps": None, "message": message}
    return {"unit": unit, "gaps": found.model_dump(mode="json"), "message": None}


def _ruleset(case: Case, index: int) -> Any:
    return case.engine.library.ruleset(case.audit.units[index].ruleset)


def _outcome(grading: Grading) -> dict[str, str]:
    return {"grade": grading.outcome.grade, "attainable": grading.outcome.attainable}


def _only(reason: Reason, level: str | None, indicator: str | None) -> Reason:
    """The tree cut down to a level and an indicator."""
    children = [child for child in reason.children if level is None or (child.kind == "level" and child.id == level)]
    if indicator is not None:
        children = [_with_indicator(child, indicator) for child in children if child.kind == "level"]
    return reason.model_copy(update={"children": tuple(children)})


def _with_indicator(level: Reason, indicator: str) -> Reason:
    dimensions = [
        d.model_copy(update={"children": tuple(i for i in d.children if i.id == indicator)}) for d in level.children
    ]
    return level.model_copy(update={"children": tuple(d for d in dimensions if d.children)})
