"""Hypothesis profiles: `HYPOTHESIS_PROFILE=dev` (quick), `ci` (the default), `nightly` (many times as many examples).

`scripts/test --nightly` runs the last with another seed each day: hypothesis gets it as an option, other tests as `RANDOM_SEED`.
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("dev", max_examples=10, deadline=None, suppress_health_check=SLOW)
settings.register_profile("ci", max_examples=40, deadline=None, suppress_health_check=SLOW, derandomize=True)
settings.register_profile("nightly", max_examples=5_000, deadline=None, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


MEMORY, MEMORY_GB = Path("/dev/shm"), 8
"""Where files lie in memory, and how much room there has to be for those of a whole run several times over."""
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_GB * 1e9:
    # Databases are made and thrown away by the thousand: on a disk that takes longer than what is tested on them.
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of one industry one after the other: an engine keeps the machines of some, and building one takes long."""
    items.sort(key=_industry_of)


def _industry_of(item: pytest.Item) -> str:
    """The industry of a test whose only parameter is a ruleset, an example or an industry.

    Of one with a fixture for several tests the order stays.
    """
    parameters = getattr(item, "callspec", None)
    given = {} if parameters is None or len(parameters.params) > 1 else parameters.params
    path = given.get("path")
    if isinstance(path, Path):
        return path.parent.name
    return str(given.get("industry", given.get("ruleset_id", ""))).rpartition("/")[2]


def pytest_collection_finish() -> None:
    """Collect garbage seldom: modules, models and tests stay, and the collector would go over them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
