"""Runs the mutants of a ruleset against its cases."""

from dataclasses import dataclass

from grading.language.cases import read_cases
from grading.language.load import Library
from grading.model.ruleset import Ruleset
from grading.mutation.coverage import Covered, coverage
from grading.mutation.equivalent import equivalent
from grading.mutation.mutants import Mutant, mutants
from grading.mutation.outcomes import CaseOutcomes


@dataclass(frozen=True)
class MutationReport:
    """Coverage of a ruleset by its cases, and the mutants they kill."""

    ruleset: Ruleset
    cases: int
    covered: tuple[Covered, ...]
    killed: tuple[Mutant, ...]
    survivors: tuple[Mutant, ...]
    equivalent: tuple[Mutant, ...]
    """Those that no case could fail: they are no mistakes."""

    @property
    def share(self) -> float:
        """The share of the mutants that are not equivalent which a case fails; 1 where there are none."""
        whole = len(self.killed) + len(self.survivors)
        return len(self.killed) / whole if whole else 1.0


def mutation_report(library: Library, ruleset_id: str) -> MutationReport:
    """Coverage and mutants of a ruleset. Raises LanguageError, KeyError, or AuditError for a case that can't be graded."""
    ruleset, cases = library.ruleset(ruleset_id), read_cases(library, ruleset_id)
    outcomes = CaseOutcomes(library, ruleset, cases)
    listed = tuple(mutants(ruleset))
    found = list(zip(listed, outcomes.killed(listed), strict=True))
    killed = tuple(mutant for mutant, is_killed in found if is_killed)
    survivors = tuple(mutant for mutant, is_killed in found if not is_killed)
    same = equivalent(ruleset, survivors)
    proved = {id(mutant) for mutant in same}
    real = tuple(mutant for mutant in survivors if id(mutant) not in proved)
    return MutationReport(ruleset, len(cases), coverage(ruleset, outcomes), killed, real, same)
