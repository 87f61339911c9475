"""By which ruleset each unit of a file is graded: as a column names it, else by its industry; nothing is guessed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property

from grading.language.industries import Industries, industries_or_none
from grading.language.industry_search import find
from grading.language.load import Library
from grading.language.local_editions import most_local
from grading.model.ruleset import Ruleset
from grading.ruleset_id import edition_of, industry_of

RULESET, INDUSTRY = "ruleset", "industry"
HEADS = {
    RULESET: (RULESET, "规则集", "规则集编号"),
    INDUSTRY: (INDUSTRY, "行业", "所属行业", "行业名称", "行业代码", "国民经济行业代码"),
}
"""The heads of the columns that tell it."""
MOST_NAMED = 8


def _stated(cells: Iterable[str | None]) -> tuple[str, ...]:
    """The distinct texts of cells, without spaces around."""
    return tuple(dict.fromkeys(plain for cell in cells if cell and (plain := cell.strip())))


@dataclass(frozen=True)
class Assigned:
    """The ruleset of a unit, or why there is none."""

    ruleset: str | None
    reason: str = ""


class Assignment:
    """Rulesets for what files say of units. `edition`: the one that is meant where none is named."""

    def __init__(self, library: Library, edition: str | None = None) -> None:
        self.ids = library.ids()
        self.edition = edition
        self.titles = {id_: library.title(id_) or id_ for id_ in self.ids}
        self.library = library
        self.register: Industries | None = industries_or_none(library)
        self._known: dict[tuple[tuple[str, ...], tuple[str, ...], str | None, date | None], Assigned] = {}

    @cached_property
    def any_ruleset(self) -> Ruleset:
        """A ruleset that can be used, for what all have in common. Raises LanguageError when there is none."""
        return next(self.library.usable(), None) or self.library.ruleset(self.ids[0])

    def of(
        self,
        rulesets: Iterable[str | None],
        industries: Iterable[str | None],
        county: str | None = None,
        day: date | None = None,
    ) -> Assigned:
        """The ruleset that cells naming a unit's ruleset or industry mean; of several of an industry the most local in force."""
        key = (_stated(rulesets), _stated(industries), county, day)
        if key not in self._known:
            self._known[key] = self._assigned(*key)
        return self._known[key]

    def _assigned(
        self, rulesets: tuple[str, ...], industries: tuple[str, ...], county: str | None, day: date | None
    ) -> Assigned:
        if not rulesets and not industries:
            return Assigned(
                None, "未填规则集，也未填行业；请填规则集（如 national-2020/lime）或行业（如 石灰窑、C3012）"
            )
        if len(rulesets) > 1:
            return Assigned(None, f"两列规则集所填不同：{'、'.join(rulesets)}；请只填一个")
        ruleset, industry = "".join(rulesets), "”和“".join(industries)
        found = [{found.ruleset for found in find(self.register, one)} for one in industries if self.register]
        industries_meant = set.intersection(*found) if found else set()
        if not industries_meant and len(found) > 1 and all(found):
            return Assigned(None, f"所填行业“{industry}”不是同一行业；请核对")
        if not ruleset:
            listed = [id_ for id_ in self.ids if industry_of(id_) in industries_meant]
            if day is not None and self.edition is None and len(listed) > 1 and len(set(map(industry_of, listed))) == 1:
                return self._most_local(industry, industries_meant, county, day)
            return self._one(f"行业“{industry}”", listed)
        named = [ruleset] if ruleset in self.ids else self._named(ruleset)
        if industries_meant and named and not any(industry_of(id_) in industries_meant for id_ in named):
            reason = f"规则集“{ruleset}”与行业“{industry}”不符；该行业的规则集：{self._shown(industries_meant)}"
            return Assigned(None, reason)
        return self._one(f"规则集“{ruleset}”", named, near=ruleset)

    def _most_local(self, industry: str, names: Iterable[str], county: str | None, day: date) -> Assigned:
        """The most local edition in force for a plant on a day; else what keeps it from being chosen."""
        local = most_local(self.library, names, county, day)
        if local.ruleset is not None:
            return Assigned(local.ruleset.id)
        return Assigned(None, f"行业“{industry}”：{'' if local.refusal is None else local.refusal.message}")

    def _named(self, name: str) -> list[str]:
        return [id_ for id_ in self.ids if name in (industry_of(id_), self.titles[id_])]

    def _one(self, what: str, ids: list[str], near: str = "") -> Assigned:
        """The only one of several, in the edition of the batch where it has one."""
        of_edition = [id_ for id_ in ids if edition_of(id_) == self.edition]
        listed = of_edition or ids
        if len(listed) == 1:
            return Assigned(listed[0])
        if not listed:
            alike = get_close_matches(near, self.ids, 3, 0.6)
            hint = f"；是否指 {'、'.join(alike)}" if alike else "；可填行业名称、GB/T 4754 代码或规则集编号"
            return Assigned(None, f"找不到{what}对应的规则集{hint}")
        return Assigned(None, f"{what}可能是 {self._listed(listed)}；请写明规则集")

    def _shown(self, names: Iterable[str]) -> str:
        industries = set(names)
        return self._listed([id_ for id_ in self.ids if industry_of(id_) in industries])

    def _listed(self, ids: list[str]) -> str:
        more = f" 等 {len(ids)} 个" if len(ids) > MOST_NAMED else ""
        return "、".join(f"{self.titles[id_]}（{id_}）" for id_ in ids[:MOST_NAMED]) + more
