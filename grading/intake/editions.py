"""The edition of a unit that states its industry: the most local one in force, or another that a person gives a reason for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from grading.intake.parts import PartReader
from grading.intake.problems import Path
from grading.language.load import Library
from grading.language.local_editions import choice_of, meant, most_local
from grading.model.audit import EditionChoice
from grading.problems.codes import ProblemCode
from grading.ruleset_id import industry_of


@dataclass(frozen=True)
class Chosen:
    """The ruleset of a unit, with how it was chosen where that is known."""

    ruleset: str
    choice: EditionChoice | None


@dataclass(frozen=True)
class Chooser:
    """Chooses the editions of an audit's units; `day` is None where the audit states none that can be read."""

    reader: PartReader
    library: Library
    county: str | None
    day: date | None

    def choice(self, raw: Any, path: Path) -> Chosen | None:
        """The edition of a unit as it is stated; None where it states no industry, or something is wrong."""
        if not isinstance(raw, dict) or (raw.get("industry") is None and raw.get("ruleset_reason") is None):
            return None
        named, reason = raw.get("ruleset"), raw.get("ruleset_reason")
        why = None if reason is None else self.reader.text(reason, (*path, "ruleset_reason"))
        industry = raw.get("industry")
        if industry is None:
            industry = industry_of(named) if isinstance(named, str) else ""
        elif (industry := self.reader.text(industry, (*path, "industry"))) is None:
            return None
        names = meant(self.library, industry)
        if not names:
            self.reader.wrong((*path, "industry"), ProblemCode.INDUSTRY_MEANS_NOTHING, given=industry)
            return None
        if named is None:
            return self._by_place(names, industry, path)
        if not isinstance(named, str) or named not in self.library.ids():
            return None
        return self._named(named, names, industry, why, path)

    def _by_place(self, names: frozenset[str], industry: str, path: Path) -> Chosen | None:
        if self.day is None:
            return None
        local = most_local(self.library, names, self.county, self.day)
        if local.ruleset is None:
            if local.refusal is not None:
                self.reader.wrong_for((*path, "industry"), local.refusal)
            return None
        return Chosen(local.ruleset.id, choice_of(local, industry))

    def _named(self, named: str, names: frozenset[str], industry: str, reason: str | None, path: Path) -> Chosen | None:
        """A ruleset that a person named: where it is not the most local one, with the reason."""
        if industry_of(named) not in names:
            self.reader.wrong(
                (*path, "ruleset"), ProblemCode.EDITION_OF_OTHER_INDUSTRY, ruleset=named, industry=industry
            )
            return None
        if self.day is None:
            return None
        local = most_local(self.library, names, self.county, self.day)
        if local.ruleset is not None and local.ruleset.id != named and reason is None:
            most = local.ruleset.id
            self.reader.wrong((*path, "ruleset"), ProblemCode.EDITION_NEEDS_REASON, most_local=most, ruleset=named)
            return None
        return Chosen(named, choice_of(local, industry, reason))
