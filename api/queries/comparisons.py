"""Two audits side by side, as JSON."""

from decimal import Decimal
from typing import Any

from api.schemas.gradings import (
    AuditComparisonOut,
    ComparedAuditOut,
    IndicatorPairOut,
    OutcomeOut,
    StatedOut,
    StatusPairOut,
    UnitPairOut,
    ValuePairOut,
)
from api.services.analysis import Case
from api.services.comparison import Compared
from api.store import Audit
from grading.digest import plain
from grading.language.bounds import bound_text
from grading.model.audit import Below
from grading.model.result import Outcome
from grading.side_by_side import Side, UnitPair


def to_schema(compared: Compared) -> AuditComparisonOut:
    """The comparison."""
    return AuditComparisonOut(
        first=_audit(compared.first, compared.cases[0]),
        second=_audit(compared.second, compared.cases[1]),
        units=[_unit(unit) for unit in compared.found.units],
        only_first=list(compared.found.only_first),
        only_second=list(compared.found.only_second),
    )


def _audit(audit: Audit, case: Case) -> ComparedAuditOut:
    outcome = case.grading.outcome
    return ComparedAuditOut(
        id=audit.id,
        kind=audit.kind,
        state=audit.state,
        assessed_on=case.audit.assessed_on,
        grade=outcome.grade,
        attainable=outcome.attainable,
    )


def _unit(unit: UnitPair) -> UnitPairOut:
    values = [
        ValuePairOut(
            fact=pair.fact,
            label=pair.label,
            group=pair.group,
            row=pair.row,
            plant=pair.plant,
            first=_side(pair.first),
            second=_side(pair.second),
        )
        for pair in unit.values
    ]
    indicators = [
        IndicatorPairOut(
            id=pair.id,
            title=pair.title,
            dimension=pair.dimension,
            levels={level: StatusPairOut(first=was, second=now) for level, (was, now) in pair.levels.items()},
        )
        for pair in unit.indicators
    ]
    first, second = (_outcome(outcome) for outcome in unit.grades)
    return UnitPairOut(
        id=unit.id, ruleset=unit.ruleset.id, first=first, second=second, values=values, indicators=indicators
    )


def _outcome(outcome: Outcome) -> OutcomeOut:
    return OutcomeOut(grade=outcome.grade, attainable=outcome.attainable)


def _side(side: Side) -> StatedOut:
    known = side.known
    value: Any = None if known is None else known.value
    if isinstance(value, Decimal):
        value = plain(value)
    elif isinstance(value, Below):
        value = bound_text(value)
    evidence = [] if known is None else list(known.evidence)
    return StatedOut(value=value, text=side.text, evidence=evidence, note=None if known is None else known.note)
