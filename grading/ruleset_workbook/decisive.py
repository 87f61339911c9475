"""The number of units whose grades hang on each figure of a ruleset: of its cases, or of given audits."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from grading.case_runner import as_audit
from grading.engine.grade import Engine
from grading.gaps.causes import open_points
from grading.gaps.ground_figures import turning_places
from grading.gaps.tree.subject import Subject
from grading.intake import check_audit
from grading.language.cases import read_cases
from grading.language.load import Library
from grading.model.audit import Audit
from grading.model.base import Mode
from grading.model.ruleset import Ruleset


def case_audits(library: Library, ruleset_id: str) -> Iterator[Audit]:
    """The ruleset's cases as audits. Raises LanguageError or AuditError where they can't be read."""
    for case in read_cases(library, ruleset_id):
        yield check_audit(as_audit(case), library, as_recorded=True)


def hanging(engine: Engine, ruleset: Ruleset, audits: Iterable[Audit]) -> tuple[Mapping[str, int], int]:
    """By the name of each figure how many units' grades hang on it, and how many units there are of the ruleset.

    A grade hangs on a figure with whose other outcome it would be another, and on one that is not known while it could still
    lift the unit. Provisional figures count, so that a unit has a grade.
    """
    counts, units = Counter[str](), 0
    for audit in audits:
        if all(unit.ruleset != ruleset.id for unit in audit.units):
            continue
        grading = engine.grade(audit, Mode.TRIAL)
        for index, unit in enumerate(grading.units):
            if audit.units[index].ruleset != ruleset.id:
                continue
            units += 1
            subject = Subject(audit, index, ruleset, unit, Mode.TRIAL)
            names = {*turning_places(subject), *(name for _, _, name in open_points(subject).figures)}
            counts.update(names)
    return counts, units
