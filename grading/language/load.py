"""Files → rulesets: read, validate, merge parent and parts; all problems of all files at once."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from grading.garbage_collection import gc_paused
from grading.language.check import unusable
from grading.language.check.scales import check_scales
from grading.language.invalid import invalid
from grading.language.loaded import Loaded, Origin
from grading.language.problems import LanguageError, Problem
from grading.language.shipped import default_root
from grading.language.source import Path_, Source, read_head, read_source
from grading.model.ruleset import (
    ALERTS,
    Content,
    Dimension,
    Frame,
    Group,
    Measure,
    Measures,
    Part,
    Ruleset,
    RulesetFile,
    Scale,
    Scope,
    split_levels,
)
from grading.problems.phrases import Phrase
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

M = TypeVar("M", bound=BaseModel)
BESIDE = (".cases.yaml", ".accepted.yaml")
"""The suffixes of files that stand beside a ruleset's."""
LISTS = ("facts", "computed", "indicators", "gates")


class Library:
    """The rulesets below one directory. Files are read once; a library is a snapshot."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or default_root()
        self._sources: dict[str, Source] = {}
        self._merged: dict[str, Loaded] = {}
        self._usable: dict[str, Loaded] = {}
        self._held: dict[str, bool] = {}
        self.version = 0
        """Goes up whenever a ruleset that is no file comes or goes."""

    def ids(self) -> tuple[str, ...]:
        """The ids of all rulesets there are, in order."""
        return tuple(sorted(self._files | {held for held, offered in self._held.items() if offered}))

    def is_file(self, ruleset_id: str) -> bool:
        """True for a ruleset of the directory."""
        return ruleset_id not in self._held and ruleset_id in self._files

    @cached_property
    def _files(self) -> frozenset[str]:
        """The ids of the rulesets that are files."""
        files = (p for p in self.root.glob("*/*.yaml") if p.parent.name != "common")
        return frozenset(f"{p.parent.name}/{p.stem}" for p in files if not p.name.endswith(BESIDE))

    def hold(self, ruleset: Ruleset, *, offered: bool) -> None:
        """Have a ruleset that is no file; one that is not `offered` is read by its id, and not among the ids."""
        loaded = Loaded(ruleset, {}, Source(f"{ruleset.id}.yaml", None))
        self._merged[ruleset.id] = self._usable[ruleset.id] = loaded
        self._held[ruleset.id] = offered
        self.version += 1

    def held(self) -> tuple[Ruleset, ...]:
        """The rulesets that are no files."""
        return tuple(self._usable[ruleset_id].ruleset for ruleset_id in tuple(self._held))

    def let_go(self, ruleset_id: str) -> None:
        """Have such a ruleset no more."""
        for stored in (self._merged, self._usable, self._held):
            stored.pop(ruleset_id, None)
        self.version += 1

    def ruleset(self, ruleset_id: str) -> Ruleset:
        """The merged ruleset; raises LanguageError with everything that is wrong, or KeyError if there is none."""
        return self.load(ruleset_id).ruleset

    def usable(self, ids: Iterable[str] | None = None) -> Iterator[Ruleset]:
        """Of some rulesets, or of all, those that can be used, in order; why the others can't, `check` says."""
        for ruleset_id in self.ids() if ids is None else ids:
            with suppress(LanguageError):
                yield self.ruleset(ruleset_id)

    def title(self, ruleset_id: str) -> str | None:
        """The title that the ruleset or an ancestor states, read from the heads of their files alone; None without any."""
        if ruleset_id in self._held:
            return self._usable[ruleset_id].ruleset.title
        seen: set[str] = set()
        parent: str | None = ruleset_id
        while parent is not None and parent not in seen:
            seen.add(parent)
            title, parent = read_head(self.root / f"{parent}.yaml")
            if title is not None:
                return title
        return None

    def load(self, ruleset_id: str) -> Loaded:
        """The merged ruleset with its places; raises as `ruleset` does."""
        if ruleset_id not in self._usable:
            with gc_paused():
                loaded = self.merged(ruleset_id)
                problems = unusable(loaded)
            if problems:
                raise LanguageError(problems)
            self._usable[ruleset_id] = loaded
        return self._usable[ruleset_id]

    def merged(self, ruleset_id: str) -> Loaded:
        """The merged ruleset as its files say it, even if that can't mean anything; raises as `ruleset` does."""
        if ruleset_id not in self._merged:
            if ruleset_id not in self.ids():
                raise KeyError(ruleset_id)
            with gc_paused():
                self._merged[ruleset_id] = self._merge(ruleset_id)
        return self._merged[ruleset_id]

    def made_of(self, ruleset_id: str) -> tuple[str, ...]:
        """The names of the files that a ruleset is made of, in the order of merging; raises as `ruleset` does."""
        self.merged(ruleset_id)
        chain = self._lineage(ruleset_id, [])
        return tuple(name for _, file in chain for name in (*file.include, file.id))

    @cache  # noqa: B019  one library lives as long as its process needs it
    def frame(self) -> Frame:
        """Scales, dimensions and scopes; raises LanguageError."""
        scales = self._source("scales")
        dimensions = self._source("dimensions")
        problems = [*scales.problems, *dimensions.problems]
        if problems:
            raise LanguageError(problems)
        raw = dimensions.data if isinstance(dimensions.data, dict) else {}
        found_scales = _validate_each(scales, (), scales.data, Scale, problems)
        found_dimensions = _validate_each(dimensions, ("dimensions",), raw.get("dimensions"), Dimension, problems)
        found_scopes = _validate_each(dimensions, ("scopes",), raw.get("scopes"), Scope, problems)
        for name, scope in found_scopes.items():
            for i, dimension in enumerate(scope.dimensions):
                if dimension not in found_dimensions:
                    place: Path_ = ("scopes", name, "dimensions", i)
                    unknown = reason_of(RulesetCode.DIMENSION_UNKNOWN, dimension=dimension, hint=Phrase.NOTHING)
                    problems.append(dimensions.problem(place, unknown))
        problems.extend(check_scales(scales, found_scales))
        if problems:
            raise LanguageError(problems)
        return Frame(scales=found_scales, dimensions=found_dimensions, scopes=found_scopes)

    def _source(self, name: str) -> Source:
        if name not in self._sources:
            path = self.root / f"{name}.yaml"
            self._sources[name] = read_source(path, _shown(path))
        return self._sources[name]

    def _merge(self, ruleset_id: str) -> Loaded:
        problems: list[Problem] = []
        chain = self._lineage(ruleset_id, problems)
        if problems:
            raise LanguageError(problems)
        frame = self.frame()
        merged: dict[str, dict[str, Any]] = {name: {} for name in ("groups", *LISTS)}
        measures: dict[str, dict[str, tuple[Measure, ...]]] = {alert: {} for alert in ALERTS}
        origins: dict[tuple[str, str], Origin] = {}
        for source, content in self._layers(chain, problems):
            _overlay(merged, measures, origins, source, content)
        head = _inherit([file for _, file in chain])
        own = chain[-1][0]
        if head["title"] is None or head["scale"] is None or head["industry"] is None:
            missing = tuple(name for name in ("title", "scale", "industry") if head[name] is None)
            problems.append(own.problem((), reason_of(RulesetCode.HEAD_LACKING, names=missing)))
        elif head["scale"] not in frame.scales:
            known = tuple(frame.scales)
            problems.append(
                own.problem(("scale",), reason_of(RulesetCode.SCALE_UNKNOWN, scale=head["scale"], scales=known))
            )
        if problems:
            raise LanguageError(problems)
        file = chain[-1][1]
        order = list(frame.dimensions)
        indicators = [merged["indicators"][i] for i in merged["indicators"]]
        indicators.sort(key=lambda ind: order.index(ind.dimension) if ind.dimension in order else len(order))
        ruleset = Ruleset(
            id=file.id,
            title=head["title"],
            scale_id=head["scale"],
            scale=frame.scales[head["scale"]],
            dimensions=frame.dimensions,
            scopes=frame.scopes,
            edition=file.edition,
            jurisdiction=file.jurisdiction,
            industry=head["industry"],
            review=file.review,
            lineage=tuple(dict.fromkeys(source.file for source, _ in self._layers(chain, []))),
            groups=merged["groups"],
            facts=merged["facts"],
            computed=merged["computed"],
            indicators=tuple(indicators),
            gates=tuple(merged["gates"].values()),
            measures=Measures.model_validate(measures),
            notes=tuple(note for _, layer in chain for note in layer.notes),
        )
        return Loaded(ruleset, origins, own)

    def _lineage(self, ruleset_id: str, problems: list[Problem]) -> list[tuple[Source, RulesetFile]]:
        """The ruleset's file and its ancestors', the oldest first."""
        chain: list[tuple[Source, RulesetFile]] = []
        seen: list[str] = []
        next_id: str | None = ruleset_id
        while next_id is not None:
            source = self._source(next_id)
            if next_id in seen:
                circle = " → ".join([*seen, next_id])
                problems.append(source.problem(("extends",), reason_of(RulesetCode.EXTENDS_ITSELF, circle=circle)))
                break
            seen.append(next_id)
            file = _validate(source, (), source.data, RulesetFile, problems)
            if file is None:
                break
            if file.id != next_id:
                elsewhere = reason_of(RulesetCode.ID_ELSEWHERE, id=file.id, expected=next_id)
                problems.append(source.problem(("id",), elsewhere))
            chain.insert(0, (source, file))
            if file.extends is not None and file.extends not in self.ids():
                unknown = reason_of(RulesetCode.RULESET_UNKNOWN, ruleset=file.extends)
                problems.append(source.problem(("extends",), unknown))
                break
            next_id = file.extends
        return chain

    def _layers(
        self, chain: list[tuple[Source, RulesetFile]], problems: list[Problem]
    ) -> Iterable[tuple[Source, Content]]:
        """Everything a ruleset is made of, in the order of merging."""
        for source, file in chain:
            for i, part_id in enumerate(file.include):
                if part_id in file.include[:i]:
                    problems.append(source.problem(("include", i), reason_of(RulesetCode.PART_TWICE, part=part_id)))
                    continue
                part_source = self._source(part_id)
                if not (self.root / f"{part_id}.yaml").is_file():
                    problems.append(source.problem(("include", i), reason_of(RulesetCode.PART_UNKNOWN, part=part_id)))
                    continue
                part = _validate(part_source, (), part_source.data, Part, problems)
                if part is not None:
                    yield part_source, part
            yield source, file


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _inherit(files: list[RulesetFile]) -> dict[str, Any]:
    """Title, scale and industry: the youngest statement of each."""
    names = ("title", "scale", "industry")
    return {
        name: next((getattr(f, name) for f in reversed(files) if getattr(f, name) is not None), None) for name in names
    }


