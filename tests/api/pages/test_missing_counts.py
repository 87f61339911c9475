"""What is still missing is counted one way: beside the grade and in the contents of the form."""

import re

from api.pages.form.questionnaire import questionnaire
from api.services import workflow
from api.services.workflow.draft import Draft, Stated
from tests.api.conftest import GRADER
from tests.api.pages.conftest import SignIn
from tests.api.world import TYRE, World, content


def test_the_contents_count_as_missing_what_the_whole_form_does(world: World, sign_in: SignIn) -> None:
    draft = Draft(content(TYRE), GRADER.library)
    asked = [item for item in questionnaire(draft, GRADER).items.values() if item.fact.type == "boolean"]
    for number, item in enumerate(asked):
        # Some are not met, so that others no longer matter.
        draft.put(item.place, Stated(False if number % 2 else None))
    items = questionnaire(draft, GRADER).items.values()
    assert any(item.applies and not item.needed and not item.answered for item in items)
    audit = world.do("wang", workflow.create_audit, world.tyre, draft.text())
    shown = sign_in("wang").get(f"/audits/{audit.id}/form").text
    whole = re.search(r'还缺 <strong class="num">(\d+)</strong> 项', shown)
    assert whole
    parts = [int(n) for n in re.findall(r"<summary>还缺 (\d+) 项</summary>", shown)]
    tables = [int(n) for n in re.findall(r"行，缺 (\d+)", shown)]
    assert sum(parts) + sum(tables) == int(whole[1])
