"""What optimisers share: groups of parameters, their state, and room to compute in, a step allocates nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

import autograd_core as ag
from autograd_core.errors import GradientError, ShapeError

from ..errors import KindError, SettingError, StateDictError
from ..parameter import Parameter
from ..settings import described, parameters_in

Array: TypeAlias = np.ndarray[Any, Any]
Group: TypeAlias = dict[str, Any]


class Workspace:
    """Room for the steps of all parameters of one dtype: two buffers of the largest size, and the numbers of a step.

    A number that is an array of shape () and of the right dtype already halves the cost of a small product.
    """

    def __init__(self, dtype: np.dtype[Any], size: int, count: int) -> None:
        self.buffers = np.empty(size, dtype), np.empty(size, dtype)
        self.line = np.empty(count, dtype)
        self.numbers = tuple([self.line[i, ...] for i in range(count)])
        self.values: tuple[float, ...] | None = None

    def hold(self, values: tuple[float, ...]) -> None:
        if values != self.values:
            self.line[:] = values
            self.values = values


class Memory:
    """What is kept for one parameter between steps: its state, and two arrays of its shape to compute in."""

    __slots__ = ("dtype", "first", "numbers", "second", "state")

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state
        self.dtype: np.dtype[Any] | None = None

    def settle(self, like: Array, workspace: Workspace) -> None:
        """Take room of the shape and dtype of the parameter, which may have been converted since the last step."""
        self.dtype, self.numbers = like.dtype, workspace.numbers
        self.first, self.second = (b[: like.size].reshape(like.shape) for b in workspace.buffers)
        for name, value in self.state.items():
            if isinstance(value, np.ndarray):
                self.state[name] = value.astype(like.dtype, copy=False)


class Desk(NamedTuple):
    """What belongs to one group: a memory per parameter, a workspace per dtype, and whether any of them is a Scalar."""

    memories: list[Memory]
    workspaces: dict[np.dtype[Any], Workspace]
    has_scalars: bool


class Optimizer:
    """The base of optimisers: a subclass gives the numbers of a step, and how one array changes by its gradient.

    params     parameters, or groups of them: dicts with "params" and settings that differ from the defaults
    defaults   the settings of a group that does not say otherwise

    `param_groups` may be changed between steps, as in `optimizer.param_groups[0]["lr"] = 0.01`; `state[p]` is what is
    remembered of a parameter. Scalars are parameters like any other. Frozen parameters may be among them.
    Raises KindError for what is no parameter, GradientError for a value that was computed or needs no gradient.

    >>> import nn, numpy as np
    >>> class SignDescent(nn.optim.Optimizer):
    ...     def __init__(self, params, lr):
    ...         super().__init__(params, {"lr": lr})
    ...     def numbers(self, group):
    ...         return (group["lr"],)
    ...     def update(self, w, g, memory, group):
    ...         w -= memory.numbers[0] * np.sign(g)
    >>> w = nn.Parameter([1.0, -2.0])
    >>> np.sum(w * w).backward()
    >>> SignDescent([w], lr=0.5).step()
    >>> w
    tensor([ 0.5, -1.5], dtype=float32, requires_grad=True)
    """

    def __init__(self, params: Iterable[Any], defaults: Mapping[str, Any]) -> None:
        groups = parameters_in(params, type(self).__name__)
        self.defaults = dict(defaults)
        self.param_groups: list[Group] = []
        self.state: dict[Any, dict[str, Any]] = {}
        self._desks: list[Desk] = []
        if not groups:
            raise SettingError(
                f"{type(self).__name__} was given no parameters; if they came from model.parameters(), "
                "a loop may have used them up: call it anew"
            )
        for group in groups if isinstance(groups[0], Mapping) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Take further parameters, with settings of their own."""
        name = type(self).__name__
        if "params" not in param_group:
            raise SettingError(f'a group of {name} has {list(param_group)}: give its parameters under "params"')
        params = param_group["params"]
        params = [params] if isinstance(params, (ag.Tensor, ag.Scalar)) else parameters_in(params, name)
        known = {id(p) for p in self.state}
        for p in params:
            check_parameter(p, name)
            if id(p) in known:
                raise SettingError(f"{name} was given {described(p)} twice: give each parameter once, in one group")
            known.add(id(p))
        group = {**self.defaults, **param_group, "params": params}
        self.check(group)
        self.param_groups.append(group)
        self.state.update((p, {}) for p in params)
        self._desks.append(Desk([Memory(self.state[p]) for p in params], {}, any(type(p) is ag.Scalar for p in params)))

    def check(self, group: Group) -> None:
        """Raise SettingError for settings that have no meaning."""

    def numbers(self, group: Group) -> tuple[float, ...]:
        """The numbers that the formula of a step needs."""
        raise NotImplementedError

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        """Change the array w of a parameter in place, by its gradient g."""
        raise NotImplementedError

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient; those without stay as they are.

        closure   computes the loss again and calls backward first; what it returns is returned
        """
        loss = None if closure is None else closure()
        for group, (memories, workspaces, has_scalars) in zip(self.param_groups, self._desks, strict=True):
            values, params = self.numbers(group), group["params"]
            for workspace in workspaces.values():
                workspace.hold(values)
            pairs = [pair_of(p) for p in params] if has_scalars else ag.updatable(params)
            for pair, memory in zip(pairs, memories, strict=True):
                if pair is not None:
                    w, g = pair
                    if memory.dtype is not w.dtype:
                        memory.settle(w, workspace_for(w.dtype, params, workspaces, values))
                    self.update(w, g, memory, group)
            if has_scalars:
                for p, pair in zip(params, pairs, strict=True):
                    if type(p) is ag.Scalar and pair is not None:
                        p.data = pair[0].item()
        return loss

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None

    def state_dict(self) -> dict[str, Any]:
        """A copy of the state and the settings, with numbers in place of parameters, as PyTorch's.

        "state": what is remembered, by parameter   "param_groups": the settings, and under "params" the numbers
        """
        numbers = {p: i for i, p in enumerate(self.state)}
        state = {
            i: {k: np.copy(v) if isinstance(v, np.ndarray) else v for k, v in self.state[p].items()}
            for p, i in numbers.items()
        }
        groups = [{**group, "params": [numbers[p] for p in group["params"]]} for group in self.param_groups]
        return {"state": {i: s for i, s in state.items() if s}, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state that `state_dict` gave; the parameters must come in the same order.

        Raises ShapeError if the groups or the shapes differ, StateDictError for what is no such state.
        """
        if not isinstance(state_dict, Mapping) or not {"param_groups", "state"} <= state_dict.keys():
            raise StateDictError(
                f"{type(self).__name__} goes on from a dict with 'state' and 'param_groups', and was given "
                f"{list(state_dict) if isinstance(state_dict, Mapping) else type(state_dict).__name__}: "
                "give what its own state_dict() returned"
            )
        groups, state = state_dict["param_groups"], state_dict["state"]
        theirs, ours = [len(g["params"]) for g in groups], [len(g["params"]) for g in self.param_groups]
        if theirs != ours:
            raise ShapeError(
                f"the state is of groups of {theirs} parameters, but this {type(self).__name__} has groups of {ours}"
            )
        order = list(self.state)
        for i, kept in state.items():
            for name, value in kept.items():
                if np.ndim(value) and np.shape(value) != order[i].shape:
                    raise ShapeError(f"{name} of parameter {i} is {np.shape(value)}, the parameter is {order[i].shape}")
        for group, saved in zip(self.param_groups, groups, strict=True):
            group.update({name: value for name, value in saved.items() if name != "params"})
        for i, p in enumerate(order):
            self.state[p].clear()
            self.state[p].update(
                {k: np.array(v) if isinstance(v, np.ndarray) else v for k, v in state.get(i, {}).items()}
            )
        for memory in (memory for desk in self._desks for memory in desk.memories):
            memory.dtype = None  # so that the state is brought to the parameter's dtype

    def __repr__(self) -> str:
        lines = [", ".join(f"{k}={v!r}" for k, v in group.items() if k != "params") for group in self.param_groups]
        return f"{type(self).__name__}({'; '.join(lines)})"


