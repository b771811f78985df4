"""Attention and transformers: against plain NumPy, what masks hide, what is drawn, what is refused."""

import copy

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, ShapeError
from autograd_core.testing import check_module
from nn import KindError, SettingError

random = np.random.default_rng(0)
F = nn.functional


def floats(*shape, dtype=float):
    return random.standard_normal(shape).astype(dtype)


def attention(query, key, value, bias=0.0):
    scores = query @ key.swapaxes(-1, -2) / np.sqrt(query.shape[-1]) + bias
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True) @ value


# -- scaled dot products -------------------------------------------------------------------------------------------------

SOME = np.array([[True, False, True], [True, True, False]])
MASKS = {
    "none": ({}, 0.0),
    "true for what takes part": ({"attn_mask": SOME}, np.where(SOME, 0, -np.inf)),
    "numbers": ({"attn_mask": 2.0 * SOME}, 2.0 * SOME),
    "causal": ({"is_causal": True}, np.array([[0, -np.inf, -np.inf], [0, 0, -np.inf]])),
}


@pytest.mark.parametrize(("settings", "bias"), MASKS.values(), ids=MASKS)
def test_attention_is_its_formula(settings, bias):
    query, key, value = floats(4, 2, 5), floats(4, 3, 5), floats(4, 3, 6)

    np.testing.assert_allclose(
        F.scaled_dot_product_attention(query, key, value, **settings), attention(query, key, value, bias)
    )


