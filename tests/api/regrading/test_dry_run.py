"""A batch up to the point where it may be published: what it selects, what it finds, what the engine says to it."""

import json
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from api.problems import Problem
from api.queries.batch_impact import impact_of
from api.services.draft_rulesets import upload
from api.services.regrading.frames import Frames, frames_of
from api.services.regrading.lifecycle import Selection, cancel, go_on, hold, order, renew
from api.services.regrading.steps import work_off
from api.store import (
    Audit,
    AuditOutcome,
    AuditState,
    Batch,
    BatchAudit,
    BatchState,
    BatchUnit,
    DraftRuleset,
    GradedUnit,
    Grading,
    Site,
)
from grading.columns.grade import STATUS
from grading.model.base import Mode
from tests.api.plants import HEAD, TIGHTER, mixed, publish_plants, tyre, varied
from tests.api.world import World

SELECTIONS: list[tuple[dict[str, Any], set[int]]] = [
    ({}, {1, 2, 3}),
    ({"within": "610404"}, {1, 3}),
    ({"within": "610402"}, {2}),
    ({"edition": "national-2020"}, {1, 2, 3}),
    ({"edition": "national-2024"}, set()),
    ({"industry": "rubber"}, {1, 2, 3}),
    ({"since": date(2024, 1, 1)}, {3}),
    ({"until": date(2023, 12, 31)}, {1, 2}),
]
"""Selections, and which of three plants each finds."""


def ordered(world: World, text: str = TIGHTER, *, mode: Mode = Mode.OFFICIAL, **selection: Any) -> Batch:
    """A batch of the city's against a draft."""
    with world.at("city") as context:
        draft = upload(context, text.encode())
        return order(context, "收紧人员要求", Selection(**selection), draft_id=draft.id, mode=mode)


def worked_off(world: World, batch: Batch) -> Batch:
    """The batch when there is nothing left to compute."""
    for _ in work_off(world.service, batch.id):
        pass
    with world.at("city", writing=False) as context:
        return context.find(Batch, batch.id)


def rows(world: World, model: Any, batch: Batch) -> list[Any]:
    with world.at("city", writing=False) as context:
        found = select(model).where(model.batch_id == batch.id).order_by(model.audit_id)
        return list(context.db.scalars(found))


def test_a_dry_run_says_of_each_unit_what_it_would_be_graded_and_changes_nothing(world: World) -> None:
    publish_plants(world, varied(8))
    batch = worked_off(world, ordered(world))
    assert batch.state is BatchState.ASSESSED
    units = rows(world, BatchUnit, batch)
    tyres = [unit for unit in units if unit.regraded]
    assert Counter(unit.industry for unit in units) == {"rubber": 8, "foundry": 1}
    assert [unit.industry for unit in units if not unit.regraded] == ["foundry"]
    # Three of the eight have no full-time staff.
    changed = [unit for unit in tyres if unit.changed]
    assert {(unit.before_attainable, unit.after_attainable) for unit in changed} == {("B", "D")}
    assert len(changed) == 3
    assert all(unit.checked for unit in tyres)
    with world.at("city", writing=False) as context:
        for audit in context.db.scalars(select(Audit).join(BatchAudit, BatchAudit.audit_id == Audit.id)):
            unit = context.db.scalars(
                select(GradedUnit).where(GradedUnit.grading_id == audit.published_grading_id).limit(1)
            ).one()
            assert unit.ruleset_id == "national-2020/rubber"
        assert len(context.db.scalars(select(Grading)).all()) == 8


def test_each_changed_audit_is_concluded_with_its_trace(world: World) -> None:
    publish_plants(world, varied(4))
    batch = worked_off(world, ordered(world))
    audits = rows(world, BatchAudit, batch)
    changed = [audit for audit in audits if audit.outcome is AuditOutcome.CHANGED]
    assert len(changed) == 2
    for audit in changed:
        told = json.loads(audit.document)
        assert told["units"][0]["ruleset"] == "xianyang-2026/rubber"
        assert any("staff_on_site" in json.dumps(entry) for entry in told["units"][0]["trace"])
        assert (audit.grade, audit.attainable) == (told["grade"], told["attainable"])
    unchanged = [audit for audit in audits if audit.outcome is AuditOutcome.UNCHANGED]
    assert [audit.checked for audit in unchanged] == [True, True]
    assert [audit.document for audit in unchanged] == [None, None]


