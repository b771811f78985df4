"""The tables of the docs that declarations make: `python -m tests.tables` writes them, a test compares.

docs/functions.md lists every NumPy name that has an answer here; docs/layers.md every name of nn; docs/conventions.md publishes,
between two marks, what a gradient is at singular points.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import autograd_core as ag
import nn
from autograd_core.primitive import Primitive
from autograd_core.samples import Singular
from autograd_core.testing.examples import domains_of
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
- *a write*: in place, as `x[index] = value`: what is written is recorded, or the write is refused.
- *about values*: gives no number that depends on its arguments smoothly, such as a shape.

NumPy cannot hand some calls over to the values in them: those that build arrays (`np.array([x, y])`, `np.full(3, x)`,
`np.arange(x)`), the evaluators of `np.polynomial`, and random numbers with parameters that are values. They raise, and name
what to write instead: `ag.array`, `ag.full`, `ag.arange`, `ag.polynomial`, `ag.random`. `ag.special` has SciPy's special
functions, `ag.ops` what NumPy has no name for. Functions about files, dates and bits are refused with words.
"""


def singular_points() -> list[tuple[list[str], Singular]]:
    """Every declared convention with the names of the functions that share it; aliases of one answer count once."""
    found: dict[int, tuple[list[str], Singular]] = {}
    answers: dict[int, list[Any]] = {}
    for name, (_, row) in sorted(NAMES.items(), key=lambda item: len(item[0])):
        declared = [*row.singular, *(row.answer.singular if isinstance(row.answer, Primitive) else ())]
        for at in declared:
            names, _ = found.setdefault(id(at), ([], at))
            if row.answer not in answers.setdefault(id(at), []):
                answers[id(at)].append(row.answer)
                names.append(name.removeprefix("np."))
    return sorted(found.values(), key=lambda point: point[0])


def shown(x: Any) -> str:
    """A number or an array in as few signs as possible."""
    if isinstance(x, (list, tuple)) or np.ndim(x):
        return "[" + ", ".join(shown(part) for part in x) + "]"
    fractions = {0.5: "½", 0.25: "¼", -0.5: "−½", 1 / 3: "⅓", np.inf: "∞", -np.inf: "−∞"}
    if isinstance(x, (bool, str, type(None), np.bool_)):
        return str(x)
    if np.isnan(x):
        return "NaN"
    return fractions.get(x, f"{x:.4g}".replace("-", "−")) if not np.iscomplexobj(x) else f"{x:.4g}"


def call_of(name: str, at: Singular) -> str:
    """A convention's call as text."""
    words = [shown(a) for a in at.args] + [f"{k}={shown(v)}" for k, v in at.settings.items()]
    return f"{name}({', '.join(words)})"


def calls_of(names: list[str], at: Singular) -> str:
    """A convention's call, and which other functions share it."""
    return ", ".join([f"`{call_of(names[0], at)}`", *[f"`{name}`" for name in names[1:]]])


def gradients_of(at: Singular) -> str:
    return " and ".join(shown(g) for g in at.gradients)


def conventions() -> str:
    """docs/conventions.md with its table of singular points as declared."""
    before, rest = (DOCS / "conventions.md").read_text().split(BEGIN)
    after = rest.split(END)[1]
    rows = [f"| {calls_of(names, at)} | {gradients_of(at)} | {at.why} |\n" for names, at in singular_points()]
    return before + BEGIN + "\n| at | gradient | why |\n|---|---|---|\n" + "".join(rows) + "\n" + END + after


def kind_of(row: Any) -> str:
    """What there is to differentiate."""
    if isinstance(row.answer, Primitive) and row.answer.family == "fixed":
        return "constant"
    if row.answer.__module__.endswith(".placing"):
        return "a write"
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
    if not isinstance(row.answer, Primitive) or row.answer.domain is None:
        return ""
    return ", ".join(
        f"{i.start} ... {i.stop - 1}" if isinstance(i, range) else f"[{shown(i[0])}, {shown(i[1])}]"
        for i in domains_of(row.answer)
    )


def functions() -> str:
    """docs/functions.md."""
    points: dict[str, list[str]] = {}
    for names, at in singular_points():
        for name in names:
            points.setdefault(f"np.{name}", []).append(f"{call_of(name, at)}: {gradients_of(at)}")
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


