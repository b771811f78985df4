"""The table of workloads. Goals are ratios to a peer, limits figures in the unit of the row; both are upper bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SCALES = {"ms": 1e3, "µs": 1e6, "MiB": 2.0**-20}


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What is measured, against whom, and how well we mean to do.

    module: the file of this package whose functions `ours`, `torch`, ... take `settings` and give the step
    goals: largest ratio of our figure to that of a peer     limits: largest figure of a phase, in `unit`
    references: peers shown without a goal                   over: the phase to subtract from the others
    items: what a step counts as                             fresh: a new process for every round
    """

    name: str
    title: str
    module: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    goals: Mapping[str, float] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    meter: str = "seconds"
    unit: str = "ms"
    items: int = 1
    over: str | None = None
    fresh: bool = False
    rounds: int | None = None

    @property
    def peers(self) -> tuple[str, ...]:
        """Everyone beside us."""
        return (*self.goals, *self.references)

    @property
    def scale(self) -> float:
        """From seconds or bytes to `unit`."""
        return SCALES[self.unit]


def node(
    name: str, nodes: int, references: tuple[str, ...] = (), rounds: int | None = None, collector: bool = True
) -> Workload:
    """The cost of a node in a chain of `nodes`, the same limits whatever its length."""
    return Workload(
        name=name,
        title=f"one node in a chain of {nodes + 1:,}, over NumPy{'' if collector else ', collector off'}",
        module="node",
        settings={"nodes": nodes, "collector": collector},
        limits={"record": 0.8, "pull back": 1.0},
        references=references,
        unit="µs",
        items=nodes,
        over="numpy",
        rounds=rounds,
    )


def lstm(name: str, title: str, form: str, steps: int = 50, **measured: Any) -> Workload:
    """Training steps of an LSTM in one of its forms."""
    return Workload(name=name, title=title, module="lstm", settings={"form": form, "steps": steps}, **measured)


def lstm_memory(name: str, title: str, form: str, **measured: Any) -> Workload:
    """What a step of an LSTM adds to memory, over many steps of time."""
    return lstm(name, title, form, 1000, meter="memory", unit="MiB", fresh=True, rounds=5, **measured)


def drawing(
    name: str, title: str, what: str, calls: int, references: tuple[str, ...] = (), rounds: int | None = None
) -> Workload:
    """A drawing of a graph of so many calls: five seconds in all, the same limits whatever its size."""
    return Workload(
        name=name,
        title=f"drawing {title}",
        module="drawing",
        settings={"what": what, "calls": calls},
        limits={"refusal": 1000} if what == "tangle" else {"document": 4000, "layout": 1000},
        references=references,
        rounds=rounds,
    )


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            name="small_net",
            title="net 64-32-10, batch 32",
            module="dense_net",
            settings={"sizes": (64, 32, 10), "batch": 32},
            goals={"torch": 0.45, "hips": 0.15},
            references=("jax",),
        ),
        Workload(
            name="large_net",
            title="net 784-512-256-10, batch 128",
            module="dense_net",
            settings={"sizes": (784, 512, 256, 10), "batch": 128},
            goals={"torch": 1.0},
            references=("hips", "jax"),
        ),
        Workload(name="lenet", title="LeNet-5, batch 64", module="lenet", goals={"torch": 1.6}),
        Workload(name="conv", title="convolution 3x3, 64x32x32x32 -> 64", module="conv", goals={"torch": 1.0}),
        Workload(name="max_pool", title="max-pooling 2x2, 64x64x32x32", module="max_pool", goals={"torch": 0.4}),
        Workload(
            name="transformer_block",
            title="LayerNorm + MLP of a transformer, 16x64x128",
            module="transformer",
            settings={"part": "block"},
            goals={"torch": 1.2},
        ),
        Workload(
            name="encoder_layer",
            title="TransformerEncoderLayer, 16x64x128, 4 heads",
            module="transformer",
            settings={"part": "encoder_layer"},
            references=("torch",),
        ),
        Workload(
            name="scalar_mlp",
            title="scalar net 2-16-16-1, 100 points",
            module="scalar_mlp",
            goals={"micrograd": 0.1},
            fresh=True,
        ),
        node("node_1e3", 999),
        node("node_1e5", 99_999, references=("torch",)),
        node("node_1e5_alone", 99_999, references=("torch",), collector=False),
        node("node_1e6", 999_999, rounds=3),
        node("node_1e6_alone", 999_999, rounds=3, collector=False),
        Workload(
            name="hessian",
            title="Hessian of Rosenbrock, 20 dimensions",
            module="rosenbrock",
            settings={"derivative": "hessian", "size": 20},
            goals={"hips": 0.5},
            references=("torch", "jax"),
        ),
        Workload(
            name="hvp",
            title="Hessian times vector of Rosenbrock, 10,000 dimensions",
            module="rosenbrock",
            settings={"derivative": "hvp", "size": 10_000},
            goals={"hips": 0.5},
            references=("torch", "jax"),
        ),
        lstm("lstm", "LSTM, 50 steps", "layer", goals={"torch": 1.4}),
        lstm("lstm_cells", "LSTM, a loop over the cell", "cells", goals={"torch": 0.95}),
        lstm("lstm_by_hand", "LSTM, a loop by hand", "by hand", goals={"torch": 0.75}, references=("hips",)),
        lstm_memory("lstm_memory", "memory of an LSTM, 1,000 steps", "layer", goals={"torch": 0.4}),
        lstm_memory("lstm_by_hand_memory", "the same, a loop by hand", "by hand", references=("torch", "hips")),
        Workload(
            name="import",
            title="import, over that of NumPy",
            module="importing",
            limits={"import": 25.0},
            references=("hips", "torch"),
            over="numpy",
        ),
        drawing("draw_layers_1e2", "100 layers", "layers", 100, references=("torchviz", "torchview")),
        drawing("draw_layers_1e4", "10,000 layers", "layers", 10_000, rounds=3),
        drawing("draw_boxes", "9,900 layers in 50 modules", "boxes", 9_900, rounds=3),
        drawing("draw_loop_1e3", "a loop of 1,000 calls", "loop", 1_000),
        drawing("draw_loop_1e4", "a loop of 10,000 calls", "loop", 10_000, rounds=3),
        drawing("draw_numbers", "10,000 operations on numbers", "numbers", 10_000, rounds=3),
        drawing("draw_tangle_1e4", "10,000 calls without repetition", "tangle", 10_000, rounds=3),
        drawing("draw_tangle_1e5", "100,000 calls without repetition", "tangle", 100_000, rounds=3),
    )
}
