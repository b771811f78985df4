"""Training by nn.fit: what it computes, what it tells, and that one that was killed goes on to the same numbers."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd_core.errors import AnomalyError
from nn.training import Callback, Checkpoint, EarlyStopping

RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 3)).astype(np.float32)
LABELS = (X @ np.array([1.0, -2.0, 0.5]) > 0).astype(int)


def training(seed=0, **options):
    nn.manual_seed(seed)
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 2))
    data = nn.data.DataLoader(nn.data.TensorDataset(X, LABELS), batch_size=16, shuffle=True)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.02)
    options = {"epochs": 6, "progress": False, **options}
    if "schedule" in options:
        options["scheduler"] = options.pop("schedule")(optimizer)
    return model, lambda: nn.fit(model, data, nn.CrossEntropyLoss(), optimizer, **options)


def test_fit_is_the_loop_that_one_would_write():
    model, run = training(epochs=3)
    history = run()
    nn.manual_seed(0)
    other = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 2))
    optimizer, losses = nn.optim.Adam(other.parameters(), lr=0.02), []
    for _ in range(3):
        total = 0.0
        for x, labels in nn.data.DataLoader(nn.data.TensorDataset(X, LABELS), batch_size=16, shuffle=True):
            optimizer.zero_grad()
            loss = nn.CrossEntropyLoss()(other(x), labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
        losses.append(total / len(X))

    assert history["loss"] == losses
    for p, q in zip(model.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(p.numpy(), q.numpy())


def test_validation_and_metrics_are_means_over_all_examples_in_eval_mode():
    parts = [(X[:50], LABELS[:50]), (X[50:], LABELS[50:])]
    model, run = training(epochs=2, validation=parts, metrics={"share": lambda y, t: np.mean(np.argmax(y, 1) == t)})
    history = run()
    scores = model.eval()(X)

    np.testing.assert_allclose(history[-1]["val_loss"], nn.CrossEntropyLoss()(scores, LABELS).item(), rtol=1e-6)
    np.testing.assert_allclose(history[-1]["val_share"], np.mean(np.argmax(scores.numpy(), 1) == LABELS))
    assert [*history[0]] == ["loss", "share", "val_loss", "val_share", "lr", "seconds"]


def test_a_schedule_steps_each_epoch_and_gradients_are_clipped():
    _, run = training(epochs=3, schedule=lambda optimizer: nn.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5))
    assert run()["lr"] == [0.02, 0.01, 0.005]

    seen = []

    class Norms(Callback):
        def batch_ended(self, run):
            seen.append(np.sqrt(sum(np.sum(p.grad.numpy() ** 2) for p in run.model.parameters())))

    training(epochs=1, clip_grad_norm=0.01, callbacks=[Norms()])[1]()
    np.testing.assert_allclose(seen, 0.01, rtol=1e-5)


def test_early_stopping_ends_and_goes_back_to_the_best_weights():
    values, weights = iter([3.0, 1.0, 2.0, 2.0, 2.0]), []

    class Watch(Callback):
        def epoch_ended(self, run):
            run.history[-1]["val_loss"] = next(values)
            weights.append(run.model.state_dict())

    model, run = training(epochs=9, callbacks=[Watch(), EarlyStopping(patience=2)])
    history = run()

    assert len(history) == 4
    assert history.best() == 1
    for key, array in model.state_dict().items():
        np.testing.assert_array_equal(array, weights[1][key])


def test_a_loss_that_becomes_nan_stops_before_the_step_with_the_operation_to_blame():
    class Logarithm(nn.Module):
        def __init__(self):
            self.w = nn.Parameter(np.array(-1.0))

        def forward(self, x):
            return np.log(self.w * x)

    model = Logarithm()
    optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
    with np.errstate(all="ignore"), pytest.raises(AnomalyError, match="the value of log became NaN") as caught:
        nn.fit(model, [(np.ones(2), np.ones(2))], nn.MSELoss(), optimizer, progress=False)

    assert "in epoch 1 the loss of a batch became nan" in caught.value.__notes__[0]
    assert model.w.item() == -1


# -- going on ------------------------------------------------------------------------------------------------------------------

# Dies by a signal that nothing can catch after as many lines as it was told, of all functions or of those whose name it was told.
PROGRAM = """
import itertools, os, signal, sys, nn
from tests.test_nn_fit import training
from nn.training import Checkpoint, EarlyStopping