def check_parameter(p: Any, optimizer: str) -> None:
    """Raise KindError or GradientError for a value that training could not change, or never would."""
    if not isinstance(p, (ag.Tensor, ag.Scalar)):
        raise KindError(
            f"{optimizer} takes Tensors or Scalars, and was given {described(p)} among them: pass model.parameters()"
        )
    if not p.is_leaf:
        raise GradientError(
            f"{optimizer} changes leaves, and {described(p)} was computed from others: pass those, or make a leaf of it "
            "with nn.Parameter(x.detach())"
        )
    if not p.requires_grad and not isinstance(p, Parameter):  # a frozen parameter may thaw, a constant was not meant
        raise GradientError(
            f"{optimizer} follows gradients, and {described(p)} requires none: make it with requires_grad=True, or as "
            "nn.Parameter"
        )


def workspace_for(
    dtype: np.dtype[Any], params: list[Any], known: dict[np.dtype[Any], Workspace], values: tuple[float, ...]
) -> Workspace:
    """The workspace of a dtype, made when first asked for."""
    if dtype not in known:
        known[dtype] = Workspace(dtype, max(p.size for p in params), len(values))
        known[dtype].hold(values)
    return known[dtype]


def pair_of(p: Any) -> tuple[Array, Array] | None:
    """As `ag.updatable`, for one value; of a Scalar the array is a copy, to be written back."""
    if p.grad is None:
        return None
    if type(p) is ag.Scalar:
        return np.array(p.data), np.array(float(p.grad))
    return ag.updatable([p])[0]
