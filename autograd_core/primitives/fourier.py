"""Discrete Fourier transforms: three linear maps, the rest written in them as NumPy writes it.

The full transform is symmetric, so it is its own transpose. The half spectrum of real numbers stands for a whole one, in which
every bin but the first, and the last of an even length, occurs twice: once as it is and once conjugated. Its transpose therefore
halves these bins, and that of its inverse doubles them. Of the others the inverse ignores the imaginary parts.

Along several axes, shifts and frequencies: see `spectra`.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import index
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError, UnsupportedError
from ..families import primitive
from ..primitive import Primitive
from ..samples import Sample, sample
from ..shapes import Shape, normal_axes
from .indexing import at, getitem
from .padding import padded
from .reductions import matrix, refuse

SWAPPED = {"backward": "forward", "ortho": "ortho", "forward": "backward"}
"""The norm whose factor in one direction is that of the other norm in the other direction."""


def weights(g: Any, n: int, axis: int, twice: float) -> Any:
    """A weight for each bin of the half spectrum of n numbers: `twice` where it stands for two bins, 1 where for one."""
    bins = np.full(n // 2 + 1, twice, g.dtype)
    bins[0] = 1
    if n % 2 == 0:
        bins[-1] = 1
    return bins.reshape([-1 if i == axis % g.ndim else 1 for i in range(g.ndim)])


def cases(dtype: Any = complex) -> list[Sample]:
    """Even and odd lengths along either axis, each norm, single precision, a single bin, and no axis to go along."""
    scale = 1 + 2j if dtype is complex else 1
    return [
        sample(matrix(dtype) * scale, axis=0),
        sample(matrix(dtype)[:, ::-1] * scale, axis=-1, norm="ortho"),
        sample(np.arange(8.0).reshape(4, 2).astype(dtype) * scale, axis=0, norm="forward"),
        sample(matrix(np.float32), axis=1),
        sample(np.ones((2, 1), dtype), axis=1),
        sample(np.ones((2, 0), dtype), axis=1, raises=ShapeError),
    ]


transform: Primitive = primitive(
    lambda a, *, axis, norm="backward": np.fft.fft(a, axis=axis, norm=norm),
    lambda g, axis, norm: transform(g, axis=axis, norm=norm),
    linear=True,
    samples=lambda: [*cases(), *cases(float)],
    batch="axes",
    name="fft",
)
inverse: Primitive = primitive(
    lambda a, *, axis, norm="backward": np.fft.ifft(a, axis=axis, norm=norm),
    lambda g, axis, norm: inverse(g, axis=axis, norm=norm),
    linear=True,
    samples=lambda: [*cases(), *cases(float)],
    batch="axes",
    name="ifft",
)
half_transform = primitive(
    lambda a, *, axis, norm="backward": np.fft.rfft(a, axis=axis, norm=norm),
    lambda g, a_like, axis, norm: np.fft.hfft(
        g * weights(g, a_like.shape[axis], axis, 0.5), a_like.shape[axis], axis, norm
    ),
    linear=True,
    samples=lambda: cases(float),
    batch="axes",
    name="rfft",
)
half_inverse = primitive(
    lambda a, *, n, axis, norm="backward": np.fft.irfft(a, n, axis, norm),
    lambda g, n, axis, norm: doubled(np.fft.ihfft(g, n, axis, norm), n, axis),
    linear=True,
    samples=lambda: [
        sample(matrix(complex) * (1 + 2j), n=4, axis=1),
        sample(matrix(complex) * (1 - 2j), n=5, axis=-1, norm="ortho"),
        sample(matrix(complex)[:1] * 2j, n=1, axis=0, norm="forward"),
        sample(matrix(np.float32), n=2, axis=0),
        sample(np.ones((2, 0), complex), n=0, axis=1, raises=ShapeError),
    ],
    batch="axes",
    name="irfft",
)


def doubled(spectrum: Any, n: int, axis: int) -> Any:
    """A half spectrum with the bins that occur twice taken twice."""
    return spectrum * weights(spectrum, n, axis, 2.0)


# -- one axis ------------------------------------------------------------------------------------------------------------


def known_norm(norm: str | None) -> str:
    """The norm by its name, "backward" by default."""
    if norm not in (None, *SWAPPED):
        raise UnsupportedError(f"norm={norm!r} is none that np.fft has: use 'backward', 'ortho' or 'forward'")
    return norm or "backward"


def some(n: Any, axis: int, shape: Shape) -> int:
    """A number of elements along an axis, at least one."""
    if index(n) < 1:
        raise ShapeError(f"a Fourier transform along axis {axis} of shape {shape} needs at least one number, not {n}")
    return index(n)


def resized(a: Any, axis: int, n: int) -> Any:
    """a with n elements along an axis: cropped, or with zeros behind."""
    shape = np.shape(a)
    length = shape[axis]
    if n < length:
        return getitem(a, at(axis, slice(n)))
    return a if n == length else padded(a, width=tuple((0, n - length if i == axis else 0) for i in range(len(shape))))


def along(step: Callable[..., Any], a: Any, used: int | None, axis: int, norm: str | None, **settings: Any) -> Any:
    """One of the primitives along one axis, of which so many elements are used, by default all."""
    shape = np.shape(a)
    (axis,) = normal_axes(axis, len(shape))
    used = some(shape[axis] if used is None else used, axis, shape)
    return step(resized(a, axis, used), axis=axis, norm=known_norm(norm), **settings)


def from_half(a: Any, n: int | None, axis: int, norm: str | None) -> Any:
    """The n numbers along an axis that have a given half spectrum; an even number by default."""
    shape = np.shape(a)
    (axis,) = normal_axes(axis, len(shape))
    n = some(2 * (shape[axis] - 1) if n is None else n, axis, shape)
    return along(half_inverse, a, n // 2 + 1, axis, norm, n=n)


def real_only(name: str, a: Any) -> Any:
    """An input that must be real."""
    if np.iscomplexobj(a):
        raise UnsupportedError(f"{name} takes real numbers: use fft for complex ones, or say np.real(x)")
    return a


def cases_of_names(scale: complex = 1) -> list[Sample]:
    """Every parameter of a transform along one axis: crops and zeros, even and odd, norms, axes, dtypes, wrong calls."""
    a = matrix(type(scale)) * scale if type(scale) is complex else matrix()
    return [
        sample(a),
        sample(a, 5),
        sample(a, n=2, norm="ortho"),
        sample(a, 6, 0, "forward"),
        sample(a, axis=-2, norm="backward"),
        sample(a[0].astype(np.complex64 if type(scale) is complex else np.float32), 4),
        sample([1, 2, 3, 4, 5]),
        sample(a, axis=2, raises=ShapeError, match="axis 2 is outside"),
        sample(a, norm="unit", raises=UnsupportedError, match="'backward', 'ortho' or 'forward'"),
        sample(a, 0, raises=ShapeError, match="at least one number, not 0"),
    ]


def cases_of_real() -> list[Sample]:
    """Those for real numbers, and complex ones, which are refused."""
    return [
        *cases_of_names(),
        sample(matrix(np.longdouble)),
        sample(matrix(complex), raises=UnsupportedError, match=r"np\.real"),
    ]


def cases_of_both() -> list[Sample]:
    """Real and complex numbers."""
    return [*cases_of_names(1 - 2j), *cases_of_names(), sample(matrix(np.float16))]


@answers(np.fft.fft, samples=cases_of_both)
def fft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The discrete Fourier transform along an axis: y[k] = sum over j of a[j] exp(-2 pi i j k / n).

    n      how many elements to use, all by default: the others are left out, missing ones are zeros
    norm   where the factor 1/n is: "backward" in the inverse only, "forward" here only, "ortho" its root in both

    Complex as the input is precise: float32 gives complex64. Raises ShapeError for no elements.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.sum(np.abs(ag.fft.fft(x)) ** 2))(np.array([1.0, 2.0]))
    array([4., 8.])
    """
    refuse("fft", out=out)
    return along(transform, a, n, axis, norm)


