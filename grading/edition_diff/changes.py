"""Differences between two rulesets: each indicator, gate, fact and measure before and now."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from grading.impact.criteria import counterparts
from grading.language.computed_text import formula_text
from grading.language.decision_text import effect_text, level_label
from grading.language.entailment import Entailment
from grading.language.measure_text import measure_text
from grading.language.nested import asked_at
from grading.language.normal import normal
from grading.language.prose import NOT_ASKED, day_text, number_text, requirement_text, sentence
from grading.language.windows import first_days
from grading.model.base import Mode
from grading.model.condition import Condition, comparisons
from grading.model.ruleset import ALERTS, Fact, Gate, Indicator, Requirement, Ruleset
from grading.vocabulary import ALERT, BASIS, CONFIDENCE

Kind = Literal["edition", "scale", "indicator", "gate", "fact", "computed", "measure"]
Way = Literal["added", "removed", "renamed", "changed"]
Direction = Literal["stricter", "looser", "same", "settled", "reopened", "different"]


@dataclass(frozen=True)
class Part:
    """One thing that differs; None where it was not there, or is there no more.

    `direction`: of a requirement whether whoever meets the one provably meets the other; `same` where only words differ,
    `settled` and `reopened` where figures count officially that did not, or the other way round.
    """

    name: str
    before: str | None
    after: str | None
    level: str | None = None
    direction: Direction | None = None


@dataclass(frozen=True)
class Change:
    """A criterion, fact or measure that differs, under its id before and after."""

    kind: Kind
    way: Way
    before_id: str | None
    after_id: str | None
    title: str
    parts: tuple[Part, ...]


def changes(before: Ruleset, after: Ruleset) -> tuple[Change, ...]:
    """Everything that differs in what is asked, by what is asked of whom; none for rulesets that ask the same."""
    compared = _Compared(before, after)
    return tuple(
        change
        for found in (
            compared.edition(),
            compared.indicators(),
            compared.gates(),
            compared.facts(),
            compared.computed(),
            compared.measures(),
        )
        for change in found
    )


class _Compared:
    def __init__(self, before: Ruleset, after: Ruleset) -> None:
        self.before, self.after = before, after
        self.of = counterparts(before, after)
        self.back = {new: old for old, new in self.of.items()}

    def edition(self) -> Iterator[Change]:
        """The document, its days, and the levels."""
        parts = _differing(_edition(self.before), _edition(self.after))
        if parts:
            yield Change("edition", "changed", self.before.id, self.after.id, "版本", parts)
        levels = [{"等级": "、".join(level.label for level in one.scale.levels)} for one in (self.before, self.after)]
        parts = _differing(*levels)
        if parts:
            yield Change("scale", "changed", self.before.scale_id, self.after.scale_id, "等级序列", parts)

    def indicators(self) -> Iterator[Change]:
        """Indicators in the order of the later ruleset, then those that are gone."""
        old = {indicator.id: indicator for indicator in self.before.indicators}
        for new in self.after.indicators:
            known = old.get(self.back.get(new.id, ""))
            if known is None:
                yield Change("indicator", "added", None, new.id, new.title, self._levels(None, new))
                continue
            parts = (
                *_differing(self._about(self.before, known), self._about(self.after, new)),
                *self._levels(known, new),
            )
            way: Way = "changed" if known.id == new.id else "renamed"
            if parts or way == "renamed":
                yield Change("indicator", way, known.id, new.id, new.title, parts)
        for id_, known in old.items():
            if id_ not in self.of:
                yield Change("indicator", "removed", id_, None, known.title, self._levels(known, None))

    def gates(self) -> Iterator[Change]:
        """Gates, in the same order."""
        old = {gate.id: gate for gate in self.before.gates}
        for new in self.after.gates:
            known = old.get(new.id)
            added = _gate(self.after, new)
            if known is None:
                yield Change("gate", "added", None, new.id, new.title or new.text, _differing({}, added))
                continue
            parts = list(_differing(_gate(self.before, known), added))
            if normal(known.when) != normal(new.when):
                # A gate that asks for more of what bars is milder.
                contrary: dict[Direction, Direction] = {"stricter": "looser", "looser": "stricter"}
                direction = self._direction(known.when, new.when)
                texts = (sentence(self.before, known.when), sentence(self.after, new.when))
                parts.append(Part("触发条件", *texts, None, contrary.get(direction, direction)))
            if parts:
                yield Change("gate", "changed", known.id, new.id, new.title or new.text, tuple(parts))
        for id_, known in old.items():
            if id_ not in {gate.id for gate in self.after.gates}:
                title = known.title or known.text
                yield Change("gate", "removed", id_, None, title, _differing(_gate(self.before, known), {}))

    def facts(self) -> Iterator[Change]:
        """The differences between the facts that an audit has to state."""
        yield from _entries("fact", self.before.facts, self.after.facts, lambda one: one.label, lambda one: _fact(one))

    def computed(self) -> Iterator[Change]:
        """The differences between computed facts."""

        def describing(ruleset: Ruleset) -> Callable[[Any], dict[str, str]]:
            return lambda one: {
                "算法": formula_text(ruleset, one),
                **({"单位": one.unit} if one.unit else {}),
            }

        yield from _entries(
            "computed",
            self.before.computed,
            self.after.computed,
            lambda one: one.label or one.id,
            describing(self.before),
            describing(self.after),
        )

    def measures(self) -> Iterator[Change]:
        """The differences between the measures of each level in each alert."""
        for alert in ALERTS:
            texts = [
                {level_label(one.scale, level): _measures(one, alert, level) for level in one.scale.ids}
                for one in (self.before, self.after)
            ]
            parts = _differing(*texts)
            if parts:
                yield Change("measure", "changed", alert, alert, f"{ALERT[alert]}措施", parts)

    def _about(self, ruleset: Ruleset, indicator: Indicator) -> dict[str, str]:
        described = {"名称": indicator.title, "维度": ruleset.dimensions[indicator.dimension].label}
        if indicator.applies_when is not None:
            described["适用条件"] = sentence(ruleset, indicator.applies_when)
        return described

    def _levels(self, old: Indicator | None, new: Indicator | None) -> tuple[Part, ...]:
        """The requirements of each level, where they differ."""
        parts: list[Part] = []
        labels: dict[str, str] = {}
        for ruleset in (self.before, self.after):
            labels |= {level: level_label(ruleset.scale, level) for level in ruleset.scale.graded}
        for level, label in labels.items():
            a, b = _requirement_at(self.before, old, level), _requirement_at(self.after, new, level)
            was, now = _text(self.before, old, level), _text(self.after, new, level)
            if a is None or b is None:
                if a is not b:
                    lone: Direction | None = (
                        None if old is None or new is None else "looser" if b is None else "stricter"
                    )
                    parts.append(Part(label, was, now, level, lone))
            elif normal(a.require) != normal(b.require):
                if was == now:
                    was, now = sentence(self.before, a.require), sentence(self.after, b.require)
                parts.append(Part(label, was, now, level, self._direction(a.require, b.require)))
            elif was != now:
                parts.append(Part(label, was, now, level, "same"))
            elif old is not None and new is not None:
                was, now = _known(self.before, old, a), _known(self.after, new, b)
                if was != now:
                    parts.append(Part(f"{label}的来源", was, now, level, "same"))
        return tuple(parts)

    def _direction(self, old: Condition, new: Condition) -> Direction:
        """The direction: the new condition is provably no easier, or no harder, in trial, where every figure counts."""
        first = self.after.edition.effective
        days = {day for ruleset in (self.before, self.after) for day in first_days(ruleset) if day >= first} | {first}
        each_day = [Entailment(self.after, Mode.TRIAL, day) for day in sorted(days)]
        try:
            harder = all(entailment.holds(new, old) for entailment in each_day)
            easier = all(entailment.holds(old, new) for entailment in each_day)
        except KeyError:
            # A fact that only the earlier ruleset has.
            return "different"
        if harder and easier:
            was, now = (sum(c.is_open(Mode.OFFICIAL) for c in comparisons(one)) for one in (old, new))
            return "settled" if now < was else "reopened" if now > was else "same"
        return "stricter" if harder else "looser" if easier else "different"


def _requirement_at(ruleset: Ruleset, indicator: Indicator | None, level: str) -> Requirement | None:
    if indicator is None or level not in ruleset.scale.graded:
        return None
    found = asked_at(ruleset.scale.graded, indicator, level)
    return None if found is None else found.requirement


def _text(ruleset: Ruleset, indicator: Indicator | None, level: str) -> str | None:
    if indicator is None or level not in ruleset.scale.graded:
        return None
    return requirement_text(ruleset, indicator, level) if _requirement_at(ruleset, indicator, level) else NOT_ASKED


def _known(ruleset: Ruleset, indicator: Indicator, requirement: Requirement) -> str:
    known = ruleset.provenance(indicator, requirement, requirement.require)
    cited = " ".join(
        part for part in (known.cite.document, known.cite.section, known.cite.clause, known.cite.page) if part
    )
    return f"{BASIS[known.basis]}，可信度{CONFIDENCE[known.confidence]}，{cited}"


def _edition(ruleset: Ruleset) -> dict[str, str]:
    edition = ruleset.edition
    described = {
        "名称": ruleset.title,
        "文件": " ".join(part for part in (edition.document, edition.section) if part),
        "施行": day_text(edition.effective),
        "适用地区": ruleset.jurisdiction,
        "行业代码": "、".join(ruleset.industry.gbt4754) or "（无）",
    }
    return described | ({"被替代": day_text(edition.superseded)} if edition.superseded else {})


def _gate(ruleset: Ruleset, gate: Gate) -> dict[str, str]:
    return {"后果": effect_text(ruleset, gate), "原文": gate.text}


def _fact(fact: Fact) -> dict[str, str]:
    described = {"名称": fact.label, "类型": fact.type, "表": fact.group, "单位": fact.unit}
    described |= {"最小": None if fact.min is None else number_text(fact.min)}
    described |= {"最大": None if fact.max is None else number_text(fact.max)}
    described |= {
        "小数位": f"{fact.decimals}" if fact.type == "number" else None,
        "选项": "、".join(fact.options.values()) or None,
        "凭证有效期": f"{fact.evidence_valid.months} 个月" if fact.evidence_valid is not None else None,
    }
    return {name: text for name, text in described.items() if text is not None}


def _measures(ruleset: Ruleset, alert: str, level: str) -> str:
    return "；".join(measure_text(one.kind, one.text, one.percent) for one in ruleset.measures.at(alert, level))


def _entries(
    kind: Kind,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    title: Callable[[Any], str],
    described: Callable[[Any], dict[str, str]],
    described_after: Callable[[Any], dict[str, str]] | None = None,
) -> Iterator[Change]:
    later = described_after or described
    for id_, entry in new.items():
        if id_ not in old:
            yield Change(kind, "added", None, id_, title(entry), _differing({}, later(entry)))
        elif parts := _differing(described(old[id_]), later(entry)):
            yield Change(kind, "changed", id_, id_, title(entry), parts)
    for id_, entry in old.items():
        if id_ not in new:
            yield Change(kind, "removed", id_, None, title(entry), _differing(described(entry), {}))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Part, ...]:
    names: Iterable[str] = dict.fromkeys((*before, *after))
    return tuple(Part(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name))
