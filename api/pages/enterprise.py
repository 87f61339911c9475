"""An enterprise: its grades, what stands between it and the next level, its reports, what it can object to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import workflow
from api.access import Rule
from api.comparison import counterpart
from api.desk import Desk, needs
from api.pages.gaps_view import gap_views
from api.pages.labels import level_labels, ruleset_titles
from api.pages.render import page
from api.queries import enterprises as registered
from api.queries.audits import briefs
from api.queries.gradings import explained, in_trial
from api.queries.history import audits_of, grading_of
from api.queries.waiting import appeals_of
from api.store import Audit, AuditKind, AuditState, Enterprise, Role
from grading.model.base import Mode

router = APIRouter()
Reader = Annotated[Desk, needs(Rule.READ)]
GRADED = (AuditState.PUBLISHED, AuditState.SUBMITTED, AuditState.CONFIRMED)


@router.get("/enterprises/{enterprise_id}")
def show_enterprise(
    enterprise_id: UUID,
    request: Request,
    desk: Reader,
    audit: UUID | None = None,
    target: str = "",
    fill: bool = False,
    mode: str = "",
) -> Response:
    """The page; `audit` is the one whose gaps are shown (by default the published one), `target` the level aimed for.

    `mode=trial` counts provisional figures in gaps and in what-if.
    """
    enterprise = desk.find(Enterprise, enterprise_id)
    audits = audits_of(desk, enterprise_id)
    shown = _shown(audits, audit)
    stored = grading_of(desk, shown) if shown is not None else None
    case, unexplained = explained(desk, stored) if stored is not None else (None, None)
    if case is not None and mode == Mode.TRIAL.value:
        case = in_trial(desk, case)
    return page(
        request,
        desk,
        "enterprise.html.j2",
        enterprise=enterprise,
        briefs=briefs(desk, audits),
        shown=shown,
        stored=stored,
        case=case,
        unexplained=unexplained,
        scales=[case.engine.library.ruleset(unit.ruleset).scale for unit in case.audit.units] if case else [],
        gaps=gap_views(case, target or None) if case is not None else (),
        target=target,
        fill=fill,
        is_trial=case is not None and case.grading.mode is Mode.TRIAL,
        counterpart=counterpart(desk, shown) if case is not None and shown is not None else None,
        actions=workflow.actions(desk, shown) if shown is not None else frozenset(),
        appeals=appeals_of(desk, shown.id) if shown is not None else [],
        may_begin=desk.actor.role in (Role.ASSESSOR, Role.ENTERPRISE),
        units=registered.units(desk.db, enterprise_id),
        titles=ruleset_titles(desk),
        labels=level_labels(desk),
    )


def _shown(audits: list[Audit], wanted: UUID | None) -> Audit | None:
    """The audit that is asked for; else the published one, else the last that is graded."""
    if wanted is not None:
        return next((a for a in audits if a.id == wanted), None)
    published = [a for a in audits if a.state is AuditState.PUBLISHED and a.kind is AuditKind.EXPERT]
    graded = [a for a in audits if a.state in GRADED]
    return next(iter((*published, *graded)), None)
