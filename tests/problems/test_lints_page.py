"""`docs/lints.md` has a section for everything that `check` and `prove` find, and for nothing else."""

import re
from pathlib import Path

import pytest

from grading.problems.proof_codes import ProofCode
from grading.problems.ruleset_codes import RulesetCode

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lints.md").read_text(encoding="utf-8")
CHECKS = [
    *(ROOT / "grading/language/check").glob("*.py"),
    ROOT / "grading/ruleset_findings.py",
    ROOT / "grading/language/cases.py",
]
IN_CHECK = {
    RulesetCode[name].value
    for path in CHECKS
    for name in re.findall(r"\bRulesetCode\.([A-Z_]+)", path.read_text(encoding="utf-8"))
} - {RulesetCode.CASE_UNREADABLE.value}
SECTIONS = re.split(r"^### `(\w+)`\n", PAGE, flags=re.M)
BODIES = dict(zip(SECTIONS[1::2], SECTIONS[2::2], strict=True))


def test_every_lint_has_one_section_under_its_command() -> None:
    head, check, prove = re.split(r"^## (?:check|prove)$", PAGE, flags=re.M)
    assert re.findall(r"^### `(\w+)`$", head, flags=re.M) == []
    assert sorted(re.findall(r"^### `(\w+)`$", check, flags=re.M)) == sorted(IN_CHECK)
    assert sorted(re.findall(r"^### `(\w+)`$", prove, flags=re.M)) == sorted(code.value for code in ProofCode)


@pytest.mark.parametrize("code", sorted(BODIES))
def test_a_section_says_what_is_found_why_it_matters_and_how_to_mend_it(code: str) -> None:
    parts = re.findall(r"\*\*(What|Why|Mend)\.\*\* (\S[^*]+)", BODIES[code])
    assert [name for name, _ in parts] == ["What", "Why", "Mend"]
