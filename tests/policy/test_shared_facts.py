"""A value that an audit states is read alike by its ruleset and by every policy."""

import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from grading.cli.main import app
from grading.policy.library import PolicyLibrary
from grading.policy.shared_facts import check_shared_facts
from tests.shipped import LIBRARY


def test_the_shipped_policies_declare_what_they_share_as_the_rulesets_do() -> None:
    assert list(map(str, check_shared_facts(PolicyLibrary(), LIBRARY))) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("dust_desulfurisation", "dust_desulphurisation", "选项为 dust_desulfurisation"),
        ("type: choices", "type: choice", "类型为 choices"),
        ("cems_networked", "daily_truck_trips", "类型为 number"),
        ("cems_networked", "low_voc_materials", "属于表 outlets"),
    ],
)
def test_a_fact_that_means_otherwise_is_an_error_at_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    root = tmp_path / "rulesets"
    copytree(LIBRARY.root, root)
    file = root / "policies" / "xianyang-2023" / "low_efficiency.yaml"
    written = file.read_text(encoding="utf-8").replace(old, new)
    if new == "type: choice":
        written = written.replace("includes_any: [", "one_of: [")
    file.write_text(written, encoding="utf-8")
    found = CliRunner().invoke(app, ["--rulesets", str(root), "policy", "check", "--json"])
    assert found.exit_code == 1
    problems = json.loads(found.stdout)["problems"]
    assert any(told in p["message"] and p["code"] == "fact_declared_otherwise" and p["line"] for p in problems)


@pytest.mark.parametrize(("decimals", "told"), [(0, True), (1, False), (2, False)])
def test_a_policy_reads_at_least_the_places_that_a_ruleset_does(tmp_path: Path, decimals: int, told: bool) -> None:
    root = tmp_path / "rulesets"
    copytree(LIBRARY.root, root)
    file = root / "policies" / "xianyang-2023" / "transport.yaml"
    old = "unit: 辆次/日, min: 0, max: 20000, decimals: 1"
    written = file.read_text(encoding="utf-8")
    assert old in written
    file.write_text(written.replace(old, old[:-1] + str(decimals)), encoding="utf-8")
    problems = check_shared_facts(PolicyLibrary(root), LIBRARY)
    assert any("with 1 decimals" in problem.reason.english for problem in problems) == told
