"""`pytest --autograd-laws=PACKAGE`, on a small package with a right operation, a wrong one, and one that says too little."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograd_core.testing import option
from autograd_core.testing.plugin import Laws

pytest_plugins = "pytester"

PACKAGE = """
import numpy as np
import autograd_core as ag

softsign = ag.elementwise(lambda x: x / (1 + x), lambda a: 1 / (1 + a) ** 2, domain=(0.5, 2.0), name="softsign")
"""
WRONG = """
import numpy as np
import autograd_core as ag

halved = ag.elementwise(lambda x: x**3, lambda a: 1.5 * a**2, name="halved")
bare = ag.primitive(lambda a: a, lambda g: g, jvp=lambda t: t, name="bare")

def differ(a):
    raise RuntimeError("no cubes today")

raising = ag.elementwise(lambda x: x**3, differ, name="raising")
"""
BENT = """
import numpy as np
import autograd_core as ag

bent = ag.elementwise(np.square, lambda a: np.where(a > 1.9, 3, 2 * a), domain=(0.5, 2.0), name="bent")
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Run pytest as if the plugin were installed, in a process of its own, where its declarations stay."""
    pytester.makepyfile(pytest_autograd_laws=Path(option.__file__).read_text())
    pytester.makepyfile(**{"mine/__init__": PACKAGE, "mine/inner/__init__": "", "mine/inner/wrong": WRONG})
    monkeypatch.setenv("PYTHONPATH", str(Path(option.__file__).parents[2]))
    plugin = ("-p", "no:autograd-laws", "-p", "pytest_autograd_laws")  # the name of the one that may be installed

    def run(*args):
        return pytester.runpytest_subprocess(*plugin, "-p", "no:cacheprovider", *args)

    return run


def test_every_operation_and_law_is_an_item(run):
    result = run("--autograd-laws=mine", "--collect-only", "-q")

    found = [line for line in result.outlines if line.startswith("mine::")]
    assert {"mine::softsign::dot-product", "mine::softsign::differences", "mine::halved::differences"} <= set(found)
    assert "mine::bare::samples" in found
    assert len(set(found)) == len(found)


def test_right_operations_pass_wrong_ones_fail_with_the_report_and_bare_ones_by_name(run):
    result = run("--autograd-laws=mine", "--hypothesis-seed=7", "-v")
    text = result.stdout.str()

    result.stdout.fnmatch_lines(["*examples: --hypothesis-seed=7", "mine::softsign::differences PASSED*"])
    result.stdout.fnmatch_lines(["mine::halved::dot-product PASSED*", "mine::halved::differences FAILED*"])
    result.stdout.fnmatch_lines(["halved breaks the law 'differences'*"])
    result.stdout.fnmatch_lines(["again: pytest --autograd-laws=mine -k mine::halved::differences --hypothesis-seed=7"])
    result.stdout.fnmatch_lines(["bare of mine.inner.wrong declares no samples*"])
    result.stdout.fnmatch_lines(["RuntimeError: no cubes today", "*wrong.py*in differ", "at raising(np.array(*"])
    assert not re.search(r"plugin\.py|hypothesis/|_pytest/", text)
    assert "mine::softsign::differences FAILED" not in text


def test_what_only_drawn_calls_show_is_shrunk_and_seen_again_by_its_seed(run, pytester):
    pytester.makepyfile(**{"mine/inner/wrong": BENT})
    found = run("--autograd-laws=mine", "-k", "bent and differences")
    again = re.search("^again: pytest (.*)", found.stdout.str(), re.MULTILINE)

    for result in (found, run(*again[1].split())):
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["at bent(np.array(2.))"])


def test_items_are_chosen_by_k_and_by_marker(run):
    run("--autograd-laws=mine", "-k", "softsign and differences").assert_outcomes(passed=1)
    run("--autograd-laws=mine", "-k", "mine::softsign::value").assert_outcomes(passed=1)
    run("--autograd-laws=mine", "-m", "not autograd_laws").assert_outcomes(passed=0)


def test_a_derandomized_profile_is_respected(run, pytester):
    pytester.makeconftest(
        "from hypothesis import settings\n"
        "settings.register_profile('fixed', max_examples=3, derandomize=True)\nsettings.load_profile('fixed')"
    )
    result = run("--autograd-laws=mine", "-k", "softsign")

    result.stdout.fnmatch_lines(["autograd laws: mine; examples: derandomized"])
    assert result.ret == 0


def test_workers_of_xdist_draw_with_the_seed_that_is_told():
    config = SimpleNamespace(addinivalue_line=lambda *line: None, getoption={"autograd_laws": ["mine"]}.get)
    told, node = Laws(config), SimpleNamespace(workerinput={})
    told.seed = 7
    told.pytest_configure_node(node)
    config.workerinput = node.workerinput

    assert Laws(config).seed == 7


EMPTY = {"nowhere": "No module named 'nowhere'", "mine.inner.empty": "declares no operation"}


@pytest.mark.parametrize(("package", "says"), EMPTY.items())
def test_a_package_that_cannot_be_tested_is_an_error(run, pytester, package, says):
    pytester.makepyfile(**{"mine/inner/empty": ""})
    result = run(f"--autograd-laws={package}")

    assert result.ret != 0
    result.stdout.fnmatch_lines([f"*{says}*"])


def test_nothing_is_loaded_by_a_run_that_does_not_ask(run, pytester):
    pytester.makepyfile(test_it="import sys\ndef test_it(): assert not {'autograd_core', 'numpy'} & set(sys.modules)")

    assert run().ret == 0
