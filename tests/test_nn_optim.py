"""Optimisers: groups, closures, states, and what they refuse."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, GradientError, ShapeError
from nn import KindError, SettingError


def give(parameters, gradients):
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = g


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


def test_parameters_may_come_with_their_names():
    model = nn.Linear(2, 1)
    optimizer = nn.optim.SGD(model.named_parameters())

    assert optimizer.param_groups[0]["params"] == [model.weight, model.bias]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["weight", "bias"]


def test_gradients_are_forgotten_or_made_zero():
    a, b, s = nn.Parameter([1.0, 2.0]), nn.Parameter([1.0]), nn.Parameter(ag.scalar(2.0))
    optimizer = nn.optim.SGD([a, b, s])
    give([a, s], [[1.0, np.inf], 3.0])
    optimizer.zero_grad(set_to_none=False)
    assert (a.grad.tolist(), b.grad, s.grad) == ([0.0, 0.0], None, 0.0)
    optimizer.zero_grad()

    assert (a.grad, s.grad) == (None, None)


def test_a_state_of_pytorch_is_understood():
    """Its step counts are arrays of shape (), and its groups say which of its implementations computes."""
    w, b = nn.Parameter(np.ones(2)), nn.Parameter(np.array(1.0))
    moments = {"exp_avg": np.array([1.0, 2.0]), "exp_avg_sq": np.array([3.0, 4.0])}
    zero = {"step": np.array(3.0, np.float32), "exp_avg": np.array(0.5), "exp_avg_sq": np.array(0.5)}
    state = {0: {"step": np.array(3.0, np.float32), **moments}, 1: zero}
    groups = [{"lr": 0.5, "betas": (0.9, 0.99), "foreach": None, "fused": True, "params": [0, 1]}]
    optimizer = nn.optim.Adam([w, b])
    optimizer.load_state_dict({"state": state, "param_groups": groups})
    give([w, b], [[1.0, 1.0], 1.0])
    optimizer.step()

    assert optimizer.param_groups[0].keys() == optimizer.defaults.keys() | {"params"}
    assert [optimizer.state[p]["step"] for p in (w, b)] == [4, 4]
    np.testing.assert_allclose(optimizer.state[w]["exp_avg"], [1.0, 1.9])
    assert optimizer.state[b]["exp_avg"].shape == ()


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


def test_a_subclass_of_sgd_changes_arrays_its_own_way():
    class Signs(nn.optim.SGD):
        def update(self, w, g, memory, group):
            w -= group["lr"] * np.sign(g)

    w = nn.Parameter([1.0, -2.0])
    np.sum(w * w).backward()
    Signs([w], lr=0.5).step()
    np.testing.assert_array_equal(w.numpy(), [0.5, -1.5])


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
    (lambda: nn.optim.SGD({one()}), KindError, "in their order, and was given a set, which has none: pass a list"),
    (
        lambda: nn.optim.SGD([one()], momentum=0.5, nesterov=0.5),
        SettingError,
        "SGD: nesterov is 0.5: choose among True, False",
    ),
    (lambda: nn.optim.Adamax([one()], betas=(0.9, "b")), KindError, r"Adamax: betas\[1\] is 'b', a str"),
    (lambda: nn.optim.RMSprop([one()], alpha=1.5), SettingError, "RMSprop: alpha is 1.5: give a number from 0 to 1"),
    (lambda: nn.optim.Adadelta([one()], rho=-1), SettingError, "Adadelta: rho is -1: give a number from 0 to 1"),
    (lambda: nn.optim.Rprop([one()], etas=(1.2, 0.5)), SettingError, r"etas is \(1.2, 0.5\): give one factor below 1"),
    (lambda: nn.optim.Rprop([one()], etas=0.5), SettingError, r"Rprop: etas is 0.5: give two numbers"),
    (
        lambda: nn.optim.Rprop([one()], step_sizes=(1, 0)),
        SettingError,
        "step_sizes are 1 and 0: give the smaller number",
    ),
    (lambda: nn.optim.ASGD([one()], t0="late"), KindError, "ASGD: t0 is 'late', a str"),
    (lambda: nn.optim.Adafactor([one()], eps=1e-3), SettingError, "eps is 0.001: give two numbers, or None and one"),
    (lambda: nn.optim.Adafactor([one()], eps=(None, -1)), SettingError, "Adafactor: eps is -1: give a number of at"),
    (
        lambda: nn.optim.Adafactor([one()], beta2_decay=1),
        SettingError,
        "beta2_decay is 1: give a number from -inf to 0",
    ),
    (
        lambda: nn.optim.Muon([one()]),
        ShapeError,
        r"matrices, and was given the float32 Tensor of shape \(1,\): give it to",
    ),
    (lambda: nn.optim.Muon([nn.Parameter([[1.0]])], adjust_lr_fn="x"), SettingError, "choose among None, 'original',"),
    (
        lambda: nn.optim.Muon([nn.Parameter([[1.0]])], ns_coefficients=(1, 2)),
        SettingError,
        r"ns_coefficients is \(1, 2\): give three numbers",
    ),
    (
        lambda: nn.optim.SGD([one()]).load_state_dict({"state": {7: {}}, "param_groups": [{"params": [0]}]}),
        nn.StateDictError,
        r"of parameters \[7\], where 0 to 0 are known",
    ),
    (
        lambda: nn.optim.SGD([one()]).load_state_dict({"state": {}, "param_groups": [{"params": [0], "lr": -1}]}),
        SettingError,
        "SGD: lr is -1",
    ),
    (lambda: nn.optim.SGD([one()]).load_state_dict({}), nn.StateDictError, r"given \[\]: give what its own state_dict"),
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
