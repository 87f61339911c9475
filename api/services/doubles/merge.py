"""The merger of an enterprise that is registered twice: what it has moves to the other, its id redirects there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from api import audit_log
from api.access import Rule, require, unscoped
from api.context import Context
from api.problems import ErrorAt, Problem
from api.services import former_names, workflow
from api.services.roster_permits import put_permit
from api.services.workflow.states import given_reasons
from api.store import (
    Assignment,
    Audit,
    AuditKind,
    AuditState,
    CampaignPlant,
    Enterprise,
    EnterpriseMerger,
    FormerName,
    GradedUnit,
    NamedBy,
    OperatingState,
    Site,
    Unit,
    UnitWaiver,
    User,
)
from grading import calendar

MOVED: tuple[tuple[type[Any], str], ...] = (
    (Site, "厂区"),
    (Unit, "生产单元"),
    (UnitWaiver, "豁免"),
    (Audit, "审核"),
    (Assignment, "指派"),
    (User, "企业用户"),
    (CampaignPlant, "行动名单"),
    (OperatingState, "经营状态"),
    (FormerName, "曾用名"),
)
"""Tables whose rows move to the other."""
STAYS = MappingProxyType(
    {
        "log": "entries are chained by hashes; they are found under both",
        "campaign_changes": "never changed; they belong to a plant of a roster, which follows",
        "campaign_steps": "never changed; they belong to a plant of a roster, which follows",
        "campaign_visits": "never changed; they belong to a plant of a roster, which follows",
        "campaign_photos": "never changed; they belong to a plant of a roster, which follows",
        "project_completions": "never changed; the id leads to the other",
        "batch_audits": "what a batch found then; it goes by the audit, which follows",
        "batch_units": "what a batch found then; it goes by the audit, which follows",
        "enterprise_mergers": "the merger itself",
    }
)
"""Tables whose rows keep the double's id, with the reason why nothing is lost."""
SUFFIX = "（并入）"


@dataclass(frozen=True)
class Side:
    """An enterprise with the numbers of its rows."""

    enterprise: Enterprise
    counts: tuple[tuple[str, int], ...]
    sites: tuple[Site, ...]
    units: tuple[Unit, ...]
    audits: tuple[Audit, ...]


def side_of(context: Context, enterprise_id: UUID) -> Side:
    """An enterprise as one side of a merger; raises Problem (404)."""
    enterprise = context.find(Enterprise, enterprise_id)
    counts = []
    with unscoped(context.db):
        for model, name in MOVED:
            of = select(func.count()).select_from(model).where(model.enterprise_id == enterprise_id)
            counts.append((name, context.db.scalar(of) or 0))
    return Side(
        enterprise,
        tuple(counts),
        tuple(context.db.scalars(select(Site).where(Site.enterprise_id == enterprise_id).order_by(Site.id))),
        tuple(context.db.scalars(select(Unit).where(Unit.enterprise_id == enterprise_id).order_by(Unit.id))),
        tuple(context.db.scalars(select(Audit).where(Audit.enterprise_id == enterprise_id).order_by(Audit.id.desc()))),
    )


def obstacle(context: Context, double_id: UUID, into_id: UUID) -> str | None:
    """The reason why two enterprises can't be merged now; None when they can."""
    if double_id == into_id:
        return "请选择两家不同的企业。"
    double, into = context.find(Enterprise, double_id), context.find(Enterprise, into_id)
    for enterprise in (double, into):
        if context.db.get(EnterpriseMerger, enterprise.id) is not None:
            return f"{enterprise.name}（{enterprise.uscc}）已并入另一家企业。"
    ours, theirs = _published(context, double_id), _published(context, into_id)
    if ours is not None and theirs is not None:
        mine, its = _units_of(context, ours), _units_of(context, theirs)
        if mine != its:
            return (
                f"两家都有公布的等级，而单元不同（{'、'.join(sorted(mine))}；{'、'.join(sorted(its))}），"
                "合并会使其中一部分失去等级；请先在一家名下重新审核全部单元，或撤销其一。"
            )
    return None


