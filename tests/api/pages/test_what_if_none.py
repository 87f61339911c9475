"""In the what-if form a question of several options can be answered with none of them, as in the audit form."""

import re

from api.pages.gaps_view import gap_views
from api.services import workflow
from api.services.audit_history import grading_of
from api.services.cases import case_of
from api.store import Audit
from grading.forms.questions import questions
from tests.api.pages.conftest import SignIn
from tests.api.world import World, content

FACT = re.escape("units[0].facts.energy_types")


def test_the_box_for_none_of_the_options_is_there(world: World, sign_in: SignIn) -> None:
    audit = world.do("tyre", workflow.create_audit, world.tyre, content())
    world.do("tyre", workflow.submit, audit.id)
    shown = sign_in("tyre").get(f"/enterprises/{world.tyre}").text
    assert re.search(rf'name="p\.{FACT}" value="1"', shown)
    box = re.search(rf'<input type="checkbox" name="v\.{FACT}" value="-"( checked)?><span>以上均无</span>', shown)
    assert box
    assert not box[1]


def test_the_form_begins_with_the_values_of_the_short_boards(world: World) -> None:
    audit = world.do("tyre", workflow.create_audit, world.tyre, content())
    world.do("tyre", workflow.submit, audit.id)
    with world.at("tyre", writing=False) as context:
        stored = grading_of(context, context.find(Audit, audit.id))
        assert stored is not None
        case = case_of(context, stored.id)
        (view,) = gap_views(case, "A")
    boards = set(case.grading.units[0].short_boards)
    asked = {question.fact.id: question for question in questions(view.ruleset)}
    assert boards
    assert view.short
    assert view.further
    places = [handle.place for handle in (*view.short, *view.further)]
    assert sorted(places) == sorted(handle.place for handle in view.handles)
    for handle in view.short:
        question = asked[handle.fact.id]
        assert boards & {reader.id for reader in (*question.judged_by, *question.selects_for)}
    for handle in view.further:
        assert not boards & {reader.id for reader in asked[handle.fact.id].judged_by}
