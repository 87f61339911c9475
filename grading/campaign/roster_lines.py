"""Roster files: a plant a line, with what is known of it, its target and its plan."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, StrictBool, ValidationError

from grading.campaign.contradictions import measure_contradictions
from grading.campaign.model import Day, GradeId, Number, Permit, PlannedMeasure
from grading.campaign.plants import Emissions, StateSince
from grading.campaign.problems import faults_of_json, places
from grading.campaign.vocabulary import Vocabulary
from grading.intake import AuditError, parse_json
from grading.language.source import Path_
from grading.model.base import Strict

MOST_LINES = 50_000


class PlantFacts(Strict):
    """What a campaign counts by and gradings do not say: where a plant lies, how old it is, its states, what it emits."""

    in_urban_area: StrictBool | None = None
    distance_km: Annotated[Number, Field(ge=0)] | None = None
    opened: Day | None = None
    state: tuple[StateSince, ...] = ()
    head: StrictBool = False
    emissions_t_a: Emissions | None = None


class RosterLine(PlantFacts):
    """A plant of a roster file; without a target it is not on the roster, and its facts count all the same."""

    permit: Permit
    target: GradeId | None = None
    measures: tuple[PlannedMeasure, ...] = ()

    @property
    def facts(self) -> PlantFacts:
        """What is known of the plant."""
        return PlantFacts.model_construct(**{name: getattr(self, name) for name in PlantFacts.model_fields})


Wrong = tuple[int, Path_, str]
"""The number of a line (from 1), the place in it, and what would be right."""


def roster_lines(content: bytes, vocabulary: Vocabulary) -> tuple[list[tuple[int, RosterLine]], list[Wrong]]:
    """The lines of a roster file (JSON lines) by number, and everything that is wrong with any of them."""
    raw: list[tuple[int, Any]] = []
    wrong: list[Wrong] = []
    lines = content.removeprefix(b"\xef\xbb\xbf").splitlines()
    if len(lines) > MOST_LINES:
        return [], [(0, (), f"超过 {MOST_LINES:,} 行")]
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                raw.append((number, parse_json(line)))
            except AuditError as error:
                wrong += [(number, (), problem.message) for problem in error.problems]
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
        found: list[tuple[Path_, str]] = [(at, reason.message) for at, reason in faults_of_json(value)]
        try:
            line = RosterLine.model_validate(value)
        except ValidationError as error:
            known = {at for at, _ in found}
            found += [(at, reason.message) for at, reason in places(error) if at not in known]
        else:
            first = first_of.setdefault(line.permit, number)
            if first != number:
                found.append((("permit",), f"排污许可证编号 {line.permit} 已在第 {first} 行"))
            if line.target is not None and line.target not in vocabulary.levels.labels:
                labels = "、".join(vocabulary.levels.labels)
                found.append((("target",), f"没有等级 {line.target}；可以是 {labels}"))
            if line.measures and line.target is None:
                found.append((("target",), "有改造计划的企业应写明目标等级"))
            found += [(("measures", *at), message) for at, message in measure_contradictions(line.measures)]
            read.append((number, line))
        wrong += [(number, at, message) for at, message in found]
    return read, wrong
