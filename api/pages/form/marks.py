"""Marks of answers: what is concluded from them, for one unit or for all that share an answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.form.items import Mark
from grading.forms.judged import Judged
from grading.language.decision_text import level_label
from grading.model.ruleset import Ruleset


class Marks:
    """The marks of answers; `stated` are the facts for which units have answers of their own."""

    def __init__(self, units: Sequence[tuple[Judged, Ruleset]], stated: Sequence[Mapping[str, Any]] = ()) -> None:
        self.units, self.stated = units, stated

    def of(self, fact: str, row: str | None = None) -> Mark:
        """The mark of an answer."""
        cell = (fact, row)
        sharing = [unit for i, unit in enumerate(self.units) if not self.stated or fact not in self.stated[i]]
        failing = [level_label(of.scale, level) for one, of in sharing for level in one.failing.get(cell, ())]
        gates = [title for one, _ in sharing for title in one.gates.get(cell, ())]
        satisfies = not failing and not gates and any(cell in one.satisfying for one, _ in sharing)
        counts = [one.hanging.get(cell, (0, 0)) for one, _ in sharing]
        waiting = (sum(gates for gates, _ in counts), sum(indicators for _, indicators in counts))
        return Mark(tuple(dict.fromkeys(failing)), tuple(dict.fromkeys(gates)), satisfies, waiting)
