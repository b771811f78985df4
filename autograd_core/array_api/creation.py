"""Creation functions of the array API standard: NumPy's, with Tensors for results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import numpy_api
from ..exchange import check_device
from ..recording import Tensor, Value, tensor_of
from ..tensors import asarray as as_tensor

names = numpy_api.namespace()


def made(make: Callable[..., Any], *args: Any, dtype: Any, device: Any, **settings: Any) -> Any:
    """A new array as a Tensor."""
    check_device(device)
    y = make(*args, dtype=dtype, **settings)
    return y if isinstance(y, Value) else tensor_of(y, None)


def asarray(obj: Any, /, *, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Any:
    """obj as a Tensor: a value, an array, a number or nested sequences of them.

    copy   True: always a new one; False: never, a ValueError where it would be needed; None: where it is needed

    >>> asarray([1.0, 2.0]).dtype
    dtype('float64')
    """
    check_device(device)
    if copy is False and not (isinstance(obj, Tensor) and dtype in (None, obj.dtype)):
        raise ValueError(
            f"asarray with copy=False: {type(obj).__name__} cannot become a Tensor of dtype {dtype} as it is"
        )
    if isinstance(obj, (list, tuple)):
        obj = names["array"](obj)
        obj = obj if isinstance(obj, Value) else tensor_of(obj, None)  # ours: nobody else holds it
    x = as_tensor(obj, dtype)
    return x.clone() if copy and x is obj else x


def arange(start: Any, /, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None) -> Any:
    """Evenly spaced numbers from start (0 if it stands alone) to before stop."""
    ends = (0, start) if stop is None else (start, stop)
    return made(np.arange, *ends, step, dtype=dtype, device=device)


def empty(shape: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """A Tensor of a shape, its elements not set."""
    return made(np.empty, shape, dtype=dtype, device=device)


def empty_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
    """A Tensor of the shape and dtype of x, its elements not set."""
    return made(names["empty_like"], x, dtype=dtype, device=device)


def eye(n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: Any = None, device: Any = None) -> Any:
    """Ones on the k-th diagonal, zeros elsewhere."""
    return made(np.eye, n_rows, n_cols, k=k, dtype=dtype, device=device)


def from_dlpack(x: Any, /, *, device: Any = None, copy: bool | None = None) -> Any:
    """A Tensor of what another library exports."""
    check_device(device)
    return as_tensor(np.from_dlpack(x, copy=copy))


def full(shape: Any, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """A Tensor of a shape whose elements are all fill_value."""
    return made(names["full"], shape, fill_value, dtype=dtype, device=device)


def full_like(x: Any, /, fill_value: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """A Tensor of the shape and dtype of x whose elements are all fill_value."""
    return made(names["full_like"], x, fill_value, dtype=dtype, device=device)


def linspace(
    start: Any, stop: Any, /, num: int, *, dtype: Any = None, device: Any = None, endpoint: bool = True
) -> Any:
    """num numbers evenly spaced from start to stop, which is one of them if `endpoint`."""
    return made(names["linspace"], start, stop, num, endpoint=endpoint, dtype=dtype, device=device)


def ones(shape: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """A Tensor of ones."""
    return made(np.ones, shape, dtype=dtype, device=device)


def ones_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
    """A Tensor of ones of the shape and dtype of x."""
    return made(names["ones_like"], x, dtype=dtype, device=device)


def zeros(shape: Any, *, dtype: Any = None, device: Any = None) -> Any:
    """A Tensor of zeros."""
    return made(np.zeros, shape, dtype=dtype, device=device)


def zeros_like(x: Any, /, *, dtype: Any = None, device: Any = None) -> Any:
    """A Tensor of zeros of the shape and dtype of x."""
    return made(names["zeros_like"], x, dtype=dtype, device=device)


def meshgrid(*arrays: Any, indexing: str = "xy") -> list[Any]:
    """The coordinates of the points of a grid, an array per axis."""
    return list(names["meshgrid"](*arrays, indexing=indexing))
