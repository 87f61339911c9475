"""The register goes out as a table and comes in again: whole or not at all, every mistake at its cell."""

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font
from sqlalchemy import func, select

from api.problems import Problem
from api.services import register_import
from api.services.register_table import written
from api.services.verification import verify_records
from api.store import Enterprise, Export, Site, Unit
from tests.api.routes.conftest import copied, furnished_once
from tests.api.world import Furnished, World

__all__ = ["furnished_once"]
LINE = {
    "name": "咸阳新星砖瓦有限公司",
    "uscc": "91350100M000100Y43",
    "county": "610404",
    "permit": "91350100M000100Y43001P",
    "site": "渭城厂区",
    "address": "渭城区北杜镇",
    "unit": "line-1",
    "unit_name": "隧道窑",
    "industry": "烧结砖",
    "coordinates": "108.705，34.329",
    "products": "烧结空心砖",
    "capacity": "6000 万块/年",
}

OF_UNIT = ("unit", "unit_name", "industry", "products", "capacity")


@pytest.fixture
def world(furnished_once: Furnished, tmp_path: Path) -> Any:
    made = copied(furnished_once, tmp_path / "world").world
    yield made
    made.service.workbooks.close()
    made.service.close()


def upload(world: World, *lines: dict[str, str], login: str = "city", spoil: Any = None) -> Any:
    book = load_workbook(BytesIO(written(lines)))
    if spoil is not None:
        spoil(book.worksheets[0])
    saved = BytesIO()
    book.save(saved)
    saved.seek(0)
    return world.do(login, register_import.upload, saved, "名录.xlsx")


def counts(world: World) -> list[int]:
    with world.service.database.reading() as db:
        return [db.scalars(select(func.count()).select_from(model)).one() for model in (Enterprise, Site, Unit)]


def test_a_table_makes_changes_and_leaves_alone_what_it_says_again(world: World) -> None:
    before = counts(world)
    second = LINE | {"unit": "line-2", "industry": "national-2020/brick", "unit_name": ""}
    done = upload(world, LINE, second)
    assert (done.lines, done.made, done.changed) == (2, 4, 0)
    assert counts(world) == [before[0] + 1, before[1] + 1, before[2] + 2]
    assert [(d.made, d.changed) for d in (upload(world, LINE, second),)] == [(0, 0)]
    assert upload(world, LINE | {"name": "咸阳新星窑业有限公司"}).changed == 1
    with world.at("city", writing=False) as context:
        row = context.db.scalars(select(Enterprise).where(Enterprise.uscc == LINE["uscc"])).one()
        unit = context.db.scalars(select(Unit).where(Unit.enterprise_id == row.id).order_by(Unit.code)).first()
        assert unit is not None
        assert (row.name, unit.ruleset_id) == ("咸阳新星窑业有限公司", "national-2020/brick")
        assert (unit.products, unit.capacity) == ("烧结空心砖", "6000 万块/年")
        assert (
            context.db.scalars(select(Site.coordinates).where(Site.enterprise_id == row.id)).one() == "108.705,34.329"
        )
    with world.service.database.reading() as db:
        assert verify_records(db, None).findings == ()


def test_what_went_out_comes_in_as_it_is(world: World) -> None:
    with world.at("city") as context:
        table = register_import.table_of(context)
    done = world.do("city", register_import.upload, BytesIO(table), "名录.xlsx")
    assert (done.made, done.changed) == (0, 0)
    assert done.lines >= 1


