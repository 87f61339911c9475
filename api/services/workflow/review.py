"""Review before an audit goes on: a word is needed for what is missing or unusual, and for a grade that is not decided."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from api.context import Context
from api.problems import ErrorAt, Problem
from api.services.replay import read_as, replay
from api.services.workflow.last_time import last_audit
from api.services.workflow.states import given_reasons
from api.store import Audit, AuditRevision, GradedUnit, Grading, SignOff
from grading import calendar
from grading.intake import AuditError
from grading.model import audit as domain
from grading.model.decision import is_undecided
from grading.model.result import UNGRADED, Outcome
from grading.model.result import Grading as Graded
from grading.unusual import Finding, Number, Slot, findings, numbers_of


def findings_of(
    context: Context, audit: Audit, grading: Grading, made: tuple[domain.Audit, Graded] | None = None
) -> tuple[Finding, ...]:
    """The findings about an audit as it was graded; raises Problem (409) when it can't be graded again.

    `made`: what the grading was stored from, where it has just been made. Findings follow from gradings, which never change, and
    the day: a process works them out once.
    """
    today = calendar.day_of(context.at)
    earlier = _graded_before(context, audit)
    key = (grading.id, today, None if earlier is None else earlier.id)
    found: tuple[Finding, ...] = context.service.findings.get(
        key, lambda: _findings(context, grading, made, earlier, today)
    )
    return found


def _findings(
    context: Context,
    grading: Grading,
    made: tuple[domain.Audit, Graded] | None,
    earlier: Grading | None,
    today: date,
) -> tuple[Finding, ...]:
    if made is None:
        try:
            again = replay(context, grading)
        except (LookupError, ValueError) as error:
            raise Problem("not_replayable", "这次评级所用的规则集未完整保存，不能核对。") from error
        audit, graded, library = again.audit, again.grading, again.engine.library
    else:
        audit, graded = made
        library = context.service.grader.library
    rulesets = {unit.ruleset: library.ruleset(unit.ruleset) for unit in audit.units}
    try:
        numbers = None if earlier is None else _numbers_of(context, earlier)
    except (LookupError, ValueError, AuditError):
        found = findings(rulesets, audit, graded, today)
        return (*found, Finding("not_compared", None, "上次的审核已不能按当时的规则读出，数值未与上次比较。"))
    return findings(rulesets, audit, graded, today, numbers)


def _graded_before(context: Context, audit: Audit) -> Grading | None:
    """The last grading of the audit that counted before this one."""
    earlier = last_audit(context, audit)
    if earlier is None:
        return None
    made = select(Grading).where(Grading.audit_id == earlier.id).order_by(Grading.id.desc()).limit(1)
    return context.db.scalars(made).one_or_none()


def _numbers_of(context: Context, grading: Grading) -> dict[Slot, Number]:
    """The numbers of an audit, read as it was graded then."""
    units = context.db.scalars(select(GradedUnit).where(GradedUnit.grading_id == grading.id)).all()
    engine = context.service.grader.of_digests(context.db, {unit.ruleset_id: unit.ruleset_digest for unit in units})
    content = context.find(AuditRevision, grading.revision_id).content
    return numbers_of(read_as(content, {unit.unit: unit.ruleset_id for unit in units}, engine.library))


def outcomes_of(context: Context, grading: Grading) -> list[Outcome]:
    """A grading's outcome for each unit."""
    units = select(GradedUnit.grade, GradedUnit.attainable).where(GradedUnit.grading_id == grading.id)
    return [Outcome(*row) for row in context.db.execute(units)]


def is_open(outcomes: Sequence[Outcome]) -> bool:
    """True when the grade of any unit is not decided."""
    return any(is_undecided(*outcome) for outcome in outcomes)


@dataclass(frozen=True)
class OpenPoints:
    """The points to look at before an audit is confirmed or published."""

    findings: tuple[Finding, ...]
    undecided: bool
    gates_unanswered: bool


def look_at(context: Context, audit: Audit, grading: Grading) -> OpenPoints:
    """The points to look at before an audit goes on with a grading."""
    outcomes = outcomes_of(context, grading)
    return OpenPoints(findings_of(context, audit, grading), is_open(outcomes), has_open_exclusion(outcomes))


def has_open_exclusion(outcomes: Sequence[Outcome]) -> bool:
    """True when a unit is out of the grading only as long as nobody answers its gates."""
    return any(outcome.grade == UNGRADED and is_undecided(*outcome) for outcome in outcomes)


def require_met_gates(outcomes: Sequence[Outcome]) -> None:
    """A unit is out of the grading only by a gate that is met; raises Problem (409) for one of which nobody knows."""
    if has_open_exclusion(outcomes):
        detail = "有单元的否决条件尚未回答：只有触发了否决条件才能公布为“不纳入绩效分级”。请退回补充后再公布。"
        raise Problem("gates_unanswered", detail)


def require_reviewed_editions(context: Context, grading: Grading) -> None:
    """Nothing is published by an edition that nobody has reviewed; raises Problem (409) that names each."""
    units = select(GradedUnit.ruleset_digest).where(GradedUnit.grading_id == grading.id).distinct()
    signed = select(SignOff.ruleset_digest).where(SignOff.ruleset_digest.in_(units))
    reviewed = set(context.db.scalars(signed))
    rulesets = [
        context.service.grader.ruleset(context.db, known)
        for known in context.db.scalars(units)
        if known not in reviewed
    ]
    drafts = [ruleset.title for ruleset in rulesets if ruleset.review.status == "draft"]
    if drafts:
        raise Problem(
            "edition_not_reviewed", f"所依据的规则集未经审定，不能公布：{'、'.join(drafts)}。请先审定规则集。"
        )


def word_for(what: str, reasons: str, found: Sequence[Finding], undecided: bool = False) -> str:
    """The word given for going on all the same; raises Problem (422) where one is needed and was not given.

    The problem lists what was found (`findings`).
    """
    if reasons.strip():
        return given_reasons(reasons, what)
    if not found and not undecided:
        return ""
    parts = [f"等级待定，{what}须说明理由"] if undecided else []
    parts += [f"有 {len(found)} 处缺失或异常，请核对，并说明后再{what}"] if found else []
    code = "undecided_grade" if undecided else "unusual_audit"
    detail = (
        "；".join(parts) + "".join(f"；{f.unit + '：' if f.unit else ''}{f.text.rstrip('。')}" for f in found) + "。"
    )
    errors = [ErrorAt("reasons", f"请填写{what}说明。")]
    raise Problem(code, detail, status=422, errors=errors, more={"findings": as_json(found)})


def as_json(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as JSON."""
    return [asdict(finding) for finding in found]
