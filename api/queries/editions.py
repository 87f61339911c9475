"""Working editions and proposals as they are listed."""

from sqlalchemy import select

from api.context import Context
from api.store import EditionProposal, WorkingEdition


def working_editions(context: Context) -> list[tuple[WorkingEdition, EditionProposal | None]]:
    """The working editions of the area, the newest first, each with its last proposal."""
    found = context.db.scalars(select(WorkingEdition).order_by(WorkingEdition.id.desc()).limit(200)).all()
    rows = select(EditionProposal).where(EditionProposal.working_id.in_([one.id for one in found]))
    last = {row.working_id: row for row in context.db.scalars(rows.order_by(EditionProposal.id))}
    return [(one, last.get(one.id)) for one in found]


def proposals(context: Context) -> list[EditionProposal]:
    """The proposals that the actor sees, the newest first."""
    return list(context.db.scalars(select(EditionProposal).order_by(EditionProposal.id.desc()).limit(200)))


def proposal_signed_as(context: Context, ruleset_id: str) -> EditionProposal | None:
    """The proposal that a ruleset was signed from; None for a file."""
    return context.db.scalar(select(EditionProposal).where(EditionProposal.signed_id == ruleset_id))
