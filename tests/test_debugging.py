"""Finding the first NaN or infinity, and where a gradient was cut."""

import re
import warnings

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.debugging.lines import users_line
from autograd_core.debugging.remedies import HALF, LARGE, TABLE
from autograd_core.errors import AnomalyError, GradientError


@pytest.fixture(autouse=True)
def _numpy_warnings_are_not_the_point():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def leaf(data, dtype=float, name=None):
    return ag.tensor(np.asarray(data, dtype), requires_grad=True, name=name)


def anomaly(program, **options):
    with pytest.raises(AnomalyError) as caught, ag.detect_anomaly(**options):
        _kept = program()
    return caught.value


# -- what is reported --------------------------------------------------------------------------------------------------------


def test_the_first_value_that_is_infinite_is_named_with_element_operands_line_and_remedy():
    x = leaf([1.0, 0.0, 0.0])

    def loss():
        return (3 * np.log(x) + x).sum()

    error = anomaly(loss)

    assert (error.kind, error.node.primitive.name, error.index, error.count) == ("value", "log", (1,), 2)
    assert error.line.file == __file__
    assert error.line.function == "loss"
    assert error.line.text == "np.log(x)"
    assert "the value of log became -inf at [1], 2 of 3 elements" in str(error)
    assert "a: float64 (3,), 0.0 at [1]" in str(error)
    assert "np.where(x > 0, np.log(x), 0.0)" in error.remedy
    assert isinstance(error, GradientError)


def test_the_first_gradient_that_is_infinite_is_named():
    x = leaf([[4.0, 0.0]])
    error = anomaly(lambda: (2 * np.sqrt(x)).sum().backward())

    assert (error.kind, error.node.primitive.name, error.input, error.index) == ("gradient", "sqrt", 0, (0, 1))
    assert error.line.text == "np.sqrt(x)"
    assert "the gradient of sqrt by its operand a became inf" in str(error)
    assert "the gradient that came in: float64 (1, 2), 2.0 at [0, 1]" in str(error)
    assert x.grad is None


def test_the_first_tangent_that_is_infinite_is_named():
    error = anomaly(lambda: ag.jvp(lambda x: 3 * np.sqrt(x), (np.zeros(2),), (np.ones(2),)))

    assert (error.kind, error.node.primitive.name, error.line.text) == ("tangent", "sqrt", "np.sqrt(x)")


def test_a_derivative_of_a_derivative_is_traced_to_the_line_of_the_operation():
    error = anomaly(lambda: ag.hessian(lambda x: np.sum(x**1.5))(np.array([0.0, 1.0])))

    assert error.line.text == "x**1.5"


def test_floats_are_looked_at_too():
    error = anomaly(lambda: ag.grad(lambda x: 1.0 / (x - 2.0))(2.0))

    assert (error.node.primitive.name, error.index, error.count) == ("divide", (), 1)
    assert "division by 0" in error.remedy


def test_an_input_that_was_nan_from_the_start_is_blamed_instead_of_an_operation():
    x = leaf([1.0, np.nan], name="x")
    error = anomaly(lambda: np.exp(x).sum())

    assert str(error).startswith("the input 'x' is NaN at [1], 1 of 2 elements")
    assert error.line.text == "np.exp(x)"


def test_a_constant_that_is_nan_is_blamed():
    x, data = leaf([1.0, 2.0]), np.array([np.nan, 1.0])
    error = anomaly(lambda: (x * data).sum())

    assert "operand b of multiply, a constant, is NaN at [0]" in str(error)
    assert "np.nansum" in error.remedy


def test_the_module_of_an_operation_is_named():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    with ag.no_grad():
        model[0].weight[...] = 1.0
        model[2].weight[...] = 1e30
    inputs = np.full((1, 2), 1e30, np.float32)
    error = anomaly(lambda: model(inputs).sum())

    assert error.node.primitive.name == "linear"
    assert error.line.text == "model(inputs)"
    assert error.scope == "Sequential.2"
    assert "in Sequential.2" in str(error)


def test_a_seed_that_is_nan_is_blamed():
    x = leaf([1.0])
    error = anomaly(lambda: (x * 2).backward(np.array([np.nan])))

    assert "the gradient of the result of multiply is NaN" in str(error)
    assert "given so" in error.remedy


