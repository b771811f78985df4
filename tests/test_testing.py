"""`check_grads` tells right derivatives from wrong ones, also near kinks, and says what it found."""

import re

import numpy as np
import pytest
from hypothesis import settings

import autograd_core as ag
from autograd_core.testing import Report, Row, check_grads
from autograd_core.testing.differences import derivative_at_zero, estimates_at_zero, slopes_at_zero
from autograd_core.testing.oracles import Line, by_complex_step
from autograd_core.testing.points import inner

EXAMPLES = settings().max_examples  # of the profile: few at the desk, many at night


def points(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


# -- right derivatives pass ------------------------------------------------------------------------------------------


def relu_net(x):
    return lambda *ws: np.mean((np.maximum(np.maximum(x @ ws[0], 0) @ ws[1], 0) @ ws[2]) ** 2)


def pieces(x, w):
    h = np.maximum(x * w, 0.1 * x)
    return np.mean(np.where(h > 0.5, h**2, np.sin(h)))


def hinge(x, w):
    return np.sum(np.maximum(0, 1 - x @ w))


KINKED = {
    "ReLU network": lambda seed: (relu_net(points(seed, (8, 6))[0]), points(seed + 1, (6, 12), (12, 12), (12, 1))),
    "maximum and where": lambda seed: (pieces, points(seed, (50, 8), (8,))),
    "piecewise linear": lambda seed: (hinge, points(seed, (100, 4), (4,))),
    "a jump in the second derivative": lambda seed: (lambda x: np.where(x > 0, x**2, x**3), points(seed, (50, 8))),
}


@pytest.mark.parametrize("make", KINKED.values(), ids=KINKED)
def test_right_derivatives_pass_for_all_seeds_though_kinks_are_near(make):
    for seed in range(EXAMPLES):
        f, args = make(seed)

        assert check_grads(f, *args, directions=1, seed=seed).worst < 1e-3


@pytest.mark.parametrize("distance", [1e-3, 1e-5, 1e-7])
def test_a_kink_may_be_very_near(distance):
    check_grads(lambda x: np.maximum(np.sin(x), np.sin(1.0) + 3 * (x - 1.0)), np.asarray(1.0 - distance))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: 3.0 * x,
        lambda x: x - np.mean(x),
        lambda x: np.where(x > 0, x, 3 * x),
        lambda x: x * x / x,
        lambda x: np.sum(ag.ops.softmax(x)),
        lambda x: np.floor(x) * 2 + x,
    ],
)
def test_derivatives_that_are_0_pass_at_every_order(f):
    for seed in range(10):
        check_grads(f, *points(seed, (40,)), order=3, seed=seed)


def test_products_of_half_precision_are_summed_in_double():
    x = np.full(1001, 300, np.float16)

    assert inner([x], [x]) == 1001 * 300**2


@pytest.mark.parametrize("at", [1.0, 1 + 2j])
def test_value_and_derivative_may_both_be_exactly_0(at):
    for seed in range(8):
        check_grads(lambda x: (x - at) ** 2, np.full(3, at), seed=seed)


@pytest.mark.parametrize("shift", [1e3, 1e6])
def test_large_inputs_pass(shift):
    check_grads(lambda x: np.sin(x / shift) * x, shift + points(0, (5,))[0])


def test_steps_out_of_the_domain_are_no_reason_to_fail():
    check_grads(np.log, np.array([1e-3, 1.0]))
    check_grads(np.sqrt, np.array([1e-5, 1.0]))


def test_containers_floats_and_complex_arrays_can_be_checked():
    check_grads(lambda p: {"y": p["w"] * p["x"], "z": p["w"] ** 2}, {"w": 2.0, "x": np.array([1.0, 3.0])}, order=3)
    check_grads(lambda z: np.real(z * np.conj(z)) * np.exp(z), points(0, (3,))[0] + 1j * points(1, (3,))[0])


# -- wrong derivatives are found -------------------------------------------------------------------------------------


def without_first(partial):
    """The partial with the factor dropped at the first element."""

    def wrong(a):
        return np.concatenate([np.ones_like(a[:1]), partial(a)[1:]])

    return wrong


