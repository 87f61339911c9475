"""Gaps between a unit and a level, changes that would close them, and the proof that they would."""

from grading.gaps.enterprise import enterprise_plan
from grading.gaps.unit import NoSuchLevelError, ReachedError, TargetError, direct_step, unit_gaps

__all__ = ["NoSuchLevelError", "ReachedError", "TargetError", "direct_step", "enterprise_plan", "unit_gaps"]
