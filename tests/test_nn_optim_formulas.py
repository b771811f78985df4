"""Every optimiser beside its formula, written out in plain NumPy; its state, and that a step allocates nothing."""

import copy
import pickle
import tracemalloc

import numpy as np
import pytest

import autograd_core as ag
import nn

random = np.random.default_rng(0)
START = [random.standard_normal(shape) for shape in [(3, 4), (2, 3, 2), (4,), ()]]
GRADIENTS = [[random.standard_normal(w.shape) for w in START] for _ in range(6)]


def sgd(w, gradients, lr, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False):
    b = None
    for g in gradients:
        g = g + weight_decay * w
        if momentum:
            b = g if b is None else momentum * b + (1 - dampening) * g
            g = g + momentum * b if nesterov else b
        w = w - lr * g
    return w


def adam(w, gradients, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False, decoupled_weight_decay=False):
    m = v = largest = np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        if decoupled_weight_decay:
            w = w * (1 - lr * weight_decay)
        else:
            g = g + weight_decay * w
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        largest = np.maximum(largest, v) if amsgrad else v
        w = w - lr * (m / (1 - betas[0] ** t)) / (np.sqrt(largest / (1 - betas[1] ** t)) + eps)
    return w


def adamw(w, gradients, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, amsgrad=False):
    return adam(w, gradients, lr, betas, eps, weight_decay, amsgrad, decoupled_weight_decay=True)


