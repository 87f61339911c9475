"""A plain reading of docs/ruleset-language.md: no rules, no network, one small function a rule of the page.

It exists to disagree with the engine. It takes the models as data and shares nothing else with `grading`: its own
arithmetic (fractions), its own time windows, its own three values.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from grading.model.audit import Audit, Known
from grading.model.condition import All, AnyOf, AtLeastOf, Comparison, ConditionBase, Each, Not, Some
from grading.model.ruleset import Cap, Indicator, Ruleset

MET, UNMET, UNKNOWN, WAIVED = "met", "unmet", "unknown", "waived"


@dataclass
class PlainUnit:
    """What the language page says of one unit, in the words of the result."""

    grade: str = ""
    attainable: str = ""
    levels: dict[str, str] = field(default_factory=dict)
    dimensions: dict[str, tuple[str, str]] = field(default_factory=dict)
    scopes: dict[str, tuple[str, str]] = field(default_factory=dict)
    indicators: dict[str, dict[str, str]] = field(default_factory=dict)
    own: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of each indicator its own level and the one it could attain."""
    short_boards: list[str] = field(default_factory=list)
    applicable: dict[str, bool | None] = field(default_factory=dict)
    gates: dict[str, str] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
    """Status by place; of a condition inside `each` or `some`, by the key of the row."""


def grade_unit(ruleset: Ruleset, audit: Audit, index: int = 0, trial: bool = False) -> PlainUnit:
    """Grade one unit of an audit."""
    return _Unit(ruleset, audit, index, trial).graded()


def worst(outcomes: list[tuple[Ruleset, str]]) -> str:
    """The enterprise's level out of its units': `ungraded`, else the one of the highest standing."""
    if any(level == "ungraded" for _, level in outcomes):
        return "ungraded"
    standing = [{lv.id: lv.standing for lv in ruleset.scale.levels}[level] for ruleset, level in outcomes]
    return outcomes[standing.index(max(standing))][1]


def all_of(statuses: list[str]) -> str:
    """`all` after Kleene."""
    if UNMET in statuses:
        return UNMET
    return UNKNOWN if UNKNOWN in statuses else MET


def any_of(statuses: list[str]) -> str:
    """`any` after Kleene."""
    if MET in statuses:
        return MET
    return UNKNOWN if UNKNOWN in statuses else UNMET