lines, death, name = itertools.count(1), int(sys.argv[3]), sys.argv[4]

def count(frame, event, argument):
    if event == "line" and frame.f_code.co_name.startswith(name) and next(lines) == death:
        os.kill(os.getpid(), signal.SIGKILL)
    return count

model, run = training(epochs=12, callbacks=[Checkpoint(sys.argv[1]), EarlyStopping(50, "loss")],
                      schedule=lambda o: nn.optim.lr_scheduler.CosineAnnealingLR(o, 12))
sys.settrace(count)
run()
sys.settrace(None)
nn.save_file(model.state_dict(), sys.argv[2])
print(next(lines))
"""


@pytest.mark.parametrize("function", ["", "write_whole"], ids=["at any line", "while it writes"])
def test_a_training_that_was_killed_again_and_again_comes_to_the_numbers_of_one_that_was_not(function, tmp_path):
    def run(name, death):
        command = [sys.executable, "-c", PROGRAM, tmp_path / f"{name}.run", tmp_path / name, str(death), function]
        return subprocess.run(command, cwd=Path(nn.__file__).parent.parent, capture_output=True, text=True)

    lines, kills = int(run("whole", 0).stdout), 0
    deaths = np.random.default_rng(1).integers(lines // 10, lines // 4, 100)
    while (ended := run("killed", deaths[kills])).returncode == -signal.SIGKILL:
        kills += 1

    assert ended.returncode == 0, ended.stderr
    assert kills >= 3
    whole, killed = nn.load_file(tmp_path / "whole"), nn.load_file(tmp_path / "killed")
    for key, array in whole.items():
        np.testing.assert_array_equal(killed[key], array)


def test_going_on_for_more_epochs_continues_the_history(tmp_path):
    path = tmp_path / "run"
    training(epochs=2, callbacks=[Checkpoint(path)])[1]()
    history = training(epochs=5, callbacks=[Checkpoint(path)])[1]()
    expected = training(epochs=5)[1]()

    assert history["loss"] == expected["loss"]
    assert os.listdir(tmp_path) == ["run"]


def test_a_history_draws_itself(tmp_path):
    pytest.importorskip("matplotlib")
    _, run = training(epochs=3, validation=[(X, LABELS)], metrics=["accuracy"])
    run().plot(tmp_path / "history.png")

    assert (tmp_path / "history.png").read_bytes()[:4] == b"\x89PNG"


def test_progress_is_told_on_stderr(capsys):
    training(epochs=2, progress=True)[1]()

    assert "loss" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda m: nn.fit(lambda x: x, [], nn.MSELoss(), None), nn.KindError, "subclass of nn.Module"),
        (lambda m: nn.fit(m, [], nn.MSELoss(), sgd(m), progress=False), nn.KindError, "no batch"),
        (lambda m: nn.fit(m, [X], nn.MSELoss(), sgd(m), progress=False), nn.KindError, "takes batches"),
        (lambda m: nn.fit(m, [(X, X)], nn.MSELoss(), nn.optim.SGD), nn.KindError, r"takes an optimizer, such as nn.optim.Adam\("),
        (lambda m: nn.fit(m, [(X, X)], nn.MSELoss(), sgd(m), scheduler=0.1), nn.KindError, "give one of nn.optim.lr_scheduler"),
        (lambda m: nn.fit(m, [(X, X)], nn.MSELoss(), sgd(m), metrics=["auc"]), nn.SettingError, "'auc': choose among 'accuracy'"),
        (lambda m: nn.fit(m, [(X, X)], nn.MSELoss("none"), sgd(m), progress=False), nn.KindError, "one number"),
        (lambda m: nn.fit(m, [(X, X)], nn.MSELoss(), sgd(m), callbacks=[EarlyStopping()], progress=False),
         nn.SettingError, "'val_loss', and an epoch has loss"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_to_give(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong(nn.Linear(3, 3))


def sgd(model):
    return nn.optim.SGD(model.parameters(), lr=0.1)