def test_a_hook_that_makes_a_gradient_nan_is_suspected():
    x = leaf([1.0])
    y = x * 2
    y.register_hook(lambda g: g * np.nan)
    error = anomaly(lambda: (y * y).sum().backward())

    assert "the gradient of the result of multiply is NaN" in str(error)
    assert "hook" in error.remedy


def test_an_operation_with_several_results_is_named_itself():
    halves = ag.primitive(lambda x: (np.log(x[:1]), x[1:]), lambda gs: np.concatenate(gs), jvp=lambda t: (t[:1], t[1:]),
                          outputs=2, name="halves")  # fmt: skip
    x = leaf([0.0, 1.0])
    error = anomaly(lambda: sum(part.sum() for part in halves(x)))

    assert (error.node.primitive.name, error.index) == ("halves", (0,))


def test_a_value_that_leaves_is_looked_at():
    x = leaf([0.0])
    with pytest.raises(AnomalyError, match="the value of log"), ag.detect_anomaly():
        np.log(x).item()


def test_what_happens_under_no_grad_is_looked_at_too():
    x = leaf([0.0])

    @ag.no_grad()
    def evaluated():
        return np.log(x)

    assert anomaly(evaluated).node.primitive.name == "log"


# -- what is not -------------------------------------------------------------------------------------------------------------


