"""Two editions criterion by criterion, and what the difference does to a file of audits."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grading.cli.main import app
from grading.edition_diff.changes import Change, changes
from tests.language.shelf import FACTS, INDICATORS, ruleset_text, shelf

OLD = ruleset_text()


def changed(root: Path, new: str) -> list[Change]:
    library = shelf(root, {"f/r.yaml": new.replace("id: e/r", "id: f/r")})
    return [c for c in changes(library.ruleset("e/r"), library.ruleset("f/r")) if c.kind != "edition"]


def test_rulesets_that_ask_the_same_do_not_differ(tmp_path: Path) -> None:
    assert changed(tmp_path, OLD) == []


@pytest.mark.parametrize(
    ("figure", "direction"),
    [
        ("{fact: dust, at_most: 15}", "stricter"),
        ("{fact: dust, at_most: 25}", "looser"),
        ("{fact: closed, equals: true}", "different"),
        ("{fact: dust, at_most: {provisional: 20}}", "reopened"),
    ],
)
def test_a_level_says_what_was_and_is_asked_and_which_is_stricter(tmp_path: Path, figure: str, direction: str) -> None:
    (change,) = changed(tmp_path, OLD.replace("B: {require: {fact: dust, at_most: 20}", f"B: {{require: {figure}"))
    (part,) = change.parts
    assert (change.kind, change.way, change.after_id, part.level, part.direction) == (
        "indicator",
        "changed",
        "limits",
        "B",
        direction,
    )
    assert part.before != part.after


def test_a_renamed_indicator_is_followed_and_others_come_and_go(tmp_path: Path) -> None:
    renamed = OLD.replace("id: limits", "id: dust_limits\n    renamed_from: limits")
    (change,) = changed(tmp_path / "a", renamed)
    assert (change.way, change.before_id, change.after_id, change.parts) == ("renamed", "limits", "dust_limits", ())
    other = OLD.replace("id: limits", "id: other")
    assert {(c.way, c.before_id, c.after_id) for c in changed(tmp_path / "b", other)} == {
        ("added", None, "other"),
        ("removed", "limits", None),
    }


def test_a_fact_tells_what_an_audit_has_to_state_otherwise(tmp_path: Path) -> None:
    more = "  - {id: seals, label: 密封点, type: boolean, changed_by: works}\n"
    new = ruleset_text(facts=FACTS.replace("max: 500", "max: 300") + more)
    found = {
        (c.kind, c.way, c.after_id): {(p.name, p.before, p.after) for p in c.parts} for c in changed(tmp_path, new)
    }
    assert found["fact", "changed", "dust"] == {("最大", "500", "300")}
    assert ("fact", "added", "seals") in found


def audits(path: Path, *dust: float) -> Path:
    file = path / "audits.jsonl"
    lines = []
    for i, value in enumerate(dust):
        unit = {"id": f"U{i}", "ruleset": "e/r", "facts": {"dust": value, "closed": True}}
        head = {"enterprise": {"name": f"厂{i}"}, "assessed_on": "2024-01-05"}
        lines.append(json.dumps(head | {"units": [unit]}, ensure_ascii=False))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_the_command_joins_the_impact_who_moves_because_of_what(tmp_path: Path) -> None:
    root = tmp_path / "rulesets"
    new = ruleset_text(indicators=INDICATORS.replace("at_most: 10}", "at_most: 5}")).replace("id: e/r", "id: f/r")
    shelf(root, {"f/r.yaml": new})
    file = audits(tmp_path, 4, 8)
    arguments = ["--rulesets", str(root), "ruleset", "diff", "e/r", "f/r", "--audits", str(file)]
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 0, told.output
    assert "修改指标“颗粒物和密闭”  limits  改变 1 个单元的等级：升 0，降 1，待定 0" in told.output
    assert "U1：A级 → B级，因为 颗粒物和密闭" in told.output
    document = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).output)
    (indicator,) = [change for change in document["changes"] if change["kind"] == "indicator"]
    assert indicator["moves"] == {"units": 1, "up": 0, "down": 1, "undecided": 0}
    assert indicator["parts"][0]["direction"] == "stricter"
    assert [(row["unit.id"], row["before"], row["after"]) for row in document["moved"]] == [("U1", "A", "B")]


def test_two_states_of_one_ruleset_compare_from_two_folders(tmp_path: Path) -> None:
    shelf(tmp_path / "old")
    shelf(tmp_path / "new", {"e/r.yaml": OLD.replace("at_most: 20", "at_most: 30")})
    arguments = [
        "--rulesets",
        str(tmp_path / "new"),
        "ruleset",
        "diff",
        "e/r",
        "e/r",
        "--old-from",
        str(tmp_path / "old"),
    ]
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 0, told.output
    assert "B级（更宽）：不高于 20" not in told.output  # The guideline's words are the same: the conditions are told.
    assert "B级（更宽）：颗粒物不高于 20 mg/m³ → 颗粒物不高于 30 mg/m³" in told.output
