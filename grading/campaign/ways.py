"""A plant's ways to a level: its open gaps, and the changes that close them, proven by grading the changed audit.

Where figures of the guideline that are not established keep a plant from the level, no change of the plant can be proven
officially; then the way is looked for with provisional figures counted, and marked as a trial's.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from grading.campaign.levels import Levels
from grading.digest import audit_digest
from grading.engine.grade import Engine
from grading.gaps import ReachedError, direct_step
from grading.intake import AuditError
from grading.model.audit import Audit
from grading.model.base import Mode, Remedy, Strict
from grading.model.gap import Change, ChangeSet, Costs, GapLine, Step
from grading.model.result import UNGRADED, Grading
from grading.ruleset_id import industry_of
from grading.simulate import ENTERPRISE, change_audit

MOST_OBSTACLES = 12
ZERO = Decimal(0)


class PlantGap(Strict):
    """One open comparison on the cheapest way to the level; `id` is that of the gap line."""

    id: str
    unit: str
    industry: str
    source: Literal["indicator", "gate"]
    indicator: str
    title: str
    fact: str
    fact_label: str
    required: str
    actual: str | None
    status: Literal["unmet", "unknown", "unresolved"]


class Obstacle(Strict):
    """A thing that no change of the plant settles."""

    unit: str
    reason: str
    title: str
    text: str
    ready_on: date | None = None


class Work(Strict):
    """A remedy of a way with what it costs there (万元) and takes (weeks); None: nobody has stated it."""

    text: str
    cost_wan: Costs | None
    weeks: Costs | None
    if_needed: bool
    counted_as_one: str | None = None


class Way(Strict):
    """Changes that lift a plant to the level, with the grade that the changed audit got.

    `unpriced` and `untimed` are works without cost or time: what they take comes on top. `counted_as_one` are works at the price
    of one piece, of which nothing tells how many it takes. `waits_until` is the day before which time alone has not
    done its part.
    """

    cost_wan: Costs
    weeks: Costs
    unpriced: int
    untimed: int
    changes: int
    """Values to improve or to wait for."""
    evidence: int
    """Values that only have to be shown."""
    waits_until: date | None
    waits: tuple[str, ...]
    """Of the values to improve or to wait for, what those are that only time changes."""
    works: tuple[Work, ...]
    settings: tuple[str, ...]
    """The changed values, as `grading simulate --set` takes them."""
    grade: str
    audit_digest: str
    counted_as_one: int = 0
    """Of the changed audit that was graded."""


class PlantWays(Strict):
    """The gaps between a graded plant and a level, and its proven ways there, the cheapest and the soonest.

    `mode` is that of the grading in which the ways are proven. None of both: nothing that the plant can do reaches the level;
    `obstacles` says why.
    """

    target: str
    mode: Mode
    engine: str
    grade: str
    industries: dict[str, str]
    """Of the units that are below the level: the names of their rulesets with their titles."""
    gaps: tuple[PlantGap, ...]
    obstacles: tuple[Obstacle, ...]
    cheapest: Way | None
    quickest: Way | None

    @property
    def is_provisional(self) -> bool:
        """True when the ways hold only if provisional figures of the guideline do."""
        return self.mode is Mode.TRIAL


def plant_ways(
    engine: Engine, audit: Audit, grading: Grading, target: str, levels: Levels, units: frozenset[str] | None = None
) -> PlantWays:
    """The ways of a plant, or of some of its units, to a level; officially, else with provisional figures counted.

    `grading` is the official one. The gaps of a provisional way are those that are left if the figures hold.
    """
    official = _ways(engine, audit, grading, target, levels, units)
    if official.cheapest is not None or all(o.reason != "unresolved_figure" for o in official.obstacles):
        return official
    trial = _ways(engine, audit, engine.grade(audit, Mode.TRIAL), target, levels, units)
    if trial.cheapest is None:
        return official
    return trial.model_copy(update={"industries": official.industries})


def together(found: Sequence[PlantWays]) -> PlantWays:
    """The ways of a plant whose units were graded in several audits: all of them have to be gone."""
    if len(found) == 1:
        return found[0]
    cheapest = [ways.cheapest for ways in found if ways.cheapest is not None]
    quickest = [ways.quickest for ways in found if ways.quickest is not None]
    whole = len(cheapest) == len(found)
    provisional = any(ways.is_provisional for ways in found)
    return PlantWays(
        target=found[0].target,
        mode=Mode.TRIAL if provisional else Mode.OFFICIAL,
        engine=found[0].engine,
        grade="、".join(dict.fromkeys(ways.grade for ways in found)),
        industries={name: title for ways in found for name, title in ways.industries.items()},
        gaps=tuple(gap for ways in found for gap in ways.gaps),
        obstacles=tuple(obstacle for ways in found for obstacle in ways.obstacles),
        cheapest=_sum(cheapest) if whole else None,
        quickest=_sum(quickest) if whole else None,
    )


def goal_of(scale: Sequence[str], target: str, levels: Levels) -> str | None:
    """The worst level of a unit's scale that counts as having reached a level of a campaign; None: its scale has none."""
    threshold = levels.threshold(target)
    return next((level for level in reversed(scale) if levels.standings[level] <= threshold), None)


