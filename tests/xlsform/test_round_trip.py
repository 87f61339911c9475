"""What is filled in on a phone comes back as the same audit, however the server exports it."""

import io
import json
import os
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grading.cli.main import app
from grading.forms.findings import FormError
from grading.forms.questions import OTHER, questions
from grading.intake import check_audit, read_audit
from grading.model.audit import Audit, Known
from grading.xlsform.read import Submission, read_submissions
from tests.shipped import LIBRARY
from tests.xlsform.phone import EXPORTS, Sent, central_json, central_zip, filled_in, kobo_json, survey

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/*.json"))
CONCRETE = "national-2020/concrete"


def _form(audit: Audit) -> tuple[dict[str, str], ...]:
    return survey(tuple(unit.ruleset for unit in audit.units))


def as_asked(audit: Audit) -> Audit:
    """An audit without what no rule reads, which isn't asked; that of one unit with everything in the unit."""
    units = []
    for unit in audit.units:
        asked = {q.fact.id for q in questions(LIBRARY.ruleset(unit.ruleset)) if q.section != OTHER}
        own = unit.facts if len(audit.units) > 1 else audit.enterprise.facts | unit.facts
        groups = {
            group: tuple(row.model_copy(update={"facts": _of(row.facts, asked)}) for row in rows)
            for group, rows in unit.groups.items()
        }
        units.append(unit.model_copy(update={"facts": _of(own, asked), "groups": groups}))
    shared = audit.enterprise.facts if len(audit.units) > 1 else {}
    enterprise = audit.enterprise.model_copy(update={"facts": shared})
    return audit.model_copy(update={"enterprise": enterprise, "units": tuple(units)})


def _of(facts: dict[str, Known], asked: set[str]) -> dict[str, Known]:
    return {id_: known for id_, known in facts.items() if id_ in asked}


@pytest.mark.parametrize("path", EXAMPLES[:: 1 if os.environ.get("RANDOM_SEED") else 8], ids=lambda path: path.stem)
def test_example_audits_come_back_equal(path: Path) -> None:
    audit = as_asked(read_audit(path.read_bytes(), LIBRARY))
    export = EXPORTS[EXAMPLES.index(path) % len(EXPORTS)]
    (submission,) = read_submissions(export(filled_in(audit), _form(audit)), LIBRARY)
    assert [str(problem) for problem in submission.problems] == []
    assert submission.reading is not None
    assert submission.reading.audit == audit
    assert [said for said in submission.reading.warnings if "是否应为" not in said] == []


SMALL: dict[str, Any] = {
    "enterprise": {"name": "咸阳某预制件厂", "county": "610402"},
    "assessed_on": "2023-09-10",
    "units": [
        {
            "id": "line-1",
            "ruleset": CONCRETE,
            "facts": {
                "holds_permit": {"value": True, "evidence": ["排污许可证正本", "IMG_1.jpg"], "note": "原件"},
                "boundary_dust_delta": {"below": "0.3"},
            },
            "groups": {"outlets": [{"outlet_id": "DA001", "pm": {"value": "8.25", "evidence": ["监测报告"]}}]},
        }
    ],
}


def _small() -> Audit:
    raw = json.loads(json.dumps(SMALL), parse_float=Decimal)
    raw["units"][0]["facts"]["boundary_dust_delta"]["below"] = Decimal("0.3")
    raw["units"][0]["groups"]["outlets"][0]["pm"]["value"] = Decimal("8.25")
    return check_audit(raw, LIBRARY)


@pytest.mark.parametrize("export", EXPORTS)
def test_photos_and_texts_are_evidence_and_a_ticked_box_makes_a_number_an_upper_bound(export: Any) -> None:
    audit = _small()
    (submission,) = read_submissions(export(filled_in(audit), _form(audit)), LIBRARY)
    assert submission.reading is not None, submission.problems
    assert submission.reading.audit == audit


@pytest.mark.parametrize("export", EXPORTS)
def test_days_and_reach_of_evidence_come_along(export: Any) -> None:
    raw = json.loads(json.dumps(SMALL))
    (unit,) = raw["units"]
    unit["facts"] = {
        "holds_permit": unit["facts"]["holds_permit"] | {"taken": "2023-09-01", "valid_until": "2026-05-18"}
    }
    unit["groups"]["outlets"][0]["pm"] |= {"value": 8, "taken": "2023-08-02", "covers": "DA001"}
    audit = check_audit(raw, LIBRARY)
    (submission,) = read_submissions(export(filled_in(audit), _form(audit)), LIBRARY)
    assert submission.reading is not None, submission.problems
    assert submission.reading.audit == audit


def test_a_day_that_is_none_or_stated_twice_is_told_at_its_question() -> None:
    sent = filled_in(_small())
    dated = {"u1__more_fact": "holds_permit", "u1__more_taken": "2023-09-01"}
    sent.rows["u1__more"] += [
        Sent(dated),
        Sent(dated | {"u1__more_taken": "2023-09-02", "u1__more_valid_until": "明年"}),
    ]
    said = [str(problem) for problem in _read(sent, kobo_json).problems]
    assert len(said) == 2
    assert all("其余证据第 3 项" in one for one in said)
    assert any("取证日期填了两个" in one for one in said)


def _read(sent: Sent, export: Any = central_json) -> Submission:
    form = (*survey((CONCRETE,)), {"name": "weather", "path": "weather"}, {"name": "u1_gone", "path": "u1/u1_gone"})
    (submission,) = read_submissions(export(sent, form), LIBRARY)
    return submission


def test_everything_that_is_wrong_is_told_at_once_with_its_place() -> None:
    sent = filled_in(_small())
    sent.values |= {
        "enterprise_county": "6104",
        "u1_holds_permit": "perhaps",
        "u1_boundary_dust_delta": "-3",
        "u1_gone": "yes",
    }
    sent.rows["u1_outlets__rows"][0].values["u1_pm"] = "约 8"
    del sent.values["enterprise_name"]
    said = [str(problem) for problem in _read(sent, kobo_json).problems]
    assert len(said) == 6
    for place in ("企业名称", "行政区划代码", "u1_gone", "第 1 行 颗粒物", "持有有效的排污许可证", "厂界"):
        assert any(place in one for one in said), (place, said)


def test_what_is_no_question_of_the_form_is_told_and_the_rest_is_read() -> None:
    sent = filled_in(_small())
    sent.values["weather"] = "晴"
    submission = _read(sent)
    assert submission.reading is not None
    assert [said for said in submission.reading.warnings if "weather" in said and "晴" in said]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"u1_outlets__stated": "none"}, "而填有 1 行"),
        ({"u1_boundary_dust_delta": None}, "没有填这个数"),
        ({"u1__ruleset": "national-2020/nothing"}, "national-2020/nothing"),
        ({"assessed_on": "昨天"}, "评估日期"),
    ],
)
def test_a_contradiction_is_refused(change: dict[str, Any], said: str) -> None:
    sent = filled_in(_small())
    sent.values |= change
    assert any(said in str(problem) for problem in _read(sent).problems)


def test_rows_that_are_not_part_of_the_export_are_no_empty_table() -> None:
    audit = _small()
    document = json.loads(central_json(filled_in(audit), _form(audit)))
    table = document["value"][0]["u1"]["u1_outlets__table"]
    del table["u1_outlets__rows"]
    table["u1_outlets__rows@odata.navigationLink"] = "Submissions('uuid:1')/u1_outlets__rows"
    (submission,) = read_submissions(json.dumps(document).encode(), LIBRARY)
    assert any("$expand" in str(problem) for problem in submission.problems)


@pytest.mark.parametrize("data", [b'{"a": 1}', b"[]", b'{"value": [1]}', b"a,b\n1,2\n", b"{"])
def test_what_is_no_export_of_such_a_form_is_refused(data: bytes) -> None:
    with pytest.raises(FormError):
        read_submissions(data, LIBRARY)


def test_the_command_reads_an_export_with_several_submissions_into_a_folder(tmp_path: Path) -> None:
    audit = _small()
    (one,) = json.loads(central_json(filled_in(audit), _form(audit)))["value"]
    bad = json.loads(json.dumps(one))
    bad["u1"]["u1__id"] = ""
    (tmp_path / "sent.json").write_text(json.dumps([one, bad]), encoding="utf-8")
    done = CliRunner().invoke(app, ["read", str(tmp_path / "sent.json"), "-o", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "2 份提交中 1 份有错" in done.output
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["sent-1.json"]
    assert read_audit((tmp_path / "out" / "sent-1.json").read_bytes(), LIBRARY) == audit


@pytest.mark.parametrize("mark", ["on", "checked", "x", "低于"])
def test_a_box_that_is_neither_ticked_nor_left_is_not_taken_for_left(mark: str) -> None:
    sent = filled_in(_small())
    sent.values["u1_boundary_dust_delta__below"] = mark
    (problem,) = _read(sent, kobo_json).problems
    assert "实际低于此数" in str(problem)
    assert mark in str(problem)


def _with_options(given: str | None, first: str, second: str) -> Submission:
    audit = check_audit(SMALL | {"units": [{"id": "r", "ruleset": "national-2020/rubber"}]}, LIBRARY)
    document = json.loads(kobo_json(filled_in(audit), _form(audit)))
    columns = {"u1/u1_archives/eia_approval": first, "u1/u1_archives/acceptance": second}
    document["results"][0] |= columns | ({} if given is None else {"u1/u1_archives": given})
    (submission,) = read_submissions(json.dumps(document).encode(), LIBRARY)
    return submission


@pytest.mark.parametrize(("first", "second"), [("1", "0"), ("1.0", "0.0"), ("TRUE", "FALSE"), ("√", "")])
def test_options_in_columns_of_their_own_are_read(first: str, second: str) -> None:
    reading = _with_options(None, first, second).reading
    assert reading is not None
    assert reading.audit.units[0].facts["archives"].value == ("eia_approval",)


@pytest.mark.parametrize(
    ("given", "first", "second", "said"),
    [(None, "1", "eia_approval", "acceptance"), (None, "2", "0", "“2”"), ("acceptance", "1", "0", "不一致")],
)
def test_a_column_of_an_option_that_says_neither_or_the_contrary_is_refused(
    given: str | None, first: str, second: str, said: str
) -> None:
    problems = _with_options(given, first, second).problems
    assert any(said in str(problem) for problem in problems)


def _archive(change: dict[str, Any]) -> bytes:
    audit = _small()
    buffer = io.BytesIO(central_zip(filled_in(audit), _form(audit)))
    with zipfile.ZipFile(buffer) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, changed in change.items():
        files[name] = changed(files.get(name, files[ROWS_FILE]))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


ROWS_FILE = "form-u1_outlets__rows.csv"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"form.csv": lambda text: text + text.split("\r\n")[1] + "\r\n"}, "KEY 相同"),
        ({f"again/{ROWS_FILE}": lambda text: text.replace("8.25", "80")}, "同名的 CSV"),
        ({ROWS_FILE: lambda text: text + "DA002,8"}, "最后一行不完整"),
        ({ROWS_FILE: lambda text: text.encode("utf-16")}, "另存为“CSV UTF-8"),
    ],
)
def test_an_archive_whose_rows_may_be_of_another_or_lack_something_is_refused(change: Any, said: str) -> None:
    with pytest.raises(FormError, match=said):
        read_submissions(_archive(change), LIBRARY)


@pytest.mark.parametrize(
    "changed", [lambda text: text.lstrip("\ufeff").encode("gb18030"), lambda t: t.replace(",", "\t")]
)
def test_an_archive_that_a_spreadsheet_saved_again_is_read(changed: Any) -> None:
    (submission,) = read_submissions(_archive({"form.csv": changed, ROWS_FILE: changed}), LIBRARY)
    assert submission.reading is not None
    assert submission.reading.audit == _small()


def test_an_answer_that_stands_twice_in_json_is_refused() -> None:
    audit = _small()
    twice = '"u1_boundary_dust_delta": 9, "u1_boundary_dust_delta": '
    text = central_json(filled_in(audit), _form(audit)).decode().replace('"u1_boundary_dust_delta": ', twice)
    with pytest.raises(FormError, match=r"写了两次.*u1_boundary_dust_delta"):
        read_submissions(text.encode(), LIBRARY)


def test_a_row_that_is_no_row_is_not_left_out() -> None:
    audit = _small()
    document = json.loads(central_json(filled_in(audit), _form(audit)))
    document["value"][0]["u1"]["u1_outlets__table"]["u1_outlets__rows"].append("DA002")
    with pytest.raises(FormError, match="u1_outlets__rows"):
        read_submissions(json.dumps(document).encode(), LIBRARY)
