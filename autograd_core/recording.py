"""The record: values, the nodes behind them, and what a declaration contributes to a node.

A value is a `Tensor` (a NumPy array) or a `Scalar` (a Python float). Both point to a `Node`; nodes point to the nodes they were
computed from, never the other way, so reference counting alone frees a graph. A node's serial number is its age, and age is
topological order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .errors import DTypeError
from .memory import Storage, protected, serials, unchanging
from .modes import Mode
from .scopes import Scope, current_scope
from .shown import shown_by

if TYPE_CHECKING:
    from .debugging.lines import Line
    from .faces import ScalarFace, TensorFace
    from .primitive import Primitive
    from .rules import Route
else:  # operators and methods are installed from the tables of tensors.py and scalars.py
    ScalarFace = TensorFace = object

Array: TypeAlias = np.ndarray[Any, Any]
Settings: TypeAlias = dict[str, Any]

TEACHING_SIZE = 1024
"""Values of up to this many elements are always kept, so that a small graph can be drawn with every number."""


class Absent:
    """Stands for a value that the record did not keep: only its shape and dtype."""

    __slots__ = ("dtype", "shape")

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.shape, self.dtype = shape, dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<{self.dtype} {self.shape}, not kept>"


class Watch:
    """What a walk must do when it meets a node: run hooks, keep the gradient, or refuse since the node was used up."""

    __slots__ = ("hooks", "keep", "spent")

    def __init__(self, keep: bool = False, spent: bool = False) -> None:
        self.keep, self.spent = keep, spent
        self.hooks: dict[int, Callable[[Any], Any]] = {}


KEEP = Watch(keep=True)  # shared by all Scalars


class About:
    """What is seldom known of a node: the user's name for it, what it is for, and the user's line that made it."""

    __slots__ = ("line", "name", "role")

    def __init__(self) -> None:
        self.name: str | None = None
        self.role: str | None = None
        self.line: Line | None = None


class Node:
    """One call of a primitive, or a leaf.

    inputs   per argument: the node it came from, or the constant itself (an `Absent` when it was not kept)
    parents  those of the inputs that need a gradient
    value    the result, when it is small or everything is kept; else an `Absent`

    Calls of one and two arguments keep them, and what their rules name, in slots of the node instead of tuples: half the objects
    for the garbage collector to visit.

    first, second   the inputs; with other numbers of arguments `first` is the tuple of all
    x, z, y         what the rules name of the inputs and the result, else None; with other numbers of arguments `x` is a tuple,
                    and z what the forward function kept for the rules
    """

    __slots__ = (
        "__weakref__", "about", "first", "grad", "requires_grad", "route", "scope", "second", "serial", "settings", "storage",
        "value", "watch", "x", "y", "z",
    )  # fmt: skip

    serial: int
    route: Route | None
    requires_grad: bool
    first: Any
    second: Any
    x: Any
    z: Any
    y: Any
    value: Any
    settings: Settings | None
    scope: Scope | None
    storage: Storage | None
    watch: Watch | None
    grad: Any
    about: About | None

    @property
    def primitive(self) -> Primitive | None:
        """The primitive that was called; None for a leaf."""
        return None if self.route is None else self.route.primitive

    @property
    def inputs(self) -> tuple[Any, ...]:
        """Per argument: the node it came from, or the constant."""
        if self.route is None:
            return ()
        arity = self.route.arity
        return (self.first,) if arity == 1 else (self.first, self.second) if arity == 2 else self.first

    @property
    def parents(self) -> tuple[Node, ...]:
        """The inputs that need a gradient."""
        route = self.route
        if route is None:
            return ()
        return route.parents(self.first if route.arity is None else self.inputs)

    @property
    def is_leaf(self) -> bool:
        """Whether nothing was differentiated to compute the value."""
        return self.route is None or not self.route.wanted

    @property
    def name(self) -> str | None:
        """The user's name for the value."""
        return None if self.about is None else self.about.name

    def describe(self) -> About:
        """The node's `About`, made when first asked for."""
        if self.about is None:
            self.about = About()
        return self.about

    def free(self) -> None:
        """Let go of what was saved for the rules."""
        self.x = self.z = self.y = None

    def __repr__(self) -> str:
        made = "leaf" if self.primitive is None else self.primitive.name
        return f"<node {self.serial}: {made}{'' if self.name is None else ' ' + self.name}>"