class _Unit:
    def __init__(self, ruleset: Ruleset, audit: Audit, index: int, trial: bool) -> None:
        self.ruleset, self.audit, self.unit, self.trial = ruleset, audit, audit.units[index], trial
        self.day = audit.assessed_on
        self.found = PlainUnit()

    def graded(self) -> PlainUnit:
        """Everything, from the indicators up to the grade."""
        found = self.found
        *graded, floor = [level.id for level in self.ruleset.scale.levels]
        for indicator in self.ruleset.indicators:
            applies = self.judge(indicator.applies_when, f"{indicator.id}.applies_when")
            found.applicable[indicator.id] = {None: True, MET: True, UNMET: False, UNKNOWN: None}[applies]
            own = self.stated(indicator)
            so_far: list[str] = []
            at = found.indicators[indicator.id] = {}
            for i, level in enumerate(graded):
                asked = next((own[worse] for worse in graded[i:] if worse in own), None)
                so_far += [] if asked is None else [asked]
                at[level] = MET if asked is None or applies == UNMET else any_of(so_far)
                if applies == UNKNOWN and at[level] != MET:
                    at[level] = UNKNOWN
            met = [level for level in graded if at[level] == MET]
            not_unmet = [level for level in graded if at[level] != UNMET]
            found.own[indicator.id] = ([*met, floor][0], [*not_unmet, floor][0])
            if self.is_waived(indicator.id):
                found.indicators[indicator.id] = {lv: MET if is_ == MET else WAIVED for lv, is_ in at.items()}
        found.levels = self.levels([i.id for i in self.ruleset.indicators])
        there = {i.dimension for i in self.ruleset.indicators}
        for dimension in there:
            found.dimensions[dimension] = self.outcome(self.levels_of({dimension}))
        for scope_id, scope in self.ruleset.scopes.items():
            if there & set(scope.dimensions):
                found.scopes[scope_id] = self.outcome(self.levels_of(set(scope.dimensions)))
        self.through_the_gates()
        return found

    def is_waived(self, indicator: str) -> bool:
        """Whether a waiver of the indicator is in force on the day of the audit, its first and last day included."""
        return any(w.indicator == indicator and w.from_ <= self.day and self.day <= w.until for w in self.unit.waivers)

    def stated(self, indicator: Indicator) -> dict[str, str]:
        """By level, the status of its own requirement; without the levels that have none on the day."""
        found: dict[str, str] = {}
        for key, requirement in indicator.levels.items():
            status = self.judge(requirement.require, f"{indicator.id}.{key.replace(' ', '')}")
            if status is not None:
                found |= dict.fromkeys((name.strip() for name in key.split(",")), status)
        return found

    def short_boards(self, grade: str) -> list[str]:
        """What is not met at the level next better than a grade: first what is unmet there, then what is unknown."""
        ids = [level.id for level in self.ruleset.scale.levels]
        if grade == ids[0]:
            return []
        better = ids[ids.index(grade) - 1]
        return [i for wanted in (UNMET, UNKNOWN) for i, at in self.found.indicators.items() if at[better] == wanted]

    def levels(self, indicators: list[str]) -> dict[str, str]:
        """The status of each level over some indicators."""
        graded = [level.id for level in self.ruleset.scale.levels][:-1]
        counted = {
            i: {lv: MET if is_ == WAIVED else is_ for lv, is_ in self.found.indicators[i].items()} for i in indicators
        }
        return {level: all_of([counted[i][level] for i in indicators]) for level in graded}

    def levels_of(self, dimensions: set[str]) -> dict[str, str]:
        return self.levels([i.id for i in self.ruleset.indicators if i.dimension in dimensions])

    def outcome(self, levels: dict[str, str], barred: tuple[set[str], set[str]] = (set(), set())) -> tuple[str, str]:
        """Grade and attainable: the best level met, the best met or unknown; `barred` are out of reach for each."""
        floor = self.ruleset.scale.levels[-1].id
        grade = [lv for lv, status in levels.items() if status == MET and lv not in barred[0]]
        attainable = [lv for lv, status in levels.items() if status != UNMET and lv not in barred[1]]
        return (grade or [floor])[0], (attainable or [floor])[0]

    def through_the_gates(self) -> None:
        """A gate that is met binds both; one that is unknown binds the grade only."""
        ids = [level.id for level in self.ruleset.scale.levels]
        barred: tuple[set[str], set[str]] = (set(), set())
        vetoed = [False, False]
        for gate in self.ruleset.gates:
            status = self.judge(gate.when, f"gate.{gate.id}")
            if status is None:
                continue
            self.found.gates[gate.id] = status
            for which, binding in enumerate(((MET, UNKNOWN), (MET,))):
                if status in binding and isinstance(gate.effect, Cap):
                    barred[which].update(ids[: ids.index(gate.effect.cap)])
                elif status in binding:
                    vetoed[which] = True
        grade, attainable = self.outcome(self.found.levels, barred)
        self.found.short_boards = self.short_boards(grade)
        self.found.grade = "ungraded" if vetoed[0] else grade
        self.found.attainable = "ungraded" if vetoed[1] else attainable

    # Conditions

    def there(self, c: ConditionBase | None) -> bool:
        """Whether anything of a condition is left on the day of the audit."""
        if c is None or (c.from_ is not None and self.day < c.from_) or (c.until is not None and c.until < self.day):
            return False
        if isinstance(c, Not):
            return self.there(c.not_)
        if isinstance(c, Each | Some):
            return self.there(c.require)
        listed = _listed(c)
        return True if listed is None else any(self.there(part) for part in listed)

    def judge(self, c: ConditionBase | None, place: str, row: int | None = None, group: str = "") -> str | None:
        """The status of a condition, or None when it is not there on that day."""
        if c is None or not self.there(c):
            return None
        status = self.status(c, place, row, group)
        if row is None:
            self.found.conditions[place] = status
        else:
            self.found.conditions.setdefault(place, {})[self.unit.groups[group][row].key] = status
        return status

    def status(self, c: ConditionBase, place: str, row: int | None, group: str) -> str:
        if isinstance(c, Comparison):
            return self.comparison(c, row, group)
        if isinstance(c, Not):
            inner = self.judge(c.not_, f"{place}.not", row, group)
            return {MET: UNMET, UNMET: MET, UNKNOWN: UNKNOWN}[str(inner)]
        if isinstance(c, Each | Some):
            return self.over_rows(c, place)
        listed = _listed(c) or ()
        judged = [self.judge(part, f"{place}.{_step(c)}[{i}]", row, group) for i, part in enumerate(listed)]
        statuses = [status for status in judged if status is not None]
        if isinstance(c, AtLeastOf):
            n = min(c.at_least_of, len(statuses))
            if statuses.count(MET) >= n:
                return MET
            return UNMET if statuses.count(MET) + statuses.count(UNKNOWN) < n else UNKNOWN
        return all_of(statuses) if isinstance(c, All) else any_of(statuses)

    def over_rows(self, c: Each | Some, place: str) -> str:
        group = c.each if isinstance(c, Each) else c.some
        self.name(c.where, f"{place}.where")
        self.name(c.require, f"{place}.require")
        if group not in self.unit.groups:
            return UNKNOWN
        counted: list[str] = []
        for row in range(len(self.unit.groups[group])):
            where = self.judge(c.where, f"{place}.where", row, group)
            required = self.judge(c.require, f"{place}.require", row, group)
            if where == UNMET or required is None:
                continue
            if where == UNKNOWN:
                harmless = MET if isinstance(c, Each) else UNMET
                required = harmless if required == harmless else UNKNOWN
            counted.append(required)
        return all_of(counted) if isinstance(c, Each) else any_of(counted)

    def name(self, c: ConditionBase | None, place: str) -> None:
        """Note the places inside `each` or `some`, also where there is no row to judge."""
        if c is None or not self.there(c):
            return
        self.found.conditions.setdefault(place, {})
        if isinstance(c, Not):
            self.name(c.not_, f"{place}.not")
        for i, part in enumerate(_listed(c) or ()):
            self.name(part, f"{place}.{_step(c)}[{i}]")

    def comparison(self, c: Comparison, row: int | None, group: str) -> str:
        operator, operand = next((name, value) for name in OPERATORS if (value := getattr(c, name)) is not None)
        if isinstance(operand, str) and operand == "unresolved":
            return UNKNOWN
        if hasattr(operand, "provisional"):
            if not self.trial:
                return UNKNOWN
            operand = operand.provisional
        value = self.value(c.fact, row, group)
        if value is None:
            return UNKNOWN
        if isinstance(value, Between):
            listed = operand if isinstance(operand, tuple) else (operand,)
            return value.compared(operator, [Fraction(o) for o in listed])
        return MET if holds(operator, value, operand) else UNMET

    # Facts

    def value(self, name: str, row: int | None, group: str) -> Any:
        """A fact's or computed fact's value as the condition sees it; None when it is unknown."""
        if name == "assessed_on":
            return self.day
        if name in self.ruleset.computed:
            return self.computed(name, row, group)
        if self.ruleset.facts[name].group is not None:
            if row is None or self.ruleset.facts[name].group != group:
                return None
            return self.known(name, self.unit.groups[group][row].facts.get(name))
        own = self.unit.facts.get(name)
        if own is not None and own.value is not None:
            return self.known(name, own)
        return self.known(name, self.audit.enterprise.facts.get(name))

    def proven(self, fact: Any, known: Known) -> bool:
        """Whether the evidence of a value still holds on the day: by its own end, and by the age that the ruleset allows."""
        if known.valid_until is not None and self.day > known.valid_until:
            return False
        if fact.evidence_valid is None:
            return True
        if known.taken is None:
            return False
        # Whole months that have passed, one more when the day of the month is past too (or the month is at its end).
        months = (self.day.year - known.taken.year) * 12 + self.day.month - known.taken.month
        return months < fact.evidence_valid.months or (
            months == fact.evidence_valid.months and self.day.day <= known.taken.day
        )

    def known(self, name: str, known: Known | None) -> Any:
        """What is stated; of an upper bound everything from the least that the fact can be up to it, the bound left out."""
        if known is None or not self.proven(self.ruleset.facts[name], known):
            return None
        value = _plain(known)
        if not hasattr(value, "below"):
            return value
        fact = self.ruleset.facts[name]
        low = -ENDLESS if fact.min is None else Fraction(fact.min)
        limit = Fraction(value.below)
        return Between(low, limit, low, max(low, limit - Fraction(1, 10**fact.decimals)))

    def computed(self, name: str, row: int | None, group: str) -> Any:
        c = self.ruleset.computed[name]
        if c.group is None:
            row = None

        def read(operand: Any) -> Any:
            if isinstance(operand, Decimal):
                return Fraction(operand)
            return self.value(operand, row, group)

        if c.oxygen_corrected is not None:
            listed: list[Any] = [c.oxygen_corrected.value, c.oxygen_corrected.oxygen, c.oxygen_corrected.baseline]
        else:
            listed = list(
                c.ratio or c.product or c.sum or c.difference or c.minimum or c.maximum or c.days_between or ()
            )
        operands = [read(operand) for operand in listed]
        if any(operand is None for operand in operands):
            return None
        if any(isinstance(operand, Between) for operand in operands):
            return between(c, operands)
        result = worked_out(c, operands)
        # round() of a fraction is half-even, as the page asks.
        return None if result is None else Fraction(round(result * 1_000_000), 1_000_000)