def _ways(
    engine: Engine,
    audit: Audit,
    grading: Grading,
    target: str,
    levels: Levels,
    units: frozenset[str] | None,
) -> PlantWays:
    steps: list[tuple[str, Step]] = []
    obstacles: list[Obstacle] = []
    counted = [i for i, unit in enumerate(audit.units) if units is None or unit.id in units]
    for i in counted:
        unit = audit.units[i]
        goal = goal_of(engine.library.ruleset(unit.ruleset).scale.graded, target, levels)
        if goal is None:
            title = engine.library.ruleset(unit.ruleset).title
            text = f"{title}的等级中没有{levels.labels[target]}或更好的一级"
            obstacles.append(Obstacle(unit=unit.id, reason="no_level", title=title, text=text))
            continue
        try:
            steps.append((unit.id, direct_step(engine, audit, grading, i, goal)))
        except ReachedError:
            continue
    industries = {unit.id: industry_of(unit.ruleset) for unit in audit.units}
    titles = {unit.id: engine.library.ruleset(unit.ruleset).title for unit in audit.units}
    for unit_id, step in steps:
        if step.cheapest is None or not step.cheapest.enough:
            obstacles += [
                Obstacle(unit=unit_id, reason=b.reason, title=b.title, text=b.text, ready_on=b.ready_on)
                for b in step.blockers
            ]
    lines = [(industries[unit_id], line) for unit_id, step in steps for line in step.lines if line.on_cheapest_way]
    cheapest = quickest = None
    if not any(o.reason == "no_level" for o in obstacles):
        mine = frozenset(audit.units[i].id for i in counted)
        cheapest = _proven(engine, audit, grading.mode, target, levels, mine, [s.cheapest for _, s in steps])
        quickest = _proven(engine, audit, grading.mode, target, levels, mine, [s.quickest for _, s in steps])
    return PlantWays(
        target=target,
        mode=grading.mode,
        engine=grading.engine,
        grade=grading.outcome.grade,
        industries={industries[unit_id]: titles[unit_id] for unit_id, _ in steps},
        gaps=tuple(_gap(industry, line) for industry, line in lines),
        obstacles=tuple(dict.fromkeys(obstacles))[:MOST_OBSTACLES],
        cheapest=cheapest,
        quickest=quickest or cheapest,
    )


