"""grade, explain, gaps and simulate as somebody at a terminal, or a script, meets them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grading.cli.main import app
from tests.gaps.small import asks, small

EXAMPLES = Path(__file__).parents[2] / "examples"
BOTH = "{all: [{fact: dust, at_most: 1}, {fact: share, at_least: {provisional: 80}}]}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    small(tmp_path / "rulesets", asks("A,B,C", BOTH))
    return tmp_path


def written(root: Path, name: str = "a.json", dust: Any = 3) -> str:
    """An audit in a file."""
    unit = {"id": "u", "ruleset": "e/r", "facts": {"dust": dust, "share": 90}}
    audit = {"enterprise": {"name": "试验企业"}, "assessed_on": "2023-09-10", "units": [unit]}
    (root / name).write_text(json.dumps(audit), encoding="utf-8")
    return str(root / name)


def run(root: Path, *arguments: str, stdin: str | None = None) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    found = CliRunner().invoke(app, ["--rulesets", str(root / "rulesets"), *arguments], input=stdin)
    return found.exit_code, found.stdout, found.stderr


def test_grade_answers_as_the_contract_says(root: Path) -> None:
    code, out, _ = run(root, "grade", written(root), "--json")
    document = json.loads(out)
    assert (code, document["grade"], document["attainable"], document["mode"]) == (0, "D", "D", "official")
    assert document["audit_digest"].startswith("sha256:")
    (unit,) = document["units"]
    assert set(unit) >= {
        "id", "ruleset", "ruleset_digest", "review", "grade", "attainable", "short_boards",
        "dimensions", "scopes", "indicators", "gates", "trace",
    }  # fmt: skip
    assert unit["indicators"][0] == {
        "id": "tested", "dimension": "treatment", "applicable": True, "level": "D", "attainable": "D",
        "levels": dict.fromkeys("ABC", "unmet"),
    }  # fmt: skip
    assert set(unit["trace"][0]) == {"seq", "rule", "because", "concludes"}


def test_of_several_files_each_gives_a_line_in_order_and_a_bad_one_an_error_in_its_place(root: Path) -> None:
    bad = written(root, "bad.json", dust=-4)
    code, out, _ = run(root, "grade", written(root), bad, str(root / "none.json"), "--json")
    first, second, third = map(json.loads, out.splitlines())
    assert (code, first["grade"]) == (1, "D")
    assert (second["file"], [error["place"] for error in second["errors"]]) == (bad, ["units[0].facts.dust"])
    assert second["errors"][0]["code"] == "number_out_of_range"
    assert third["errors"] == [{"place": "", "code": "file_unreadable", "message": "不能读取：没有这个文件"}]


@pytest.mark.parametrize("command", [["grade"], ["explain"], ["gaps"], ["simulate", "--set", "u.dust=1"]])
def test_a_dash_is_stdin_and_trial_is_marked_in_json_and_in_words(root: Path, command: list[str]) -> None:
    text = Path(written(root)).read_text(encoding="utf-8")
    code, out, _ = run(root, *command, "-", "--trial", "--json", stdin=text)
    assert (code, json.loads(out)["mode"]) == (0, "trial")
    code, out, _ = run(root, *command, "-", "--trial", stdin=text)
    assert code == 0
    assert "试算" in out
    assert "试算" not in run(root, *command, "-", stdin=text)[1]


@pytest.mark.parametrize("command", [["grade"], ["explain"], ["gaps"], ["simulate", "--set", "u.dust=1"]])
def test_what_can_not_be_graded_is_an_error_in_words_or_in_json(root: Path, command: list[str]) -> None:
    code, out, err = run(root, *command, "-", stdin="{")
    assert (code, out) == (1, "")
    assert "不是 JSON" in err
    code, out, _ = run(root, *command, "-", "--json", stdin="{")
    assert (code, set(json.loads(out))) == (1, {"file", "errors"})


@pytest.mark.parametrize("option", [["--unit", "v"], ["--level", "E"], ["--level", "D"], ["--indicator", "none"]])
def test_explaining_what_there_is_not_is_a_wrong_call(root: Path, option: list[str]) -> None:
    assert run(root, "explain", written(root), *option)[0] == 2


def test_grade_asks_about_a_value_far_from_its_limit_and_grades_all_the_same(tmp_path: Path) -> None:
    audit = json.loads((EXAMPLES / "rubber/weicheng_tyre.json").read_text(encoding="utf-8"))
    file = tmp_path / "tyre.json"

    def grade_with(concentration: float) -> str:
        audit["units"][0]["groups"]["outlets"][0]["nmhc"] = concentration
        file.write_text(json.dumps(audit), encoding="utf-8")
        found = CliRunner().invoke(app, ["grade", str(file)])
        assert found.exit_code == 0
        return "".join(found.stdout.split())

    assert "请再核对" not in grade_with(3.42)
    assert "请再核对：咸阳渭川轮胎有限公司·tyre-1" in grade_with(4999)


def test_explain_shows_the_value_that_fails_and_its_place(root: Path) -> None:
    _, out, _ = run(root, "explain", written(root), "--level", "C", "--trace")
    assert "厂界颗粒物：3 mg/m³" in out
    assert "units[0].facts.dust" in out


def test_explain_shows_no_places_and_steps_unless_asked(root: Path) -> None:
    _, out, _ = run(root, "explain", written(root), "--level", "C")
    assert "厂界颗粒物：3 mg/m³" in out
    assert "units[" not in out
    assert "#" not in out


def test_gaps_shows_what_to_change_and_what_waits_for_a_figure(root: Path) -> None:
    code, out, _ = run(root, "gaps", written(root))
    assert code == 0
    assert "厂界颗粒物：3 mg/m³ → 不高于 1 mg/m³" in out
    assert "等待核实限值的指标：1 项" in out


def test_a_target_that_no_unit_has_fails_and_one_that_is_reached_does_not(root: Path) -> None:
    assert run(root, "gaps", written(root), "--target", "Z")[0] == 1
    code, out, _ = run(root, "gaps", written(root, dust=1), "--target", "C", "--trial")
    assert code == 0
    assert "已经达到目标" in out


def test_a_unit_without_gaps_says_why_in_chinese_to_programs_too(root: Path) -> None:
    code, out, _ = run(root, "gaps", written(root, dust=1), "--target", "C", "--trial", "--json")
    (unit,) = json.loads(out)["units"]
    assert (code, unit["grade"], unit["message"]) == (0, "A", "现为 A级，已经达到目标")


def test_simulate_shows_the_grade_that_would_follow_and_what_changes(root: Path) -> None:
    code, out, _ = run(root, "simulate", written(root), "--set", "u.dust=1", "--trial", "--json")
    document = json.loads(out)
    assert (code, document["before"]["grade"], document["after"]["grade"]) == (0, "D", "A")
    assert {"unit": "u", "kind": "indicator", "id": "tested.A", "before": "unmet", "after": "met"} in document[
        "changed"
    ]


def test_simulate_tells_every_wrong_setting_at_once(root: Path) -> None:
    code, out, _ = run(root, "simulate", written(root), "--set", "v.dust=1", "--set", "u.dusk=1", "--json")
    assert (code, [error["place"] for error in json.loads(out)["errors"]]) == (1, ["v.dust", "u.dusk"])


@pytest.mark.parametrize("width", [60, 80, 160])
@pytest.mark.parametrize("command", [["grade"], ["gaps"], ["explain"]])
def test_nothing_is_cut_however_narrow_the_terminal_is(
    root: Path, command: list[str], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grading.cli import terminal

    monkeypatch.setattr(terminal.out, "width", width)
    _, out, _ = run(root, *command, written(root))
    assert "…" not in out
    assert "试验企业" in out


def test_what_is_not_decided_is_an_interval_with_its_causes_in_every_command() -> None:
    file = str(Path(__file__).parents[2] / "examples" / "coking" / "semi_coke_incomplete.json")
    said = "待定 (D～C): 还缺 2 项证据，15 项限值待主管部门核实"
    for arguments in (("grade",), ("explain",), ("gaps",), ("simulate", "--set", "enterprise.holds_permit=true")):
        found = CliRunner().invoke(app, [arguments[0], file, *arguments[1:]], env={"COLUMNS": "200"})
        assert said in "".join(found.stdout.split("\n")) or said in found.stdout, (
            arguments,
            found.stdout[:2000],
            found.stderr,
        )
    document = json.loads(CliRunner().invoke(app, ["grade", file, "--json"]).stdout)
    assert document["grade"] == "D"
    assert document["decision"] == {"kind": "undecided", "missing": 2, "open_figures": 15}
    assert document["units"][0]["decision"] == document["decision"]
    trial = json.loads(CliRunner().invoke(app, ["grade", file, "--json", "--trial"]).stdout)
    assert trial["decision"]["kind"] == "trial"


def test_a_trial_says_in_the_terminal_and_in_json_which_figures_its_grade_rests_on() -> None:
    file = str(Path(__file__).parents[2] / "examples" / "rubber" / "weicheng_tyre.json")
    trial, official = (
        json.loads(CliRunner().invoke(app, ["grade", file, "--json", *mode]).stdout)["units"][0]
        for mode in (["--trial"], [])
    )
    assert set(trial["figures"]) == {"estimated", "recalled", "established", "decisive"}
    assert "figures" not in official
    for command in ("grade", "gaps", "explain"):
        assert "本等级所依据的" in CliRunner().invoke(app, [command, file, "--trial"]).stdout
        assert "本等级所依据的" not in CliRunner().invoke(app, [command, file]).stdout
