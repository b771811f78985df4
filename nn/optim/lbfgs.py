"""L-BFGS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np

import autograd_core as ag

from ..errors import KindError, SettingError
from ..settings import as_float, one_of, whole, within
from .line_search import Trial, strong_wolfe
from .optimizer import Group, Optimizer
from .room import Array


class LBFGS(Optimizer):
    """Newton's steps with a Hessian guessed from the last gradients; the arguments of `torch.optim.LBFGS`.

    A step is up to max_iter iterations, each of

        d = -H g                                     H from the pairs s = w' - w, y = g' - g of the last iterations
        w = w + t * d                                t = lr; 1 / sum(|g|) of it in the very first

    max_eval           how often the closure may be called in a step, by default 1.25 * max_iter
    tolerance_grad     a step ends when no gradient is larger
    tolerance_change   or when neither loss nor parameters change by more
    history_size       the number of pairs that are kept
    line_search_fn     "strong_wolfe" to search for a t that keeps the Wolfe conditions, starting with the one above

    For smooth losses of all data at once. Nocedal and Wright 2006, algorithms 7.4 and 7.5. There is one group of parameters; its
    state is kept with the first one, as in PyTorch.

    >>> import nn, numpy as np
    >>> w = nn.Parameter(np.zeros(2))
    >>> optimizer = nn.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2
    ...     loss.backward()
    ...     return loss
    >>> for _ in range(3):
    ...     loss = optimizer.step(closure)
    >>> np.round(w, 4).tolist()
    [1.0, 1.0]
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        limits = {"max_iter": max_iter, "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval}
        tolerances = {"tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change}
        more = {"history_size": history_size, "line_search_fn": line_search_fn}
        super().__init__(params, {"lr": lr, **limits, **tolerances, **more})

    def check(self, group: Group) -> None:
        super().check(group)
        for name in ("max_iter", "max_eval", "history_size"):
            whole(group[name], f"LBFGS: {name}", 1)
        for name in ("tolerance_grad", "tolerance_change"):
            within(group[name], f"LBFGS: {name}", 0)
        one_of(group["line_search_fn"], "LBFGS: line_search_fn", (None, "strong_wolfe"))

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        if self.param_groups:
            raise SettingError(
                "LBFGS takes all parameters as one vector, with the same settings: give them as one list"
            )
        super().add_param_group(param_group)

    def fits(self, name: str, value: Any, p: Any) -> bool:
        size = sum(p.size for p in self.param_groups[0]["params"])
        return all(np.shape(part) in ((), (size,)) for part in (value if isinstance(value, list) else [value]))

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Go down until a limit or a tolerance is reached; returns the loss that the closure gave first.

        closure   computes the loss, calls backward, and returns the loss
        """
        if closure is None:
            raise KindError(
                "LBFGS computes the loss several times in a step: give it a closure that does, and calls backward"
            )
        group, objective = self.param_groups[0], Objective(self.param_groups[0]["params"], closure)
        state, lr, tolerance = self.state[group["params"][0]], group["lr"], group["tolerance_change"]
        answer, loss, g = objective()
        is_done = largest(g) <= group["tolerance_grad"]
        for left in range(0 if is_done else group["max_iter"], 0, -1):
            is_first = "d" not in state
            d = first_direction(state, g) if is_first else direction(state, g, group["history_size"])
            t = min(1.0, 1 / float(np.sum(np.abs(g)))) * lr if is_first else lr
            state.update(n_iter=state.get("n_iter", 0) + 1, d=d, t=t, prev_flat_grad=g, prev_loss=loss)
            before, slope, x = loss, float(g @ d), objective.position()
            if slope > -tolerance:
                break
            if group["line_search_fn"] is not None:
                most = group["max_eval"] - objective.calls
                start = Trial(0.0, loss, g, slope)
                t, loss, g, _ = strong_wolfe(partial(objective.trial, x, d), start, t, largest(d), most)
                state["t"] = t
            objective.place(x, d, t)
            if group["line_search_fn"] is None and left > 1:
                _, loss, g = objective()
            if objective.calls >= group["max_eval"] or largest(g) <= group["tolerance_grad"]:
                break
            if largest(d) * t <= tolerance or abs(loss - before) < tolerance:
                break
        state["func_evals"] = state.get("func_evals", 0) + objective.calls
        return answer


class Objective:
    """The loss as a function of one vector, that of all parameters in their order."""

    def __init__(self, params: list[Any], closure: Callable[[], Any]) -> None:
        self.params, self.closure, self.calls = params, ag.enable_grad()(closure), 0
        self.ends = list(accumulate(p.size for p in params))

    def __call__(self) -> tuple[Any, float, Array]:
        """What the closure returned, the loss as a number, and its gradient where the parameters are."""
        self.calls += 1
        answer = self.closure()
        return (
            answer,
            as_float(answer, "LBFGS: what the closure returned"),
            np.concatenate([gradient_of(p) for p in self.params]),
        )

    def position(self) -> Array:
        return np.concatenate([np.ravel(p.data) for p in self.params])

    def place(self, x: Array, d: Array, t: float) -> None:
        """Put the parameters to x + t * d."""
        for p, part in zip(self.params, np.split(x + t * d, self.ends[:-1]), strict=True):
            if isinstance(p, ag.Scalar):
                p.data = part.item()
            else:
                ag.writable(p)[...] = part.reshape(p.shape)

    def trial(self, x: Array, d: Array, t: float) -> Trial:
        self.place(x, d, t)
        _, loss, g = self()
        return Trial(t, loss, g, float(g @ d))


def gradient_of(p: Any) -> Array:
    if p.grad is None:
        return np.zeros(p.size, p.dtype)
    return np.ravel(getattr(p.grad, "data", p.grad))


def largest(x: Array) -> float:
    return float(np.max(np.abs(x), initial=0.0))


def first_direction(state: dict[str, Any], g: Array) -> Array:
    """Straight down, with nothing known."""
    state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1.0)
    return -g


def direction(state: dict[str, Any], g: Array, history_size: int) -> Array:
    """-H g, with the pair of the last step added to those that make H; PyTorch's names say "dirs" for the y, "stps" for the s."""
    ys, steps, ro = state["old_dirs"], state["old_stps"], state["ro"]
    y, s = g - state["prev_flat_grad"], state["d"] * state["t"]
    curvature = float(y @ s)
    if curvature > 1e-10:  # else H would not be positive
        for kept, new in ((ys, y), (steps, s), (ro, 1 / curvature)):
            kept.append(new)
            del kept[:-history_size]
        state["H_diag"] = curvature / float(y @ y)
    q, shares = -g, []
    for y, s, r in zip(reversed(ys), reversed(steps), reversed(ro), strict=True):
        shares.append(r * (s @ q))
        q -= shares[-1] * y
    q *= state["H_diag"]
    for y, s, r, share in zip(ys, steps, ro, reversed(shares), strict=True):
        q += (share - r * (y @ q)) * s
    return q
