"""Enterprises that are registered twice are found, seen side by side, and merged; nothing is lost, the old id leads on."""

import json
from contextlib import suppress
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from api.problems import Problem
from api.queries import log
from api.queries.grade_history import history
from api.services import enterprises, workflow
from api.services.campaigns import progress
from api.services.campaigns.creation import create as begin_campaign
from api.services.campaigns.published import register_of
from api.services.doubles.merge import MOVED, STAYS, merge, obstacle, side_of
from api.services.doubles.suggestions import NEAR_NAME, SAME_CODE, SAME_PERMIT, core_of, keys_of, suggestions
from api.services.enterprises import enterprise_of
from api.services.verification import verify_records
from api.store import (
    Assignment,
    Audit,
    AuditState,
    Base,
    CampaignPlant,
    CampaignVisit,
    Enterprise,
    FormerName,
    Site,
    Unit,
)
from grading import uscc as credit_code
from tests.api.world import PERMIT, TYRE, WORD, World, campaign_text, content

ON_SQLITE_ALONE = True
CODE = "91350100M000100Y43"


@pytest.fixture
def double(world: World) -> UUID:
    """The tyre works once more, with a unit, an assignment and the enterprise's user."""
    made = world.do("city", enterprises.add_enterprise, name="渭城轮胎", uscc=CODE, county="610404", permit="P-2").id
    site = world.do("city", enterprises.add_site, made, name="厂区", county="610404").id
    world.do(
        "city", enterprises.add_unit, made, site_id=site, code="mill", name=None, ruleset_id="national-2020/rubber"
    )
    return made


def assign(world: World, enterprise_id: UUID, since: date) -> None:
    team = world.actor("wang").team_id
    assert team is not None
    world.do("city", enterprises.assign, team_id=team, enterprise_id=enterprise_id, since=since, until=None)


def published(world: World, enterprise_id: UUID, day: str, **changes: object) -> UUID:
    head = json.loads(content())["enterprise"]
    if enterprise_id != world.tyre:
        head |= {"uscc": CODE, "permit": "P-2"}
        assign(world, enterprise_id, date(2024, 1, 1))
    made = world.do(
        "wang", workflow.create_audit, enterprise_id, content(assessed_on=day, enterprise=head, **changes)
    ).id
    world.do("wang", workflow.submit, made)
    world.do("li", workflow.confirm, made)
    world.do("city", workflow.publish, made)
    return made


def test_every_table_of_an_enterprise_moves_or_says_why_not() -> None:
    tables = {
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "enterprises"
    }
    assert tables == {model.__tablename__ for model, _ in MOVED} | STAYS.keys()


def code_with(stem: str) -> str:
    """A valid credit code that begins so."""
    for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        with suppress(ValueError):
            return credit_code.checked(stem + sign)
    raise AssertionError(stem)


def test_doubles_are_found_by_the_organisation_the_permit_and_near_equal_names(world: World) -> None:
    known = json.loads(TYRE.read_text(encoding="utf-8"))["enterprise"]
    wanted = [
        ("甲公司", code_with(f"91610402{known['uscc'][8:17]}"), "610402", None),
        ("乙公司", CODE, "610402", PERMIT),
        (f"{known['name'][:2]} {known['name'][2:]}", code_with("91610404MA6XW0P40"), "610404", None),
    ]
    made = [
        world.do("city", enterprises.add_enterprise, name=name, uscc=code, county=county, permit=permit).id
        for name, code, county, permit in wanted
    ]
    with world.at("city") as context:
        found = {pair.second.id: pair.reasons for pair in suggestions(context) if pair.first.id == world.tyre}
    assert found == dict(zip(made, ((SAME_CODE,), (SAME_PERMIT,), (NEAR_NAME,)), strict=True))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("咸阳新星橡胶有限公司", "咸阳新星橡胶有限责任公司", True),
        ("咸阳（新星）橡胶厂", "咸阳新星橡胶", True),
        ("咸阳新星橡胶厂", "咸阳新里橡胶厂", True),
        ("咸阳新星橡胶厂", "咸阳新星橡塑制品厂", False),
        ("一厂", "二厂", False),
        ("渭城第一砖厂", "渭城第二砖厂", False),
        ("渭城东郊水泥厂", "渭城西郊水泥厂", False),
        ("咸阳新星橡胶厂（演示045）", "咸阳新星橡胶厂（演示075）", False),
    ],
)
def test_names_are_near_equal_that_differ_in_form_signs_or_one_letter_but_not_in_number_or_direction(
    one: str, other: str, alike: bool
) -> None:
    assert bool(keys_of(core_of(one)) & keys_of(core_of(other))) is alike


