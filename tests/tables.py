"""The tables of the docs that declarations make: `python -m tests.tables` writes them, a test compares.

docs/functions.md lists every NumPy name that has an answer here; docs/conventions.md publishes, between two marks, what a
gradient is at singular points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.primitive import Primitive
from autograd_core.samples import Singular
from tests.names import NAMES, carries_gradient, is_double, is_right, samples_for

DOCS = Path(ag.__file__).parent.parent / "docs"
BEGIN, END = "<!-- made by `python -m tests.tables` -->\n", "<!-- end -->\n"

FUNCTIONS = """# Functions

Every NumPy function that has an answer here, under its own name: `np.sin(x)` of a value is recorded, and `ag.sin` is the same
function. Made from the declarations by `python -m tests.tables`; what each row says is tried by `tests/test_names.py` on the
samples that the declaration brings.

- *both modes*: differentiated backward and forward; each rule is itself recorded, so derivatives of any order follow. The order
  is the one up to which the tests compare with finite differences.
- *constant*: piecewise constant, declared so: its result carries no gradient.
- *about values*: gives no number that depends on its arguments smoothly, such as a shape.
"""


def singular_points() -> Iterator[tuple[str, Singular]]:
    """Every declared convention with the name of its function, each once."""
    seen = set()
    for name, (_, row) in NAMES.items():
        declared = [*row.singular, *(row.answer.singular if isinstance(row.answer, Primitive) else ())]
        for at in declared:
            if id(at) not in seen:
                seen.add(id(at))
                yield name, at


def shown(x: Any) -> str:
    """A number or an array in as few signs as possible."""
    if isinstance(x, (list, tuple)) or np.ndim(x):
        return "[" + ", ".join(shown(part) for part in x) + "]"
    fractions = {0.5: "½", 0.25: "¼", np.inf: "∞", -np.inf: "−∞"}
    if isinstance(x, (bool, str, type(None), np.bool_)):
        return str(x)
    if np.isnan(x):
        return "NaN"
    return fractions.get(x, f"{x:.4g}".replace("-", "−")) if not np.iscomplexobj(x) else f"{x:.4g}"


def call_of(name: str, at: Singular) -> str:
    """A convention's call as text."""
    words = [shown(a) for a in at.args] + [f"{k}={v!r}" for k, v in at.settings.items()]
    return f"{name.removeprefix('np.')}({', '.join(words)})"


def gradients_of(at: Singular) -> str:
    return " and ".join(shown(g) for g in at.gradients)


def conventions() -> str:
    """docs/conventions.md with its table of singular points as declared."""
    before, rest = (DOCS / "conventions.md").read_text().split(BEGIN)
    after = rest.split(END)[1]
    rows = [f"| `{call_of(name, at)}` | {gradients_of(at)} | {at.why} |\n" for name, at in singular_points()]
    return before + BEGIN + "\n| at | gradient | why |\n|---|---|---|\n" + "".join(rows) + "\n" + END + after


def kind_of(row: Any) -> str:
    """What there is to differentiate."""
    if isinstance(row.answer, Primitive) and row.answer.family == "fixed":
        return "constant"
    samples = [s for s in samples_for(row) if is_right(s)]
    if any(carries_gradient(row, s) for s in samples):
        return "both modes"
    return "constant" if any(samples) else "about values"


def order_of(row: Any) -> str:
    """The order up to which samples are compared with differences."""
    tried = any(is_double(s) and carries_gradient(row, s) for s in samples_for(row))
    return "2" if tried else ""


def domain_of(row: Any) -> str:
    """The intervals from which an elementwise function's inputs are drawn, where they are not all numbers."""
    domain = row.answer.domain if isinstance(row.answer, Primitive) else None
    if domain is None:
        return ""
    intervals = [domain] if isinstance(domain[0], (int, float)) else domain
    return ", ".join(f"[{shown(low)}, {shown(high)}]" for low, high in intervals)


def functions() -> str:
    """docs/functions.md."""
    points: dict[str, list[str]] = {}
    for name, at in singular_points():
        points.setdefault(name, []).append(f"{call_of(name, at)}: {gradients_of(at)}")
    text = FUNCTIONS
    for prefix, title in (("np.", "NumPy"), ("np.linalg.", "Linear algebra"), ("np.fft.", "Fourier transforms")):
        rows = []
        for name, (_, row) in sorted(NAMES.items()):
            if name.rpartition(".")[0] + "." == prefix:
                cells = [f"`{name}`", kind_of(row), order_of(row), domain_of(row), "; ".join(points.get(name, []))]
                rows.append(f"| {' | '.join(cells)} |\n")
        text += f"\n## {title}: {len(rows)} functions\n\n"
        text += (
            "| name | derivative | order tested | drawn from | at singular points |\n|---|---|---|---|---|\n"
            + "".join(rows)
        )
    return text


TABLES: dict[str, Callable[[], str]] = {"conventions.md": conventions, "functions.md": functions}

if __name__ == "__main__":
    for path, make in TABLES.items():
        (DOCS / path).write_text(make())
