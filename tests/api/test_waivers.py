"""Waivers in the service: a bureau grants them, gradings are made by them and made again the same, and they end by themselves."""

import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from api.access import Rule, require
from api.problems import Problem
from api.queries.batch_impact import impact_of, sides_of
from api.queries.batches import audit as audit_of_batch
from api.queries.waivers import ending, of_enterprise
from api.services import waivers, workflow
from api.services.granted_waivers import have_changed, relied_on
from api.services.notices import NoticeMaker
from api.services.regrading.holding import release
from api.services.regrading.lifecycle import Selection, order, renew
from api.services.regrading.publication import publish
from api.services.regrading.steps import work_off
from api.services.replay import replay
from api.services.verification import verify
from api.store import (
    Audit,
    AuditOutcome,
    Batch,
    BatchAudit,
    BatchState,
    Grading,
    LogEntry,
    Notice,
    Site,
    Unit,
    UnitWaiver,
)
from grading import calendar
from tests.api.plants import mixed, publish_plants
from tests.api.regrading.test_publication import dry_run
from tests.api.test_workflow import refused, submitted
from tests.api.world import World, content

TODAY = calendar.today()
ASSESSED = date.fromisoformat(json.loads(content())["assessed_on"])
GRANT: dict[str, Any] = {
    "authority": "咸阳市生态环境局",
    "reason": "治理设施改造期",
    "document_number": "咸环函〔2023〕12号",
    "document_date": ASSESSED,
}


def unmet(document: str) -> tuple[str, str]:
    """A unit of a grading with an indicator that is not met at the best level."""
    for unit in json.loads(document)["units"]:
        for one in unit["indicators"]:
            if next(iter(one["levels"].values())) in ("unmet", "unknown"):
                return unit["id"], one["id"]
    raise LookupError


def granted(world: World, unit: str, indicator: str, until: date, **more: Any) -> UnitWaiver:
    """A waiver of a unit of the tyre plant, by its city's bureau."""
    with world.at("city") as context:
        row = context.db.scalars(select(Unit).where(Unit.code == unit, Unit.enterprise_id == world.tyre)).one()
        return waivers.grant(context, row.id, indicator=indicator, until=until, **(GRANT | more))


def levels_of(grading: Grading, unit: str, indicator: str) -> set[str]:
    """The statuses of an indicator in a stored grading."""
    found = next(u for u in json.loads(grading.document)["units"] if u["id"] == unit)
    return set(next(i for i in found["indicators"] if i["id"] == indicator)["levels"].values())


def test_a_grading_is_made_by_the_waiver_in_force_and_without_it_once_it_ended(world: World) -> None:
    audit_id = submitted(world)
    with world.at("city") as context:
        plain = workflow.regrade(context, audit_id)
        unit, indicator = unmet(plain.document)
    row = granted(world, unit, indicator, TODAY + timedelta(days=20), evidence=(BytesIO(b"%PDF-1.7 x"), "批复.pdf"))
    with world.at("city") as context:
        by_waiver = workflow.regrade(context, audit_id)
        assert by_waiver.id != plain.id
        assert "waived" in levels_of(by_waiver, unit, indicator)
        assert "met" not in levels_of(by_waiver, unit, indicator) - levels_of(plain, unit, indicator)
        assert {w["indicator"] for w in relied_on(json.loads(by_waiver.document))} <= {indicator}
        stated = next(u for u in json.loads(by_waiver.document)["units"] if u["id"] == unit)["waivers"][0]
        assert (stated["document"]["number"], stated["evidence"]) == ("咸环函〔2023〕12号", ["批复.pdf"])
        assert workflow.regrade(context, audit_id).id == by_waiver.id
    with world.at("wang", writing=False) as context:
        assert replay(context, context.find(Grading, by_waiver.id)).same
    with world.at("city", writing=False) as context:
        assert [g.waiver.id for g in ending(context.db)] == [row.id]
    NoticeMaker(world.service).make_due()
    with world.at("county", writing=False) as context:
        assert any("到期" in text for text in context.db.scalars(select(Notice.text)))
    world.do("li", workflow.confirm, audit_id)
    world.do("city", waivers.end, row.id, "改造已完成")
    with refused("waivers_changed"):
        world.do("city", workflow.publish, audit_id, grading_id=by_waiver.id)
    with world.at("city") as context:
        assert workflow.regrade(context, audit_id).id == plain.id
        assert workflow.publish(context, audit_id, reasons="核对无误").published_grading_id == plain.id
        assert [g.standing for g in of_enterprise(context.db, world.tyre)] == ["ended"]
        rows = select(LogEntry.action).where(LogEntry.action.startswith("waiver.")).order_by(LogEntry.seq)
        assert context.db.scalars(rows).all() == ["waiver.granted", "waiver.ended"]
    assert verify(world.service).findings == ()