LAYERS = """# Layers

Every name of `nn`, with the first line of what it says of itself. Names, arguments, defaults, layouts and the keys of states are
those of `torch.nn`, and so is its documentation; `help(nn.Conv2d)` has equation, shapes, errors and an example. How each class
agrees with PyTorch's on random configurations is in
[tests/peers/results/torch.md](../tests/peers/results/torch.md). Made by `python -m tests.tables`.

What is otherwise, on purpose:

- There is no `super().__init__()` to call, and parameters may stand in lists, tuples and dicts: they are found by looking.
- Plain arrays are inputs, too: floating ones are converted to the dtype of a layer's parameters. Losses compare element by
  element, and refuse two shapes that would broadcast.
- Where there is chance or where parameters are made, `generator=` and `dtype=` may be given; there is no `device=`.
- `inplace=True` is taken and changes no result (dropout does write into its input); `sparse=True` is refused.
- `dim` of the softmaxes is the last axis if it is not given.

Optimizers, schedules, initial values and the like are at the end.

## Between the layers: NumPy

Layers speak PyTorch, values speak NumPy. A method that only PyTorch's tensors have is refused with what to write.

| PyTorch | here |
|---|---|
| `torch.exp(x)`, `torch.cat([a, b], dim=1)` | `np.exp(x)`, `np.concatenate([a, b], axis=1)` |
| `x.view(2, -1)`, `x.unsqueeze(1)` | `x.reshape(2, -1)`, `x[:, None]` |
| `x.permute(0, 2, 1)`, `x.transpose(1, 2)` | `x.transpose(0, 2, 1)`, `x.swapaxes(1, 2)` |
| `x.size(0)`, `x.numel()`, `x.dim()` | `x.shape[0]`, `x.size`, `x.ndim` |
| `x.sum(dim=1, keepdim=True)`, `x.max(dim=1)` | `x.sum(axis=1, keepdims=True)`; `x.max(axis=1)` and `x.argmax(axis=1)` |
| `x.masked_fill(mask, v)`, `x.clamp(0, 1)` | `np.where(mask, v, x)`, `x.clip(0, 1)` |
| `x.gather(1, i)` | `np.take_along_axis(x, i, 1)` |
| `torch.randn(2, 3)` | `np.random.default_rng().standard_normal((2, 3), np.float32)` |
| `x.to(device)`, `x.float()` | nothing; `x.astype(np.float32)` |
| `with torch.no_grad():`, `torch.autograd.grad` | `with ag.no_grad():`, `ag.gradients` |
| `p.data.normal_(0, 0.02)`, `p.data -= lr * p.grad` | `nn.init.normal_(p, 0, 0.02)`; `p -= lr * p.grad`, within `ag.no_grad()` |
| `torch.autograd.Function` | `ag.custom_vjp`, or an operation declared with `ag.primitive` |
| `torch.utils.data`, `torch.optim` | `nn.data`, `nn.optim` |
| `torch.save(model.state_dict(), path)`, `torch.load(path)` | `nn.save_file(model.state_dict(), path)`, `nn.load_file(path)` |

Words that both have, with NumPy's meaning: `std` and `var` divide by n (PyTorch's by n - 1: `ddof=1`), `repeat` repeats each
element (`np.tile` the whole), `x.sort()` sorts in place, `np.split` takes places and not sizes, `x.T` turns all axes round and
`x.mT` the last two. NumPy's arrays are float64 unless told otherwise, and so is what is computed with one of them: write
`nn.Parameter(np.zeros(3, np.float32))`, or `model.float()` once it is made.
"""


def first_line(thing: Any) -> str:
    """The first paragraph of a docstring in one line, fit for a table."""
    return " ".join((thing.__doc__ or "").strip().split("\n\n")[0].split()).replace("|", "\\|")


def layers() -> str:
    """docs/layers.md."""
    text = LAYERS
    families = [
        (m, getattr(nn.layers, m)) for m in sorted(vars(nn.layers)) if isinstance(getattr(nn.layers, m), ModuleType)
    ]
    parts = [
        (first_line(module).rstrip("."), module.__all__, module) for _, module in families if hasattr(module, "__all__")
    ]
    parts += [
        ("Optimizers, `nn.optim`", nn.optim.__all__, nn.optim),
        (
            "Schedules of the learning rate, `nn.optim.lr_scheduler`",
            nn.optim.lr_scheduler.__all__,
            nn.optim.lr_scheduler,
        ),
        ("Initial values, `nn.init`", nn.init.__all__, nn.init),
        ("Parameters as a whole, `nn.utils`", nn.utils.__all__, nn.utils),
        ("Sequences of different lengths, `nn.utils.rnn`", nn.utils.rnn.__all__, nn.utils.rnn),
        ("Data, `nn.data`", nn.data.__all__, nn.data),
        ("Training, `nn.training`", nn.training.__all__, nn.training),
        ("Estimators of scikit-learn, `nn.sklearn`", nn.sklearn.__all__, nn.sklearn),
    ]
    for title, names, module in parts:
        things = [(name, getattr(module, name)) for name in sorted(names)]
        rows = [
            f"| `{name}` | {first_line(x)} |\n" for name, x in things if not isinstance(x, ModuleType) and x.__doc__
        ]
        text += f"\n## {title}\n\n| name | |\n|---|---|\n" + "".join(rows)
    return text


TABLES: dict[str, Callable[[], str]] = {"conventions.md": conventions, "functions.md": functions, "layers.md": layers}

if __name__ == "__main__":
    for path, make in TABLES.items():
        (DOCS / path).write_text(make())
