"""A ruleset's page calls levels by their labels."""

from api.pages.ruleset.ruleset_diff import _gate
from api.pages.ruleset.ruleset_view import gate_views
from grading.model.ruleset import Cap
from tests.api.conftest import GRADER


def test_the_cap_of_a_gate_is_told_by_the_level_s_label() -> None:
    seen = 0
    for ruleset_id in GRADER.library.ids():
        ruleset = GRADER.library.ruleset(ruleset_id)
        labels = {level.id: level.label for level in ruleset.scale.levels}
        for view in gate_views(ruleset):
            if isinstance(view.gate.effect, Cap):
                seen += 1
                said = f"最高评为{labels[view.gate.effect.cap]}"
                assert view.effect == said
                assert said in _gate(ruleset, view.gate)
    assert seen
