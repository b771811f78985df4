"""A look into a network while it learns: what is recorded, that it changes nothing, and what it finds."""

import copy
import gc
import pickle
import sys
import weakref

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.training import Callback, Checkpoint, Watch
from nn.training.measures import EDGES, Measures, Spread
from nn.training.watch import MOST

RNG = np.random.default_rng(0)
X = RNG.standard_normal((64, 6)).astype(np.float32)
Y = np.sin(X[:, :1]) * X[:, 1:2]


class Recurrent(nn.Module):
    """An LSTM, whose result is a tuple, and a head."""

    def __init__(self):
        self.rnn, self.head = nn.LSTM(2, 5), nn.Linear(5, 1)

    def forward(self, x):
        return self.head(self.rnn(np.moveaxis(x.reshape(-1, 3, 2), 0, 1))[0][-1])


class Shared(nn.Module):
    """A layer that is called three times, and a computation of the model's own after it."""

    def __init__(self):
        self.layer, self.act, self.head = nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 1)
        self.scale = nn.Parameter(np.ones(1))

    def forward(self, x):
        for _ in range(3):
            x = self.act(self.layer(x))
        return self.scale * self.head(x)


def dense():
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 1))


def convolutional():
    return nn.Sequential(
        nn.Unflatten(1, (1, 2, 3)), nn.Conv2d(1, 4, 2), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(8, 1)
    )


MODELS = {"dense": dense, "convolutional": convolutional, "recurrent": Recurrent, "shared": Shared}


def training(make=dense, seed=0, epochs=2, **options):
    nn.manual_seed(seed)
    model = make()
    data = nn.data.DataLoader(nn.data.TensorDataset(X, Y), batch_size=16, shuffle=True)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    options = {"validation": [(X, Y)], "progress": False, **options}
    return model, lambda: nn.fit(model, data, nn.MSELoss(), optimizer, epochs=epochs, **options)


def loop(model, steps=3, optimizers=None, watch=None, x=X, y=Y):
    optimizers = optimizers or [nn.optim.SGD(model.parameters(), lr=0.01)]
    for _ in range(steps):
        for optimizer in optimizers:
            optimizer.zero_grad()
        nn.MSELoss()(model(x), y).backward()
        for optimizer in optimizers:
            optimizer.step()
        if watch is not None:
            watch.step()
    return watch


# -- it changes nothing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_a_training_that_is_watched_comes_to_the_same_bits(make):
    plain, run = training(make)
    history = run()["loss"]
    watched, run = training(make, callbacks=[Watch(every=1)])

    assert run()["loss"] == history
    for p, q in zip(plain.parameters(), watched.parameters(), strict=True):
        assert p.numpy().tobytes() == q.numpy().tobytes()


def test_no_hook_stays_and_none_is_there_in_steps_that_are_not_recorded():
    model = dense()
    watch = Watch(model, every=3)
    hooked = []
    for _ in range(6):
        hooked.append(any(module._instead is not None for module in model.modules()))
        loop(model, 1, watch=watch)
    watch.remove()

    assert hooked == [True, False, False, True, False, False]
    assert [record.step for record in watch.records] == [1, 4]
    assert all(module._instead is None for module in model.modules())


def test_a_training_that_fails_leaves_no_hooks():
    class Failure(Callback):
        def batch_ended(self, run):
            raise RuntimeError

    watch = Watch(every=1)
    model, run = training(callbacks=[watch, Failure()])
    with pytest.raises(RuntimeError):
        run()

    assert all(module._instead is None for module in model.modules())
    assert len(watch.records) == 1


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_no_graph_is_kept(make):
    model = make()
    watch = Watch(model, every=1)
    loss = nn.MSELoss()(model(X), Y)
    nodes = [weakref.ref(node) for node in ag.debugging.cuts.reachable([loss.node]) if node.route is not None]
    loss.backward()
    del loss
    gc.collect()

    assert nodes
    assert [ref() for ref in nodes if ref() is not None] == []
    watch.step()
    assert len(watch.records) == 1


