"""Workbooks over the interface: out, back in, and back with their errors marked."""

import io
from typing import Any

from openpyxl import load_workbook

from tests.api.routes.conftest import Ask
from tests.api.world import TYRE, Furnished

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = {"content-type": "application/json"}


def _filled(ask: Ask) -> bytes:
    answer = ask("wang", "POST", "/form", content=TYRE.read_bytes(), headers=JSON)
    assert answer.headers["content-type"] == XLSX
    book: bytes = answer.content
    return book


def _file(content: bytes) -> dict[str, Any]:
    return {"file": ("核查表.xlsx", content, XLSX)}


def _spoilt(book: bytes) -> bytes:
    """The form with a day that is none."""
    opened = load_workbook(io.BytesIO(book))
    cover = opened.worksheets[0]
    cell = next(cell for row in cover.iter_rows() for cell in row if str(cell.value).startswith("2023-"))
    cell.value = "不久前"
    buffer = io.BytesIO()
    opened.save(buffer)
    return buffer.getvalue()


def test_a_form_comes_empty_or_filled_in_and_is_read_back(ask: Ask) -> None:
    assert ask("wang", "GET", "/rulesets/national-2020/rubber/form").content[:2] == b"PK"
    assert ask("wang", "GET", "/form", params={"ruleset": ["national-2020/rubber"] * 2}).content[:2] == b"PK"
    told = ask("wang", "POST", "/workbook", files=_file(_filled(ask)))
    assert told.status_code == 200, told.text
    again = ask("wang", "POST", "/grade", json=told.json()["audit"]).json()
    assert again["grade"] == ask("wang", "POST", "/grade", content=TYRE.read_bytes(), headers=JSON).json()["grade"]


def test_a_workbook_becomes_a_draft(ask: Ask, furnished: Furnished) -> None:
    made = ask("wang", "POST", f"/enterprises/{furnished.world.tyre}/workbook", files=_file(_filled(ask)))
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    path = f"/audits/{made.json()['id']}"
    saved = ask(
        "wang", "PUT", f"{path}/workbook", files=_file(_filled(ask)), headers={"if-match": made.headers["etag"]}
    )
    assert saved.status_code == 200, saved.text
    assert ask("wang", "POST", f"{path}/submission", json={"reasons": "已核对"}).status_code == 200


def test_a_workbook_of_another_enterprise_is_refused(ask: Ask, furnished: Furnished) -> None:
    refused = ask("zhao", "POST", f"/enterprises/{furnished.world.foundry}/workbook", files=_file(_filled(ask)))
    assert (refused.status_code, refused.json()["code"]) == (422, "other_enterprise")


def test_errors_have_place_sheet_and_cell_and_the_marked_workbook_can_be_downloaded(ask: Ask) -> None:
    refused = ask("wang", "POST", "/workbook", files=_file(_spoilt(_filled(ask))))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_workbook")
    error = refused.json()["errors"][0]
    assert (error["place"], error["given"]) == ("assessed_on", "不久前")
    assert error["sheet"]
    assert error["cell"]
    marked = ask("wang", "GET", refused.json()["marked_workbook"])
    assert load_workbook(io.BytesIO(marked.content)).sheetnames[0].startswith("错误")
    assert ask("li", "GET", refused.json()["marked_workbook"]).status_code == 404


def test_what_is_no_form_is_refused_without_a_copy(ask: Ask) -> None:
    refused = ask("wang", "POST", "/workbook", files=_file(b"no workbook"))
    assert (refused.status_code, refused.json()["marked_workbook"]) == (422, None)


def test_warnings_come_back_wherever_a_workbook_is_taken_in(ask: Ask, furnished: Furnished) -> None:
    opened = load_workbook(io.BytesIO(_filled(ask)))
    opened.create_sheet("另记的排放口")["A1"] = "DA009"
    buffer = io.BytesIO()
    opened.save(buffer)
    warning = "工作表“另记的排放口”不是核查表的内容，未读取"
    assert warning in ask("wang", "POST", "/workbook", files=_file(buffer.getvalue())).json()["warnings"]
    made = ask("wang", "POST", f"/enterprises/{furnished.world.tyre}/workbook", files=_file(buffer.getvalue()))
    assert warning in made.json()["warnings"]
    saved = ask(
        "wang",
        "PUT",
        f"/audits/{made.json()['id']}/workbook",
        files=_file(buffer.getvalue()),
        headers={"if-match": made.headers["etag"]},
    )
    assert warning in saved.json()["warnings"]
