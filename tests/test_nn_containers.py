"""Containers: lists and dicts of modules and of parameters, and what is found in them."""

import copy
import pickle

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import BoundsError, NoAttributeError, ShapeError
from autograd_core.testing import check_module


def linear(n):
    return nn.Linear(n, n)


def keys(module):
    return [name.removesuffix(".weight") for name in module.state_dict() if name.endswith("weight")]


class Stack(nn.Module):
    """Containers within a module."""

    def __init__(self):
        self.layers = nn.ModuleList([nn.Linear(3, 3), nn.Tanh()])
        self.heads = nn.ModuleDict({"first": nn.Linear(3, 2)})
        self.factors = nn.ParameterList([np.array([2.0, 3.0])])
        self.shifts = nn.ParameterDict({"b": np.array([1.0, -1.0])})

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.heads["first"](x) * self.factors[0] + self.shifts["b"]


def test_parameters_within_containers_belong_to_the_module_around_them():
    assert list(Stack().state_dict()) == [
        "layers.0.weight", "layers.0.bias", "heads.first.weight", "heads.first.bias", "factors.0", "shifts.b",
    ]  # fmt: skip
    assert check_module(Stack(), (4, 3)).worst < 1e-6


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_containers_are_copied_with_their_parts(duplicate):
    model, x = Stack(), np.ones((1, 3), np.float32)
    twin = duplicate(model)

    np.testing.assert_array_equal(twin(x).numpy(), model(x).numpy())
    assert twin.layers[0] is not model.layers[0]
    assert twin.heads.first is twin.heads["first"]


# -- as lists ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [lambda *parts: nn.Sequential(*parts), lambda *parts: nn.ModuleList(parts)])
def test_a_container_changes_as_a_list_does_and_numbers_its_parts_anew(kind):
    a, b, c, d, e = (linear(1) for _ in range(5))
    one, twin = kind(a, b), [a, b]
    for target in (one, twin):
        target.append(c)
        target.insert(1, d)
        target.extend([e, a])
        target[0] = e
        target[-1] = b
        del target[2]
        target[1:3] = [c, a, d]
        assert target.pop() is b
        del target[::2]
        target += [e]
        target.reverse()

    assert list(one) == twin
    assert keys(one) == [str(i) for i in range(len(twin))]
    assert (one[-1], len(one), one.index(e), e in one, b in one) == (twin[-1], len(twin), twin.index(e), True, False)


def test_changes_of_a_sequential_give_it_back():
    model = nn.Sequential()

    assert model.append(linear(1)).extend([linear(1)]).insert(0, nn.ReLU()) is model
    assert repr(model[0]) == "ReLU()"


def test_names_of_their_own_stay_with_the_steps_and_numbers_follow_the_places():
    model = nn.Sequential({"first": linear(1), "last": linear(1)})
    model.insert(1, linear(1))
    model.append(linear(1))
    assert keys(model) == ["first", "1", "last", "3"]
    del model[0]

    assert keys(model) == ["0", "last", "2"]
    assert keys(model[1:]) == ["last", "2"]


def test_sums_and_multiples_of_sequentials_hold_the_same_steps():
    a, b = nn.Sequential(linear(1)), nn.Sequential({"named": linear(1)})
    both, thrice, listed = a + b, 3 * a, nn.ModuleList([a])
    a *= 2

    assert list(both) == [a[0], b[0]]
    assert keys(both) == ["0", "1"]
    assert list(thrice) == [a[0]] * 3
    assert list(a) == [a[0]] * 2
    assert isinstance(listed + b, nn.ModuleList)
    assert isinstance(nn.ModuleList([a, b])[:1], nn.ModuleList)


def test_a_module_assigned_to_an_attribute_is_a_step_and_steps_are_attributes():
    class Transition(nn.Sequential):
        def __init__(self):
            self.norm = linear(2)
            self.act = nn.ReLU()
            self.note = "no step"

    model = Transition()
    model.norm = other = nn.Linear(2, 3)

    assert list(model) == [other, model.act]
    assert model(np.ones((1, 2))).shape == (1, 3)
    del model.act, model.note
    assert list(model) == [other]
    assert not hasattr(model, "note")
    with pytest.raises(NoAttributeError, match="Transition has no attribute or part 'act'"):
        model.act  # noqa: B018


# -- as dicts ----------------------------------------------------------------------------------------------------------


def test_a_module_dict_changes_as_a_dict_does():
    a, b, c = (linear(1) for _ in range(3))
    one, twin = nn.ModuleDict([("a", a)]), {"a": a}
    for target in (one, twin):
        target["b"] = b
        target.update({"c": c, "keys": a})
        del target["a"]
        assert target.pop("c") is c
        assert target.setdefault("b", c) is b
        assert target.get("a") is None

    assert dict(one) == twin
    assert (list(one.keys()), list(one.values()), len(one)) == (list(twin), list(twin.values()), 2)
    assert ("b" in one, "a" in one) == (True, False)
    assert one != nn.ModuleDict(twin)
    one.clear()
    assert len(one) == len({one}) - 1 == 0


