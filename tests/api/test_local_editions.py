"""Units that are registered by their industry: each audit begins with the most local edition in force, and says why."""

import json
from datetime import date

from sqlalchemy import select

from api.services import workflow
from api.services.enterprises import add_unit, change_unit
from api.services.local_edition import local_edition
from api.store import AuditRevision, LogEntry, Site, Unit
from tests.api.test_workflow import refused
from tests.api.world import World


def test_a_unit_registered_by_its_industry_gets_the_most_local_edition(world: World) -> None:
    with world.at("root") as context:
        site = context.db.scalars(select(Site).where(Site.enterprise_id == world.tyre)).one()
        unit = add_unit(context, world.tyre, site_id=site.id, code="新线", name=None, industry="橡胶")
        assert (unit.ruleset_id, unit.industry) == ("xianyang-2023/rubber", "橡胶")
        entry = context.db.scalars(select(LogEntry).where(LogEntry.subject == f"unit:{unit.id}")).one()
        assert "市级（610400）" in json.loads(entry.details)["why"]
        # As if it had been registered before the city had an edition of its own.
        context.find(Unit, unit.id).ruleset_id = "national-2020/rubber"
    audit = world.do("wang", workflow.create_audit, world.tyre)
    with world.at("wang", writing=False) as context:
        revision = context.db.scalars(select(AuditRevision).where(AuditRevision.audit_id == audit.id)).one()
        units = {one["id"]: one["ruleset"] for one in json.loads(revision.content)["units"]}
        assert units["新线"] == "xianyang-2023/rubber"
        assert set(units.values()) == {"xianyang-2023/rubber", "national-2020/rubber"}, "a person's choice stays"


def test_another_edition_is_registered_with_a_reason_alone(world: World) -> None:
    with world.at("root", writing=False) as context:
        site_id = context.db.scalars(select(Site.id).where(Site.enterprise_id == world.tyre)).one()
    named = {
        "site_id": site_id,
        "code": "新线",
        "name": None,
        "industry": "rubber",
        "ruleset_id": "national-2020/rubber",
    }
    with refused("invalid_request"):
        world.do("root", add_unit, world.tyre, **named)
    made = world.do("root", add_unit, world.tyre, **named, ruleset_reason="省里统一核定")
    assert (made.ruleset_id, made.industry, made.ruleset_reason) == ("national-2020/rubber", None, "省里统一核定")
    with refused("no_edition"):
        world.do("root", add_unit, world.tyre, site_id=site_id, code="另一线", name=None, industry="月球基地")


def test_a_unit_is_given_another_edition_with_a_reason_unless_it_is_the_most_local_one(world: World) -> None:
    with world.at("root", writing=False) as context:
        site_id = context.db.scalars(select(Site.id).where(Site.enterprise_id == world.tyre)).one()
    unit = world.do("root", add_unit, world.tyre, site_id=site_id, code="新线", name=None, industry="rubber")
    with refused("invalid_request"):
        world.do("root", change_unit, unit.id, {"ruleset_id": "national-2020/rubber"})
    reasoned = {"ruleset_id": "national-2020/rubber", "ruleset_reason": "省里统一核定"}
    changed = world.do("root", change_unit, unit.id, reasoned)
    assert (changed.ruleset_id, changed.industry, changed.ruleset_reason) == (
        "national-2020/rubber",
        None,
        "省里统一核定",
    )
    changed = world.do("root", change_unit, unit.id, {"ruleset_id": "xianyang-2023/rubber"})
    assert (changed.ruleset_id, changed.ruleset_reason) == ("xianyang-2023/rubber", None)


def test_ties_are_told(world: World) -> None:
    found = local_edition(world.service, "cement", "610404", date(2025, 1, 1))
    assert found.ruleset is None
    assert found.refusal is not None
    assert found.refusal.code.value == "editions_tied"
