"""The integral of the normal density, on blocks of plain arrays: from a table, and by Taylor's series from there.

    I(x) = I(x_i) + φ(x) (d + x d^2 / 2 + (x^2 - 1) d^3 / 6 + (x^3 - 3 x) d^4 / 24 + ...),     d = x - x_i,  φ = density

The points x_i lie so close that one term is enough in float32, and four in float64. The density is wanted anyway, and looking
a number up costs as much as six multiplications. Polynomials take as long in float32, twice as long in float64, and lose the
digits of the tail, where the integral is small.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from .buffers import fresh

Array = np.ndarray[Any, Any]

HALF_ROOT_2 = math.sqrt(0.5)
ONE_OVER_ROOT_2_PI = 1 / math.sqrt(2 * math.pi)

POINTS = 2048  # of a table, in an interval of length 1


class Table(NamedTuple):
    """An integral at equally spaced points.

    reach    beyond it the integral has its last value
    magic    a sum with it has the spacing of the points as its last digit, so that it rounds to the nearest point
    integers, first   how the bits of that sum are read as numbers of points, and that of the first
    """

    values: Array
    reach: float
    magic: Any
    integers: Any
    first: int


@lru_cache
def table(function: Callable[[float], float], reach: float, dtype: Any) -> Table:
    """The values of erfc or erf, of -x / sqrt(2), halved; the arguments are rounded, which is made up for."""
    digits, integers = (23, np.int32) if dtype == np.float32 else (52, np.int64)
    n = int(reach * POINTS)
    exact = np.arange(n, -n - 1, -1) * (np.sqrt(np.longdouble(0.5)) / POINTS)
    rounded = exact.astype(float)
    slopes = np.exp(-rounded * rounded) / math.sqrt(math.pi)
    values = np.array(list(map(function, rounded.tolist()))) / 2 - slopes * (exact - rounded).astype(float)
    magic = dtype.type(1.5 * 2.0**digits / POINTS)
    return Table(values.astype(dtype), reach, magic, integers, int(magic.view(integers)) - n)


class Integral:
    """A table, with room to compute in for blocks of up to `size` numbers."""

    def __init__(self, function: Callable[[float], float], reach: float, dtype: Any, size: int) -> None:
        self.table = table(function, reach, dtype)
        self.room = fresh((size,), dtype), fresh((size,), dtype), fresh((size,), np.dtype(np.intp))

    def write(self, z: Array, out: Array, density: Array) -> None:
        """Write the integral and the density at each number of a block."""
        known = self.table
        with np.errstate(over="ignore"):
            square = np.multiply(z, z, out=density)
        if not np.maximum.reduce(square) < known.reach**2:  # NaN neither
            z = np.clip(z, -known.reach, known.reach)
            np.multiply(z, z, out=square)
        nearest, d, index = [room[: len(z)] for room in self.room]
        np.add(z, known.magic, out=nearest)
        np.subtract(nearest, known.magic, out=d)
        np.subtract(z, d, out=d)
        bits = nearest.view(known.integers)
        bits -= known.first
        index[...] = bits
        known.values.take(index, out=out, mode="clip")
        if z.itemsize > 4:
            d *= series(z, square, d)
        density *= -0.5
        np.exp(density, out=density)
        density *= ONE_OVER_ROOT_2_PI
        d *= density
        out += d


def series(z: Array, square: Array, d: Array) -> Array:
    """1 + d/2 (z + d/3 (z^2 - 1 + d/4 (z^3 - 3 z)))."""
    t = square - 3
    t *= z
    for divisor, term in ((4, square - 1), (3, z), (2, 1)):
        t *= d
        t *= 1 / divisor
        t += term
    return t