def test_what_is_wrong_with_a_waiver_is_told_at_once(world: World) -> None:
    unit = json.loads(content())["units"][0]["id"]
    with pytest.raises(Problem) as problem:
        granted(world, unit, "no_permit", ASSESSED - timedelta(days=1), reason=" ", document_number="")
    assert [(e.place, e.code) for e in problem.value.errors] == [
        ("reason", "key_missing"),
        ("document_number", "key_missing"),
        ("indicator", "waiver_of_a_gate"),
        ("until", "waiver_ends_before"),
    ]
    granted(world, unit, "road_transport", TODAY + timedelta(days=400))
    with refused("invalid_waiver"):
        granted(world, unit, "road_transport", TODAY + timedelta(days=500))


def test_nobody_waives_in_an_audit_and_only_bureaus_grant(world: World) -> None:
    said = json.loads(content())
    document = {"number": "1号", "date": "2023-01-01"}
    said["units"][0]["waivers"] = [
        {"indicator": "road_transport", "authority": "我", "reason": "x", "document": document, "until": "2030-01-01"}
    ]
    with pytest.raises(Problem) as problem:
        submitted(world, json.dumps(said, ensure_ascii=False))
    assert [e.code for e in problem.value.errors] == ["waiver_not_granted"]
    with world.at("root", writing=False) as context:
        unit_id = context.db.scalars(select(Unit.id).where(Unit.enterprise_id == world.tyre)).first()
    assert unit_id is not None
    for login in ("tyre", "wang", "root"):
        with refused("role_not_allowed"):
            world.do(login, waivers.grant, unit_id, indicator="road_transport", until=TODAY, **GRANT)
    with refused("not_found"):
        world.do("elsewhere", waivers.grant, unit_id, indicator="road_transport", until=TODAY, **GRANT)


def part_time(world: World) -> tuple[UUID, str, str]:
    """A confirmed audit of a plant without full-time staff: it, and its unit and indicator that are short of it."""
    said = json.loads(content())
    said["enterprise"]["facts"]["env_staff"] = "part_time"
    audit_id = submitted(world, json.dumps(said, ensure_ascii=False))
    with world.at("city") as context:
        graded = json.loads(workflow.regrade(context, audit_id).document)
    world.do("li", workflow.confirm, audit_id)
    unit = graded["units"][0]
    return audit_id, unit["id"], next(one["id"] for one in unit["indicators"] if "unmet" in one["levels"].values())


def again_by_the_same_edition(world: World) -> Batch:
    """A batch by the edition that graded: only waivers can make a difference."""
    with world.at("city") as context:
        batch = order(context, "豁免变化", Selection(), against="national-2020/rubber")
    for _ in work_off(world.service, batch.id):
        pass
    with world.at("city", writing=False) as context:
        return context.find(Batch, batch.id)


def in_force(world: World, audit_id: UUID) -> Grading:
    """The grading in force of an audit, which is made again the same."""
    with world.at("city", writing=False) as context:
        found = context.find(Grading, context.find(Audit, audit_id).published_grading_id or UUID(int=0))
        assert replay(context, found).same
        assert not have_changed(context, context.find(Audit, audit_id), found)
        return found


def causes_of(world: World, batch: Batch) -> str:
    """The causes of a batch's changes in words."""
    with world.at("city", writing=False) as context:
        return "".join(impact_of(context.db, batch).units["causes"].to_list())


def test_a_batch_grades_by_the_waivers_in_force(world: World) -> None:
    audit_id, unit, indicator = part_time(world)
    granted(world, unit, indicator, TODAY + timedelta(days=20))
    world.do("city", workflow.regrade, audit_id)
    world.do("city", workflow.publish, audit_id)
    batch = dry_run(world)
    assert batch.state is BatchState.ASSESSED, batch.problem
    world.do("province", publish, batch.id)
    again = in_force(world, audit_id)
    assert {u["ruleset"] for u in json.loads(again.document)["units"]} == {"xianyang-2026/rubber"}
    assert "waived" in levels_of(again, unit, indicator)
    assert verify(world.service).findings == ()