@dataclass(frozen=True)
class Between:
    """A number from `low` to `high`; the ends that can be stated are `first` and `last`, which may lie a step inside."""

    low: Fraction
    high: Fraction
    first: Fraction
    last: Fraction

    def compared(self, operator: str, figures: list[Fraction]) -> str:
        """Met where every number between compares so, unmet where none does."""
        one = figures[0] if figures else Fraction(0)
        open_low, open_high = self.low != self.first, self.high != self.last
        if operator in ("at_most", "above"):
            yes, no = self.high <= one, self.low > one or (self.low == one and open_low)
        elif operator in ("below", "at_least"):
            yes, no = self.high < one or (self.high == one and open_high), self.low >= one
        else:
            yes = self.low == self.high and self.low in figures
            no = not any(self.has(figure) for figure in figures)
        if operator in ("above", "at_least", "none_of"):
            yes, no = no, yes
        return MET if yes else UNMET if no else UNKNOWN

    def ends(self, outermost: bool) -> list[Fraction]:
        """Both ends, or what can be stated next to them."""
        return [self.low, self.high] if outermost else [self.first, self.last]

    def has(self, figure: Fraction) -> bool:
        """Whether the number can be this."""
        open_low, open_high = self.low != self.first, self.high != self.last
        return self.low <= figure <= self.high and not (
            (figure == self.low and open_low) or (figure == self.high and open_high)
        )


