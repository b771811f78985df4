"""Hypothesis profiles: few examples at the desk, more in CI, many at night; a garbage collector with little to do; renderers."""

import gc
import os

import pytest
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


@pytest.fixture(params=["dot", "graphviz-pure"])
def renderer(request, monkeypatch):
    """Each program that lays out graphs, in its turn the only one; skipped where it is not installed.

    With AUTOGRAD_RENDERER=dot, graphviz-pure or none, a run of the tests sees no other.
    """
    from autograd_core.drawing.rendering import renderers

    found = {renderer.name: renderer for renderer in renderers()}
    if request.param not in found:
        pytest.skip(f"{request.param} is not installed, or AUTOGRAD_RENDERER leaves it out")
    monkeypatch.setenv("AUTOGRAD_RENDERER", request.param)
    return found[request.param]
