"""Reads a campaign and its plants: everything that is wrong with both at once, each with its place."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grading.campaign.levels import Levels, levels_of
from grading.campaign.model import Campaign
from grading.campaign.plants import Plant
from grading.campaign.problems import CampaignError, CampaignProblem, place_text, places
from grading.language.industries import Industries, industries
from grading.language.load import Library
from grading.language.source import Path_, Source, read_source

MOST_LINE_BYTES = 1_000_000


@dataclass(frozen=True)
class Vocabulary:
    """What a campaign may name: the levels of all scales and the key industries."""

    levels: Levels
    industries: Industries


def vocabulary_of(library: Library) -> Vocabulary:
    """The levels and industries of a library; raises LanguageError."""
    return Vocabulary(levels_of(library), industries(library))


@dataclass
class _Document:
    """A campaign file with what was found wrong with it."""

    source: Source
    problems: list[CampaignProblem] = field(default_factory=list)

    def tell(self, path: Path_, message: str) -> None:
        self.problems.append(CampaignProblem(self.source.file, self.source.line(path), place_text(path), message))


def read_inputs(campaign: Path, plants: Path, vocabulary: Vocabulary) -> tuple[Campaign, tuple[Plant, ...]]:
    """A campaign file and its plants file; raises CampaignError with everything that is wrong with either."""
    document = _Document(read_source(campaign, campaign.name))
    found = _campaign(document, vocabulary)
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
    document = _Document(read_source(path, path.name))
    found = _campaign(document, vocabulary)
    if document.problems or found is None:
        raise CampaignError(document.problems)
    return found


def read_plants(path: Path, vocabulary: Vocabulary) -> tuple[Plant, ...]:
    """A plants file by itself: JSON lines, or JSON lines in one list; raises CampaignError."""
    read, problems = _plants(path, vocabulary)
    if problems:
        raise CampaignError(problems)
    return read


def _campaign(document: _Document, vocabulary: Vocabulary) -> Campaign | None:
    source = document.source
    if source.problems:
        document.problems += [
            CampaignProblem(p.file, p.line, p.place, _YAML.format(p.message)) for p in source.problems
        ]
        return None
    try:
        campaign = Campaign.model_validate(source.data)
    except ValidationError as error:
        for path, message in places(error):
            document.tell(path, message)
        return None
    for path, message in _contradictions(campaign, vocabulary):
        document.tell(path, message)
    return campaign


_YAML = "不能读作 YAML：{}"


def _contradictions(campaign: Campaign, vocabulary: Vocabulary) -> Iterator[tuple[Path_, str]]:
    """What each value allows by itself and the whole does not."""
    yield from _dates(campaign)
    yield from _counties(campaign)
    levels, known = vocabulary.levels.standings, vocabulary.industries.ids
    if campaign.reached not in levels:
        yield ("reached",), f"没有等级 {campaign.reached}；可以是 {'、'.join(levels)}"
    if isinstance(campaign.industries, tuple):
        for i, name in enumerate(campaign.industries):
            if name not in known:
                yield ("industries", i), f"不是重点行业：{name}"
            elif name in campaign.industries[:i]:
                yield ("industries", i), f"行业 {name} 重复"
    for i, share in enumerate(campaign.shares):
        if any(share.zone == other.zone for other in campaign.shares[:i]):
            yield ("shares", i, "zone"), f"区域 {share.zone} 重复"
    yield from _roster(campaign, vocabulary)


def _dates(campaign: Campaign) -> Iterator[tuple[Path_, str]]:
    period = campaign.period
    days = [
        (name, day)
        for name in ("start", "roster_frozen", "plans_due", "deadline")
        if (day := getattr(period, name)) is not None
    ]
    for (before, first), (name, day) in itertools.pairwise(days):
        if day < first:
            yield ("period", name), f"{day} 早于 {before}（{first}）；各日期应依次不早于前一个"


def _counties(campaign: Campaign) -> Iterator[tuple[Path_, str]]:
    prefix = jurisdiction_prefix(campaign.jurisdiction)
    for i, target in enumerate(campaign.new):
        if (target.county is None) is not target.rest:
            yield ("new", i), "应写明 county，或写 rest: true，二者取一"
        elif target.county is not None and not target.county.startswith(prefix):
            yield ("new", i, "county"), f"{target.county} 不在本次行动的范围 {campaign.jurisdiction} 之内"
        if any((target.county, target.rest) == (other.county, other.rest) for other in campaign.new[:i]):
            yield ("new", i), f"{target.county or 'rest'} 的目标重复"


def _roster(campaign: Campaign, vocabulary: Vocabulary) -> Iterator[tuple[Path_, str]]:
    first_of: dict[str, int] = {}
    for i, entry in enumerate(campaign.roster):
        first = first_of.setdefault(entry.permit, i)
        if first != i:
            yield ("roster", i, "permit"), f"排污许可证编号 {entry.permit} 已在 roster[{first}]"
        if entry.target not in vocabulary.levels.standings:
            yield ("roster", i, "target"), f"没有等级 {entry.target}"
        for j, measure in enumerate(entry.measures):
            if measure.start is not None and measure.finish < measure.start:
                yield ("roster", i, "measures", j, "finish"), f"{measure.finish} 早于开始日期 {measure.start}"


def jurisdiction_prefix(code: str) -> str:
    """What the codes of a jurisdiction's counties begin with: of a nation nothing, of a province two digits, of a city four."""
    if code == "100000":
        return ""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


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
        try:
            raw = _parsed(line)
            plant = Plant.model_validate(raw, strict=False)
        except ValueError as error:
            found = places(error) if isinstance(error, ValidationError) else [((), f"不是 JSON：{error}")]
            problems += [CampaignProblem(path.name, number, place_text(at), message) for at, message in found]
            continue
        for at, message in _wrong_in(plant, vocabulary):
            problems.append(CampaignProblem(path.name, number, place_text(at), message))
        first = lines_of.setdefault(plant.permit, number)
        if first != number:
            message = f"排污许可证编号 {plant.permit} 已在第 {first} 行"
            problems.append(CampaignProblem(path.name, number, "enterprise.permit", message))
        read.append(plant)
    return tuple(read), problems


def _parsed(line: bytes) -> Any:
    """A line as JSON; raises ValueError."""
    if len(line) > MOST_LINE_BYTES:
        raise ValueError(f"超过 {MOST_LINE_BYTES:,} 字节")
    return json.loads(line, parse_float=Decimal, parse_constant=_refuse)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} 不是数字")


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
