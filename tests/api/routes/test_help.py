"""Help for each role: led to one's own page, readable by all, and what it names is there."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import api.pages.help as help_pages
from tests.api.world import Furnished

HERE = Path(help_pages.__file__).parent
NAMED = re.compile("“([^”]+)”")
PICTURE = re.compile(r"!\[[^\]]+\]\(\.\./assets/help/([^)]+)\)")
EXAMPLES = {"未检出", "＜20", "≥95%", "添加到主屏幕"}
"""What is quoted as an answer or as a browser's word, not as a word on a page."""


@pytest.mark.parametrize(
    ("login", "role", "head"),
    [
        ("wang", "assessor", "评审专家：核查一家企业"),
        ("tyre", "enterprise", "企业：看懂等级，往上一级走"),
        ("city", "bureau", "生态环境部门：分级、公布、行动"),
        ("root", "administrator", "系统管理员：用户、备份、核查"),
    ],
)
def test_each_role_is_led_to_its_page(
    client: TestClient, furnished: Furnished, login: str, role: str, head: str
) -> None:
    headers = {"authorization": f"Bearer {furnished.tokens[login]}", "accept": "text/html"}
    found = client.get("/help", headers=headers, follow_redirects=True)
    assert found.url.path == f"/help/{role}"
    assert f"<h1>{head}</h1>" in found.text
    assert "](" not in found.text
    assert client.get("/help/bureau", headers=headers).status_code == 200
    assert client.get("/help/nobody", headers=headers).status_code == 404


def test_every_word_of_a_page_that_help_names_is_on_a_page() -> None:
    sources = [*HERE.parent.rglob("*.j2"), *HERE.parent.rglob("*.py"), *HERE.parent.rglob("*.js")]
    shown = "".join(file.read_text("utf-8") for file in sources if HERE not in file.parents)
    named = {(file.name, word) for file in HERE.glob("*.md") for word in NAMED.findall(file.read_text("utf-8"))}
    assert len(named) > 40
    assert {(page, word) for page, word in named if word not in EXAMPLES and word not in shown} == set()


def test_the_pictures_of_the_help_are_there_and_small(client: TestClient, furnished: Furnished) -> None:
    shown = {found for page in HERE.glob("*.md") for found in PICTURE.findall(page.read_text(encoding="utf-8"))}
    assert shown == {path.name for path in (HERE.parent / "assets" / "help").iterdir()}
    headers = {"authorization": f"Bearer {furnished.tokens['wang']}", "accept": "text/html"}
    assert 'src="/static/help/assessor-form.webp"' in client.get("/help/assessor", headers=headers).text
    for name in shown:
        picture = client.get(f"/static/help/{name}")
        assert picture.status_code == 200
        assert len(picture.content) <= 60_000
