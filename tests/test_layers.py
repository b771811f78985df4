"""The house: a file imports only from files above it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_core
import nn
from autograd_core.dispatch import answered, name_of
from autograd_core.primitives import LATER

CORE, NN = Path(autograd_core.__file__).parent, Path(nn.__file__).parent

# from the ground up; a folder stands for its files
LAYERS = [
    "errors", "shapes", "trees", "samples", "shown", "lapack", "constants", "modes", "scopes", "memory", "recording",
    "batches", "rules", "declaring", "generic", "primitive", "dispatch", "families", "graph", "live", "reverse", "forward",
    "primitives", "ops", "special", "backward", "hooks", "numpy_api", "leaving", "views", "writing", "placing", "ufunc_calls",
    "absent", "tensors", "scalars", "methods", "exchange", "array_api", "transforms", "batching", "jacobians", "regions",
    "calls", "custom", "streams", "random", "checkpoints", "implicit", "debugging", "drawing", "displays", "exploring",
    "testing",
]  # fmt: skip


def room_of(path):
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def imports(path):
    """The rooms that a file imports from; what only type checkers import does not count."""
    tree = ast.parse(path.read_text())
    for_types = {n for block in ast.walk(tree) if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
                 for part in block.body for n in ast.walk(part)}  # fmt: skip
    package = ("autograd_core", *path.relative_to(CORE).parts[:-1])
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level and node not in for_types:
            base = package[: len(package) - node.level + 1]
            target = (*base, *(node.module or "").split(".")) if node.module else base
            yield from ([target[1]] if len(target) > 1 else [alias.name for alias in node.names])


FILES = sorted(p for p in CORE.rglob("*.py") if p != CORE / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(CORE)))
def test_a_file_imports_only_from_rooms_below_it(path):
    room = room_of(path)
    above = [name for name in imports(path) if LAYERS.index(name) > LAYERS.index(room)]

    assert above == []


def test_the_map_shows_the_layers():
    page = (CORE.parent / "docs" / "architecture.md").read_text()
    rows = page.partition("## The layers")[2].partition("\n\n    ")[2].partition("\n\n")[0].split("\n    ")

    assert [name for row in rows for name in row[:38].split()] == [*LAYERS, "nn"]


def test_every_room_has_its_place():
    assert {room_of(p) for p in FILES} <= set(LAYERS)


def test_an_import_loads_what_answers_for_numpy_and_the_transforms_and_nothing_else():
    parts = {
        "array_api", "checkpoints", "custom", "debugging", "displays", "drawing", "exploring", "implicit", "numpy_api.polynomial",
        "ops", "random", "special", "testing", *(f"primitives.{file}" for file in LATER),
    }  # fmt: skip
    program = (
        f"import sys, autograd_core; assert not {{f'autograd_core.{{part}}' for part in {parts}}} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_file_that_loads_later_is_listed_with_all_that_it_answers_for():
    found = {}
    for function, row in answered.items():
        module = getattr(row.answer, "module", row.answer.__module__).removeprefix("autograd_core.primitives.")
        found.setdefault(module, set()).add(name_of(function).removeprefix("numpy."))

    assert {file: found[file] for file in LATER} == {file: {*names.split()} for file, names in LATER.items()}


def test_every_file_of_primitives_is_loaded_with_the_package_or_with_a_part_that_is_asked_for():
    program = "import sys, autograd_core as ag; [getattr(ag, name) for name in ag.__all__]; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()

    assert {f"autograd_core.primitives.{p.stem}" for p in (CORE / "primitives").glob("[!_]*.py")} <= {*loaded}


@pytest.mark.parametrize("path", sorted(NN.rglob("*.py")), ids=lambda p: str(p.relative_to(NN)))
def test_nn_imports_public_names_and_numpy_only(path):
    tree = ast.parse(path.read_text())
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
    public = {"autograd_core.errors", "autograd_core.debugging"}
    private = {n for n in names if n.startswith("autograd_core.")} - public

    assert private == set()


def hides_a_nan(node):
    """Whether a piece of code is nan_to_num, or adds a tiny constant."""
    if isinstance(node, (ast.Attribute, ast.Name)):
        return getattr(node, "attr", getattr(node, "id", "")) == "nan_to_num"
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        constants = [side.value for side in (node.left, node.right) if isinstance(side, ast.Constant)]
        return any(isinstance(c, float) and 0 < abs(c) < 1e-3 for c in constants)
    return False


def test_no_rule_hides_a_nan_or_adds_an_epsilon():
    itself = {"floats.py": ["np.nan_to_num"] * 2}  # what answers for that function names it, and calls it once
    for path in [*(CORE / "primitives").glob("*.py"), *(CORE / "families").glob("*.py")]:
        found = [ast.unparse(n) for n in ast.walk(ast.parse(path.read_text())) if hides_a_nan(n)]
        assert found == itself.get(path.name, []), path