HARMLESS = {
    "a branch that is not taken": lambda x: np.where(x > 0, np.log(x), 0.0).sum(),
    "a branch that is not taken, with an undefined value": lambda x: np.where(x > 0, x / x, 0.0).sum(),
    "a mask of -inf": lambda x: ag.ops.softmax(np.where(x > 0, x, -np.inf)).sum(),
    "a bound of inf": lambda x: np.minimum(x, np.inf).sum(),
    "an infinity that was given": lambda x: (x + np.array([-np.inf, 0.0])).sum(),
    "finite numbers": lambda x: np.exp(x).sum(),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_does_no_harm_is_not_reported(name):
    program = HARMLESS[name]
    x = np.array([0.0, 2.0])
    expected = ag.grad(program)(x)

    with ag.detect_anomaly():
        np.testing.assert_array_equal(ag.grad(program)(x), expected)
        ag.jvp(program, (x,), (np.ones(2),))


def test_infinities_can_be_allowed():
    x = leaf([0.0, 1.0])
    with ag.detect_anomaly(inf=False):
        np.log(x).sum().backward()
    assert x.grad.tolist() == [np.inf, 1.0]

    error = anomaly(lambda: (np.log(x) * 0.0).sum(), inf=False)
    assert error.node.primitive.name == "multiply"
    assert "0 × ∞" in error.remedy


def test_an_error_of_the_program_itself_is_let_through():
    def program():
        lost = np.log(leaf([0.0]))
        raise ZeroDivisionError(lost)

    with pytest.raises(ZeroDivisionError), ag.detect_anomaly():
        program()


def test_plain_recording_knows_no_lines_and_no_witness():
    assert (leaf([1.0]) * 2).node.about is None
    with ag.detect_anomaly():
        assert (leaf([1.0]) * 2).node.about.line.file == __file__
    assert (leaf([1.0]) * 2).node.about is None


def test_it_decorates_and_nests_and_leaves_the_mode_as_it_was():
    @ag.detect_anomaly(inf=False)
    def outer(x):
        with ag.detect_anomaly():
            np.exp(x).sum().backward()
        return np.log(x)  # -inf, which only the inner block would mind

    assert outer(leaf([0.0])).tolist() == [-np.inf]
    assert not ag.modes.current().keep_all


def test_a_training_step_runs_under_it():
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
    x, t = np.random.default_rng(0).standard_normal((8, 3)), np.arange(8) % 2
    losses = []
    with ag.detect_anomaly():
        for _ in range(5):
            loss = nn.functional.cross_entropy(model(x), t)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

    assert losses[-1] < losses[0]


# -- remedies ----------------------------------------------------------------------------------------------------------------

# a program for each row of the table of remedies, in its order
CULPRITS = [
    lambda: np.log(leaf([0.0])),
    lambda: np.log10(leaf([-1.0])),
    lambda: np.log1p(leaf([-1.0])),
    lambda: np.sqrt(leaf([-1e-17])),
    lambda: leaf([-2.0]) ** 0.5,
    lambda: leaf([0.0]) ** -1.0,
    lambda: leaf([1.0]) / leaf([0.0]),
    lambda: np.reciprocal(leaf([0.0])),
    lambda: np.arccos(leaf([1.0000001])),
    lambda: np.arctanh(leaf([1.0])),
    lambda: np.arccosh(leaf([0.999])),
    lambda: np.exp(leaf([800.0])),
    lambda: leaf([0.0]) * np.array([np.inf]),
    lambda: leaf([1.0]) * np.inf - np.array([np.inf]),
    lambda: leaf([[0.0, 1.0]]) @ np.array([np.inf, 1.0]),
    lambda: ag.ops.softmax(np.where([False, False], leaf([1.0, 2.0]), -np.inf)),
    lambda: ag.ops.softmax(np.where([True, False], leaf([1.0, 2.0]), np.inf)),
    lambda: np.var(leaf([1.0]), ddof=1),
    lambda: np.mean(leaf([])),
    lambda: np.sqrt(leaf([0.0])).sum().backward(),
    lambda: (leaf([0.0]) ** 0.5).sum().backward(),
    lambda: (leaf([-2.0]) ** leaf([2.0])).sum().backward(),
    lambda: np.arcsin(leaf([1.0])).sum().backward(),
    lambda: np.arctan2(leaf([0.0]), leaf([0.0])).sum().backward(),
]


def test_every_remedy_has_a_program_that_needs_it():
    assert len(CULPRITS) == len(TABLE)


@pytest.mark.parametrize(
    "place", range(len(TABLE)), ids=lambda i: f"{TABLE[i].of} of {TABLE[i].operations.split()[0]} {i}"
)
def test_a_known_culprit_comes_with_its_remedy(place):
    assert anomaly(CULPRITS[place]).remedy == TABLE[place].remedy


def test_overflow_is_told_by_the_dtype():
    assert anomaly(lambda: np.square(leaf([300.0], np.float16))).remedy == HALF
    assert anomaly(lambda: np.square(leaf([1e200]))).remedy == LARGE.format(dtype="float64")


def test_remedies_name_functions_that_there_are():
    for row in TABLE:
        for module, name in re.findall(r"\b(np|ag)((?:\.\w+)+)", row.remedy):
            thing = {"np": np, "ag": ag}[module]
            for part in name[1:].split("."):
                thing = getattr(thing, part)


# -- where a gradient was cut ------------------------------------------------------------------------------------------------


def squared(w):
    return w * w


def cut_by_no_grad(w):
    with ag.no_grad():
        h = np.tanh(w)
    return np.sum(h * 3.0)


def cut_by_a_write(w):
    y = ag.tensor(np.zeros(2))
    with ag.no_grad():
        y[...] = squared(w)
    return np.sum(y)


# program -> the operation that cuts, the source text of its line
CUTS = {
    "detach": (lambda w: np.sum(squared(w).detach() * 2), "detach", "squared(w).detach()"),
    "stop_gradient": (lambda w: np.sum(ag.stop_gradient(w) * 2), "detach", "ag.stop_gradient(w)"),
    "astype": (lambda w: np.sum(squared(w).astype(int) * 2.0), "astype", "squared(w).astype(int)"),
    "argmax": (lambda w: ag.tensor([5.0, 6.0])[np.argmax(w).item()], "argmax", "np.argmax(w)"),
    "comparison": (lambda w: np.sum(np.where(w > 0, 1.0, 2.0)), "greater", "w > 0"),
    "floor": (lambda w: np.sum(np.floor(w) + 1.0), "floor", "np.floor(w)"),
    "no_grad": (cut_by_no_grad, "tanh", "np.tanh(w)"),
    "numpy": (lambda w: np.sum(ag.tensor(squared(w).numpy() * 2)), ".numpy()", "squared(w).numpy()"),
    "data": (lambda w: ag.tensor(w.data).sum(), ".data", "w.data"),
    "item": (lambda w: w.sum().item() * 2.0, ".item()", "w.sum().item()"),
    "a write": (cut_by_a_write, "multiply", "w * w"),
}


@pytest.mark.parametrize("name", CUTS)
def test_a_cut_is_named_with_its_line(name):
    program, operation, text = CUTS[name]
    w = leaf([1.25, -2.5], name="w")
    report = ag.why_no_grad(lambda: program(w), w)

    assert not report.flows
    assert report.cuts[0].operation == operation
    assert report.cuts[0].line.file == __file__
    assert report.cuts[0].line.text == text
    assert f"no gradient flows from the result to w: it is cut by {operation}" in str(report)
    assert text in str(report)
    assert report.cuts[0].remedy in str(report)


@pytest.mark.parametrize("name", ["detach", "no_grad"])
def test_a_parameter_or_an_array_may_be_passed_to_the_function(name):
    program, operation, _ = CUTS[name]

    assert ag.why_no_grad(program, np.array([1.0, 2.0])).cuts[0].operation == operation
    assert ag.why_no_grad(program, leaf([1.0, 2.0])).cuts[0].operation == operation
    assert ag.why_no_grad(lambda s: np.floor(s) * s.detach(), 2.5).words.endswith("cut by floor and detach")


def test_only_cuts_that_the_result_depends_on_are_named():
    w = leaf([1.0])

    def program():
        print(w.numpy().shape, end="")
        w.detach()
        return np.floor(w)

    assert [cut.operation for cut in ag.why_no_grad(program, w).cuts] == ["floor"]


def test_a_gradient_that_flows_is_said_to():
    w = leaf([1.0], name="w")
    report = ag.why_no_grad(lambda: (np.exp(w.detach()) * w).sum(), w)

    assert report.flows
    assert [node.primitive.name for node in report.path] == ["multiply", "sum"]
    assert str(report) == "a gradient flows from the result to w"


def test_a_gradient_that_flows_but_is_zero_is_said_to_be_stopped():
    w = leaf([1.0, 2.0], name="w")
    report = ag.why_no_grad(lambda: ag.ops.relu(-w).sum(), w)

    assert report.flows
    assert "but it is 0" in report.words
    assert (report.cuts[0].operation, report.cuts[0].line.text) == ("relu", "ag.ops.relu(-w)")
    assert w.grad is None


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (lambda w: leaf([1.0]).sum(), "w was not used"),
        (lambda w: 3.0, "w was not used"),
        (
            lambda w: (squared(w), leaf([1.0]).sum())[1],
            "first by multiply, but the result does not depend on what came of it",
        ),
    ],
)
def test_a_parameter_without_influence_is_said_to_have_none(program, words):
    w = leaf([1.0], name="w")

    assert words in str(ag.why_no_grad(lambda: program(w), w))


