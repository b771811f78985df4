"""Weights that are kept normal: weight normalization and spectral normalization."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

from ..errors import SettingError
from ..parameter import Parameter
from ..random import stream
from ..settings import whole, within
from .computed import Recipe, attach, detach, parameter_of


class WeightNorm(Recipe):
    """g v / |v|, with the norm over all axes but one."""

    def __init__(self, name: str, axes: tuple[int, ...] | None) -> None:
        self.name, self.axes = name, axes

    def compute(self, module: Any) -> Any:
        v = getattr(module, f"{self.name}_v")
        return v * (getattr(module, f"{self.name}_g") / norm(v, self.axes))


def norm(v: Any, axes: tuple[int, ...] | None) -> Any:
    return np.sqrt(np.sum(v * v, axis=axes, keepdims=axes is not None))


def weight_norm(module: Any, name: str = "weight", dim: int | None = 0) -> Any:
    """Let a weight be computed as length times direction, w = g v / |v|, both trained; returns the module.

    dim   the axis along which there are lengths of their own, such as that of the outputs; None for a single one

    The parameters are `weight_g` and `weight_v` then, as in PyTorch's older `torch.nn.utils.weight_norm` (its newer form, with
    keys of a submodule "parametrizations", has no counterpart: parameters are plain attributes here). `module.weight` is
    computed whenever it is read, once a forward, and has gradients. Salimans and Kingma 2016.

    >>> import nn
    >>> layer = nn.utils.weight_norm(nn.Linear(3, 2))
    >>> {key: array.shape for key, array in layer.state_dict().items()}
    {'bias': (2,), 'weight_g': (2, 1), 'weight_v': (2, 3)}
    """
    w = parameter_of(module, name, "weight_norm")
    axes = None
    if dim is not None and dim != -1:  # as in PyTorch, -1 too stands for all axes
        axis = axis_of(w, dim, "weight_norm")
        axes = tuple(i for i in range(w.ndim) if i != axis)
    delattr(module, name)
    setattr(module, f"{name}_g", Parameter(norm(w.numpy(), axes)))
    setattr(module, f"{name}_v", Parameter(w.numpy()))
    attach(module, name, WeightNorm(name, axes))
    return module


def remove_weight_norm(module: Any, name: str = "weight") -> Any:
    """Make a weight that `weight_norm` split a plain parameter again; returns the module.

    >>> import nn
    >>> layer = nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(3, 2)))
    >>> list(layer.state_dict())
    ['bias', 'weight']
    """
    _, value = detach(module, name, WeightNorm, "remove_weight_norm")
    for part in ("g", "v"):
        delattr(module, f"{name}_{part}")
    setattr(module, name, value)
    return module


class SpectralNorm(Recipe):
    """w / sigma, with sigma from the vectors u and v of the last power iteration."""

    def __init__(self, name: str, n_power_iterations: int, eps: float, axis: int) -> None:
        self.name, self.n_power_iterations, self.eps, self.axis = name, n_power_iterations, eps, axis

    def compute(self, module: Any) -> Any:
        w = getattr(module, f"{self.name}_orig")
        u, v = (getattr(module, f"{self.name}_{part}").numpy() for part in "uv")
        return w / np.dot(u, np.matmul(self.matrix(w), v))

    def advance(self, module: Any) -> None:
        w = self.matrix(getattr(module, f"{self.name}_orig").numpy())
        u, v = (ag.writable(getattr(module, f"{self.name}_{part}")) for part in "uv")
        for _ in range(self.n_power_iterations):
            v[...] = unit(w.T @ u, self.eps)
            u[...] = unit(w @ v, self.eps)

    def matrix(self, w: Any) -> Any:
        """The weight as a matrix, one row for each output."""
        return np.reshape(np.moveaxis(w, self.axis, 0), (w.shape[self.axis], -1))


def unit(x: Any, eps: float) -> Any:
    return x / max(np.linalg.norm(x).item(), eps)


def spectral_norm(
    module: Any,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
    generator: Any = None,
) -> Any:
    """Let a weight be divided by its largest singular value; returns the module.

        w = w_orig / (u' W v)     W = w_orig as a matrix with a row for each output

    u and v are buffers, brought nearer to the singular vectors by n_power_iterations in each forward in training.

    dim         the axis of the outputs: by default 1 for transposed convolutions, else 0
    eps         the least norm that vectors are divided by
    generator   for the first u and v

    The parameter is `weight_orig`, the buffers are `weight_u` and `weight_v`, as in PyTorch's older
    `torch.nn.utils.spectral_norm`; see `weight_norm`. Miyato et al. 2018.

    >>> import nn, numpy as np
    >>> layer = nn.utils.spectral_norm(nn.Linear(3, 2), n_power_iterations=50)
    >>> y = layer(np.ones((1, 3)))
    >>> round(float(np.linalg.svdvals(layer.weight.numpy())[0]), 4)
    1.0
    """
    w = parameter_of(module, name, "spectral_norm")
    whole(n_power_iterations, "spectral_norm: n_power_iterations", 1)
    if dim is None:
        dim = 1 if getattr(module, "transposed", False) else 0
    recipe = SpectralNorm(
        name, n_power_iterations, within(eps, "spectral_norm: eps", 0), axis_of(w, dim, "spectral_norm")
    )
    random = stream(generator)
    delattr(module, name)
    setattr(module, f"{name}_orig", w)
    for part, size in zip("uv", recipe.matrix(w.numpy()).shape, strict=True):
        module.register_buffer(f"{name}_{part}", unit(random.normal(size=size), eps).astype(w.dtype))
    attach(module, name, recipe)
    return module


def remove_spectral_norm(module: Any, name: str = "weight") -> Any:
    """Make a weight that `spectral_norm` divides a plain parameter again, with its last value; returns the module.

    >>> import nn
    >>> layer = nn.utils.remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(3, 2)))
    >>> list(layer.state_dict())
    ['bias', 'weight']
    """
    _, value = detach(module, name, SpectralNorm, "remove_spectral_norm")
    for part in ("orig", "u", "v"):
        delattr(module, f"{name}_{part}")
    module._buffers = {key: saved for key, saved in module._buffers.items() if key not in (f"{name}_u", f"{name}_v")}
    setattr(module, name, value)
    return module


def axis_of(w: Any, dim: int, asked: str) -> int:
    """An axis of a weight, counted from the front."""
    axes: int = w.ndim
    if not -axes <= whole(dim, f"{asked}: dim", -np.inf) < axes:
        raise SettingError(f"{asked}: dim is {dim}, and the weight of shape {w.shape} has {axes} axes")
    return dim % axes
