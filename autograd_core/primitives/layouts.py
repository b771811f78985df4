"""Rearrangements: each is linear, and its transpose is another rearrangement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batches import widened, with_settings
from ..dispatch import answers
from ..errors import ShapeError, UnsupportedError
from ..families import fixed, layout, primitive
from ..primitive import Primitive
from ..recording import Settings
from ..samples import Sample, sample
from ..shapes import Axis, normal_axes


def cube(dtype: Any = float) -> Any:
    """An array of shape (2, 3, 4), every element different."""
    return np.arange(1.0, 25.0).reshape(2, 3, 4).astype(dtype)


def cases(wrong: dict[str, Any] | None = None, **settings: Any) -> list[Sample]:
    """Arrays in every awkward layout for one call that takes them all, and settings that fit none."""
    found = [
        sample(cube(), **settings),
        sample(cube()[::-1, :, ::-2], **settings),
        sample(cube().T, **settings),
        sample(cube(np.float32), **settings),
        sample(cube(np.float16), **settings),
        sample(cube(complex) * (1 - 2j), **settings),
        sample(np.ones((3, 0, 2)), **settings),
    ]
    return found if wrong is None else [*found, sample(cube(), raises=ShapeError, **wrong)]


def reshape_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """All examples in another shape; in Fortran's order the examples are counted by the last axis meanwhile."""
    (a,) = xs
    shape, order = settings["shape"], settings.get("order", "C")
    shape = np.broadcast_to(0, a.shape[1:]).reshape(shape).shape  # with the length that -1 stands for
    if order == "C":
        return made.call(a, shape=(a.shape[0], *shape), order=order)
    return np.moveaxis(made.call(np.moveaxis(a, 0, -1), shape=(*shape, a.shape[0]), order=order), -1, 0)


def broadcast_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    (a,) = xs
    shape = np.atleast_1d(settings["shape"]).tolist()
    return made.call(widened(a, len(shape)), shape=(a.shape[0], *shape))


reshaped = layout(
    lambda a, *, shape, order="C": np.reshape(a, shape, order=order),
    lambda g, a_like, order: np.reshape(g, np.shape(a_like), order=order),
    samples=lambda: [
        *cases(shape=(-1,), wrong={"shape": (5, 5)}),
        sample(cube(), shape=(4, 6), order="F"),
        sample(np.float64(2.0), shape=(1, 1), order="C"),
        sample(np.array([2.0]), shape=(), order="C"),
    ],
    batch=reshape_each,
    name="reshape",
)
transposed = layout(
    lambda a, *, axes=None: np.transpose(a, axes),
    lambda g, axes: np.transpose(g, None if axes is None else np.argsort(axes)),
    samples=lambda: [
        *cases(axes=(1, 2, 0), wrong={"axes": (0, 1)}),
        sample(cube(), axes=None),
        sample(np.float64(2.0), axes=()),
    ],
    batch=with_settings(
        lambda shape, axes=None: {
            "axes": (0, *[i % len(shape) + 1 for i in (reversed(range(len(shape))) if axes is None else axes)])
        }
    ),
    name="transpose",
)
# un-broadcasting is the transpose of broadcasting, and every rule's result is un-broadcast already
broadcasted = layout(
    lambda a, *, shape: np.broadcast_to(a, shape),
    lambda g: g,
    samples=lambda: [
        sample(cube(), shape=(5, 2, 3, 4)),
        sample(cube()[:, :1, ::-1], shape=(2, 3, 4)),
        sample(np.array([1.0, 2.0], np.float32), shape=(3, 2)),
        sample(np.array([[1.0], [2.0j]]), shape=(2, 3)),
        sample(np.float64(2.0), shape=(2, 0)),
        sample(np.ones((1, 2)), shape=(0, 2)),
        sample(cube(), shape=(2, 3, 5), raises=ShapeError),
    ],
    batch=broadcast_each,
    name="broadcast_to",
)
# the cast back to the dtype of the input is made for every rule's result already
cast = layout(
    lambda a, *, dtype: np.asarray(a).astype(dtype),
    lambda g: g,
    samples=lambda: [
        sample(cube(), dtype=np.dtype(complex)),
        sample(cube(np.float32)[::-1], dtype=np.dtype(float)),
        sample(cube(np.float32), dtype=np.dtype(np.float16)),
        sample(cube(np.float16), dtype=np.dtype(complex)),
        sample(cube(np.complex64) * (1 + 2j), dtype=np.dtype(complex)),
        sample(np.float32(2.0), dtype=np.dtype(float)),
        sample(np.ones((0, 2)), dtype=np.dtype(float)),
    ],
    batch="leading",
    name="astype",
)


def clone_forward(a: Any) -> Any:
    return np.array(a)


