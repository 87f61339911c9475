"""The states of plants and of gaps as data: which follows which, who may say so, and what is never said but follows.

A plant is listed or planned by its plan, and published when the published audit has reached its target. A gap is closed when
the published audit meets it, and reopened when one that was closed is open again. Nobody can say these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from api.services.campaigns.gap_states import GapState
from api.store import CampaignStep, CampaignStepState, Role

S, A, E, B = CampaignStepState, Role.ASSESSOR, Role.ENTERPRISE, Role.BUREAU
LISTED, PLANNED, PUBLISHED, CLOSED = "listed", "planned", "published", "closed"


@dataclass(frozen=True)
class Way:
    """A state that people may say: after which, and who."""

    after: frozenset[str]
    by: frozenset[Role]


def _way(after: Sequence[str], *by: Role) -> Way:
    return Way(frozenset(after), frozenset(by))


PLANT_WAYS: Mapping[CampaignStepState, Way] = MappingProxyType(
    {
        S.RECTIFYING: _way((PLANNED, S.SELF_CHECKED, S.REJECTED, PUBLISHED), E, B),
        S.SELF_CHECKED: _way((S.RECTIFYING,), E),
        S.APPLIED: _way((S.SELF_CHECKED,), E, B),
        S.CITY: _way((S.APPLIED,), B),
        S.PROVINCE: _way((S.CITY,), B),
        S.PUBLICITY: _way((S.CITY, S.PROVINCE), B),
        S.REJECTED: _way((S.APPLIED, S.CITY, S.PROVINCE, S.PUBLICITY), B),
    }
)
GAP_WAYS: Mapping[CampaignStepState, Way] = MappingProxyType(
    {
        S.ASSIGNED: _way((LISTED,), A, B),
        S.RECTIFIED: _way((LISTED, S.ASSIGNED, S.REOPENED), E, B),
        S.VERIFIED: _way((S.RECTIFIED,), A, B),
        S.REOPENED: _way((S.RECTIFIED, S.VERIFIED, CLOSED), A, B),
    }
)
PLANT_NAMES = MappingProxyType(
    {
        LISTED: "已列入",
        PLANNED: "已定计划",
        S.RECTIFYING: "整改中",
        S.SELF_CHECKED: "已自查",
        S.APPLIED: "已申报",
        S.CITY: "市级审核",
        S.PROVINCE: "省级审核",
        S.PUBLICITY: "公示中",
        S.REJECTED: "未通过",
        PUBLISHED: "已公布达标",
    }
)
GAP_NAMES = MappingProxyType(
    {
        LISTED: "未交办",
        S.ASSIGNED: "已交办",
        S.RECTIFIED: "已整改",
        S.VERIFIED: "已核查",
        S.REOPENED: "重新打开（回头看）",
        CLOSED: "已销号",
    }
)


def plant_state(steps: Sequence[CampaignStep], *, planned: bool, reached: bool, published: datetime | None) -> str:
    """A plant's state: by the published grade once that has reached the target, else by the last step or the plan.

    A step that was taken after the grading was published counts all the same: somebody began anew.
    """
    last = steps[-1] if steps else None
    if reached and (last is None or published is None or last.at <= published):
        return PUBLISHED
    if last is not None:
        return last.state
    return PLANNED if planned else LISTED


def gap_state(steps: Sequence[CampaignStep], found: GapState, published: datetime | None) -> str:
    """A gap's state: the published audit goes before what people said until then.

    It is closed when the audit meets it, unless somebody who looked again has reopened it since. One that was said to be put
    right is open again when an audit that was published later still has it.
    """
    last = steps[-1] if steps else None
    since = [step for step in steps if published is None or step.at > published]
    if found is GapState.CLOSED:
        return steps[-1].state if any(step.state is S.REOPENED for step in since) else CLOSED
    if last is None:
        return LISTED
    if found is GapState.OPEN and not since and last.state in (S.RECTIFIED, S.VERIFIED):
        return S.REOPENED
    return last.state


def offered(ways: Mapping[CampaignStepState, Way], state: str, role: Role) -> tuple[CampaignStepState, ...]:
    """The steps that a role may take next."""
    return tuple(step for step, way in ways.items() if state in way.after and role in way.by)
