"""Functions that are shown gradients on the way back: of one value, or of several together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np

from .backward import require_graph
from .batches import all_batched
from .errors import GradientError
from .families import layout
from .modes import current
from .recording import KEEP, Node, Scalar, Value, Watch
from .samples import sample
from .trees import flatten, spread

_keys = count()


def retain_grad(self: Value) -> None:
    """Keep the gradient of this computed value in `.grad` too."""
    watch_of(require_graph(self, "retain_grad()"), "retain_grad()").keep = True


def register_hook(self: Value, hook: Callable[[Any], Any]) -> Callable[[], None]:
    """Call `hook(gradient)` whenever a gradient of this value is computed; a value it returns replaces the gradient.

    Returns a function that removes the hook.
    """
    if not callable(hook):
        raise GradientError(f"register_hook takes a function of the gradient, not {hook!r}")
    return hooked_node(require_graph(self, "register_hook()"), hook, "register_hook()")


def hooked_node(node: Node, hook: Callable[[Any], Any], asked: str) -> Callable[[], None]:
    watch, key = watch_of(node, asked), next(_keys)
    watch.hooks[key] = hook
    return lambda: watch.hooks.pop(key, None) and None


def watch_of(node: Node, asked: str) -> Watch:
    """The node's own watch, made when first asked for."""
    if node.watch is not None and node.watch.spent:
        raise GradientError(f"{asked}: backward has already been called through {node!r}; ask before it")
    if node.watch is None or node.watch is KEEP:
        node.watch = Watch(keep=node.watch is KEEP)
    return node.watch


together = layout(
    lambda *xs: tuple([np.array(x) for x in xs]),
    lambda gs, xs_like: gs,
    outputs=-1,
    name="hooked",
    samples=lambda: [
        sample(np.ones((2, 3)), np.array([1.0, 2.0])),
        sample(np.ones(2, np.float32)),
        sample(np.ones((2, 0)), np.array([1j]), np.float64(2.0)),
    ],
    batch=lambda made, xs, batched, settings: made.call(*all_batched(xs, batched)),
)


def hooked(x: Any, hook: Callable[[Any], Any]) -> Any:
    """The same values, in their containers, whose gradients a hook is shown together.

    hook   (gradients in the containers of x) -> None, or what replaces them, in these containers. There is None for what needs
           no gradient and for a value that nothing depends on; None in an answer leaves a gradient as it is.

    Where nothing in x needs a gradient x itself is returned. Raises ShapeError for an answer in other containers, GradientError
    for one of another shape, and within vmap, where gradients are those of many examples.

    >>> import numpy as np, autograd_core as ag
    >>> a, b = ag.tensor([1.0, 2.0], requires_grad=True), ag.scalar(3.0)
    >>> hooked_a, hooked_b = ag.hooked((a, b), lambda gs: (2 * gs[0], None))
    >>> np.sum(hooked_a * hooked_b).backward()
    >>> a.grad, b.grad
    (tensor([6., 6.]), 3.0)
    """
    if not callable(hook):
        raise GradientError(f"hooked takes a function of the gradients, not {hook!r}")
    leaves, rebuild = flatten(x)
    live = [isinstance(leaf, Value) and leaf.requires_grad for leaf in leaves]
    if not any(live) or not current().recording:
        return x
    for leaf, is_live in zip(leaves, live, strict=True):
        if is_live:
            require_graph(leaf, "a hook")
    made = together(*[leaf for leaf, is_live in zip(leaves, live, strict=True) if is_live])

    def shown(gs: Sequence[Any]) -> Sequence[Any] | None:
        rest = iter(gs)
        given = rebuild([next(rest) if is_live else None for is_live in live])
        answer = hook(given)
        if answer is None:
            return None
        return [new for new, is_live in zip(spread(x, answer, "the answer of a hook"), live, strict=True) if is_live]

    hooked_node(made[0].node.first, shown, "a hook")
    rest = iter(made)
    return rebuild(
        [
            leaf if not is_live else next(rest).scalar() if isinstance(leaf, Scalar) else next(rest)
            for leaf, is_live in zip(leaves, live, strict=True)
        ]
    )
