"""`vmap`: a function of one example, run on a whole batch at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from operator import index
from typing import Any, NoReturn

import numpy as np

from . import dispatch
from .batches import Batched, Level, bare, leaving
from .errors import DTypeError, GradientError, MutationError, ShapeError
from .memory import Storage
from .methods import METHODS
from .primitives import indexing, layouts, steps
from .recording import Value, data_of
from .tensors import COMPARISONS, OPERATORS, PARTS, UNARY, install_operators, reflected, square_or_power
from .transforms import Function, check_function
from .trees import flatten
from .ufunc_calls import array_ufunc

Axes = Any  # an int, None, or a container of them that matches the argument


def vmap(f: Function, in_axes: Axes = 0, out_axes: Axes = 0) -> Function:
    """The function that computes f, written for one example, for all examples of a batch at once.

    in_axes   the axis of each argument that counts the examples; None for an argument that is the same for all. One for all
              arguments, a tuple with one for each, or containers of them that match the arguments'
    out_axes  where that axis goes in the results; likewise

    Every operation of f is called once, on all examples, and recorded as any other: a gradient of vmap and vmap of a gradient
    are both quick. Keyword arguments are passed on as they are. What f returns without looking at an example is repeated.

    Raises ShapeError if the arguments disagree on the number of examples, LeavingError where f takes the number out of an
    example, as in `if x > 0`: the answer may differ between examples, so write ag.where.

    >>> import numpy as np, autograd_core as ag
    >>> w, x = np.array([1.0, 2.0]), np.array([[1.0, 0.0], [3.0, 1.0]])
    >>> ag.vmap(ag.grad(lambda w, x: np.sum(w * x) ** 2), in_axes=(None, 0))(w, x)
    array([[ 2.,  0.],
           [30., 10.]])
    """

    check_function(f, "vmap")

    @wraps(f)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        given, rebuild = flatten(list(args))
        axes = matched(in_axes, args, "in_axes")
        with Level(examples(given, axes, args)) as level:
            output = f(
                *rebuild([x if a is None else one_of(x, a, level) for x, a in zip(given, axes, strict=True)]),
                **kwargs,
            )
        results, rebuild_output = flatten(output)
        places = matched(out_axes, output, "out_axes")
        return rebuild_output([collected(y, a, level) for y, a in zip(results, places, strict=True)])

    return mapped


# -- axes --------------------------------------------------------------------------------------------------------------------


def matched(axes: Axes, tree: Any, asked: str) -> list[int | None]:
    """An axis for each leaf of a tree, from axes that stand for whole branches."""
    if tree is None:
        return []
    if isinstance(tree, dict):
        branches: list[Any] = list(tree.values())
        keys = list(tree)
    elif isinstance(tree, (tuple, list)):
        branches, keys = list(tree), list(range(len(tree)))
    else:
        return [None if axes is None else axis_of(axes, asked)]
    if axes is None or not isinstance(axes, (tuple, list, dict)):
        axes = dict.fromkeys(keys, axes)
    elif not isinstance(axes, dict):
        axes = dict(enumerate(axes))
    if set(axes) != set(keys):
        raise ShapeError(
            f"vmap: {asked} has entries for {list(axes)}, but what it describes has {keys}: give one for each, or an integer or "
            f"None for all"
        )
    return [axis for key, branch in zip(keys, branches, strict=True) for axis in matched(axes[key], branch, asked)]


def axis_of(axis: Any, asked: str) -> int:
    try:
        return index(axis)
    except TypeError as error:
        raise ShapeError(f"vmap: {asked} names axes by integers, or None for no axis; not {axis!r}") from error


def examples(leaves: Sequence[Any], axes: Sequence[int | None], args: Sequence[Any]) -> int:
    """How many examples there are; raises ShapeError unless all that is batched agrees."""
    found: list[tuple[str, int, int]] = []
    for name, x, axis in zip(places(args), leaves, axes, strict=True):
        if axis is None:
            continue
        if not isinstance(x, (Value, np.ndarray, np.generic, int, float, complex)):
            raise ShapeError(f"vmap: {name} is {x!r}, which holds no examples: give it the axis None in in_axes")
        shape = np.shape(x)
        if not -len(shape) <= axis < len(shape):
            raise ShapeError(
                f"vmap: {name} has no axis {axis}, since its shape is {shape}. Give the axis that counts the examples, or "
                f"None in in_axes if it is the same for all"
            )
        found.append((name, shape[axis], axis))
    if not found:
        raise ShapeError("vmap: in_axes names an axis of no argument, so there is nothing to map over")
    first, size, along = found[0]
    for name, n, axis in found:
        if n != size:
            raise ShapeError(
                f"vmap: {first} has {size} examples along axis {along}, {name} has {n} along axis {axis}: "
                f"the numbers must be equal"
            )
    return size


def places(args: Sequence[Any]) -> Iterator[str]:
    """What to call each leaf of the arguments."""
    for i, arg in enumerate(args):
        leaves, _ = flatten(arg)
        for k in range(len(leaves)):
            yield f"argument {i}" if leaves[k] is arg else f"leaf {k} of argument {i}"


def one_of(x: Any, axis: int, level: Level) -> Batched:
    """One example of an argument, which must not be written to."""
    x = x if isinstance(x, Value) else np.asarray(x)
    one = Batched(x if axis == 0 else np.moveaxis(x, axis, 0), level)
    one.storage = Storage()
    one.storage.handles.append(lambda: x)
    return one


def collected(y: Any, axis: int | None, level: Level) -> Any:
    """A result of the function for all examples, along the axis that was asked for."""
    if type(y) is Batched and y.level is level:
        if axis is None:
            raise ShapeError(
                "vmap: out_axes is None for a result that differs between the examples: give the axis that is to count them"
            )
        if axis == 0:
            return y.value
        if not -y.value.ndim <= axis < y.value.ndim:
            raise ShapeError(f"vmap: out_axes={axis} for a result of shape {y.shape}, to which one axis is added")
        return np.moveaxis(y.value, 0, axis)
    if axis is None:
        return y
    if not isinstance(y, (Value, np.ndarray, np.generic, int, float, complex)):
        raise GradientError(
            f"vmap: the function returned {y!r}; return numbers, arrays and values, in containers, or None"
        )
    all_alike = np.broadcast_to(y, (level.size, *np.shape(y)))
    return np.moveaxis(all_alike if isinstance(y, Value) else all_alike.copy(), 0, axis)


# -- the face ----------------------------------------------------------------------------------------------------------------


TESTS = "Choose between values with ag.where"
NUMBERS = "Use np.sin(x) instead of math.sin(x) and its like, and in_axes=None for what is the same for all examples"
ARRAYS = "Use the ag. function of the same name; to index a plain array by examples write ag.asarray(array)[i]"


def leaves(asked: str, remedy: str) -> Callable[..., NoReturn]:
    """A method that would take the numbers out of an example."""

    def method(self: Batched, *args: Any, **settings: Any) -> NoReturn:
        raise leaving(self, asked, remedy)

    return method


def refuse_backward(self: Batched, *args: Any, **settings: Any) -> NoReturn:
    raise GradientError(
        "vmap: backward() within the function would have one .grad for all examples. Take ag.grad within it for a gradient of "
        "each, or call backward() on the result of vmap"
    )


def memory(x: Any) -> Any:
    """The array in which all examples are held."""
    return data_of(bare(x))


def rebind(self: Batched, y: Any, asked: str) -> Batched:
    """Let a handle stand for a new value, as a recorded write does; nothing else may still look at the old memory."""
    if type(y) is not Batched or y.level is not self.level:
        raise MutationError(
            f"vmap: {asked} would write what differs between the examples of an inner vmap into what does not. Build the new "
            f"value instead, as in x = x + ..., or with ag.where"
        )
    if y.shape != self.shape:
        raise ShapeError(f"{asked} of shape {y.shape} does not fit into an example of shape {self.shape}")
    for reference in self.storage.handles if self.storage is not None else ():
        other = reference()
        if other is not None and other is not self and np.may_share_memory(memory(other), memory(self)):
            what = f"a view of the same memory (shape {other.shape})" if type(other) is Batched else "an argument"
            raise MutationError(
                f"vmap: {asked} would have to change {what}, which one example cannot. Write to a copy, x = x.copy(), "
                f"or into the whole, x[i] = x[i] + ..."
            )
    if y.dtype != self.dtype:
        if not np.can_cast(y.dtype, self.dtype, "same_kind"):
            raise MutationError(f"{asked}: a {y.dtype} result does not fit into a {self.dtype} value")
        y = layouts.astype(y, self.dtype)
    self.value, self.storage = y.value, y.storage
    return self


def setitem(self: Batched, index: Any, value: Any) -> None:
    if any(type(i) is Batched for i in (index if isinstance(index, tuple) else (index,))):
        raise MutationError(
            "vmap: x[i] = value at a place of each example's own: write x = ag.where(np.arange(n) == i, value, x) instead"
        )
    value = value if isinstance(value, Value) else np.asarray(value)
    if not np.can_cast(value.dtype, self.dtype, "same_kind"):
        raise DTypeError(f"x[...] = value: {value.dtype} numbers do not fit into a value of dtype {self.dtype}")
    rebind(self, indexing.put(self, value, index=indexing.plain_index(index)), "x[...] = value")


def augmented(call: Callable[[Any, Any], Any], name: str) -> Callable[[Batched, Any], Batched]:
    return lambda self, other: rebind(self, call(self, other), f"in-place {name}")


def iterate(self: Batched) -> Iterator[Any]:
    if not self.ndim:
        raise TypeError("iteration over one example of shape (): it is a single number")
    return (indexing.getitem(self, i) for i in range(self.shape[0]))


def install() -> None:
    """Give `Batched` the operators, methods and attributes of an array."""
    answer = dispatch.ufuncs.__getitem__
    install_operators(Batched, [OPERATORS, COMPARISONS, UNARY], answer)
    for name, function in OPERATORS.items():
        setattr(Batched, f"__r{name}__", reflected(answer(function)))
        setattr(Batched, f"__i{name}__", augmented(answer(function), function.__name__))
    for name, method in METHODS.items():
        setattr(Batched, name, method)
    for name in ("float", "int", "complex", "item", "tolist"):
        setattr(Batched, name if name in ("item", "tolist") else f"__{name}__", leaves(f"{name}()", NUMBERS))
    attributes: dict[str, Any] = {
        "__pow__": square_or_power,
        "__hash__": object.__hash__,
        "__array_ufunc__": array_ufunc,
        "__array_function__": dispatch.array_function,
        "__bool__": leaves("bool()", TESTS),
        "__contains__": leaves("`in`", TESTS),
        "__array__": leaves("conversion to a NumPy array", ARRAYS),
        "__index__": leaves("index()", ARRAYS),
        "numpy": leaves("numpy()", ARRAYS),
        "__getitem__": indexing.getitem,
        "__setitem__": setitem,
        "__iter__": iterate,
        "__len__": lambda self: self.shape[0],
        "__format__": lambda self, form: repr(self),  # printing always works
        "__round__": lambda self, decimals=None: steps.round(self, decimals or 0),
        "__repr__": lambda self: f"<one of {self.level.size} examples: {self.value!r}>",
        "backward": refuse_backward,
        "data": property(leaves("data", ARRAYS)),
        "detach": lambda self: Batched(
            self.value.detach() if isinstance(self.value, Value) else self.value, self.level
        ),
        "clone": layouts.clone.call,
        "scalar": lambda self: layouts.reshape(self, ()),
        "requires_grad": property(lambda self: self.node is not None and self.node.requires_grad),
        **PARTS,
    }
    for name, attribute in attributes.items():
        setattr(Batched, name, attribute)
