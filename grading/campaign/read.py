"""Reads a campaign and its plants: everything that is wrong with both at once, each with its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grading.campaign.contradictions import Found, contradictions, perhaps
from grading.campaign.model import Campaign
from grading.campaign.plants import Plant
from grading.campaign.problems import CampaignError, CampaignProblem, faults_of_json, place_text, places
from grading.campaign.vocabulary import Vocabulary
from grading.garbage_collection import gc_paused
from grading.identifiers import IdentifierError, normalise_id
from grading.intake import AuditError, parse_json, parse_json_exactly
from grading.language.source import Path_, Source, parse_source, read_source
from grading.problems.campaign_codes import CampaignCode
from grading.problems.codes import ProblemCode
from grading.problems.phrases import Phrase
from grading.problems.reason import Reason, reason_of
from grading.problems.unreadable import why_unreadable

MOST_LINE_BYTES = 1_000_000


@dataclass
class CampaignDocument:
    """A campaign's text with what was found wrong with it."""

    source: Source
    problems: list[CampaignProblem] = field(default_factory=list)

    def tell(self, path: Path_, reason: Reason) -> None:
        self.problems.append(CampaignProblem(self.source.file, self.source.line(path), place_text(path), reason))


def read_inputs(campaign: Path, plants: Path, vocabulary: Vocabulary) -> tuple[Campaign, tuple[Plant, ...]]:
    """A campaign file and its plants file; raises CampaignError with everything that is wrong with either."""
    document = CampaignDocument(read_source(campaign, campaign.name))
    found = _campaign(document, vocabulary)
    with gc_paused():
        read, problems, permits = _plants(plants, vocabulary)
    if permits is not None:
        for i, permit in _on_roster(document.source.data):
            if permit not in permits:
                document.tell(("roster", i, "permit"), reason_of(CampaignCode.PERMIT_NOT_LISTED, permit=permit))
    if document.problems or problems or found is None:
        raise CampaignError([*document.problems, *problems])
    return found, read


def _on_roster(raw: Any) -> Iterator[tuple[int, str]]:
    """The permits of a document's roster, whatever else of it is wrong."""
    roster = raw.get("roster") if isinstance(raw, dict) else None
    for i, entry in enumerate(roster if isinstance(roster, list) else ()):
        permit = entry.get("permit") if isinstance(entry, dict) else None
        if isinstance(permit, str) and permit:
            yield i, permit


def read_campaign(path: Path, vocabulary: Vocabulary) -> Campaign:
    """A campaign file by itself; raises CampaignError."""
    document = CampaignDocument(read_source(path, path.name))
    found = _campaign(document, vocabulary)
    if document.problems or found is None:
        raise CampaignError(document.problems)
    return found


def check_campaign(text: bytes, shown_as: str, vocabulary: Vocabulary) -> tuple[Campaign | None, CampaignDocument]:
    """The campaign that a text states, as far as it is one, and the text with everything that is wrong with it."""
    document = CampaignDocument(parse_source(text, shown_as))
    return _campaign(document, vocabulary), document


def read_plants(path: Path, vocabulary: Vocabulary) -> tuple[Plant, ...]:
    """A plants file by itself: JSON lines, or JSON lines in one list; raises CampaignError."""
    with gc_paused():
        read, problems, _ = _plants(path, vocabulary)
    if problems:
        raise CampaignError(problems)
    return read


def _campaign(document: CampaignDocument, vocabulary: Vocabulary) -> Campaign | None:
    source = document.source
    if source.problems:
        document.problems += [CampaignProblem(p.file, p.line, p.place, p.reason) for p in source.problems]
        return None
    campaign = None
    try:
        campaign = Campaign.model_validate(source.data)
    except ValidationError as error:
        for path, reason in places(error):
            document.tell(path, reason)
    if isinstance(source.data, dict):
        for path, reason in contradictions(source.data, vocabulary):
            document.tell(path, reason)
    return campaign


Permits = set[str] | None
"""Of a plants file, those of lines that are wrong too; None: of some line it can't be said."""


