"""Random histories of training, copying and loading, against a naive twin: arrays, formulas by hand, and plain copies.

A run is a model and its optimiser. Whatever is done to one run, also to what was copied or loaded from it, no other one changes.
The model has buffers, which change in training alone, and a dropout, which draws the same from the same seed.
"""

import copy
import pickle

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

import nn

SHAPES = {"0.weight": (3, 2), "0.bias": (3,), "2.weight": (3,), "2.bias": (3,), "4.weight": (1, 3), "4.bias": (1,)}
NAMES = list(SHAPES)
BUFFERS = {"2.running_mean": np.zeros(3), "2.running_var": np.ones(3), "2.num_batches_tracked": np.array(0)}
X = np.linspace(-1.0, 1.0, 8).reshape(4, 2) ** 3
TARGETS = np.array([[1.0], [-1.0], [0.5], [0.0]])


def network():
    return nn.Sequential(
        nn.Linear(2, 3, dtype=float),
        nn.Tanh(),
        nn.BatchNorm1d(3, dtype=float),
        nn.Dropout(0.5),
        nn.Linear(3, 1, dtype=float),
    )


def mask_of(seed):
    """What a dropout of ½ multiplies the hidden layer by, after a seed."""
    nn.manual_seed(seed)
    return nn.functional.dropout(np.ones((len(X), 3)), 0.5, True)


class Twin:
    """The parameters and buffers of that network, the gradients, and what an optimiser remembers of each parameter."""

    def __init__(self, parameters, optimiser, lr):
        self.w, self.grad = parameters, dict.fromkeys(NAMES)
        self.buffers, self.training = copy.deepcopy(BUFFERS), True
        self.frozen = set()
        self.optimiser, self.lr, self.memory = optimiser, lr, {}

    def state(self):
        return {**self.w, **self.buffers}

    def evaluated(self):
        """The hidden layer, standardised by the buffers, and the result."""
        hidden = np.tanh(X @ self.w["0.weight"].T + self.w["0.bias"])
        deviation = np.sqrt(self.buffers["2.running_var"] + 1e-5)
        z = (hidden - self.buffers["2.running_mean"]) / deviation
        y = (z * self.w["2.weight"] + self.w["2.bias"]) @ self.w["4.weight"].T + self.w["4.bias"]
        return hidden, deviation, z, y

    def backward(self, mask):
        """Add the gradients of mean((y - targets)^2)."""
        hidden, deviation, z, y = self.evaluated()
        if self.training:
            deviation = np.sqrt(np.var(hidden, 0) + 1e-5)
            z = (hidden - np.mean(hidden, 0)) / deviation
            y = (mask * (z * self.w["2.weight"] + self.w["2.bias"])) @ self.w["4.weight"].T + self.w["4.bias"]
            self.remember(hidden)
        else:
            mask = 1.0
        dy = 2 * (y - TARGETS) / y.size
        da = mask * (dy @ self.w["4.weight"])
        dz = da * self.w["2.weight"]
        if self.training:
            dz = dz - np.mean(dz, 0) - z * np.mean(dz * z, 0)
        dx = dz / deviation * (1 - hidden**2)
        new = {"0.weight": dx.T @ X, "0.bias": dx.sum(0), "2.weight": (da * z).sum(0), "2.bias": da.sum(0)}
        new |= {"4.weight": dy.T @ (mask * (z * self.w["2.weight"] + self.w["2.bias"])), "4.bias": dy.sum(0)}
        for name, g in new.items():
            if name not in self.frozen:
                self.grad[name] = g if self.grad[name] is None else self.grad[name] + g

    def remember(self, hidden):
        """The running averages of torch.nn.BatchNorm1d, with the variance of a sample."""
        for name, new in (("2.running_mean", np.mean(hidden, 0)), ("2.running_var", np.var(hidden, 0, ddof=1))):
            self.buffers[name] = 0.9 * self.buffers[name] + 0.1 * new
        self.buffers["2.num_batches_tracked"] = self.buffers["2.num_batches_tracked"] + 1

    def step(self):
        for name, g in self.grad.items():
            if g is not None:
                self.w[name] = self.w[name] - self.lr * getattr(self, self.optimiser)(name, g)

    def momentum(self, name, g):
        """torch.optim.SGD with momentum 0.9."""
        v = 0.9 * self.memory[name] + g if name in self.memory else g
        self.memory[name] = v
        return v

    def adam(self, name, g):
        """torch.optim.Adam with its defaults."""
        m, v, t = self.memory.get(name, (0.0, 0.0, 0))
        m, v, t = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g, t + 1
        self.memory[name] = m, v, t
        return m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)


OPTIMISERS = {
    "momentum": lambda parameters, lr: nn.optim.SGD(parameters, lr=lr, momentum=0.9),
    "adam": lambda parameters, lr: nn.optim.Adam(parameters, lr=lr),
}
KEYS = {"momentum": ["momentum_buffer"], "adam": ["exp_avg", "exp_avg_sq", "step"]}  # PyTorch's names
WAYS = {"deepcopy": copy.deepcopy, "pickle": lambda thing: pickle.loads(pickle.dumps(thing))}
RATES = st.sampled_from([0.1, 0.01, 0.5])


