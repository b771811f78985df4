"""Fourier transforms along several axes, one axis after the other as NumPy writes them; shifts and frequencies of spectra."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError, UnsupportedError
from ..families import composed
from ..samples import Sample, sample
from ..shapes import Axis, normal_axes
from .arranging import roll
from .fourier import along, from_half, half_transform, inverse, real_only, transform
from .reductions import matrix, refuse

# -- several axes --------------------------------------------------------------------------------------------------------


def sizes_and_axes(a: Any, s: Sequence[int] | None, axes: Sequence[int] | None) -> tuple[list[int], list[int]]:
    """How many elements to use along each axis, as NumPy understands s= and axes=: all where s says -1."""
    shape = np.shape(a)
    if axes is None:
        axes = range(len(shape)) if s is None else range(len(shape) - len(s), len(shape))
    normal = [normal_axes(axis, len(shape))[0] for axis in axes]  # an axis may be named twice
    if s is None:
        return [shape[axis] for axis in normal], normal
    if len(s) != len(normal) or None in s:
        raise ShapeError(f"s={s!r} must say one length for each of the axes {tuple(normal)}; -1 means the whole axis")
    return [shape[axis] if n == -1 else n for n, axis in zip(s, normal, strict=True)], normal


def cases_of_several(scale: complex = 1, square: bool = False) -> list[Sample]:
    """Every parameter of a transform along several axes; `square` ones go along the last two by default."""
    a = np.sin(np.arange(24.0)).reshape(2, 3, 4) * scale
    return [
        sample(a),
        sample(a, (3, 3), (0, -1)),
        sample(a, s=(2, -1), axes=(1, 2), norm="ortho"),
        sample(a, axes=(2, 0), norm="forward"),
        sample(a[0].astype(np.complex64 if type(scale) is complex else np.float32)),
        sample([[1, 2, 3], [4, 5, 7]]),
        sample(a, (2,), (0, 1), raises=ShapeError, match="one length for each"),
        sample(a, axes=(0, 3), raises=ShapeError, match="axis 3 is outside"),
        *([] if square else [sample(a, axes=(1, 1)), sample(a[0, 0], (3,), (0,))]),
    ]


def cases_of_real_several() -> list[Sample]:
    """Those for real numbers, and complex ones, which are refused."""
    return [*cases_of_several(), sample(matrix(complex), raises=UnsupportedError, match=r"np\.real")]


def cases_of_both_several() -> list[Sample]:
    """Real and complex numbers."""
    return [*cases_of_several(1 - 2j), *cases_of_several()]


def cases_of_several_bins() -> list[Sample]:
    """Half spectra, of even and odd lengths."""
    return [*cases_of_both_several(), sample(matrix(complex) * 1j, (2, 3), (0, 1))]


@answers(np.fft.fftn, samples=cases_of_both_several)
@composed
def fftn(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None, out: None = None
) -> Any:
    """`fft` along several axes, all by default.

    s   how many elements to use along each of the axes; -1 for all

    >>> import numpy as np, autograd_core as ag
    >>> ag.fft.fftn(np.ones((2, 2))).real
    array([[4., 0.],
           [0., 0.]])
    """
    refuse("fftn", out=out)
    for n, axis in reversed(list(zip(*sizes_and_axes(a, s, axes), strict=True))):
        a = along(transform, a, n, axis, norm)
    return a


@answers(np.fft.ifftn, samples=cases_of_both_several)
@composed
def ifftn(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None, out: None = None
) -> Any:
    """The inverse of `fftn`."""
    refuse("ifftn", out=out)
    for n, axis in reversed(list(zip(*sizes_and_axes(a, s, axes), strict=True))):
        a = along(inverse, a, n, axis, norm)
    return a


@answers(np.fft.rfftn, samples=cases_of_real_several)
@composed
def rfftn(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None, out: None = None
) -> Any:
    """`rfft` along the last of several axes, then `fft` along the others."""
    refuse("rfftn", out=out)
    *others, (n, last) = zip(*sizes_and_axes(a, s, axes), strict=True)
    a = along(half_transform, real_only("rfftn", a), n, last, norm)
    for n, axis in reversed(others):
        a = along(transform, a, n, axis, norm)
    return a


@answers(np.fft.irfftn, samples=cases_of_several_bins)
@composed
def irfftn(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str | None = None, out: None = None
) -> Any:
    """The inverse of `rfftn`, of an even length along the last of the axes by default."""
    refuse("irfftn", out=out)
    *others, (n, last) = zip(*sizes_and_axes(a, s, axes), strict=True)
    for length, axis in others:
        a = along(inverse, a, length, axis, norm)
    return from_half(a, None if s is None else n, last, norm)


@answers(np.fft.fft2, samples=lambda: [*cases_of_several(1 - 2j, square=True), *cases_of_several(square=True)])
def fft2(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None, out: None = None
) -> Any:
    """`fft` along two axes, the last by default."""
    return fftn(a, s, axes, norm, out)


@answers(np.fft.ifft2, samples=lambda: [*cases_of_several(1 - 2j, square=True), *cases_of_several(square=True)])
def ifft2(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None, out: None = None
) -> Any:
    """The inverse of `fft2`."""
    return ifftn(a, s, axes, norm, out)


@answers(np.fft.rfft2, samples=lambda: cases_of_several(square=True))
def rfft2(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None, out: None = None
) -> Any:
    """`rfftn` along two axes, the last by default."""
    return rfftn(a, s, axes, norm, out)


@answers(np.fft.irfft2, samples=lambda: [*cases_of_several(1 - 2j, square=True), *cases_of_several(square=True)])
def irfft2(
    a: Any, s: Sequence[int] | None = None, axes: Sequence[int] = (-2, -1), norm: str | None = None, out: None = None
) -> Any:
    """The inverse of `rfft2`."""
    return irfftn(a, s, axes, norm, out)


# -- frequencies ---------------------------------------------------------------------------------------------------------


def middles(x: Any, axes: Axis) -> tuple[list[int], tuple[int, ...]]:
    """Half of the length along each axis, rounded down."""
    shape = np.shape(x)
    normal = normal_axes(axes, len(shape))
    return [shape[axis] // 2 for axis in normal], normal


def cases_of_shifts() -> list[Sample]:
    """All axes, some, odd and even lengths, none."""
    return [
        sample(matrix()),
        sample(matrix(complex) * 1j, axes=0),
        sample(matrix(np.float32)[:, ::-1], (1, -2)),
        sample([1, 2, 3]),
        sample(matrix(), 2, raises=ShapeError, match="axis 2 is outside"),
    ]


@answers(np.fft.fftshift, samples=cases_of_shifts)
def fftshift(x: Any, axes: Axis = None) -> Any:
    """A spectrum with the frequency 0 in the middle of the axes, all by default.

    >>> import numpy as np, autograd_core as ag
    >>> ag.fft.fftshift(np.array([0.0, 1.0, 2.0, -2.0, -1.0]))
    array([-2., -1.,  0.,  1.,  2.])
    """
    shift, normal = middles(x, axes)
    return roll(x, shift, normal)


@answers(np.fft.ifftshift, samples=cases_of_shifts)
def ifftshift(x: Any, axes: Axis = None) -> Any:
    """The inverse of `fftshift`, which differs from it for odd lengths."""
    shift, normal = middles(x, axes)
    return roll(x, [-s for s in shift], normal)


def cases_of_frequencies() -> list[Sample]:
    """Even and odd numbers of bins; a spacing to differentiate."""
    return [
        sample(4),
        sample(5, 0.25),
        sample(5, np.float64(0.25)),
        sample(1, d=np.float64(2.0)),
        sample(5, np.array(0.3, np.float16)),
        sample(0, raises=ShapeError, match="at least one"),
    ]


def frequencies(of: Callable[[int], Any], n: int, d: Any) -> Any:
    """The frequencies of n bins for samples d apart."""
    if index(n) < 1:
        raise ShapeError(f"frequencies of {n} bins: there must be at least one")
    return np.multiply(np.rint(of(n) * n), 1.0 / (n * d))  # as NumPy does, in the precision of d


@answers(np.fft.fftfreq, samples=cases_of_frequencies)
def fftfreq(n: int, d: Any = 1.0, device: Any = None) -> Any:
    """The frequency of each of the n bins of `fft`, for samples d apart: 0, 1, ..., -2, -1 by 1 / (n d).

    >>> import autograd_core as ag
    >>> ag.fft.fftfreq(4, 0.5)
    array([ 0. ,  0.5, -1. , -0.5])
    """
    return frequencies(np.fft.fftfreq, n, d)


@answers(np.fft.rfftfreq, samples=cases_of_frequencies)
def rfftfreq(n: int, d: Any = 1.0, device: Any = None) -> Any:
    """The frequency of each of the n // 2 + 1 bins of `rfft`, for samples d apart: 0, 1, ... by 1 / (n d).

    >>> import autograd_core as ag
    >>> ag.fft.rfftfreq(4, 0.5)
    array([0. , 0.5, 1. ])
    """
    return frequencies(np.fft.rfftfreq, n, d)