# not a layout: its result never shares memory, so that a write to it leaves its input alone
clone = primitive(
    clone_forward,
    lambda g: g,
    linear=True,
    samples=lambda: [*cases(), sample(np.float64(2.0))],
    batch="leading",
    name="clone",
)
alias = layout(
    lambda a: a, lambda g: g, samples=lambda: [*cases(), sample(np.float64(2.0))], batch="leading", name="alias"
)

detached = fixed(lambda a: a, samples=lambda: [sample(np.array([1.0, -2.0])), sample(1.5)], name="detach")

to_scalar = primitive(
    lambda a: float(np.asarray(a).item()),
    lambda g, a_like: np.reshape(to_tensor(g), np.shape(a_like)),
    linear=True,
    samples=lambda: [sample(np.float64(2.0)), sample(np.array([[2.0]])), sample(np.array(2.0, np.float32))],
    batch=lambda made, xs, batched, settings: cast(np.reshape(xs[0], xs[0].shape[:1]), dtype=np.dtype(float)),
    name="scalar",
    text=("{g}",),
)
to_tensor: Primitive = primitive(
    lambda s: np.full((1,), s),
    lambda g: g,
    linear=True,
    samples=lambda: [sample(2.0), sample(np.float64(2.0)), sample(np.complex128(2 + 1j))],
    batch=lambda made, xs, batched, settings: np.reshape(xs[0], (-1, 1)),
    name="tensor",
    text=("{g}",),
)


@answers(
    np.reshape,
    samples=lambda: [
        *cases(shape=(4, -1), wrong={"shape": (5, 5)}),
        sample(cube(), 24, "F"),
        sample(np.float64(2.0), (1, 1), copy=True),
        sample(cube(), (-1, -1), raises=ShapeError, match=r"reshape cannot be computed for shape \(2, 3, 4\)"),
        sample(cube(), -1, "A", raises=UnsupportedError, match="layout in memory"),
    ],
)
def reshape(a: Any, /, shape: Any = None, order: str = "C", *, copy: bool | None = None) -> Any:
    """The elements of a in another shape; -1 stands for what is left.

    >>> import autograd_core as ag
    >>> ag.reshape(ag.tensor([1.0, 2.0, 3.0, 4.0]), (2, -1))
    tensor([[1., 2.],
            [3., 4.]])
    """
    return reshaped(a, shape=shape, order=known_order(order))


def as_dimensions(a: Any, ndim: int) -> Any:
    """a with new axes of length 1 in front, up to a number of dimensions."""
    shape = np.shape(a)
    return a if len(shape) >= ndim else reshape(a, (1,) * (ndim - len(shape)) + shape)


def known_order(order: str) -> str:
    """The order of elements, refused where it depends on how the memory happens to be laid out."""
    if order not in ("C", "F"):
        raise UnsupportedError(
            f"order={order!r} depends on the layout in memory, which a gradient does not share: use 'C' or 'F'"
        )
    return order


@answers(
    np.ravel,
    samples=lambda: [
        *cases(),
        sample(cube(), "F"),
        sample(np.float64(2.0)),
        sample([[1, 2]]),
        sample(cube(), order="K", raises=UnsupportedError, match="layout in memory"),
    ],
)
def ravel(a: Any, order: str = "C") -> Any:
    """The elements of a in one dimension."""
    return reshaped(a, shape=-1, order=known_order(order))


@answers(
    np.transpose,
    samples=lambda: [
        *cases(axes=(1, -1, 0), wrong={"axes": (0, 1)}),
        sample(cube()),
        sample(np.float64(2.0)),
        sample([[1, 2]]),
        sample(cube(), (0, 0, 1), raises=ShapeError, match="twice"),
    ],
)
def transpose(a: Any, axes: Sequence[int] | None = None) -> Any:
    """a with its axes permuted; reversed by default."""
    return transposed(a, axes=None if axes is None else normal_axes(axes, np.ndim(a)))


@answers(
    np.matrix_transpose,
    np.linalg.matrix_transpose,
    samples=lambda: [
        *cases(),
        sample([[1, 2]]),
        sample(np.ones(2), raises=ShapeError, match="matrix_transpose takes"),
    ],
)
def matrix_transpose(x: Any, /) -> Any:
    """x with its last two axes exchanged."""
    if np.ndim(x) < 2:
        raise ShapeError(f"matrix_transpose takes an array of at least 2 dimensions, not of shape {np.shape(x)}")
    return swapaxes(x, -1, -2)


@answers(
    np.swapaxes,
    samples=lambda: [
        *cases(axis1=0, axis2=-1, wrong={"axis1": 0, "axis2": 3}),
        sample(cube(), 1, 1),
    ],
)
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    """a with two axes exchanged."""
    axes = list(range(np.ndim(a)))
    (i,), (j,) = normal_axes(axis1, len(axes)), normal_axes(axis2, len(axes))
    axes[i], axes[j] = j, i
    return transposed(a, axes=tuple(axes))


