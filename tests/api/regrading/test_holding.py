"""Changes that rest on what is open: never counted as down, held back from publication, taken one by one with a reason."""

import json
from uuid import UUID

import pytest
from sqlalchemy import select

from api.pages.batch.batch_unit import Side, _case, _levels_between, _subject
from api.problems import Problem
from api.queries.batch_impact import impact_of, sides_of
from api.services.draft_rulesets import upload
from api.services.regrading.holding import release
from api.services.regrading.lifecycle import Selection, order
from api.services.regrading.progress import counts_of
from api.services.regrading.publication import publish, take_back
from api.services.regrading.steps import work_off
from api.store import Audit, Batch, BatchAudit, BatchUnit, Grading, LogEntry, Publication
from tests.api.plants import HEAD, code, publish_plants, varied
from tests.api.world import EXAMPLES, World

OPEN = (
    HEAD
    + """\
indicators:
  - id: staff_on_site
    dimension: management
    title: 专职环保人员（咸阳）
    levels:
      A,B: {require: {fact: env_staff, equals: dedicated}, text: 须有专职环保人员}
    cite: {document: 咸阳市 2026 年方案, clause: 第1条}
    basis: seen
    confidence: high
    decided_by: record
    remedy: {text: 配备专职环保人员, weeks: [1, 4], cost_wan_cny: [5, 15], evidence: [任命文件]}
"""
)
"""Takes B from who has no full-time staff; whether they are C or D stays as open as it is in force."""


@pytest.fixture
def assessed(world: World) -> Batch:
    """A batch over eight plants; three change, from D～B to D～C, and none of them is decided."""
    publish_plants(world, varied(8))
    with world.at("city") as context:
        batch = order(context, "收紧人员要求", Selection(), draft_id=upload(context, OPEN.encode()).id)
    for _ in work_off(world.service, batch.id):
        pass
    with world.at("city", writing=False) as context:
        return context.find(Batch, batch.id)


def changed(world: World, batch: Batch) -> list[UUID]:
    with world.service.database.reading() as db:
        rows = select(BatchAudit.audit_id).where(BatchAudit.batch_id == batch.id, BatchAudit.after_id.is_not(None))
        return list(db.scalars(rows.order_by(BatchAudit.audit_id)))


def published(world: World, audit_id: UUID) -> Grading:
    with world.service.database.reading() as db:
        return db.scalars(
            select(Grading).join(Audit, Audit.published_grading_id == Grading.id).where(Audit.id == audit_id)
        ).one()


def test_a_change_that_is_not_decided_is_neither_up_nor_down(world: World, assessed: Batch) -> None:
    with world.at("city", writing=False) as context:
        found = impact_of(context.db, assessed)
        assert (found.impact.up, found.impact.down, found.impact.undecided) == (0, 0, 3)
        assert set(found.units["way"]) == {"undecided"}
        assert (counts_of(context.db, assessed).undecided, counts_of(context.db, assessed).released) == (3, 0)


def test_what_is_not_decided_is_held_back_and_the_log_says_how_much(world: World, assessed: Batch) -> None:
    before = {audit_id: published(world, audit_id).id for audit_id in changed(world, assessed)}
    world.do("province", publish, assessed.id)
    assert {audit_id: published(world, audit_id).id for audit_id in before} == before
    with world.service.database.reading() as db:
        entry = db.scalars(select(LogEntry).where(LogEntry.action == "batch.published")).one()
    assert (json.loads(entry.details)["audits"], json.loads(entry.details)["held_back"]) == (0, 3)


def test_one_that_is_released_with_a_reason_goes_out_marked_and_comes_back_with_the_batch(
    world: World, assessed: Batch
) -> None:
    one, *others = changed(world, assessed)
    before = published(world, one).id
    world.do("province", release, assessed.id, one, "已现场核实，限值核实前先行公布")
    batch = world.do("province", publish, assessed.id)
    grading = published(world, one)
    assert (grading.grade, grading.attainable) == ("D", "C")
    assert grading.open_figures
    with world.service.database.reading() as db:
        said = db.scalars(select(Publication).where(Publication.grading_id == grading.id)).one()
        assert (said.undecided, said.reasons) == (True, "已现场核实，限值核实前先行公布")
        entry = db.scalars(select(LogEntry).where(LogEntry.action == "audit.regraded_in_batch")).one()
        assert json.loads(entry.details)["undecided"] is True
        assert all(published(world, other).attainable == "B" for other in others)
    world.do("province", take_back, batch.id, "限值有误")
    assert published(world, one).id == before


def test_who_made_the_batch_releases_nothing_and_a_reason_is_needed(world: World, assessed: Batch) -> None:
    (one, *_) = changed(world, assessed)
    with pytest.raises(Problem, match=r"^own_batch:"):
        world.do("city", release, assessed.id, one, "理由")
    with pytest.raises(Problem, match=r"^reasons_missing:"):
        world.do("province", release, assessed.id, one, " ")


COATING = """\
id: xianyang-2026/industrial_coating
title: 工业涂装（咸阳 2026）
edition: {document: 咸阳市 2026 年方案, section: 第1条, effective: 2023-01-01, superseded: null}
jurisdiction: "610400"
review: {status: draft, reviewer: null, on: null}
extends: national-2020/industrial_coating
indicators:
  - id: staff_on_site
    dimension: management
    title: 环保人员（咸阳）
    levels:
      A: {require: {fact: env_staff, equals: part_time}, text: 须有兼职环保人员}
      B,C: {require: {fact: env_staff, equals: {provisional: part_time}}, text: 环保人员要求待核, confidence: low}
    cite: {document: 咸阳市 2026 年方案, clause: 第1条}
    basis: seen
    confidence: high
    decided_by: record
    remedy: {text: 配备, weeks: [1, 4], cost_wan_cny: [5, 15], evidence: [任命文件]}
"""


def test_who_loses_a_while_b_and_c_are_open_is_not_called_d_and_every_level_between_is_explained(world: World) -> None:
    said = json.loads((EXAMPLES / "industrial_coating" / "qindu-waterborne-frames.json").read_text(encoding="utf-8"))
    said["enterprise"] |= {"name": "涂装厂", "uscc": code(1), "county": "610404"}
    del said["enterprise"]["permit"]
    publish_plants(world, [said])
    with world.at("city") as context:
        made = order(context, "收紧", Selection(), draft_id=upload(context, COATING.encode()).id)
    for _ in work_off(world.service, made.id):
        pass
    with world.at("city", writing=False) as context:
        found = impact_of(context.db, context.find(Batch, made.id)).impact
        (matrix,) = found.matrices
        assert (found.down, found.undecided) == (0, 1)
        assert matrix.counts[0] == (0, 0, 0, 0, 0, 1)
        (unit,) = context.db.scalars(select(BatchUnit).where(BatchUnit.batch_id == made.id))
        assert (unit.before, unit.after, unit.after_attainable) == ("A", "D", "B")
        subject = _subject(context, made.id, unit.audit_id, unit.position)
        sides = sides_of(context, subject.found, subject.units)
        before = sides.before[1].library.ruleset(unit.before_ruleset)
        levels = _levels_between(subject, _case(context, subject, sides, Side.AFTER), before)
    assert [(label, status.value) for label, status, _ in levels] == [
        ("A级", "unmet"),
        ("B级", "unknown"),
        ("C级", "unknown"),
    ]
    own = [line for _, _, lines in levels[1:] for line in lines if line.better_level is None]
    assert {line.status for line in own} == {"unresolved"}
