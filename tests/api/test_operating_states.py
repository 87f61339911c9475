"""States of plants and units, former names and codes: recorded with days and proof, and what follows from them."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from api.problems import Problem
from api.queries import overview
from api.services import enterprises, former_names, operating_states, register_import, workflow
from api.services.announcements import steps
from api.services.campaigns.published import register_of
from api.services.enterprises import enterprise_of
from api.services.operating_states import record
from api.services.register_table import HEADS
from api.services.verification import verify_records
from api.store import Audit, Enterprise, NamedBy, OperatingStateKind, Unit
from grading import calendar
from tests.api.world import PERMIT, WORD, World, content

ON_SQLITE_ALONE = True
K = OperatingStateKind
DAY = date(2024, 5, 10)
PROOF = "市环停〔2024〕3号"
NEW_CODE = "91350100M000100Y43"


def refused(world: World, code: str, step: Any, *args: Any, login: str = "city", **how: Any) -> list[str]:
    with pytest.raises(Problem) as problem:
        world.do(login, step, *args, **how)
    assert problem.value.code == code
    return [error.place for error in problem.value.errors]


def test_long_idle_needs_a_document_closed_a_document_or_reason_and_no_day_is_to_come(world: World) -> None:
    tomorrow = calendar.today() + timedelta(days=1)
    assert refused(world, "invalid_state", record, world.tyre, K.LONG_IDLE, DAY, reason=WORD) == ["document"]
    assert refused(world, "invalid_state", record, world.tyre, K.CLOSED, tomorrow) == ["since", "reason"]
    world.do("city", record, world.tyre, K.LONG_IDLE, DAY, document=PROOF)
    assert refused(world, "state_recorded", record, world.tyre, K.LONG_IDLE, DAY, document=PROOF) == []
    assert refused(world, "not_found", record, world.foundry, K.CLOSED, DAY, reason=WORD) == []
    with world.service.database.reading() as db:
        row = db.get_one(Enterprise, world.tyre)
        assert (row.state, row.idle_since, row.active) == (K.LONG_IDLE, DAY, True)
        assert verify_records(db).findings == ()


def test_a_closed_plant_is_asked_for_nothing_and_on_no_list_until_it_operates_again(world: World) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content()).id
    world.do("wang", workflow.submit, audit)
    world.do("li", workflow.confirm, audit)
    world.do("city", record, world.tyre, K.CLOSED, DAY, reason="拆除")
    assert refused(world, "plant_closed", workflow.create_audit, world.tyre, login="wang") == []
    with world.at("city") as context:
        _, why = steps.refusal(context, context.find(Audit, audit))
        assert "已关闭" in (why or "")
        assert [line.id for line in overview.lines(context.db, overview.Filter())] == []
        assert [line.id for line in overview.lines(context.db, overview.Filter(state="closed"))] == [world.tyre]
        team = world.actor("wang").team_id
    assert (
        refused(
            world, "plant_closed", enterprises.assign, team_id=team, enterprise_id=world.tyre, since=DAY, until=None
        )
        == []
    )
    world.do("city", record, world.tyre, K.OPERATING, date(2024, 9, 1))
    assert world.do("wang", workflow.create_audit, world.tyre).enterprise_id == world.tyre
    with world.service.database.reading() as db:
        (plant,) = register_of(db, "610400").plants.values()
    assert [(entry.since, entry.state) for entry in plant.states] == [
        (DAY, "closed"),
        (date(2024, 9, 1), "operating"),
    ], "campaigns count by the state of each day"


def test_a_unit_that_does_not_operate_is_in_no_new_audit(world: World) -> None:
    with world.at("city") as context:
        unit = context.db.scalars(select(Unit).where(Unit.enterprise_id == world.tyre).limit(1)).one()
    world.do("city", record, world.tyre, K.LONG_IDLE, DAY, unit_id=unit.id, document=PROOF)
    made = world.do("wang", workflow.create_audit, world.tyre).id
    with world.at("wang") as context:
        assert unit.code not in workflow.revision_of(context, context.find(Audit, made)).content
        assert context.find(Enterprise, world.tyre).state is K.OPERATING


def test_the_table_of_the_register_holds_states_both_ways(world: World) -> None:
    world.do("city", record, world.tyre, K.LONG_IDLE, DAY, document=PROOF)
    book = load_workbook(BytesIO(world.do("city", register_import.table_of)))
    sheet = book.worksheets[0]
    top = next(row for row in sheet.iter_rows() if any(cell.value == HEADS["state"] for cell in row))
    at = {cell.value: cell.column for cell in top}
    line = top[0].row + 1
    stated = [
        sheet.cell(line, at[HEADS[key]]).value for key in ("state", "state_since", "state_document", "unit_state")
    ]
    assert stated == ["长期停产", "2024-05-10", PROOF, "正常生产"]

    def again() -> register_import.Imported:
        saved = BytesIO()
        book.save(saved)
        saved.seek(0)
        return world.do("city", register_import.upload, saved, "名录.xlsx")

    assert again().changed == 0, "what stands there already changes nothing"
    for row in range(line, sheet.max_row + 1):
        if sheet.cell(row, at[HEADS["uscc"]]).value:
            sheet.cell(row, at[HEADS["state"]], "已关闭")
            sheet.cell(row, at[HEADS["state_since"]], "2024-13-01")
    with pytest.raises(Problem) as wrong:
        again()
    assert {error["label"] for error in wrong.value.more["errors"]} == {HEADS["state_since"]}
    for row in range(line, sheet.max_row + 1):
        if sheet.cell(row, at[HEADS["uscc"]]).value:
            sheet.cell(row, at[HEADS["state_since"]], "2024-10-01")
    assert again().changed == 1
    with world.service.database.reading() as db:
        assert db.get_one(Enterprise, world.tyre).state is K.CLOSED


def test_former_names_and_codes_are_kept_found_and_lead_to_the_enterprise(world: World) -> None:
    draft = world.do("wang", workflow.create_audit, world.tyre, content()).id
    with world.at("city") as context:
        before = context.find(Enterprise, world.tyre)
        name, code, version = before.name, before.uscc, before.version
    changes = {"name": "咸阳新胎有限公司", "uscc": NEW_CODE, "permit": "NEW-P"}
    world.do("city", enterprises.change_enterprise, world.tyre, version, changes)
    world.do("city", former_names.add, world.tyre, NamedBy.NAME, "咸阳第一橡胶厂", date(2010, 1, 1))
    assert (
        refused(
            world, "former_name_known", former_names.add, world.tyre, NamedBy.NAME, "咸阳第一橡胶厂", date(2011, 1, 1)
        )
        == []
    )
    assert refused(world, "uscc_taken", enterprises.add_enterprise, name="新", uscc=code, county="610404") == ["uscc"]
    with world.at("city") as context:
        kept = {(one.kind, one.value) for one in former_names.former_names(context.db, world.tyre)}
        assert kept == {
            (NamedBy.NAME, name),
            (NamedBy.USCC, code),
            (NamedBy.PERMIT, PERMIT),
            (NamedBy.NAME, "咸阳第一橡胶厂"),
        }
        for text in (name[:4], "第一橡胶", code.lower(), PERMIT, "新胎"):
            assert [line.id for line in overview.lines(context.db, overview.Filter(text=text))] == [world.tyre], text
        found = enterprise_of(context.db, code)
        assert found is not None
        assert found.id == world.tyre
    assert world.do("wang", workflow.submit, draft).id == draft, "what was begun under the old code goes on"
    with world.service.database.reading() as db:
        assert verify_records(db).findings == ()
    assert operating_states.STATE_NAMES.keys() == set(K)
