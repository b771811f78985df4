"""`python -m autograd_core.testing`: functions, operations, modules and packages, and what is not there."""

import re
import sys

import numpy as np
import pytest

from autograd_core.primitive import declared
from autograd_core.testing.__main__ import main
from autograd_core.testing.reports import Row

OPERATIONS = """
import numpy as np
import autograd_core as ag
from autograd_core.samples import sample

softsign = ag.elementwise(lambda x: x / (1 + abs(x)), lambda a: 1 / (1 + np.abs(a)) ** 2, name="softsign", real=True)
huber = ag.elementwise(
    lambda x: np.where(np.abs(x) < 1, x * x / 2, np.abs(x) - 0.5),
    lambda a: np.where(np.abs(a) < 0.5, a, np.sign(a)),
    name="huber",
    real=True,
)
rowwise = ag.primitive(
    lambda x, *, axis: np.sum(x, axis),
    lambda g, a_like, axis: np.broadcast_to(g, a_like.shape) / 2,
    jvp=lambda t, axis: np.sum(t, axis),
    samples=lambda: [sample(np.ones((2, 3)), axis=0)],
    name="rowwise",
)
"""
SECOND = """
import numpy as np
import autograd_core as ag

def complain(a):
    raise RuntimeError("no cubes today")

bare = ag.primitive(lambda a: a, lambda g: g, jvp=lambda t: t, name="bare")
raising = ag.elementwise(lambda x: x**3, complain, name="raising")

def cubes(x, y):
    return x**3 + np.sum(y)

def point():
    return 2.0, np.ones(2)
"""


@pytest.fixture
def shell(tmp_path, monkeypatch, capsys):
    """The exit status and the output of a command, in a directory with a package that declares operations."""
    (tmp_path / "shop").mkdir()
    for name, source in {"__init__": "", "operations": OPERATIONS, "second": SECOND}.items():
        (tmp_path / "shop" / f"{name}.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = len(declared)

    def run(*args):
        try:
            status = main(args)
        except SystemExit as end:
            status = end.code
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    yield run
    del declared[known:]
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
        del sys.modules[name]


def test_an_operation_is_tried_on_all_laws(shell):
    status, words = shell("shop.operations:softsign")

    assert status == 0
    assert re.fullmatch(r"softsign: \d+ laws on \d+ samples and 40 drawn calls, 0 broken\n", words)
    assert "and 3 drawn calls" in shell("shop.operations:softsign", "--examples", "3")[1]


def test_a_module_alone_stands_for_all_that_it_declares(shell):
    status, words = shell("shop.operations")

    assert status == 1
    assert re.findall(r"^(\w+): .*, (\d) broken", words, re.MULTILINE) == [
        ("softsign", "0"),
        ("huber", "1"),
        ("rowwise", "2"),
    ]


def test_a_failure_is_shrunk_and_ends_with_a_program_that_shows_it_again(shell):
    _, words = shell("shop.operations:huber")
    _, of_settings = shell("shop.operations:rowwise")
    program = words[words.index("import numpy") : words.index("at huber")]

    assert "\nat huber(np.array(0.5))\n" in words
    assert "from shop.operations import huber\ncheck_grads(huber, np.array(0.5), order=2)\n" in program
    assert "check_grads(lambda a: rowwise(a, axis=0), np.array(" in of_settings
    with pytest.raises(AssertionError, match=r"y by args\[0\]: got 1, .* 0\.5"):
        exec(program, {})


def test_a_package_stands_for_its_modules_and_what_raises_is_told_with_the_line_of_the_user(shell):
    status, words = shell("shop")

    assert status == 1
    assert "softsign: " in words
    assert "bare of shop.second declares no samples" in words
    assert "RuntimeError: no cubes today\n" in words
    assert "second.py" in words
    assert "in complain" in words
    assert not re.search(r"draws\.py|lawbook\.py|hypothesis/", words)


def test_a_function_takes_its_arguments_from_another(shell):
    status, words = shell("shop.second:cubes", "--args", "point", "--order", "1")

    assert status == 0
    assert "worst relative error" in words
    assert shell("shop.second:cubes", "--args", "shop.second:point")[0] == 0


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("shop.nowhere", "No module named 'shop.nowhere'"),
        ("shop.operations:nothing", "has no attribute 'nothing'"),
        ("shop.second:cubes", "name a function that gives arguments with --args"),
        ("json", "json declares no operation: .* Name a function as json:function"),
    ],
)
def test_what_is_not_there_is_said(shell, place, says):
    status, words = shell(place)

    assert status == 2
    assert re.search(says, words)


def test_without_hypothesis_the_samples_are_tried(shell, monkeypatch):
    monkeypatch.setitem(sys.modules, "autograd_core.testing.draws", None)
    status, words = shell("shop.operations:softsign")

    assert status == 0
    assert re.fullmatch(r"softsign: \d+ laws on \d+ samples, 0 broken\n", words)


def test_a_derivative_that_is_rightly_0_has_no_relative_error():
    assert Row("forward", 2, 0.0, -3.6e-15, 7.9e-15).error == 0.0
    assert Row("forward", 2, 1e-13, -3.6e-15, 7.9e-15).error > 1
    assert np.isinf(Row("forward", 2, np.nan, 0.0, 1.0).error)
