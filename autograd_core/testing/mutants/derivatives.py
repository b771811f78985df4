"""All derivatives of a case, to tell a wrong rule from a right one without any law."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...jacobians import jvp
from ...transforms import grad, vjp
from ..cases import Case
from ..lawbook import agree, eps_of


def numbers_of(case: Case) -> list[Any] | str:
    """The derivatives of a case to second order, in random directions; the words of the error if there is one."""
    with np.errstate(all="ignore"):
        try:
            return [np.asarray(x) for x in derivatives_of(case)]
        except Exception as error:
            return repr(error)


def derivatives_of(case: Case) -> Iterator[Any]:
    data, places = list(case.data), tuple(range(len(case.data)))
    if case.gradients is not None:
        yield from grad(lambda *xs: sum(np.sum(np.real(y)) for y in case.parts(*xs)), places)(*data)
    elif case.is_smooth:
        us, vs = case.random(case.outputs, 1), case.random(data, 2)
        yield from case.pull(data, us)[1]
        yield from case.push(data, vs)

        def gradient(*xs: Any) -> Any:
            return vjp(case.parts, *xs)[1](us)

        def slope(*xs: Any) -> Any:
            return jvp(case.parts, list(xs), vs)[1]

        yield from jvp(gradient, data, vs)[1]
        yield from vjp(gradient, *data)[1](tuple(vs))
        yield from vjp(slope, *data)[1](us)


def differ(got: list[Any] | str, expected: list[Any] | str) -> bool:
    """Whether derivatives differ by more than rounding, or in dtype."""
    if isinstance(got, str) or isinstance(expected, str):
        return got != expected
    largest = max((float(np.max(np.abs(x), initial=0, where=np.isfinite(x))) for x in expected), default=0.0)
    bar = 256 * eps_of(expected) * largest
    try:
        agree(got, expected, "", [bar] * len(expected))
    except AssertionError:
        return True
    return any(y.dtype != e.dtype for y, e in zip(got, expected, strict=True))
