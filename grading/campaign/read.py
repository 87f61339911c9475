"""Reads a campaign and its plants: everything that is wrong with both at once, each with its place."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from grading.campaign.contradictions import contradictions
from grading.campaign.model import Campaign
from grading.campaign.plants import Plant
from grading.campaign.problems import CampaignError, CampaignProblem, faults_of_json, place_text, places
from grading.campaign.vocabulary import Vocabulary
from grading.gc_paused import gc_paused
from grading.intake import NOT_JSON, AuditError, parse_json_exactly
from grading.language.source import Path_, Source, parse_source, read_source

MOST_LINE_BYTES = 1_000_000


@dataclass
class CampaignDocument:
    """A campaign's text with what was found wrong with it."""

    source: Source
    problems: list[CampaignProblem] = field(default_factory=list)

    def tell(self, path: Path_, message: str) -> None:
        self.problems.append(CampaignProblem(self.source.file, self.source.line(path), place_text(path), message))


def read_inputs(campaign: Path, plants: Path, vocabulary: Vocabulary) -> tuple[Campaign, tuple[Plant, ...]]:
    """A campaign file and its plants file; raises CampaignError with everything that is wrong with either."""
    document = CampaignDocument(read_source(campaign, campaign.name))
    found = _campaign(document, vocabulary)
    with gc_paused():
        read, problems = _plants(plants, vocabulary)
    if found is not None and not problems:
        permits = {plant.permit for plant in read}
        for i, entry in enumerate(found.roster):
            if entry.permit not in permits:
                document.tell(("roster", i, "permit"), f"企业清单中没有排污许可证编号 {entry.permit}")
    if document.problems or problems or found is None:
        raise CampaignError([*document.problems, *problems])
    return found, read


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
        read, problems = _plants(path, vocabulary)
    if problems:
        raise CampaignError(problems)
    return read


def _campaign(document: CampaignDocument, vocabulary: Vocabulary) -> Campaign | None:
    source = document.source
    if source.problems:
        document.problems += [
            CampaignProblem(p.file, p.line, p.place, _YAML.format(p.message)) for p in source.problems
        ]
        return None
    campaign = None
    try:
        campaign = Campaign.model_validate(source.data)
    except ValidationError as error:
        for path, message in places(error):
            document.tell(path, message)
    if isinstance(source.data, dict):
        for path, message in contradictions(source.data, vocabulary):
            document.tell(path, message)
    return campaign


_YAML = "不能读作 YAML：{}"


def _plants(path: Path, vocabulary: Vocabulary) -> tuple[tuple[Plant, ...], list[CampaignProblem]]:
    read: list[Plant] = []
    problems: list[CampaignProblem] = []
    lines_of: dict[str, int] = {}
    try:
        content = path.read_bytes()
    except OSError as error:
        return (), [CampaignProblem(path.name, 0, "", f"不能读取：{error.strerror}")]
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if not line.strip():
            continue
        plant, wrong = _plant(line, vocabulary)
        problems += [CampaignProblem(path.name, number, place_text(at), message) for at, message in wrong]
        if plant is None:
            continue
        first = lines_of.setdefault(plant.permit, number)
        if first != number:
            message = f"排污许可证编号 {plant.permit} 已在第 {first} 行"
            problems.append(CampaignProblem(path.name, number, "enterprise.permit", message))
        read.append(plant)
    return tuple(read), problems


def _plant(line: bytes, vocabulary: Vocabulary) -> tuple[Plant | None, list[tuple[Path_, str]]]:
    """The plant of a line, if it is one, with everything that is wrong with it."""
    if len(line) > MOST_LINE_BYTES:
        return None, [((), f"超过 {MOST_LINE_BYTES:,} 字节")]
    try:
        raw, exact = parse_json_exactly(line)
    except AuditError as error:
        return None, [((), f"不是 JSON：{problem.message.removeprefix(NOT_JSON)}") for problem in error.problems]
    wrong: list[tuple[Path_, str]] = [] if exact else list(faults_of_json(raw))
    try:
        plant = Plant.model_validate(raw)
    except ValidationError as error:
        told = {at for at, _ in wrong}
        return None, wrong + [(at, message) for at, message in places(error) if at not in told]
    return plant, [*wrong, *_wrong_in(plant, vocabulary)]


def _wrong_in(plant: Plant, vocabulary: Vocabulary) -> Sequence[tuple[Path_, str]]:
    wrong: list[tuple[Path_, str]] = []
    seen: set[str] = set()
    for i, unit in enumerate(plant.units):
        if unit.id in seen:
            wrong.append((("units", i, "id"), f"单元编号 {unit.id} 重复"))
        seen.add(unit.id)
        for j, grading in enumerate(unit.gradings):
            for key, level in (("grade", grading.grade), ("attainable", grading.attainable)):
                if level not in vocabulary.levels.standings:
                    wrong.append((("units", i, "gradings", j, key), f"没有等级 {level}"))
    return wrong
