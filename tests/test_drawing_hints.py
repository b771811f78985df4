"""What is easily overlooked, in words on a card: cancelling gradients, calls under no_grad, operands that spread each other."""

import numpy as np
import pytest

import autograd_core as ag
import nn


def hints(drawing):
    return {card.name: card.hints for card in drawing.document.cards if card.hints}


def leaf(shape, name):
    return ag.tensor(np.random.default_rng(0).normal(size=shape), requires_grad=True, name=name)


def test_a_gradient_whose_paths_cancel_says_so():
    x, a = np.random.default_rng(1).normal(size=(10, 3)), leaf(3, "a")

    assert hints(ag.draw(np.mean(x @ a) - np.mean(x @ a))) == {"a": ("what arrives cancels out",)}
    assert hints(ag.draw(np.mean(x @ a) - np.mean(x @ a) * 0.99)) == {}


@pytest.mark.parametrize("axis", [0, 1])
def test_a_bias_before_a_softmax_over_the_batch_learns_nothing_and_says_so(axis):
    x, weight, bias = np.random.default_rng(1).normal(size=(20, 5)), leaf((5, 3), "W"), leaf(3, "b")
    p = ag.ops.softmax(x @ weight + bias, axis=axis)
    loss = -np.mean(np.log(p[np.arange(20), np.arange(20) % 3]))

    assert hints(ag.draw(loss)) == ({"b": ("what arrives cancels out",)} if axis == 0 else {})


def test_a_gradient_that_is_0_because_a_slope_is_does_not_cancel():
    bias = leaf(3, "b")

    assert hints(ag.draw(np.sum(ag.ops.relu(np.ones((4, 3)) * -50.0 + bias)))) == {}
    assert hints(ag.draw(np.sum((np.ones((4, 3)) + bias) * 1e-30))) == {}


def test_what_arrives_at_one_of_several_results_is_not_asked_whether_it_cancels():
    a = np.random.default_rng(0).normal(size=(4, 3))
    drawing = ag.draw(lambda a: np.sum(ag.ops.softmax(np.linalg.svd(a, full_matrices=False)[0])), a)

    assert drawing.document.cards[0].gradient.number < 1e-6
    assert hints(drawing) == {}


def test_a_use_of_shared_weights_under_no_grad_is_told_though_another_use_brings_a_gradient():
    nn.manual_seed(0)
    encoder = nn.Linear(3, 2)

    def loss(a, b):
        u = encoder(a)
        with ag.no_grad():
            v = encoder(b)
        return np.mean((u - v) ** 2)

    x = np.ones((4, 3), np.float32)
    (found,) = hints(ag.draw(loss, x, 2 * x)).values()
    assert found == ("called under no_grad: no gradient",)
    assert hints(ag.draw(lambda a, b: np.mean(encoder(a) * encoder(b)), x, 2 * x)) == {}


def test_a_module_as_a_box_has_the_hints_within_it():
    nn.manual_seed(0)

    class Teacher(nn.Module):
        def __init__(self):
            self.body = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 2))

        def forward(self, x):
            with ag.no_grad():
                target = self.body(x + 1)
            return np.mean((self.body(x) - target) ** 2)

    drawing = ag.draw(Teacher(), np.ones((4, 3), np.float32), detail="modules")
    assert [card.hints for card in drawing.document.cards if card.box and card.hints] == [
        ("linear: called under no_grad: no gradient",)
    ]


def test_operands_that_are_both_repeated_are_told_of():
    prediction, target = leaf((6, 1), "prediction"), np.ones(6)

    assert hints(ag.draw(np.mean((prediction - target) ** 2))) == {"v1": ("6×1 with 6 gives 6×6",)}
    assert hints(ag.draw(np.mean((prediction - target[:, None]) ** 2))) == {}
    assert hints(ag.draw(np.mean(prediction * np.ones((6, 4)) + 1.0))) == {}


def test_hints_are_in_the_picture_and_in_the_page(tmp_path):
    drawing = ag.draw(np.sum(leaf((2, 1), "a") * np.ones(3)))

    assert "2×1 with 3 gives 2×3" in drawing.source
    assert "2×1 with 3 gives 2×3" in drawing.save(tmp_path / "page.html").read_text(encoding="utf-8")