def test_copies_of_a_watched_model_are_watched_by_nobody_and_pickles_work():
    model = dense()
    watch = Watch(model, every=1)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        other(X)
        assert not watch._seen
    loop(model, 2, watch=watch)
    for other in (copy.deepcopy(watch), pickle.loads(pickle.dumps(watch))):
        assert other.report() == watch.report()
        with pytest.raises(nn.KindError, match="this Watch has no model"):
            other.step()


# -- what is recorded --------------------------------------------------------------------------------------------------


def test_activations_gradients_and_updates_are_those_of_the_step():
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
    before = [p.numpy().copy() for p in model.parameters()]
    hidden = model[1](model[0](X))
    hidden.retain_grad()
    nn.MSELoss()(model[2](hidden), Y).backward()
    (record,) = loop(model, 1, watch=Watch(model, every=1)).records
    layer = record.layers["1"]

    assert list(record.layers) == ["0", "1", "2"]
    assert (layer.kind, layer.activations.count) == ("ReLU", 64 * 8)
    assert layer.activations.zeros == np.sum(hidden.numpy() == 0)
    assert layer.activations.rms == pytest.approx(np.sqrt(np.mean(hidden.numpy() ** 2)), rel=1e-6)
    assert layer.gradients.norm == pytest.approx(np.linalg.norm(hidden.grad.numpy()), rel=1e-6)
    expected = np.histogram(hidden.numpy()[hidden.numpy() > 0], EDGES)[0]
    np.testing.assert_array_equal(layer.activations.above, expected)
    for (name, p), old in zip(model.named_parameters(), before, strict=True):
        found = record.parameters[name]
        assert found.weight == pytest.approx(np.linalg.norm(old), rel=1e-6)
        assert found.gradient == pytest.approx(np.linalg.norm(p.grad.numpy()), rel=1e-6)
        assert found.update == pytest.approx(np.linalg.norm(p.numpy() - old), rel=1e-6)


def test_several_calls_of_a_step_add_up_and_those_under_no_grad_do_not_count():
    model = Shared()
    watch = Watch(model, every=1)
    with ag.no_grad():
        model(X)
    (record,) = loop(model, 1, watch=watch).records

    assert record.layers["act"].activations.count == record.layers["act"].gradients.count == 3 * 64 * 6
    assert list(record.layers) == ["layer", "act", "head", ""]  # the model's own result is not that of its head


def test_a_container_that_gives_what_its_last_layer_gave_is_no_layer():
    watch = loop(model := nn.Sequential(nn.Sequential(nn.Linear(6, 3), nn.Tanh()), nn.Linear(3, 1)), 1, watch=None)
    watch = loop(model, 1, watch=Watch(model, every=1))

    assert list(watch.records[0].layers) == ["0.0", "0.1", "1"]


def test_layers_are_chosen_by_their_paths():
    model = dense()
    assert list(loop(model, 1, watch=Watch(model, layers=["0"])).records[0].layers) == ["0"]
    with pytest.raises(ag.errors.NoAttributeError, match="no module at 'first'"):
        Watch(model, layers=["first"])


def test_a_result_of_several_parts_is_watched_by_its_first():
    model = Recurrent()
    (record,) = loop(model, 1, watch=Watch(model, every=1)).records

    assert record.layers["rnn"].activations.count == 3 * 64 * 5
    assert record.layers["rnn"].gradients.zeros == 2 * 64 * 5  # only the last step is used


def test_frozen_layers_have_activations_and_no_gradients():
    model = dense()
    model[0].requires_grad_(False)
    watch = loop(model, 2, watch=Watch(model, every=1))

    assert watch.records[0].layers["0"].activations.count
    assert watch.records[0].layers["0"].gradients.count == 0
    assert watch.findings() == []


def test_histograms_hold_every_number():
    spread = Spread()
    spread.add(np.array([0.0, np.nan, np.inf, 1e-30, -1e30, 2.0, -2.0]))
    spread.add(np.float32(3.0))

    assert (spread.count, spread.zeros, spread.broken) == (8, 1, 2)
    assert spread.above.sum() + spread.below.sum() == 5
    assert (spread.above[0], spread.below[-1]) == (1, 1)


