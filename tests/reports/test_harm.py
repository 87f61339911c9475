"""Texts of an audit are texts: they fetch nothing, run nothing, break nothing and hide nothing."""

import socket
from typing import Any, NoReturn

import pytest
from pypdf.generic import DictionaryObject

from reports.context.words import short_name
from reports.gap_report import gap_report_html, gap_report_pdf
from reports.typeface import printable, readable
from tests.reports.made import hostile, unspaced


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("something asked for the network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.mark.usefixtures("offline")
def test_nothing_is_fetched_while_rendering() -> None:
    report = hostile()
    assert (
        gap_report_pdf(report.audit, report.grading, report.rulesets, report.gaps, validity=report.validity)
        == report.pdf
    )
    assert (
        gap_report_html(report.audit, report.grading, report.rulesets, report.gaps, validity=report.validity)
        == report.html
    )


def test_markup_in_a_text_is_printed_as_it_was_written() -> None:
    report = hostile()
    for said in (
        "<script>alert(1)</script>",
        "{{7*7}}",
        "{%raw%}",
        "https://evil.example/?a=1&b=2",
        "file:///etc/passwd",
        "&amp;",
    ):
        assert said in report.text


def test_addresses_do_not_become_links() -> None:
    for page in hostile().reader.pages:
        for annotation in page.get("/Annots", []):
            link: DictionaryObject = annotation.get_object()
            assert "/A" not in link or "/URI" not in link["/A"]


def test_the_web_page_has_no_script_and_asks_for_nothing() -> None:
    html = hostile().html
    for markup in ("<script", "<img", "<link", "<iframe", "javascript:", ' src="', "@import", "url("):
        assert markup not in html


def test_words_that_never_end_are_broken_and_printed_whole() -> None:
    report = hostile()
    assert "W" * 376 in report.text
    assert "x" * 600 in report.text
    assert "长备注" * 900 in "".join(_without_furniture(page) for page in report.pages)


def test_a_character_that_no_typeface_has_is_named_by_its_code() -> None:
    report = hostile()
    assert "〔U+1F600〕" in report.text
    assert "\U0001f600" in report.html
    assert "\ufffd" not in report.text


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("一行\n两行\t三", "一行 两行 三"),
        ("零宽\u200b字符\ufeff", "零宽字符"),
        ("从右\u202e到左", "从右到左"),
        ("铃\x07\x00", "铃〔U+0007〕〔U+0000〕"),
        ("半个字\ud83d", "半个字〔U+D83D〕"),
        ("e\u0301", "é"),
        ("全角\u3000空格", "全角\u3000空格"),
        ("欧甘\u1680空格", "欧甘 空格"),
        ("≤ ≥ ± µ ³ √ × △", "≤ ≥ ± µ ³ √ × △"),
        ("SO₂、NOₓ", "SO2、NOx"),
        ("", ""),
    ],
)
def test_what_no_page_can_show_is_made_readable(written: str, printed: str) -> None:
    assert printable(written) == printed


def test_a_web_page_keeps_every_character_that_can_be_seen() -> None:
    assert readable("\U0001f600 مرحبا") == "\U0001f600 مرحبا"


def _without_furniture(text: str) -> str:
    """A page's text without its running head and foot, wherever in it they were drawn."""
    report = hostile()
    head = unspaced(printable(short_name(report.audit.enterprise.name)) + "绩效分级差距报告")
    foot = "依据草案规则，未经审定"
    number = next(n for n, page in enumerate(report.pages, 1) if page is text)
    return text.replace(head, "").replace(foot, "").replace(f"{number}/{len(report.pages)}", "")
