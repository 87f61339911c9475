"""What stands between a unit and a level, what would close it, and the proof that it would."""

from grading.gaps.unit import unit_gaps

__all__ = ["unit_gaps"]