def test_a_long_training_keeps_a_bounded_number_of_steps():
    model = nn.Linear(6, 1)
    watch = loop(model, 2 * MOST + 1, watch=Watch(model, every=1))
    steps = [record.step for record in watch.records]

    assert len(steps) <= MOST
    assert watch.every == 4
    assert set(np.diff(steps)) == {4}
    assert (steps[0], steps[-1]) == (1, 2 * MOST + 1)


def test_a_training_that_goes_on_from_a_checkpoint_has_all_records(tmp_path):
    def watched(epochs, path):
        watch = Watch(every=3)
        training(epochs=epochs, callbacks=[watch, Checkpoint(path)])[1]()
        return watch

    watched(2, tmp_path / "run")
    resumed, whole = watched(5, tmp_path / "run"), watched(5, tmp_path / "other")

    assert resumed.report() == whole.report()
    assert [record.step for record in resumed.records] == [1, 4, 7, 10, 13, 16, 19]
    for one, other in zip(resumed.records, whole.records, strict=True):
        np.testing.assert_equal(one.state(), other.state())


def test_what_a_checkpoint_holds_makes_the_same_record():
    model = dense()
    (record,) = loop(model, 1, watch=Watch(model)).records

    np.testing.assert_equal(Measures.from_state(record.state()).state(), record.state())


# -- what it finds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_nothing_is_wrong_with_a_healthy_training(make):
    watch = Watch(every=2)
    training(make, epochs=6, callbacks=[watch])[1]()

    assert watch.findings() == []


def test_dead_units_are_told_if_no_example_of_several_steps_woke_them():
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
    with ag.no_grad():
        model[0].bias[:13] = -50.0
    watch = Watch(model, every=1)
    loop(model, 3, watch=watch)
    assert watch.findings() == ["1 (ReLU): 13 of 16 units give 0 for every example"]

    with ag.no_grad():
        model[0].bias[:9] = 50.0
    loop(model, 1, [nn.optim.SGD(model.parameters(), lr=1e-6)], watch=watch)
    assert watch.findings() == []  # 9 units have answered now
    assert "4 of 16" in watch.report()


def test_saturated_layers_are_told():
    model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
    with ag.no_grad():
        model[0].weight[...] *= 1e3
    watch = loop(model, 2, watch=Watch(model, every=1))

    assert "% of the elements are saturated" in watch.findings()[0]


def test_a_gradient_that_vanishes_is_told():
    nn.manual_seed(0)
    layers = [part for _ in range(8) for part in (nn.Linear(6, 6), nn.Sigmoid())]
    model = nn.Sequential(*layers, nn.Linear(6, 1))
    words, *others = loop(model, 2, watch=Watch(model, every=1)).findings()

    assert words.startswith("0 (Linear) (and ")
    assert words.endswith("times smaller than in 16 (Linear)")
    assert all("too small to change it" in other for other in others)


def test_a_parameter_that_no_optimizer_has_is_told_and_one_that_is_not_used():
    class Model(nn.Module):
        def __init__(self):
            self.a, self.b, self.c = nn.Linear(6, 4), nn.Linear(4, 1, bias=False), nn.Linear(2, 2, bias=False)

        def forward(self, x):
            return self.b(np.tanh(self.a(x)))

    model = Model()
    watch = loop(model, 2, [nn.optim.SGD(model.a.parameters(), lr=0.1)], watch=Watch(model, every=1))

    assert watch.findings() == [
        "b.weight: has a gradient and never changes; is it given to an optimizer?",
        "c.weight: no gradient reaches it; ag.why_no_grad(...) tells where it is cut",
    ]


def test_several_optimizers_are_one_step():
    model = nn.Sequential(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 1))
    optimizers = [nn.optim.Adam(model[0].parameters()), nn.optim.SGD(model[2].parameters(), lr=0.1)]

    assert loop(model, 4, optimizers, watch=Watch(model, every=1)).findings() == []


