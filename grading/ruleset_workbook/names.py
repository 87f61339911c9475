"""Facts and computed facts as the workbook has them now, found by the label or the id that somebody writes."""

from collections.abc import Mapping
from difflib import get_close_matches

from pydantic import ValidationError

from grading.forms.wording import narrow
from grading.language.check.facts import RESERVED
from grading.language.prose import ASSESSED_ON
from grading.model.ruleset import Computed, Fact, Ruleset
from grading.problems.workbook_codes import RulesetWorkbookCode
from grading.ruleset_workbook.kinds import refused
from grading.ruleset_workbook.raw import Raw


class Names:
    """The facts and computed facts that figures can be about."""

    def __init__(self, ruleset: Ruleset, facts: list[Raw], computed: list[Raw]) -> None:
        self.facts: Mapping[str, Fact] = {raw["id"]: _fact(raw, ruleset) for raw in facts}
        self.computed: Mapping[str, Computed] = {
            raw["id"]: found for raw in computed if (found := _computed(raw, ruleset)) is not None
        }
        self._by_label: dict[str, list[str]] = {}
        labels = {id_: fact.label for id_, fact in self.facts.items()}
        labels |= {id_: one.label or id_ for id_, one in self.computed.items()}
        for id_, label in labels.items():
            self._by_label.setdefault(_plain(label), []).append(id_)
        self._by_label.setdefault(_plain(ASSESSED_ON), []).append(RESERVED)

    def find(self, text: str) -> str:
        """The id of what is named. Raises RefusedError when that is nothing, or several."""
        plain = _plain(text)
        if text in self.facts or text in self.computed:
            return text
        listed = self._by_label.get(plain) or self._by_label.get(_plain(text.rpartition("（")[0])) or []
        if len(listed) > 1:
            raise refused(RulesetWorkbookCode.FACT_NAMED_TWICE, given=text, ids=tuple(listed))
        if not listed:
            near = get_close_matches(plain, list(self._by_label), 1, 0.6)
            hint = f"；是否指“{near[0]}”" if near else ""
            raise refused(RulesetWorkbookCode.FACT_NAMED_UNKNOWN, given=text, hint=hint)
        return listed[0]

    def group(self, id_: str) -> str | None:
        """The table that a fact belongs to."""
        if id_ in self.facts:
            return self.facts[id_].group
        return self.computed[id_].group if id_ in self.computed else None


def _plain(text: str) -> str:
    return "".join(narrow(text).split())


def _fact(raw: Raw, ruleset: Ruleset) -> Fact:
    try:
        return Fact.model_validate(raw)
    except ValidationError:
        # What is wrong with the fact is told with the fact; its figures are read as they were.
        known = ruleset.facts.get(raw["id"])
        return known or Fact(id=raw["id"], label=str(raw.get("label") or raw["id"]), type="number")


def _computed(raw: Raw, ruleset: Ruleset) -> Computed | None:
    try:
        return Computed.model_validate(raw)
    except ValidationError:
        return ruleset.computed.get(raw["id"])
