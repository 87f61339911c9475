"""Two people write one draft at once: nothing of either is lost, overwritten unseen or put into another row."""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2 as httpx
import pytest

from api.services import workflow
from api.store import Audit
from tests.api.pages.conftest import Place
from tests.api.pages.test_without_scripts import signed_in, token
from tests.api.world import content

TABLE = "units[0].groups.outlets"
YEARS = "v.enterprise.facts.ledger_retention_years"
NOTE = "n.enterprise.facts.ledger_retention_years"


def cell(row: str, fact: str = "nmhc") -> str:
    return f'v.{TABLE}["{row}"].{fact}'


@dataclass
class Writer:
    """Somebody with the form open, as its scripts send what is typed."""

    client: httpx.Client
    audit: UUID
    version: int
    csrf: str

    def send(self, version: int | None = None, **fields: str) -> httpx.Response:
        """What the page sends for these fields; `version` is the one that it shows."""
        said = {"version": str(self.version if version is None else version), "csrf_token": self.csrf, **fields}
        return self.client.post(f"/audits/{self.audit}/answers", data=said, headers={"HX-Request": "true"})

    def type(self, name: str, value: str, version: int | None = None) -> httpx.Response:
        return self.send(version, **{name: value})


@dataclass
class Two:
    place: Place
    audit: UUID
    one: Writer
    two: Writer

    def said(self) -> dict[str, Any]:
        with self.place.world.at("wang", writing=False) as context:
            found: dict[str, Any] = json.loads(workflow.revision_of(context, context.find(Audit, self.audit)).content)
        return found

    def rows(self) -> dict[str, Any]:
        rows = self.said()["units"][0]["groups"]["outlets"]
        return {row["outlet_id"]: value_of(row.get("nmhc")) for row in rows}


def value_of(known: Any) -> Any:
    return known["value"] if isinstance(known, dict) and "value" in known else known


@pytest.fixture
def both(place: Place) -> Iterator[Two]:
    audit = place.world.do("wang", workflow.create_audit, place.world.tyre, three_rows())
    with signed_in(place, "wang") as one, signed_in(place, "li") as two:
        writers = [
            Writer(client, audit.id, 1, token(client.get(f"/audits/{audit.id}/form").text)) for client in (one, two)
        ]
        yield Two(place, audit.id, *writers)


def three_rows() -> str:
    said = json.loads(content())
    row = said["units"][0]["groups"]["outlets"][0]
    rows = [row | {"outlet_id": key, "nmhc": value} for key, value in (("DA001", 1), ("DA002", 2), ("DA003", 3))]
    said["units"][0]["groups"]["outlets"] = rows
    return json.dumps(said, ensure_ascii=False)


def clash(answer: httpx.Response) -> dict[str, str]:
    """The fields that are sent for “仍用我填的”."""
    form = re.search(r'<form method="post" action="/audits/[^"]+/answers">(.*?)</form>', answer.text, re.S)
    assert form, answer.text
    return {html.unescape(k): html.unescape(v) for k, v in re.findall(r'name="([^"]+)" value="([^"]*)"', form[1])}


def test_what_is_typed_goes_into_the_row_that_was_shown_though_another_was_removed(both: Two) -> None:
    both.one.send(remove=f'{TABLE}["DA001"]')
    answer = both.two.type(cell("DA003"), "3.5")
    assert "他人已先保存" not in answer.text
    assert both.rows() == {"DA002": 2, "DA003": 3.5}


def test_rows_told_by_their_number_are_those_that_the_page_showed(both: Two) -> None:
    both.one.send(remove=f"{TABLE}|0")
    both.two.type(f"v.{TABLE}[2].nmhc", "3.5")
    assert both.rows() == {"DA002": 2, "DA003": 3.5}


@pytest.mark.parametrize("told", [f"{TABLE}|1", f'{TABLE}["DA002"]'])
def test_the_same_removal_twice_takes_one_row_away(both: Two, told: str) -> None:
    for writer in (both.one, both.two, both.one):
        assert writer.send(version=1, remove=told).status_code == 200
    assert both.rows() == {"DA001": 1, "DA003": 3}


