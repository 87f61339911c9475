"""What demands take together: each remedy done and paid once, side by side."""

from collections.abc import Iterable
from decimal import Decimal

from grading.gaps.tree.propagate import Demand
from grading.model.base import Remedy
from grading.model.gap import Costs


def remedies_of(demands: Iterable[Demand]) -> dict[Remedy, bool]:
    """The remedies of demands, and whether each is needed for sure: a missing value may turn out to satisfy."""
    found: dict[Remedy, bool] = {}
    for demand in demands:
        remedy, sure = demand.effort if demand.effort is not None else (None, False)
        if remedy is not None:
            found[remedy] = found.get(remedy, False) or sure
    return found


def cost_of(demands: Iterable[Demand]) -> Costs | None:
    """The sum of the remedies' costs, in 万元; the low end of one that may not be needed is nothing. None: no figures."""
    known = [(r.cost_wan_cny, sure) for r, sure in remedies_of(demands).items() if r.cost_wan_cny is not None]
    if not known:
        return None
    zero = Decimal(0)
    return sum((low for (low, _), sure in known if sure), zero), sum((high for (_, high), _ in known), zero)


def weeks_of(demands: Iterable[Demand]) -> Costs | None:
    """How long the longest of the remedies takes, in weeks; see `cost_of`."""
    known = [(r.weeks, sure) for r, sure in remedies_of(demands).items() if r.weeks is not None]
    if not known:
        return None
    return max((low for (low, _), sure in known if sure), default=Decimal(0)), max(high for (_, high), _ in known)
