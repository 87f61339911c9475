"""The report as one HTML file, from the same templates as the PDF."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from tinyhtml5.parser import HTMLParser

from tests.reports.made import REPORTS, made

every_report = pytest.mark.parametrize("kind", REPORTS)


@every_report
def test_it_is_well_formed(kind: str) -> None:
    parser = HTMLParser()
    parser.parse(REPORTS[kind]().html)
    assert parser.errors == []


@every_report
def test_every_link_leads_somewhere_and_no_id_stands_twice(kind: str) -> None:
    tree = _tree(REPORTS[kind]().html)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    links = [str(element.get("href")) for element in tree.iter() if element.get("href")]
    assert links
    assert all(link.startswith("#") and link[1:] in ids for link in links)


@every_report
def test_headings_go_down_one_level_at_a_time(kind: str) -> None:
    names = {f"h{n}" for n in range(1, 7)}
    levels = [int(element.tag[1]) for element in _tree(REPORTS[kind]().html).iter() if element.tag in names]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_report
def test_every_table_has_headers_with_a_scope_and_every_picture_a_title(kind: str) -> None:
    tree = _tree(REPORTS[kind]().html)
    assert all(cell.get("scope") in ("row", "col") for cell in tree.iter("th"))
    pictures = [element for element in tree.iter() if element.tag.endswith("svg")]
    assert pictures
    for picture in pictures:
        title = picture.find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert title.text


@every_report
def test_every_row_of_a_table_is_as_wide_as_its_head(kind: str) -> None:
    for table in _tree(REPORTS[kind]().html).iter("table"):
        widths = {sum(int(cell.get("colspan", "1")) for cell in row) for row in table.iter("tr")}
        assert len(widths) == 1


def test_it_says_what_the_pdf_says() -> None:
    report = made("coking/semi_coke_incomplete", "official", "A")
    body = _tree(report.html).find("body")
    assert body is not None
    for line in report.gaps[0].lines:
        assert line.id in "".join(body.itertext())


def _tree(html: str) -> ElementTree.Element:
    return HTMLParser(namespace_html_elements=False).parse(html)