def _plants(path: Path, vocabulary: Vocabulary) -> tuple[tuple[Plant, ...], list[CampaignProblem], Permits]:
    permits: Permits = set()
    read: list[Plant] = []
    problems: list[CampaignProblem] = []
    lines_of: dict[str, int] = {}
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = reason_of(ProblemCode.FILE_UNREADABLE, why=why_unreadable(error))
        return (), [CampaignProblem(path.name, 0, "", reason)], None
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if not line.strip():
            continue
        plant, wrong = _plant(line, vocabulary)
        problems += [CampaignProblem(path.name, number, place_text(at), reason) for at, reason in wrong]
        permit = _permit(line) if plant is None else plant.permit
        permits = None if permits is None or permit is None else permits
        if permit is not None:
            if permits is not None:
                permits.add(permit)
            first = lines_of.setdefault(permit.casefold(), number)
            if first != number:
                reason = reason_of(CampaignCode.PERMIT_TWICE_IN_FILE, permit=permit, line=first)
                problems.append(CampaignProblem(path.name, number, "enterprise.permit", reason))
        if plant is not None:
            read.append(plant)
    return tuple(read), problems, permits


def _permit(line: bytes) -> str | None:
    """The permit that a line states which is no plant."""
    try:
        raw = parse_json(line[:MOST_LINE_BYTES])
    except AuditError:
        return None
    enterprise = raw.get("enterprise") if isinstance(raw, dict) else None
    permit = enterprise.get("permit") if isinstance(enterprise, dict) else None
    return permit if isinstance(permit, str) and permit else None


def _plant(line: bytes, vocabulary: Vocabulary) -> tuple[Plant | None, list[tuple[Path_, Reason]]]:
    """The plant of a line, if it is one, with everything that is wrong with it."""
    if len(line) > MOST_LINE_BYTES:
        return None, [((), reason_of(ProblemCode.TOO_LARGE, most=MOST_LINE_BYTES))]
    try:
        raw, exact = parse_json_exactly(line)
    except AuditError as error:
        return None, [((), problem.reason) for problem in error.problems]
    wrong: list[tuple[Path_, Reason]] = [] if exact else list(faults_of_json(raw))
    plant = None
    try:
        plant = Plant.model_validate(raw)
    except ValidationError as error:
        reported = {at for at, _ in wrong}
        wrong += [(at, reason) for at, reason in places(error) if at not in reported]
    reported = {at for at, _ in wrong}
    wrong += [(at, reason) for at, reason in _wrong_in(raw, vocabulary) if at not in reported]
    return plant, wrong


def _wrong_in(raw: Any, vocabulary: Vocabulary) -> Found:
    """What a line can't mean, whatever else of it is wrong."""
    line = raw if isinstance(raw, dict) else {}
    enterprise = line.get("enterprise")
    if isinstance(enterprise, dict):
        yield from _spelling(enterprise.get("permit"))
    seen: set[str] = set()
    for i, unit in _objects(line.get("units")):
        id_, industry = unit.get("id"), unit.get("industry")
        if isinstance(id_, str):
            if id_ in seen:
                yield ("units", i, "id"), reason_of(CampaignCode.UNIT_TWICE, unit=id_)
            seen.add(id_)
        if isinstance(industry, str) and industry not in vocabulary.industries.ids:
            hint = perhaps(industry, vocabulary)
            if hint is not Phrase.NOTHING:
                reason = reason_of(CampaignCode.INDUSTRY_MISSPELT, industry=industry, hint=hint)
                yield ("units", i, "industry"), reason
        for j, grading in _objects(unit.get("gradings")):
            for key in ("grade", "attainable"):
                level = grading.get(key)
                if isinstance(level, str) and level not in vocabulary.levels.standings:
                    levels = tuple(vocabulary.levels.standings)
                    reason = reason_of(CampaignCode.LEVEL_UNKNOWN, level=level, levels=levels)
                    yield ("units", i, "gradings", j, key), reason


def _objects(raw: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The items of a list that have keys and values, each with its place."""
    return ((i, item) for i, item in enumerate(raw if isinstance(raw, list) else ()) if isinstance(item, dict))


def _spelling(permit: Any) -> Found:
    """A permit that is written otherwise than its plain form would be another plant's key."""
    if not isinstance(permit, str):
        return
    try:
        plain = normalise_id(permit)[0]
    except IdentifierError as error:
        yield ("enterprise", "permit"), error.reason
        return
    if plain != permit:
        yield ("enterprise", "permit"), reason_of(CampaignCode.PERMIT_SPELLING, permit=plain)
