"""Hypothesis profiles: few examples at the desk, more in CI, many at night; and a garbage collector with little to do."""

import gc
import os

from hypothesis import HealthCheck, settings

settings.register_profile("dev", max_examples=15, deadline=None)
settings.register_profile(
    "ci", max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


def pytest_collection_finish() -> None:
    """What stands for the whole run, tens of thousands of tests, is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()