def test_every_mistake_is_told_at_its_cell_and_nothing_is_written(world: World) -> None:
    before = counts(world)
    wrong = (
        LINE,
        LINE | {"name": "别名", "unit": "line-1"},
        {key: text for key, text in LINE.items() if key not in OF_UNIT} | {"uscc": "91350100M000100Y44"},
        LINE | {"uscc": "91610402MA6XW0P404", "county": "610304", "unit": "x", "industry": "没有的行业"},
        {"uscc": "91610402MA6XW0P404", "unit": "y"},
        LINE | {"site": "北厂区", "unit": "north-1", "coordinates": "34.329,108.705"},
    )

    def formula(sheet: Any) -> None:
        sheet["H3"] = "=A3"

    with pytest.raises(Problem) as caught:
        upload(world, LINE, spoil=formula)
    assert [(e["cell"], "公式" in e["message"]) for e in caught.value.as_json()["errors"]] == [("H3", True)]
    with world.at("city") as context, pytest.raises(Problem) as caught:
        register_import.upload(context, BytesIO(written(wrong)), "名录.xlsx")
    errors = caught.value.as_json()["errors"]
    cells = {error["cell"] for error in errors}
    # Another name for the same code, a unit twice, a wrong check digit, a county elsewhere, what is not filled in.
    assert {"A4", "I4", "B5", "C6", "A7", "C7", "E7", "S8"} <= cells
    assert counts(world) == before
    with world.service.database.reading() as db:
        assert verify_records(db, None).findings == ()


def test_all_that_is_wrong_in_a_line_is_told_at_once(world: World) -> None:
    wrong = {
        "name": "咸阳新星砖瓦有限公司",
        "uscc": "123",
        "county": "99",
        "unit": "line-1",
        "industry": "没有的行业",
        "state": "停了",
        "unit_state": "正常生产",
        "unit_state_since": "去年",
        "coordinates": "北边",
    }
    with world.at("city") as context, pytest.raises(Problem) as caught:
        register_import.upload(
            context, BytesIO(written([wrong, LINE | {"industry": "没有的行业", "state": "停了"}])), "a"
        )
    errors = caught.value.as_json()["errors"]
    assert {e["cell"] for e in errors} == {"B3", "C3", "E3", "L3", "P3", "S3", "K4", "L4"}
    assert any("厂区名称" in e["message"] for e in errors if e["cell"] == "E3")


def test_a_sign_for_nothing_is_no_permit_by_which_plants_are_known(world: World) -> None:
    with pytest.raises(Problem) as caught:
        upload(world, LINE | {"permit": "无", "site_permit": "/"})
    errors = caught.value.as_json()["errors"]
    assert {error["cell"]: "表示没有" in error["message"] for error in errors} == {"D3": True, "G3": True}


def test_what_may_be_read_two_ways_or_not_at_all_is_refused(world: World) -> None:
    def strike(sheet: Any) -> None:
        sheet["D3"].font = Font(strike=True)

    def double(sheet: Any) -> None:
        sheet["V2"], sheet["V3"] = "排污许可证编号", "91350100M000100Y43002P"

    def beside(sheet: Any) -> None:
        sheet["X3"] = "已停产"

    def copy(sheet: Any) -> None:
        sheet.parent.copy_worksheet(sheet)

    before = counts(world)
    for spoil, said in ((strike, "删除线"), (double, "有 2 列"), (beside, "没有列名"), (copy, "都是名录")):
        with pytest.raises(Problem) as caught:
            upload(world, LINE, spoil=spoil)
        assert any(said in error["message"] for error in caught.value.as_json()["errors"]), said
    assert counts(world) == before


def test_the_marked_copy_can_be_downloaded(world: World) -> None:
    with world.at("city") as context:
        with pytest.raises(Problem) as caught:
            register_import.upload(context, BytesIO(written([LINE | {"county": "999999"}])), "名录.xlsx")
        marked = context.find(Export, UUID(caught.value.more["marked_workbook"].split("/")[-2]))
        assert marked.name == "名录（已标出错误）.xlsx"


def test_a_table_without_its_heads_is_refused(world: World) -> None:
    def rename(sheet: Any) -> None:
        sheet["B2"] = "代码"

    with pytest.raises(Problem, match="名录有 1 处问题"):
        upload(world, LINE, spoil=rename)
    with pytest.raises(Problem, match=r"^role_not_allowed:"):
        upload(world, LINE, login="wang")
