"""A ruleset leaves the service as a workbook and comes back as a draft; what is wrong is marked in a copy."""

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from api.problems import Problem
from api.services import ruleset_workbooks
from api.store import DraftRuleset, Export
from tests.api.routes.conftest import copied, furnished_once
from tests.api.world import Furnished

__all__ = ["furnished_once"]
ID = "national-2020/brick"


@pytest.fixture
def furnished(furnished_once: Furnished, tmp_path: Path) -> Any:
    made = copied(furnished_once, tmp_path / "world")
    yield made
    made.world.service.workbooks.close()
    made.world.service.close()


def changed(data: bytes, **cells: str) -> BytesIO:
    """The workbook with cells of its sheet 版本 filled in by their labels."""
    book = load_workbook(BytesIO(data))
    for row in book["版本"].iter_rows():
        if row[1].value in cells:
            row[2].value = cells[row[1].value]
    saved = BytesIO()
    book.save(saved)
    saved.seek(0)
    return saved


def test_it_comes_back_as_a_draft_or_says_that_nothing_has_changed(furnished: Furnished) -> None:
    world = furnished.world
    with world.at("city") as context:
        data = ruleset_workbooks.workbook_of(context, ID)
    with pytest.raises(Problem, match=r"^nothing_changed:"):
        world.do("city", ruleset_workbooks.upload, BytesIO(data), "表.xlsx")
    cells = {"编号（版本/行业）": "xianyang-2027/brick", "适用地区（六位代码）": "610400", "名称": "砖瓦窑（咸阳）"}
    made = world.do("city", ruleset_workbooks.upload, changed(data, **cells), "表.xlsx")
    with world.at("city", writing=False) as context:
        kept = context.find(DraftRuleset, made.id)
        assert (kept.ruleset_id, kept.title, kept.jurisdiction) == (
            cells["编号（版本/行业）"],
            "砖瓦窑（咸阳）",
            "610400",
        )


def test_every_mistake_is_told_at_its_cell_and_marked_in_a_copy(furnished: Furnished) -> None:
    with furnished.world.at("city") as context:
        data = ruleset_workbooks.workbook_of(context, ID)
        with pytest.raises(Problem) as caught:
            ruleset_workbooks.upload(
                context, changed(data, 施行日="去年", **{"适用地区（六位代码）": "999"}), "表.xlsx"
            )
        problem = caught.value
        assert (problem.code, problem.status) == ("invalid_workbook", 422)
        assert {error["sheet"] for error in problem.as_json()["errors"]} == {"版本"}
        assert len(problem.errors) == 2
        marked = context.find(Export, UUID(problem.more["marked_workbook"].split("/")[-2]))
        assert marked.name == "表（已标出错误）.xlsx"


def test_what_most_published_grades_hang_on_comes_first_on_the_work_list(furnished: Furnished) -> None:
    with furnished.world.at("city") as context:
        tyre = load_workbook(BytesIO(ruleset_workbooks.workbook_of(context, "national-2020/rubber"))).worksheets[0]
        brick = load_workbook(BytesIO(ruleset_workbooks.workbook_of(context, ID))).worksheets[0]
    words = [
        " ".join(str(cell) for row in sheet.iter_rows(max_row=8, values_only=True) for cell in row if cell)
        for sheet in (tyre, brick)
    ]
    assert "按最近公布的" in words[0]
    assert "个用例排列" in words[1]