@np.errstate(all="ignore")
def test_the_first_nan_is_told_with_its_step():
    model = nn.Sequential(nn.Linear(6, 4), nn.Linear(4, 1))
    watch = Watch(model, every=1)
    loop(model, 2, watch=watch)
    loop(model, 2, [nn.optim.SGD(model.parameters(), lr=1e38)], watch=watch)

    assert "of 64 activations are NaN or infinite in step 4; ag.detect_anomaly() names the op" in watch.findings()[0]


def test_steps_that_are_too_large_are_told():
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 1))
    watch = loop(model, 4, [nn.optim.Adam(model.parameters(), lr=1.0)], watch=Watch(model, every=1))

    assert any("is the learning rate too large?" in words for words in watch.findings())


# -- how it is shown ---------------------------------------------------------------------------------------------------


def test_the_report_is_a_table_with_a_line_for_each_layer():
    nn.manual_seed(0)
    model = Shared()
    watch = loop(model, 3, watch=Watch(model, every=2))
    lines = str(watch).splitlines()

    assert lines[0].startswith("step 3;")
    assert lines[2].split() == [
        "layer",
        "activations",
        "zeros",
        "dead",
        "units",
        "saturated",
        "gradient",
        "update/weight",
    ]
    assert [line.split("  ")[0] for line in lines[4:]] == ["layer (Linear)", "act (Tanh)", "head (Linear)", "Shared"]
    assert repr(watch) == "<Watch: 2 of 3 steps, 4 layers>"


def test_without_a_record_it_says_what_to_do():
    assert "call step() after each step" in Watch().report()


def test_the_plot_has_a_row_for_each_layer_and_says_what_is_dead(tmp_path):
    pytest.importorskip("matplotlib")
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
    with ag.no_grad():
        model[0].bias[...] = -50.0
    watch = loop(model, 5, watch=Watch(model, every=2))
    figure = watch.plot(tmp_path / "watch.png")
    titles = [axes.get_title("left") for axes in figure.axes]

    assert titles[:3] == ["0 (Linear)", "1 (ReLU)", "2 (Linear)"]
    assert titles[3:] == ["its parameters never change", "16 of 16 units give 0 for every example", " "]
    assert figure.axes[1].get_title("right") == "100 % zeros"
    assert (tmp_path / "watch.png").read_bytes()[:4] == b"\x89PNG"
    assert watch._repr_png_()[:4] == b"\x89PNG"
    assert Watch().plot().texts[0].get_text() == "nothing was recorded"


def test_the_plot_of_a_training_that_breaks_or_dies_out_can_be_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    model = nn.Sequential(nn.Linear(6, 4), nn.Linear(4, 1))
    watch = Watch(model, every=1)
    with np.errstate(all="ignore"):
        loop(model, 4, [nn.optim.SGD(model.parameters(), lr=1e38)], watch=watch)
    watch.plot(tmp_path / "broken.png")
    model = nn.Sequential(nn.Linear(6, 4), nn.ReLU())
    with ag.no_grad():
        model[0].bias[...] = -50.0
    loop(model, 1, watch=Watch(model), y=np.zeros((64, 4))).plot(tmp_path / "dead.png")


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r'pip install "autograd-core\[plot\]"'):
        Watch().plot()
    assert Watch()._repr_png_() is None


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda: Watch().step(), nn.KindError, "give it to nn.fit"),
        (lambda: Watch(lambda x: x), nn.KindError, "watches a module, and was given a function"),
        (lambda: Watch(nn.MLP(2, [1])), nn.KindError, "ag.draw shows all of its numbers"),
        (lambda: Watch(every=0), nn.SettingError, "at least 1"),
    ],
)
def test_a_wrong_call_says_what_to_give(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong()


def test_step_after_zero_grad_is_refused():
    model = dense()
    watch = Watch(model)
    nn.MSELoss()(model(X), Y).backward()
    model.zero_grad()
    with pytest.raises(nn.SettingError, match=r"before zero_grad\(\)"):
        watch.step()