ENDLESS = Fraction(10**2000)
"""Stands for an end that is not there; whatever is within a half of its digits of it counts as it."""
NEXT_TO_ZERO = 1 / ENDLESS


def between(c: Any, operands: list[Any]) -> Between | None:
    """A computed fact of which only ends are known: every operation has its extremes at ends of its operands."""
    ends: list[list[Fraction]] = []
    for outermost in (True, False):
        corners = [operand.ends(outermost) if isinstance(operand, Between) else [operand] for operand in operands]
        if c.ratio is not None or c.oxygen_corrected is not None:
            # What is divided by, at each of its corners.
            divisor = corners[1] if c.ratio is not None else [21 - corner for corner in corners[1]]
            crosses = min(divisor) < 0 < max(divisor) or (c.oxygen_corrected is not None and min(divisor) < 0)
            if crosses or (0 in divisor and (not outermost or max(divisor) == min(divisor))):
                return None
            side = 1 if max(divisor) > 0 else -1
            corners[1] = [corner or side * NEXT_TO_ZERO for corner in divisor]
            if c.oxygen_corrected is not None:
                corners[1] = [21 - corner for corner in corners[1]]
        found = [worked_out(c, list(corner)) for corner in product(*corners)]
        ends.append([round_(min(found)), round_(max(found))])
    (low, high), (first, last) = ends
    return Between(low, high, first, last)


