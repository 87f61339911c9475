"""In the what-if form a question of several options can be answered with none of them, as in the audit form."""

import re

from api.services import workflow
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
