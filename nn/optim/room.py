"""Where optimisers compute: what is remembered of a parameter, and room that is made once, so that a step allocates nothing."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

import autograd_core as ag

Array: TypeAlias = np.ndarray[Any, Any]


class Workspace:
    """Room for the steps of all parameters of one dtype: three buffers of the largest size, and the numbers of a step.

    A number that is an array of shape () and of the right dtype already halves the cost of a small product.
    """

    def __init__(self, dtype: np.dtype[Any], size: int, values: tuple[float, ...], decay: float | None) -> None:
        self.buffers = [np.empty(size, dtype) for _ in range(3)]  # what is never written to takes no memory
        self.line = np.array(values, dtype)
        self.numbers = tuple([self.line[i, ...] for i in range(len(values))])
        self.decay = np.array(decay or 0.0, dtype)


class Memory:
    """What is kept for one parameter between steps, and what a step computes with.

    state              what `state_dict` saves
    numbers, decay     those that the optimiser gave for this step, and that of weight decay
    first, second      room of the parameter's shape; `mask` is the room of `second` as booleans
    gradient           room for a gradient that is not the parameter's own, such as one with weight decay
    """

    __slots__ = ("decay", "dtype", "first", "gradient", "mask", "numbers", "second", "state")

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state
        self.dtype: np.dtype[Any] | None = None

    def settle(self, like: Array, workspace: Workspace) -> None:
        """Take room of the shape and dtype of the parameter, which may have been converted since the last step."""
        self.dtype, self.numbers, self.decay = like.dtype, workspace.numbers, workspace.decay
        first, second, gradient = (buffer[: like.size] for buffer in workspace.buffers)
        self.first, self.second, self.gradient = (room.reshape(like.shape) for room in (first, second, gradient))
        self.mask = second.view(bool)[: like.size].reshape(like.shape)
        for name, value in self.state.items():
            if isinstance(value, np.ndarray):
                self.state[name] = value.astype(like.dtype, copy=False)

    def kept(self, name: str, like: Array, start: float = 0.0) -> Array:
        """The array of that name in the state; at first one like another, filled with a number."""
        array: Array | None = self.state.get(name)
        if array is None:
            array = self.state[name] = np.full_like(like, start)
        return array

    def prepared(self, w: Array, g: Array, maximize: Any, decays: bool, decoupled: bool) -> Array:
        """The gradient to descend by: turned round to maximize, and with the weights' decay, unless it is they that decay."""
        if maximize:
            g = np.negative(g, out=self.gradient)
        if decays and decoupled:
            np.multiply(w, self.decay, w)
        elif decays:
            g = np.add(g, np.multiply(w, self.decay, self.first), out=self.gradient)
        return g


class Desk:
    """What belongs to one group: a memory per parameter, a workspace per dtype, and the numbers of the step."""

    def __init__(self, params: list[Any], state: dict[Any, dict[str, Any]]) -> None:
        self.memories = [Memory(state[p]) for p in params]
        self.has_scalars = any(type(p) is ag.Scalar for p in params)
        self.size = max((p.size for p in params), default=0)
        self.workspaces: dict[np.dtype[Any], Workspace] = {}
        self.values: tuple[float, ...] = ()
        self.decay: float | None = None

    def hold(self, values: tuple[float, ...], decay: float | None) -> None:
        """Take the numbers of a step, and that of weight decay."""
        if values != self.values:
            self.values = values
            for workspace in self.workspaces.values():
                workspace.line[:] = values
        if decay is not None and decay != self.decay:
            self.decay = decay
            for workspace in self.workspaces.values():
                workspace.decay[...] = decay

    def settle(self, memory: Memory, like: Array) -> None:
        """Give a memory room for arrays like a parameter's."""
        if like.dtype not in self.workspaces:
            self.workspaces[like.dtype] = Workspace(like.dtype, self.size, self.values, self.decay)
        memory.settle(like, self.workspaces[like.dtype])

    def pairs(self, params: list[Any]) -> list[tuple[Array, Array] | None]:
        """As `ag.updatable`, but of Scalars there are copies, to be written back."""
        return [pair_of_scalar(p) if type(p) is ag.Scalar else ag.updatable([p])[0] for p in params]

    def write_back(self, params: list[Any], pairs: list[tuple[Array, Array] | None]) -> None:
        """Give Scalars the numbers that their arrays hold now."""
        for p, pair in zip(params, pairs, strict=True):
            if type(p) is ag.Scalar and pair is not None:
                p.data = pair[0].item()


def pair_of_scalar(s: Any) -> tuple[Array, Array] | None:
    return None if s.grad is None else (np.array(s.data), np.array(float(s.grad)))


def running_mean(mean: Array, keep: Array, value: Array, rest: Array, room: Array) -> None:
    """mean = keep * mean + rest * value, in place."""
    np.multiply(mean, keep, mean)
    np.add(mean, np.multiply(value, rest, room), mean)
