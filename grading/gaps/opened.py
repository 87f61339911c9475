"""The gaps of a grading's units, opened and closed once for all who ask: the plan of a unit and that of its enterprise."""

from grading.engine.grade import Engine
from grading.gaps.solver.change_sets import Solution, solve
from grading.gaps.solver.trials import Trials
from grading.gaps.tree.answers import Answers
from grading.gaps.tree.lines import Open
from grading.gaps.tree.subject import Subject
from grading.model.audit import Audit
from grading.model.result import Grading


class Opened:
    """The units of a graded audit as they are today."""

    def __init__(self, engine: Engine, audit: Audit, grading: Grading) -> None:
        self.engine, self.audit, self.grading = engine, audit, grading
        self._answers = Answers()
        self._trials: dict[int, Trials] = {}
        self._gaps: dict[tuple[int, str], Open] = {}
        self._cheapest: dict[tuple[int, str], Solution] = {}

    def subject(self, index: int) -> Subject:
        """A unit with its grading."""
        return self.trials(index).subject

    def trials(self, index: int) -> Trials:
        """Changed audits of a unit."""
        if index not in self._trials:
            ruleset = self.engine.library.ruleset(self.audit.units[index].ruleset)
            subject = Subject(self.audit, index, ruleset, self.grading.units[index], self.grading.mode, self._answers)
            self._trials[index] = Trials(self.engine, subject)
        return self._trials[index]

    def gaps(self, index: int, level: str) -> Open:
        """The gaps between a unit and a level."""
        if (index, level) not in self._gaps:
            self._gaps[index, level] = Open(self.subject(index), level)
        return self._gaps[index, level]

    def cheapest(self, index: int, level: str) -> Solution:
        """The cheapest changes that lift a unit to a level."""
        if (index, level) not in self._cheapest:
            self._cheapest[index, level] = solve(self.trials(index), self.gaps(index, level), smallest=False)
        return self._cheapest[index, level]