def _overlay(
    merged: dict[str, dict[str, Any]],
    measures: dict[str, dict[str, tuple[Measure, ...]]],
    origins: dict[tuple[str, str], Origin],
    source: Source,
    content: Content,
) -> None:
    for group_id, group in content.groups.items():
        merged["groups"][group_id] = group
        origins["groups", group_id] = Origin(source, ("groups", group_id))
    for name in LISTS:
        for i, entry in enumerate(getattr(content, name)):
            merged[name][entry.id] = entry
            origins[name, entry.id] = Origin(source, (name, i))
    for alert in ALERTS:
        stated: dict[str, tuple[Measure, ...]] = getattr(content.measures, alert)
        for key, entries in stated.items():
            for level in split_levels(key):
                measures[alert][level] = entries
                origins["measures", f"{alert}.{level}"] = Origin(source, ("measures", alert, key))


def _validate(source: Source, at: Path_, raw: Any, model: type[M], problems: list[Problem]) -> M | None:
    problems.extend(source.problems)
    if source.problems and raw is None:
        return None
    if not isinstance(raw, dict):
        problems.append(source.problem(at, reason_of(RulesetCode.MAPPING_EXPECTED)))
        return None
    try:
        found = model.model_validate(raw)
    except ValidationError as error:
        problems.extend(invalid(source, at, raw, error))
        _duplicates(source, at, raw, problems)
        return None
    _duplicates(source, at, raw, problems)
    return found


def _validate_each(source: Source, at: Path_, raw: Any, model: type[M], problems: list[Problem]) -> dict[str, M]:
    if not isinstance(raw, dict):
        problems.append(source.problem(at, reason_of(RulesetCode.MAPPING_EXPECTED)))
        return {}
    return {
        key: found
        for key, value in raw.items()
        if (found := _validate(source, (*at, key), value, model, problems)) is not None
    }


def _duplicates(source: Source, at: Path_, raw: dict[str, Any], problems: list[Problem]) -> None:
    for name in LISTS:
        entries = raw.get(name)
        seen: dict[str, int] = {}
        for i, entry in enumerate(entries if isinstance(entries, list) else []):
            id_ = entry.get("id") if isinstance(entry, dict) else None
            if not isinstance(id_, str):
                continue
            if id_ in seen:
                first = source.line((*at, name, seen[id_]))
                twice = reason_of(RulesetCode.ID_TWICE, id=id_, line=first)
                problems.append(source.problem((*at, name, i), twice))
            seen.setdefault(id_, i)


__all__ = ["Group", "Library", "Loaded", "default_root"]
