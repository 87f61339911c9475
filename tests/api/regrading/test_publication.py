"""A batch put in force by a second person and taken back, each time as a whole, and logged."""

import json
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from api import audit_log
from api.context import open_context
from api.identity import passwords
from api.problems import Problem
from api.services import workflow
from api.services.campaigns.published import register_of
from api.services.draft_rulesets import upload
from api.services.regrading.holding import release
from api.services.regrading.lifecycle import Selection, order
from api.services.regrading.publication import publish, take_back
from api.services.regrading.steps import work_off
from api.services.replay import replay
from api.services.users import create_user
from api.services.verification import verify, verify_records
from api.store import (
    Audit,
    AuditOutcome,
    AuditState,
    Batch,
    BatchAudit,
    BatchState,
    Enterprise,
    GradedUnit,
    Grading,
    LogEntry,
    Role,
    StoredRuleset,
)
from grading import calendar
from grading.model.base import Mode
from tests.api.plants import TIGHTER, publish_plants, varied
from tests.api.test_verification import tamper
from tests.api.world import World


@pytest.fixture
def assessed(world: World) -> Batch:
    """A batch of the city's over eight plants, of which three would change; it may be published."""
    publish_plants(world, varied(8))
    return dry_run(world)


def changed_by(world: World, batch: Batch) -> list[UUID]:
    """The audits whose grading a batch changes."""
    rows = select(BatchAudit.audit_id).where(
        BatchAudit.batch_id == batch.id, BatchAudit.outcome == AuditOutcome.CHANGED
    )
    with world.at("province", writing=False) as context:
        return list(context.db.scalars(rows))


def dry_run(world: World, text: str = TIGHTER, mode: Mode = Mode.OFFICIAL) -> Batch:
    with world.at("city") as context:
        draft = upload(context, text.encode())
        batch = order(context, "收紧人员要求", Selection(), draft_id=draft.id, mode=mode)
    for _ in work_off(world.service, batch.id):
        pass
    with world.at("city", writing=False) as context:
        return context.find(Batch, batch.id)


def in_force(world: World) -> dict[UUID, UUID | None]:
    """The grading in force of every audit."""
    with world.service.database.reading() as db:
        return {audit.id: audit.published_grading_id for audit in db.scalars(select(Audit))}


def changes(before: dict[UUID, UUID | None], after: dict[UUID, UUID | None]) -> set[UUID]:
    return {audit_id for audit_id, grading_id in after.items() if before[audit_id] != grading_id}


def log_of(world: World, action: str) -> list[LogEntry]:
    with world.service.database.reading() as db:
        assert audit_log.verify(db).findings == ()
        return list(db.scalars(select(LogEntry).where(LogEntry.action == action).order_by(LogEntry.seq)))


def test_publishing_puts_every_changed_grading_in_force_and_nothing_else(world: World, assessed: Batch) -> None:
    before = in_force(world)
    batch = world.do("province", publish, assessed.id)
    after = in_force(world)
    changed = changes(before, after)
    assert batch.state is BatchState.PUBLISHED
    assert len(changed) == 3
    with world.at("city", writing=False) as context:
        for audit_id in changed:
            grading = context.find(Grading, after[audit_id] or UUID(int=0))
            assert grading.audit_id == audit_id
            assert grading.attainable == "D"
            units = context.db.scalars(select(GradedUnit).where(GradedUnit.grading_id == grading.id)).all()
            assert {unit.ruleset_id for unit in units} <= {"xianyang-2026/rubber", "national-2020/foundry"}
            undecided = [unit for unit in units if unit.grade != unit.attainable]
            assert all(unit.missing is not None and unit.open_figures is not None for unit in undecided)
            assert len(units) == 1 or undecided
        assert "xianyang-2026/rubber" in context.db.scalars(select(StoredRuleset.ruleset_id)).all()


def test_what_was_put_in_force_can_not_be_edited_unnoticed(world: World, assessed: Batch) -> None:
    world.do("province", publish, assessed.id)
    with world.service.database.reading() as db:
        assert verify_records(db).findings == ()
    tamper(world.service.database, "UPDATE batch_audits SET before_id = after_id WHERE outcome = 'changed'")
    with world.service.database.reading() as db:
        assert {f.subject.partition(":")[0] for f in verify_records(db).findings} == {"batch_audit"}


def test_a_published_grading_is_explained_and_made_again_like_any_other(world: World, assessed: Batch) -> None:
    before = in_force(world)
    world.do("province", publish, assessed.id)
    for audit_id in changes(before, in_force(world)):
        with world.at("wang", writing=False) as context:
            context.db.info["unscoped"] = True  # The plants are nobody's assignment.
            grading = context.db.scalars(
                select(Grading).join(Audit, Audit.published_grading_id == Grading.id).where(Audit.id == audit_id)
            ).one()
            made = replay(context, grading)
        assert made.same
        assert made.audit.units[0].ruleset == "xianyang-2026/rubber"


def test_who_made_the_batch_does_not_publish_it(world: World, assessed: Batch) -> None:
    with pytest.raises(Problem, match="own_batch"):
        world.do("city", publish, assessed.id)
    with world.service.database.writing() as db:
        create_user(db, login="city2", name="李科长", role=Role.BUREAU, password=passwords.generated(), area="610400")
    assert world.do("city2", publish, assessed.id).state is BatchState.PUBLISHED


