"""Networks as scikit-learn's estimators: its own checks, and its tools around them."""

import subprocess
import sys
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import nn
from autograd_core.errors import ShapeError
from nn.sklearn import NNClassifier, NNRegressor

RNG = np.random.default_rng(0)
X = RNG.standard_normal((120, 3)) * [1, 10, 100] + 5
NAMES = np.where((X[:, 0] - 5) * (X[:, 1] - 5) > 0, "same", "other")


@parametrize_with_checks([NNClassifier(epochs=20), NNRegressor(epochs=20)])
def test_every_check_of_scikit_learn_passes(estimator, check):
    check(estimator)


def test_a_search_in_a_pipeline_finds_the_settings_that_learn():
    pipeline = make_pipeline(StandardScaler(), NNClassifier(epochs=30, random_state=0))
    grid = {"nnclassifier__lr": [1e-9, 0.02], "nnclassifier__optimizer": [nn.optim.Adam]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, NAMES)

    assert search.best_params_["nnclassifier__lr"] == 0.02
    assert search.best_score_ > 0.8
    assert {*search.predict(X)} == {"same", "other"}


def test_targets_are_scaled_by_what_scikit_learn_has_for_it():
    regressor = make_pipeline(StandardScaler(), NNRegressor(epochs=30, random_state=0))
    model = TransformedTargetRegressor(regressor, transformer=StandardScaler())

    assert np.min(cross_val_score(model, X, 1000 * X[:, 0] - X[:, 2], cv=2)) > 0.9


def test_one_random_state_gives_one_network_and_leaves_the_stream_of_the_thread_alone():
    nn.manual_seed(3)
    expected = nn.random.stream().random()
    nn.manual_seed(3)
    one, same, other = (NNClassifier(epochs=2, random_state=seed).fit(X, NAMES) for seed in (0, 0, 1))

    assert nn.random.stream().random() == expected
    np.testing.assert_array_equal(one.predict_proba(X), same.predict_proba(X))
    assert np.any(one.predict_proba(X) != other.predict_proba(X))


def test_a_network_of_ones_own_is_made_for_the_features_and_outputs_of_the_data():
    class Net(nn.Module):
        def __init__(self, features, outputs):
            self.hidden, self.last = nn.Linear(features, 7), nn.Linear(7, outputs)

        def forward(self, x):
            return self.last(np.tanh(self.hidden(x)))

    classifier = NNClassifier(Net, epochs=1).fit(X.astype(np.float32), NAMES)

    assert classifier.module_.last.weight.shape == (2, 7)
    assert classifier.module_.last.weight.dtype == classifier.predict_proba(X).dtype == np.float32


@pytest.mark.parametrize(("sizes", "widths"), [((), [3, 2]), (7, [3, 7, 2]), ((7, 5), [3, 7, 5, 2])])
def test_the_default_network_has_hidden_layers_of_the_widths_that_were_given(sizes, widths):
    module = NNClassifier(hidden_layer_sizes=sizes, epochs=1).fit(X, NAMES).module_
    weights = [p.shape for p in module.parameters() if p.ndim == 2]

    assert weights == [(b, a) for a, b in pairwise(widths)]


def test_several_targets_come_back_in_the_shape_they_came_in():
    for y in (X[:, 0], X[:, :1], X[:, :2]):
        assert NNRegressor(epochs=1).fit(X, y).predict(X).shape == y.shape


def test_stopping_early_keeps_the_weights_that_were_best_on_what_was_set_aside():
    settings = {"epochs": 200, "early_stopping": True, "n_iter_no_change": 2, "random_state": 0, "lr": 0.1}
    classifier = NNClassifier(**settings).fit(X, NAMES)
    epochs = classifier.history_.best() + 1
    shorter = NNClassifier(**{**settings, "epochs": epochs}).fit(X, NAMES)

    assert epochs + 2 == len(classifier.history_) < 200
    np.testing.assert_array_equal(classifier.predict_proba(X), shorter.predict_proba(X))


def test_loss_optimizer_schedule_and_callbacks_are_those_that_were_given():
    class Counting(nn.training.Callback):
        count = 0

        def epoch_ended(self, run):
            self.count += 1
            run.history[-1]["count"] = self.count

    regressor = NNRegressor(
        loss=nn.L1Loss(),
        optimizer=partial(nn.optim.SGD, momentum=0.9),
        scheduler=partial(nn.optim.lr_scheduler.StepLR, step_size=1, gamma=0.5),
        callbacks=[Counting()],
        epochs=3,
        lr=0.1,
    )
    for _ in range(2):  # the second training is like the first
        regressor.fit(X / 100, X[:, 0])
        assert regressor.history_["count"] == [1, 2, 3]
        assert regressor.history_["lr"] == [0.1, 0.05, 0.025]


def test_progress_is_told_if_wanted(capsys):
    NNRegressor(epochs=1, verbose=True).fit(X, X[:, 0])

    assert "loss" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"module": lambda features, outputs: nn.Linear(features, 9)}, ShapeError,
         r"of shape \(1, 9\), where \(1, 2\) is needed: .* 3 features and 2 outputs"),
        ({"module": nn.Linear(3, 2)}, nn.KindError, "module is a network already: give what makes one, such as lambda"),
        ({"module": lambda features, outputs: outputs}, nn.KindError, "module made a int: give what makes one"),
        ({"optimizer": "Adam"}, nn.KindError, "optimizer is 'Adam': give what makes one, such as nn.optim.Adam"),
        ({"hidden_layer_sizes": 0.5}, nn.KindError, "Linear: out_features is 0.5"),
    ],
)  # fmt: skip
def test_a_setting_that_does_not_fit_is_refused_with_what_is_needed(settings, error, words):
    with pytest.raises(error, match=words):
        NNClassifier(**settings).fit(X, NAMES)


def test_scikit_learn_loads_when_asked_for_and_its_extra_is_named_when_it_is_not_there():
    program = """
import sys, nn
assert "sklearn" not in sys.modules
sys.modules["sklearn"] = None
try:
    nn.sklearn
except ImportError as error:
    assert 'pip install "autograd-core[sklearn]"' in str(error)
else:
    raise AssertionError
try:
    nn.scikit
except AttributeError as error:
    assert "module 'nn' has no attribute 'scikit'" in str(error)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