def test_a_value_for_a_row_that_is_gone_is_refused_and_told(both: Two) -> None:
    both.one.send(remove=f'{TABLE}["DA002"]')
    answer = both.two.type(cell("DA002"), "9")
    assert "已不在表中" in answer.text
    assert both.rows() == {"DA001": 1, "DA003": 3}


def test_a_row_that_somebody_wrote_on_is_not_removed_unseen(both: Two) -> None:
    both.one.type(cell("DA002"), "2.5")
    answer = both.two.send(remove=f'{TABLE}["DA002"]')
    assert "王专家" in answer.text
    assert both.rows()["DA002"] == 2.5
    both.two.client.post(f"/audits/{both.audit}/answers", data=clash(answer))
    assert both.rows() == {"DA001": 1, "DA003": 3}


def test_different_fields_never_conflict_and_both_are_kept(both: Two) -> None:
    both.one.type(YEARS, "2")
    for name, value in ((NOTE, "抽查三年"), (cell("DA001"), "1.5"), (f'e.{TABLE}["DA001"].nmhc', "报告 7")):
        assert "他人已先保存" not in both.two.type(name, value).text
    said = both.said()["enterprise"]["facts"]["ledger_retention_years"]
    assert (said["value"], said["note"]) == (2, "抽查三年")
    assert both.rows()["DA001"] == 1.5


def test_evidence_that_both_add_to_one_answer_is_all_kept(both: Two) -> None:
    name = "e.enterprise.facts.ledger_retention_years"
    before = both.said()["enterprise"]["facts"]["ledger_retention_years"]
    listed = list(before["evidence"]) if isinstance(before, dict) else []
    both.one.type(name, "\n".join([*listed, "台账一"]))
    both.two.type(name, "\n".join([*listed, "台账二"]))
    assert both.said()["enterprise"]["facts"]["ledger_retention_years"]["evidence"] == [*listed, "台账一", "台账二"]


def test_in_the_same_field_both_values_are_shown_with_their_author_and_one_is_chosen(both: Two) -> None:
    both.one.type(cell("DA002"), "2.5")
    answer = both.two.type(cell("DA002"), "2.9")
    text = html.unescape(answer.text)
    assert all(said in text for said in ("王专家", "2.5", "2.9", "DA002"))
    assert both.rows()["DA002"] == 2.5
    both.two.client.post(f"/audits/{both.audit}/answers", data=clash(answer))
    assert both.rows()["DA002"] == 2.9


def test_who_was_first_does_not_overwrite_the_choice_unseen_either(both: Two) -> None:
    both.one.type(cell("DA002"), "2.5")
    answer = both.two.type(cell("DA002"), "2.9")
    both.two.client.post(f"/audits/{both.audit}/answers", data=clash(answer))
    again = both.one.type(cell("DA002"), "2.6", version=2)
    assert "李专家" in again.text
    assert both.rows()["DA002"] == 2.9


def test_a_second_attempt_on_a_field_in_conflict_is_a_conflict_again(both: Two) -> None:
    both.one.type(cell("DA002"), "2.5")
    for _ in range(2):
        assert "王专家" in both.two.type(cell("DA002"), "2.9").text
    assert both.rows()["DA002"] == 2.5


def test_the_same_value_from_both_is_no_conflict(both: Two) -> None:
    both.one.type(cell("DA002"), "2.5")
    assert "他人已先保存" not in both.two.type(cell("DA002"), "2.50").text


def test_what_is_sent_again_by_one_page_because_no_answer_came_is_no_conflict(both: Two) -> None:
    both.one.send(page="a" * 32, **{cell("DA002"): "2.5"})
    assert "他人已先保存" not in both.one.send(version=1, page="a" * 32, **{cell("DA002"): "2.7"}).text
    assert both.rows()["DA002"] == 2.7


def test_a_table_that_somebody_filled_meanwhile_is_not_emptied(both: Two) -> None:
    assert "未改动" in both.two.send(empty=TABLE).text
    assert len(both.rows()) == 3


