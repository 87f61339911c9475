"""Columns → the audits they hold, so that the engine can conclude again what the columns found."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from grading.columns.layout import ASSESSED_ON, ROW_KEY, UNIT, Columns, stated, unpack, waived
from grading.evidence_validity import as_proven
from grading.model.audit import Audit, Enterprise, Known, Row, UnitAudit, Waiver, WaiverDocument
from grading.model.ruleset import Ruleset


def to_audits(ruleset: Ruleset, columns: Columns) -> Iterator[Audit]:
    """An audit of one unit for each unit, with its values alone: nobody's name, no evidence, no notes."""
    days = columns.units[ASSESSED_ON]
    rows: dict[str, dict[int, list[Row]]] = {group: {} for group in columns.groups}
    for group, frame in columns.groups.items():
        for number, held in enumerate(frame.iter_rows(named=True)):
            day = days[held[UNIT]]
            row = Row(key=held.get(ROW_KEY) or str(number + 1), facts=_known(ruleset, group, held, day))
            rows[group].setdefault(held[UNIT], []).append(row)
    for position, held in enumerate(columns.units.iter_rows(named=True)):
        groups = {group: tuple(rows[group].get(position, ())) for group in rows if held.get(stated(group))}
        unit = UnitAudit(
            id="unit",
            ruleset=ruleset.id,
            facts=_known(ruleset, None, held, held[ASSESSED_ON]),
            groups=groups,
            waivers=_waivers(ruleset, held),
        )
        yield Audit(enterprise=Enterprise(name="-"), assessed_on=held[ASSESSED_ON], units=(unit,))


def _waivers(ruleset: Ruleset, held: Mapping[str, Any]) -> tuple[Waiver, ...]:
    """Waivers of the indicators that columns say are waived, of the day alone: nobody's document, no reason."""
    day = held[ASSESSED_ON]
    return tuple(
        Waiver(
            indicator=indicator.id,
            authority="-",
            reason="-",
            document=WaiverDocument(number="-", issued_on=day),
            from_=day,
            until=day,
        )
        for indicator in ruleset.indicators
        if held.get(waived(indicator.id))
    )


def _known(ruleset: Ruleset, group: str | None, held: Mapping[str, Any], day: date) -> dict[str, Known]:
    """The values of a row; those that columns hold count on the day."""
    return {
        name: as_proven(ruleset.facts[name], Known(value=unpack(ruleset.facts[name], value)), day)
        for name, value in held.items()
        if value is not None and name in ruleset.facts and ruleset.facts[name].group == group
    }