class Frame:
    """What a node saved, as recorded values: stands in for the node when its rule is to be recorded in turn."""

    __slots__ = ("x", "y", "z")

    x: Any
    y: Any
    z: Any


def frame(node: Node, saved: Any) -> tuple[Any, ...]:
    """What was saved as one tuple: (*inputs, y, residual), None where not named."""
    arity = node.route.arity  # type: ignore[union-attr]
    if arity == 1:
        return (saved.x, saved.y, None)
    if arity == 2:
        return (saved.x, saved.z, saved.y, None)
    return (*saved.x, saved.y, saved.z) if saved.x is not None else (saved.y, saved.z)


class Value:
    """What `Tensor`, `Scalar` and an example within `vmap` share; never made by itself.

    >>> import autograd_core as ag
    >>> isinstance(ag.scalar(1.0), ag.Value), isinstance(1.0, ag.Value)
    (True, False)
    """

    __slots__ = ()

    _repr_html_ = shown_by("values")

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

        @property
        def node(self) -> Node | None: ...
        @node.setter
        def node(self, node: Node | None) -> None: ...


class Tensor(Value, TensorFace):
    """A NumPy array that remembers how it was computed; made by `ag.tensor` and by every operation on one.

    >>> import autograd_core as ag
    >>> x = ag.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("__weakref__", "_data", "node", "storage")
    _data: Any  # an ndarray, or a NumPy scalar for a computed result of shape ()
    node: Node | None
    storage: Storage | None


class Scalar(Value, ScalarFace):
    """A Python float that remembers how it was computed; made by `ag.scalar` and by every operation on one.

    >>> import autograd_core as ag
    >>> x = ag.scalar(3.0)
    >>> (x * x).backward()
    >>> x.grad
    6.0
    """

    __slots__ = ("__weakref__", "_data", "node")
    _data: float
    node: Node | None


def tensor_of(data: Any, node: Node | None) -> Tensor:
    """A Tensor over the given array, without a copy or a check."""
    t = Tensor()
    t._data = data
    t.node = node
    t.storage = None
    return t


def scalar_of(data: float, node: Node | None) -> Scalar:
    """A Scalar over the given float."""
    s = Scalar()
    s._data = data
    s.node = node
    return s


def handle(value: Any, node: Node | None) -> Value:
    """A value of the face that belongs to a node's value."""
    return scalar_of(value, node) if type(value) is float else tensor_of(value, node)


def leaf(value: Any, requires_grad: bool, scope: Scope | None = None) -> Node:
    """A node that nothing was computed for: a parameter, an input, a constant."""
    node = Node()
    node.serial = next(serials)
    node.route = node.settings = node.storage = node.watch = node.grad = node.about = None
    node.requires_grad = requires_grad
    node.value = value
    node.scope = scope
    return node


def check_differentiable(dtype: np.dtype[Any]) -> None:
    """Raise DTypeError unless values of this dtype can have a gradient."""
    if dtype.kind not in "fc":
        raise DTypeError(
            f"values of dtype {dtype} cannot require a gradient: only floating and complex values have one. "
            f"Write 1.0 instead of 1, or convert with x.astype(float)"
        )


def kept(value: Any) -> Any:
    """The value if it is of teaching size, else an `Absent`."""
    return value if type(value) is float or value.size <= TEACHING_SIZE else Absent(value.shape, value.dtype)


