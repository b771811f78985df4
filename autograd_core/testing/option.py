"""The option of pytest that asks for the laws of a package.

It is installed as the module `pytest_autograd_laws`, beside the package: a run of pytest that does not ask loads nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("autograd-core").addoption(
        "--autograd-laws",
        action="append",
        default=[],
        metavar="PACKAGE",
        help="try every law on every differentiable operation that PACKAGE declares; may be given several times",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("autograd_laws"):
        from autograd_core.testing.plugin import Laws

        config.pluginmanager.register(Laws(config), "autograd-laws-of-packages")
