"""Roster files: a plant a line, with what is known of it, its target and its plan."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from grading.campaign.contradictions import measure_contradictions, no_level
from grading.campaign.model import GradeId, Permit, PlannedMeasure
from grading.campaign.plants import PlantFacts
from grading.campaign.problems import faults_of_json, places
from grading.campaign.vocabulary import Vocabulary
from grading.intake import AuditError, parse_json
from grading.language.source import Path_
from grading.problems.campaign_codes import CampaignCode
from grading.problems.reason import Reason, reason_of

MOST_LINES = 50_000


class RosterLine(PlantFacts):
    """A plant of a roster file; without a target it is not on the roster, and its facts count all the same."""

    permit: Permit
    target: GradeId | None = None
    measures: tuple[PlannedMeasure, ...] = ()

    @property
    def facts(self) -> PlantFacts:
        """The known facts of the plant."""
        return PlantFacts.model_construct(**{name: getattr(self, name) for name in PlantFacts.model_fields})


Wrong = tuple[int, Path_, Reason]
"""The number of a line (from 1), the place in it, and what would be right."""


def roster_lines(content: bytes, vocabulary: Vocabulary) -> tuple[list[tuple[int, RosterLine]], list[Wrong]]:
    """The lines of a roster file (JSON lines) by number, and everything that is wrong with any of them."""
    raw: list[tuple[int, Any]] = []
    wrong: list[Wrong] = []
    lines = content.removeprefix(b"\xef\xbb\xbf").splitlines()
    if len(lines) > MOST_LINES:
        return [], [(0, (), reason_of(CampaignCode.TOO_MANY_LINES, most=MOST_LINES))]
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                raw.append((number, parse_json(line)))
            except AuditError as error:
                wrong += [(number, (), problem.reason) for problem in error.problems]
    read, more = check_roster(raw, vocabulary)
    return read, sorted([*wrong, *more], key=lambda found: found[0])


def check_roster(
    raw: Iterable[tuple[int, Any]], vocabulary: Vocabulary
) -> tuple[list[tuple[int, RosterLine]], list[Wrong]]:
    """Parsed lines by number as a roster, and everything that is wrong with any of them."""
    read: list[tuple[int, RosterLine]] = []
    wrong: list[Wrong] = []
    first_of: dict[str, int] = {}
    for number, value in raw:
        found: list[tuple[Path_, Reason]] = list(faults_of_json(value))
        try:
            line = RosterLine.model_validate(value)
        except ValidationError as error:
            known = {at for at, _ in found}
            found += [(at, reason) for at, reason in places(error) if at not in known]
        else:
            first = first_of.setdefault(line.permit, number)
            if first != number:
                twice = reason_of(CampaignCode.PERMIT_TWICE_IN_FILE, permit=line.permit, line=first)
                found.append((("permit",), twice))
            if line.target is not None and line.target not in vocabulary.levels.labels:
                found.append((("target",), no_level(line.target, vocabulary)))
            if line.measures and line.target is None:
                found.append((("target",), reason_of(CampaignCode.TARGET_MISSING)))
            found += [(("measures", *at), reason) for at, reason in measure_contradictions(line.measures)]
            read.append((number, line))
        wrong += [(number, at, reason) for at, reason in found]
    return read, wrong