class Run:
    """A model, its optimiser and their twin."""

    def __init__(self, model, optimiser, twin):
        self.model, self.optimiser, self.twin = model, optimiser, twin

    def parameter(self, name):
        return dict(self.model.named_parameters())[name]


class Training(RuleBasedStateMachine):
    runs, states = Bundle("runs"), Bundle("states")

    def __init__(self):
        super().__init__()
        self.all, self.saved = [], []

    def known(self, model, optimiser, twin):
        self.all.append(Run(model, optimiser, twin))
        return self.all[-1]

    @rule(target=runs, kind=st.sampled_from(sorted(OPTIMISERS)), lr=RATES, seed=st.integers(0, 3))
    def begin(self, kind, lr, seed):
        random = np.random.default_rng(seed)
        start = {name: random.standard_normal(shape) for name, shape in SHAPES.items()}
        model = network()
        model.load_state_dict(start | BUFFERS)
        return self.known(model, OPTIMISERS[kind](model.parameters(), lr), Twin(copy.deepcopy(start), kind, lr))

    # -- training ------------------------------------------------------------------------------------------------------

    @rule(run=runs, seed=st.integers(0, 3))
    def walk_back(self, run, seed):
        if len(run.twin.frozen) < len(NAMES):
            mask = mask_of(seed)
            nn.manual_seed(seed)
            np.mean((run.model(X) - TARGETS) ** 2).backward()
            run.twin.backward(mask)

    @rule(run=runs, training=st.booleans())
    def train_or_evaluate(self, run, training):
        run.model.train(training)
        run.twin.training = training

    @rule(run=runs)
    def step(self, run):
        run.optimiser.step()
        run.twin.step()

    @rule(run=runs, by=st.sampled_from(["model", "optimiser"]))
    def forget_gradients(self, run, by):
        getattr(run, by).zero_grad()
        run.twin.grad = dict.fromkeys(NAMES)

    @rule(run=runs, lr=RATES)
    def set_the_rate(self, run, lr):
        run.optimiser.param_groups[0]["lr"] = run.twin.lr = lr

    @rule(run=runs, name=st.sampled_from(NAMES))
    def freeze_or_thaw(self, run, name):
        run.parameter(name).requires_grad_(name in run.twin.frozen)
        run.twin.frozen ^= {name}

    # -- copies and states -----------------------------------------------------------------------------------------------

    @rule(target=runs, run=runs, way=st.sampled_from(sorted(WAYS)))
    def copy_both(self, run, way):
        model, optimiser = WAYS[way]((run.model, run.optimiser))
        return self.known(model, optimiser, copy.deepcopy(run.twin))

    @rule(target=states, run=runs)
    def save(self, run):
        self.saved.append((run.model.state_dict(), run.optimiser.state_dict(), copy.deepcopy(run.twin)))
        return self.saved[-1]

    @rule(run=runs, state=states, way=st.sampled_from(["as it is", *sorted(WAYS)]))
    def load(self, run, state, way):
        weights, memory, twin = state
        if run.twin.optimiser == twin.optimiser:
            run.model.load_state_dict(WAYS.get(way, dict)(weights))
            run.optimiser.load_state_dict(WAYS.get(way, dict)(memory))
            known = copy.deepcopy(twin)
            run.twin.w, run.twin.buffers = known.w, known.buffers
            run.twin.memory, run.twin.lr = known.memory, known.lr

    @rule(state=states)
    def scribble_over_the_weights_of_a_state(self, state):
        """They are copies: written over, they change no run; they are put right again, to be loaded."""
        for name, array in state[0].items():
            array[...] = 100.0
            self.every_run_is_its_twin()
            array[...] = state[2].state()[name]

    @rule(run=consumes(runs))
    def forget(self, run):
        self.all.remove(run)

    # -- what must hold --------------------------------------------------------------------------------------------------

    @invariant()
    def every_run_is_its_twin(self):
        for run in self.all:
            for name, parameter in run.model.named_parameters():
                close(parameter.data, run.twin.w[name])
                expected = run.twin.grad[name]
                assert (parameter.grad is None) == (expected is None)
                if expected is not None:
                    close(parameter.grad.data, expected)
            for name, buffer in run.model.named_buffers():
                close(buffer.data, run.twin.buffers[name])
            assert run.model.training is run.twin.training
            close(run.model.eval()(X).data, run.twin.evaluated()[-1])
            run.model.train(run.twin.training)
            assert run.optimiser.param_groups[0]["lr"] == run.twin.lr

    @invariant()
    def states_stay_as_they_were_saved(self):
        for weights, memory, twin in self.saved:
            assert weights.keys() == twin.state().keys()
            for name, array in weights.items():
                close(array, twin.state()[name])
            for i, name in enumerate(NAMES):
                remembered = memory["state"].get(i, {})
                assert bool(remembered) == (name in twin.memory)
                if name in twin.memory:
                    known = twin.memory[name]
                    known = dict(
                        zip(KEYS[twin.optimiser], known if isinstance(known, tuple) else (known,), strict=True)
                    )
                    assert remembered.keys() == known.keys()
                    for key in known:
                        close(remembered[key], known[key])


def close(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9)


TestTraining = Training.TestCase
TestTraining.settings = settings(stateful_step_count=30)