def test_a_frozen_parameter_is_said_to_be_frozen():
    w = ag.tensor([1.0], name="w")

    assert "w does not require a gradient" in str(ag.why_no_grad(lambda: w * 2, w))


def test_the_modules_around_a_cut_are_named():
    class Rounding(nn.Module):
        def forward(self, x):
            return np.rint(x)

    model = nn.Sequential(nn.Linear(2, 2), Rounding())
    report = ag.why_no_grad(lambda: model(np.ones((1, 2))).sum(), model[0].weight)

    assert report.cuts[0].scope == "Sequential.1"
    assert report.cuts[0].line.text == "np.rint(x)"


def test_an_operand_without_a_rule_is_a_cut():
    shifted = ag.primitive(lambda a, b: a + b, None, lambda g: g, jvp=lambda ts: ts[1], name="shifted")
    report = ag.why_no_grad(lambda w: shifted(w, 1.0), 2.0)

    assert (report.cuts[0].operation, report.cuts[0].why) == ("shifted", "has no derivative by its operand a")


def test_detach_is_a_call_like_any_other_where_everything_is_kept():
    graph = ag.record(lambda x: x * x.detach(), 3.0)

    assert "detach(%1)" in str(graph)
    with pytest.raises(GradientError, match="comes from detach"):
        leaf([1.0]).detach().backward()


def test_what_was_computed_without_gradient_can_become_a_leaf_where_everything_is_kept():
    with ag.detect_anomaly():
        y = (leaf([1.0]).detach() * 2.0).requires_grad_()
        (y * y).sum().backward()

    assert y.grad.tolist() == [4.0]


def test_the_users_line_may_span_several_lines_or_have_no_source():
    line = eval("users_line()", {"users_line": users_line})
    assert (line.file, line.text) == ("<string>", "")
    spanning = [
        users_line(
        )
    ][0]  # fmt: skip
    assert spanning.text.startswith("users_line(")