def merge(context: Context, double_id: UUID, into_id: UUID, reason: str) -> Enterprise:
    """Move all that a double has to the other; of two published audits of one place the earlier is superseded.

    The double's name and codes become former ones of the other. Raises Problem (403, 404, 409, 422).
    """
    actor = require(context.db, Rule.KEEP_ENTERPRISES)
    reason = given_reasons(reason, "合并的", "reason")
    double, into = context.find(Enterprise, double_id), context.find(Enterprise, into_id)
    found = obstacle(context, double_id, into_id)
    if found is not None:
        raise Problem("not_mergeable", found, errors=[ErrorAt("double_id", found)])
    with unscoped(context.db):
        moved = {model.__tablename__: list(_move(context, model, double, into)) for model, _ in MOVED}
        for earlier in context.db.scalars(select(EnterpriseMerger).where(EnterpriseMerger.into_id == double_id)):
            earlier.into_id = into_id
        _name(context, double, into)
        context.db.add(
            EnterpriseMerger(
                double_id=double_id, into_id=into_id, reason=reason, moved=json.dumps(moved), merged_by=actor.id
            )
        )
        double.active, double.idle_since = False, None
        double.version += 1
        into.version += 1
        context.db.flush()
        counts = {table: len(keys) for table, keys in moved.items() if keys}
        details = {"double": str(double_id), "reason": reason, "moved": counts}
        audit_log.append(context.db, "enterprise.merged", actor, enterprise_id=into_id, details=details)
        _supersede(context, into_id)
    return into


def _move(context: Context, model: type[Any], double: Enterprise, into: Enterprise) -> Iterator[str]:
    """Move the rows of a table; returns their keys."""
    rows = list(context.db.scalars(select(model).where(model.enterprise_id == double.id).order_by(model.id)))
    for row in rows:
        if isinstance(row, Site):
            row.name = _free_name(context, row.name, into)
        if isinstance(row, CampaignPlant):
            permit = into.permit if row.permit == double.permit and into.permit is not None else row.permit
            if not put_permit(context, row, permit):
                continue
        if isinstance(row, Assignment) and _is_there(context, row, into):
            continue
        row.enterprise_id = into.id
        context.db.flush()
        yield str(row.id)


def _free_name(context: Context, name: str, into: Enterprise) -> str:
    """The name of a site that no site of the other has."""
    taken = set(context.db.scalars(select(Site.name).where(Site.enterprise_id == into.id)))
    free, number = name, 1
    while free in taken:
        free = f"{name[:180]}{SUFFIX}{'' if number == 1 else number}"
        number += 1
    return free


def _is_there(context: Context, row: Assignment, into: Enterprise) -> bool:
    """True where the other is assigned to the same team from the same day on, then until the later of both ends."""
    same = context.db.scalars(
        select(Assignment).where(
            Assignment.enterprise_id == into.id, Assignment.team_id == row.team_id, Assignment.since == row.since
        )
    ).one_or_none()
    if same is None:
        return False
    if same.until is not None and (row.until is None or row.until > same.until):
        same.until = row.until
    return True


def _name(context: Context, double: Enterprise, into: Enterprise) -> None:
    """Make the double's name and codes former ones of the other; a permit that the other lacks becomes its own."""
    today = calendar.day_of(context.at)
    if into.permit is None and double.permit is not None:
        into.permit = double.permit
    for kind in NamedBy:
        value = getattr(double, kind.value)
        known = [(one.kind, one.value) for one in former_names.former_names(context.db, into.id)]
        if value and value != getattr(into, kind.value) and (kind, value) not in known:
            former_names.keep(context, into.id, kind, value, today)


def _published(context: Context, enterprise_id: UUID) -> Audit | None:
    """The published audit of an enterprise as a whole."""
    return context.db.scalars(
        select(Audit).where(
            Audit.enterprise_id == enterprise_id,
            Audit.kind == AuditKind.EXPERT,
            Audit.site_id.is_(None),
            Audit.state == AuditState.PUBLISHED,
        )
    ).first()


def _units_of(context: Context, audit: Audit) -> set[str]:
    rows = select(GradedUnit.unit).where(GradedUnit.grading_id == audit.published_grading_id)
    return set(context.db.scalars(rows))


def _supersede(context: Context, into_id: UUID) -> None:
    """Of the audits of the whole enterprise that count, supersede all but the last of each kind."""
    for kind, state in ((AuditKind.EXPERT, AuditState.PUBLISHED), (AuditKind.SELF, AuditState.SUBMITTED)):
        standing = context.db.scalars(
            select(Audit).where(
                Audit.enterprise_id == into_id, Audit.kind == kind, Audit.site_id.is_(None), Audit.state == state
            )
        ).all()
        ordered = sorted(standing, key=lambda a: (str(a.assessed_on), str(a.published_at or a.submitted_at), a.id))
        for audit in ordered[:-1]:
            workflow.supersede(context, audit, ordered[-1])
