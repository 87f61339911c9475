"""What a page refuses changes nothing, and nothing of what was typed is lost."""

import json
import re

import pytest
from markupsafe import escape
from sqlalchemy import select

from api.services import workflow
from api.services.verification import verify
from api.store import Audit, AuditRevision, AuditState, Grading
from grading.forms.write import filled_form
from tests.api.pages.conftest import SignIn
from tests.api.pages.test_without_scripts import token
from tests.api.routes.test_outside_jurisdiction import of_elsewhere
from tests.api.world import WORD, World, content

ON_SQLITE_ALONE = True


def test_a_refused_submission_leaves_nothing_behind_and_goes_through_with_a_word(world: World, sign_in: SignIn) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    client = sign_in("wang")
    said = {"csrf_token": token(client.get(f"/audits/{audit.id}/form").text), "version": "1"}
    refused = client.post(f"/audits/{audit.id}/submission", data=said)
    assert refused.status_code == 422
    assert "请先核对以下" in refused.text
    with world.service.database.reading() as db:
        assert db.scalars(select(Grading)).all() == []
        assert [revision.frozen for revision in db.scalars(select(AuditRevision))] == [False]
    assert verify(world.service).findings == ()
    client.post(f"/audits/{audit.id}/submission", data=said | {"reasons": WORD})
    with world.service.database.reading() as db:
        assert [found.state for found in db.scalars(select(Audit))] == [AuditState.SUBMITTED]
    assert verify(world.service).findings == ()


def test_a_workbook_of_another_enterprise_is_refused_and_changes_nothing(world: World, sign_in: SignIn) -> None:
    tyre, library = content(), world.service.grader.library
    audit = world.do("zhao", workflow.create_audit, world.foundry)
    client = sign_in("zhao")
    said = {"csrf_token": token(client.get(f"/audits/{audit.id}/form").text), "version": "1", "page": "p"}
    book = filled_form(world.service.grader.read(tyre), library)
    refused = client.post(f"/audits/{audit.id}/workbook", data=said, files={"file": ("核查表.xlsx", book)})
    assert refused.status_code == 422
    assert "核查表所填统一社会信用代码为 91610404MA7D2P8L3F" in refused.text
    assert 'id="answers"' in refused.text
    with world.at("zhao", writing=False) as context:
        assert "91610404MA7D2P8L3F" not in workflow.revision_of(context, context.find(Audit, audit.id)).content


def test_a_workbook_that_leaves_out_the_code_is_taken_for_the_enterprise_of_the_audit(
    world: World, sign_in: SignIn
) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    client = sign_in("wang")
    said = {"csrf_token": token(client.get(f"/audits/{audit.id}/form").text), "version": "1", "page": "p"}
    stated = json.loads(content())
    del stated["enterprise"]["uscc"]
    book = filled_form(world.service.grader.read(json.dumps(stated)), world.service.grader.library)
    assert (
        client.post(f"/audits/{audit.id}/workbook", data=said, files={"file": ("核查表.xlsx", book)}).status_code == 200
    )
    with world.at("wang", writing=False) as context:
        kept = json.loads(workflow.revision_of(context, context.find(Audit, audit.id)).content)
    assert kept["enterprise"]["uscc"] == "91610404MA7D2P8L3F"


KEY = """k.units[0].groups.outlets["DA003"]"""
CELL = """v.units[0].groups.outlets["DA003"].nmhc"""


def test_without_scripts_a_wrong_value_of_a_cell_a_day_and_a_row_s_name_are_told_and_shown_as_typed(
    world: World, sign_in: SignIn
) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    client = sign_in("wang")
    said = {"csrf_token": token(client.get(f"/audits/{audit.id}/form").text), "version": "1"}
    typed = {"v.assessed_on": "不久前", CELL: "很少", KEY: "DA001"}
    refused = client.post(f"/audits/{audit.id}/answers", data=said | typed)
    assert refused.status_code == 422
    for text in (
        "有 3 项未保存",
        "评定日期</a>：填的是“不久前”",
        "DA003：非甲烷总烃实测浓度</a>：填的是“很少”",
        "DA003：有组织排放口编号</a>：填的是“DA001”",
        "“DA001”已是另一行的编号",
    ):
        assert text in refused.text
    assert _field(refused.text, CELL)["value"] == "很少"
    assert _field(refused.text, KEY)["value"] == "DA001"


