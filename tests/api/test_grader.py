"""Gradings stay what they were when rulesets change: each is explained by the rulesets that it was made with."""

import json
import shutil

import pytest
from sqlalchemy import select

from api.grader import Grader, StoredLibrary, keep_ruleset, stored_ruleset
from api.problems import Problem
from api.services import workflow
from api.services.replay import replay
from api.store import Grading, StoredRuleset
from api.store.database import Database
from grading.engine.grade import ruleset_digest
from grading.language.load import Library, default_root
from tests.api.conftest import GRADER
from tests.api.world import World, content

RUBBER = "national-2020/rubber"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Grader:
    """The rulesets after somebody changed the title of the rubber edition."""
    root = tmp_path_factory.mktemp("changed") / "rulesets"
    shutil.copytree(default_root(), root)
    file = root / f"{RUBBER}.yaml"
    text = file.read_text(encoding="utf-8")
    assert "\ntitle: " in text
    file.write_text(text.replace("\ntitle: ", "\ntitle: 修订后的", 1), encoding="utf-8")
    return Grader(Library(root))


@pytest.mark.parametrize("ruleset_id", Library().ids())
def test_every_ruleset_comes_back_from_the_store_as_it_was(database: Database, ruleset_id: str) -> None:
    ruleset = GRADER.library.ruleset(ruleset_id)
    with database.writing() as db:
        keep_ruleset(db, ruleset, ruleset_digest(ruleset))
    with database.reading() as db:
        assert stored_ruleset(db, ruleset_digest(ruleset)) == ruleset


def test_a_ruleset_is_kept_once(database: Database) -> None:
    ruleset = GRADER.library.ruleset(RUBBER)
    for _ in range(2):
        with database.writing() as db:
            keep_ruleset(db, ruleset, ruleset_digest(ruleset))
    with database.reading() as db:
        assert len(db.scalars(select(StoredRuleset)).all()) == 1


def test_a_ruleset_that_is_not_kept_is_not_made_up(database: Database) -> None:
    with database.reading() as db, pytest.raises(LookupError):
        GRADER.of_digests(db, {RUBBER: "sha256:" + "0" * 64})


def test_a_grading_is_replayed_with_the_rulesets_of_its_day(world: World, changed: Grader) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, audit.id)
    world.service.grader = changed
    again = world.do("li", workflow.regrade, audit.id)
    with world.at("wang") as context:
        first, second = context.db.scalars(select(Grading).order_by(Grading.id))
        assert second.id == again.id
        assert first.inputs != second.inputs
        for grading, title in ((first, "橡胶"), (second, "修订后的橡胶")):
            replayed = replay(context, grading)
            assert replayed.same
            assert replayed.engine.library.ruleset(RUBBER).title.startswith(title)


def test_a_ruleset_whose_entries_were_only_put_into_another_order_still_replays_to_the_letter(world: World) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, audit.id)
    ruleset = GRADER.library.ruleset(RUBBER)
    turned = ruleset.model_copy(update={"facts": dict(reversed(ruleset.facts.items()))})
    assert ruleset_digest(turned) == ruleset_digest(ruleset)
    world.service.grader = Grader(StoredLibrary({RUBBER: turned}))
    with world.at("wang") as context:
        assert replay(context, context.db.scalars(select(Grading)).one()).same


def test_what_is_no_audit_is_refused_with_the_place_of_every_error() -> None:
    with pytest.raises(Problem) as caught:
        GRADER.read(json.dumps({"enterprise": {}, "units": []}))
    assert {error.place for error in caught.value.errors} == {"enterprise.name", "assessed_on", "units"}
