"""What the documentation shows works as shown."""

import re
import shutil
from pathlib import Path

import pytest

from grading.case_runner import run_case
from grading.engine.grade import Engine
from grading.language.cases import read_cases
from grading.language.load import Library, default_root

DOCS = Path(__file__).parents[1] / "docs"


def blocks(page: str) -> list[str]:
    """The YAML blocks of a page, in order."""
    return re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.S)


@pytest.fixture
def worked_example(tmp_path: Path) -> Library:
    """The shipped rulesets with the lime kilns of docs/adding-an-industry.md, put together as the page says."""
    root = tmp_path / "rulesets"
    shutil.copytree(default_root(), root)
    head, facts, indicators, cases = blocks("adding-an-industry.md")
    (root / "national-2020" / "lime.yaml").write_text(head + facts + indicators, encoding="utf-8")
    (root / "national-2020" / "lime.cases.yaml").write_text(cases, encoding="utf-8")
    return Library(root)


def test_the_worked_example_of_a_new_industry_loads_with_what_the_common_parts_bring(worked_example: Library) -> None:
    ruleset = worked_example.ruleset("national-2020/lime")
    assert "kiln_pm" in {indicator.id for indicator in ruleset.indicators}
    assert "env_archives" in {indicator.id for indicator in ruleset.indicators}
    assert "no_permit" in {gate.id for gate in ruleset.gates}


def test_the_case_of_the_worked_example_passes(worked_example: Library) -> None:
    (case,) = read_cases(worked_example, "national-2020/lime")
    assert run_case(Engine(worked_example), case).passed


def test_every_relative_link_of_the_documentation_leads_somewhere() -> None:
    root = DOCS.parent
    pages = [*DOCS.glob("*.md"), *root.glob("README*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken
