"""Hypothesis profiles: `HYPOTHESIS_PROFILE=dev` (quick), `ci` (the default), `nightly` (many times as many examples).

`scripts/test --nightly` runs the last with another seed each day: hypothesis gets it as an option, other tests as `RANDOM_SEED`.
"""

import os

from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("dev", max_examples=10, deadline=None, suppress_health_check=SLOW)
settings.register_profile("ci", max_examples=100, deadline=None, suppress_health_check=SLOW, derandomize=True)
settings.register_profile("nightly", max_examples=5_000, deadline=None, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
