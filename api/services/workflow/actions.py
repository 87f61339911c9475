"""Actions that an actor may take on an audit now: the same table and checks that the steps themselves go by."""

from sqlalchemy import select

from api.access import MAY
from api.context import Context
from api.services.workflow.states import STEPS, Action
from api.services.workflow.steps import writers
from api.store import Appeal, AppealState, Audit


def actions(context: Context, audit: Audit) -> frozenset[Action]:
    """The actions that would not be refused for who the actor is or for where the audit is; for buttons."""
    role = context.actor.role
    possible = {
        action
        for action, step in STEPS.items()
        if role in MAY[step.rule] and audit.state in step.sources.get((role, audit.kind), frozenset())
    }
    if Action.CONFIRM in possible and context.actor.id in writers(context, audit):
        possible.discard(Action.CONFIRM)
    if Action.APPEAL in possible:
        pending = select(Appeal.id).where(Appeal.audit_id == audit.id, Appeal.state == AppealState.OPEN)
        if context.db.scalar(pending) is not None:
            possible.discard(Action.APPEAL)
    return frozenset(possible)
