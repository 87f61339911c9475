"""Pairs of enterprises that may be one: the same organisation in the credit code, the same permit, near-equal names."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from api.access import Rule, require
from api.context import Context
from api.store import Enterprise, Site
from grading.width import ordinary_width

SAME_CODE, SAME_PERMIT, NEAR_NAME = "信用代码中的组织机构代码相同", "排污许可证编号相同", "同一区县，名称相近"
ORGANISATION = slice(8, 17)
"""The slice of a credit code with the organisation's own code: it stays when the registration moves."""
SHORTEST = 4
"""The least length of a name's core: a shorter one says too little."""
MOST = 500
_TELLING_APART = frozenset("0123456789一二三四五六七八九十东西南北")
"""Numbers and directions, which distinguish plants of one owner: 第一砖厂 and 第二砖厂 are two."""
_FORMS = re.compile(r"(股份)?有限(责任)?公司|集团|总厂|分厂|工厂|厂$")
_SIGNS = re.compile(r"[\s()（）“”\"'·.,，。\-—_]+")


@dataclass(frozen=True)
class Pair:
    """Two enterprises that may be one, the first registered first, with the reasons."""

    first: Enterprise
    second: Enterprise
    reasons: tuple[str, ...]


def suggestions(context: Context) -> list[Pair]:
    """The pairs among the enterprises in operation that the actor sees, those with most in common first."""
    require(context.db, Rule.KEEP_ENTERPRISES)
    rows = {
        row.id: row for row in context.db.scalars(select(Enterprise).where(Enterprise.active).order_by(Enterprise.id))
    }
    permits = [(row.permit, row.id) for row in rows.values() if row.permit]
    sites = context.db.execute(select(Site.permit, Site.enterprise_id).where(Site.permit.is_not(None)))
    permits += [(permit, key) for permit, key in sites if permit and key in rows]
    reasons: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    for reason, keyed in (
        (SAME_CODE, ((row.uscc[ORGANISATION], row.id) for row in rows.values())),
        (SAME_PERMIT, permits),
        (NEAR_NAME, _names(rows.values())),
    ):
        for pair in sorted(set(_pairs(keyed))):
            reasons[pair].append(reason)
    ordered = sorted(reasons.items(), key=lambda found: (-len(found[1]), found[0]))[:MOST]
    return [Pair(rows[a], rows[b], tuple(alike)) for (a, b), alike in ordered]


def core_of(name: str) -> str:
    """A name without its legal form and signs."""
    plain = _SIGNS.sub("", ordinary_width(name)).casefold()
    return _FORMS.sub("", plain) or plain


def keys_of(core: str) -> set[str]:
    """Keys of which near-equal names share one: the core, and the core without any one sign but numbers and directions."""
    places = [place for place, sign in enumerate(core) if sign not in _TELLING_APART] if len(core) > SHORTEST else []
    return {core, *(core[:place] + core[place + 1 :] for place in places)}


def _names(rows: Iterable[Enterprise]) -> Iterator[tuple[Hashable, UUID]]:
    """The keys of names, each within its county."""
    for row in rows:
        yield from (((row.county, key), row.id) for key in keys_of(core_of(row.name)))


def _pairs(keyed: Iterable[tuple[Hashable, UUID]]) -> Iterator[tuple[UUID, UUID]]:
    """The pairs that share a key, each in the order of registration."""
    by_key: dict[Hashable, set[UUID]] = defaultdict(set)
    for key, enterprise_id in keyed:
        by_key[key].add(enterprise_id)
    for found in by_key.values():
        listed = sorted(found)
        yield from ((a, b) for place, a in enumerate(listed) for b in listed[place + 1 :])