def test_the_frames_hold_both_sides_row_by_row(world: World) -> None:
    publish_plants(world, varied(5))
    batch = worked_off(world, ordered(world))
    with world.at("city", writing=False) as context:
        (found,) = frames_of(context.db, batch.id)
    assert found.before["audit_id"].to_list() == found.after["audit_id"].to_list()
    assert found.before.height == 5
    assert "staff_on_site.A" in found.after.columns
    assert "staff_on_site.A" not in found.before.columns
    assert found.after["staff_on_site.C"].to_list().count("unmet") == 2


def test_a_batch_is_seen_by_its_bureau_and_those_above_alone(world: World) -> None:
    publish_plants(world, [tyre(1)])
    batch = worked_off(world, ordered(world))
    for login in ("county", "elsewhere", "wang", "tyre"):
        with world.at(login, writing=False) as context:
            seen = [context.db.scalars(select(model)).all() for model in (Batch, BatchAudit, BatchUnit, DraftRuleset)]
            assert (login, seen) == (login, [[]] * 4)
    with world.at("province", writing=False) as context:
        assert context.find(Batch, batch.id).name == "收紧人员要求"


def test_a_selection_is_by_area_industry_edition_and_day(world: World) -> None:
    plants = [tyre(1), tyre(2), tyre(3)]
    plants[1]["enterprise"]["county"] = "610402"
    plants[2]["assessed_on"] = "2024-05-01"
    ids = dict(zip(publish_plants(world, plants), (1, 2, 3), strict=True))
    for selection, expected in SELECTIONS:
        batch = worked_off(world, ordered(world, **selection))
        assert batch.state is BatchState.ASSESSED
        found = {ids[audit.audit_id] for audit in rows(world, BatchAudit, batch)}
        assert (selection, found) == (selection, expected)


def test_a_draft_is_not_tried_on_plants_outside_its_jurisdiction(world: World) -> None:
    plants = [tyre(1), tyre(2)]
    plants[1]["enterprise"]["county"] = "610304"
    inside, _ = publish_plants(world, plants)
    with world.at("province") as context:
        draft = upload(context, TIGHTER.encode())
        batch = order(context, "全省", Selection(), draft_id=draft.id)
    for _ in work_off(world.service, batch.id):
        pass
    with world.at("province", writing=False) as context:
        assert context.db.scalars(select(BatchAudit.audit_id)).all() == [inside]


def test_an_audit_of_a_site_is_tried_where_the_site_lies(world: World) -> None:
    plants = [tyre(1), tyre(2)]
    plants[1]["enterprise"]["county"] = "610304"
    away, inside = publish_plants(world, plants)
    with world.service.database.writing() as db:
        for audit_id, county in ((away, "130102"), (inside, "610404")):
            audit = db.get_one(Audit, audit_id)
            site = Site(enterprise_id=audit.enterprise_id, name="分厂", county=county)
            db.add(site)
            db.flush()
            audit.site_id = site.id
    with world.at("province") as context:
        draft = upload(context, TIGHTER.encode())
        batch = order(context, "全省", Selection(), draft_id=draft.id)
    for _ in work_off(world.service, batch.id):
        pass
    with world.at("province", writing=False) as context:
        assert context.db.execute(select(BatchAudit.audit_id, BatchAudit.county)).all() == [(inside, "610404")]


def test_an_audit_that_the_new_edition_cannot_read_keeps_its_grade_and_says_why(world: World) -> None:
    narrower = HEAD + (
        "facts:\n  - {id: ledger_retention_years, label: 台账保存年限, type: number, changed_by: discipline, unit: 年, min: 0, "
        "max: 4, decimals: 0, evidence: [台账]}\n"
    )
    publish_plants(world, [tyre(1), tyre(2, ledger_retention_years=3)])
    batch = worked_off(world, ordered(world, narrower))
    assert batch.state is BatchState.ASSESSED
    outcomes = {audit.outcome: audit for audit in rows(world, BatchAudit, batch)}
    refused = outcomes[AuditOutcome.UNREADABLE]
    (problem,) = json.loads(refused.problems)
    assert problem["place"] == "enterprise.facts.ledger_retention_years"
    unit = next(unit for unit in rows(world, BatchUnit, batch) if unit.audit_id == refused.audit_id)
    assert (unit.after, unit.changed, unit.checked) == (None, False, False)