@answers(
    np.moveaxis,
    samples=lambda: [
        *cases(source=(0, -1), destination=(-1, 1), wrong={"source": 3, "destination": 0}),
        sample(cube(), 2, 0),
        sample(cube(), [0, 1], [1], raises=ShapeError, match="2 axes to 1 place"),
    ],
)
def moveaxis(a: Any, source: Axis, destination: Axis) -> Any:
    """a with the `source` axes moved to their `destination`; the others keep their order."""
    ndim = np.ndim(a)
    sources, destinations = normal_axes(source, ndim), normal_axes(destination, ndim)
    if len(sources) != len(destinations):
        raise ShapeError(f"moveaxis cannot move {len(sources)} axes to {len(destinations)} places: name one for each")
    order = [i for i in range(ndim) if i not in sources]
    for d, s in sorted(zip(destinations, sources, strict=True)):
        order.insert(d, s)
    return transposed(a, axes=tuple(order))


@answers(
    np.broadcast_to,
    samples=lambda: [
        sample(cube(), (5, 2, 3, 4)),
        sample(cube(np.float32)[:, :1, ::-1], shape=(2, 3, 4)),
        sample(np.array([[1.0], [2.0j]]), (2, 3), subok=True),
        sample(np.float64(2.0), (2, 0)),
        sample(np.float64(2.0), 3),
        sample(3, (2,)),
        sample(cube(), (2, 3, 5), raises=ShapeError, match="broadcast_to cannot be computed for shape"),
    ],
)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """array stretched to a shape that it broadcasts to."""
    return broadcasted(array, shape=shape)


@answers(
    np.expand_dims,
    samples=lambda: [
        *cases(axis=(0, -1), wrong={"axis": 4}),
        sample(np.float64(2.0), 0),
        sample([1, 2], axis=1),
        sample(cube(), (1, 1), raises=ShapeError, match="twice"),
    ],
)
def expand_dims(a: Any, axis: Axis) -> Any:
    """a with new axes of length 1 at the given places of the result."""
    count = 1 if np.ndim(axis) == 0 else len(axis)  # type: ignore[arg-type]
    new = normal_axes(axis, np.ndim(a) + count)
    old = iter(np.shape(a))
    return reshaped(a, shape=tuple(1 if i in new else next(old) for i in range(np.ndim(a) + count)), order="C")


@answers(
    np.squeeze,
    samples=lambda: [
        *cases(),
        sample(cube()[:, :1, None], axis=-2),
        sample(cube(np.float32)[:, None, None], axis=(1, 2)),
        sample(np.ones((1, 1))),
        sample(cube(), axis=1, raises=ShapeError, match=r"squeeze cannot drop axis 1 of shape \(2, 3, 4\)"),
    ],
)
def squeeze(a: Any, axis: Axis = None) -> Any:
    """a without its axes of length 1, or without the given ones."""
    shape = np.shape(a)
    drop = [i for i, n in enumerate(shape) if n == 1] if axis is None else normal_axes(axis, len(shape))
    if wrong := [i for i in drop if shape[i] != 1]:
        raise ShapeError(
            f"squeeze cannot drop axis {wrong[0]} of shape {shape}: its length is {shape[wrong[0]]}, not 1"
        )
    return reshaped(a, shape=tuple(n for i, n in enumerate(shape) if i not in drop), order="C")


@answers(
    np.copy,
    samples=lambda: [
        *cases(),
        sample(cube().T, order="C", subok=True),
        sample(np.float64(2.0)),
        sample([1, 2]),
    ],
)
def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    """The same value in memory of its own; recorded, so that a gradient flows back."""
    return clone(a)


@answers(
    np.astype,
    samples=lambda: [
        sample(cube(), complex),
        sample(cube(np.float32), np.dtype(np.float16)),
        sample(cube(np.float16), float, copy=False),
        sample(np.float32(2.0), np.float64),
        sample(cube() + 0.5, int),
        sample(np.array([1, 2]), float, device="cpu"),
        sample(np.array([0.0, 2.0]), bool),
    ],
)
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: str | None = None) -> Any:
    """x converted to a dtype; gradients are converted back.

    A conversion to an integer or boolean dtype is piecewise constant: its result carries no gradient.
    """
    if np.dtype(dtype).kind in "fc":
        return cast(x, dtype=np.dtype(dtype))
    return discretised(x, dtype=np.dtype(dtype))


discretised = fixed(
    lambda a, *, dtype: np.asarray(a).astype(dtype),
    samples=lambda: [sample(cube() + 0.5, dtype=np.dtype(int)), sample(np.float64(2.0), dtype=np.dtype(bool))],
    batch="leading",
    name="astype",
)