DOUBLE = ag.elementwise(np.negative, -2.0, name="double")
cube_slope = ag.elementwise(lambda a: 3 * a * a, lambda a: 5 * a, name="cube_slope")  # 6 a would be right

WRONG = {
    "2 % off": (1, ag.elementwise(np.sin, lambda a: 1.02 * np.cos(a), name="off")),
    "a factor dropped": (1, ag.elementwise(np.exp, without_first(np.exp), name="dropped")),
    "a sign": (1, ag.elementwise(np.cos, lambda a: np.sin(a), name="sign")),
    "a half": (1, ag.elementwise(np.square, lambda a: a, name="half")),
    "0": (1, ag.elementwise(np.sin, lambda a: 0.0 * a, name="nothing")),
    "not a number": (1, ag.elementwise(np.sin, lambda a: np.nan * a, name="nan")),
    "infinite": (1, ag.elementwise(np.sin, lambda a: np.inf * np.exp(a), name="inf")),
    "a wrong branch at second order": (
        2,
        ag.elementwise(
            lambda a: np.where(a > 0, a * a, a**3), lambda a: np.where(a > 0, 2 * a, cube_slope(a)), name="branch"
        ),
    ),
    "nothing at second order": (
        2,
        ag.elementwise(np.square, lambda a: 2 * (a.numpy() if isinstance(a, ag.Tensor) else a), name="flat"),
    ),
}


