"""A step taken for one thing after another, each in a savepoint of its own: what is refused keeps nothing else back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from api.context import Context
from api.problems import ErrorAt, Problem
from api.store import Enterprise


@dataclass(frozen=True)
class Subject:
    """Something that a step was taken for, or can be: an enterprise, or an audit of it."""

    id: UUID
    name: str
    note: str = ""


@dataclass(frozen=True)
class Refused:
    """Something that a step is refused for, and why; `index` is its place among what was sent."""

    index: int
    id: UUID
    name: str
    code: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """The subjects of a step, and those for which it was refused."""

    done: tuple[Subject, ...]
    refused: tuple[Refused, ...]

    def require_some(self, place: str) -> "Outcome":
        """The outcome, unless nothing at all could be done; raises Problem (409) with every reason."""
        if self.done:
            return self
        errors = [
            ErrorAt(f"{place}[{one.index}]", f"{one.name}：{one.reason}" if one.name else one.reason, one.code)
            for one in self.refused
        ]
        raise Problem("nothing_done", f"所选 {len(errors)} 项都不能办理。", errors=errors)


def one_by_one(
    context: Context,
    ids: Sequence[UUID],
    names: Mapping[UUID, str],
    step: Callable[[UUID], Sequence[Subject]],
    *,
    dry_run: bool,
) -> Outcome:
    """Take a step for each id; a dry run only finds out which would be refused.

    Nothing else may be pending meanwhile: what one savepoint undoes, the session forgets for the log.
    """
    done: list[Subject] = []
    refused: list[Refused] = []
    for index, key in enumerate(dict.fromkeys(ids)):
        try:
            with context.db.begin_nested() as savepoint:
                taken = step(key)
                if dry_run:
                    savepoint.rollback()
            done += taken
        except Problem as problem:
            refused.append(Refused(index, key, names.get(key, ""), problem.code, reason_of(problem)))
    return Outcome(tuple(done), tuple(refused))


def reason_of(problem: Problem) -> str:
    """A refusal in one text, with the reason at each place."""
    messages = [error.message for error in problem.errors if error.message != problem.detail]
    return problem.detail + "".join(messages[:3]) + (f"……共 {len(messages)} 处" if len(messages) > 3 else "")


def require_number(ids: Sequence[UUID], most: int, place: str) -> None:
    """Refuse a step for nothing, or for more than may be done at once; raises Problem (422)."""
    if not ids or len(ids) > most:
        message = "请先选择。" if not ids else f"选了 {len(ids)} 项，一次最多 {most} 项；请分几次办理。"
        raise Problem("invalid_selection", message, status=422, errors=[ErrorAt(place, message)])


def names_of_enterprises(context: Context, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of those that the actor sees."""
    rows = context.db.execute(select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(ids)))
    return {row.id: row.name for row in rows}
