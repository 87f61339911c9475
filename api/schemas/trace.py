"""The trace as JSON: which member of a union an object is, its keys say."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import Discriminator, Tag

from api.schemas.base import Out
from grading.model import trace


def _by_key(*keys: str) -> Callable[[Any], str | None]:
    """The first of the keys that an object has; each is the tag of one member of a union."""

    def tag(value: Any) -> str | None:
        return next((key for key in keys if key in value), None) if isinstance(value, Mapping) else None

    return tag


Cause: TypeAlias = Annotated[
    Annotated[trace.EntryCause, Tag("seq")]
    | Annotated[trace.RulesetCause, Tag("ruleset")]
    | Annotated[trace.GroupCause, Tag("group")]
    | Annotated[trace.FactCause, Tag("place")]
    | Annotated[trace.ComputedCause, Tag("computed_from")],
    Discriminator(_by_key("seq", "ruleset", "group", "place", "computed_from")),
]
Concludes: TypeAlias = Annotated[
    Annotated[trace.ConditionConclusion, Tag("status")]
    | Annotated[trace.DoubtConclusion, Tag("in_doubt")]
    | Annotated[trace.RowsConclusion, Tag("so_far")]
    | Annotated[trace.GradeConclusion, Tag("grade")]
    | Annotated[trace.AttainableConclusion, Tag("attainable")],
    Discriminator(_by_key("status", "in_doubt", "so_far", "grade", "attainable")),
]


class TraceEntryOut(Out):
    """A rule that fired. `because` names facts with their places, or earlier entries by `seq`."""

    seq: int
    rule: str
    because: list[Cause]
    concludes: Concludes
