"""Starting values: the distributions and patterns of their formulas, and what is refused."""

import numpy as np
import pytest

import nn
from autograd_core.errors import ShapeError
from nn import KindError, SettingError


def blank(*shape):
    return nn.Parameter(np.full(shape, np.nan))


STARTS = [
    (nn.init.uniform_, (-2.0, 4.0), 1.0, 3**0.5),
    (nn.init.normal_, (1.0, 2.0), 1.0, 2.0),
    (nn.init.trunc_normal_, (), 0.0, 0.8796),
    (nn.init.constant_, (3.0,), 3.0, 0.0),
    (nn.init.zeros_, (), 0.0, 0.0),
    (nn.init.ones_, (), 1.0, 0.0),
    (nn.init.xavier_uniform_, (2.0,), 0.0, 2 * (2 / (6400 + 9600)) ** 0.5),
    (nn.init.xavier_normal_, (), 0.0, (2 / (6400 + 9600)) ** 0.5),
    (nn.init.kaiming_uniform_, (), 0.0, (2 / 6400) ** 0.5),
    (nn.init.kaiming_normal_, (0, "fan_out", "linear"), 0.0, (1 / 9600) ** 0.5),
    (nn.init.orthogonal_, (3.0,), 0.0, 3 / 6400**0.5),
]
starts = pytest.mark.parametrize(("start", "arguments", "mean", "spread"), STARTS, ids=[s[0].__name__ for s in STARTS])


@starts
def test_an_initialiser_has_mean_and_spread_of_its_formula(start, arguments, mean, spread):
    nn.manual_seed(0)
    p = nn.Parameter(np.empty((96, 64, 10, 10), np.float32))

    assert start(p, *arguments) is p
    np.testing.assert_allclose(
        [p.numpy().mean(dtype=float), p.numpy().std(dtype=float)], [mean, spread], atol=0.01 * max(1, spread), rtol=0.01
    )


@starts
def test_where_there_is_nothing_to_fill_nothing_is_done(start, arguments, mean, spread):
    for shape in ((0, 3), (3, 0), (0, 0)):
        assert start(blank(*shape), *arguments).shape == shape


@pytest.mark.parametrize(
    "draw",
    [
        nn.init.uniform_, nn.init.normal_, nn.init.trunc_normal_, nn.init.xavier_uniform_, nn.init.xavier_normal_,
        nn.init.kaiming_uniform_, nn.init.kaiming_normal_, nn.init.orthogonal_,
        lambda w, generator: nn.init.sparse_(w, 0.5, generator=generator),
    ],
)  # fmt: skip
def test_one_seed_gives_one_start(draw):
    first, second, other = (draw(blank(3, 4), generator=seed).tolist() for seed in (1, 1, 2))

    assert first == second
    assert first != other


def test_an_identity_has_ones_on_its_diagonal():
    assert nn.init.eye_(blank(2, 3)).tolist() == [[1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("window", [(3,), (2, 3), (1, 2, 5)])
def test_a_dirac_passes_on_each_group_by_its_middle(window):
    w = nn.init.dirac_(blank(6, 2, *window), groups=2).numpy()
    middle = tuple(size // 2 for size in window)

    assert w[(..., *middle)].tolist() == [[1, 0], [0, 1], [0, 0], [1, 0], [0, 1], [0, 0]]
    assert w.sum() == 4


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4), (2, 3, 2)])
def test_an_orthogonal_start_has_orthonormal_rows_or_columns(shape):
    w = nn.init.orthogonal_(blank(*shape), gain=2.0).numpy().reshape(shape[0], -1)

    np.testing.assert_allclose(np.linalg.svdvals(w), 2.0)


def test_orthogonal_starts_are_uniform_over_rotations_and_reflections():
    random = np.random.default_rng(0)
    firsts = np.array([nn.init.orthogonal_(blank(2, 2), generator=random).numpy() for _ in range(2000)])

    np.testing.assert_allclose(firsts.mean(0), 0, atol=0.05)
    assert np.mean(np.linalg.det(firsts) > 0) == pytest.approx(0.5, abs=0.05)