def test_a_parameter_dict_changes_as_a_dict_does():
    values = nn.ParameterDict({"a": 1.0})
    values |= {"b": [2.0, 3.0]}
    both = {"z": 0.0} | values.copy()

    assert list(both) == ["z", "a", "b"]
    assert both["a"] is values["a"]
    assert list(reversed(values)) == ["b", "a"]
    assert list(values.fromkeys(["x", "y"], 1.0)) == ["x", "y"]
    assert isinstance(values["b"], nn.Parameter)
    assert values.popitem()[0] == "a"


def test_a_parameter_list_makes_parameters_of_what_it_is_given():
    shared = nn.Parameter([1.0])
    values = nn.ParameterList([shared, ag.tensor([2.0]), np.ones(3), ag.scalar(1.0), None])

    assert values[0] is shared
    assert [isinstance(p, nn.Parameter) for p in values] == [True] * 4 + [False]
    assert list(values.state_dict()) == ["0", "1", "2", "3"]
    assert isinstance(values[1:], nn.ParameterList)
    assert shared in values
    assert repr(values[2:]).splitlines()[1:] == [
        "  (0): Parameter of shape (3,), float64", "  (1): Parameter of shape (), float64", "  (2): None", ")",
    ]  # fmt: skip


# -- shapes ------------------------------------------------------------------------------------------------------------


def test_unflatten_undoes_flatten():
    x = np.arange(24.0).reshape(2, 3, 4)

    np.testing.assert_array_equal(nn.Unflatten(1, (3, 4))(nn.Flatten()(x)), x)
    np.testing.assert_array_equal(nn.Unflatten(-1, (-1, 2, 2))(x), x.reshape(2, 3, 1, 2, 2))
    assert nn.Unflatten(0, [-1, 2])(np.ones((0, 2))).shape == (0, 2, 2)
    assert repr(nn.Unflatten(1, (3, -1))) == "Unflatten(dim=1, unflattened_size=(3, -1))"


REFUSED = [
    (lambda: nn.ModuleList([np.tanh]), nn.KindError, "ModuleList takes modules, and was given a ufunc: give a module"),
    (lambda: nn.ModuleDict({1: linear(1)}), nn.KindError, "ModuleDict names its parts by strings, and was given 1"),
    (lambda: nn.ModuleDict({"a.b": linear(1)}), nn.SettingError, "'a.b' cannot be the name of a part: .* no dots"),
    (lambda: nn.Sequential(linear(1))[1], BoundsError, "Sequential has 1 parts, and none at 1"),
    (lambda: nn.ModuleList(linear(1)), nn.KindError, r"takes several parts, and was given a Linear: write \[part\]"),
    (
        lambda: nn.ModuleDict(linear(1)),
        nn.KindError,
        "ModuleDict takes a dict, and was given a Linear: write {name: part}",
    ),
    (lambda: nn.Sequential()["a"], nn.KindError, "Sequential is indexed by whole numbers, not by 'a': names are attr"),
    (lambda: nn.Sequential().pop(), IndexError, "Sequential has 0 parts, and none at -1"),
    (lambda: nn.Sequential(linear(1)) * 0, nn.SettingError, "repeated a whole number of times, at least once, not 0"),
    (lambda: nn.Sequential() + 1, TypeError, "unsupported operand"),
    (
        lambda: nn.ModuleList()(1.0),
        NotImplementedError,
        "ModuleList holds its parts and computes nothing: call them in",
    ),
    (lambda: nn.ModuleDict()["a"], KeyError, "a"),
    (lambda: nn.ParameterList(["a"]), nn.KindError, "takes an array of numbers, and was given a str"),
    (lambda: nn.Unflatten(1, 3), nn.KindError, r"unflattened_size is 3: give the lengths, such as \(3, -1\)"),
    (lambda: nn.Unflatten(1, (-1, -1)), nn.SettingError, "give lengths, at most one of them -1"),
    (lambda: nn.Unflatten(1, (3, -2)), nn.SettingError, "unflattened_size is -2: give a whole number of at least -1"),
    (
        lambda: nn.Unflatten(1, (3, -1))(np.ones((2, 4))),
        ShapeError,
        r"Unflatten\(dim=1, .*\) cannot split axis 1 of shape \(2, 4\) into these lengths",
    ),
    (lambda: nn.Unflatten(2, (3,))(np.ones((2, 3))), ShapeError, r"cannot split axis 2 of shape \(2, 3\)"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_does_not_fit_is_refused_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_class_is_no_step():
    with pytest.raises(nn.KindError, match=r"given the class ReLU: write ReLU\(...\)"):
        nn.Sequential(nn.Linear(1, 1), nn.ReLU)
