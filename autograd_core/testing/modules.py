"""`check_module`: the gradients of a layer or model by its parameters and inputs, and what a module promises besides.

Any object will do that has `named_parameters`, `state_dict`, `load_state_dict`, `train` and `eval`, as those of `nn` have.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..recording import Value
from ..streams import drawing_again, listening
from ..trees import flatten
from .cases import plain
from .checks import check_grads
from .reports import Report


def check_module(
    module: Any, inputs: Any, *, order: int = 1, directions: int = 2, rtol: float | None = None, seed: int = 0
) -> Report:
    """Check a module: gradients by all parameters and floating inputs, in training and in evaluation; returns the report.

    inputs   the shape of its one input, or the inputs: an array, or a tuple of them

    A copy in double precision is checked where the module has `double`. Besides the gradients, that
    - training draws the same numbers again for the same gradient, and evaluation draws none and leaves buffers alone;
    - `train` and `eval` reach the module, and `load_state_dict(state_dict())` brings back what was there.
    Raises AssertionError with words for what does not hold. The module itself is left as it was.

    >>> import nn
    >>> from autograd_core.testing import check_module
    >>> check_module(nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), (5, 3)).worst < 1e-6
    True
    """
    twin = copy.deepcopy(module)
    twin = twin.double() if hasattr(twin, "double") else twin
    given = arrays_for(inputs, np.random.default_rng(seed))
    report = Report()
    for name in ("train", "eval"):
        getattr(twin, name)()
        if hasattr(twin, "training") and twin.training is not (name == "train"):
            raise AssertionError(f"{type(module).__name__}.{name}() does not set training to {name == 'train'}")
        f, leaves = pure(twin, given), leaves_of(twin, given)
        check_memory(f, leaves, module)
        try:
            checked = check_grads(f, *leaves, order=order, directions=directions, rtol=rtol, seed=seed)
        except AssertionError as error:
            error.args = (f"{type(module).__name__}, after {name}():\n{error}",)
            raise
        report.rows += checked.rows
        report.notes += [f"{name}: {note}" for note in checked.notes]
    check_evaluation(twin, given)
    check_state(twin, given)
    return report


def arrays_for(inputs: Any, rng: Any) -> list[Any]:
    """The inputs of a module: as given, or random ones of a shape; floating ones in double precision."""
    if isinstance(inputs, tuple) and all(isinstance(n, int) for n in inputs):
        return [rng.standard_normal(inputs)]
    given = [np.asarray(plain(x)) for x in (inputs if isinstance(inputs, tuple) else (inputs,))]
    return [x.astype(float) if x.dtype.kind == "f" else x for x in given]


def leaves_of(module: Any, given: Sequence[Any]) -> tuple[dict[str, Any], list[Any]]:
    """What is differentiated: the parameters by name, and the floating inputs."""
    parameters = {name: np.array(plain(p)) for name, p in module.named_parameters()}
    return parameters, [x for x in given if x.dtype.kind in "fc"]


def pure(module: Any, given: Sequence[Any]) -> Callable[..., Any]:
    """A module as a function of its parameters and floating inputs that forgets: equal numbers drawn, buffers as before."""
    with restored(module), listening() as draws:
        module(*given)

    def f(parameters: dict[str, Any], floating: list[Any]) -> Any:
        rest = iter(floating)
        inputs = [next(rest) if x.dtype.kind in "fc" else x for x in given]
        with restored(module), drawing_again(draws):
            for name, p in module.named_parameters():
                stand_in(p, parameters[name])
            return module(*inputs)

    f.__qualname__ = f"{type(module).__name__} as a function of its parameters and its inputs"
    return f


def stand_in(parameter: Any, value: Any) -> None:
    """Let a parameter have a value and the record of that value, wherever the module holds it."""
    if isinstance(value, Value):
        parameter._data, parameter.node = value._data, value.node
    else:
        parameter._data, parameter.node = np.asarray(value), None


@contextmanager
def restored(module: Any) -> Iterator[None]:
    """Afterwards, parameters and buffers are as they were."""
    held = [(p, p._data, p.node) for _, p in module.named_parameters()]
    buffers = [(b, b._data, np.array(b._data)) for _, b in named_buffers(module)]
    try:
        yield
    finally:
        for p, data, node in held:
            p._data, p.node = data, node
        for b, data, numbers in buffers:
            b._data = data
            if data.flags.writeable:
                data[...] = numbers


def named_buffers(module: Any) -> list[tuple[str, Any]]:
    return list(module.named_buffers()) if hasattr(module, "named_buffers") else []


def check_memory(f: Callable[..., Any], leaves: Any, module: Any) -> None:
    """With the same buffers, and the same numbers drawn, a result is the same."""
    first, second = [[np.array(plain(y)) for y in flatten(f(*leaves))[0]] for _ in range(2)]
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(first, second, strict=True)):
        raise AssertionError(
            f"{type(module).__name__} gives two results for one input: it draws numbers, and not from nn.random's streams, or "
            f"remembers something that is no buffer. Draw with generator= or nn.random.stream(), and remember in "
            f"register_buffer(name, value), written to under no_grad"
        )


def results(module: Any, given: Sequence[Any]) -> list[Any]:
    return [np.array(plain(y)) for y in flatten(module(*given))[0]]


def check_evaluation(module: Any, given: Sequence[Any]) -> None:
    """In evaluation nothing is drawn, and no buffer changes."""
    module.eval()
    before = {name: np.array(plain(b)) for name, b in named_buffers(module)}
    first, second = results(module, given), results(module, given)
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(first, second, strict=True)):
        raise AssertionError(f"{type(module).__name__} in evaluation gives two results for one input")
    for name, b in named_buffers(module):
        if not np.array_equal(before[name], plain(b), equal_nan=True):
            raise AssertionError(f"{type(module).__name__} in evaluation changes its buffer {name}")


def check_state(module: Any, given: Sequence[Any]) -> None:
    """What `state_dict` gives brings the results back, after every parameter was changed."""
    module.eval()
    state = {name: np.array(plain(x)) for name, x in module.state_dict().items()}
    missing = sorted({name for name, _ in module.named_parameters()} - state.keys())
    if missing:
        raise AssertionError(
            f"the state_dict of {type(module).__name__} leaves out the parameters {', '.join(missing)}"
        )
    expected = results(module, given)
    changed = copy.deepcopy(module)
    for _, p in changed.named_parameters():
        p.data = np.asarray(plain(p)) + 1
    changed.load_state_dict(state)
    changed.eval()
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(results(changed, given), expected, strict=True)):
        raise AssertionError(f"{type(module).__name__} gives another result after load_state_dict(state_dict())")
