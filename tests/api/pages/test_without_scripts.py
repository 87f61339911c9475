"""Every page works in a browser without scripts: read, filled in, saved."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2 as httpx
import pytest

from api.queries.exports import own_exports
from api.services import exports, workflow
from tests.api.pages.conftest import Place
from tests.api.pages.test_accessible import PAGES
from tests.api.world import PASSWORD, content


@contextmanager
def signed_in(place: Place, login: str) -> Iterator[httpx.Client]:
    accepting = {"accept": "text/html"}
    with httpx.Client(base_url=place.url, headers=accepting, follow_redirects=True, timeout=30) as client:
        answer = client.post("/sign-in", data={"login": login, "password": PASSWORD, "next": "/"})
        assert answer.status_code == 200
        yield client


@pytest.fixture
def wang(place: Place) -> Iterator[httpx.Client]:
    with signed_in(place, "wang") as client:
        yield client


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_without_scripts(name: str, place: Place) -> None:
    login, path = PAGES[name]
    with signed_in(place, login) as client:
        answer = client.get(path.format(**vars(place), tyre=place.world.tyre, wang=place.world.users["wang"]))
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    assert "</html>" in answer.text
    assert not re.search(
        r"<[^>]+ style=|<style|<script>|hx-on|https?://(?!www\.w3\.org)[^\"' ]+\.(?:js|css)", answer.text
    )


def token(text: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found
    return found[1]


def test_an_answer_is_saved_without_scripts(place: Place, wang: httpx.Client) -> None:
    audit = place.world.do("wang", workflow.create_audit, place.world.tyre, content())
    page = wang.get(f"/audits/{audit.id}/form").text
    said = {"csrf_token": token(page), "version": "1", "v.enterprise.facts.ledger_retention_years": "2"}
    answer = wang.post(f"/audits/{audit.id}/answers", data=said)
    assert answer.status_code == 200
    assert re.search(r'name="v\.enterprise\.facts\.ledger_retention_years"[^>]*value="2"', answer.text)


def test_evidence_is_put_and_taken_off_without_scripts(place: Place, wang: httpx.Client) -> None:
    audit = place.world.do("wang", workflow.create_audit, place.world.tyre, content())
    said = {"csrf_token": token(wang.get(f"/audits/{audit.id}/form").text), "place": "enterprise.facts.holds_permit"}
    answer = wang.post(
        f"/audits/{audit.id}/evidence", data=said, files={"file": ("许可证.pdf", b"%PDF-1.7", "application/pdf")}
    )
    removal = re.search(r'formaction="(/evidence/[0-9a-f-]+/removal)"', answer.text)
    assert removal
    assert wang.get(removal[1].removesuffix("/removal")).content == b"%PDF-1.7"
    answer = wang.post(removal[1], data=said)
    assert answer.status_code == 200
    assert removal[1] not in answer.text
    assert wang.get(removal[1].removesuffix("/removal")).status_code == 404


def test_a_form_that_comes_from_elsewhere_is_refused(place: Place, wang: httpx.Client) -> None:
    answer = wang.post(f"/audits/{place.draft}/submission", data={"version": "1"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.text


def test_a_wrong_password_is_told_and_the_login_kept(place: Place) -> None:
    with httpx.Client(base_url=place.url, headers={"accept": "text/html"}) as client:
        answer = client.post("/sign-in", data={"login": "wang", "password": "wrong", "next": "/"})
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text
    assert 'value="wang"' in answer.text


def test_signing_in_never_leads_to_another_site(place: Place) -> None:
    with httpx.Client(base_url=place.url, headers={"accept": "text/html"}) as client:
        said = {"login": "wang", "password": PASSWORD, "next": "//example.com/"}
        assert client.post("/sign-in", data=said).headers["location"] == "/"


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(place: Place) -> None:
    with httpx.Client(base_url=place.url, headers={"accept": "text/html"}) as client:
        assert client.get("/rulesets").headers["location"] == "/sign-in?next=/rulesets"


def test_an_audit_out_of_scope_is_not_found(place: Place) -> None:
    with signed_in(place, "zhao") as client:
        assert client.get(f"/audits/{place.published}").status_code == 404


def test_the_reports_of_the_enterprises_in_the_list_are_ordered_watched_and_downloaded_with_their_index(
    place: Place,
) -> None:
    with signed_in(place, "province") as client:
        said = {"csrf_token": token(client.get("/overview").text), "ruleset": "national-2020/rubber", "which": "all"}
        asked = client.post("/bulk/reports", data=said)
        assert "1 份报告可以办理" in asked.text
        chosen = {
            "csrf_token": token(asked.text),
            "ids": asked.text.partition('name="ids" value="')[2].partition('"')[0],
        }
        assert "已办理 1 份报告" in client.post("/bulk/reports", data=chosen | {"step": "do"}).text
        assert "等待生成" in client.get("/exports").text
        with place.world.at("province") as context:
            order = own_exports(context)[0]
        for position in range(exports.begin(place.world.service, order.id)):
            exports.make_report(place.world.service, order.id, position)
        exports.finish(place.world.service, order.id)
        assert "可以下载" in client.get("/exports/list").text
        archive = zipfile.ZipFile(io.BytesIO(client.get(f"/exports/{order.id}/file").content))
        assert {"目录.xlsx", "目录.csv"} <= set(archive.namelist())
        assert len([name for name in archive.namelist() if name.endswith(".pdf")]) == order.total
        said = {"csrf_token": token(client.get("/overview").text), "q": "没有这样的企业", "which": "all"}
        assert "没有选择任何一项" in client.post("/bulk/reports", data=said).text


def test_a_trial_says_which_figures_its_grade_rests_on_and_the_official_result_does_not(
    place: Place, wang: httpx.Client
) -> None:
    for path in (f"/audits/{place.published}", f"/enterprises/{place.world.tyre}"):
        assert "本等级所依据的" in wang.get(path, params={"mode": "trial"}).text
        assert "本等级所依据的" not in wang.get(path).text


def test_a_unit_is_registered_by_what_the_plant_makes(place: Place) -> None:
    path = f"/enterprises/{place.world.tyre}/units"
    with signed_in(place, "city") as client:
        assert "登记生产单元" in client.get(f"/enterprises/{place.world.tyre}").text
        found = client.get(f"{path}/new", params={"industry": "做防水卷材的"}).text
        assert 'value="national-2020/waterproofing"' in found
        assert "没有重点行业与“养猪”相符" in client.get(f"{path}/new", params={"industry": "养猪"}).text
        site = re.search(r'<option value="([0-9a-f-]{36})"', found)
        assert site
        said = {"csrf_token": token(found), "industry": "做防水卷材的", "site_id": site[1], "code": "防水-1"}
        refused = client.post(path, data=said)
        assert refused.status_code == 422
        assert "✗ 请选择行业" in refused.text
        assert 'value="防水-1"' in refused.text
        made = client.post(path, data=said | {"ruleset_id": "national-2020/waterproofing"})
        assert made.status_code == 200
        assert "防水-1：" in made.text
    with signed_in(place, "tyre") as client:
        assert client.get(f"{path}/new").status_code == 403


def test_the_rule_book_of_a_ruleset_is_downloaded_from_its_page(wang: httpx.Client) -> None:
    path = "/rulesets/national-2020/brick_nonsintered"
    links = re.findall(rf'href="({path}/book\.\w+)"', wang.get(path).text)
    assert links == [f"{path}/book.pdf", f"{path}/book.html"]
    answers = [wang.get(link) for link in links]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content.startswith(b"%PDF")
    assert "规则书" in answers[1].text
    assert wang.get("/rulesets/no/such/book.pdf").status_code == 404


def test_the_record_of_a_check_is_downloaded_from_its_audit_and_names_its_experts(
    place: Place, wang: httpx.Client
) -> None:
    path = f"/audits/{place.published}"
    assert f'href="{path}/record.pdf"' in wang.get(path).text
    assert wang.get(f"{path}/record.pdf").content.startswith(b"%PDF")
    assert "专家一：" in wang.get(f"{path}/record.html").text