def test_all_of_the_double_is_the_others_and_its_id_and_code_lead_there(world: World, double: UUID) -> None:
    assign(world, double, date(2023, 1, 1))
    audit = world.do("wang", workflow.create_audit, double).id
    campaign = world.do("city", begin_campaign, campaign_text("610400", "P-2")).id
    with world.at("city") as context:
        plant = context.db.scalars(select(CampaignPlant).where(CampaignPlant.campaign_id == campaign)).one()
        progress.record_visit(context, plant.id, day=date(2024, 5, 10), findings=WORD, advice=WORD)
    merged = world.do("city", merge, double, world.tyre, "同一家企业登记了两次")
    assert merged.id == world.tyre
    with world.at("root") as context:
        db = context.db
        assert {u.code for u in db.scalars(select(Unit).where(Unit.enterprise_id == world.tyre))} >= {"mill"}
        assert {s.name for s in db.scalars(select(Site).where(Site.enterprise_id == world.tyre))} == {
            "厂区",
            "厂区（并入）",
        }
        assert db.get_one(Audit, audit).enterprise_id == world.tyre
        assert [a.enterprise_id for a in db.scalars(select(Assignment)) if a.enterprise_id == double] == [double]
        row = db.get_one(CampaignPlant, plant.id)
        assert (row.enterprise_id, row.permit) == (world.tyre, PERMIT)
        assert {f.value for f in db.scalars(select(FormerName))} == {"渭城轮胎", CODE, "P-2"}
        found = enterprise_of(db, CODE)
        assert found is not None
        assert found.id == world.tyre
        assert not db.get_one(Enterprise, double).active
        plants = register_of(db, "610400")
        assert (plants.twice, [p.enterprise_id for p in plants.plants.values()]) == ((), [world.tyre])
        entries, _ = log.entries(context, log.Filter(enterprise_id=world.tyre), None, 200)
        assert {"enterprise.merged", "enterprise.created"} <= {entry.action for entry in entries}
        assert verify_records(db).findings == ()
    with world.at("tyre") as context:
        assert context.db.scalars(select(CampaignVisit)).all(), "the enterprise sees what was done at its double"


def test_of_two_published_audits_of_the_same_units_the_earlier_is_superseded(world: World, double: UUID) -> None:
    ours = published(world, world.tyre, "2024-05-10")
    theirs = published(world, double, "2024-03-10")
    world.do("city", merge, double, world.tyre, WORD)
    with world.at("root") as context:
        states = {key: context.db.get_one(Audit, key).state for key in (ours, theirs)}
        assert states == {ours: AuditState.PUBLISHED, theirs: AuditState.SUPERSEDED}
        assert {e.audit_id for e in history(context.db, [world.tyre])[world.tyre]} == {ours, theirs}


def test_what_would_lose_a_grade_or_was_merged_already_is_refused(world: World, double: UUID) -> None:
    published(world, world.tyre, "2024-05-10")
    units = [json.loads(content())["units"][0] | {"id": "mill"}]
    published(world, double, "2024-03-10", units=units)
    with world.at("city") as context:
        assert "单元不同" in (obstacle(context, double, world.tyre) or "")
        assert "两家不同" in (obstacle(context, double, double) or "")
        assert dict(side_of(context, double).counts)["审核"] == 1
    with pytest.raises(Problem, match="not_mergeable"):
        world.do("city", merge, double, world.tyre, WORD)
    with pytest.raises(Problem, match="reasons_missing"):
        world.do("city", merge, double, world.tyre, " ")
    with pytest.raises(Problem, match="not_found"):
        world.do("city", merge, world.foundry, world.tyre, WORD)