def _proven(
    engine: Engine,
    audit: Audit,
    mode: Mode,
    target: str,
    levels: Levels,
    units: frozenset[str],
    sets: Sequence[ChangeSet | None],
) -> Way | None:
    """The changes of all units together; None unless the audit with all of them in place is graded as wanted."""
    found = [one for one in sets if one is not None and one.enough]
    if len(found) < len(sets):
        return None
    changes = _merged(change for one in found for change in one.changes)
    settings = tuple(f"{change.setting}={_written(change.after)}" for change in changes)
    try:
        changed = change_audit(audit, settings, engine.library)
    except AuditError:
        # Two units ask for values that don't go together.
        return None
    after = engine.grade(changed, mode)
    threshold = levels.threshold(target)
    if any(levels.standings[unit.outcome.grade] > threshold for unit in after.units if unit.id in units):
        return None
    works = _works(found)
    bare = [c for c in changes if c.kind == "improve" and not c.remedies]
    priced = [work.cost_wan for work in works if work.cost_wan is not None]
    weeks = [one.weeks for one in found if one.weeks is not None]
    ready = [c.ready_on for c in changes if c.ready_on is not None]
    return Way(
        cost_wan=(sum((low for low, _ in priced), ZERO), sum((high for _, high in priced), ZERO)),
        weeks=(max((low for low, _ in weeks), default=ZERO), max((high for _, high in weeks), default=ZERO)),
        unpriced=sum(work.cost_wan is None for work in works) + len(bare),
        untimed=sum(work.weeks is None for work in works) + len(bare),
        changes=sum(change.kind != "supply" for change in changes),
        evidence=sum(change.kind == "supply" for change in changes),
        waits_until=max(ready, default=None),
        waits=tuple(change.fact_label for change in changes if change.kind == "wait"),
        works=works,
        settings=settings,
        grade=_worst([unit.outcome.grade for unit in after.units if unit.id in units], levels),
        audit_digest=audit_digest(changed),
        counted_as_one=sum(work.counted_as_one is not None for work in works),
    )


def _merged(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Each place once; of two values of one place the stricter."""
    found: dict[str, Change] = {}
    for change in changes:
        known = found.setdefault(change.setting, change)
        stricter = {"at_most": lambda a, b: a < b, "at_least": lambda a, b: a > b}.get(change.limit or "")
        if known is not change and stricter is not None and stricter(_number(change.after), _number(known.after)):
            found[change.setting] = change
    return tuple(found.values())


def _number(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value)) if isinstance(value, int | float) else ZERO


def _written(value: object) -> str:
    """A value as a setting states it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value, ensure_ascii=False, default=str)


def _works(sets: Iterable[ChangeSet]) -> tuple[Work, ...]:
    """The works of all units; what only the enterprise as a whole does for several is done and paid once."""
    found: list[Work] = []
    shared: set[Remedy] = set()
    for one in sets:
        places: dict[Remedy, bool] = {}
        for change in one.changes:
            for remedy in change.remedies:
                places[remedy] = places.get(remedy, True) and change.setting.startswith(f"{ENTERPRISE}.")
        for work in one.works:
            if places.get(work.remedy):
                if work.remedy in shared:
                    continue
                shared.add(work.remedy)
            found.append(
                Work(
                    text=work.remedy.text,
                    cost_wan=work.cost_wan_cny,
                    weeks=work.remedy.weeks,
                    if_needed=work.if_needed,
                    counted_as_one=work.counted_as_one,
                )
            )
    return tuple(found)


def _worst(grades: list[str], levels: Levels) -> str:
    return levels.worst(grades) if grades else UNGRADED


def _gap(industry: str, line: GapLine) -> PlantGap:
    return PlantGap(
        id=line.id,
        unit=line.unit,
        industry=industry,
        source=line.source,
        indicator=line.indicator,
        title=line.title,
        fact=line.fact,
        fact_label=line.fact_label,
        required=line.required,
        actual=line.actual_text,
        status=line.status,
    )


def _sum(ways: Sequence[Way]) -> Way:
    waits = [way.waits_until for way in ways if way.waits_until is not None]
    return Way(
        cost_wan=(sum((way.cost_wan[0] for way in ways), ZERO), sum((way.cost_wan[1] for way in ways), ZERO)),
        weeks=(max(way.weeks[0] for way in ways), max(way.weeks[1] for way in ways)),
        unpriced=sum(way.unpriced for way in ways),
        untimed=sum(way.untimed for way in ways),
        changes=sum(way.changes for way in ways),
        evidence=sum(way.evidence for way in ways),
        waits_until=max(waits, default=None),
        waits=tuple(label for way in ways for label in way.waits),
        works=tuple(work for way in ways for work in way.works),
        settings=tuple(setting for way in ways for setting in way.settings),
        grade="、".join(dict.fromkeys(way.grade for way in ways)),
        audit_digest="、".join(way.audit_digest for way in ways),
        counted_as_one=sum(way.counted_as_one for way in ways),
    )