def test_a_renamed_row_keeps_its_values_and_its_files_and_its_old_name_is_told_as_gone(both: Two) -> None:
    put = both.one.client.post(
        f"/v1/audits/{both.audit}/evidence",
        files={"file": ("报告.pdf", b"%PDF-1.4 x", "application/pdf")},
        data={"place": f'{TABLE}["DA002"].nmhc'},
        headers={"X-CSRF-Token": both.one.csrf},
    )
    assert put.status_code == 201, put.text
    both.one.type(f'k.{TABLE}["DA002"]', "DA020")
    assert "已不在表中" in both.two.type(cell("DA002"), "9").text
    assert both.rows() == {"DA001": 1, "DA020": 2, "DA003": 3}
    (file,) = both.one.client.get(f"/v1/audits/{both.audit}/evidence").json()
    assert file["place"] == f'{TABLE}["DA020"].nmhc'


def test_the_whole_form_from_a_browser_without_scripts_changes_only_what_was_changed_on_it(both: Two) -> None:
    page = both.two.client.get(f"/audits/{both.audit}/form").text
    fields: list[tuple[str, str]] = []
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        if (
            'form="answers"' not in tag
            or name is None
            or (('type="radio"' in tag or "checkbox" in tag) and "checked" not in tag)
        ):
            continue
        fields.append((html.unescape(name[1]), html.unescape(value[1]) if value else ""))
    both.one.type(cell("DA002"), "2.5")
    changed = [(name, "3.5" if name == cell("DA003") else value) for name, value in fields]
    body: dict[str, list[str]] = {"csrf_token": [both.two.csrf]}
    for name, value in changed:
        body.setdefault(name, []).append(value)
    answer = both.two.client.post(f"/audits/{both.audit}/answers", data=body)
    assert answer.status_code == 200
    assert both.rows() == {"DA001": 1, "DA002": 2.5, "DA003": 3.5}


Put = Callable[..., httpx.Response]


@pytest.fixture
def put(both: Two) -> Put:
    def put_file(place: str, **headers: str) -> httpx.Response:
        return both.one.client.post(
            f"/v1/audits/{both.audit}/evidence",
            files={"file": ("DA003.pdf", b"%PDF-1.4 DA003\n", "application/pdf")},
            data={"place": place},
            headers={"X-CSRF-Token": both.one.csrf, **headers},
        )

    return put_file


def test_a_file_s_row_is_told_by_its_key_or_by_its_number_in_a_version_that_was_seen(both: Two, put: Put) -> None:
    assert put(f"{TABLE}[2].nmhc").status_code == 428
    both.two.send(remove=f'{TABLE}["DA001"]')
    # In version 1 the third row was DA003.
    made = put(f"{TABLE}[2].nmhc", **{"If-Match": '"1"'})
    assert (made.status_code, made.json()["place"]) == (201, f'{TABLE}["DA003"].nmhc')
    assert put(f'{TABLE}["DA001"].nmhc').status_code == 422


def test_a_file_of_a_row_that_is_gone_is_still_there_and_told(both: Two, put: Put) -> None:
    assert put(f'{TABLE}["DA003"].nmhc').status_code == 201
    both.two.send(remove=f'{TABLE}["DA003"]')
    page = both.one.client.get(f"/audits/{both.audit}/form").text
    stray = page.partition('id="stray"')[2].partition("</section>")[0]
    assert "DA003.pdf" in stray


def test_an_upper_bound_is_typed_kept_shown_and_no_conflict_with_itself(both: Two) -> None:
    answer = both.one.type(cell("DA001"), "＜0.07")
    assert answer.status_code == 200
    assert both.rows()["DA001"] == {"below": 0.07}
    shown = both.one.client.get(f"/audits/{both.audit}/form").text
    assert 'value="&lt;0.07"' in shown
    version = both.one.version + 1
    assert "他人已先保存" not in both.two.type(cell("DA001"), "<0.07", version=version).text
    refused = both.one.type(cell("DA002"), "未检出", version=version).text
    assert "须写明检出限" in refused
    assert both.rows()["DA002"] == 2
