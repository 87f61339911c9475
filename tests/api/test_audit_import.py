"""Files of audits become drafts of a team: whole or not at all, with their evidence, and no audit twice."""

import json
from collections.abc import Sequence
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from api.problems import Problem
from api.services import audit_import, workflow
from api.services.verification import verify_records
from api.store import Audit, AuditRevision, AuditState, ImportedAudit
from api.uploads import WorkbookReader
from grading.batch.submitted_audits import is_submissions, submitted_audits
from grading.batch.template import template
from grading.batch.whole_audits import WholeAudits, whole_audits
from grading.language.load import Library
from tests.api.world import FOUNDRY, TYRE, World
from tests.shipped import LIBRARY

ON_SQLITE_ALONE = True
RULESET = "national-2020/brick"
FACT = "holds_permit"


class HereReader(WorkbookReader):
    """Reads in this process, which has the rulesets loaded; the walk over all routes reads in one apart."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folders = (folder / str(number) for number in count())

    def read_audits(self, files: Sequence[tuple[str, bytes]], ruleset: str | None, library: Library) -> WholeAudits:
        if is_submissions(files):
            return submitted_audits(library, files)
        folder = next(self.folders)
        (folder / "files").mkdir(parents=True)
        for name, data in files:
            (folder / "files" / name).write_bytes(data)
        return whole_audits(library, folder / "files" / files[0][0], folder / "work", ruleset)


@pytest.fixture
def world(world: World, tmp_path: Path) -> World:
    world.service.workbooks = HereReader(tmp_path / "uploads")
    return world


def line(file: Path = TYRE, **changes: Any) -> str:
    said = json.loads(file.read_text(encoding="utf-8")) | {"assessed_on": "2024-05-10"} | changes
    return json.dumps(said, ensure_ascii=False)


def upload(world: World, *files: tuple[str, bytes], login: str = "wang", **how: Any) -> audit_import.Imported:
    return world.do(login, audit_import.upload, files, **how)


def team_of(world: World, login: str) -> Any:
    return world.actor(login).team_id


def audits(world: World) -> int:
    with world.service.database.reading() as db:
        return db.scalars(select(func.count()).select_from(Audit)).one()


def errors(world: World, *files: tuple[str, bytes], **how: Any) -> list[str]:
    before = audits(world)
    with pytest.raises(Problem) as refused:
        upload(world, *files, **how)
    assert audits(world) == before
    return [error.message for error in refused.value.errors]


def test_lines_become_drafts_that_the_team_goes_on_with_and_the_same_file_again_brings_nothing(world: World) -> None:
    file = ("审核.jsonl", f"{line()}\n\n{line(assessed_on='2024-06-10')}\n".encode())
    assert upload(world, file).made == 2
    again = upload(world, file)
    assert (again.made, again.repeated) == (0, 2)
    longer = ("more.jsonl", file[1] + line(assessed_on="2024-07-10").encode())
    assert (upload(world, longer, login="li").made, audits(world)) == (1, 3)
    with world.at("li") as context:
        rows = context.db.scalars(select(Audit).where(Audit.state == AuditState.DRAFT).order_by(Audit.id)).all()
        stated = json.loads(workflow.revision_of(context, rows[0]).content)
        assert stated["units"] == json.loads(line())["units"], "values, evidence and notes are those of the file"
        imported = context.db.scalars(select(ImportedAudit.line).order_by(ImportedAudit.line)).all()
        assert imported == [1, 3, 4]
    with world.service.database.reading() as db:
        assert verify_records(db).findings == ()


def test_everything_wrong_in_lines_is_told_at_once_with_its_place_and_nothing_is_made(world: World) -> None:
    upload(world, ("first.jsonl", line(assessed_on="2024-04-01").encode()))
    wrong = json.loads(line())
    wrong["units"][0]["facts"]["no_such_fact"] = 1
    lines = [
        line(),
        json.dumps(wrong, ensure_ascii=False),
        line(FOUNDRY),
        "{",
        line(enterprise={"name": "没有的厂", "uscc": "91610404MA7D2P8L3F", "permit": "x"}, units=[]),
        line(
            assessed_on="2024-04-01",
            enterprise=json.loads(line())["enterprise"] | {"name": "旧名"},
            units=wrong["units"][:0],
        ),
    ]
    said = "\n".join(errors(world, ("a.jsonl", "\n".join(lines).encode())))
    assert "第 2 行" in said
    assert "no_such_fact" in said
    assert "第 3 行：名录里没有统一社会信用代码" in said, "the foundry is not the team's"
    assert "第 4 行" in said
    assert "第 5 行" in said


def test_two_audits_of_a_plant_on_a_day_are_refused_also_beside_one_that_stands(world: World) -> None:
    twice = ("a.jsonl", f"{line()}\n{line(units=json.loads(line())['units'][:1])}".encode())
    changed = json.loads(line())
    changed["units"][0]["id"] = "tyre-9"
    other = ("b.jsonl", f"{json.dumps(changed, ensure_ascii=False)}\n{line()}".encode())
    assert any("与第 1 行是同一企业" in said for said in errors(world, other))
    assert any("与第 1 行是同一企业" in said for said in errors(world, twice))
    upload(world, ("c.jsonl", line().encode()))
    assert errors(world, ("d.jsonl", json.dumps(changed, ensure_ascii=False).encode())) == [
        "d.jsonl 第 1 行：这家企业（厂区）2024-05-10 已有“草稿”的审核；请在那份审核里修改"
    ]


def table(uscc: str, *, units: tuple[str, ...] = ("line-1", "line-2"), evidence: Any = ()) -> bytes:
    book = load_workbook(BytesIO(template(LIBRARY.ruleset(RULESET))))
    sheet = book["单元"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row, unit in enumerate(units, start=2):
        sheet.cell(row, heads["单元编号"], unit)
        sheet.cell(row, heads["统一社会信用代码"], uscc)
        sheet.cell(row, heads["评估日期"], "2024-05-10")
    for cells in evidence:
        book["证据"].append(cells)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_a_workbook_gives_one_audit_a_plant_with_the_evidence_of_its_sheet(world: World) -> None:
    uscc = json.loads(TYRE.read_text(encoding="utf-8"))["enterprise"]["uscc"]
    label = LIBRARY.ruleset(RULESET).facts[FACT].label
    listed = [("line-1", None, label, "排污许可证正本；副本", "2024 年换发"), ("line-2", None, FACT, "现场照片", None)]
    done = upload(
        world,
        ("砖厂.xlsx", table(uscc, evidence=listed)),
        login="city",
        team_id=team_of(world, "wang"),
        ruleset=RULESET,
    )
    assert (done.made, done.repeated) == (1, 0)
    with world.service.database.reading() as db:
        content = json.loads(db.scalars(select(AuditRevision.content).order_by(AuditRevision.id.desc())).first() or "")
    assert [unit["id"] for unit in content["units"]] == ["line-1", "line-2"]
    assert content["units"][0]["facts"][FACT] == {
        "value": None,
        "evidence": ["排污许可证正本", "副本"],
        "note": "2024 年换发",
    }
    strange = [
        ("line-9", None, FACT, "照片", None),
        ("line-1", None, "没有的项", "照片", None),
        ("line-1", "3", FACT, "x", None),
    ]
    said = errors(world, ("b.xlsx", table(uscc, evidence=strange)), ruleset=RULESET)
    assert [one.partition("：")[0] for one in said] == [
        "b.xlsx 第 2 行",
        "b.xlsx[证据] 第 2 行 单元 line-9",
        "b.xlsx[证据] 第 3 行 单元 line-1",
        "b.xlsx[证据] 第 4 行 单元 line-1",
    ], "the plant has an audit of that day already, and three lines of evidence are about nothing"


def test_a_bureau_needs_the_plants_assigned_to_the_team(world: World) -> None:
    file = ("a.jsonl", line().encode())
    (said,) = errors(world, file, login="city", team_id=team_of(world, "zhao"))
    assert said.endswith("今天没有指派给评审二组；请先指派")
    assert errors(world, file, login="city") == ["请选择评审组。"]


def test_csv_tables_are_read_together_and_files_of_other_names_are_refused(world: World) -> None:
    uscc = json.loads(TYRE.read_text(encoding="utf-8"))["enterprise"]["uscc"]
    units = f"单元编号,规则集,评估日期,统一社会信用代码\nline-1,{RULESET},2024-05-10,{uscc}\n".encode()
    evidence = f"单元编号,项目,证据\nline-1,{FACT},许可证\n".encode()
    assert upload(world, ("plants.evidence.csv", evidence), ("plants.csv", units)).made == 1
    assert "不知道这是哪张表" in errors(world, ("plants.csv", units), ("others.csv", units))[0]


def test_waivers_in_a_file_are_refused_since_bureaus_grant_them(world: World) -> None:
    uscc = json.loads(TYRE.read_text(encoding="utf-8"))["enterprise"]["uscc"]
    units = f"单元编号,规则集,评估日期,统一社会信用代码\nline-1,{RULESET},2024-05-10,{uscc}\n".encode()
    indicator = LIBRARY.ruleset(RULESET).indicators[0].id
    heads = "单元编号,指标,准予单位,原因,文号,文件日期,截止日期"
    waivers = f"{heads}\nline-1,{indicator},市局,改造期,1号,2024-05-01,2025-05-01\n".encode()
    (said,) = errors(world, ("plants.csv", units), ("plants.waivers.csv", waivers))
    assert "units[0].waivers" in said
