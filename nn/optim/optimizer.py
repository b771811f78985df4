"""What optimisers share: groups of parameters, their settings and state, and the walk over them in a step."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeAlias

import numpy as np

import autograd_core as ag
from autograd_core.errors import DTypeError, GradientError, ShapeError

from ..errors import KindError, SettingError, StateDictError
from ..parameter import Parameter
from ..settings import described, one_of, parameters_in, two, within
from .room import Array, Desk, Memory

Group: TypeAlias = dict[str, Any]

# a setting means the same for every optimiser that has it
AT_LEAST_0 = (
    "lr",
    "eps",
    "weight_decay",
    "momentum",
    "momentum_decay",
    "lr_decay",
    "initial_accumulator_value",
    "alpha",
)
SWITCHES = ("maximize", "nesterov", "amsgrad", "centered", "decoupled_weight_decay")
NO_DECAY = (None, False)
OF_PYTORCH_ALONE = {"foreach", "fused", "capturable", "differentiable"}  # which of its implementations is to compute
NUMBERS_OF_A_STATE = ("step", "mu_product", "eta", "mu")  # all else that has the shape of a parameter is an array


class Optimizer:
    """The base of optimisers: a subclass gives the numbers of a step, and how one array changes by its gradient.

    params     parameters, or groups of them: dicts with "params" and settings that differ from the defaults; pairs of a name
               and a parameter are taken too, as `model.named_parameters()` gives them
    defaults   the settings of a group that does not say otherwise

    `maximize` and `weight_decay` among the settings are seen to here: `update` gets the gradient to descend by.
    `param_groups` may be changed between steps, as in `optimizer.param_groups[0]["lr"] = 0.01`; `state[p]` is what is
    remembered of a parameter. Scalars are parameters like any other. Frozen parameters may be among them.
    Raises KindError for what is no parameter, GradientError for a value that was computed or needs no gradient, DTypeError for
    complex parameters where they have no meaning, SettingError for settings out of their range.

    >>> import nn, numpy as np
    >>> class SignDescent(nn.optim.Optimizer):
    ...     def __init__(self, params, lr, maximize=False):
    ...         super().__init__(params, {"lr": lr, "maximize": maximize})
    ...     def numbers(self, group, t):
    ...         return (group["lr"],)
    ...     def update(self, w, g, memory, group):
    ...         w -= memory.numbers[0] * np.sign(g)
    >>> w = nn.Parameter([1.0, -2.0])
    >>> np.sum(w * w).backward()
    >>> SignDescent([w], lr=0.5).step()
    >>> w
    tensor([ 0.5, -1.5], dtype=float32, requires_grad=True)
    """

    counts_steps: ClassVar[bool] = True  # whether a state has the number of its steps
    takes_complex: ClassVar[bool] = False

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
        group = {**self.defaults, **param_group, "params": params}
        if params and all(isinstance(p, tuple) for p in params):
            group["param_names"], group["params"] = map(list, zip(*params, strict=True))
        known = {id(p) for p in self.state}
        for p in group["params"]:
            check_parameter(p, name, self.takes_complex)
            if id(p) in known:
                raise SettingError(f"{name} was given {described(p)} twice: give each parameter once, in one group")
            known.add(id(p))
        self.check(group)
        self.param_groups.append(group)
        self.state.update((p, {}) for p in group["params"])
        self._desks.append(Desk(group["params"], self.state))

    # -- what a subclass says ----------------------------------------------------------------------------------------

    def check(self, group: Group) -> None:
        """Raise SettingError for settings that have no meaning."""
        name = type(self).__name__
        for setting in AT_LEAST_0:
            if setting in group:
                within(group[setting], f"{name}: {setting}", 0)
        for setting in SWITCHES:
            if setting in group:
                one_of(group[setting], f"{name}: {setting}", (True, False))
        betas = group.get("betas", (0, 0))
        if not all(0 <= beta < 1 for beta in two(betas, f"{name}: betas")):
            raise SettingError(f"{name}: betas is {betas!r}: give two numbers in [0, 1), as in (0.9, 0.999)")

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        """The numbers that step t needs, counted from 1, for all parameters of a group; they become `memory.numbers`."""
        return ()

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        """Change the array w of a parameter in place, by its gradient g, which stays as it is."""
        raise NotImplementedError

    def fits(self, name: str, value: Any, p: Any) -> bool:
        """Whether something in a saved state has the shape that belongs to the parameter p."""
        return np.shape(value) in ((), p.shape)

    # -- steps -------------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient; those without stay as they are.

        closure   computes the loss again and calls backward first; what it returns is returned
        """
        loss = None if closure is None else ag.enable_grad()(closure)()
        for group, desk in zip(self.param_groups, self._desks, strict=True):
            params = group["params"]
            if desk.has_scalars:
                pairs = desk.pairs(params)
                self.change(group, desk, pairs)
                desk.write_back(params, pairs)
            else:
                self.change(group, desk, ag.updatable(params))
        return loss

    def change(self, group: Group, desk: Desk, pairs: list[tuple[Array, Array] | None]) -> None:
        """Change the arrays of one group by their gradients; both are None where there is no gradient."""
        counts, update, maximize = self.counts_steps, self.update, group.get("maximize")
        decay, decoupled = self.decay(group) if group.get("weight_decay") else NO_DECAY
        prepares = maximize or decay is not None
        held = 0
        if not counts:
            desk.hold(self.numbers(group, 0), decay)
        for pair, memory in zip(pairs, desk.memories, strict=True):
            if pair is not None:
                w, g = pair
                if counts:
                    t = memory.state["step"] = memory.state.get("step", 0) + 1
                    if t != held:  # nearly always once for all
                        held = t
                        desk.hold(self.numbers(group, t), decay)
                if memory.dtype is not w.dtype:
                    desk.settle(memory, w)
                if prepares:
                    g = memory.prepared(w, g, maximize, decay is not None, decoupled)
                update(w, g, memory, group)

    def decay(self, group: Group) -> tuple[float | None, bool]:
        """The number by which weights shrink and True, or by which they add to the gradient and False."""
        rate: float = group["weight_decay"]
        return (1 - group["lr"] * rate, True) if group.get("decoupled_weight_decay") else (rate, False)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters; `set_to_none=False` makes them 0 instead."""
        for group in self.param_groups:
            for p in group["params"]:
                if not set_to_none and p.grad is not None:
                    p.grad = np.zeros(p.shape, p.dtype)
                elif p.node is not None:
                    p.node.grad = None  # what `p.grad = None` does, at a third of its cost

    # -- saving and loading ------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """A copy of the state and the settings, with numbers in place of parameters, as PyTorch's.

        "state": what is remembered, by parameter   "param_groups": the settings, and under "params" the numbers
        """
        numbers = {p: i for i, p in enumerate(self.state)}
        groups = [{**group, "params": [numbers[p] for p in group["params"]]} for group in self.param_groups]
        return copy.deepcopy(
            {"state": {i: self.state[p] for p, i in numbers.items() if self.state[p]}, "param_groups": groups}
        )

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a state that `state_dict` gave, or PyTorch's; the parameters must come in the same order.

        Raises ShapeError if the groups or the shapes differ, StateDictError for what is no such state, SettingError for settings
        without meaning; nothing has been changed then.
        """
        if not isinstance(state_dict, Mapping) or not {"param_groups", "state"} <= state_dict.keys():
            raise StateDictError(
                f"{type(self).__name__} goes on from a dict with 'state' and 'param_groups', and was given "
                f"{list(state_dict) if isinstance(state_dict, Mapping) else type(state_dict).__name__}: "
                "give what its own state_dict() returned"
            )
        groups, order = state_dict["param_groups"], list(self.state)
        theirs, ours = [len(g["params"]) for g in groups], [len(g["params"]) for g in self.param_groups]
        if theirs != ours:
            raise ShapeError(
                f"the state is of groups of {theirs} parameters, but this {type(self).__name__} has groups of {ours}"
            )
        state = {
            i: {name: restored(name, value) for name, value in kept.items()} for i, kept in state_dict["state"].items()
        }
        if unknown := state.keys() - range(len(order)):
            raise StateDictError(
                f"the state is of parameters {sorted(unknown, key=str)}, where 0 to {len(order) - 1} are known"
            )
        for i, kept in state.items():
            for name, value in kept.items():
                if not self.fits(name, value, order[i]):
                    raise ShapeError(f"{name} of parameter {i} is {np.shape(value)}, the parameter is {order[i].shape}")
        loaded = [
            {**ours, **saved, "params": ours["params"]} for ours, saved in zip(self.param_groups, groups, strict=True)
        ]
        for group in loaded:
            self.check(group)
        passed_over = {"params", *OF_PYTORCH_ALONE}
        for group, new in zip(self.param_groups, loaded, strict=True):
            group.update(copy.deepcopy({name: value for name, value in new.items() if name not in passed_over}))
        for i, p in enumerate(order):
            self.state[p].clear()
            self.state[p].update(state.get(i, {}))
        self._furnish()

    def _furnish(self) -> None:
        self._desks = [Desk(group["params"], self.state) for group in self.param_groups]

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: value for name, value in vars(self).items() if name != "_desks"
        }  # a copy computes in room of its own

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._furnish()

    def __repr__(self) -> str:
        lines = [", ".join(f"{k}={v!r}" for k, v in group.items() if k != "params") for group in self.param_groups]
        return f"{type(self).__name__}({'; '.join(lines)})"


def restored(name: str, value: Any) -> Any:
    """Something of a saved state as a value of our own; PyTorch keeps single numbers in Tensors."""
    if isinstance(value, list):
        return [restored(name, part) for part in value]
    array = np.array(value) if hasattr(value, "__array__") else value
    return array.item() if name in NUMBERS_OF_A_STATE and isinstance(array, np.ndarray) else array


def check_parameter(p: Any, optimizer: str, takes_complex: bool) -> None:
    """Raise KindError, GradientError or DTypeError for a value that training could not change, or never would."""
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
    if p.dtype.kind == "c" and not takes_complex:
        raise DTypeError(f"{optimizer} scales real gradients: give real and imaginary parts as parameters of their own")
