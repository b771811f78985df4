"""The programs run, and find what is known of their data."""

import warnings

import numpy as np
import pytest

from examples import (
    gaussian_process,
    hidden_markov,
    kalman,
    lens,
    mnist,
    neural_ode,
    robust_regression,
    rollout,
    sinkhorn,
    spectral,
    spline,
)
from tests.test_nn_data import idx


def test_the_kalman_filter_finds_the_published_variances_of_the_nile():
    found = kalman.main()

    assert found["measurement"] == pytest.approx(15099, rel=1e-3)
    assert found["wandering"] == pytest.approx(1469.1, rel=1e-3)


def test_the_hidden_markov_model_finds_the_published_rates_of_earthquakes():
    found = hidden_markov.main()

    assert found["negative_log_likelihood"] == pytest.approx(342.3183, abs=1e-4)
    np.testing.assert_allclose(found["rates"], [15.472, 26.125], rtol=1e-3)


def test_robust_regression_finds_the_published_weights_and_the_odd_days():
    found = robust_regression.main()

    np.testing.assert_allclose(found["least_squares"], [-39.9197, 0.7156, 1.2953, -0.1521], atol=1e-4)
    np.testing.assert_allclose(found["huber"], [-41.0265, 0.8294, 0.9261, -0.1278], atol=1e-3)
    assert {4, 21} <= set(found["odd"])


def test_the_gaussian_process_is_fitted_and_its_forecast_lies_within_three_deviations():
    found = gaussian_process.main()

    assert np.mean(found["error"] < 3 * found["deviation"]) == 1
    assert np.max(np.abs(found["gradient"])) < 1e-4


def test_the_throw_hits_the_target_with_the_least_speed():
    found = rollout.main()

    assert found["landing"] == pytest.approx(rollout.TARGET, abs=1e-9)
    assert found["best"][0] < found["first"][0]
    assert abs(found["slope"]) < 0.05  # metres for a radian: no other angle reaches further at this speed


def test_the_knots_move_to_where_they_are_published():
    found = spline.main()

    np.testing.assert_allclose(found["knots"], [836, 876.4, 898.2, 916.3, 973.9], atol=0.6)
    assert found["moved"] < found["even"] / 100


def test_the_spectrum_gives_yules_pendulum():
    found = spectral.main()

    assert found["a"] == pytest.approx(1.34, abs=0.03)
    assert found["b"] == pytest.approx(-0.65, abs=0.03)
    assert 10 < found["period"] < 11


def test_descent_finds_the_lens_of_descartes():
    found = lens.main()

    assert found["conic"] == pytest.approx(-(lens.INDEX**2), rel=1e-6)
    assert found["blur"] < 1e-9 * found["sphere"]


def test_a_shifted_digit_costs_the_square_of_the_way():
    found = sinkhorn.main()

    assert found["shifted"] == pytest.approx(9, rel=1e-3)
    assert found["after"] < found["before"] / 50


def test_the_neural_equation_foresees_hares_and_lynxes():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of SciPy's minimiser
        found = neural_ode.main()

    assert found["error"] < found["persistence"] / 3


def test_lenet_learns_a_set_in_mnists_format_and_goes_on_from_its_checkpoint(tmp_path, capsys, monkeypatch):
    random = np.random.default_rng(0)
    for part, count in (("train", 320), ("t10k", 100)):
        labels = random.integers(10, size=count).astype(np.uint8)
        images = random.integers(60, size=(count, 28, 28)).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):  # a bright square, whose place is the class
            image[4 + label // 5 * 10 :, 2 + label % 5 * 5 :][:8, :5] += 180
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    monkeypatch.setenv("AUTOGRAD_DATA", str(tmp_path))
    words = ["--batch-size", "20", "--checkpoint", str(tmp_path / "run" / "state")]
    first = mnist.main([*words, "--epochs", "4"])
    again = mnist.main([*words, "--epochs", "4"])

    assert first[-1]["val_accuracy"] > 0.9
    assert again == first
    assert "Going on from" in capsys.readouterr().out
    with pytest.raises(SystemExit, match=r"mnist: .* has no train-images-idx3-ubyte"):
        mnist.main(["--data", str(tmp_path / "run")])