@pytest.mark.parametrize(
    ("login", "code"), [("county", "not_found"), ("elsewhere", "not_found"), ("wang", "role_not_allowed")]
)
def test_nor_does_anybody_who_does_not_see_it(world: World, assessed: Batch, login: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        world.do(login, publish, assessed.id)
    assert caught.value.code == code


def test_each_audit_and_the_batch_are_in_the_log(world: World, assessed: Batch) -> None:
    before = in_force(world)
    world.do("province", publish, assessed.id)
    after = in_force(world)
    (entry,) = log_of(world, "batch.published")
    assert (entry.subject, json.loads(entry.details)["audits"]) == (f"batch:{assessed.id}", 3)
    told = {entry.audit_id: json.loads(entry.details) for entry in log_of(world, "audit.regraded_in_batch")}
    assert told.keys() == changes(before, after)
    for audit_id, details in told.items():
        assert (details["batch"], details["before"]) == (str(assessed.id), str(before[audit_id]))
        assert (details["grading"], details["grade"]) == (str(after[audit_id]), "D")


def test_taking_back_restores_every_grading_that_was_in_force(world: World, assessed: Batch) -> None:
    before = in_force(world)
    world.do("province", publish, assessed.id)
    batch = world.do("province", take_back, assessed.id, "公布有误，方案尚未生效。")
    assert batch.state is BatchState.TAKEN_BACK
    assert in_force(world) == before
    assert len(log_of(world, "audit.regrading_taken_back")) == 3
    assert json.loads(log_of(world, "batch.taken_back")[0].details)["reasons"] == "公布有误，方案尚未生效。"


def test_what_batches_put_in_force_and_took_back_verifies(world: World, assessed: Batch) -> None:
    # The plants were put there without a log; what the batch does is in it.
    before = set(verify(world.service).findings)
    world.do("province", publish, assessed.id)
    published = set(verify(world.service).findings)
    assert published < before
    assert len(before - published) == 3
    world.do("province", take_back, assessed.id, "公布有误。")
    assert set(verify(world.service).findings) < before


def test_taking_back_needs_reasons(world: World, assessed: Batch) -> None:
    world.do("province", publish, assessed.id)
    with pytest.raises(Problem, match="reasons_missing"):
        world.do("province", take_back, assessed.id, " ")


def test_an_audit_that_changed_since_the_dry_run_stops_the_whole_publication(world: World, assessed: Batch) -> None:
    before = in_force(world)
    with world.service.database.writing() as db:
        for audit in db.scalars(select(Audit)):
            audit.state = AuditState.WITHDRAWN
    with pytest.raises(Problem) as caught:
        world.do("province", publish, assessed.id)
    assert caught.value.code == "overtaken"
    assert len(caught.value.more["audits"]) == 3
    assert in_force(world) == before
    with world.at("province", writing=False) as context:
        assert context.find(Batch, assessed.id).state is BatchState.ASSESSED


def test_published_and_taken_back_and_published_again_the_same_gradings_are_in_force(
    world: World, assessed: Batch
) -> None:
    world.do("province", publish, assessed.id)
    first = in_force(world)
    world.do("province", take_back, assessed.id, "先收回")
    again = dry_run(world)
    world.do("province", publish, again.id)
    assert in_force(world) == first


def test_a_batch_below_a_later_one_is_taken_back_after_it(world: World, assessed: Batch) -> None:
    before = in_force(world)
    world.do("province", publish, assessed.id)
    looser = TIGHTER.replace("xianyang-2026", "xianyang-2027").replace(
        "equals: dedicated", "one_of: [dedicated, part_time]"
    )
    later = dry_run(world, looser)
    # What the looser edition leaves open is put in force one by one.
    for audit_id in changed_by(world, later):
        world.do("province", release, later.id, audit_id, "新版放宽")
    world.do("province", publish, later.id)
    with pytest.raises(Problem) as caught:
        world.do("province", take_back, assessed.id, "收回")
    assert (caught.value.code, caught.value.more["batches"]) == ("published_over", [str(later.id)])
    world.do("province", take_back, later.id, "收回")
    world.do("province", take_back, assessed.id, "收回")
    assert in_force(world) == before


def test_what_is_made_on_trial_is_never_published(world: World) -> None:
    publish_plants(world, varied(2))
    batch = dry_run(world, mode=Mode.TRIAL)
    with pytest.raises(Problem, match="trial_grading"):
        world.do("province", publish, batch.id)


def test_an_audit_withdrawn_after_publication_is_left_alone_by_taking_back(world: World, assessed: Batch) -> None:
    before = in_force(world)
    world.do("province", publish, assessed.id)
    (gone, *_) = sorted(changes(before, in_force(world)))
    with open_context(world.service, world.actor("city")) as context:
        workflow.withdraw(context, gone, "企业停产")
    world.do("province", take_back, assessed.id, "收回")
    assert len(log_of(world, "audit.regrading_taken_back")) == 2
    after = in_force(world)
    assert {audit_id for audit_id in after if after[audit_id] != before[audit_id]} == {gone}


def test_what_a_batch_puts_in_force_was_never_waiting_in_a_campaign_before(world: World, assessed: Batch) -> None:
    """A batch's grading is confirmed by its publication: between the audit's confirmation and the batch nobody had it."""
    changed = changed_by(world, assessed)
    with world.service.database.writing() as db:
        audit = db.get_one(Audit, changed[0])
        db.get_one(Enterprise, audit.enterprise_id).permit = "P-BATCH"
        audit.confirmed_at = datetime(2024, 5, 6, tzinfo=UTC)
    with world.at("province") as context:
        publish(context, assessed.id, None)
        today = calendar.day_of(context.at)
    with world.at("province") as context:
        take_back(context, assessed.id, "方案尚未生效。", None)
    with world.service.database.reading() as db:
        (periods,) = register_of(db, "610400").plants["P-BATCH"].periods.values()
    assert [(period.confirmed, period.published) for period in periods[1:]] == [(today, today), (today, today)]
    assert periods[0].confirmed == date(2024, 5, 6)
