"""Many reports at once: every audit is in the archive, as its report or with the reason why there is none."""

import csv
import hashlib
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from grading.cli.main import app
from reports.archive import Archive
from reports.bulk import Part, make_many, make_one
from reports.orders import Item, Order
from tests.reports.made import ENGINE, EXAMPLES, made

SMALL, TWO_UNITS = "brick/xingping-nonsintered", "concrete/jingyang-concrete-and-mortar"
HTML = Order(html=True)


def item(example: str) -> Item:
    return Item(example, (EXAMPLES / f"{example}.json").read_bytes())


def archived(parts: list[Part], order: Order = HTML) -> zipfile.ZipFile:
    made_into = BytesIO()
    with Archive(made_into, order.ending) as archive:
        for part in parts:
            archive.add(part)
    return zipfile.ZipFile(made_into)


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(archive.read(name).decode("utf-8-sig"))))


@pytest.fixture(scope="module")
def parts() -> list[Part]:
    return [make_one(ENGINE, item(SMALL), HTML), make_one(ENGINE, item(TWO_UNITS), HTML)]


def test_a_report_made_in_bulk_is_the_report_made_alone() -> None:
    assert make_one(ENGINE, item(SMALL), Order()).content == made(SMALL).pdf


def test_the_index_has_a_line_for_every_unit_with_its_levels_and_the_file(parts: list[Part]) -> None:
    archive = archived(parts)
    lines = table(archive, "目录.csv")
    assert [line["来源"] for line in lines] == [SMALL, TWO_UNITS, TWO_UNITS]
    for line, unit in zip(lines, (*made(SMALL).grading.units, *made(TWO_UNITS).grading.units), strict=True):
        assert line["评级单元"] == unit.id
        assert line["规则集"] == unit.ruleset
        content = archive.read(line["文件"])
        assert line["文件摘要（SHA-256）"] == hashlib.sha256(content).hexdigest()
        assert line["等级"] in content.decode()
    assert lines[0]["核查数据摘要"] == made(SMALL).grading.audit_digest


def test_the_workbook_says_what_the_table_says_and_leads_to_the_files(parts: list[Part]) -> None:
    archive = archived(parts)
    sheet = openpyxl.load_workbook(BytesIO(archive.read("目录.xlsx")))["目录"]
    heads, *rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    assert [dict(zip(heads, row, strict=True)) for row in rows] == table(archive, "目录.csv")
    link = sheet.cell(2, heads.index("文件") + 1).hyperlink
    assert link is not None
    assert link.target in archive.namelist()


@pytest.mark.parametrize(
    ("audit", "target", "reason"),
    [
        (b"{", None, "JSON"),
        (b'{"units": []}', None, "units"),
        (item(SMALL).audit, "Z", "没有可作为目标的等级“Z”"),
    ],
)
def test_an_audit_without_a_report_is_listed_with_the_reason(audit: bytes, target: str | None, reason: str) -> None:
    order = Order(html=True, target=target)
    archive = archived([make_one(ENGINE, Item("plant.json", audit), order)], order)
    failures = table(archive, "未生成.csv")
    assert {line["来源"] for line in failures} == {"plant.json"}
    assert any(reason in line["位置"] + line["原因"] for line in failures)
    assert "未生成" in openpyxl.load_workbook(BytesIO(archive.read("目录.xlsx"))).sheetnames


def test_what_nobody_foresaw_costs_one_report_and_not_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise RuntimeError("the typesetter is ill")

    monkeypatch.setattr("reports.bulk.gap_report_html", broken)
    part = make_one(ENGINE, item(SMALL), HTML)
    assert part.content is None
    assert "the typesetter is ill" in part.problems[0][1]


def test_enterprises_of_the_same_name_do_not_overwrite_each_other(parts: list[Part]) -> None:
    archive = archived([parts[0], parts[0], parts[0]])
    files = [line["文件"] for line in table(archive, "目录.csv")]
    assert len(set(files)) == 3
    assert set(files) <= set(archive.namelist())


def test_a_name_never_leads_out_of_the_folder_nor_becomes_a_formula() -> None:
    raw = json.loads(item(SMALL).audit)
    raw["enterprise"]["name"] = "=cmd|' /C calc'!A0/../../../etc/passwd\u202e"
    archive = archived([make_one(ENGINE, Item("x", json.dumps(raw).encode()), HTML)])
    (line,) = table(archive, "目录.csv")
    assert line["文件"].startswith("报告/")
    assert line["文件"].count("/") == 1
    assert ".." not in line["文件"].split("/")
    assert line["企业名称"].startswith("'=")
    cell = openpyxl.load_workbook(BytesIO(archive.read("目录.xlsx")))["目录"]["C2"]
    assert cell.data_type == "s"


def test_side_by_side_or_in_turn_the_archive_is_the_same() -> None:
    items = [item(SMALL), Item("bad.json", b"{"), item("foundry/chencang-gas-aluminium"), item(SMALL)]
    told: list[int] = []
    contents = []
    for jobs in (1, 2):
        made_into = BytesIO()
        with Archive(made_into, HTML.ending) as archive:
            for part in make_many(items, HTML, jobs, told.append):
                archive.add(part)
        contents.append(made_into.getvalue())
    assert contents[0] == contents[1]
    assert told == [1, 2, 3, 4] * 2


def test_items_are_taken_as_they_are_needed() -> None:
    taken: list[int] = []

    def endless() -> Iterator[Item]:
        while True:
            taken.append(1)
            yield Item("bad.json", b"{")

    parts = make_many(endless(), HTML)
    assert next(parts).content is None
    assert len(taken) == 1


def test_an_archive_goes_on_from_parts_that_were_kept(parts: list[Part]) -> None:
    kept = [(json.loads(json.dumps(part.as_json())), part.content) for part in parts]
    again = archived([Part.of(told, content) for told, content in kept])
    assert again.fp is not None
    assert archived(parts).fp.getvalue() == again.fp.getvalue()  # type: ignore[union-attr, attr-defined]


def test_an_archive_that_was_interrupted_is_not_there(tmp_path: Path, parts: list[Part]) -> None:
    def interrupted() -> None:
        with Archive(tmp_path / "x.zip", HTML.ending) as archive:
            archive.add(parts[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_the_command_puts_the_reports_into_an_archive_and_says_what_it_could_not_make(tmp_path: Path) -> None:
    place = tmp_path / "new" / "out.zip"
    files = [str(EXAMPLES / f"{SMALL}.json"), str(tmp_path / "absent.json")]
    result = CliRunner().invoke(app, ["report", *files, "--zip", str(place), "--html", "--trial"])
    assert result.exit_code == 1
    assert "1 份报告，1 份未生成" in result.stdout
    assert "absent.json" in result.stderr
    archive = zipfile.ZipFile(place)
    (line,) = table(archive, "目录.csv")
    assert line["文件"].endswith("-试算.html")
    assert [line["来源"] for line in table(archive, "未生成.csv")] == [files[1]]


@pytest.mark.parametrize("wrong", [["--zip", "x.zip", "-o", "out"], ["--jobs", "2"]])
def test_an_archive_and_single_files_are_not_asked_for_at_once(wrong: list[str]) -> None:
    assert CliRunner().invoke(app, ["report", str(EXAMPLES / f"{SMALL}.json"), *wrong]).exit_code == 2
