"""`check_module` accepts right modules, and names what a wrong one does."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.testing import check_module

WRONG = ag.elementwise(np.tanh, lambda y: 1 - y, name="wrong_tanh", listed=False)


class Centred(nn.Module):
    def __init__(self):
        self.scale = nn.Parameter([1.0, 2.0, 3.0])
        self.register_buffer("mean", ag.tensor(np.zeros(3)))

    def forward(self, x):
        if not self.training:
            return self.scale * (x - self.mean)
        mean = np.mean(x, 0)
        with ag.no_grad():
            self.mean *= 0.9
            self.mean += 0.1 * mean
        return self.scale * (x - mean)


RIGHT = {
    "layers": lambda: (nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), (5, 3)),
    "a running mean": lambda: (Centred(), (6, 3)),
    "dropout": lambda: (nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5)), (5, 3)),
}


class Shared(nn.Module):
    def __init__(self):
        self.first = nn.Linear(3, 3)
        self.second = nn.Linear(3, 3)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(np.sin(self.first(x)))


class Wrong(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        return WRONG(self.layer(x))


class Drawing(nn.Linear):
    def forward(self, x):
        return super().forward(x) + np.random.default_rng().normal()


class Remembering(nn.Linear):
    count = 0

    def forward(self, x):
        self.count += 1
        return super().forward(x) * self.count


class Forgetful(nn.Linear):
    def state_dict(self):
        return {name: x for name, x in super().state_dict().items() if name != "bias"}


@pytest.mark.parametrize("make", [*RIGHT.values(), lambda: (Shared(), (4, 3))], ids=[*RIGHT, "shared"])
def test_right_modules_pass_and_stay_as_they_were(make):
    module, shape = make()
    before = {name: np.array(x) for name, x in module.state_dict().items()}

    assert check_module(module, shape).worst < 1e-6
    for name, x in module.state_dict().items():
        np.testing.assert_array_equal(x, before[name])


def test_a_wrong_operation_within_a_module_is_named():
    with pytest.raises(AssertionError, match="the derivative that is wrong is that of wrong_tanh") as caught:
        check_module(Wrong(), (4, 3))
    assert str(caught.value).startswith("Wrong, after train():\n")
    assert "f = ...  # Wrong as a function of its parameters and its inputs" in str(caught.value)


@pytest.mark.parametrize("kind", [Drawing, Remembering])
def test_what_a_module_draws_or_remembers_elsewhere_is_told_as_that(kind):
    with pytest.raises(AssertionError, match=f"{kind.__name__} gives two results for one input: it draws .* no buffer"):
        check_module(kind(3, 2), (4, 3))


def test_a_state_that_leaves_something_out_is_named():
    with pytest.raises(AssertionError, match="the state_dict of Forgetful leaves out the parameters bias"):
        check_module(Forgetful(3, 2), (4, 3))