def adamax(w, gradients, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    m = u = np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        g = g + weight_decay * w
        m = betas[0] * m + (1 - betas[0]) * g
        u = np.maximum(betas[1] * u, np.abs(g) + eps)
        w = w - lr / (1 - betas[0] ** t) * m / u
    return w


def nadam(
    w, gradients, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, momentum_decay=4e-3, decoupled_weight_decay=False
):
    m, v, product = 0, 0, 1

    def mu(t):
        return betas[0] * (1 - 0.96 ** (t * momentum_decay) / 2)

    for t, g in enumerate(gradients, 1):
        if decoupled_weight_decay:
            w = w * (1 - lr * weight_decay)
        else:
            g = g + weight_decay * w
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        product = product * mu(t)
        s = mu(t + 1) / (1 - product * mu(t + 1)) * m + (1 - mu(t)) / (1 - product) * g
        w = w - lr * s / (np.sqrt(v / (1 - betas[1] ** t)) + eps)
    return w


def radam(w, gradients, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled_weight_decay=False):
    m = v = 0
    most = 2 / (1 - betas[1]) - 1
    for t, g in enumerate(gradients, 1):
        if decoupled_weight_decay:
            w = w * (1 - lr * weight_decay)
        else:
            g = g + weight_decay * w
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        r = most - 2 * t * betas[1] ** t / (1 - betas[1] ** t)
        mean = m / (1 - betas[0] ** t)
        if r > 5:
            rect = np.sqrt((r - 4) * (r - 2) * most / ((most - 4) * (most - 2) * r))
            mean = mean * rect * np.sqrt(1 - betas[1] ** t) / (np.sqrt(v) + eps)
        w = w - lr * mean
    return w


def adagrad(w, gradients, lr, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10):
    s = initial_accumulator_value
    for t, g in enumerate(gradients):
        g = g + weight_decay * w
        s = s + g * g
        w = w - lr / (1 + t * lr_decay) * g / (np.sqrt(s) + eps)
    return w


def rmsprop(w, gradients, lr, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=False):
    v = mean = b = 0
    for g in gradients:
        g = g + weight_decay * w
        v = alpha * v + (1 - alpha) * g * g
        mean = alpha * mean + (1 - alpha) * g
        b = momentum * b + g / (np.sqrt(v - centered * mean**2) + eps)
        w = w - lr * b
    return w


def adadelta(w, gradients, lr, rho=0.9, eps=1e-6, weight_decay=0.0):
    v = u = 0
    for g in gradients:
        g = g + weight_decay * w
        v = rho * v + (1 - rho) * g * g
        s = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        u = rho * u + (1 - rho) * s * s
        w = w - lr * s
    return w


def rprop(w, gradients, lr, etas=(0.5, 1.2), step_sizes=(1e-6, 50)):
    before, s = np.zeros_like(w), np.full_like(w, lr)
    for g in gradients:
        same = np.sign(g) * np.sign(before)
        s = np.clip(s * np.where(same > 0, etas[1], np.where(same < 0, etas[0], 1)), *step_sizes)
        before = np.where(same < 0, 0, g)
        w = w - np.sign(before) * s
    return w


def asgd(w, gradients, lr, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0.0):
    for t, g in enumerate(gradients):
        eta = lr / (1 + lambd * lr * t) ** alpha
        w = (1 - lambd * eta) * w - eta * (g + weight_decay * w)
    return w


def adafactor(w, gradients, lr, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.0):
    def size(x):
        return np.sqrt(np.mean(x * x))

    e1 = np.finfo(float).eps if eps[0] is None else eps[0]
    rows = columns = v = 0
    for t, g in enumerate(gradients, 1):
        b, rate = t**beta2_decay, max(eps[1], size(w)) * min(lr, 1 / np.sqrt(t))
        w = w * (1 - lr * weight_decay)
        if w.ndim > 1:
            rows = (1 - b) * rows + b * np.mean(g * g, -1, keepdims=True)
            columns = (1 - b) * columns + b * np.mean(g * g, -2, keepdims=True)
            v = rows @ columns / np.mean(rows, -2, keepdims=True)
        else:
            v = (1 - b) * v + b * g * g
        u = g / np.maximum(np.sqrt(v), e1)
        w = w - rate * u / max(1, size(u) / d)
    return w


ADAM_LIKE = {"lr": 0.1, "betas": (0.5, 0.8), "eps": 0.01, "weight_decay": 0.1}
CASES = [
    (nn.optim.SGD, sgd, {"lr": 0.1}),
    (nn.optim.SGD, sgd, {"lr": 0.1, "weight_decay": 0.5}),
    (nn.optim.SGD, sgd, {"lr": 0.1, "momentum": 0.9}),
    (nn.optim.SGD, sgd, {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    (nn.optim.SGD, sgd, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    (nn.optim.Adam, adam, {"lr": 0.1}),
    (nn.optim.Adam, adam, ADAM_LIKE),
    (nn.optim.Adam, adam, {"lr": 0.1, "amsgrad": True, "betas": (0.5, 0.5)}),
    (nn.optim.Adam, adam, {**ADAM_LIKE, "decoupled_weight_decay": True}),
    (nn.optim.AdamW, adamw, {"lr": 0.1}),
    (nn.optim.Adamax, adamax, {"lr": 0.1}),
    (nn.optim.Adamax, adamax, ADAM_LIKE),
    (nn.optim.NAdam, nadam, {"lr": 0.1}),
    (nn.optim.NAdam, nadam, {**ADAM_LIKE, "momentum_decay": 0.5}),
    (nn.optim.NAdam, nadam, {**ADAM_LIKE, "decoupled_weight_decay": True}),
    (nn.optim.RAdam, radam, {"lr": 0.1}),
    (nn.optim.RAdam, radam, {**ADAM_LIKE, "betas": (0.5, 0.99)}),
    (nn.optim.RAdam, radam, {**ADAM_LIKE, "betas": (0.5, 0.99), "decoupled_weight_decay": True}),
    (nn.optim.Adagrad, adagrad, {"lr": 0.1}),
    (nn.optim.Adagrad, adagrad, {"lr": 0.1, "lr_decay": 0.5, "initial_accumulator_value": 0.3, "eps": 0.1}),
    (nn.optim.Adagrad, adagrad, {"lr": 0.1, "weight_decay": 0.2}),
    (nn.optim.RMSprop, rmsprop, {"lr": 0.1}),
    (nn.optim.RMSprop, rmsprop, {"lr": 0.1, "alpha": 0.5, "eps": 0.1, "momentum": 0.7, "weight_decay": 0.1}),
    (nn.optim.RMSprop, rmsprop, {"lr": 0.1, "centered": True, "momentum": 0.5}),
    (nn.optim.Adadelta, adadelta, {"lr": 0.5}),
    (nn.optim.Adadelta, adadelta, {"lr": 0.5, "rho": 0.5, "eps": 0.1, "weight_decay": 0.1}),
    (nn.optim.Rprop, rprop, {"lr": 0.1}),
    (nn.optim.Rprop, rprop, {"lr": 0.1, "etas": (0.3, 1.9), "step_sizes": (0.05, 0.15)}),
    (nn.optim.ASGD, asgd, {"lr": 0.1}),
    (nn.optim.ASGD, asgd, {"lr": 0.1, "lambd": 0.5, "alpha": 0.5, "weight_decay": 0.1}),
    (nn.optim.Adafactor, adafactor, {"lr": 0.1}),
    (nn.optim.Adafactor, adafactor, {"lr": 0.7, "beta2_decay": -0.5, "eps": (0.5, 0.9), "d": 1.5, "weight_decay": 0.1}),
]
cases = pytest.mark.parametrize(
    ("kind", "formula", "settings"), CASES, ids=[f"{kind.__name__}-{'-'.join(settings)}" for kind, _, settings in CASES]
)
KINDS = sorted({kind for kind, _, _ in CASES}, key=lambda kind: kind.__name__)
kinds = pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])


def give(parameters, gradients):
    for p, g in zip(parameters, gradients, strict=True):
        p.grad = g


def is_where_the_formula_leads(parameters, formula, settings):
    for i, p in enumerate(parameters):
        np.testing.assert_allclose(p.numpy(), formula(START[i], [g[i] for g in GRADIENTS], **settings), rtol=1e-12)


@cases
def test_the_trajectory_is_that_of_the_formula(kind, formula, settings):
    parameters = [nn.Parameter(w) for w in START]
    optimizer = kind(parameters, **settings)
    for gradients in GRADIENTS:
        give(parameters, gradients)
        optimizer.step()

    is_where_the_formula_leads(parameters, formula, settings)


@cases
def test_a_parameter_without_gradient_rests_and_does_not_count_the_step(kind, formula, settings):
    parameters = [nn.Parameter(w) for w in START]
    optimizer = kind(parameters, **settings)
    for t, gradients in enumerate(GRADIENTS):
        give(parameters, gradients)
        parameters[t % 2].grad = None
        optimizer.step()

    for i, p in enumerate(parameters):
        seen = [g[i] for t, g in enumerate(GRADIENTS) if i != t % 2]
        np.testing.assert_allclose(p.numpy(), formula(START[i], seen, **settings), rtol=1e-12)


@cases
def test_maximizing_is_minimizing_the_opposite(kind, formula, settings):
    parameters = [nn.Parameter(w) for w in START]
    optimizer = kind(parameters, **settings, maximize=True)
    for gradients in GRADIENTS:
        give(parameters, [-g for g in gradients])
        optimizer.step()

    is_where_the_formula_leads(parameters, formula, settings)


@cases
def test_training_goes_on_from_a_saved_state_as_if_it_had_not_stopped(kind, formula, settings):
    parameters = [nn.Parameter(w) for w in START]
    optimizer = kind(parameters, **settings)
    for gradients in GRADIENTS:
        state = pickle.loads(pickle.dumps(optimizer.state_dict()))
        optimizer = kind(parameters, lr=99.0)
        optimizer.load_state_dict(state)
        give(parameters, gradients)
        optimizer.step()

    is_where_the_formula_leads(parameters, formula, settings)


@cases
def test_scalars_are_trained_like_arrays(kind, formula, settings):
    s = nn.Parameter(ag.scalar(0.7))
    optimizer = kind([s, nn.Parameter(START[0])], **settings)
    for g in (0.5, -2.0, 0.25):
        s.grad = g
        optimizer.step()

    assert type(s.data) is float
    np.testing.assert_allclose(s.data, formula(np.array(0.7), [0.5, -2.0, 0.25], **settings), rtol=1e-12)


@cases
def test_a_step_allocates_no_array(kind, formula, settings):
    w = nn.Parameter(np.ones((300, 1000)))
    w.grad = np.ones((300, 1000))
    optimizer = kind([w], **settings, maximize=True)
    optimizer.step()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        optimizer.step()
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()

    assert peak < 200_000  # the array takes 2_400_000 bytes; reductions of NumPy's buffer some 8_000 elements


@kinds
@pytest.mark.parametrize(
    "way", [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))], ids=["copy", "pickle"]
)
def test_a_copy_goes_on_by_itself_with_its_own_settings(kind, way):
    w = nn.Parameter(START[0])
    optimizer = kind([w], lr=0.1)
    w.grad = GRADIENTS[0][0]
    optimizer.step()
    twin, stepping = way((w, optimizer))
    for p, steps in ((w, optimizer), (twin, stepping)):
        steps.param_groups[0]["lr"] = 0.01
        p.grad = GRADIENTS[1][0]
        steps.step()

    np.testing.assert_array_equal(twin.numpy(), w.numpy())
    stepping.step()
    assert np.any(twin.numpy() != w.numpy())


