"""Evidence over the interface."""

from uuid import UUID

from tests.api.routes.conftest import Ask
from tests.api.world import Furnished

PDF = b"%PDF-1.7 report"


def _draft(ask: Ask, furnished: Furnished) -> str:
    return str(UUID(ask("wang", "POST", "/audits", json={"enterprise_id": str(furnished.world.tyre)}).json()["id"]))


def test_a_file_is_put_listed_downloaded_and_taken_off(ask: Ask, furnished: Furnished) -> None:
    path = f"/audits/{_draft(ask, furnished)}/evidence"
    put = ask(
        "wang", "POST", path, files={"file": ("../报告.pdf", PDF, "text/html")}, data={"place": "units[0].facts.a"}
    )
    assert put.status_code == 201, put.text
    told = put.json()
    assert (told["name"], told["media_type"], told["place"]) == ("报告.pdf", "application/pdf", "units[0].facts.a")
    file = ask("li", "GET", f"/evidence/{told['id']}/content")
    assert file.content == PDF
    assert file.headers["content-disposition"].startswith("attachment")
    assert ask("wang", "DELETE", f"/evidence/{told['id']}").status_code == 204
    assert ask("wang", "GET", path).json() == []


def test_a_file_that_claims_to_be_another_type_is_refused(ask: Ask, furnished: Furnished) -> None:
    path = f"/audits/{_draft(ask, furnished)}/evidence"
    disguised = ask("wang", "POST", path, files={"file": ("照片.png", PDF, "image/png")})
    assert (disguised.status_code, disguised.json()["errors"][0]["place"]) == (422, "file")
    page = ask("wang", "POST", path, files={"file": ("a.txt", b"<script>", "text/plain")})
    assert page.status_code == 415


def test_evidence_of_what_was_submitted_stays(ask: Ask, furnished: Furnished) -> None:
    submitted = furnished.ids["tyre"]["evidence_id"]
    assert ask("wang", "DELETE", f"/evidence/{submitted}").status_code == 409
    assert ask("zhao", "GET", f"/evidence/{submitted}/content").status_code == 404
