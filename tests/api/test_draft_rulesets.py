"""Editions uploaded as drafts: checked as files are, seen by the bureau, read by nobody else, changed by nobody."""

import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from api.problems import Problem
from api.services.draft_rulesets import upload
from api.store import DraftRuleset, StoredRuleset
from grading.problems.ruleset_codes import RulesetCode
from tests.api.world import World

HEAD = """\
id: xianyang-2026/rubber
title: 橡胶制品制造（咸阳 2026）
edition: {document: 咸阳市 2026 年方案, section: 第1条, effective: 2026-01-01, superseded: null}
jurisdiction: "610400"
review: {status: draft, reviewer: null, on: null}
extends: national-2020/rubber
"""
WRONG = HEAD.replace("effective: 2026-01-01", "effective: soon") + "gates: nothing\nfavourite_colour: green\n"


def refused(world: World, login: str, text: str) -> Problem:
    with pytest.raises(Problem) as caught, world.at(login) as context:
        upload(context, text.encode())
    return caught.value


def test_an_edition_that_extends_another_is_kept_whole_and_to_the_letter(world: World) -> None:
    with world.at("city") as context:
        made = upload(context, HEAD.encode())
    with world.at("city", writing=False) as context:
        kept = context.db.scalars(select(DraftRuleset)).one()
        assert kept.text == HEAD
        assert (kept.ruleset_id, kept.title, kept.area) == (
            "xianyang-2026/rubber",
            "橡胶制品制造（咸阳 2026）",
            "610400",
        )
        assert kept.digest == made.digest
        assert kept.digest.startswith("sha256:")
        assert "炼胶" in kept.document
        # It is no edition by which anybody else is graded.
        assert context.db.scalars(select(StoredRuleset)).all() == []


@pytest.mark.parametrize(
    ("login", "seen"),
    [("city", 1), ("province", 1), ("root", 1), ("county", 0), ("elsewhere", 0), ("wang", 0), ("tyre", 0)],
)
def test_a_draft_is_seen_by_its_bureau_and_those_above(world: World, login: str, seen: int) -> None:
    with world.at("city") as context:
        upload(context, HEAD.encode())
    with world.at(login, writing=False) as context:
        assert len(context.db.scalars(select(DraftRuleset)).all()) == seen


def test_every_error_is_told_at_once_with_its_line(world: World) -> None:
    problem = refused(world, "city", WRONG)
    assert (problem.status, problem.code) == (422, "invalid_ruleset")
    places = [error.place for error in problem.errors]
    assert [place.split(" ")[1] for place in places] == ["3", "7", "8"]
    assert "第 3 行 edition.effective" in places
    assert [finding["line"] for finding in problem.more["findings"]] == [3, 7, 8]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- a list", RulesetCode.MAPPING_EXPECTED),
        ("a: [", RulesetCode.NOT_YAML),
        ("", RulesetCode.FILE_EMPTY),
        (HEAD.replace("xianyang-2026/rubber", "common/rubber"), RulesetCode.DRAFT_ID_FORM),
        (HEAD.replace("id: xianyang-2026/rubber\n", ""), RulesetCode.KEY_MISSING),
        (HEAD.replace("extends: national-2020/rubber", "extends: national-1999/rubber"), RulesetCode.RULESET_UNKNOWN),
        (
            HEAD.replace("status: draft, reviewer: null, on: null", "status: reviewed, reviewer: 张三, on: 2026-01-01"),
            RulesetCode.REVIEWED_UPLOAD,
        ),
    ],
)
def test_what_is_no_draft_of_a_ruleset_is_refused(world: World, text: str, code: RulesetCode) -> None:
    problem = refused(world, "city", text)
    assert (problem.status, problem.code) == (422, "invalid_ruleset")
    assert code in [error.code for error in problem.errors]
    assert all(re.search("[\u4e00-\u9fff]", error.message) for error in problem.errors)


def test_a_jurisdiction_elsewhere_is_refused(world: World) -> None:
    assert refused(world, "elsewhere", HEAD).code == "not_in_charge"


@pytest.mark.parametrize("login", ["wang", "tyre", "root"])
def test_only_bureaus_upload(world: World, login: str) -> None:
    assert refused(world, login, HEAD).code == "role_not_allowed"


def test_a_draft_is_never_changed(world: World) -> None:
    with world.at("city") as context:
        upload(context, HEAD.encode())
    with pytest.raises(DatabaseError, match="append-only"), world.service.database.writing() as db:
        db.execute(update(DraftRuleset).values(title="另一部"))
