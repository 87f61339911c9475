"""The way of an audit: who may take which step when, what is refused and why, and that everything is logged."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from api.problems import Problem
from api.services import workflow
from api.services.enterprises import add_enterprise, change_enterprise
from api.services.replay import document, replay, reviews_for
from api.services.workflow import Action
from api.store import (
    Appeal,
    Audit,
    AuditKind,
    AuditRevision,
    AuditState,
    DraftVersion,
    Enterprise,
    Grading,
    LogEntry,
    Publication,
    StoredRuleset,
)
from grading import calendar
from grading.model.base import Mode
from tests.api.world import World, content


def refused(code: str) -> Any:
    """Expects a Problem with this code."""
    return pytest.raises(Problem, match=f"^{code}:")


def drafted(world: World, text: str | None = None, login: str = "wang") -> UUID:
    return world.do(login, workflow.create_audit, world.tyre, text or content()).id


def submitted(world: World, text: str | None = None) -> UUID:
    audit_id = drafted(world, text)
    world.do("wang", workflow.submit, audit_id)
    return audit_id


def confirmed(world: World, text: str | None = None) -> UUID:
    audit_id = submitted(world, text)
    world.do("li", workflow.confirm, audit_id)
    return audit_id


def published(world: World, text: str | None = None) -> UUID:
    audit_id = confirmed(world, text)
    world.do("city", workflow.publish, audit_id)
    return audit_id


def state(world: World, audit_id: UUID) -> AuditState:
    with world.at("root") as context:
        return context.find(Audit, audit_id).state


def log_of(world: World, audit_id: UUID) -> list[tuple[str, UUID | None]]:
    with world.at("root") as context:
        entries = context.db.scalars(select(LogEntry).where(LogEntry.audit_id == audit_id).order_by(LogEntry.seq))
        return [(entry.action, entry.actor_id) for entry in entries]


def gradings_of(world: World, audit_id: UUID) -> list[Grading]:
    with world.at("root") as context:
        return list(context.db.scalars(select(Grading).where(Grading.audit_id == audit_id).order_by(Grading.id)))


# The whole way


def test_an_audit_goes_from_draft_to_publication_and_every_step_is_logged_with_who(world: World) -> None:
    audit_id = published(world)
    assert state(world, audit_id) is AuditState.PUBLISHED
    assert log_of(world, audit_id) == [
        ("audit.created", world.users["wang"]),
        ("audit.submitted", world.users["wang"]),
        ("audit.confirmed", world.users["li"]),
        ("audit.published", world.users["city"]),
    ]


def test_a_new_audit_begins_with_the_enterprise_and_its_units(world: World) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre)
    with world.at("wang") as context:
        said = json.loads(workflow.revision_of(context, audit).content)
    assert said["enterprise"]["uscc"] == json.loads(content())["enterprise"]["uscc"]
    assert [unit["id"] for unit in said["units"]] == [unit["id"] for unit in json.loads(content())["units"]]


def test_a_draft_may_be_incomplete_but_it_has_to_be_json(world: World) -> None:
    drafted(world, '{"enterprise": {}}')
    with refused("invalid_audit"):
        drafted(world, '{"enterprise": ')


def test_a_draft_is_seen_by_its_team_alone(world: World) -> None:
    audit_id = drafted(world)
    for login in ("li", "root"):
        with world.at(login) as context:
            assert context.find(Audit, audit_id)
    for login in ("zhao", "tyre", "county", "city", "province", "elsewhere"):
        with world.at(login) as context, refused("not_found"):
            context.find(Audit, audit_id)


@pytest.mark.parametrize("login", ["county", "city", "root"])
def test_only_assessors_and_enterprises_write_audits(world: World, login: str) -> None:
    with refused("role_not_allowed"):
        drafted(world, login=login)


def test_an_assessor_writes_about_assigned_enterprises_only(world: World) -> None:
    with refused("not_found"):
        drafted(world, login="zhao")


# Submission


def test_submission_grades_and_keeps_the_ruleset_whole(world: World) -> None:
    audit_id = submitted(world)
    (grading,) = gradings_of(world, audit_id)
    said = json.loads(grading.document)
    assert (grading.mode, grading.grade) == (Mode.OFFICIAL, said["grade"])
    assert said["units"][0]["trace"]
    with world.at("root") as context:
        assert context.find(StoredRuleset, said["units"][0]["ruleset_digest"]).ruleset_id == "national-2020/rubber"


def test_submission_tells_every_error_with_its_place(world: World) -> None:
    wrong = json.loads(content())
    wrong["enterprise"]["uscc"] = "91610404MA7D2P8L3G"
    wrong["enterprise"]["county"] = "610402"
    wrong["units"][0]["facts"]["main_mixer_type"] = "spoon"
    audit_id = drafted(world, json.dumps(wrong))
    with refused("invalid_audit") as caught:
        world.do("wang", workflow.submit, audit_id)
    places = [error.place for error in caught.value.errors]
    assert places == ["units[0].facts.main_mixer_type", "enterprise.uscc", "enterprise.county"]
    assert "应为“F”" in caught.value.errors[1].message
    assert state(world, audit_id) is AuditState.DRAFT


def test_a_submitted_audit_is_not_edited(world: World) -> None:
    audit_id = submitted(world)
    with refused("wrong_state"):
        world.do("wang", workflow.save_draft, audit_id, content(assessed_on="2023-09-11"), 2)


def test_a_submitted_revision_is_fixed_in_the_database_too(world: World) -> None:
    audit_id = submitted(world)
    with pytest.raises(Exception, match="append-only"), world.service.database.writing() as db:
        db.execute(update(AuditRevision).where(AuditRevision.audit_id == audit_id).values(content="{}"))


# The second assessor


def test_nobody_confirms_their_own_audit(world: World) -> None:
    audit_id = submitted(world)
    with refused("own_audit"):
        world.do("wang", workflow.confirm, audit_id)
    assert state(world, audit_id) is AuditState.SUBMITTED


def test_who_wrote_any_of_it_does_not_confirm_it_either(world: World) -> None:
    audit_id = drafted(world)
    world.do("li", workflow.save_draft, audit_id, content(assessed_on="2023-09-11"), 1)
    world.do("wang", workflow.submit, audit_id)
    for login in ("wang", "li"):
        with refused("own_audit"):
            world.do(login, workflow.confirm, audit_id)


def test_who_only_submitted_it_does_not_confirm_it(world: World) -> None:
    audit_id = drafted(world)
    world.do("li", workflow.submit, audit_id)
    with refused("own_audit"):
        world.do("li", workflow.confirm, audit_id)


def test_an_assessor_of_another_team_does_not_even_see_it(world: World) -> None:
    audit_id = submitted(world)
    with refused("not_found"):
        world.do("zhao", workflow.confirm, audit_id)


def test_a_returned_audit_goes_back_with_reasons_and_comes_again_as_a_new_revision(world: World) -> None:
    audit_id = submitted(world)
    with refused("reasons_missing"):
        world.do("li", workflow.send_back, audit_id, "  ")
    world.do("li", workflow.send_back, audit_id, "炼胶除尘照片缺失")
    with world.at("wang") as context:
        audit = context.find(Audit, audit_id)
        assert (audit.state, audit.reasons) == (AuditState.RETURNED, "炼胶除尘照片缺失")
    world.do("wang", workflow.save_draft, audit_id, content(assessed_on="2023-09-12"), audit.version)
    again = world.do("wang", workflow.submit, audit_id)
    assert again.revision == 2
    assert len({grading.revision_id for grading in gradings_of(world, audit_id)}) == 2


def test_the_bureau_returns_what_is_confirmed_and_the_confirmation_is_gone(world: World) -> None:
    audit_id = confirmed(world)
    audit = world.do("city", workflow.send_back, audit_id, "核查日期有误")
    assert (audit.state, audit.confirmed_by) == (AuditState.RETURNED, None)


# Publication


def test_what_is_not_confirmed_is_not_published(world: World) -> None:
    audit_id = submitted(world)
    with refused("wrong_state") as caught:
        world.do("city", workflow.publish, audit_id)
    assert caught.value.detail == "审核当前为“已提交”，只有“已复核”的审核可以公布。"


@pytest.mark.parametrize("login", ["county", "city", "province"])
def test_each_bureau_above_the_enterprise_publishes(world: World, login: str) -> None:
    assert world.do(login, workflow.publish, confirmed(world)).state is AuditState.PUBLISHED


def test_a_bureau_elsewhere_does_not_publish(world: World) -> None:
    audit_id = confirmed(world)
    with refused("not_found"):
        world.do("elsewhere", workflow.publish, audit_id)


def test_a_trial_grading_is_never_published(world: World) -> None:
    audit_id = confirmed(world)
    trial = world.do("li", workflow.regrade, audit_id, Mode.TRIAL)
    assert trial.mode is Mode.TRIAL
    with refused("trial_grading"):
        world.do("city", workflow.publish, audit_id, grading_id=trial.id)
    audit = world.do("city", workflow.publish, audit_id)
    assert audit.published_grading_id != trial.id


def test_a_grading_of_an_earlier_revision_is_not_published(world: World) -> None:
    audit_id = submitted(world)
    (early,) = gradings_of(world, audit_id)
    world.do("li", workflow.send_back, audit_id, "补充")
    world.do("wang", workflow.save_draft, audit_id, content(assessed_on="2023-09-12"), 3)
    world.do("wang", workflow.submit, audit_id)
    world.do("li", workflow.confirm, audit_id)
    with refused("other_revision"):
        world.do("city", workflow.publish, audit_id, grading_id=early.id)


def test_a_later_publication_supersedes_the_earlier_one(world: World) -> None:
    first = published(world)
    second = published(world, content(assessed_on="2024-03-01"))
    with world.at("root") as context:
        old = context.find(Audit, first)
        assert (old.state, old.superseded_by) == (AuditState.SUPERSEDED, second)
    assert log_of(world, first)[-1] == ("audit.superseded", world.users["city"])


def test_an_older_assessment_is_not_published_over_a_later_one(world: World) -> None:
    published(world, content(assessed_on="2024-03-01"))
    audit_id = confirmed(world)
    with refused("later_published"):
        world.do("city", workflow.publish, audit_id)


def test_the_enterprise_sees_an_experts_audit_once_it_is_published(world: World) -> None:
    audit_id = confirmed(world)
    with world.at("tyre") as context:
        assert context.db.scalars(select(Audit)).all() == []
        assert context.db.scalars(select(Grading)).all() == []
    world.do("city", workflow.publish, audit_id)
    with world.at("tyre") as context:
        audit = context.db.scalars(select(Audit)).one()
        assert context.db.scalars(select(Grading)).one().id == audit.published_grading_id
    with world.at("foundry") as context:
        assert context.db.scalars(select(Audit)).all() == []


# Withdrawal


def test_writers_withdraw_before_confirmation_and_the_bureau_after_publication(world: World) -> None:
    draft = drafted(world)
    assert world.do("wang", workflow.withdraw, draft).state is AuditState.WITHDRAWN
    audit_id = confirmed(world)
    with refused("wrong_state"):
        world.do("wang", workflow.withdraw, audit_id, "重做")
    world.do("city", workflow.publish, audit_id)
    with refused("reasons_missing"):
        world.do("city", workflow.withdraw, audit_id)
    assert world.do("city", workflow.withdraw, audit_id, "监测数据造假").state is AuditState.WITHDRAWN


# Appeals


def test_an_enterprise_appeals_and_the_bureau_answers(world: World) -> None:
    audit_id = published(world)
    appeal = world.do("tyre", workflow.appeal, audit_id, "除尘设施 2023 年 8 月已改造")
    with refused("appeal_open"):
        world.do("tyre", workflow.appeal, audit_id, "再次申诉")
    with refused("answer_missing"):
        world.do("county", workflow.answer_appeal, appeal.id, upheld=True, answer="")
    world.do("county", workflow.answer_appeal, appeal.id, upheld=True, answer="情况属实，安排复查")
    with refused("wrong_state"):
        world.do("city", workflow.answer_appeal, appeal.id, upheld=False, answer="不予支持")
    with world.at("tyre") as context:
        assert context.db.scalars(select(Appeal)).one().answer == "情况属实，安排复查"
    assert [action for action, _ in log_of(world, audit_id)][-2:] == ["audit.appealed", "audit.appeal_answered"]


def test_an_upheld_appeal_leads_to_a_correction_that_supersedes(world: World) -> None:
    first = published(world)
    draft = world.do("wang", workflow.create_audit, world.tyre, corrects_id=first)
    world.do("wang", workflow.submit, draft.id)
    world.do("li", workflow.confirm, draft.id)
    world.do("city", workflow.publish, draft.id)
    assert state(world, first) is AuditState.SUPERSEDED


def test_nobody_appeals_for_another_enterprise_or_against_what_is_not_published(world: World) -> None:
    with refused("not_found"):
        world.do("foundry", workflow.appeal, published(world), "不服")
    with refused("not_found"):
        world.do("tyre", workflow.appeal, confirmed(world, content(assessed_on="2024-01-01")), "不服")


# Self-assessment


def test_a_self_assessment_stands_beside_the_experts_and_is_neither_confirmed_nor_published(world: World) -> None:
    expert = published(world)
    own = world.do("tyre", workflow.create_audit, world.tyre, content())
    assert own.kind is AuditKind.SELF
    world.do("tyre", workflow.submit, own.id)
    with refused("not_yours"):
        world.do("li", workflow.confirm, own.id)
    with refused("not_yours"):
        world.do("city", workflow.publish, own.id)
    assert (state(world, expert), state(world, own.id)) == (AuditState.PUBLISHED, AuditState.SUBMITTED)


def test_assessors_and_bureau_see_a_self_assessment_once_it_is_submitted(world: World) -> None:
    own = world.do("tyre", workflow.create_audit, world.tyre, content())
    for login in ("wang", "city"):
        with world.at(login) as context:
            assert context.db.scalars(select(Audit)).all() == []
    world.do("tyre", workflow.submit, own.id)
    for login in ("wang", "city"):
        with world.at(login) as context:
            assert context.db.scalars(select(Audit)).one().id == own.id


def test_a_new_self_assessment_takes_the_place_of_the_one_before(world: World) -> None:
    first = world.do("tyre", workflow.create_audit, world.tyre, content())
    world.do("tyre", workflow.save_draft, first.id, content(assessed_on="2023-09-11"), first.version)
    world.do("tyre", workflow.submit, first.id)
    second = world.do("tyre", workflow.create_audit, world.tyre, corrects_id=first.id)
    world.do("tyre", workflow.submit, second.id)
    assert state(world, first.id) is AuditState.SUPERSEDED
    with world.service.database.reading() as db:
        assert db.scalars(select(DraftVersion)).all() == []


def test_the_log_names_of_a_change_what_is_different_alone(world: World) -> None:
    with world.at("city") as context:
        enterprise = context.find(Enterprise, world.tyre)
        said = {"name": "新名称", "county": enterprise.county}
        change_enterprise(context, world.tyre, enterprise.version, said)
    with world.service.database.reading() as db:
        entry = db.scalars(select(LogEntry).where(LogEntry.action == "enterprise.changed")).one()
    assert json.loads(entry.details)["changed"] == ["name"]


def test_a_county_that_is_none_is_told_at_the_county(world: World) -> None:
    with refused("invalid_request") as caught:
        world.do("city", add_enterprise, name="新厂", uscc="91350100M000100Y43", county="61040x")
    assert [error.place for error in caught.value.errors] == ["county"]


def test_a_statement_that_is_too_long_is_refused_and_never_cut(world: World) -> None:
    with refused("invalid_request") as caught:
        world.do("city", workflow.sign_off, "national-2020/rubber", statement="字" * 4001)
    assert [error.place for error in caught.value.errors] == ["statement"]


def test_an_enterprise_does_not_touch_an_experts_audit(world: World) -> None:
    audit_id = published(world)
    for step in (workflow.submit, workflow.withdraw):
        with refused("not_yours"):
            world.do("tyre", step, audit_id)


# Two people, one draft


def test_the_later_of_two_editors_is_told_and_nothing_is_lost(world: World) -> None:
    audit_id = drafted(world)
    theirs, mine = content(assessed_on="2023-09-11"), content(assessed_on="2023-09-12")
    world.do("wang", workflow.save_draft, audit_id, theirs, 1)
    with refused("edited_meanwhile") as caught:
        world.do("li", workflow.save_draft, audit_id, mine, 1)
    problem = caught.value
    assert (problem.status, problem.more["saved_by"], problem.more["version"]) == (412, "王专家", 2)
    with world.at("li") as context:
        audit = context.find(Audit, audit_id)
        assert workflow.revision_of(context, audit).content == theirs
        (kept,) = workflow.conflicts_of(context, audit)
        assert (kept.number, kept.content) == (problem.more["kept_revision"], mine)
    saved = world.do("li", workflow.save_draft, audit_id, mine, problem.more["version"])
    with world.at("li") as context:
        assert workflow.revision_of(context, saved).content == mine


def test_saving_what_is_there_already_is_no_conflict(world: World) -> None:
    audit_id = drafted(world)
    text = content(assessed_on="2023-09-11")
    world.do("wang", workflow.save_draft, audit_id, text, 1)
    assert world.do("wang", workflow.save_draft, audit_id, text, 1).version == 2


def test_saves_of_one_sitting_are_one_revision_and_another_persons_is_the_next(world: World) -> None:
    audit_id = drafted(world)
    first = world.do("wang", workflow.save_draft, audit_id, content(assessed_on="2023-09-11"), 1)
    second = world.do("wang", workflow.save_draft, audit_id, content(assessed_on="2023-09-12"), 2)
    third = world.do("li", workflow.save_draft, audit_id, content(assessed_on="2023-09-13"), 3)
    assert [(a.version, a.revision) for a in (first, second, third)] == [(2, 1), (3, 1), (4, 2)]


def test_a_step_with_an_old_version_is_refused(world: World) -> None:
    audit_id = drafted(world)
    world.do("li", workflow.save_draft, audit_id, content(assessed_on="2023-09-11"), 1)
    with refused("stale"):
        world.do("wang", workflow.submit, audit_id, version=1)


# Gradings


def test_grading_again_with_the_same_rulesets_finds_the_same_grading(world: World) -> None:
    audit_id = submitted(world)
    again = world.do("li", workflow.regrade, audit_id)
    assert [grading.id for grading in gradings_of(world, audit_id)] == [again.id]


def test_a_grading_is_made_again_from_what_is_stored_to_the_letter(world: World) -> None:
    audit_id = submitted(world)
    (grading,) = gradings_of(world, audit_id)
    with world.at("wang") as context:
        replayed = replay(context, grading)
    assert replayed.same
    assert replayed.grading.outcome.grade == grading.grade


def test_a_grading_can_not_be_changed_in_the_database(world: World) -> None:
    submitted(world)
    with pytest.raises(Exception, match="append-only"), world.service.database.writing() as db:
        db.execute(update(Grading).values(grade="A"))


def test_a_draft_is_not_graded_but_can_be_tried_out(world: World) -> None:
    audit_id = drafted(world)
    with refused("wrong_state"):
        world.do("wang", workflow.regrade, audit_id)
    with world.at("wang") as context:
        _, graded = workflow.preview(context, content())
    assert graded.outcome.grade
    assert gradings_of(world, audit_id) == []


# Sign-off


def test_results_say_by_whom_their_edition_was_reviewed(world: World) -> None:
    audit_id = submitted(world)
    (grading,) = gradings_of(world, audit_id)
    with world.at("wang") as context:
        before = document(grading, reviews_for(context.db, grading))["units"][0]
        assert (before["review"], "draft_ruleset" in before["notices"]) == ("draft", True)
    made = world.do("city", workflow.sign_off, "national-2020/rubber", statement="逐条核对原文")
    with world.at("wang") as context:
        told = document(grading, reviews_for(context.db, grading))["units"][0]
        assert (told["review"], told["reviewed_by"]) == ("reviewed", "咸阳市局")
        assert told["reviewed_on"] == calendar.day_of(made.at).isoformat()
        assert "draft_ruleset" not in told["notices"]
        assert replay(context, grading).same


def test_only_a_bureaus_reviewer_signs_off_and_only_once_and_what_was_seen(world: World) -> None:
    with refused("role_not_allowed"):
        world.do("wang", workflow.sign_off, "national-2020/rubber")
    with refused("not_reviewer"):
        world.do("county", workflow.sign_off, "national-2020/rubber")
    with refused("ruleset_changed"):
        world.do("city", workflow.sign_off, "national-2020/rubber", digest="sha256:" + "0" * 64)
    with refused("not_found"):
        world.do("city", workflow.sign_off, "national-2020/spoons")
    world.do("city", workflow.sign_off, "national-2020/rubber")
    with refused("already_reviewed"):
        world.do("city", workflow.sign_off, "national-2020/rubber")


def test_a_citys_own_edition_is_signed_off_there_and_not_in_the_next_city(world: World) -> None:
    with refused("not_in_charge"):
        world.do("elsewhere", workflow.sign_off, "xianyang-2023/rubber")
    assert world.do("city", workflow.sign_off, "xianyang-2023/rubber").reviewer_name == "咸阳市局"


# What is offered


def test_what_is_offered_is_what_would_not_be_refused(world: World) -> None:
    audit_id = submitted(world)
    offered = {}
    for login in ("wang", "li", "city", "root"):
        with world.at(login) as context:
            offered[login] = workflow.actions(context, context.find(Audit, audit_id))
    assert offered["wang"] == {Action.SEND_BACK, Action.WITHDRAW}
    assert offered["li"] == {Action.CONFIRM, Action.SEND_BACK, Action.WITHDRAW}
    assert offered["city"] == offered["root"] == frozenset()


def test_a_refused_step_leaves_nothing_behind(world: World) -> None:
    audit_id = submitted(world)
    before = log_of(world, audit_id)
    with refused("own_audit"):
        world.do("wang", workflow.confirm, audit_id)
    assert log_of(world, audit_id) == before


def test_a_step_with_something_missing_or_unusual_needs_a_word_which_the_log_keeps(world: World) -> None:
    audit_id = drafted(world)
    # The assessment was years ago.
    with refused("unusual_audit") as caught:
        world.do("wang", workflow.submit, audit_id, reasons=" ")
    (finding,) = caught.value.more["findings"]
    assert (caught.value.status, finding["code"]) == (422, "long_ago")
    assert state(world, audit_id) is AuditState.DRAFT
    world.do("wang", workflow.submit, audit_id, reasons="补录 2023 年的核查")
    with refused("unusual_audit"):
        world.do("li", workflow.confirm, audit_id, reasons="")
    world.do("li", workflow.confirm, audit_id, reasons="已查原始记录")
    with world.at("root") as context:
        logged = select(LogEntry).where(LogEntry.audit_id == audit_id, LogEntry.action != "audit.created")
        details = [json.loads(entry.details) for entry in context.db.scalars(logged.order_by(LogEntry.seq))]
    assert [entry["reasons"] for entry in details] == ["补录 2023 年的核查", "已查原始记录"]
    assert [entry["findings"][0]["code"] for entry in details] == ["long_ago", "long_ago"]


def test_publishing_a_grade_that_is_not_decided_needs_a_reason_and_is_marked(world: World) -> None:
    audit_id = confirmed(world)
    with refused("undecided_grade") as caught:
        world.do("city", workflow.publish, audit_id, reasons="")
    assert caught.value.status == 422
    assert "等级待定" in caught.value.detail
    world.do("city", workflow.publish, audit_id, reasons="限值核实前先行公布")
    with world.at("tyre", writing=False) as context:
        said = context.db.scalars(select(Publication).where(Publication.audit_id == audit_id)).one()
        assert (said.undecided, said.reasons) == (True, "限值核实前先行公布")
    with world.at("root") as context:
        entry = context.db.scalars(select(LogEntry).where(LogEntry.action == "audit.published")).one()
    told = json.loads(entry.details)
    assert (told["grade"], told["attainable"], told["undecided"]) == ("D", "A", True)
    assert told["reasons"] == "限值核实前先行公布"


def test_an_audit_with_unanswered_gates_is_never_published_as_out_of_the_grading(world: World) -> None:
    said = json.loads(content())
    said["enterprise"]["facts"] = {}
    said["units"][0] |= {"facts": {}, "groups": {}}
    audit_id = confirmed(world, json.dumps(said, ensure_ascii=False))
    with refused("gates_unanswered") as caught:
        world.do("city", workflow.publish, audit_id, reasons="仍要公布")
    assert caught.value.status == 409
    assert state(world, audit_id) is AuditState.CONFIRMED


def test_a_stored_grading_keeps_why_it_is_not_decided(world: World) -> None:
    audit_id = submitted(world)
    (grading,) = gradings_of(world, audit_id)
    assert grading.missing == 0
    assert grading.open_figures is not None
    assert grading.open_figures > 0
