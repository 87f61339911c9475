"""An enterprise: its grades, what stands between it and the next level, its reports, what it can object to."""

import json
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.access import MAY, Rule
from api.context import Context, needs
from api.pages.appeals import appeal_views, appealable
from api.pages.endings import plant_calendar
from api.pages.gaps_view import gap_views, joint_view
from api.pages.labels import level_labels, ruleset_titles
from api.pages.render import page
from api.pages.result_view import decision_shown
from api.problems import Problem
from api.queries import enterprises as registered
from api.queries import waivers as granted
from api.queries.audits import briefs
from api.queries.campaigns import campaigns_of
from api.queries.grade_history import history
from api.services import workflow
from api.services.audit_history import audits_of, grading_of
from api.services.cases import explained, in_trial
from api.services.comparison import counterpart
from api.services.granted_waivers import relied_on
from api.services.waivers import ruleset_of
from api.services.workflow.appeals import last_day
from api.services.workflow.last_time import last_of_kind
from api.store import Audit, AuditKind, AuditState, Enterprise, EnterpriseMerger, Role
from grading.model.base import Mode

router = APIRouter()
Reader = Annotated[Context, needs(Rule.READ)]
GRADED = (AuditState.PUBLISHED, AuditState.SUBMITTED, AuditState.CONFIRMED)


@router.get("/enterprises/{enterprise_id}")
def show_enterprise(
    enterprise_id: UUID,
    request: Request,
    context: Reader,
    audit: UUID | None = None,
    target: str = "",
    fill: bool = False,
    mode: str = "",
) -> Response:
    """The page; `audit` is the one whose gaps are shown (by default the published one), `target` the level aimed for.

    `mode=trial` counts provisional figures in gaps and in what-if. A double that was merged leads to the other.
    """
    merged = context.db.get(EnterpriseMerger, enterprise_id)
    if merged is not None:
        return RedirectResponse(f"/enterprises/{merged.into_id}", status_code=303)
    return enterprise_page(request, context, enterprise_id, audit, target, fill, mode)


def enterprise_page(
    request: Request,
    context: Context,
    enterprise_id: UUID,
    audit: UUID | None = None,
    target: str = "",
    fill: bool = False,
    mode: str = "",
    refused: Problem | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """The page, with what was refused of a waiver, and what had been typed."""
    enterprise = context.find(Enterprise, enterprise_id)
    audits = audits_of(context, enterprise_id)
    shown = _shown(audits, audit)
    stored = grading_of(context, shown) if shown is not None else None
    case, unexplained = explained(context, stored) if stored is not None else (None, None)
    trial = mode == Mode.TRIAL.value
    if case is not None and trial:
        case = in_trial(context, case)
    settings = context.service.settings
    may_begin = context.actor.role in (Role.ASSESSOR, Role.ENTERPRISE)
    units = registered.units(context.db, enterprise_id)
    rulesets = {unit.ruleset_id: ruleset_of(context.service.grader.library, unit) for unit in units}
    waivable = {key: [(i.id, i.title) for i in one.indicators] for key, one in rulesets.items() if one is not None}
    return page(
        request,
        context,
        "enterprise.html.j2",
        enterprise=enterprise,
        briefs=briefs(context, audits),
        shown=shown,
        stored=stored,
        case=case,
        unexplained=unexplained,
        decision=decision_shown(stored, case),
        scales=[case.engine.library.ruleset(unit.ruleset).scale for unit in case.audit.units] if case else [],
        gaps=gap_views(case, target or None) if case is not None else (),
        joint=joint_view(case, target or None) if case is not None else None,
        ahead=plant_calendar(context, stored.id, case)
        if case is not None and stored is not None and not trial
        else None,
        target=target,
        fill=fill,
        is_trial=case is not None and case.grading.mode is Mode.TRIAL,
        counterpart=counterpart(context, shown) if case is not None and shown is not None else None,
        actions=workflow.actions(context, shown) if shown is not None else frozenset(),
        appeals=appeal_views(context, audits),
        appeal_until=last_day(settings, shown) if shown is not None else None,
        appeal_source=settings.appeal_source,
        appealable=appealable(case),
        at=context.at,
        may_begin=may_begin,
        last=last_of_kind(context, enterprise_id) if may_begin else None,
        campaigns=campaigns_of(context.db, enterprise_id),
        may_register=context.actor.role in MAY[Rule.KEEP_ENTERPRISES],
        events=history(context.db, [enterprise_id]).get(enterprise_id, ()),
        units=units,
        titles=ruleset_titles(context),
        labels=level_labels(context),
        waivers=granted.of_enterprise(context.db, enterprise_id),
        waived_by=relied_on(json.loads(stored.document)) if stored is not None else [],
        may_waive=context.actor.role is Role.BUREAU,
        waivable=waivable,
        waived_titles={id_: title for listed in waivable.values() for id_, title in listed},
        indicator_titles={(key, id_): title for key, listed in waivable.items() for id_, title in listed},
        refused=refused,
        typed=typed or {},
        status=422 if refused is not None else 200,
    )


def _shown(audits: list[Audit], audit_id: UUID | None) -> Audit | None:
    """The audit that is asked for; else the published one, else the last that is graded."""
    if audit_id is not None:
        return next((a for a in audits if a.id == audit_id), None)
    published = [a for a in audits if a.state is AuditState.PUBLISHED and a.kind is AuditKind.EXPERT]
    graded = [a for a in audits if a.state in GRADED]
    return next(iter((*published, *graded)), None)