@pytest.mark.parametrize(("order", "wrong"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("kinks", [False, True], ids=["smooth", "kinked"])
def test_wrong_derivatives_are_found_for_all_seeds(order, wrong, kinks):
    def f(x):
        return np.sum(wrong(x) + (np.maximum(x, 0.1 * x) if kinks else 0.0))

    for seed in range(max(4, EXAMPLES // 8)):  # a failure looks for its cause, which takes a while
        with pytest.raises(AssertionError, match=rf"(forward|reverse) mode, order {order}: autodiff gave"):
            check_grads(f, *points(seed, (40,)), directions=1, seed=seed)


def test_a_wrong_mode_is_named():
    vjp_wrong = ag.primitive(np.sin, lambda g, a: g * np.sin(a), jvp=lambda t, a: t * np.cos(a), name="one")
    jvp_wrong = ag.primitive(np.sin, lambda g, a: g * np.cos(a), jvp=lambda t, a: t * np.sin(a), name="other")

    with pytest.raises(AssertionError, match=r"^reverse mode, order 1"):
        check_grads(vjp_wrong, 1.0)
    with pytest.raises(AssertionError, match=r"^forward mode, order 1"):
        check_grads(jvp_wrong, 1.0)


def test_no_error_bar_excuses_a_derivative_that_does_not_exist():
    with pytest.raises(AssertionError, match=r"order 1: finite differences do not settle there.* is a kink nearby"):
        check_grads(np.floor, np.array([0.0, 1.0]))
    with pytest.raises(AssertionError, match="order 1: finite differences do not settle"):
        check_grads(np.cbrt, np.array([1e-14]))


def test_a_kink_at_the_point_is_a_note_a_failure_or_avoided():
    noted = check_grads(ag.ops.relu, np.array(0.0))
    assert re.search(r"order 1: a kink at the point, where slopes of the two sides are \S+ and \S+; ", str(noted))

    with pytest.raises(AssertionError, match="with a kink at the point, where slopes of the two sides are") as caught:
        check_grads(ag.ops.relu, np.array(0.0), kinks="assert")
    slopes = re.search(r"are (\S+) and (\S+)\n", str(caught.value))
    assert 0.0 in map(abs, map(float, slopes.groups()))

    assert check_grads(ag.ops.relu, np.array([0.0, 1.0]), kinks="avoid").notes == []


def test_so_is_a_point_around_which_results_have_another_shape():
    x = np.array([1.0, 2.0, 1.0])
    says = "order 1: the results have another shape however near to the point; no derivative was compared there"

    assert check_grads(np.unique, x).notes == [says]
    with pytest.raises(AssertionError, match=says):
        check_grads(np.unique, x, kinks="assert")
    assert check_grads(np.unique, x, kinks="avoid").worst < 1e-6
    assert check_grads(lambda step: ag.arange(0.0, 1.0, step), 0.2001).notes == []


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.complex64])
def test_every_precision_is_judged_in_its_own_arithmetic(dtype):
    x = np.array([0.5, 1.25, -0.75]).astype(dtype)
    off = ag.elementwise(np.sin, lambda a: np.cos(a) * (1 + 200 * np.finfo(a.dtype).eps), name="off")
    check_grads(lambda x: np.exp(np.sin(x)) * x, x)

    if dtype is not np.longdouble:
        with pytest.raises(AssertionError, match="order 1"):
            check_grads(off, x, order=1)


def test_a_tiny_gradient_does_not_pass_by_being_tiny():
    twice = ag.elementwise(lambda a: 1 + 1e-14 * a, lambda a: 2e-14 + 0 * a, name="twice")
    with pytest.raises(AssertionError, match="the complex step"):
        check_grads(twice, np.array([1.0, 2.0]), order=1)

    hidden = ag.elementwise(lambda a: 1e6 * a, lambda a: np.where(a > 1, 1e6, 1e6) + 0 * a, name="big")
    with pytest.raises(AssertionError, match="order 1"):
        check_grads(lambda x: hidden(x[:1]) + WRONG["2 % off"][1](1e-3 * x[1:]), np.array([1.0, 2.0]), order=1)


# -- what is said ----------------------------------------------------------------------------------------------------


def test_the_message_says_mode_order_both_values_the_point_and_the_direction():
    double = ag.elementwise(np.negative, -2.0, name="double")
    with pytest.raises(AssertionError) as caught:
        check_grads(lambda x: double(x), np.array([1.5, 2.5]), directions=1)
    first, remainder, entry, digits, operation, line, text, *table = str(caught.value).split("\n")
    got, expected = re.fullmatch(
        r"forward mode, order 1: autodiff gave (\S+), the complex step (\S+) \(± \S+\)", first
    ).groups()

    assert float(got) == pytest.approx(2 * float(expected))
    assert re.search(r"falls like h\^1\.0\d, and not like h\^2", remainder)
    assert re.fullmatch(r"y\[(\d)\] by args\[0\]\[\1\]: got -2, the complex step -1 \(± \S+\)", entry)
    assert digits == "mpmath gives -1.0: autodiff has 0 digits right, the complex step 17"
    assert operation == "the derivative that is wrong is that of double"
    assert "test_testing.py" in line
    assert "double" in text
    assert table[0].split() == ["law", "order", "autodiff", "oracle", "error", "bar", "digits", "by"]
    assert [line.split()[0] for line in table[1:3]] == ["forward", "reverse"]


def test_the_counterexample_runs_as_it_is_printed():
    with pytest.raises(AssertionError) as caught:
        check_grads(DOUBLE, {"x": np.array([1.5, 2.5])}["x"], directions=1)
    program = str(caught.value).split("to see it again:\n\n")[1]

    with pytest.raises(AssertionError, match="double"):
        exec(program, {})


def test_a_failure_is_drawn_where_that_is_asked_for(tmp_path):
    with pytest.raises(AssertionError, match="drawn in"):
        check_grads(DOUBLE, np.array([1.5, 2.5]), draw_to=tmp_path / "wrong.dot")

    assert (tmp_path / "wrong.dot").read_text().startswith("digraph")


def test_a_report_has_a_row_for_each_mode_direction_and_order():
    report = check_grads(np.sin, 1.0, order=3, directions=2)

    assert [(row.law, row.order) for row in report.rows] == [
        (law, order) for order in (1, 2, 3) for _ in range(2) for law in ("forward", "reverse")
    ]
    assert report.worst == max(row.error for row in report.rows) < 1e-8


def test_a_report_prints_as_a_table():
    report = Report([Row("forward", 1, 2.0, 2.5, 1e-9), Row("reverse", 2, np.nan, 1.0, 0.0)])

    assert str(report).splitlines()[1:] == [
        "forward        1                   2                 2.5   2.0e-01   1.0e-09       9  differences",
        "reverse        2                 nan                   1       inf   0.0e+00      19  differences",
        "worst relative error inf, reverse mode at order 2",
    ]
    assert Report().worst == 0.0


# -- differences -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "slope"), [(np.exp, 1.0), (lambda h: np.sin(5 * h), 5.0), (lambda h: 1 / (2 - h), 0.25), (lambda h: 7.0, 0.0)]
)
def test_smooth_slopes_are_found_within_their_bars(f, slope):
    value, bar = derivative_at_zero(f, 1e-2, rounding=1e-16)

    assert abs(value - slope) <= 10 * bar <= 1e-8


@pytest.mark.parametrize("kink", [3e-3, 3e-5, 3e-7])
def test_steps_shrink_until_a_kink_is_out_of_reach(kink):
    *_, last = estimates_at_zero(lambda h: np.sin(h) + 4 * max(0.0, h - kink), rounding=1e-18)

    assert abs(last.value - 1.0) <= 1e-7
    assert last.bar <= 1e-6


def test_no_step_is_lost_in_the_rounding_of_large_inputs():
    x = 1e9
    *_, last = estimates_at_zero(lambda h: (x + h) - x, rounding=1e-10, finest=1e6 * 2e-16 * x)

    assert abs(last.value - 1.0) <= 10 * last.bar <= 1e-3


def test_the_two_slopes_of_a_kink():
    assert slopes_at_zero(lambda h: max(h, -3 * h)) == pytest.approx((-3.0, 1.0))


# -- oracles are chosen by what the operations declare ------------------------------------------------------------------

SQUARE = np.array([[2.0, 0.5], [-1.0, 1.5]])
ORACLES = {
    "linear": (lambda x: np.cumsum(x[::-1]) - np.mean(x), 2, "exact difference"),
    "multilinear": (lambda x: np.einsum("ij,jk,ki", x, x, x), 2, "exact difference"),
    "a product": (lambda x: x * x[0] / 3, 2, "exact difference"),
    "linear in complex numbers": (
        lambda x: np.abs(np.fft.fft(x + 0j)[0, 0]) * 0 + np.real(np.fft.fft(x))[1],
        1,
        "differences",
    ),
    "analytic": (lambda x: np.exp(x) / x, 1, "complex step"),
    "analytic in pieces": (lambda x: np.maximum(x, np.sin(x)), 1, "complex step"),
    "of second order": (lambda x: np.exp(x) / x, 2, "differences"),
    "not analytic": (lambda x: np.abs(x) ** 3, 1, "differences"),
    "for real numbers": (ag.special.expit, 1, "differences"),
    "of tiny slope": (lambda x: 1 + 1e-14 * np.abs(x) ** 3, 1, "long double"),
}


@pytest.mark.parametrize(("f", "order", "oracle"), ORACLES.values(), ids=ORACLES)
def test_the_oracle_is_that_of_the_kind_of_function(f, order, oracle):
    report = check_grads(f, SQUARE, order=order)

    assert {row.oracle for row in report.rows if row.order == order} == {oracle}


def test_a_long_step_that_leaves_the_domain_is_not_insisted_on():
    def root(x):
        if np.any(ag.stop_gradient(x) < 0.99):
            raise ValueError("too small")
        return 2 * x

    assert {row.oracle for row in check_grads(root, np.array([1.0, 2.0])).rows} == {"complex step", "differences"}


def test_no_complex_step_is_taken_where_imaginary_parts_are_dropped_or_the_function_is_not_analytic():
    def steps(f):
        return [e.value for e in by_complex_step(Line(f, 1e-16, 0.0, 1.0, is_real=True))]

    assert steps(lambda h: np.sin(0.5 + h)) == pytest.approx([np.cos(0.5)], rel=1e-15)
    assert steps(lambda h: np.sin(np.asarray(0.5 + h).astype(float))) == []
    assert steps(lambda h: (0.5 + h) / (1 + np.abs(0.5 + h))) == []


def test_a_tiny_derivative_is_right_when_an_oracle_has_its_digits_whatever_its_error_bar():
    tiny = 1.57e-13
    report = check_grads(lambda x: np.sqrt(1 + np.sum(x * x)), np.array([tiny, tiny, 5.0, tiny, tiny]))

    assert report.worst < 1e-12