def test_heads_of_keys_may_serve_several_heads_of_queries():
    query, key, value = floats(2, 6, 4, 3), floats(2, 2, 5, 3), floats(2, 2, 5, 3)
    y = F.scaled_dot_product_attention(query, key, value, enable_gqa=True)

    for head in range(6):
        np.testing.assert_allclose(y[:, head], attention(query[:, head], key[:, head // 3], value[:, head // 3]))


@pytest.mark.parametrize("hidden", [np.zeros((2, 3), bool), np.full((2, 3), -np.inf)])
def test_a_query_that_may_see_no_key_gets_0_and_gives_no_gradient(hidden):
    hidden[1] = True if hidden.dtype == bool else 0.0
    query, key, value = (ag.tensor(floats(*s), requires_grad=True) for s in ((2, 4), (3, 4), (3, 4)))
    y = F.scaled_dot_product_attention(query, key, value, hidden)
    y.sum().backward()

    np.testing.assert_array_equal(y.numpy()[0], 0)
    np.testing.assert_array_equal(query.grad.numpy()[0], 0)
    np.testing.assert_allclose(y.numpy()[1], attention(query.numpy()[1:], key.numpy(), value.numpy())[0])


def test_a_mask_may_be_learned():
    query, bias = floats(2, 3), ag.tensor(np.zeros((2, 2)), requires_grad=True)
    F.scaled_dot_product_attention(query, query, query, bias)[0, 0].backward()

    assert np.any(bias.grad.numpy()[0])
    np.testing.assert_allclose(bias.grad.numpy().sum(-1), 0, atol=1e-15)


def test_dropped_weights_are_reproducible():
    x = floats(8, 8)
    first, again, plain = (F.scaled_dot_product_attention(x, x, x, dropout_p=p, generator=1) for p in (0.5, 0.5, 0.0))

    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, plain)


# -- several heads -------------------------------------------------------------------------------------------------------


def test_heads_look_by_their_own_part_of_the_mapped_features():
    layer, x = nn.MultiheadAttention(6, 2).double(), floats(4, 3, 6)
    w, b = layer.in_proj_weight.numpy(), layer.in_proj_bias.numpy()
    y, weights = layer(x, x, x)

    for n in range(3):
        q, k, v = (x[:, n] @ w[i : i + 6].T + b[i : i + 6] for i in (0, 6, 12))
        heads = [attention(q[:, part], k[:, part], v[:, part]) for part in (slice(0, 3), slice(3, 6))]
        np.testing.assert_allclose(y.numpy()[:, n], np.hstack(heads) @ layer.out_proj.weight.numpy().T)
    np.testing.assert_allclose(weights.numpy().sum(-1), 1)


def test_axes_may_come_in_either_order_and_without_examples():
    first = nn.MultiheadAttention(4, 2, batch_first=True).double()
    second = nn.MultiheadAttention(4, 2).double()
    second.load_state_dict(first.state_dict())
    x, memory = floats(3, 5, 4), floats(3, 2, 4)
    y, weights = first(x, memory, memory)
    z, others = second(x.swapaxes(0, 1), memory.swapaxes(0, 1), memory.swapaxes(0, 1), average_attn_weights=False)
    alone, looked = first(x[0], memory[0], memory[0])

    np.testing.assert_allclose(z.numpy().swapaxes(0, 1), y.numpy())
    np.testing.assert_allclose(others.numpy().mean(1), weights.numpy())
    np.testing.assert_allclose(alone.numpy(), y.numpy()[0])
    np.testing.assert_allclose(looked.numpy(), weights.numpy()[0])
    assert first(x, x, x, need_weights=False)[1] is None


def test_what_is_masked_has_no_influence():
    layer = nn.MultiheadAttention(4, 2, batch_first=True).double()
    x = floats(2, 5, 4)
    padding, future = np.zeros((2, 5), bool), nn.Transformer.generate_square_subsequent_mask(5)
    padding[1, 3:] = True
    other = x.copy()
    other[1, 4] = 100.0

    y, weights = layer(x, x, x, key_padding_mask=padding, attn_mask=future)
    z, _ = layer(other, other, other, key_padding_mask=padding, attn_mask=future)
    np.testing.assert_array_equal(y.numpy()[:, :4], z.numpy()[:, :4])
    assert not np.any(weights.numpy()[1, :, 3:])
    assert not np.any(np.triu(weights.numpy(), 1))


def test_keys_that_are_added_can_be_seen_by_every_query():
    layer = nn.MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True)
    x = floats(3, 1, 4, dtype=np.float32)
    y, weights = layer(x, x, x, key_padding_mask=np.ones((1, 3), bool))
    y.sum().backward()

    assert weights.shape == (1, 3, 5)
    np.testing.assert_allclose(weights.numpy()[0, :, 3:].sum(-1), 1, rtol=1e-6)
    assert np.any(layer.bias_v.grad)


# -- modules -------------------------------------------------------------------------------------------------------------

SMALL = {"dim_feedforward": 3, "dropout": 0.2, "activation": "gelu"}
MODULES = {
    "attention": (lambda: nn.MultiheadAttention(4, 2, dropout=0.3), ((3, 2, 4),) * 3),
    "attention of others": (
        lambda: nn.MultiheadAttention(4, 1, add_bias_kv=True, kdim=3, vdim=2, bias=False),
        ((2, 1, 4), (3, 1, 3), (3, 1, 2)),
    ),
    "encoder layer": (lambda: nn.TransformerEncoderLayer(4, 2, **SMALL), ((3, 2, 4),)),
    "encoder layer, norm first": (lambda: nn.TransformerEncoderLayer(4, 2, norm_first=True, **SMALL), ((3, 4),)),
    "decoder layer": (lambda: nn.TransformerDecoderLayer(4, 2, batch_first=True, **SMALL), ((2, 3, 4), (2, 2, 4))),
    "transformer": (lambda: nn.Transformer(4, 2, 1, 1, bias=False, **SMALL), ((3, 2, 4), (2, 2, 4))),
}


@pytest.mark.parametrize(("make", "shapes"), MODULES.values(), ids=MODULES)
def test_modules_have_right_gradients(make, shapes):
    check_module(make(), tuple(floats(*shape) for shape in shapes))


@pytest.mark.parametrize(("make", "shapes"), MODULES.values(), ids=MODULES)
def test_modules_keep_float32_and_convert_plain_arrays_and_masks(make, shapes):
    y = make()(*[floats(*shape) for shape in shapes])

    assert (y[0] if isinstance(y, tuple) else y).dtype == np.float32
    layer, x = (
        nn.TransformerEncoderLayer(4, 2, **SMALL),
        ag.tensor(floats(3, 2, 4, dtype=np.float32), requires_grad=True),
    )
    assert layer(x, np.triu(np.full((3, 3), -np.inf), 1)).dtype == np.float32


def test_a_stack_is_made_of_equal_copies_that_draw_differently():
    layer = nn.TransformerEncoderLayer(4, 2, dim_feedforward=8, dropout=0.5, generator=0)
    stack = nn.TransformerEncoder(layer, 2, nn.LayerNorm(4))
    first, second = stack.layers

    x = np.ones((3, 1, 4))
    assert all(np.array_equal(a, second.state_dict()[key]) for key, a in first.state_dict().items())
    assert first.linear1.weight is not second.linear1.weight is not layer.linear1.weight
    assert not np.array_equal(first(x).numpy(), second(x).numpy())
    np.testing.assert_array_equal(stack.eval()(x).numpy(), stack.norm(second(first(x))).numpy())


def test_a_seed_makes_a_transformer_reproducible():
    one, other = (nn.Transformer(4, 2, 2, 1, 8, generator=3) for _ in range(2))
    x = np.ones((3, 1, 4))

    assert all(np.array_equal(a, other.state_dict()[key]) for key, a in one.state_dict().items())
    np.testing.assert_array_equal(one(x, x).numpy(), other(x, x).numpy())
    np.testing.assert_array_equal(copy.deepcopy(one).eval()(x, x).numpy(), one.eval()(x, x).numpy())


def test_the_activation_may_be_any_function():
    layer = nn.TransformerEncoderLayer(4, 2, 8, 0.0, np.sin).double()
    x = floats(3, 1, 4)
    a = layer.norm1(x + layer.self_attn(x, x, x)[0].numpy())

    np.testing.assert_allclose(layer(x).numpy(), layer.norm2(a + layer.linear2(np.sin(layer.linear1(a)))).numpy())


def test_parameters_start_as_pytorchs():
    layer = nn.MultiheadAttention(200, 2, add_bias_kv=True, generator=0)

    assert np.abs(layer.in_proj_weight).max().item() == pytest.approx((6 / 800) ** 0.5, rel=1e-3)
    assert layer.bias_k.numpy().std() == pytest.approx((2 / 400) ** 0.5, rel=0.2)
    assert not np.any(layer.in_proj_bias)
    assert not np.any(layer.out_proj.bias)
    whole = nn.Transformer(200, 2, 1, 1, 100, generator=0).encoder.layers[0]
    assert np.abs(whole.linear1.weight).max().item() == pytest.approx((6 / 300) ** 0.5, rel=1e-3)


def test_states_have_pytorchs_keys():
    assert list(nn.MultiheadAttention(4, 2, kdim=3, add_bias_kv=True).state_dict()) == [
        "q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias", "bias_k", "bias_v", "out_proj.weight", "out_proj.bias",
    ]  # fmt: skip
    assert list(nn.Transformer(4, 2, 1, 1, 8, bias=False).state_dict()) == [
        *(f"encoder.layers.0.{key}" for key in (
            "self_attn.in_proj_weight", "self_attn.out_proj.weight", "linear1.weight", "linear2.weight", "norm1.weight",
            "norm2.weight",
        )),
        "encoder.norm.weight",
        *(f"decoder.layers.0.{key}" for key in (
            "self_attn.in_proj_weight", "self_attn.out_proj.weight", "multihead_attn.in_proj_weight",
            "multihead_attn.out_proj.weight", "linear1.weight", "linear2.weight", "norm1.weight", "norm2.weight",
            "norm3.weight",
        )),
        "decoder.norm.weight",
    ]  # fmt: skip


def test_a_transformer_learns_to_read_the_place_that_is_marked():
    layer = nn.TransformerEncoderLayer(16, 2, 32, 0.0, batch_first=True, generator=0)
    model = nn.Sequential(nn.Linear(2, 16, generator=1), layer, nn.Linear(16, 1, generator=2))
    optimizer = nn.optim.Adam(model.parameters(), lr=0.005)
    for _ in range(150):
        values, places = floats(32, 6, dtype=np.float32), random.integers(6, size=32)
        marks = np.eye(6, dtype=np.float32)[places]
        loss = nn.MSELoss()(model(np.stack([values, marks], 2))[:, 0, 0], values[np.arange(32), places])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert loss.item() < 0.05  # the values have variance 1


# -- what does not fit -----------------------------------------------------------------------------------------------------

X = floats(3, 2, 4, dtype=np.float32)
REFUSED = [
    (lambda: F.scaled_dot_product_attention(X, X, X[:, :1]), ShapeError, r"key \(..., S, E\) and value \(..., S, V\)"),
    (lambda: F.scaled_dot_product_attention(X, X, X, SOME), ShapeError, r"broadcasts to \(3, 2, 2\), and was given \(2, 3\)"),
    (lambda: F.scaled_dot_product_attention(X, X, X, SOME, 0.0, True), SettingError, "give one of is_causal and attn_mask"),
    (lambda: F.scaled_dot_product_attention(X, X, X, np.ones((2, 2), int)), DTypeError, r"not int64: write mask.astype\(bool\)"),
    (lambda: F.scaled_dot_product_attention(X, X[:2], X[:2], enable_gqa=True), ShapeError, "a multiple of those of key"),
    (lambda: nn.MultiheadAttention(5, 2), SettingError, "5 features cannot be split among 2 heads"),
    (lambda: nn.MultiheadAttention(4, 2, dropout=2), SettingError, "dropout, a probability, is 2"),
    (lambda: nn.MultiheadAttention(4, 2)(X, X[:, :1], X[:, :1]), ShapeError, r"query \(L, N, 4\), key .* \(3, 1, 4\)"),
    (lambda: nn.MultiheadAttention(4, 2, kdim=3)(X, X, X), ShapeError, r"key \(S, N, 3\) and value \(S, N, 4\)"),
    (lambda: nn.MultiheadAttention(4, 2)(X, X, X, attn_mask=np.ones((2, 2), bool)), ShapeError, r"here \(3, 3\) or \(4, 3, 3\)"),
    (lambda: nn.MultiheadAttention(4, 2)(X, X, X, np.ones((3, 2), bool)), ShapeError, r"the shape \(N, S\), here \(2, 3\)"),
    (lambda: nn.MultiheadAttention(4, 2)(X, X, X, is_causal=True), SettingError, r"generate_square_subsequent_mask\(3\)"),
    (lambda: nn.MultiheadAttention(4, 2)(ag.tensor(floats(3, 2, 4)), X, X), DTypeError, "float64 Tensor"),
    (lambda: F.multi_head_attention_forward(X, X, X, 5, 1, *[None] * 7, None), ShapeError, "takes queries of 5 features"),
    (lambda: nn.TransformerEncoderLayer(4, 2, activation="tanh"), SettingError, "is 'tanh': choose among 'relu', 'gelu'"),
    (lambda: nn.TransformerEncoder(nn.ReLU, 2), KindError, "takes a layer to make copies of, and was given a type"),
    (lambda: nn.Transformer(4, 2, 1, 1, 8)(X, X[:, :1]), ShapeError, r"\(S, N, 4\) and \(T, N, 4\), .* and \(3, 1, 4\)"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_attention_refuses_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call()