def test_a_batch_leaves_out_a_waiver_that_has_ended_since_and_says_so(world: World) -> None:
    audit_id, unit, indicator = part_time(world)
    row = granted(world, unit, indicator, TODAY + timedelta(days=20))
    world.do("city", workflow.regrade, audit_id)
    world.do("city", workflow.publish, audit_id)
    world.do("city", waivers.end, row.id, "改造已完成")
    first, second = again_by_the_same_edition(world), again_by_the_same_edition(world)
    assert first.state is BatchState.ASSESSED, first.problem
    with world.at("city", writing=False) as context:
        one, other = (context.db.get_one(BatchAudit, (b.id, audit_id)) for b in (first, second))
        assert (one.waivers, one.result, one.inputs) == ("{}", other.result, other.inputs)
        units = audit_of_batch(context, first.id, audit_id)[1]
        sides = sides_of(context, one, units)
        assert [len(side[0].units[0].waivers) for side in (sides.before, sides.after)] == [1, 0]
        counted = impact_of(context.db, first).impact.attainable_causes
        assert [(c.after_id, c.waivers) for c in counted] == [(indicator, 1)]
    assert "（豁免到期或终止）" in causes_of(world, first)
    world.do("province", release, first.id, audit_id, "豁免已终止")
    world.do("province", publish, first.id)
    again = in_force(world, audit_id)
    assert again.waivers is None
    assert "waived" not in levels_of(again, unit, indicator)
    assert verify(world.service).findings == ()


def test_a_batch_grades_by_a_waiver_granted_since_unless_it_ends_before_publication(world: World) -> None:
    audit_id, unit, indicator = part_time(world)
    world.do("city", workflow.publish, audit_id)
    row = granted(world, unit, indicator, TODAY + timedelta(days=20))
    batch = again_by_the_same_edition(world)
    assert "（新准予豁免）" in causes_of(world, batch)
    with world.at("city", writing=False) as context:
        used = context.db.get_one(BatchAudit, (batch.id, audit_id)).waivers
        assert [one["indicator"] for one in json.loads(used or "")[unit]] == [indicator]
    world.do("province", release, batch.id, audit_id, "已准予豁免")
    world.do("city", waivers.end, row.id, "改造已完成")
    with refused("waivers_changed"):
        world.do("province", publish, batch.id)
    world.do("city", renew, batch.id)
    for _ in work_off(world.service, batch.id):
        pass
    with world.at("city", writing=False) as context:
        assert context.db.get_one(BatchAudit, (batch.id, audit_id)).outcome is AuditOutcome.UNCHANGED


def test_a_unit_that_a_batch_is_not_about_is_graded_by_its_waivers_of_today_too(world: World) -> None:
    (audit_id,) = publish_plants(world, [mixed(6, env_staff="part_time")])
    with world.at("city") as context:
        require(context.db, Rule.GRANT_WAIVERS)
        audit = context.find(Audit, audit_id)
        stored = context.find(Grading, audit.published_grading_id or UUID(int=0))
        foundry = json.loads(stored.document)["units"][1]
        site = Site(enterprise_id=audit.enterprise_id, name="厂区", county="610404")
        context.db.add(site)
        context.db.flush()
        line = Unit(
            enterprise_id=audit.enterprise_id, site_id=site.id, code=foundry["id"], ruleset_id=foundry["ruleset"]
        )
        context.db.add(line)
        context.db.flush()
        short = [i["id"] for i in foundry["indicators"] if {"unmet", "unknown"} & set(i["levels"].values())]
        for indicator in short:
            waivers.grant(context, line.id, indicator=indicator, until=TODAY + timedelta(days=20), **GRANT)
    batch = dry_run(world)
    assert batch.state is BatchState.ASSESSED, batch.problem
    world.do("province", publish, batch.id)
    again = in_force(world, audit_id)
    assert "waived" in levels_of(again, foundry["id"], short[0])
    assert json.loads(again.document)["units"][1]["grade"] != foundry["grade"]
