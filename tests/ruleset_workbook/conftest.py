"""One small ruleset's workbook, written once for all tests."""

from collections.abc import Callable

import pytest

from grading.language.load import Library
from tests.ruleset_workbook.workbooks import Table, library, written


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The library of the small ruleset."""
    return library(tmp_path_factory.mktemp("ruleset_workbook"))


@pytest.fixture(scope="session")
def small_workbook(small: Library) -> bytes:
    """Its workbook."""
    return written(small)


@pytest.fixture
def opened(small: Library, small_workbook: bytes) -> Callable[[], Table]:
    """Opens the workbook anew."""
    return lambda: Table(small_workbook, small)


@pytest.fixture
def table(opened: Callable[[], Table]) -> Table:
    """The workbook, opened."""
    return opened()
