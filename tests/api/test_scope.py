"""A session bound to an actor shows what the actor may see, however the question is put."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.orm import aliased, with_loader_criteria

from api.access import FILTERS, Rule, ScopeError, area_bounds, in_area, require, scope_cached, unscoped, visible
from api.problems import Problem
from api.store import (
    Assignment,
    Audit,
    AuditRevision,
    Base,
    CampaignWays,
    CostlyUse,
    Enterprise,
    EvidenceFile,
    FailedSignIn,
    GradedUnit,
    Grading,
    GradingForecast,
    LogEntry,
    LogHead,
    SignInSession,
    Site,
    Team,
    Token,
    Unit,
    User,
    WebhookProgress,
    Worker,
)
from api.store.changes import UNRECORDED_COLUMNS
from tests.api.conftest import Backend, service_on
from tests.api.world import Furnished, World

BOTH, TYRE, FOUNDRY, NEITHER = {"tyre", "foundry"}, {"tyre"}, {"foundry"}, set[str]()
SEEN = {
    "wang": TYRE,
    "li": TYRE,
    "zhao": FOUNDRY,
    "tyre": TYRE,
    "foundry": FOUNDRY,
    "county": TYRE,
    "city": TYRE,
    "province": BOTH,
    "elsewhere": FOUNDRY,
    "root": BOTH,
}


@pytest.fixture
def furnished(backend: Backend, furnished_template: Furnished, tmp_path: Path) -> Iterator[Furnished]:
    """The furnished world, fresh; of its files only the database is there."""
    url = backend.new(furnished_template.world.service.settings.database)
    service = service_on(url, tmp_path)
    yield replace(furnished_template, world=replace(furnished_template.world, service=service))
    service.close()
    backend.drop(url)


def sides_of(furnished: Furnished, keys: set[str], name: str) -> set[str]:
    return {side for side in ("tyre", "foundry") if furnished.ids[side][name] in keys}


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Enterprise, "enterprise_id"),
        (Site, "site_id"),
        (Unit, "unit_id"),
        (Audit, "audit_id"),
        (Grading, "grading_id"),
        (EvidenceFile, "evidence_id"),
    ],
)
def test_everybody_sees_their_side_of_every_table(furnished: Furnished, model: type[Base], name: str) -> None:
    for login, seen in SEEN.items():
        with furnished.world.at(login) as context:
            keys = {str(row.id) for row in context.db.scalars(select(model))}  # type: ignore[attr-defined]
        assert sides_of(furnished, keys, name) == seen, f"{login} sees {keys}"


def test_a_statement_made_once_shows_each_actor_their_own_rows(furnished: Furnished) -> None:
    named = scope_cached(select(Enterprise.name).where(Enterprise.id == bindparam("id")))
    world = furnished.world
    for login in (*SEEN, *reversed(SEEN)):
        with world.at(login) as context:
            asked = (("tyre", world.tyre), ("foundry", world.foundry))
            assert {side for side, id_ in asked if context.db.scalar(named, {"id": id_}) is not None} == SEEN[login], (
                login
            )
    moved = update(Assignment).values(enterprise_id=world.foundry).where(Assignment.enterprise_id == world.tyre)
    moved = moved.execution_options(**{UNRECORDED_COLUMNS: True})
    with world.service.database.writing() as db:
        db.execute(moved)
    with world.at("wang") as context:
        assert context.db.scalar(named, {"id": world.tyre}) is None
        with pytest.raises(ScopeError, match="no filter"):
            context.db.scalar(scope_cached(select(LogHead)))


def test_however_it_is_asked(furnished: Furnished) -> None:
    """Counts, joins, aliases, columns, subqueries, unions and deletions are restricted like everything else."""
    other = aliased(Enterprise)
    with furnished.world.at("wang") as context:
        db = context.db
        foundry = furnished.world.foundry
        assert db.scalar(select(func.count()).select_from(Enterprise)) == 1
        assert db.scalar(select(func.count(Enterprise.id))) == 1
        assert db.scalars(select(Audit.enterprise_id)).all() == [furnished.world.tyre]
        assert db.scalars(select(other.name).where(other.id == foundry)).all() == []
        assert db.execute(select(Unit.id, Enterprise.name).join(Enterprise).where(Enterprise.id == foundry)).all() == []
        assert db.scalars(select(Site).where(Site.enterprise_id.in_(select(Enterprise.id)))).one()
        assert db.scalar(select(select(Enterprise.id).where(Enterprise.id == foundry).scalar_subquery())) is None
        assert db.get(Enterprise, foundry) is None
        both = select(Enterprise.id).union(select(other.id))
        assert db.scalars(select(Enterprise).where(Enterprise.id.in_(both))).one().id == furnished.world.tyre


def test_updates_and_deletions_reach_no_further_than_sight(furnished: Furnished) -> None:
    world = furnished.world
    with world.at("wang") as context:
        require(context.db, Rule.DRAFT_AUDITS)
        unrecorded = {UNRECORDED_COLUMNS: True}
        context.db.execute(update(Enterprise).values(permit="x").execution_options(**unrecorded))
        context.db.execute(delete(EvidenceFile).execution_options(**unrecorded))
    with world.at("root") as context:
        permits = {e.id: e.permit for e in context.db.scalars(select(Enterprise))}
        assert (permits[world.tyre], permits[world.foundry] == "x") == ("x", False)
        left = {str(row.id) for row in context.db.scalars(select(EvidenceFile))}
        assert sides_of(furnished, left, "evidence_id") == FOUNDRY


def test_teams_assignments_users_and_tokens_are_seen_by_whom_they_concern(furnished: Furnished) -> None:
    with furnished.world.at("wang") as context:
        assert len(context.db.scalars(select(Team)).all()) == len(context.db.scalars(select(Assignment)).all()) == 1
        assert [user.login for user in context.db.scalars(select(User))] == ["wang"]
        assert [token.user_id for token in context.db.scalars(select(Token))] == [context.actor.id]
        assert context.db.scalars(select(SignInSession)).all() == []
    with furnished.world.at("tyre") as context:
        assert context.db.scalars(select(Team)).all() == context.db.scalars(select(Assignment)).all() == []
    with furnished.world.at("root") as context:
        assert len(context.db.scalars(select(User)).all()) == len(furnished.world.users)


def test_an_enterprise_sees_of_an_experts_audit_the_revision_and_the_grading_that_count(furnished: Furnished) -> None:
    with furnished.world.at("tyre") as context:
        assert len(context.db.scalars(select(AuditRevision)).all()) == 1
        assert len(context.db.scalars(select(GradedUnit)).all()) >= 1
        actions = set(context.db.scalars(select(LogEntry.action)))
    assert actions == {"audit.published", "audit.appealed", "audit.appeal_file_added"}


def test_an_assignment_that_is_over_shows_nothing_any_more(furnished: Furnished) -> None:
    with furnished.world.service.database.writing() as db:
        for assignment in db.scalars(select(Assignment)):
            assignment.until = assignment.since
    with furnished.world.at("wang") as context:
        assert context.db.scalars(select(Enterprise)).all() == []


def test_a_statement_can_be_restricted_on_a_session_of_the_services_own(furnished: Furnished) -> None:
    actor = furnished.world.actor("zhao")
    with furnished.world.service.database.reading() as db:
        assert db.scalars(visible(select(Enterprise), actor)).one().id == furnished.world.foundry


def test_what_is_not_an_orm_statement_or_has_no_filter_is_refused(world: World) -> None:
    with world.at("root") as context:
        for statement in (text("SELECT 1 FROM users"), select(User.__table__), select(LogHead), select(FailedSignIn)):
            with pytest.raises(ScopeError):
                context.db.execute(statement)
        with unscoped(context.db):
            assert context.db.scalars(select(LogHead)).one()


def test_every_table_has_a_filter_or_is_the_services_own() -> None:
    assert {mapper.class_ for mapper in Base.registry.mappers} - FILTERS.keys() == {
        LogHead,
        FailedSignIn,
        CostlyUse,
        Worker,
        CampaignWays,
        WebhookProgress,
        GradingForecast,
    }


def test_a_write_without_a_permission_check_is_refused(world: World) -> None:
    with pytest.raises(ScopeError, match="permission check"), world.at("root") as context:
        context.db.add(Team(name="评审三组"))
    with world.at("root") as context:
        require(context.db, Rule.KEEP_USERS)
        context.db.add(Team(name="评审三组"))


def test_permission_to_look_is_no_permission_to_write(world: World) -> None:
    with world.at("root") as context:
        require(context.db, Rule.READ)
        context.db.add(Team(name="评审三组"))
        with pytest.raises(ScopeError, match="permission check"):
            context.db.flush()
        context.db.rollback()


def test_who_may_not_is_told_who_may(world: World) -> None:
    with world.at("tyre") as context, pytest.raises(Problem) as caught:
        require(context.db, Rule.PUBLISH_AUDITS)
    assert caught.value.detail == "此操作限生态环境部门使用，您的角色是企业。"


@pytest.mark.parametrize(
    ("area", "bounds"),
    [
        ("100000", ("000000", "999999")),
        ("610000", ("610000", "619999")),
        ("610400", ("610400", "610499")),
        ("610404", ("610404", "610404")),
    ],
)
def test_an_area_is_the_counties_under_its_code(area: str, bounds: tuple[str, str]) -> None:
    assert area_bounds(area) == bounds
    assert in_area(bounds[0], area)
    assert in_area(bounds[1], area)


def test_a_table_without_a_filter_cannot_be_asked_about_in_a_subquery_either(world: World) -> None:
    with world.at("root", writing=False) as context, pytest.raises(ScopeError, match="failed_sign_ins"):
        context.db.scalars(select(User).where(User.id.in_(select(FailedSignIn.id)))).all()


@pytest.mark.parametrize("login", ["wang", "tyre", "county", "root"])
def test_a_statement_carries_the_filters_of_all_its_tables_and_means_the_same_as_with_every_filter(
    world: World, login: str
) -> None:
    actor = world.actor(login)
    other = aliased(Audit)
    statements = [
        select(Audit).join(Grading, Grading.audit_id == Audit.id),
        select(Enterprise.name).where(Enterprise.id.in_(select(Audit.enterprise_id).where(Audit.version > 1))),
        select(func.count()).select_from(select(GradedUnit.unit).join(Grading).subquery()),
        select(other.id).join(AuditRevision, AuditRevision.audit_id == other.id),
        select(Site.id).where(select(Unit.id).where(Unit.site_id == Site.id).exists()),
    ]
    every = [with_loader_criteria(model, rule(actor), include_aliases=True) for model, rule in FILTERS.items()]
    for statement in statements:
        assert str(visible(statement, actor)) == str(statement.options(*every))
        assert str(visible(statement, actor)) != str(statement)
