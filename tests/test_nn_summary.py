"""Summaries: layers, shapes, parameters, and the work that the record tells."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ShapeError


class Model(nn.Module):
    """Layers in a list and in a dict, one of them twice, one not called, and work of its own."""

    def __init__(self):
        self.scale = nn.Parameter([1.0, 2.0, 3.0])
        self.layers = [nn.Linear(3, 3), {"inner": nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5))}]
        self.tied = nn.Linear(3, 3, bias=False)
        self.tied.weight = self.layers[0].weight
        self.unused = nn.Linear(1, 1).requires_grad_(False)

    def forward(self, x, y):
        x = self.layers[0](self.layers[0](x * self.scale))
        return {"out": self.layers[1]["inner"](x), "rest": [x @ y, self.tied(x), None]}


def test_a_summary_lists_every_module_once_with_what_it_holds_and_does_itself():
    found = nn.summary(Model(), [(2, 3), (3, 5)])

    assert [(k.path, k.kind, k.level, k.output, k.calls, k.parameters, k.multiply_adds) for k in found.layers] == [
        ("", "Model", 0, {"out": (2, 4), "rest": [(2, 5), (2, 3)]}, 1, 3, 30),
        ("layers.0", "Linear", 1, (2, 3), 2, 12, 36),
        ("layers.1.inner", "Sequential", 1, (2, 4), 1, 0, 0),
        ("layers.1.inner.0", "Linear", 2, (2, 4), 1, 16, 24),
        ("layers.1.inner.1", "Dropout", 2, (2, 4), 1, 0, 0),
        ("tied", "Linear", 1, (2, 3), 1, 0, 18),
        ("unused", "Linear", 1, None, 0, 2, 0),
    ]
    assert (found.parameters, found.trained, found.multiply_adds, found.nbytes) == (33, 31, 108, 132)


def test_the_text_of_a_summary_is_a_table():
    assert repr(nn.summary(Model(), [(2, 3), (3, 5)], depth=1)) == "\n".join([
        "layer                         output                  parameters  multiply-adds",
        "-------------------------------------------------------------------------------",
        "Model                         (2, 4), (2, 5), (2, 3)           3             30",
        "  layers.0: Linear            (2, 3), 2 times                 12             36",
        "  layers.1.inner: Sequential  (2, 4)                          16             24",
        "  tied: Linear                (2, 3)                                         18",
        "  unused: Linear              not called                       2",
        "-------------------------------------------------------------------------------",
        "total                                                         33            108",
        "parameters take 132 bytes, 2 of them frozen",
    ])  # fmt: skip


def test_a_list_of_layers_is_not_called_itself():
    model = nn.Module()
    model.layers, model.unused = nn.ModuleList([nn.Tanh()]), nn.ModuleList([nn.Tanh()])
    model.forward = lambda x: model.layers[0](x)
    lines = repr(nn.summary(model, (2, 3))).splitlines()[2:-3]

    assert [line.split("  ")[-1].strip() for line in lines] == [
        "(2, 3)", "layers: ModuleList", "(2, 3)", "not called", "not called",
    ]  # fmt: skip


def test_a_summary_of_a_net_of_scalars_counts_each_weight():
    found = nn.summary(nn.MLP(2, [4, 1]), (2,))

    assert (found.parameters, found.multiply_adds) == (17, 12)
    assert [(k.kind, k.output) for k in found.layers if k.level < 2] == [
        ("MLP", ()), ("Layer", [()] * 4), ("Layer", [()]),
    ]  # fmt: skip
    assert "layers.0: Layer  4 x ()          12              8" in repr(nn.summary(nn.MLP(2, [4, 1]), (2,), depth=1))


def test_a_summary_leaves_the_model_as_it_was():
    model = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 1).eval())
    before = model.state_dict()
    nn.summary(model, (4, 3))

    assert [module.training for module in model.modules()] == [True, True, True, False]
    assert all("_instead" not in vars(module) for module in model.modules())
    for key, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[key])
    with pytest.raises(ShapeError):
        nn.summary(model, (4, 2))
    assert all("_instead" not in vars(module) for module in model.modules())
    assert model.training


def test_inputs_may_be_arrays_and_have_a_dtype():
    model = nn.Sequential(nn.Embedding(5, 3), nn.Linear(3, 2))

    assert nn.summary(model, np.array([[4, 0]])).layers[0].output == (1, 2, 2)
    assert nn.summary(model, [4, 2], dtype=np.int64).layers[0].output == (4, 2, 2)
    assert nn.summary(nn.Linear(3, 2).double(), (1, 3)).nbytes == 64
    assert nn.summary(nn.ReLU(), (1, 3)).parameters == 0


def normal(*shape):
    return np.random.default_rng(0).standard_normal(shape)


WORK = [
    (lambda a: a @ np.ones((3, 4)), (2, 5, 3), 2 * 5 * 3 * 4),
    (lambda a: a @ np.ones(3), (2, 3), 6),
    (lambda a: np.ones(2) @ a, (2, 3), 6),
    (lambda a: np.dot(a, a.T), (2, 3), 12),
    (lambda a: np.inner(a, a), (3,), 3),
    (lambda a: np.outer(a, a), (3,), 9),
    (lambda a: np.tensordot(a, a, ((0, 2), (0, 2))), (2, 3, 4), 2 * 3 * 4 * 3),
    (lambda a: np.einsum("bij,bkj->bik", a, a), (2, 3, 4), 2 * 3 * 4 * 3),
    (lambda a: ag.ops.linear(a, np.ones((5, 3)), np.ones(5)), (4, 2, 3), 4 * 2 * 3 * 5),
    (lambda a: ag.ops.conv(a, np.ones((6, 2, 3, 3)), np.ones(6), groups=2), (5, 4, 8, 8), 5 * 6 * 36 * 2 * 9),
    (lambda a: ag.ops.conv_transpose(a, np.ones((4, 3, 2))), (5, 4, 8), 5 * 4 * 8 * 3 * 2),
    (lambda a: ag.ops.sparse_product(ag.ops.SparseMatrix([0, 1, 1], [0, 1, 2], [1.0, 2.0, 3.0], shape=(2, 3)), a), (4, 3), 12),
    (lambda a: ag.ops.lstm(a, *normal(2, 2, 3), normal(12, 4), normal(12, 3)), (5, 2, 4), 5 * 2 * 12 * (4 + 3)),
    (lambda a: ag.ops.gru_cell(a, normal(2, 3), normal(9, 4), normal(9, 3)), (2, 4), 2 * 9 * (4 + 3)),
    (lambda a: np.tanh(a) * a + 1, (2, 3), 0),
]  # fmt: skip


@pytest.mark.parametrize(("f", "shape", "count"), WORK, ids=range(len(WORK)))
def test_the_record_tells_how_many_products_are_added_up(f, shape, count):
    assert sum(ag.record(f, normal(*shape)).multiply_adds.values()) == count


def test_the_record_tells_it_of_gradients_too():
    graph = ag.record(ag.grad(lambda w: np.sum(ag.ops.conv(np.ones((1, 1, 4, 4)), w))), np.ones((2, 1, 3, 3)))

    assert sorted(graph.multiply_adds.values()) == [72]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.summary(np.tanh, (3,)), nn.KindError, "summary takes a module, and was given a ufunc"),
        (lambda: nn.summary(nn.ReLU(), (-1, 3)), nn.SettingError, "summary: input_shape is -1"),
        (lambda: nn.summary(nn.ReLU(), (1, 3), depth=-1), nn.SettingError, "summary: depth is -1"),
    ],
)
def test_what_has_no_summary_is_refused_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call()
