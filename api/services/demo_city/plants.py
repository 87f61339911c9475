"""The invented plants of the city: where they lie, what they make, how their grades went over the year."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from grading import uscc

# By county: how many of a hundred plants lie there, the middle of it, and how far that is from the urban area (km).
COUNTIES = {
    "610402": ("秦都", 14, (108.68, 34.34), 0),
    "610404": ("渭城", 13, (108.79, 34.43), 4),
    "610422": ("三原", 10, (108.98, 34.64), 38),
    "610423": ("泾阳", 10, (108.80, 34.58), 24),
    "610424": ("乾县", 6, (108.22, 34.53), 48),
    "610425": ("礼泉", 8, (108.45, 34.52), 30),
    "610426": ("永寿", 4, (108.10, 34.73), 68),
    "610428": ("长武", 4, (107.80, 35.20), 128),
    "610429": ("旬邑", 4, (108.40, 35.15), 96),
    "610430": ("淳化", 4, (108.58, 34.83), 57),
    "610431": ("武功", 7, (108.18, 34.27), 45),
    "610481": ("兴平", 11, (108.45, 34.30), 21),
    "610482": ("彬州", 5, (108.06, 35.02), 104),
}
INDUSTRIES = {
    "industrial-coating": (54, "涂装制造", {"a": 6, "b": 14, "c": 45, "d": 33, "ungraded": 2}),
    "waterproofing": (8, "防水材料", {"c": 1}),
    "rubber": (8, "橡胶制品", {"d": 1}),
    "lime": (4, "石灰", {"d": 3, "open": 1}),
    "ceramics": (4, "陶瓷", {"d": 1}),
    "package-printing": (12, "包装印刷", {"d": 3, "open": 1}),
    "concrete": (10, "商品混凝土", {"non-leading": 3, "leading": 1}),
}
"""By industry: how many of a hundred plants, what they are called, and at which grades they begin."""
WORDS = (
    "宏远",
    "泰和",
    "永兴",
    "金诚",
    "华源",
    "盛达",
    "恒力",
    "汇丰",
    "秦川",
    "渭河",
    "新锐",
    "长青",
    "德隆",
    "瑞丰",
    "安泰",
)
BETTER = {"d": ("c", "b"), "c": ("b", "b", "a"), "b": ("a",), "non-leading": ("leading",)}


@dataclass(frozen=True)
class CityPlant:
    """A plant and its way through the year: templates of its audits from the first to the last."""

    number: int
    name: str
    uscc: str
    county: str
    point: tuple[float, float]
    distance_km: int
    in_urban_area: bool
    industry: str
    first: str
    """Key of the template of its first audit; empty: it was never audited."""
    later: str
    """Of its second audit, if there was one."""
    last: str
    """Of its third, if it fell back."""

    @property
    def permit(self) -> str:
        """The number of its permit."""
        return f"{self.uscc}001V"

    @property
    def level(self) -> str:
        """The level that its first audit is made for; empty: it was never audited."""
        return self.first.removeprefix(f"{self.industry}-").rpartition("-")[0]

    @property
    def head(self) -> dict[str, str]:
        """The plant as an audit names it."""
        return {"name": self.name, "uscc": self.uscc, "permit": self.permit, "county": self.county}


def city_plants(number: int, keys: Sequence[str]) -> tuple[CityPlant, ...]:
    """So many plants, the same at every call; `keys` are those of the templates."""
    chance = Random(13)
    return tuple(_plant(i, chance, keys) for i in range(number))


def _plant(i: int, chance: Random, keys: Sequence[str]) -> CityPlant:
    county = _one(chance, {code: share for code, (_, share, *_) in COUNTIES.items()})
    short, _, (east, north), far = COUNTIES[county]
    industry = _one(chance, {name: share for name, (share, *_) in INDUSTRIES.items()})
    _, called, levels = INDUSTRIES[industry]
    level = _one(chance, levels)
    body = f"91{county}MADE{i:05d}"
    first = "" if i % 37 == 36 else _key(keys, industry, level, chance)
    later = last = ""
    if first and level in BETTER and (i % 3 == 0 or chance.random() < 0.02):
        reached = chance.choice(BETTER[level])
        later = _key(keys, industry, reached, chance)
        if later and reached in ("a", "b") and i % 12 == 3:
            last = _key(keys, industry, "c", chance)
    wide = 0.09 if far > 25 else 0.045
    spread = chance.uniform(-wide, wide), chance.uniform(-wide, wide)
    word = WORDS[chance.randrange(len(WORDS))]
    return CityPlant(
        number=i,
        name=f"{short}{word}{called}有限公司（演示{i + 1:03d}）",
        uscc=body + uscc.check_character(body),
        county=county,
        point=(round(east + spread[0], 4), round(north + spread[1], 4)),
        distance_km=max(far + round(spread[0] * 80), 0),
        in_urban_area=far < 5 and abs(spread[0]) < 0.035,
        industry=industry,
        first=first,
        later=later,
        last=last,
    )


def _one(chance: Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _key(keys: Sequence[str], industry: str, level: str, chance: Random) -> str:
    """A template of an industry and level; empty: there is none."""
    found = [key for key in keys if key.startswith(f"{industry}-{level}-")]
    return chance.choice(found) if found else ""
