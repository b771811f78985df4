"""What a model is made of, as a table: layers, what they give, their parameters and their work."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np

import autograd_core as ag

from .displays import memory_text, summary_html
from .errors import KindError
from .members import joined
from .module import Module
from .settings import whole

HEADS = ("layer", "output", "parameters", "multiply-adds")


@dataclass
class LayerSummary:
    """One line: a module, without the modules within it.

    name, path      what it is called in the module that holds it, and in the model; `level` says how deep it is
    kind            its class
    output          the shape of what it gave, a list or dict of shapes for several results, None if it was not called
    calls           how often it was called
    parameters      how many numbers it holds; those that another line has already do not count again
    trained         how many of these require a gradient
    multiply_adds   how many products of numbers its calls add up: in products of matrices, windows, recurrent layers
    """

    name: str
    path: str
    kind: str
    level: int
    parameters: int = 0
    trained: int = 0
    output: Any = None
    calls: int = 0
    multiply_adds: int = 0


class Summary:
    """The lines of a model's summary, and their sums. Its text is a table.

    layers          the lines, see `LayerSummary`; the first is the model itself
    parameters, trained, multiply_adds   the sums over all lines
    nbytes          the memory of the parameters
    """

    def __init__(self, layers: Sequence[LayerSummary], nbytes: int, depth: int | None) -> None:
        self.layers, self.nbytes, self.depth = list(layers), nbytes, depth
        self.parameters = sum(layer.parameters for layer in layers)
        self.trained = sum(layer.trained for layer in layers)
        self.multiply_adds = sum(layer.multiply_adds for layer in layers)

    def rows(self) -> list[tuple[str, str, str, str]]:
        """The lines as cells of a table."""
        return [cells(layer, self.layers) for layer in folded(self.layers, self.depth)]

    def total(self) -> tuple[str, str, str, str]:
        return "total", "", f"{self.parameters:,}", f"{self.multiply_adds:,}"

    def memory(self) -> str:
        """What the parameters take, in words."""
        frozen = f", {self.parameters - self.trained:,} of them frozen" if self.trained < self.parameters else ""
        return f"parameters take {memory_text(self.nbytes)}{frozen}"

    def __repr__(self) -> str:
        rows, total = [HEADS, *self.rows()], self.total()
        widths = [max(map(len, column)) for column in zip(*rows, total, strict=True)]
        lines = [
            f"{name:<{widths[0]}}  {output:<{widths[1]}}  {parameters:>{widths[2]}}  {work:>{widths[3]}}".rstrip()
            for name, output, parameters, work in [*rows, total]
        ]
        rule = "-" * max(map(len, lines))
        return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1], self.memory()])

    def _repr_html_(self) -> str | None:
        try:
            return summary_html(self, HEADS)
        except Exception:  # a display never fails: the text is shown instead
            return None


def summary(model: Module, input_shape: Any, *, dtype: Any = None, depth: int | None = None) -> Summary:
    """The layers of a model with the shapes of their results, their parameters and multiply-adds, as a table.

    input_shape   the shape of the input, of the batch too; an array, for an input that numbers of one's own are needed for;
                  a list of shapes and arrays for several inputs
    dtype         of inputs that are given by their shapes: by default that of the first parameter. Integers are 0
    depth         how deep modules within modules have lines of their own in the text

    The model is run once, in evaluation, and stays as it was. Multiply-adds are counted in the record of that run: the products
    of matrices, windows and recurrent layers, by whatever function they were asked for.

    >>> import nn
    >>> nn.summary(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 10)), (5, 1, 8, 8))
    layer         output        parameters  multiply-adds
    -----------------------------------------------------
    Sequential    (5, 10)
      0: Conv2d   (5, 4, 6, 6)          40          6,480
      1: ReLU     (5, 4, 6, 6)
      2: Flatten  (5, 144)
      3: Linear   (5, 10)            1,450          7,200
    -----------------------------------------------------
    total                            1,490         13,680
    parameters take 5.8 KiB
    """
    if not isinstance(model, Module):
        raise KindError(f"summary takes a module, and was given a {type(model).__name__}")
    if depth is not None:
        whole(depth, "summary: depth")
    parameters = list(model.parameters())
    layers: dict[Any, LayerSummary] = {}
    listed(model, "", "", 0, layers, set())
    if dtype is None:
        dtype = next((p.dtype for p in parameters if isinstance(p, ag.Tensor)), np.float32)
    inputs = [made(x, np.dtype(dtype)) for x in separate(input_shape)]
    scopes: dict[Any, LayerSummary] = {}
    with ExitStack() as stack:
        for module in layers:
            stack.callback(setattr, module, "training", module.training)
            stack.enter_context(module.register_forward_pre_hook(lambda m, args: scopes.update({scope(): layers[m]})))
            stack.enter_context(module.register_forward_hook(lambda m, args, y: noted(layers[m], y)))
        model.eval()
        graph = ag.record(lambda: model(*inputs))
    for node, count in graph.multiply_adds.items():
        place = node.scope
        while place is not None and place not in scopes:
            place = place.parent
        scopes.get(place, layers[model]).multiply_adds += count
    nbytes = sum(p.nbytes if isinstance(p, ag.Tensor) else 8 for p in parameters)
    return Summary(list(layers.values()), nbytes, depth)


def listed(module: Any, name: str, path: str, level: int, layers: dict[Any, LayerSummary], seen: set[int]) -> None:
    """Enter a line for a module and for all within, each where it is first held, with the parameters it is first to hold."""
    own = [p for p in module.parameters(recurse=False) if id(p) not in seen]
    seen.update(map(id, own))
    counts = [(p.size if isinstance(p, ag.Tensor) else 1, p.requires_grad) for p in own]
    parameters, trained = sum(n for n, _ in counts), sum(n for n, is_trained in counts if is_trained)
    layers[module] = LayerSummary(name, path, type(module).__name__, level, parameters, trained)
    for child_name, child in module.named_children():
        if child not in layers:
            listed(child, child_name, joined(path, child_name), level + 1, layers, seen)


def scope() -> Any:
    """The scope that is recorded into: that of the module that is being called."""
    return ag.scalar(0.0).node.scope  # type: ignore[union-attr]


def separate(given: Any) -> list[Any]:
    """The inputs one by one: shapes and arrays."""
    several = isinstance(given, (list, tuple)) and not all(isinstance(n, (int, np.integer)) for n in given)
    return list(given) if several else [given]


def made(given: Any, dtype: np.dtype[Any]) -> Any:
    """An input: the array that was given, or one of a shape."""
    if not isinstance(given, (list, tuple)):
        return given if isinstance(given, ag.Value) else ag.asarray(given)
    shape = tuple([whole(n, "summary: input_shape") for n in given])
    if dtype.kind in "fc":
        return ag.asarray(np.random.default_rng(0).standard_normal(shape).astype(dtype))
    return ag.asarray(np.zeros(shape, dtype))


def noted(layer: LayerSummary, y: Any) -> None:
    layer.calls += 1
    layer.output = shapes_in(y) if layer.output is None else layer.output


def shapes_in(y: Any) -> Any:
    """The shapes of values, in their containers."""
    if isinstance(y, (list, tuple)):
        return [shapes_in(part) for part in y if part is not None]
    if isinstance(y, dict):
        return {key: shapes_in(part) for key, part in y.items()}
    return tuple(getattr(y, "shape", ()))


# -- as text -----------------------------------------------------------------------------------------------------------


def folded(layers: Sequence[LayerSummary], depth: int | None) -> list[LayerSummary]:
    """The lines down to a depth, with the sums of what lies deeper."""
    rows: list[LayerSummary] = []
    for layer in layers:
        if depth is None or layer.level <= depth:
            rows.append(replace(layer))
        else:
            rows[-1].parameters += layer.parameters
            rows[-1].multiply_adds += layer.multiply_adds
    return rows


def cells(layer: LayerSummary, layers: Sequence[LayerSummary]) -> tuple[str, str, str, str]:
    """A line of the table; what is 0 stays empty."""
    label = "  " * layer.level + (f"{layer.name}: {layer.kind}" if layer.name else layer.kind)
    numbers = [f"{n:,}" if n else "" for n in (layer.parameters, layer.multiply_adds)]
    return label, output_text(layer, layers), numbers[0], numbers[1]


def output_text(layer: LayerSummary, layers: Sequence[LayerSummary]) -> str:
    """The shapes that a layer gave; nothing for a list of layers, which is not called itself."""
    if not layer.calls:
        return "" if any(k.calls and k.path.startswith(f"{layer.path}.") for k in layers) else "not called"
    groups = [(shape, len(list(alike))) for shape, alike in groupby(leaves(layer.output))]
    text = ", ".join(f"{n} x {shape}" if n > 1 else str(shape) for shape, n in groups) or "nothing"
    return text if layer.calls == 1 else f"{text}, {layer.calls} times"


def leaves(shapes: Any) -> list[Any]:
    if isinstance(shapes, tuple):
        return [shapes]
    return [leaf for part in (shapes.values() if isinstance(shapes, dict) else shapes) for leaf in leaves(part)]
