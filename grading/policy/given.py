"""The facts that the system gives to every policy, and how conditions on grades become conditions on them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from grading.campaign.levels import Levels
from grading.campaign.vocabulary import Vocabulary
from grading.language.source import Path_, Source
from grading.model.base import Scalar
from grading.model.ruleset import Fact
from grading.policy.model import Subject
from grading.problems.reason import reason_of
from grading.problems.ruleset_codes import RulesetCode

GRADES = ("grade", "facility_grade")
PROJECT_KINDS = {
    "new": "新建",
    "rebuild": "改建",
    "extension": "扩建",
    "relocation": "迁建",
    "pollution_control_upgrade": "污染治理提升",
}
STATED = ("in_urban_area", "distance_km", "distance_method", "capacity_utilisation")
"""The given facts that an audit may state."""
PLACE = ("city", "county")
DISTANCE_DECIMALS = 9
OTHERS = "others"
"""The option that stands for an industry or a county of which no policy knows."""
OTHERS_LABEL = "其他行业"
ZONES = {"core": "市区及周边", "other": "其他区域"}
DISTANCE_METHODS = {"fence": "厂界", "centre": "厂区中心"}


def given_to(subject: Subject) -> frozenset[str]:
    """The given facts that there are of a subject; a condition on another one would be unknown for ever."""
    grades = [f"{name}_{part}" for name in GRADES for part in ("standing", "attainable", "is_decided")]
    industry = ("industry", "is_key_industry")
    if subject == "unit":
        return frozenset((*industry, *PLACE, *STATED, *grades))
    if subject == "enterprise":
        return frozenset((*PLACE, *STATED, *(name for name in grades if name.startswith("grade_"))))
    where = ("zone", "in_urban_area", "distance_km", "distance_method")
    return frozenset((*industry, *PLACE, *where, "project_kind", "emits_to_air", *grades))


def given_facts(vocabulary: Vocabulary, places: Iterable[str] = ()) -> dict[str, Fact]:
    """The facts by id; `places` are the codes that conditions compare the county and its city with."""
    industries = {
        name: industry.label for industry in vocabulary.industries.industries for name in sorted(industry.ids)
    } | {OTHERS: OTHERS_LABEL}
    worst = Decimal(max(vocabulary.levels.standings.values()))
    facts = [
        Fact(id="industry", label="行业", type="choice", options=industries, circumstance=True),
        Fact(id="is_key_industry", label="属于重点行业", type="boolean", circumstance=True),
        # Codes of places are no identifiers of the language, so they can't be declared in a file.
        *(
            Fact.model_construct(
                **{**_PLAIN, "id": name, "label": f"所在{what}", "type": "choice"},
                options={code: vocabulary.regions.get(code, code) for code in places} | {OTHERS: f"其他{what}"},
            )
            for name, what in (("city", "市"), ("county", "区县"))
        ),
        Fact(id="zone", label="所在区域", type="choice", options=ZONES, circumstance=True),
        Fact(id="in_urban_area", label="位于市区", type="boolean", circumstance=True),
        Fact(id="distance_km", label="距市区边界", type="number", unit="km", min=Decimal(0), decimals=6).model_copy(
            # Distances are compared unrounded, so more places are read than a ruleset's own facts may have.
            update={"decimals": DISTANCE_DECIMALS}
        ),
        Fact(id="distance_method", label="距离的量法", type="choice", options=DISTANCE_METHODS, circumstance=True),
        Fact(id="project_kind", label="项目性质", type="choice", options=PROJECT_KINDS, circumstance=True),
        Fact(id="emits_to_air", label="涉气项目", type="boolean", circumstance=True),
        Fact(id="capacity_utilisation", label="产能利用率", type="number", unit="%", min=Decimal(0), decimals=2),
    ]
    for name, label in zip(GRADES, ("绩效等级", "治污设施绩效等级"), strict=True):
        facts += [
            Fact(id=f"{name}_standing", label=label, type="number", min=Decimal(1), max=worst, decimals=0),
            Fact(id=f"{name}_attainable", label=f"可达{label}", type="number", min=Decimal(1), max=worst, decimals=0),
            Fact(id=f"{name}_is_decided", label=f"{label}已定", type="boolean"),
        ]
    return {fact.id: fact for fact in facts}


_PLAIN: Mapping[str, Any] = {
    name: field.get_default(call_default_factory=True)
    for name, field in Fact.model_fields.items()
    if not field.is_required() and name != "options"
}


def with_levels_as_standings(raw: Any, levels: Levels, source: Source, at: Path_ = ()) -> Any:
    """A policy's document in which `{fact: grade, level_at_least: B}` is said in the language's own operators.

    It is met when the certain grade is at least that good, unmet when even the attainable one isn't, and else unknown:
    whether a grade is decided is never stated as false, only as true or not at all. An unknown level is a problem of the source.
    """
    if isinstance(raw, list):
        return [with_levels_as_standings(item, levels, source, (*at, i)) for i, item in enumerate(raw)]
    if not isinstance(raw, dict):
        return raw
    if "level_at_least" not in raw:
        return {key: with_levels_as_standings(item, levels, source, (*at, key)) for key, item in raw.items()}
    level, fact = raw["level_at_least"], raw.get("fact")
    if level not in levels.standings:
        unknown = reason_of(RulesetCode.NO_SUCH_LEVEL, level=str(level))
        source.problems.append(source.problem((*at, "level_at_least"), unknown))
    if fact not in GRADES:
        without = reason_of(RulesetCode.FACT_WITHOUT_LEVELS, facts=tuple(GRADES))
        source.problems.append(source.problem((*at, "fact"), without))
    if source.problems:
        return raw
    rest = {key: value for key, value in raw.items() if key not in ("fact", "level_at_least")}
    return level_at_least(str(fact), level, levels) | rest


def level_at_least(fact: str, level: str, levels: Levels) -> dict[str, Any]:
    """The condition that a grade is at least as good as a level, as a document; a level with a minus counts as the level."""
    standing = Decimal(levels.threshold(level))
    attainable = {"fact": f"{fact}_attainable", "at_most": standing}
    decided = {"fact": f"{fact}_is_decided", "equals": True}
    label = levels.labels.get(level, level)
    what = "绩效等级" if fact == "grade" else "治污设施绩效等级"
    return {
        "any": [{"fact": f"{fact}_standing", "at_most": standing}, {"all": [attainable, decided]}],
        "text": f"{what}达到{label}及以上",
    }


def grade_facts(levels: Levels, name: str, grade: str | None, attainable: str | None) -> dict[str, Decimal | bool]:
    """The system's facts of a grade: nothing of one that is not known."""
    if grade is None or attainable is None:
        return {}
    facts: dict[str, Decimal | bool] = {
        f"{name}_standing": Decimal(levels.standings[grade]),
        f"{name}_attainable": Decimal(levels.standings[attainable]),
    }
    if grade == attainable:
        facts[f"{name}_is_decided"] = True
    return facts


def place_facts(county: str) -> dict[str, Scalar | None]:
    """The county and its city, which a code that stands for more than a city leaves open."""
    return {"county": county, "city": None if county.endswith("0000") else f"{county[:4]}00"}


def given_value(fact: Fact, value: Scalar | None) -> Scalar | None:
    """The given value of a fact; an industry or a place that no policy names is one of the others."""
    if fact.id in ("industry", *PLACE) and isinstance(value, str) and value not in fact.options:
        return OTHERS
    return value
