"""The families of np.polynomial under `ag.polynomial`: NumPy's values, and their derivatives."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import LeavingError, ShapeError, UnsupportedError
from autograd_core.testing import check_grads

KINDS = {
    "polynomial": "poly",
    "chebyshev": "cheb",
    "legendre": "leg",
    "hermite": "herm",
    "hermite_e": "herme",
    "laguerre": "lag",
}
RNG = np.random.default_rng(0)
X, Y, Z = RNG.uniform(-1, 1, (3, 2, 3))
C1, C2, C3, C34 = [RNG.standard_normal(shape) for shape in (4, (2, 3), (2, 3, 2), (3, 4))]

GRID, WAVE = np.array([0.0, 0.5, 1.25, 2.0, 3.5]), np.array([1.0, -0.5, 0.75, 2.0, 1.5])

# floating arrays are differentiated, numbers and lists are settings
CALLS = {
    "val": [(X, C1), (X, C34), (X[:, :1], C34[:, None, :2], False), (np.float64(0.3), C34), ([0.1, 0.2], [1, 2, 3])],
    "val2d": [(X, Y, C2)],
    "val3d": [(X, Y, Z, C3)],
    "grid2d": [(X[0], Y[:, 0], C2)],
    "grid3d": [(X[0], Y[:, 0], np.float64(0.2), C3)],
    "vander": [(X, 3), (np.float64(0.5), 2), ([1, 2], 1), (X, 0)],
    "vander2d": [(X, Y, [1, 2])],
    "vander3d": [(X, Y, Z, [1, 0, 2])],
    "der": [(C1,), (C34, 2, np.float64(0.5), 1), (C1, 0), (C1, 9), ([1, 2, 3],)],
    "int": [(C1,), (C34, 2, [1, 2], np.float64(0.5), np.float64(2.0), -1), (C1[:1], 3, [1]), ([0], 1, 2), (C1, 0)],
    "add": [(C1, C34[:, 0]), (C1[:2], C1), ([1, 2], [1, -2])],
    "sub": [(C1, C34[:, 0]), (C1[:2], C1), ([1, 2], [3, 2])],
    "fit": [
        (GRID, WAVE, 2),
        (GRID, np.stack([WAVE, GRID**2], 1), [0, 2], None, False, GRID + 1),
        ([1, 2, 3], [2, 4, 7], 1),
    ],
    "mul": [(C1, C34[:, 0]), ([1, 2, 0], C1[:1]), ([1, 2], [0])],
}
ROWS = [
    pytest.param(module, kind, name, args, id=f"{kind}{name}-{i}")
    for module, kind in KINDS.items()
    for name, calls in CALLS.items()
    for i, args in enumerate(calls)
]


def ours(module, name):
    return getattr(getattr(ag.polynomial, module), name)


@pytest.mark.parametrize(("module", "kind", "name", "args"), ROWS)
def test_values_are_numpys_and_derivatives_agree_with_differences(module, kind, name, args):
    expected = getattr(getattr(np.polynomial, module), kind + name)(*args)
    function = ours(module, kind + name)
    got = function(*args)

    assert np.shape(got) == np.shape(expected)
    assert got.dtype == np.asarray(expected).dtype
    np.testing.assert_allclose(got, expected, rtol=1e-13, atol=1e-13)
    places = [i for i, x in enumerate(args) if isinstance(x, (np.ndarray, np.floating))]

    def f(*data):
        filled = list(args)
        for i, x in zip(places, data, strict=True):
            filled[i] = x
        return function(*filled)

    if places:
        check_grads(f, *[args[i] for i in places], directions=1)


def test_single_precision_and_complex_numbers_stay_what_they_are():
    c = C1.astype(np.float32)
    x = ag.tensor(X.astype(np.float32), requires_grad=True)
    y = ag.polynomial.hermite.hermval(x, c)
    y.sum().backward()

    assert y.dtype == x.grad.dtype == np.float32
    for name in ("legder", "legint"):
        assert ours("legendre", name)(c).dtype == np.float32
    check_grads(ag.polynomial.legendre.legval, X + 1j * Y, C1 * (1 - 2j), directions=1)


def test_coefficients_may_be_scalars_in_a_list():
    a, b = ag.scalar(2.0), ag.scalar(3.0)
    y = ag.polynomial.polynomial.polyval(np.array([1.0, 10.0]), [a, b])
    y.sum().backward()

    assert (a.grad, b.grad) == (2.0, 11.0)


def test_roots_values_and_products_take_scalars_in_a_list():
    a, b = ag.scalar(1.0), ag.scalar(2.0)
    total = np.poly([a, b])[-1] + ag.polyval([a, b], 3.0) + np.real(np.roots([1.0, b]))[0]
    total.backward()

    assert total.item() == 1.0 * 2.0 + (1.0 * 3.0 + 2.0) - 2.0
    assert (a.grad, b.grad) == (2.0 + 3.0, 1.0 + 1.0 - 1.0)


def test_slopes_of_a_double_root_are_infinite():
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = ag.jacobian(np.roots)(np.array([1.0, 0.0, 0.0]))

    assert not np.isfinite(slopes[:, -1]).any()


def test_data_that_do_not_determine_a_polynomial_are_warned_of():
    y = ag.tensor([1.0, 2.0, 3.0], requires_grad=True)

    with pytest.warns(np.exceptions.RankWarning, match="poorly conditioned"):
        ag.polyfit(np.ones(3), y, 1)
    with pytest.warns(np.exceptions.RankWarning, match="poorly conditioned"):
        ag.polynomial.legendre.legfit(np.ones(3), y, 1)


def test_all_that_is_told_of_a_fit_is_numpys():
    expected = np.polynomial.hermite.hermfit(GRID, WAVE, 2, full=True)
    got = ag.polynomial.hermite.hermfit(GRID, WAVE, 2, full=True)

    for ours_, theirs in zip([got[0], *got[1]], [expected[0], *expected[1]], strict=True):
        np.testing.assert_allclose(ours_, theirs, rtol=1e-12)


def test_numpys_own_name_says_which_to_use():
    c = ag.tensor(C1, requires_grad=True)

    with pytest.raises(LeavingError, match=r"the ag\. function of the same name .*ag\.polynomial\.legendre\.legval"):
        np.polynomial.chebyshev.chebval(0.5, c)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("polyadd", (C1, [1.0, 0.0])),
        ("polysub", (C1[:1], [0.0, 0.0])),
        ("polymul", ([1.0, 2.0], [0.0])),
        ("polyint", ([0.0],)),
    ],
)
def test_a_recorded_coefficient_that_numpy_would_leave_out_is_not_lost(name, args):
    *others, last = args

    with pytest.raises(UnsupportedError, match=f"{name} leaves out the highest coefficients"):
        ours("polynomial", name)(*others, ag.tensor(last, requires_grad=True))


@pytest.mark.parametrize(
    ("name", "args", "words"),
    [
        ("polyval2d", (X, Y[0], C2), "coordinates of one shape"),
        ("polyvander", (X, -1), "degrees 0, 1"),
        ("polyvander2d", (X, Y, [1]), "a degree for each of 2 variables"),
        ("polyder", (C1, -1), "use polyint"),
        ("polyder", (C1, 1, 1, 1), "axis 1 is outside"),
        ("polyint", (C1, 1, [1, 2]), "one for each order"),
        ("polyint", (C1, 1, [], [0, 1]), "numbers as lbnd and scl"),
        ("polyfit", (GRID, WAVE[:2], 1), r"x of shape \(5,\) and y of shape \(2,\)"),
        ("polyfit", (GRID, WAVE, -1), "degrees 0, 1, 2"),
        ("polyadd", (C1, C2), r"shape \(n,\)"),
        ("polymul", (C1, []), r"n > 0"),
    ],
)
def test_a_wrong_call_is_explained(name, args, words):
    with pytest.raises(ShapeError, match=words):
        ours("polynomial", name)(*args)
