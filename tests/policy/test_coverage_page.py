"""The page that says where each demand of the plans is done names every demand, and only what is there."""

import re
from pathlib import Path

import pytest

from grading.policy.library import PolicyLibrary

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "policy-coverage.md").read_text(encoding="utf-8")
ROWS = {row[1]: row[0] for row in re.finditer(r"^\| ((?:[A-Z]{3}-\d+b?)|(?:T\d+)) \|.*$", PAGE, re.M)}
LAST = {"CAM": 12, "GRD": 13, "IND": 10, "EMG": 10, "EVD": 8, "TEC": 12, "TRN": 7, "REP": 8, "ADM": 6}


def test_every_demand_and_test_case_has_one_row() -> None:
    wanted = [f"{chapter}-{number:02}" for chapter, last in LAST.items() for number in range(1, last + 1)]
    assert sorted(ROWS) == sorted([*wanted, "ADM-01b", *(f"T{n}" for n in range(1, 15))])
    assert len(re.findall(r"^\| (?:[A-Z]{3}-\d|T\d)", PAGE, re.M)) == len(ROWS)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([a-z]+/[^`]+\.[a-z]+)`", PAGE))))
def test_every_file_that_the_page_names_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


def test_every_policy_is_named_and_every_name_is_a_policy() -> None:
    named = set(re.findall(r"`([a-z]+-20\d\d/[a-z_]+)`", PAGE))
    assert named == set(PolicyLibrary().ids()) - {"xianyang-2023/zones", "shaanxi-2024/revoked"}