@kinds
def test_it_finds_the_bottom_of_a_bowl(kind):
    w = nn.Parameter(np.array([3.0, -2.0]))
    optimizer = kind([w], lr={"Adadelta": 30.0, "Adagrad": 1.0, "Adafactor": 0.3}.get(kind.__name__, 0.1))
    for _ in range(300):
        optimizer.zero_grad()
        np.sum((w - np.array([1.0, 2.0])) ** 2).backward()
        optimizer.step()

    np.testing.assert_allclose(w.numpy(), [1.0, 2.0], atol=0.05)


@kinds
def test_float32_stays_float32(kind):
    w = nn.Parameter([1.0, 2.0])
    w.grad = [0.5, -1.0]
    optimizer = kind([w])
    optimizer.step()

    kept = [value for value in optimizer.state[w].values() if isinstance(value, np.ndarray)]
    assert w.dtype == np.float32
    assert all(array.dtype == np.float32 for array in kept)


def test_muon_makes_the_singular_values_of_its_momentum_about_one():
    w = nn.Parameter(np.zeros((6, 3)))
    w.grad = random.standard_normal((6, 3))
    nn.optim.Muon([w], lr=1.0, ns_steps=8).step()
    u, _, vt = np.linalg.svd(w.grad.numpy(), full_matrices=False)

    sizes = np.diag(u.T @ -w.numpy() @ vt.T) / np.sqrt(2)  # r = sqrt(rows / columns)
    assert np.all((sizes > 0.65) & (sizes < 1.25))


def test_the_mean_of_the_weights_begins_at_t0():
    w = nn.Parameter(np.array([0.0]))
    optimizer = nn.optim.ASGD([w], lr=1.0, lambd=0.0, t0=2)
    means = []
    for _ in range(6):
        w.grad = [-1.0]
        optimizer.step()
        means.append(optimizer.state[w]["ax"].item())

    assert means == [1, 2, 3, 4, 4.5, 5]


def test_gradients_that_stay_the_same_have_a_variance_of_zero_not_below():
    w = nn.Parameter(np.full(50, 0.3))
    optimizer = nn.optim.RMSprop([w], centered=True, alpha=0.5)
    for _ in range(100):
        w.grad = np.linspace(0.1, 0.9, 50)
        optimizer.step()

    assert np.all(np.isfinite(w.numpy()))


def test_complex_parameters_follow_a_linear_formula():
    z = nn.Parameter(np.array([1 + 1j]))
    for kind in (nn.optim.SGD, nn.optim.ASGD):
        z.grad = np.array([2j])
        kind([z], lr=0.5, **({"lambd": 0.0} if kind is nn.optim.ASGD else {})).step()

    assert z.item() == 1 - 1j