def open_ones(frames: Frames) -> int:
    """How much of both sides is unknown."""
    return sum(
        int((frame[name] == "unknown").sum())
        for frame in (frames.before, frames.after)
        for name in frame.columns
        if frame[name].dtype == STATUS
    )


def test_on_trial_both_sides_are_on_trial(world: World) -> None:
    publish_plants(world, varied(3))
    batch = worked_off(world, ordered(world, mode=Mode.TRIAL))
    assert batch.state is BatchState.ASSESSED
    (unit,) = [unit for unit in rows(world, BatchUnit, batch) if unit.changed]
    with world.at("city", writing=False) as context:
        (found,) = frames_of(context.db, batch.id)
    (row,) = found.before.filter(found.before["audit_id"] == str(unit.audit_id)).iter_rows(named=True)
    assert (unit.before, unit.before_attainable) == (row["grade"], row["attainable"])
    # With provisional figures counted, less is left open than officially.
    official = worked_off(world, ordered(world))
    with world.at("city", writing=False) as context:
        (officially,) = frames_of(context.db, official.id)
    assert open_ones(found) < open_ones(officially)
    # A trial's tables say on which figures the grades rest.
    for frame in (found.before, found.after):
        assert (frame["figures.estimated"] + frame["figures.recalled"] + frame["figures.established"]).min() > 0
    assert "figures.estimated" not in officially.after.columns
    with world.at("city", writing=False) as context:
        changed = impact_of(context.db, batch).units
    assert all(text.startswith("本等级所依据的") for text in (*changed["before_figures"], *changed["after_figures"]))


def test_a_trial_leaves_the_units_that_it_is_not_about_as_they_are_in_force(world: World) -> None:
    # Of the tyre line figures are provisional: on trial its grade is another.
    publish_plants(world, [mixed(1, env_staff="part_time")])
    with world.at("city") as context:
        batch = order(context, "铸造试算", Selection(industry="foundry"), against="national-2020", mode=Mode.TRIAL)
    assert worked_off(world, batch).state is BatchState.ASSESSED
    (line,) = [unit for unit in rows(world, BatchUnit, batch) if not unit.regraded]
    assert (line.before, line.before_attainable) == (line.after, line.after_attainable) == ("D", "B")
    assert (line.changed, line.missing, line.open_figures) == (False, None, None)


def test_one_disagreement_stops_the_batch_with_everything_needed_to_find_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.services.regrading import engine_pass

    (audit_id,) = publish_plants(world, [tyre(1)])
    monkeypatch.setattr(engine_pass, "differences", lambda found, _: (("grade", found["grade"], "A"),))
    batch = worked_off(world, ordered(world))
    assert batch.state is BatchState.STOPPED
    problem = json.loads(batch.problem or "")
    assert (problem["audit_id"], problem["unit"]) == (str(audit_id), "tyre-1")
    assert problem["differences"] == [{"place": "grade", "columns": "D", "engine": "A"}]
    assert problem["audit"]["enterprise"]["name"] == "轮胎厂1"
    assert problem["ruleset_digest"].startswith("sha256:")


def test_a_grade_in_force_that_the_columns_do_not_find_again_stops_the_batch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.services.regrading import columns_pass

    publish_plants(world, [tyre(1)])
    batch = ordered(world)
    kept = columns_pass._unit_row

    def other(*given: Any) -> dict[str, Any]:
        return kept(*given) | {"before": "A"}

    monkeypatch.setattr(columns_pass, "_unit_row", other)
    batch = worked_off(world, batch)
    assert batch.state is BatchState.STOPPED
    assert json.loads(batch.problem or "")["differences"] == [{"place": "grade", "columns": "D", "engine": "A"}]


def test_steps_done_again_are_done_once(world: World) -> None:
    from api.services.regrading.steps import begin, close, do, to_do
    from api.store import BatchPhase

    publish_plants(world, varied(4))
    batch = ordered(world)
    for phase in BatchPhase:
        begin(world.service, batch.id)
        begin(world.service, batch.id)
        for number in to_do(world.service, batch.id, phase) * 2:
            assert do(world.service, batch.id, phase, number)
        close(world.service, batch.id, phase)
        close(world.service, batch.id, phase)
    assert worked_off(world, batch).state is BatchState.ASSESSED
    assert len(rows(world, BatchUnit, batch)) == 4


