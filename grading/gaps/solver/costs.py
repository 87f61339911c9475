"""Costs of demands together: each work done and paid once, side by side."""

from collections.abc import Iterable
from decimal import Decimal

from grading.gaps.tree.propagate import Demand, Work, efforts_of
from grading.model.base import Remedy
from grading.model.gap import Costs, JointWork


def works_of(demands: Iterable[Demand]) -> dict[Work, bool]:
    """The works of demands, and whether each is needed for sure: a missing value may turn out to satisfy."""
    found: dict[Work, bool] = {}
    for effort in efforts_of(demands):
        if effort.work.remedy is not None:
            found[effort.work] = found.get(effort.work, False) or effort.sure
    return found


def remedies_of(demands: Iterable[Demand]) -> tuple[Remedy, ...]:
    """The remedies of demands, each once."""
    return tuple(dict.fromkeys(work.remedy for work in works_of(demands) if work.remedy is not None))


def counted_as_one(work: Work) -> str | None:
    """The piece of which a work is counted once, since no row tells how many there are; None: it is counted as it is."""
    return work.remedy.priced_per if work.remedy is not None and work.row is None else None


def pieces_of(demands: Iterable[Demand]) -> tuple[str, ...]:
    """The pieces of which one each is counted in the cost of demands, one for each work."""
    found = (counted_as_one(work) for work in works_of(demands))
    return tuple(piece for piece in found if piece is not None)


def cost_of(demands: Iterable[Demand]) -> Costs | None:
    """The sum of the works' costs, in 万元; the low end of one that may not be needed is nothing. None: no figures."""
    stated = ((work.remedy, sure) for work, sure in works_of(demands).items() if work.remedy is not None)
    known = [(remedy.cost_wan_cny, sure) for remedy, sure in stated if remedy.cost_wan_cny is not None]
    if not known:
        return None
    zero = Decimal(0)
    return sum((low for (low, _), sure in known if sure), zero), sum((high for (_, high), _ in known), zero)


def cost_of_works(works: Iterable[JointWork]) -> Costs | None:
    """The sum of what the works of a joint plan cost; None: no figures."""
    known = [work.cost_wan_cny for work in works if work.cost_wan_cny is not None]
    zero = Decimal(0)
    return (sum((low for low, _ in known), zero), sum((high for _, high in known), zero)) if known else None


def weeks_of(demands: Iterable[Demand]) -> Costs | None:
    """The weeks of the longest of the works and waits; see `cost_of`."""
    demands = list(demands)
    known = [(w.remedy.weeks, sure) for w, sure in works_of(demands).items() if w.remedy is not None and w.remedy.weeks]
    known += [((d.effort.wait, d.effort.wait), True) for d in demands if d.effort is not None and d.effort.wait]
    if not known:
        return None
    return max((low for (low, _), sure in known if sure), default=Decimal(0)), max(high for (_, high), _ in known)
