"""Conclusions of firings in the words of the trace, but for the row."""

from grading.engine.rules import MET, UNKNOWN, UNMET
from grading.model.result import UNGRADED
from grading.model.trace import (
    AttainableConclusion,
    ConditionConclusion,
    GradeConclusion,
    RowsConclusion,
    StatusWord,
    TargetName,
)
from grading.plan.nodes import Plan

STATUS_WORDS: dict[int, StatusWord] = {UNMET: "unmet", UNKNOWN: "unknown", MET: "met"}


def words_of(plan: Plan, index: int, value: int) -> ConditionConclusion:
    """A node's status, and what it decides beside itself."""
    return {"condition": plan.nodes[index].name, "status": STATUS_WORDS[value], **plan.roles.get(index, {})}


def so_far_words(plan: Plan, index: int, value: int) -> RowsConclusion:
    """The words for what holds of the rows so far."""
    return {"condition": plan.nodes[index].name, "so_far": "in order" if value == MET else "in doubt"}


def target_words(plan: Plan, index: int, kind: str, value: int) -> GradeConclusion | AttainableConclusion:
    """A target's grade or attainable grade."""
    target = plan.targets[index]
    about: TargetName = {}
    if target.kind == "dimension":
        about["dimension"] = target.id
    elif target.kind == "scope":
        about["scope"] = target.id
    level = level_of(plan, value)
    return {**about, "grade": level} if kind == "grade" else {**about, "attainable": level}


def level_of(plan: Plan, value: int) -> str:
    """The level that a grade's value stands for."""
    return UNGRADED if value < 0 else plan.ruleset.scale.ids[value]