def test_without_scripts_a_wrong_value_is_told_in_the_row_by_its_new_name(world: World, sign_in: SignIn) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    client = sign_in("wang")
    said = {"csrf_token": token(client.get(f"/audits/{audit.id}/form").text), "version": "1"}
    refused = client.post(f"/audits/{audit.id}/answers", data=said | {CELL: "很少", KEY: "三号"})
    assert refused.status_code == 422
    assert _field(refused.text, CELL.replace("DA003", "三号"))["value"] == "很少"


def test_what_was_said_with_a_refused_submission_is_still_there(world: World, sign_in: SignIn) -> None:
    audit = world.do("zhao", workflow.create_audit, world.foundry, of_elsewhere())
    client = sign_in("zhao")
    said = {"csrf_token": token(client.get(f"/audits/{audit.id}/form").text), "version": "1"}
    refused = client.post(f"/audits/{audit.id}/submission", data=said | {"outside_reason": "本市尚未发文，按省里口径"})
    assert refused.status_code == 422
    assert re.search(r'name="outside_reason"[^>]*>本市尚未发文，按省里口径</textarea>', refused.text)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("ＤＡ００１", "“DA001”已是另一行的编号"),
        ("DA\u200b001", "“DA001”已是另一行的编号"),
        ("DА003", "不是英文字母"),
        ("\u200b", "编号只有空格或看不见的字符"),
        ("长" * 201, "不得超过 200 个"),
        ('"' * 200, "位置超过 400 个字符"),
    ],
)
def test_a_row_is_not_given_a_name_that_no_audit_could_have(
    world: World, sign_in: SignIn, typed: str, why: str
) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    client = sign_in("wang")
    said = {"csrf_token": token(client.get(f"/audits/{audit.id}/form").text), "version": "1"}
    refused = client.post(f"/audits/{audit.id}/answers", data=said | {KEY: typed})
    assert refused.status_code == 422
    assert why in refused.text
    assert _field(refused.text, KEY)


def test_a_row_s_name_is_kept_in_ordinary_width(world: World, sign_in: SignIn) -> None:
    audit = world.do("wang", workflow.create_audit, world.tyre, content())
    client = sign_in("wang")
    said = {"csrf_token": token(client.get(f"/audits/{audit.id}/form").text), "version": "1"}
    saved = client.post(f"/audits/{audit.id}/answers", data=said | {KEY: "ＤＡ０３３"})
    assert _field(saved.text, KEY.replace("DA003", "DA033"))["value"] == "DA033"


def _field(text: str, name: str) -> dict[str, str]:
    """The attributes of the field of a name."""
    found = re.search(rf'<input [^>]*name="{re.escape(escape(name))}"[^>]*>', text)
    assert found, name
    return dict(re.findall(r'([\w-]+)="([^"]*)"', found[0]))


PATH = re.compile(r"units\[\d+\]|enterprise\.(facts|uscc|county)|groups\.")


def shown(page: str) -> str:
    """The words of a page, without its tags and what they carry."""
    return re.sub(r"<[^>]*>", "", page)


def test_a_refused_draft_names_its_questions_units_and_rows_and_shows_no_path(world: World, sign_in: SignIn) -> None:
    said = json.loads(content())
    unit = said["units"][0]
    unit["facts"] |= {"boundary_nmhc": "many", "abolished": 1, "access_gate": {"value": True, "evidence": [" "]}}
    unit["groups"]["outlets"][0] |= {"nmhc": -3}
    said["enterprise"]["uscc"] = "91350100M000100Y43"
    audit = world.do("wang", workflow.create_audit, world.tyre, json.dumps(said))
    client = sign_in("wang")
    page = client.get(f"/audits/{audit.id}/form").text
    refused = client.post(f"/audits/{audit.id}/submission", data={"csrf_token": token(page), "version": "1"})
    assert refused.status_code == 422
    for told in (shown(page), shown(refused.text)):
        assert not PATH.search(told)
        for words in (
            f"{unit['id']} 厂界非甲烷总烃",
            "没有名为“abolished”的项目",
            "“DA001” 非甲烷总烃",
        ):
            assert words in told, words
    assert "统一社会信用代码：" in shown(refused.text)


@pytest.mark.parametrize("inside", [False, True])
def test_a_problem_page_names_its_questions_and_shows_no_path(world: World, sign_in: SignIn, inside: bool) -> None:
    audit = world.do(
        "wang", workflow.create_audit, world.tyre, json.dumps(json.loads(content()) | {"units": [{"ruleset": "x/y"}]})
    )
    client = sign_in("wang")
    refused = client.get(f"/audits/{audit.id}/form", headers={"hx-request": "true"} if inside else {})
    assert refused.status_code == 422
    told = shown(refused.text)
    assert not PATH.search(told)
    assert "第 1 个单元 规则集：" in told
