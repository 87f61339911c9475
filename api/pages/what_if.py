"""Grades of an audit with other values. Nothing of it is stored."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access import Rule
from api.context import Context, needs
from api.pages.form.answers import WrongAnswerError, read_answer
from api.pages.form.submission import SEVERAL, VALUE
from api.pages.form_data import Sent
from api.pages.render import page
from api.pages.result_view import change_text, changes, side
from api.problems import ErrorAt, Problem
from api.services.analysis import Case
from api.services.cases import case_of, in_trial
from api.services.workflow.draft import Draft, Stated
from grading.audit_json import dump_audit
from grading.model.base import Mode
from grading.model.ruleset import Fact

router = APIRouter()


@router.post("/gradings/{grading_id}/what-if")
def what_if(
    grading_id: UUID, request: Request, context: Annotated[Context, needs(Rule.TRY_OUT, costly=True)], sent: Sent
) -> Response:
    """The grade with the values that were sent in place of those that were stated."""
    case = case_of(context, grading_id)
    if sent.text("mode") == Mode.TRIAL.value:
        case = in_trial(context, case)
    draft = Draft(dump_audit(case.audit, case.engine.library))
    facts = {fact.id: fact for unit in case.audit.units for fact in _facts(case, unit.ruleset)}
    errors, changed = [], 0
    for place in dict.fromkeys((*sent.starting(VALUE), *sent.starting(SEVERAL))):
        fact = facts.get(place.rpartition(".")[2])
        if fact is None:
            continue
        try:
            value = read_answer(fact, sent.texts(VALUE + place))
        except WrongAnswerError as error:
            errors.append(ErrorAt(place, f"{fact.label}：{error}"))
            continue
        before = draft.at(place)
        if value != before.value:
            changed += 1
            # Another value is another measurement: as of the day of the assessment.
            taken = str(draft.raw.get("assessed_on") or "") if fact.evidence_valid is not None else ""
            draft.put(place, Stated(value, before.evidence, before.note, taken=taken))
    if errors:
        raise Problem("invalid_values", f"有 {len(errors)} 处填写有误。", status=422, errors=errors)
    audit = context.service.grader.read(draft.text(), case.engine)
    after = Case(audit, context.service.grader.grade(audit, case.grading.mode, case.engine), case.engine)
    inside = "hx-request" in request.headers
    return page(
        request,
        context,
        "what_if_outcome.html.j2" if inside else "what_if.html.j2",
        before=case.decision,
        is_trial=case.grading.mode is Mode.TRIAL,
        after=after.decision,
        changed=changed,
        scales=[case.engine.library.ruleset(unit.ruleset).scale for unit in case.audit.units],
        changes=[(change_text(r, d), side(r, d.before), side(r, d.after), d.kind) for r, d in changes(case, after)],
        back=request.headers.get("referer") or "/",
    )


def _facts(case: Case, ruleset_id: str) -> tuple[Fact, ...]:
    return tuple(case.engine.library.ruleset(ruleset_id).facts.values())
