"""Signed editions grade officially from their day on, and no more once they are withdrawn."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import bindparam, select

from api.access import scope_cached
from api.context import Context
from api.problems import ErrorAt, Problem
from api.store import EditionProposal, GradedUnit, Grading, ProposalState
from grading.model import audit as domain

_SIGNED = scope_cached(
    select(EditionProposal).where(EditionProposal.signed_digest.in_(bindparam("digests", expanding=True)))
)


def require_in_force(context: Context, digests: Sequence[str], day: date | None) -> None:
    """Raises Problem (422) for each unit (in the order of its ruleset's digest) whose edition is not in force on the day."""
    signed = {row.signed_digest: row for row in context.db.scalars(_SIGNED, {"digests": list(set(digests))})}
    errors = [
        ErrorAt(f"units[{index}].ruleset", why, "edition_not_in_force")
        for index, digest in enumerate(digests)
        if digest in signed and (why := not_in_force(signed[digest], day)) is not None
    ]
    if errors:
        raise Problem("edition_not_in_force", "所用的规则集在评定日不在施行中。", status=422, errors=errors)


def not_in_force(edition: EditionProposal, day: date | None) -> str | None:
    """Why a signed edition does not grade on a day; None when it does."""
    if edition.state is ProposalState.WITHDRAWN:
        at = "" if edition.withdrawn_at is None else f"（{edition.withdrawal_reasons}）"
        return f"{edition.signed_id} 已撤销{at}，请改用现行的规则集。"
    if edition.effective is not None and day is not None and day < edition.effective:
        return f"{edition.signed_id} 自 {edition.effective.isoformat()} 起施行，评定日 {day.isoformat()} 在此之前。"
    return None


def digests_of(context: Context, audit: domain.Audit) -> list[str]:
    """The digest of today's ruleset of each unit."""
    return [context.service.grader.digest(unit.ruleset) for unit in audit.units]


def digests_in(context: Context, grading: Grading) -> list[str]:
    """The digest of the ruleset that each unit of a grading was graded by."""
    units = select(GradedUnit.ruleset_digest).where(GradedUnit.grading_id == grading.id)
    return list(context.db.scalars(units.order_by(GradedUnit.position)))