def entry(arg: Any, data: Any, named: bool, keep_all: bool) -> Any:
    """What a node remembers of one argument: a node, or a constant."""
    if isinstance(arg, Value):
        node = arg.node
        if node is None or node.serial == 0:  # a constant, or the result of a piecewise constant function
            node = arg.node = leaf(data if keep_all else kept(data), False)
            if isinstance(arg, Tensor):
                node.storage = arg.storage
        elif keep_all and type(node.value) is Absent:
            node.value = data
        return node
    if isinstance(data, np.ndarray):
        return protected(data) if named or keep_all or data.size <= TEACHING_SIZE else Absent(data.shape, data.dtype)
    return data


def record(
    route: Route,
    args: Sequence[Any],
    sources: list[Any],
    datas: list[Any],
    y: Any,
    residual: Any,
    settings: Settings | None,
    mode: Mode,
) -> Node:
    """The node of one call, for any primitive; families have a faster way for their commonest calls.

    sources, datas   the node (None without one) and the numbers of each argument, in lists that the record may change
    """
    keep_all, keeps = mode.keep_all, route.keeps
    if keep_all or len(route.wanted) < len(args):  # else each argument has a node: the commonest case
        for i, source in enumerate(sources):
            if source is None or keep_all or not source.serial:
                named = keep_all or route.every or i in keeps
                sources[i] = source = entry(args[i], datas[i], named, keep_all)
                if not isinstance(source, Node):
                    datas[i] = source  # what nobody can change later
    saved = tuple(datas) if keep_all else route.saved(datas)
    node = Node()
    node.serial = next(serials)
    node.route = route
    node.requires_grad = bool(route.wanted)
    if route.arity is None:
        node.first, node.second, node.x, node.z = tuple(sources), None, saved, residual
    elif route.arity == 1:
        (node.first,), node.second, (node.x,), node.z = sources, None, saved, None
    else:
        (node.first, node.second), (node.x, node.z) = sources, saved
    node.y = y if keep_all or -1 in keeps else None
    if keep_all:
        node.value = y
    else:
        node.value = tuple([kept(part) for part in y]) if type(y) is tuple else kept(y)
    node.settings = settings if settings is None else unchanging(settings)
    node.scope = current_scope()
    node.storage = node.grad = node.about = None
    node.watch = KEEP if type(y) is float else None
    return node


def wrapped(node: Node) -> Frame:
    """What a node saved, as recorded values, so that a rule applied to it is recorded in turn."""
    made = Frame()
    if node.route.arity is None:  # type: ignore[union-attr]
        made.z = node.z
        made.x = None if node.x is None else tuple([_handled(s, e) for s, e in zip(node.x, node.first, strict=True)])
    else:
        made.x = _handled(node.x, node.first)
        made.z = _handled(node.z, node.second)
    made.y = node.y if node.y is None or type(node.y) is tuple else handle(node.y, node)
    return made


def in_numpy(saved: Any) -> Frame:
    """What a node of floats saved, as NumPy numbers, in whose arithmetic 1/0 is inf."""
    made = Frame()
    made.x, made.z, made.y = [np.float64(v) if type(v) in (float, int) else v for v in (saved.x, saved.z, saved.y)]
    return made


def _handled(saved: Any, source: Any) -> Any:
    return handle(saved, source) if saved is not None and isinstance(source, Node) else saved


def unwrap(values: Sequence[Any]) -> list[Any]:
    """The arrays and floats behind values; anything else as it is."""
    return [v._data if isinstance(v, Value) else v for v in values]


def numbers_of(x: Any) -> Any:
    """The array or float behind a value; anything else as it is. An example of a batch is refused: it has none of its own."""
    return x._data if isinstance(x, Value) else x


def data_of(x: Any) -> Any:
    """The array or float behind a value, without its record; one example of a batch stays one; anything else as it is."""
    if isinstance(x, (Tensor, Scalar)):
        return x._data
    return x.detach() if isinstance(x, Value) else x


def dtype_of(x: Any) -> np.dtype[Any]:
    """The dtype of a value, or of what is to become an array."""
    return x.dtype if hasattr(x, "dtype") else np.asarray(data_of(x)).dtype
