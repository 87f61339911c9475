"""Decisions in Chinese: `B级`, `待定 (D～A): 还缺 3 项证据`, `不纳入绩效分级`, `未评级`."""

from collections.abc import Callable, Iterable

from grading.model.base import Mode
from grading.model.decision import UNDECIDED as UNDECIDED_CLASS
from grading.model.decision import Causes, Decision, Kind, decide
from grading.model.result import UNGRADED, Outcome
from grading.model.ruleset import Cap, Gate, Ruleset, Scale
from grading.vocabulary import MODE, NOT_GRADED, OUT, UNDECIDED
from grading.vocabulary import UNGRADED as UNGRADED_LABEL

LEVEL = "级"


def level_label(scales: Scale | Iterable[Scale], level: str) -> str:
    """A level by the first scale that has it: `A级`, `引领性`, `不纳入绩效分级`."""
    if level == UNGRADED:
        return UNGRADED_LABEL
    listed = (scales,) if isinstance(scales, Scale) else scales
    return next((known.label for scale in listed for known in scale.levels if known.id == level), level)


def effect_text(ruleset: Ruleset, gate: Gate) -> str:
    """The effect of a gate on a grade: `最高评为B级`, `不纳入绩效分级`."""
    return cap_text(ruleset.scale, gate.effect.cap) if isinstance(gate.effect, Cap) else UNGRADED_LABEL


def cap_text(scale: Scale, level: str) -> str:
    """The effect of a gate that caps: `最高评为B级`."""
    return f"最高评为{level_label(scale, level)}"


def labels_of(*scales: Scale) -> dict[str, str]:
    """The words for all that a decision can be: levels, `ungraded`, `undecided`."""
    levels = {level.id: level.label for scale in scales for level in scale.levels}
    return levels | {UNGRADED: UNGRADED_LABEL, UNDECIDED_CLASS: UNDECIDED}


def interval_text(grade: str, attainable: str, label: Callable[[str], str]) -> str:
    """The worst and the best level of an undecided outcome: `待定 (D～A)`."""
    return f"{UNDECIDED} ({short_label(grade, label)}～{short_label(attainable, label)})"


def decision_text(decision: Decision, label: Callable[[str], str], with_causes: bool = True) -> str:
    """A decision in words; `label` gives a level's."""
    if decision.grade is None or decision.attainable is None:
        return NOT_GRADED
    if not decision.is_undecided:
        return label(decision.grade)
    text = interval_text(decision.grade, decision.attainable, label)
    causes = causes_text(decision.causes) if with_causes and decision.causes is not None else ""
    return f"{text}: {causes}" if causes else text


def outcome_text(scales: Scale | Iterable[Scale], outcome: Outcome, causes: Causes | None = None) -> str:
    """An outcome in words, where the mode is told elsewhere."""
    listed = (scales,) if isinstance(scales, Scale) else tuple(scales)
    return decision_text(decide(outcome, causes=causes), lambda level: level_label(listed, level))


def managed_text(scale: Scale, outcome: Outcome) -> str:
    """An outcome in words with what the unit is managed as: until it is decided, the worst level that it may be."""
    text = outcome_text(scale, outcome)
    return f"{text}，暂按{level_label(scale, outcome.grade)}" if decide(outcome).is_undecided else text


def marked_text(decision: Decision, label: Callable[[str], str]) -> str:
    """A decision in words, with the mark of a trial: `试算 B级`."""
    text = decision_text(decision, label)
    return f"{MODE[Mode.TRIAL.value]} {text}" if decision.kind is Kind.TRIAL else text


def causes_text(causes: Causes) -> str:
    """The causes of an undecided outcome; nothing when nothing is open."""
    parts = []
    if causes.missing:
        parts.append(f"还缺 {causes.missing} 项证据")
    if causes.open_figures:
        parts.append(f"{causes.open_figures} 项限值待主管部门核实")
    return "，".join(parts)


def short_label(level: str, label: Callable[[str], str]) -> str:
    """A level at an end of an interval: `D`, `引领性`, `不纳入`."""
    return OUT if level == UNGRADED else label(level).removesuffix(LEVEL)