def test_a_part_of_each_column_is_zero_elsewhere_numbers_are_normal():
    w = nn.init.sparse_(blank(1000, 5), 0.2501, std=3.0, generator=0).numpy()

    assert np.sum(w == 0, axis=0).tolist() == [251] * 5
    assert np.std(w[w != 0]) == pytest.approx(3, rel=0.05)
    assert len({tuple(column) for column in (w == 0).T}) == 5


def test_gains_are_those_of_the_field():
    gain = nn.init.calculate_gain

    assert [gain(name) for name in ("linear", "conv_transpose2d", "sigmoid", "tanh", "selu")] == [1, 1, 1, 5 / 3, 0.75]
    assert gain("relu") ** 2 == pytest.approx(2)
    assert gain("leaky_relu", 1.0) == 1


def test_truncated_numbers_lie_within_their_bounds():
    w = nn.init.trunc_normal_(blank(10_000), mean=3.0, std=2.0, a=1.0, b=9.0).numpy()

    assert 1 <= w.min() < 1.1
    assert 8 < w.max() <= 9
    assert nn.init.trunc_normal_(blank(2), std=0.0).tolist() == [0, 0]


REFUSED = [
    (
        lambda: nn.init.xavier_uniform_(blank(2)),
        ShapeError,
        r"weight of shape \(outputs, inputs, ...\), and this one is \(2,\): start vec",
    ),
    (lambda: nn.init.calculate_gain("sin"), SettingError, "is asked, is 'sin': choose among 'leaky_relu', 'linear'"),
    (lambda: nn.init.calculate_gain("leaky_relu", "a"), KindError, "the slope below 0, is 'a', a str"),
    (lambda: nn.init.kaiming_uniform_(blank(2, 2), mode="fan"), SettingError, "choose among 'fan_in', 'fan_out'"),
    (lambda: nn.init.xavier_normal_(blank(2, 2), "relu"), KindError, "xavier_normal_: gain is 'relu', a str"),
    (lambda: nn.init.normal_(blank(1), std=-1), SettingError, "normal_: std is -1: give a number of at least 0"),
    (
        lambda: nn.init.uniform_(np.ones(2)),
        KindError,
        r"was given a ndarray: pass the parameter itself, not its .data, or make one with nn.Parameter\(values\)",
    ),
    (
        lambda: nn.init.trunc_normal_(blank(1), a=9, b=10),
        SettingError,
        "mean 0.0 and std 1.0 lies between 9 and 10: give",
    ),
    (
        lambda: nn.init.trunc_normal_(blank(1), a=2, b=1),
        SettingError,
        "lies between 2 and 1: give bounds around the mean",
    ),
    (lambda: nn.init.eye_(blank(2)), ShapeError, r"eye_ fills matrices, and this one is of shape \(2,\)"),
    (lambda: nn.init.sparse_(blank(2, 2, 2), 0.5), ShapeError, "sparse_ fills matrices"),
    (lambda: nn.init.sparse_(blank(2, 2), 2), SettingError, "sparse_: sparsity is 2: give a number from 0 to 1"),
    (lambda: nn.init.dirac_(blank(2, 2)), ShapeError, r"\(outputs, inputs, \*window\) .*, and this one is \(2, 2\)"),
    (lambda: nn.init.dirac_(blank(5, 2, 3), 2), ShapeError, "whose outputs make 2 equal groups, and this one is"),
    (lambda: nn.init.orthogonal_(blank(2)), ShapeError, r"of more axes, and this one is \(2,\): take normal_"),
]


@pytest.mark.parametrize(("make", "error", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_an_initialiser_refuses_with_words(make, error, words):
    with pytest.raises(error, match=words):
        make()
