"""`ag.random`: random numbers that are differentiable by the parameters of their distribution.

A `Generator` draws what NumPy's draws from the same seed. Where a parameter is recorded, the numbers are written as a smooth
function of the parameter and of noise that does not depend on it (reparametrised): the gradient of an average over samples is
then an estimate of the gradient of the expectation. Numbers that jump, such as counts, have no such function, and are refused.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from .custom import custom_jvp
from .errors import ShapeError, UnsupportedError
from .primitives.indexing import getitem
from .primitives.sample_paths import beta_slopes, gamma_slope
from .primitives.taking import take_along_axis
from .recording import Value, numbers_of
from .shapes import clashing_axis, normal_axes
from .streams import drawn_from

COUNTS = {
    "binomial", "geometric", "hypergeometric", "logseries", "multinomial", "multivariate_hypergeometric", "negative_binomial",
    "poisson", "zipf",
}  # fmt: skip


@custom_jvp
def gamma_path(a: Any, z: Any) -> Any:
    """The sample z of a gamma distribution as a function of its shape a."""
    return np.array(z)


@gamma_path.defjvp
def gamma_tangent(primals: Any, tangents: Any) -> Any:
    a, z = primals
    y = gamma_path(a, z)
    return y, gamma_slope(a, y) * tangents[0]


@custom_jvp
def beta_path(a: Any, b: Any, z: Any) -> Any:
    """The sample z of a beta distribution as a function of its shapes a and b."""
    return np.array(z)


@beta_path.defjvp
def beta_tangent(primals: Any, tangents: Any) -> Any:
    a, b, z = primals
    y = beta_path(a, b, z)
    by_a, by_b = beta_slopes(a, b, y)
    return y, by_a * tangents[0] + by_b * tangents[1]


def is_recorded(*xs: Any) -> bool:
    return any(isinstance(x, Value) for x in xs)


def shape_for(size: Any, *parameters: Any) -> tuple[int, ...] | None:
    """The shape of the noise: `size`, or that of the parameters together; None for a single number."""
    common = np.broadcast_shapes(*[np.shape(p) for p in parameters])
    if size is None:
        return common or None
    shape = (size,) if np.ndim(size) == 0 else tuple(size)
    if clashing_axis([common, shape]) is not None or np.broadcast_shapes(common, shape) != shape:
        raise ShapeError(f"size={size!r} is not what parameters of shape {common} broadcast to: write size={common}")
    return shape


class Generator:
    """A generator of random numbers, as NumPy's of the same name, whose numbers follow recorded parameters.

    Recorded parameters give Tensors, plain ones what NumPy gives. Made by `ag.random.default_rng`.

    Differentiable: normal, lognormal, uniform, triangular, exponential, weibull, pareto, power, rayleigh, gumbel, laplace,
    logistic, multivariate_normal, and by implicit differentiation (with SciPy) gamma, standard_gamma, chisquare, f, beta and
    dirichlet. A Tensor is permuted, chosen from and shuffled like an array. All other methods are NumPy's own, and refuse
    recorded parameters.

    >>> import numpy as np, autograd_core as ag
    >>> def spread(scale):
    ...     return np.mean(ag.random.default_rng(0).normal(1.0, scale, 1000) ** 2)
    >>> ag.grad(spread)(2.0)  # 2 scale = 4, but for chance
    3.7...
    """

    def __init__(self, seed: Any = None) -> None:
        self.numpy: np.random.Generator = np.random.default_rng(seed.numpy if isinstance(seed, Generator) else seed)

    def __repr__(self) -> str:
        return f"ag.random.{self.numpy!r}"

    def __getattr__(self, name: str) -> Any:
        """What NumPy's generator has besides: without derivatives."""
        if name.startswith("_") or name == "numpy":
            raise AttributeError(name)
        found = getattr(self.numpy, name)
        if not callable(found):
            return found

        @wraps(found)
        def draw(*args: Any, **settings: Any) -> Any:
            given = (*args, *settings.values())
            if any(isinstance(x, Value) and x.requires_grad for x in given):
                raise UnsupportedError(f"{name} is not differentiated by its parameters: {self._remedy(name)}")
            bare = {key: numbers_of(x) for key, x in settings.items()}
            return getattr(drawn_from(self.numpy), name)(*map(numbers_of, args), **bare)

        return draw

    def _remedy(self, name: str) -> str:
        if name in COUNTS:
            return (
                "a count jumps, so that it is no smooth function of them. Weigh the outcome by the gradient of its "
                "log-probability (score function), or relax it: softmax((logits + rng.gumbel(size=n)) / temperature)"
            )
        return "no smooth function of them is known here. Compose it of those that are, or give x.detach()"

    def spawn(self, n_children: int) -> list[Generator]:
        """Independent generators for other threads or tasks."""
        return [Generator(child) for child in self.numpy.spawn(n_children)]

    # -- functions of noise ----------------------------------------------------------------------------------------------

    def _drawn(self, name: str, noise: str, path: Callable[..., Any], size: Any, *parameters: Any) -> Any:
        """NumPy's numbers for plain parameters; for recorded ones the path: a function of noise and parameters."""
        if not is_recorded(*parameters):
            return getattr(drawn_from(self.numpy), name)(*parameters, size)
        parameters = tuple([np.asarray(p) if isinstance(p, (list, tuple)) else p for p in parameters])
        shape = shape_for(size, *parameters)
        self._check(name, *parameters)
        return path(getattr(drawn_from(self.numpy), noise)(size=shape), *parameters)

    def _check(self, name: str, *parameters: Any) -> None:
        """Raise NumPy's own error for parameters outside of their domain."""
        bare = [numbers_of(p) for p in parameters]
        getattr(np.random.default_rng(0), name)(*bare, size=(0, *np.broadcast_shapes(*map(np.shape, bare))))

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """loc + scale times standard normal numbers."""
        return self._drawn("normal", "standard_normal", lambda z, loc, scale: loc + scale * z, size, loc, scale)

    def lognormal(self, mean: Any = 0.0, sigma: Any = 1.0, size: Any = None) -> Any:
        """exp of normal numbers."""
        return self._drawn("lognormal", "standard_normal", lambda z, m, s: np.exp(m + s * z), size, mean, sigma)

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        """Numbers between low and high, all equally likely."""
        return self._drawn("uniform", "random", lambda u, low, high: low + (high - low) * u, size, low, high)

    def triangular(self, left: Any, mode: Any, right: Any, size: Any = None) -> Any:
        """Numbers between left and right, the likelier the nearer to the mode."""
        return self._drawn("triangular", "random", triangle, size, left, mode, right)

    def exponential(self, scale: Any = 1.0, size: Any = None) -> Any:
        """Waiting times of mean scale."""
        return self._drawn("exponential", "standard_exponential", lambda e, scale: scale * e, size, scale)

    def weibull(self, a: Any, size: Any = None) -> Any:
        """The a-th root of exponential numbers."""
        return self._drawn("weibull", "standard_exponential", lambda e, a: e ** (1 / a), size, a)

    def pareto(self, a: Any, size: Any = None) -> Any:
        """exp(e / a) - 1 for exponential numbers e."""
        return self._drawn("pareto", "standard_exponential", lambda e, a: np.expm1(e / a), size, a)

    def power(self, a: Any, size: Any = None) -> Any:
        """The a-th root of numbers between 0 and 1."""
        return self._drawn("power", "standard_exponential", lambda e, a: (-np.expm1(-e)) ** (1 / a), size, a)

    def rayleigh(self, scale: Any = 1.0, size: Any = None) -> Any:
        """Lengths of two-dimensional normal vectors."""
        return self._drawn("rayleigh", "rayleigh", lambda z, scale: scale * z, size, scale)

    def gumbel(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """loc + scale times standard Gumbel numbers; the largest of several adds a softmax to its choice."""
        return self._drawn("gumbel", "gumbel", lambda z, loc, scale: loc + scale * z, size, loc, scale)

    def laplace(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """loc + scale times numbers that are exponential on both sides."""
        return self._drawn("laplace", "laplace", lambda z, loc, scale: loc + scale * z, size, loc, scale)

    def logistic(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """loc + scale times the logits of uniform numbers."""
        return self._drawn("logistic", "logistic", lambda z, loc, scale: loc + scale * z, size, loc, scale)

    def multivariate_normal(
        self,
        mean: Any,
        cov: Any,
        size: Any = None,
        check_valid: str = "warn",
        tol: float = 1e-8,
        *,
        method: str = "cholesky",
    ) -> Any:
        """Normal vectors of a mean (n) and a covariance (n, n): mean + L z with L L^T = cov.

        method   how the covariance is taken apart, Cholesky's by default (NumPy's default is "svd"): the only one that can be
                 differentiated by it, so that plain and recorded covariances give the same numbers
        """
        if is_recorded(cov) and method != "cholesky":
            raise UnsupportedError(
                f"multivariate_normal with method={method!r} is not differentiated by cov: use 'cholesky'"
            )
        draw: Any = drawn_from(self.numpy).multivariate_normal
        if not is_recorded(mean, cov):
            return draw(mean, cov, size, check_valid, tol, method=method)
        if not is_recorded(cov):
            return mean + draw(np.zeros(np.shape(mean)), cov, size, check_valid, tol, method=method)
        check: Any = np.random.default_rng(0).multivariate_normal
        check(numbers_of(mean), numbers_of(cov), 0, check_valid, tol, method=method)
        shape = () if size is None else (size,) if np.ndim(size) == 0 else tuple(size)
        noise = drawn_from(self.numpy).standard_normal((*shape, *np.shape(mean)))
        return mean + noise @ np.linalg.cholesky(cov).mT

    # -- by implicit differentiation -------------------------------------------------------------------------------------

    def standard_gamma(self, shape: Any, size: Any = None, dtype: Any = np.float64) -> Any:
        """Numbers of the gamma distribution of a given shape and scale 1."""
        z = drawn_from(self.numpy).standard_gamma(numbers_of(shape), size, dtype)
        return gamma_path(shape, z) if is_recorded(shape) else z

    def gamma(self, shape: Any, scale: Any = 1.0, size: Any = None) -> Any:
        """scale times numbers of the gamma distribution of a given shape."""
        if not is_recorded(shape, scale):
            return drawn_from(self.numpy).gamma(shape, scale, size)
        self._check("gamma", shape, scale)
        return scale * self.standard_gamma(shape, shape_for(size, shape, scale))

    def chisquare(self, df: Any, size: Any = None) -> Any:
        """Sums of df squares of standard normal numbers."""
        if not is_recorded(df):
            return drawn_from(self.numpy).chisquare(df, size)
        return 2 * self.standard_gamma(df / 2, size)

    def f(self, dfnum: Any, dfden: Any, size: Any = None) -> Any:
        """Ratios of two means of squares, of dfnum and of dfden standard normal numbers."""
        if not is_recorded(dfnum, dfden):
            return drawn_from(self.numpy).f(dfnum, dfden, size)
        self._check("f", dfnum, dfden)
        shape = shape_for(size, dfnum, dfden) or ()
        halves = [np.broadcast_to(df / 2, shape) for df in (dfnum, dfden)]
        both = self.standard_gamma(np.stack(halves, axis=-1))
        return both[..., 0] * dfden / (both[..., 1] * dfnum)

    def beta(self, a: Any, b: Any, size: Any = None) -> Any:
        """Numbers between 0 and 1 of the beta distribution."""
        z = drawn_from(self.numpy).beta(numbers_of(a), numbers_of(b), size)
        return beta_path(a, b, z) if is_recorded(a, b) else z

    def dirichlet(self, alpha: Any, size: Any = None) -> Any:
        """Probabilities (n) whose sum is 1, of the Dirichlet distribution with n concentrations alpha.

        Raises UnsupportedError for recorded concentrations that are all below 0.1, which NumPy draws in another way.
        """
        if not is_recorded(alpha):
            return drawn_from(self.numpy).dirichlet(alpha, size)
        np.random.default_rng(0).dirichlet(numbers_of(alpha), 0)
        if np.max(numbers_of(alpha)) < 0.1:
            raise UnsupportedError(
                f"dirichlet is not differentiated where all concentrations are below 0.1, as in {alpha!r}: draw "
                f"standard_gamma(alpha) and divide by the sum"
            )
        shape = () if size is None else (size,) if np.ndim(size) == 0 else tuple(size)
        parts = self.standard_gamma(np.broadcast_to(alpha, (*shape, *np.shape(alpha))))
        return parts / np.sum(parts, axis=-1, keepdims=True)

    # -- in another order ------------------------------------------------------------------------------------------------

    def permutation(self, x: Any, axis: int = 0) -> Any:
        """x in another order along an axis; of an integer n, the numbers below it."""
        if not is_recorded(x) or not np.ndim(x):
            return drawn_from(self.numpy).permutation(numbers_of(x), axis)
        (axis,) = normal_axes(axis, np.ndim(x))
        return getitem(x, (slice(None),) * axis + (drawn_from(self.numpy).permutation(np.shape(x)[axis]),))

    def permuted(self, x: Any, *, axis: int | None = None) -> Any:
        """x with the elements along an axis in another order, a different one in each slice; all elements by default."""
        if not is_recorded(x):
            return drawn_from(self.numpy).permuted(x, axis=axis)
        shape = np.shape(x)
        if axis is None:
            places = drawn_from(self.numpy).permuted(np.arange(np.size(x)))
            return np.reshape(np.ravel(x)[places], shape)
        (axis,) = normal_axes(axis, len(shape))
        along = np.reshape(np.arange(shape[axis]), [-1 if i == axis else 1 for i in range(len(shape))])
        places = drawn_from(self.numpy).permuted(np.broadcast_to(along, shape).copy(), axis=axis)
        return take_along_axis(x, places, axis)

    def shuffle(self, x: Any, axis: int = 0) -> None:
        """Bring an array into another order in place; a recorded one is not written to."""
        if is_recorded(x):
            raise UnsupportedError("shuffle would write into a recorded value: use x = rng.permutation(x)")
        drawn_from(self.numpy).shuffle(x, axis)

    def choice(
        self, a: Any, size: Any = None, replace: bool = True, p: Any = None, axis: int = 0, shuffle: bool = True
    ) -> Any:
        """Elements of a along an axis, chosen at random; gradients flow to what was chosen, not to the probabilities."""
        if isinstance(p, Value) and p.requires_grad:
            raise UnsupportedError(f"choice is not differentiated by its probabilities: {self._remedy('multinomial')}")
        if not is_recorded(a) or not np.ndim(a):
            return drawn_from(self.numpy).choice(numbers_of(a), size, replace, numbers_of(p), axis, shuffle)
        (axis,) = normal_axes(axis, np.ndim(a))
        places = drawn_from(self.numpy).choice(np.shape(a)[axis], size, replace, numbers_of(p), shuffle=shuffle)
        return getitem(a, (slice(None),) * axis + (places,))


def triangle(u: Any, left: Any, mode: Any, right: Any) -> Any:
    """The number below which a triangular number is with probability u."""
    width = right - left
    rising = left + np.sqrt(u * width * (mode - left))
    falling = right - np.sqrt((1 - u) * width * (right - mode))
    return np.where(u * numbers_of(width) <= numbers_of(mode) - numbers_of(left), rising, falling)


def default_rng(seed: Any = None) -> Generator:
    """A Generator made from a seed, from the system's entropy for None, or around a generator of NumPy's.

    >>> import autograd_core as ag
    >>> ag.random.default_rng(0).integers(10, size=3)
    array([8, 6, 5])
    """
    return seed if isinstance(seed, Generator) else Generator(seed)


# -- the default stream ----------------------------------------------------------------------------------------------------


class _Streams(threading.local):
    """The default stream of each thread; seeded from the system's entropy, when first asked for, until `manual_seed`."""

    default: Generator | None = None


_streams = _Streams()


def manual_seed(seed: int) -> Generator:
    """Start this thread's default stream anew from a seed, and return it.

    >>> import autograd_core as ag
    >>> ag.random.manual_seed(0).random() == ag.random.manual_seed(0).random()
    True
    """
    _streams.default = Generator(seed)
    return _streams.default


def stream(generator: Any = None) -> Generator:
    """The generator to draw from: the one given, one made from a seed, or this thread's default."""
    if generator is not None:
        return default_rng(generator)
    if _streams.default is None:
        _streams.default = Generator()
    return _streams.default


__all__ = ["Generator", "default_rng", "manual_seed", "stream"]
