"""Copies and pickles of values, modules and declarations."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import AnomalyError, DeclarationError, GradientError, ShapeError
from autograd_core.primitives.activations import squashed


def pickled(thing):
    return pickle.loads(pickle.dumps(thing))


WAYS = {"pickle": pickled, "deepcopy": copy.deepcopy}
ways = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)

VALUES = {
    "tensor": lambda: ag.tensor([[1.0, 2.0]], requires_grad=True, name="w"),
    "float32": lambda: ag.tensor([1.0], requires_grad=True, dtype=np.float32),
    "complex": lambda: ag.tensor([1j], requires_grad=True),
    "constant": lambda: ag.tensor([1, 2, 3]),
    "number": lambda: ag.tensor(2.0, requires_grad=True),
    "empty": lambda: ag.tensor(np.ones((0, 2)), requires_grad=True),
    "fortran": lambda: ag.tensor(np.asfortranarray(np.arange(6.0).reshape(2, 3)), requires_grad=True),
    "read-only": lambda: ag.asarray(np.broadcast_to(1.0, (2, 2))),
    "scalar": lambda: ag.scalar(2.0, name="s"),
    "frozen scalar": lambda: ag.scalar(2.0, requires_grad=False),
    "parameter": lambda: nn.Parameter([1.0, 2.0]),
    "detached": lambda: (ag.tensor([1.0], requires_grad=True) * 2).detach(),
    "comparison": lambda: ag.tensor([1.0], requires_grad=True) > 0,
}


@ways
@pytest.mark.parametrize("name", VALUES)
def test_a_copy_is_the_same_value_on_its_own(name, way):
    x = VALUES[name]()
    if x.requires_grad:
        np.sum(np.real(x * x)).backward()
    twin = way(x)

    assert type(twin) is type(x)
    np.testing.assert_array_equal(twin.data, x.data)
    for attribute in ("dtype", "shape", "requires_grad", "name", "role", "is_leaf"):
        assert getattr(twin, attribute) == getattr(x, attribute)
    if x.requires_grad:
        np.testing.assert_array_equal(np.asarray(twin.grad), np.asarray(x.grad))
        before = np.array(x.grad)
        np.sum(np.real(twin * twin)).backward()
        np.testing.assert_array_equal(np.asarray(twin.grad), 2 * before)
        np.testing.assert_array_equal(np.asarray(x.grad), before)
    if isinstance(x, ag.Tensor):
        assert not np.shares_memory(twin.data, x.data)
        with ag.no_grad():
            twin[...] = 7
        assert not np.any(x.data == 7)


@ways
def test_a_computed_value_is_not_copied_without_its_history(way):
    for y in (ag.tensor([1.0], requires_grad=True) * 2, ag.scalar(1.0) * 2):
        with pytest.raises(GradientError, match="only leaves can be pickled or deep-copied"):
            way(y)


@ways
def test_a_copied_gradient_has_no_history(way):
    for x in (ag.tensor([2.0], requires_grad=True), ag.scalar(2.0)):
        np.sum(x**3).backward(create_graph=True)
        twin = way(x)
        np.testing.assert_array_equal(np.asarray(twin.grad), [12.0] if isinstance(x, ag.Tensor) else 12.0)
        assert not getattr(twin.grad, "requires_grad", False)


@ways
def test_what_is_shared_stays_shared(way):
    x = ag.tensor([1.0], requires_grad=True)
    first, second = way([x, x])

    assert first is second


def test_a_shallow_copy_is_another_handle_of_the_same_value():
    x = ag.tensor([1.0], requires_grad=True)
    for value in (x, x * 2, ag.scalar(1.0)):
        assert copy.copy(value).node is value.node
    np.sum(copy.copy(x) * 3.0).backward()
    assert x.grad.tolist() == [3.0]


@ways
def test_a_module_is_copied_with_its_parameters_gradients_and_functions(way):
    model = nn.Sequential(nn.Linear(2, 3), ag.exp, nn.BatchNorm1d(3) if hasattr(nn, "BatchNorm1d") else nn.Tanh())
    x = np.ones((4, 2))
    np.sum(model(x)).backward()
    twin = way(model)

    np.testing.assert_array_equal(twin(x).data, model(x).data)
    for (name, p), (twin_name, q) in zip(model.named_parameters(), twin.named_parameters(), strict=True):
        assert (name, type(p), isinstance(q, nn.Parameter)) == (twin_name, type(q), True)
        assert p is not q
        np.testing.assert_array_equal(q.grad.data, p.grad.data)
    with ag.no_grad():
        twin[0].weight[...] = 0
    assert np.any(model[0].weight.data)


def test_a_module_of_scalars_is_copied():
    model = nn.MLP(2, [3, 1])
    twin = copy.deepcopy(model)

    assert [p.data for p in twin.parameters()] == [p.data for p in model.parameters()]
    assert not {id(p) for p in twin.parameters()} & {id(p) for p in model.parameters()}


@ways
def test_a_model_is_copied_together_with_its_optimizer(way):
    model = nn.Linear(2, 1)
    optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
    twin, stepping = way((model, optimizer))
    np.sum(twin(np.ones((1, 2)))).backward()
    stepping.step()

    assert not np.array_equal(twin.weight.data, model.weight.data)


@ways
def test_there_is_one_of_each_primitive(way):
    assert way(ag.exp) is ag.exp


def test_a_primitive_is_found_again_where_its_part_was_not_asked_for():
    program = "import pickle, sys; print(pickle.load(sys.stdin.buffer))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], input=pickle.dumps(squashed), capture_output=True, check=True
    ).stdout

    assert loaded.strip() == b"<elementwise primitive sigmoid>"


def test_a_primitive_that_is_not_declared_is_not_loaded():
    gone = ag.elementwise(lambda a: a, 1, name="gone")
    data = pickle.dumps(gone)
    gone.name = "another"

    with pytest.raises(DeclarationError, match="import that module first"):
        pickle.loads(data)


def test_errors_travel_between_processes():
    with pytest.raises(AnomalyError) as caught, np.errstate(divide="ignore"), ag.detect_anomaly():
        np.log(ag.tensor([0.0], requires_grad=True)).sum().backward()
    error = caught.value
    twin = pickled(error)

    assert str(twin) == str(error)
    assert (twin.kind, twin.index, twin.remedy, twin.node) == (error.kind, error.index, error.remedy, None)
    assert str(pickled(ShapeError("words"))) == "words"