def round_(number: Any) -> Fraction:
    """Half-even to six places; what can only come from an end that is not there is one again, which nothing reaches."""
    if abs(number) > 10**1000:
        return ENDLESS if number > 0 else -ENDLESS
    return Fraction(round(number * 1_000_000), 1_000_000)


def worked_out(c: Any, operands: list[Any]) -> Any:
    """An operation on known values, exactly; None where it is undefined."""
    result: Any = None
    if c.ratio is not None:
        result = operands[0] / operands[1] if operands[1] != 0 else None
    elif c.oxygen_corrected is not None:
        value, oxygen, baseline = operands
        result = value * (21 - baseline) / (21 - oxygen) if oxygen < 21 else None
    elif c.product is not None:
        result = Fraction(1)
        for operand in operands:
            result *= operand
    elif c.sum is not None:
        result = sum(operands, Fraction(0))
    elif c.difference is not None:
        result = operands[0] - operands[1]
    elif c.minimum is not None:
        result = min(operands)
    elif c.maximum is not None:
        result = max(operands)
    elif c.days_between is not None:
        result = Fraction((operands[1] - operands[0]).days)
    return result


OPERATORS = (
    "at_most", "at_least", "below", "above", "equals", "one_of", "none_of", "includes_any", "includes_all", "within"
)  # fmt: skip


def holds(operator: str, value: Any, operand: Any) -> bool:
    """Whether a known value compares so."""
    listed = [_number(o) for o in operand] if isinstance(operand, tuple) else []
    one = _number(operand)
    comparison: dict[str, Callable[[], bool]] = {
        "at_most": lambda: value <= one,
        "at_least": lambda: value >= one,
        "below": lambda: value < one,
        "above": lambda: value > one,
        "equals": lambda: value == one,
        "one_of": lambda: value in listed,
        "none_of": lambda: value not in listed,
        "includes_any": lambda: any(o in value for o in listed),
        "includes_all": lambda: all(o in value for o in listed),
        "within": lambda: all(o in listed for o in value),
    }
    return comparison[operator]()


def _listed(c: ConditionBase) -> tuple[ConditionBase, ...] | None:
    if isinstance(c, All):
        return c.all
    if isinstance(c, AnyOf):
        return c.any
    return c.of if isinstance(c, AtLeastOf) else None


def _step(c: ConditionBase) -> str:
    return "all" if isinstance(c, All) else "any" if isinstance(c, AnyOf) else "of"


def _plain(known: Known | None) -> Any:
    return None if known is None else _number(known.value)


def _number(value: Any) -> Any:
    """Decimals as exact fractions; bools, dates, texts and sets as they are."""
    return Fraction(value) if isinstance(value, Decimal) else value
