"""Optimisers: their formulas by hand, their state, and what they refuse."""

import copy

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, GradientError, ShapeError
from nn import KindError, SettingError

random = np.random.default_rng(0)
START = [random.standard_normal(shape) for shape in [(3, 4), (4,), ()]]
GRADIENTS = [[random.standard_normal(w.shape) for w in START] for _ in range(5)]


def sgd(w, gradients, lr, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False):
    """torch.optim.SGD, as its documentation has it."""
    b = None
    for g in gradients:
        g = g + weight_decay * w
        if momentum:
            b = g if b is None else momentum * b + (1 - dampening) * g
            g = g + momentum * b if nesterov else b
        w = w - lr * g
    return w


def adam(w, gradients, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False):
    """torch.optim.Adam, as its documentation has it."""
    m = v = largest = np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        g = g + weight_decay * w
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        largest = np.maximum(largest, v) if amsgrad else v
        w = w - lr * (m / (1 - betas[0] ** t)) / (np.sqrt(largest / (1 - betas[1] ** t)) + eps)
    return w


CASES = [
    (nn.optim.SGD, sgd, {"lr": 0.1}),
    (nn.optim.SGD, sgd, {"lr": 0.1, "weight_decay": 0.5}),
    (nn.optim.SGD, sgd, {"lr": 0.1, "momentum": 0.9}),
    (nn.optim.SGD, sgd, {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    (nn.optim.SGD, sgd, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    (nn.optim.Adam, adam, {"lr": 0.1}),
    (nn.optim.Adam, adam, {"lr": 0.1, "betas": (0.5, 0.8), "eps": 0.01, "weight_decay": 0.1}),
    (nn.optim.Adam, adam, {"lr": 0.1, "amsgrad": True, "betas": (0.5, 0.5)}),
]
IDS = [f"{kind.__name__}-{'-'.join(settings)}" for kind, _, settings in CASES]


def give(parameters, gradients):
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = g


@pytest.mark.parametrize(("kind", "formula", "settings"), CASES, ids=IDS)
def test_the_trajectory_is_that_of_the_formula(kind, formula, settings):
    parameters = [nn.Parameter(w) for w in START]
    optimizer = kind(parameters, **settings)
    for gradients in GRADIENTS:
        give(parameters, gradients)
        optimizer.step()

    for i, p in enumerate(parameters):
        np.testing.assert_allclose(p.numpy(), formula(START[i], [g[i] for g in GRADIENTS], **settings), rtol=1e-12)


@pytest.mark.parametrize(("kind", "formula", "settings"), CASES, ids=IDS)
def test_training_goes_on_from_a_saved_state_as_if_it_had_not_stopped(kind, formula, settings):
    parameters = [nn.Parameter(w) for w in START]
    optimizer = kind(parameters, **settings)
    for gradients in GRADIENTS:
        state = copy.deepcopy(optimizer.state_dict())
        optimizer = kind(parameters, lr=99.0)
        optimizer.load_state_dict(state)
        give(parameters, gradients)
        optimizer.step()

    for i, p in enumerate(parameters):
        np.testing.assert_allclose(p.numpy(), formula(START[i], [g[i] for g in GRADIENTS], **settings), rtol=1e-12)


@pytest.mark.parametrize(("kind", "formula", "settings"), CASES, ids=IDS)
def test_scalars_are_trained_like_arrays(kind, formula, settings):
    s = nn.Parameter(ag.scalar(0.7))
    optimizer = kind([s, nn.Parameter(START[0])], **settings)
    for g in (0.5, -2.0, 0.25):
        s.grad = g
        optimizer.step()

    assert type(s.data) is float
    np.testing.assert_allclose(s.data, formula(np.array(0.7), [0.5, -2.0, 0.25], **settings), rtol=1e-12)


def test_a_step_writes_into_the_same_memory_and_the_write_is_noticed():
    w = nn.Parameter([1.0, 2.0])
    array, loss = w.numpy(), np.sum(w * w)
    loss.backward(retain_graph=True)
    nn.optim.SGD([w], lr=0.5).step()

    np.testing.assert_array_equal(array, [0.0, 0.0])
    with pytest.raises(ag.errors.MutationError):
        loss.backward()


def test_a_parameter_without_gradient_stays_and_its_momentum_too():
    a, b = nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = nn.optim.SGD([a, b], lr=1.0, momentum=0.5)
    give([a, b], [[1.0], [1.0]])
    optimizer.step()
    optimizer.zero_grad()
    assert a.grad is None
    a.grad = [1.0]
    optimizer.step()

    assert (a.item(), b.item()) == (-1.5, 0.0)


def test_groups_have_settings_of_their_own_that_may_change_between_steps():
    a, b = nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = nn.optim.SGD([{"params": [a]}, {"params": [b], "lr": 0.5}], lr=0.25)
    give([a, b], [[1.0], [1.0]])
    optimizer.step()
    assert (a.item(), b.item()) == (0.75, 0.5)
    optimizer.param_groups[0]["lr"] = 1.0
    optimizer.step()

    assert (a.item(), b.item()) == (-0.25, 0.0)


def test_state_follows_a_model_that_is_converted():
    model = nn.Linear(2, 1)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
    model(np.ones((1, 2))).sum().backward()
    optimizer.step()
    assert optimizer.state[model.weight]["exp_avg"].dtype == np.float32
    model.double()
    optimizer.step()

    assert optimizer.state[model.weight]["exp_avg"].dtype == np.float64
    assert model.weight.dtype == np.float64


def test_a_closure_is_called_first_and_its_loss_returned():
    w = nn.Parameter([3.0])
    optimizer = nn.optim.SGD([w], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = np.sum(w * w)
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 9
    assert w.item() == 0


def test_clipping_scales_all_gradients_together_and_tells_the_norm():
    a, b = nn.Parameter([0.0]), nn.Parameter([0.0, 0.0])
    give([a, b], [[6.0], [0.0, 8.0]])

    assert nn.utils.clip_grad_norm_([a, b], 5.0) == 10
    assert (a.grad.tolist(), b.grad.tolist()) == ([3.0], [0.0, 4.0])
    assert nn.utils.clip_grad_norm_([a, b], 5.0) == 5
    assert nn.utils.clip_grad_norm_([a, b], 5.0, norm_type=np.inf) == 4
    a.grad = [np.inf]
    with pytest.raises(GradientError, match="norm of the gradients is inf"):
        nn.utils.clip_grad_norm_([a, b], 5.0, error_if_nonfinite=True)


def one():
    return nn.Parameter([1.0])


REFUSED = [
    (lambda: nn.optim.SGD([]), SettingError, r"given no parameters; .* model.parameters\(\).*: call it anew"),
    (lambda: nn.optim.SGD(one()), KindError, r"as a list, and was given a single value: write \[parameter\]"),
    (lambda: nn.optim.SGD(nn.Linear(1, 1)), KindError, r"and was given a Linear: pass model.parameters\(\)"),
    (lambda: nn.optim.SGD(nn.Linear(1, 1).parameters), KindError, r"given a method: pass model.parameters\(\)"),
    (lambda: nn.optim.SGD({"w": one()}), KindError, r"given a dict: pass its .values\(\)"),
    (lambda: nn.optim.SGD(None), KindError, r"given a NoneType: write \[parameter, ...\]"),
    (lambda: nn.optim.SGD([np.ones(2)]), KindError, r"given a ndarray among them: pass model.parameters\(\)"),
    (lambda: nn.optim.SGD([nn.Linear(1, 1)]), KindError, r"given a Linear among them: pass model.parameters\(\)"),
    (
        lambda: nn.optim.SGD([nn.Parameter(np.ones((9, 9))) * 2]),
        GradientError,
        r"^SGD changes leaves, and the float64 Tensor of shape \(9, 9\) was computed from others: pass those, [^\[\]]*$",
    ),
    (
        lambda: nn.optim.SGD([ag.tensor([1.0], name="w")]),
        GradientError,
        r"follows gradients, and the float64 Tensor 'w' of shape \(1,\) requires none: make it with requires_grad=True",
    ),
    (lambda: nn.optim.SGD([ag.scalar(1.0, requires_grad=False)]), GradientError, "the Scalar requires none: make it"),
    (lambda: nn.optim.SGD([one()] * 2), SettingError, "float32 Tensor of shape .* twice: give each parameter once"),
    (lambda: nn.optim.SGD([{"lr": 1}]), SettingError, r"has \['lr'\]: give its parameters under \"params\""),
    (lambda: nn.optim.SGD([one()], lr=-1), SettingError, "SGD: lr is -1: give a number of at least 0"),
    (lambda: nn.optim.SGD([one()], lr=np.nan), SettingError, "SGD: lr is nan: give a number of at least 0"),
    (lambda: nn.optim.SGD([one()], lr=ag.scalar(0.1)), KindError, r"lr is scalar\(0.1\), a Scalar, .*: write .item"),
    (lambda: nn.optim.SGD([one()], lr="fast"), KindError, "lr is 'fast', a str, where a plain number is needed: give"),
    (
        lambda: nn.optim.SGD([one()], momentum=0.5, dampening=0.5, nesterov=True),
        SettingError,
        "was given momentum 0.5, dampening 0.5: give a momentum above 0 and a dampening of 0",
    ),
    (lambda: nn.optim.Adam([one()], lr="fast"), KindError, "Adam: lr is 'fast', a str"),
    (lambda: nn.optim.Adam([one()], betas=(1.0, 0.5)), SettingError, r"betas is \(1.0, 0.5\): .* in \[0, 1\)"),
    (lambda: nn.optim.Adam([one()], betas=0.9), SettingError, "betas is 0.9: give two numbers"),
    (lambda: nn.optim.Adam([nn.Parameter([1j])]), DTypeError, "real gradients: give real and imaginary parts"),
    (lambda: nn.optim.SGD([one()]).load_state_dict({}), nn.StateDictError, r"given \[\]: give what its own state_dict"),
    (lambda: nn.utils.clip_grad_norm_(nn.Linear(1, 1), 1.0), KindError, r"a Linear: pass model.parameters\(\)"),
    (lambda: nn.utils.clip_grad_norm_([1.0], 1.0), KindError, "given a float: pass parameters"),
]


@pytest.mark.parametrize(("make", "error", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_an_optimiser_refuses_with_words(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_a_frozen_parameter_may_be_given_and_is_trained_once_it_thaws():
    layer = nn.Linear(1, 1, bias=False).requires_grad_(False)
    optimizer = nn.optim.SGD(layer.parameters(), lr=1.0)
    before = layer.weight.item()
    optimizer.step()
    assert layer.weight.item() == before
    layer.requires_grad_()
    layer(np.ones((1, 1))).sum().backward()
    optimizer.step()

    assert layer.weight.item() == np.float32(before) - 1


def test_a_state_of_other_parameters_is_refused_and_nothing_changes():
    a, b = nn.Parameter([1.0]), nn.Parameter([1.0, 2.0])
    one, two = nn.optim.Adam([a]), nn.optim.Adam([b], lr=7.0)
    a.grad = [1.0]
    one.step()

    with pytest.raises(ShapeError, match=r"exp_avg of parameter 0 is \(1,\), the parameter is \(2,\)"):
        two.load_state_dict(one.state_dict())
    with pytest.raises(ShapeError, match=r"groups of \[1\] parameters, but this Adam has groups of \[2\]"):
        nn.optim.Adam([a, b]).load_state_dict(one.state_dict())
    assert two.param_groups[0]["lr"] == 7.0