def test_a_job_that_goes_on_after_an_upgrade_has_its_batch_graded_anew_instead_of_stopping_it(world: World) -> None:
    from api.services.regrading.steps import begin, close, do, to_do
    from api.store import BatchChunk, BatchPhase

    publish_plants(world, varied(4))
    batch = ordered(world)
    begin(world.service, batch.id)
    (number,) = to_do(world.service, batch.id, BatchPhase.COLUMNS)
    do(world.service, batch.id, BatchPhase.COLUMNS, number)
    close(world.service, batch.id, BatchPhase.COLUMNS)
    with world.service.database.writing() as db:
        db.get_one(BatchChunk, (batch.id, BatchPhase.COLUMNS, number)).engine = None
        db.execute(update(BatchUnit).values(after="A", after_attainable="A"))
    (number,) = to_do(world.service, batch.id, BatchPhase.ENGINE)
    assert not do(world.service, batch.id, BatchPhase.ENGINE, number)
    close(world.service, batch.id, BatchPhase.ENGINE)
    assert [audit.outcome for audit in rows(world, BatchAudit, batch)] == [AuditOutcome.WAITING] * 4
    assert worked_off(world, batch).state is BatchState.ASSESSED
    assert {unit.after for unit in rows(world, BatchUnit, batch)} == {"D"}


def test_a_held_batch_does_nothing_until_it_goes_on(world: World) -> None:
    publish_plants(world, varied(2))
    batch = ordered(world)
    world.do("city", hold, batch.id)
    held = worked_off(world, batch)
    assert (held.state, held.paused) == (BatchState.WAITING, True)
    assert rows(world, BatchAudit, batch) == []
    gone_on = world.do("city", go_on, batch.id)
    assert gone_on.run == held.run + 1
    assert worked_off(world, batch).state is BatchState.ASSESSED


def test_a_cancelled_batch_forgets_what_was_computed_and_can_be_begun_anew(world: World) -> None:
    publish_plants(world, varied(2))
    batch = worked_off(world, ordered(world))
    world.do("city", cancel, batch.id)
    assert rows(world, BatchUnit, batch) == []
    with pytest.raises(Problem, match="wrong_state"):
        world.do("city", hold, batch.id)
    world.do("city", renew, batch.id)
    assert worked_off(world, batch).state is BatchState.ASSESSED
    assert len(rows(world, BatchUnit, batch)) == 2


def test_everything_wrong_with_an_order_is_told_at_once(world: World) -> None:
    from datetime import date

    selection = Selection(within="610300", since=date(2024, 1, 1), until=date(2023, 1, 1), industry="rubber")
    with pytest.raises(Problem) as caught, world.at("city") as context:
        order(context, " ", selection, against="national-1999")
    assert [error.place for error in caught.value.errors] == ["name", "within", "until", "against"]


def test_a_whole_edition_grades_every_industry_that_it_has(world: World) -> None:
    publish_plants(world, varied(7))
    with world.at("city") as context:
        batch = order(context, "按现行版本重评", Selection(), against="national-2020")
    batch = worked_off(world, batch)
    assert batch.state is BatchState.ASSESSED
    units = rows(world, BatchUnit, batch)
    assert Counter(unit.industry for unit in units if unit.regraded) == {"rubber": 7, "foundry": 1}
    assert not any(unit.changed for unit in units)


@pytest.mark.parametrize("login", ["wang", "tyre", "root"])
def test_only_bureaus_order_batches(world: World, login: str) -> None:
    with pytest.raises(Problem, match="role_not_allowed"), world.at(login) as context:
        order(context, "批次", Selection(), against="national-2020")


def test_audits_that_are_not_in_force_are_not_selected(world: World) -> None:
    first, second = publish_plants(world, [tyre(1), tyre(2)])
    with world.service.database.writing() as db:
        db.get_one(Audit, first).state = AuditState.WITHDRAWN
    batch = worked_off(world, ordered(world))
    found: list[UUID] = [audit.audit_id for audit in rows(world, BatchAudit, batch)]
    assert found == [second]