@answers(np.fft.ifft, samples=cases_of_both)
def ifft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The inverse of `fft`: y[j] = 1/n sum over k of a[k] exp(2 pi i j k / n).

    >>> import numpy as np, autograd_core as ag
    >>> ag.fft.ifft(np.array([6.0, 0.0, 0.0]))
    array([2.+0.j, 2.+0.j, 2.+0.j])
    """
    refuse("ifft", out=out)
    return along(inverse, a, n, axis, norm)


@answers(np.fft.rfft, samples=cases_of_real)
def rfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The first n // 2 + 1 bins of `fft` of real numbers; the others are their conjugates.

    >>> import numpy as np, autograd_core as ag
    >>> ag.fft.rfft(np.array([1.0, 2.0, 3.0, 4.0]))
    array([10.+0.j, -2.+2.j, -2.+0.j])
    """
    refuse("rfft", out=out)
    return along(half_transform, real_only("rfft", a), n, axis, norm)


@answers(np.fft.irfft, samples=cases_of_both)
def irfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The inverse of `rfft`: n real numbers from their first n // 2 + 1 bins.

    n   2 (m - 1) for m bins by default, which is wrong for numbers that were odd in number
    The imaginary part of the first bin is ignored, and of the last one where n is even.

    >>> import numpy as np, autograd_core as ag
    >>> ag.fft.irfft(np.array([6.0, 0.0]), 3)
    array([2., 2., 2.])
    """
    refuse("irfft", out=out)
    return from_half(a, n, axis, norm)


@answers(np.fft.hfft, samples=cases_of_both)
def hfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """`fft` of n numbers, whose second half is the conjugate of the first, given by the first n // 2 + 1: real.

    >>> import numpy as np, autograd_core as ag
    >>> ag.fft.hfft(np.array([1.0, 2.0, 3.0]))
    array([ 8., -2.,  0., -2.])
    """
    refuse("hfft", out=out)
    return from_half(np.conjugate(a), n, axis, SWAPPED[known_norm(norm)])


@answers(np.fft.ihfft, samples=cases_of_real)
def ihfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: None = None) -> Any:
    """The inverse of `hfft`: n // 2 + 1 numbers from n real ones.

    >>> import numpy as np, autograd_core as ag
    >>> ag.fft.ihfft(np.array([8.0, -2.0, 0.0, -2.0]))
    array([1.-0.j, 2.-0.j, 3.-0.j])
    """
    refuse("ihfft", out=out)
    return np.conjugate(along(half_transform, real_only("ihfft", a), n, axis, SWAPPED[known_norm(norm)]))
