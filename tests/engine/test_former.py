"""The engine concludes what the former one concluded, for the same causes; `tests.former.compare` compares many more audits."""

import pytest

from grading.model.base import Mode
from tests.former.compare import Former, random_audits
from tests.shipped import ENGINE, LIBRARY


@pytest.mark.parametrize("ruleset_id", ["national-2024/coking", "national-2020/foundry", "xianyang-2023/concrete"])
def test_conclusions_and_causes_are_those_of_the_former_engine(ruleset_id: str) -> None:
    former = Former(ENGINE)
    for audit in random_audits(LIBRARY.ruleset(ruleset_id), 7):
        for mode in Mode:
            assert former.compare(audit, mode)
