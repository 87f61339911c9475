"""Hypothesis profiles: `HYPOTHESIS_PROFILE=dev` (quick), `ci` (the default), `nightly` (many times as many examples).

`scripts/test --nightly` runs the last with another seed each day: hypothesis gets it as an option, other tests as `RANDOM_SEED`.
"""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("dev", max_examples=10, deadline=None, suppress_health_check=SLOW)
settings.register_profile("ci", max_examples=60, deadline=None, suppress_health_check=SLOW, derandomize=True)
settings.register_profile("nightly", max_examples=5_000, deadline=None, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of one ruleset one after the other: an engine keeps the machines of some, and building one takes long."""
    items.sort(key=_ruleset_of)


def _ruleset_of(item: pytest.Item) -> str:
    """The ruleset of a test that has no other parameter; of one with a fixture for several tests the order stays."""
    parameters = getattr(item, "callspec", None)
    if parameters is None or parameters.params.keys() != {"ruleset_id"}:
        return ""
    return str(parameters.params["ruleset_id"])


def pytest_collection_finish() -> None:
    """Collect garbage seldom: modules, models and tests stay, and the collector would go over them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
