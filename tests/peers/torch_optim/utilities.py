"""Weights that are computed, and gradients within bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn

from .optimisers import apart
from .settings import Random, some

LAYERS = [
    ("Linear", (3, 4), "weight", (2, 3)),
    ("Conv1d", (2, 4, 3), "weight", (2, 2, 6)),
    ("Conv2d", (2, 4, 3), "weight", (1, 2, 5, 4)),
    ("ConvTranspose2d", (2, 3, 2), "weight", (1, 2, 4, 3)),
    ("LSTM", (2, 3), "weight_hh_l0", (4, 1, 2)),
    ("LSTM", (2, 3), "weight_ih_l0", (4, 1, 2)),
]


def computed_weights(name: str, random: Random) -> tuple[float, str]:
    """The largest difference of results, gradients and buffers over three forwards in training and one in evaluation."""
    import torch

    kind, args, weight, shape = LAYERS[random.integers(len(LAYERS))]
    axes = 2 if kind == "LSTM" else len(shape)
    dims = [*range(axes), None, -1] if name == "weight_norm" else list(range(axes))
    settings = some(random, dim=dims[random.integers(len(dims))])
    if name == "spectral_norm":
        settings |= some(random, n_power_iterations=int(random.integers(1, 4)), eps=1e-6)
    mine, theirs = getattr(nn, kind)(*args).double(), getattr(torch.nn, kind)(*args)
    mine.load_state_dict(theirs.state_dict())
    getattr(nn.utils, name)(mine, weight, **settings)
    getattr(torch.nn.utils, name)(theirs, weight, **settings)
    mine.load_state_dict({key: value.detach() for key, value in theirs.state_dict().items()})
    worst = 0.0
    for training in (True, True, True, False):
        x = random.standard_normal(shape)
        results = [found(mine.train(training), x), found(theirs.train(training), torch.tensor(x))]
        worst = max(worst, *(apart(a, b) for a, b in zip(*results, strict=True)))
    getattr(nn.utils, f"remove_{name}")(mine, weight)
    getattr(torch.nn.utils, f"remove_{name}")(theirs, weight)
    states = [{key: np.asarray(value) for key, value in module.state_dict().items()} for module in (mine, theirs)]
    worst = max(worst, *(apart(states[0][key], states[1][key]) for key in states[1]))
    return worst, f"{name}({kind}, {weight}, {settings})"


def found(module: Any, x: Any) -> list[Any]:
    """The result, the gradients and the state."""
    module.zero_grad()
    y = module(x)
    y = y[0] if isinstance(y, tuple) else y
    (y**2).sum().backward()
    gradients = {key: p.grad for key, p in module.named_parameters()}
    state = module.state_dict()
    return [
        plain(y),
        *(plain(gradients[key]) for key in sorted(gradients)),
        *(plain(state[key]) for key in sorted(state)),
    ]


def plain(value: Any) -> np.ndarray:
    return np.array(value.detach() if hasattr(value, "detach") else value)


def clipping(name: str, random: Random) -> tuple[float, str]:
    """The largest difference of gradients that are cut, or of the norm that is told."""
    import torch

    gradients = [random.standard_normal(shape) for shape in [(3, 4), (), (2, 1, 3)]]
    norm_type, most = [1.0, 2.0, 3.0, 0.5, np.inf, -np.inf][random.integers(6)], random.uniform(0, 2)

    def told(library: Any, parameters: list[Any], made: Any) -> list[Any]:
        for p, g in zip(parameters, gradients, strict=True):
            p.grad = made(g)
        if name == "get_total_norm":
            return [library.utils.get_total_norm([p.grad for p in parameters], norm_type)]
        library.utils.clip_grad_value_(parameters, most)
        return [plain(p.grad) for p in parameters]

    mine = told(nn, [nn.Parameter(np.zeros(g.shape)) for g in gradients], np.asarray)
    theirs = told(torch.nn, [torch.zeros(g.shape) for g in gradients], torch.tensor)
    return max(apart(a, b) for a, b in zip(mine, theirs, strict=True)), f"{name}({norm_type}, {most})"


UTILITIES = {
    "clip_grad_value_": clipping,
    "get_total_norm": clipping,
    "spectral_norm": computed_weights,
    "weight_norm": computed_weights,
}
