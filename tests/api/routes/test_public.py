"""Published grades for everyone: off unless asked for, nothing but what was published, and a report says how it stands."""

import re
from uuid import UUID, uuid4

from fastapi.testclient import TestClient

from api.services import workflow
from api.services.analysis import ReportFormat, report
from api.services.cases import case_of
from tests.api.routes.conftest import Ask
from tests.api.world import Furnished, content


def show(furnished: Furnished) -> None:
    service = furnished.world.service
    more = {"public_list": True, "public_url": "https://grading.example.gov.cn"}
    service.settings = service.settings.model_copy(update=more)


def read(client: TestClient, path: str) -> tuple[int, str]:
    answer = client.get(path, headers={"accept": "text/html"})
    return answer.status_code, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))


def grading_id(furnished: Furnished) -> UUID:
    return UUID(furnished.ids["tyre"]["grading_id"])


def test_it_is_off_by_default(client: TestClient, furnished: Furnished) -> None:
    path = f"/public/reports/{furnished.ids['tyre']['grading_id']}"
    assert [read(client, path)[0], read(client, "/public")[0]] == [404, 404]
    assert "/public" not in client.get("/sign-in").text
    with furnished.world.at("city", writing=False) as context:
        assert case_of(context, grading_id(furnished)).address is None


def test_the_list_shows_what_was_published_and_nothing_else(client: TestClient, furnished: Furnished) -> None:
    show(furnished)
    furnished.world.do("wang", workflow.create_audit, furnished.world.tyre, content())
    status, text = read(client, "/public")
    assert status == 200
    assert "已公布的绩效等级2 项" in text
    assert "待定 (D～A)" in text
    found = read(client, "/public?q=轮胎&county=610400")[1]
    assert "1 项" in found
    assert "没有符合的企业" in read(client, "/public?q=无此企业&number=99999999")[1]
    # No person, no reasons, no values.
    page = client.get("/public").text
    assert not any(word in page for word in ("王", "申请复核", furnished.ids["tyre"]["audit_id"], "91610404MA7D2P8L3F"))


def test_a_report_says_whether_it_is_in_force(client: TestClient, furnished: Furnished, ask: Ask) -> None:
    show(furnished)
    path = f"/public/reports/{furnished.ids['tyre']['grading_id']}"
    assert "有效，自" in read(client, path)[1]
    ask("city", "POST", f"/audits/{furnished.ids['tyre']['audit_id']}/withdrawal", json={"reasons": "数据有误"})
    status, text = read(client, path)
    assert (status, "等级已被撤销" in text, "数据有误" in text) == (200, True, False)
    assert read(client, f"/public/reports/{uuid4()}")[0] == 404


def test_a_superseded_report_leads_to_the_one_in_force(client: TestClient, furnished: Furnished) -> None:
    show(furnished)
    world = furnished.world
    made = world.do("wang", workflow.create_audit, world.tyre, content())
    world.do("wang", workflow.submit, made.id)
    with world.at("city", writing=False) as context:
        unpublished = workflow.latest(context, made, workflow.revision_of(context, made))
        assert unpublished is not None
    assert read(client, f"/public/reports/{unpublished.id}")[0] == 404
    world.do("li", workflow.confirm, made.id)
    now = world.do("city", workflow.publish, made.id)
    old = client.get(f"/public/reports/{furnished.ids['tyre']['grading_id']}", headers={"accept": "text/html"}).text
    assert "被新的审核结论替代" in old
    assert f"/public/reports/{now.published_grading_id}" in old
    assert "有效" in read(client, f"/public/reports/{now.published_grading_id}")[1]


def test_the_code_on_a_report_leads_there(furnished: Furnished) -> None:
    show(furnished)
    with furnished.world.at("city", writing=False) as context:
        case = case_of(context, grading_id(furnished))
        assert case.address == f"https://grading.example.gov.cn/public/reports/{grading_id(furnished)}"
        assert f"扫描二维码可查本等级是否有效：{case.address}" in report(case, ReportFormat.HTML).decode()
