"""Gap reports over the interface: one at once, many in the background."""

import io
import zipfile
from uuid import UUID

import pytest

from api.service import Service
from api.services import exports
from tests.api.routes.conftest import Ask
from tests.api.world import Furnished


def work_off(service: Service, export_id: UUID) -> None:
    """What a worker does with an archive, here and now."""
    for position in range(exports.begin(service, export_id)):
        exports.make_report(service, export_id, position)
        # Done twice it is done once.
        exports.make_report(service, export_id, position)
    exports.finish(service, export_id)


# WeasyPrint leaves the colour profile that it embeds for the garbage collector to close.
@pytest.mark.filterwarnings("ignore:Exception ignored in.*sRGB2014:pytest.PytestUnraisableExceptionWarning")
def test_a_report_comes_as_html_and_as_pdf(ask: Ask, furnished: Furnished) -> None:
    path = f"/gradings/{furnished.ids['tyre']['grading_id']}"
    html = ask("tyre", "GET", f"{path}/report.html")
    assert html.headers["content-disposition"].startswith("attachment")
    assert "差距" in html.text
    assert ask("tyre", "GET", f"{path}/report.pdf").content.startswith(b"%PDF-")


def test_reports_of_many_gradings_are_ordered_polled_and_downloaded(ask: Ask, furnished: Furnished) -> None:
    ids = [furnished.ids[side]["grading_id"] for side in ("tyre", "foundry")]
    ordered = ask("province", "POST", "/reports", json={"grading_ids": ids, "format": "html"})
    assert ordered.status_code == 202, ordered.text
    told = ask("province", "GET", ordered.headers["location"]).json()
    assert (told["state"], told["made"], told["total"], told["content"]) == ("waiting", 0, 2, None)
    early = ask("province", "GET", f"{ordered.headers['location']}/content")
    assert (early.status_code, early.json()["code"]) == (409, "not_done")
    work_off(furnished.world.service, UUID(told["id"]))
    told = ask("province", "GET", ordered.headers["location"]).json()
    assert (told["state"], told["made"], told["errors"]) == ("done", 2, [])
    archive = zipfile.ZipFile(io.BytesIO(ask("province", "GET", told["content"]).content))
    listed = archive.read("目录.csv").decode("utf-8-sig").splitlines()
    assert len([name for name in archive.namelist() if name.startswith("报告/")]) == 2
    assert len(listed) == 3
    assert all("sha256:" in line for line in listed[1:])
    assert "目录.xlsx" in archive.namelist()
    assert ask("city", "GET", ordered.headers["location"]).status_code == 404


def test_a_grading_that_is_not_in_scope_can_not_be_reported_on(ask: Ask, furnished: Furnished) -> None:
    ids = [furnished.ids["foundry"]["grading_id"]]
    assert ask("city", "POST", "/reports", json={"grading_ids": ids}).status_code == 404
