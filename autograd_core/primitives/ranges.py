"""Evenly spaced numbers between ends that may be recorded: what lies between follows the ends in proportion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batches import aligned
from ..dispatch import answers
from ..errors import ShapeError, in_words
from ..families import composed, primitive
from ..primitive import Primitive
from ..recording import Settings, Value, data_of, tensor_of
from ..samples import Sample, sample
from ..shapes import normal_axes
from .arranging import common_shape
from .layouts import astype, expand_dims
from .reductions import matrix


def parts_of(y: Any, num: int, endpoint: bool, axis: int) -> Any:
    """How far each sample lies between start (0) and stop (1), in a shape that broadcasts with the samples."""
    shape = [1] * np.ndim(y)
    shape[axis] = num
    steps = np.arange(num, dtype=np.finfo(y.dtype).dtype)
    return np.reshape(steps / ((num - endpoint) or 1), shape)  # a single sample is the start


def cases_of_ramps() -> list[Sample]:
    """Ends as numbers and arrays, other dtypes, with and without the last one, one sample and none."""
    return [
        sample(np.float64(1.0), np.float64(2.0), num=4),
        sample(matrix() + 2, np.float64(3.0), num=3, axis=1),
        sample(np.array([1.0, 2.0]), np.array([[3.0], [0.5]]), num=3, endpoint=False, axis=-1),
        sample(np.array([[1.0], [2.0]]), np.array([3.0, 0.5]), num=3, axis=1),
        sample(np.float32(1.0), np.float32(4.0), num=3),
        sample(np.array([1.0 + 1j]), 2.0 + 0j, num=4),
        sample(np.float64(2.0), np.float64(3.0), num=1),
        sample(np.float64(2.0), np.float64(3.0), num=1, endpoint=False),
        sample(np.array([2.0]), np.float64(3.0), num=0),
        sample(np.float64(1.0), np.float64(2.0), num=-1, raises=ShapeError),
    ]


def ramp_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """The ends of all examples broadcast; the axis of the samples is counted from behind the examples."""
    ndim = max(np.ndim(x) - b for x, b in zip(xs, batched, strict=True)) + 1
    (axis,) = normal_axes(settings.get("axis", 0), ndim)
    return aligned(made, xs, batched, {**settings, "axis": axis + 1})


even = primitive(
    lambda start, stop, *, num, endpoint=True, axis=0: np.linspace(start, stop, num, endpoint, axis=axis),
    lambda g, num, endpoint, axis: np.sum(g * (1 - parts_of(g, num, endpoint, axis)), axis=axis),
    lambda g, num, endpoint, axis: np.sum(g * parts_of(g, num, endpoint, axis), axis=axis),
    linear=True,
    samples=cases_of_ramps,
    batch=ramp_each,
    name="linspace",
)


def moved_by(t: Any, end: Any, y: Any, share: Any, axis: int) -> Any:
    """The tangent of a geometric sequence for that of one end, which moves it by `share` in proportion."""
    return 0.0 if t is None else y * share * expand_dims(t / end, axis)


def proportional(g: Any, end: Any, y: Any, share: Any, axis: int) -> Any:
    """The cotangent of one end of a geometric sequence."""
    return np.sum(g * y * share, axis=axis) / end


def geometric_push(ts: Any, a: Any, b: Any, y: Any, num: int, endpoint: bool, axis: int) -> Any:
    share = parts_of(y, num, endpoint, axis)
    ends = np.broadcast_arrays(a, b)
    first, last = [None if t is None else np.broadcast_to(t, np.shape(ends[0])) for t in ts]
    return moved_by(first, ends[0], y, 1 - share, axis) + moved_by(last, ends[1], y, share, axis)


geometric = primitive(
    lambda start, stop, *, num, endpoint=True, dtype=None, axis=0: np.geomspace(
        start, stop, num, endpoint, dtype, axis
    ),
    lambda g, a, y, num, endpoint, axis: proportional(g, a, y, 1 - parts_of(y, num, endpoint, axis), axis),
    lambda g, b, y, num, endpoint, axis: proportional(g, b, y, parts_of(y, num, endpoint, axis), axis),
    jvp=geometric_push,
    samples=cases_of_ramps,
    batch=ramp_each,
    name="geomspace",
)


def is_integer(dtype: Any) -> bool:
    """Whether numbers of a dtype are steps, which carry no gradient."""
    return dtype is not None and np.dtype(dtype).kind not in "fc"


@answers(
    np.linspace,
    samples=lambda: [
        *cases_of_ramps()[:-1],
        sample(np.float64(1.0), np.float64(2.0), 3, retstep=True),
        sample(np.float64(1.0), np.float64(2.0), 1, retstep=True, through=lambda found: found[0]),
        sample(np.array([1.5, 2.0]), 7.0, 4, dtype=int),
        sample(np.array([1.5, -2.0], np.float32), 7.0, 4, dtype=complex, device="cpu"),
        sample(0, 1),
        sample(np.float64(1.0), 2.0, num=-1, raises=ShapeError, match="must be non-negative"),
        sample(np.float64(1.0), 2.0, 2, axis=1, raises=ShapeError, match="axis 1 is outside"),
    ],
)
@composed
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: str | None = None,
) -> Any:
    """Numbers in equal steps from start to stop, along a new axis; with retstep also the step.

    start, stop: shapes that broadcast together   num: how many   endpoint: whether stop is the last of them

    >>> import autograd_core as ag
    >>> ag.linspace(ag.tensor(0.0), 1.0, 3)
    tensor([0. , 0.5, 1. ])
    """
    (axis,) = normal_axes(axis, max(np.ndim(start), np.ndim(stop)) + 1)
    y = even(start, stop, num=num, endpoint=bool(endpoint), axis=axis)
    if is_integer(dtype):
        y = np.floor(y)
    if dtype is not None:
        y = astype(y, dtype)
    if not retstep:
        return y
    intervals = num - bool(endpoint)
    return y, np.subtract(stop, start) / intervals if intervals > 0 else np.nan


@answers(
    np.geomspace,
    samples=lambda: [
        *cases_of_ramps()[:-1],
        sample(np.float64(-1.0), np.float64(-8.0), 4),
        sample(np.float64(1.0), np.float64(-8.0), 3, dtype=complex),
        sample(np.float64(1.0), np.float64(64.0), 4, dtype=int),
        sample(np.complex128(1 + 1j), np.float64(2.0), 4, dtype=complex),
        sample(1, 256, 9),
        sample(np.float64(0.0), 1.0, raises=ShapeError, match="cannot include zero"),
    ],
)
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """Numbers in equal ratios from start to stop, along a new axis.

    start, stop: not 0; shapes that broadcast together   num: how many   endpoint: whether stop is the last of them

    >>> import autograd_core as ag
    >>> ag.geomspace(ag.tensor(1.0), 4.0, 3)
    tensor([1., 2., 4.])
    """
    (axis,) = normal_axes(axis, max(np.ndim(start), np.ndim(stop)) + 1)
    narrow = is_integer(dtype) or (dtype is not None and np.result_type(start, stop).kind == "c")
    y = geometric(start, stop, num=num, endpoint=bool(endpoint), dtype=None if narrow else dtype, axis=axis)
    return astype(y, dtype) if narrow else y


@answers(
    np.logspace,
    samples=lambda: [
        sample(np.float64(0.0), np.float64(2.0), 3),
        sample(np.array([0.0, 0.5]), 1.0, 3, endpoint=False, axis=-1, base=2),
        sample(np.float64(0.0), np.float64(2.0), 3, base=np.array([2.0, 3.0])),
        sample(np.array([0.0, 1.0]), np.float64(2.0), 3, base=np.float64(1.5), axis=1),
        sample(np.float32(0.0), np.float32(1.0), 2),
        sample(np.float64(0.0), np.float64(3.0), 4, dtype=int),
        sample(np.float64(0.0), np.float64(3.0), 4, dtype=complex),
        sample(0, 1, 3),
        sample(np.float64(0.0), 1.0, -1, raises=ShapeError, match="must be non-negative"),
    ],
)
@composed
def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    """Powers of a base whose exponents go in equal steps from start to stop, along a new axis.

    start, stop, base: shapes that broadcast together

    >>> import autograd_core as ag
    >>> ag.logspace(ag.tensor(0.0), 2.0, 3)
    tensor([  1.,  10., 100.])
    """
    if np.ndim(base):
        shape = common_shape([start, stop, base], "logspace")
        start, stop, base = [np.broadcast_to(a, shape) for a in (start, stop, base)]
        base = expand_dims(base, axis)
    y = np.power(base, linspace(start, stop, num, endpoint, axis=axis))
    return y if dtype is None else astype(y, dtype)


# -- arange --------------------------------------------------------------------------------------------------------------


@answers(
    np.arange,
    samples=lambda: [
        sample(5),
        sample(1, 7, 2),
        sample(np.float64(0.5), 2.9, np.float64(0.75)),
        sample(np.float64(2.0), -0.5, step=-1),
        sample(0, 1, np.float32(0.25), dtype=np.float32),
        sample(np.float64(1.5), 4.0, dtype=int),
        sample(np.float64(0.5), 2.9, np.float64(0.75), dtype=int),
        sample(0.0, np.float64(2.5)),
        sample(np.float64(2.0), 1.0),
        sample(np.ones(2), 3.0, raises=ShapeError, match="arange takes single numbers"),
        sample(0, 1, np.float64(0.0), raises=ShapeError, match="arange"),
    ],
)
def arange(*args: Any, dtype: Any = None, device: str | None = None, like: Any = None, **named: Any) -> Any:
    """Numbers from start, 0 by default, in steps of 1 or `step`, up to but without stop.

    Called as arange(stop), arange(start, stop) or arange(start, stop, step). Start and step receive gradients; how many numbers
    there are before stop is piecewise constant.

    >>> import autograd_core as ag
    >>> ag.grad(lambda step: ag.arange(0.0, 3.0, step).sum())(1.0)
    3.0
    """
    if any(np.ndim(a) for a in (*args, *named.values())):
        raise ShapeError(f"arange takes single numbers, not shapes {', '.join(str(np.shape(a)) for a in args)}")
    with in_words("arange"), np.errstate(divide="ignore", invalid="ignore"):
        plain = np.arange(*map(data_of, args), dtype=dtype, **{k: data_of(a) for k, a in named.items()})
    given = dict(zip(("stop",) if len(args) == 1 else ("start", "stop", "step"), args, strict=False)) | named
    start, step = given.get("start", 0), given.get("step", 1)
    if not isinstance(start, Value) and not isinstance(step, Value):
        return plain
    if is_integer(plain.dtype):  # NumPy rounds the first step, and then takes it again and again
        return tensor_of(plain, None)
    return astype(start + step * np.arange(len(plain)), plain.dtype)
