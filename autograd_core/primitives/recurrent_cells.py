"""One step of a recurrent network: all sums and gates of a cell in one node.

Arrays here have the examples last, (..., H, B), so that every gate is a run of memory. The results are views that have them
first, and are in this order again when they come back as the states of the next step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache, partial
from math import prod
from typing import Any, Literal

import numpy as np

from ..batches import Batching, all_batched, count, looped
from ..constants import ones
from ..errors import DTypeError, ShapeError, UnsupportedError
from ..families import primitive
from ..primitive import Primitive
from ..recording import Settings, Tensor
from ..samples import Sample, sample
from ..shapes import Shape
from .activations import relu, sigmoid
from .linear_layer import linear
from .operands import array
from .recurrent_gates import GRU, LSTM, RELU, TANH, Array, Arrays, Kind
from .recurrent_kernels import shifts

Nonlinearity = Literal["tanh", "relu"]


def cell_forward(kind: Kind, xs: Arrays) -> tuple[tuple[Array, ...], Array]:
    """The states after the step, (B, H); and the blocks, (blocks, H, B).

    xs   x, the states before, w_ih, w_hh, and two biases or none; the hidden state of an LSTM may be a projected one, (B, R)
    """
    x, *states = xs[: 1 + kind.states]
    w_ih, w_hh, *biases = xs[1 + kind.states :]
    k, apart, old = kind.gates, kind.apart, [np.ascontiguousarray(s.T) for s in states]
    blocks = np.empty((kind.blocks, *old[-1].shape), x.dtype)
    np.matmul(kind.split(w_hh), old[0], out=blocks[apart:])
    of_inputs, shared = np.matmul(kind.split(w_ih), np.ascontiguousarray(x.T)), blocks[apart:k]
    shared += of_inputs[: k - apart]
    blocks[:apart] = of_inputs[k - apart :]
    if biases:
        blocks += shifts(kind, biases)[:, :, None]
    new = [np.empty_like(old[-1]) for _ in old]
    kind.forward(blocks, old, new)
    return tuple([s.T for s in new]), blocks


def cell_backward(
    kind: Kind, parts: Mapping[int, Array], xs: Arrays, ys: Arrays, blocks: Array, wanted: Collection[int]
) -> list[Array | None]:
    """The cotangents of the inputs, from those of the results by index; of x and the weights only if wanted."""
    x, *states = xs[: 1 + kind.states]
    w_ih, w_hh, *biases = xs[1 + kind.states :]
    k, apart, at = kind.gates, kind.apart, 1 + kind.states
    back = [parts[i].T.copy("C") if i in parts else np.zeros(y.T.shape, y.dtype) for i, y in enumerate(ys)]
    d, room = np.empty_like(blocks), np.empty_like(blocks)
    kind.backward(d, blocks, [s.T for s in states], [y.T for y in ys], back, room)
    of_inputs, g_x, g_ih, g_hh = kind.of_gates(d[:k]), None, None, None
    if w_hh.shape[1] != room.shape[1]:
        room = np.empty((k, w_hh.shape[1], len(x)), x.dtype)
    np.matmul(kind.split(w_hh).swapaxes(1, 2), d[apart:], out=room[:k])
    g_h = np.add.reduce(room, axis=0)
    if 0 in wanted:
        g_x = np.add.reduce(np.matmul(kind.split(w_ih).swapaxes(1, 2), of_inputs), axis=0).T
    if at in wanted:
        g_ih = np.matmul(of_inputs, x).reshape(w_ih.shape)
    if at + 1 in wanted:
        g_hh = np.matmul(d[apart:], np.ascontiguousarray(states[0])).reshape(w_hh.shape)
    found = [g_x, g_h.T, *[g.T for g in back[1:]], g_ih, g_hh]
    if biases:
        sums = np.matmul(d, ones(len(x), x.dtype))
        found += [kind.of_gates(sums[:k]).flatten(), sums[apart:].flatten()]
    return found


# -- the same in terms of other operations -------------------------------------------------------------------------------


def gates(x: Any, w: Any, b: Any, count: int) -> list[Any]:
    """What a product gives to each gate."""
    sums = linear(x, w, b)
    h = sums.shape[-1] // count
    return [sums[..., i * h : (i + 1) * h] for i in range(count)]


def lstm_definition(x: Any, h: Any, c: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    of_inputs, of_state = gates(x, w_ih, b_ih, 4), gates(h, w_hh, b_hh, 4)
    i, f, g, o = [a + b for a, b in zip(of_inputs, of_state, strict=True)]
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_definition(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    (r_x, z_x, n_x), (r_h, z_h, n_h) = gates(x, w_ih, b_ih, 3), gates(h, w_hh, b_hh, 3)
    z = sigmoid(z_x + z_h)
    n = np.tanh(n_x + sigmoid(r_x + r_h) * n_h)
    return n + z * (h - n)


def tanh_definition(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    return np.tanh(linear(x, w_ih, b_ih) + linear(h, w_hh, b_hh))


def relu_definition(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    return relu(linear(x, w_ih, b_ih) + linear(h, w_hh, b_hh))


# -- the primitives ------------------------------------------------------------------------------------------------------


def beside(kind: Kind) -> Batching:
    """The rule of vmap where the weights are the same for all examples: each row becomes one of every example."""
    own = 1 + kind.states

    def rule(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
        if any(batched[own:]):
            return looped(made, xs, batched, settings)
        n = count(xs, batched)
        if "sizes" in settings:
            settings = {**settings, "sizes": tuple([n * size for size in settings["sizes"]])}
        rows = [np.moveaxis(x, 0, 1) for x in all_batched(xs[:own], batched[:own])]
        ys = made.call(*[np.reshape(x, (x.shape[0] * n, x.shape[2])) for x in rows], *xs[own:], **settings)
        return tuple([apart(y, n) for y in ys]) if type(ys) is tuple else apart(ys, n)

    def apart(y: Any, n: int) -> Any:
        return np.moveaxis(np.reshape(y, (-1, n, y.shape[1])), 1, 0)

    return rule


def numbers(kind: Kind, rows: int, inputs: int, hidden: int, dtype: Any = float, biases: bool = True) -> list[Any]:
    """Something for a layer to be tried on: x with so many rows, states of three sequences, weights."""
    k = kind.gates * hidden
    shapes = [(rows, inputs), *[(3, hidden)] * kind.states, (k, inputs), (k, hidden), *[(k,)] * (2 * biases)]
    random = np.random.default_rng(len(shapes) + rows)
    return [random.uniform(-1.5, 1.5, shape).astype(dtype) for shape in shapes]


def cases(kind: Kind) -> list[Sample]:
    """With biases and without, in single precision, one feature."""
    return [
        sample(*numbers(kind, 3, 2, 4)),
        sample(*numbers(kind, 3, 3, 2, biases=False)),
        sample(*numbers(kind, 3, 1, 1)),
        sample(*numbers(kind, 3, 2, 4, np.float32)),
    ]


def cases_of_projected() -> list[Sample]:
    """An LSTM whose hidden state has other features than its cell."""
    x, h, c, w_ih, w_hh, *biases = numbers(LSTM, 3, 2, 4)
    return [*cases(LSTM), sample(x, h[:, :2], c, w_ih, w_hh[:, :2], *biases)]


def products_of_steps(kind: Kind, shapes: Sequence[Shape], y: Any, settings: Settings) -> int:
    """Each row of the inputs, of one step or of all, is multiplied with both weights."""
    return shapes[0][0] * sum(map(prod, shapes[1 + kind.states : 3 + kind.states]))


def texts(kind: Kind, over: str = "", first: str = "") -> tuple[str, ...]:
    """How gradients go back, in words: by way of the gradient of what the gates are made of."""
    a, b, w_ih, w_hh = "a", "b", "abcdef"[1 + kind.states], "abcdef"[2 + kind.states]
    states = (f"{first}grad of gates @ {{{w_hh}}}", "{g} × forget gates")[: kind.states]
    weights = [f"{over}(grad of gates)ᵀ @ {x}" for x in (f"{{{a}}}", "h before" if over else f"{{{b}}}")]
    return (f"grad of gates @ {{{w_ih}}}", *states, *weights, *[f"{over or 'Σ₀ '}grad of gates"] * 2)


def cell(name: str, kind: Kind, definition: Callable[..., Any], reference: str) -> Primitive:
    """The primitive of one step."""
    only = kind.states == 1

    def forward(*xs: Any) -> Any:
        ys, blocks = cell_forward(kind, xs)
        return (ys[0] if only else ys), blocks

    def back(parts: Any, xs: Any, ys: Any, r: Any, wanted: Any) -> Any:
        return cell_backward(kind, parts, xs, ys, r, wanted)

    def back_of_only(g: Any, xs: Any, y: Any, r: Any, wanted: Any) -> Any:
        return cell_backward(kind, {0: g}, xs, (y,), r, wanted)

    return primitive(
        forward,
        back_of_only if only else back,
        name=name,
        residual=True,
        outputs=None if only else kind.states,
        definition=definition,
        real=True,
        samples=lambda: cases(kind) if only else cases_of_projected(),
        reference=reference,
        text=texts(kind),
        batch=beside(kind),
        multiply_adds=partial(products_of_steps, kind),
    )


lstm_step = cell("lstm_cell", LSTM, lstm_definition, "c' = f c + i g, h' = o tanh(c'): Hochreiter and Schmidhuber 1997")
gru_step = cell("gru_cell", GRU, gru_definition, "h' = (1 - z) n + z h: Cho et al. 2014")
tanh_step = cell("rnn_cell", TANH, tanh_definition, "h' = tanh(x w_ih' + h w_hh' + b): Elman 1990")
relu_step = cell("rnn_cell_relu", RELU, relu_definition, "h' = relu(x w_ih' + h w_hh' + b)")


# -- as functions --------------------------------------------------------------------------------------------------------


def fitting(
    asked: str, kind: Kind, x: Any, states: Sequence[Any], weights: Sequence[Any], w_hr: Any = None
) -> list[Any]:
    """The inputs of a layer as values and arrays of one dtype; x: (..., inputs), states: (..., H), two weights, two biases.

    Raises ShapeError unless they fit together, and DTypeError unless they are real floating numbers.
    """
    given = [a if a is None or type(a) is Tensor else array(a) for a in (x, *states, *weights, w_hr)]
    check_fit(asked, kind.gates, kind.states, tuple([None if a is None else a.shape for a in given]))
    xs = [a for a in given if a is not None]
    dtypes = {a.dtype for a in xs}
    if len(dtypes) > 1 or xs[0].dtype.kind != "f":
        dtype = np.result_type(*dtypes)
        if dtype.kind != "f":
            raise DTypeError(f"{asked} computes with real floating numbers, and was given {dtype}: convert them first")
        xs = [a if a.dtype == dtype else a.astype(dtype) for a in xs]
    return xs


@lru_cache(maxsize=1024)
def check_fit(asked: str, gates: int, states: int, shapes: tuple[Shape | None, ...]) -> None:
    """Raise ShapeError unless x, the states, w_ih, w_hh, b_ih, b_hh and w_hr have features that fit; None is not given."""
    names = ("x", *"hc"[:states], "w_ih", "w_hh", "b_ih", "b_hh", "w_hr")
    given = {name: shape for name, shape in zip(names, shapes, strict=True) if shape is not None}
    features, out, hidden = [given[name][-1:] for name in ("x", "h", names[states])]
    rows = (gates * sum(hidden),)
    fits = {"w_ih": rows + features, "w_hh": rows + out, "b_ih": rows, "b_hh": rows, "w_hr": out + hidden}
    if (
        all(given[name] == fits[name] for name in fits if name in given)
        and ("b_ih" in given) == ("b_hh" in given)
        and ("w_hr" in given or out == hidden)
    ):
        return
    shown = ", ".join([f"{name} {shape}" for name, shape in given.items()])
    raise ShapeError(
        f"{asked} cannot combine {shown}: with {sum(features)} inputs and {sum(hidden)} hidden ones it takes "
        f"w_ih {fits['w_ih']}, w_hh {fits['w_hh']}, two biases {rows} or none"
        + (f", w_hr {fits['w_hr']}" if "w_hr" in given else "")
    )


@lru_cache(maxsize=1024)
def is_batch(asked: str, shapes: tuple[Shape, ...]) -> bool:
    """Whether x and the states are of a batch, and not of a single example; raises ShapeError unless all are the same."""
    axes = len(shapes[0])
    if axes not in (1, 2) or any(shape[:-1] != shapes[0][:-1] for shape in shapes):
        raise ShapeError(
            f"{asked} cannot combine x {shapes[0]} and states {', '.join(map(str, shapes[1:]))}: all have a row for each "
            f"example, or all are of one example"
        )
    return axes == 2


def one_step(asked: str, kind: Kind, made: Primitive, x: Any, states: Sequence[Any], *weights: Any) -> Any:
    """The states after a step of a batch, or of a single example."""
    xs, own = fitting(asked, kind, x, states, weights), 1 + kind.states
    if is_batch(asked, tuple([a.shape for a in xs[:own]])):
        return made.call(*xs)
    ys = made.call(*[np.expand_dims(a, 0) for a in xs[:own]], *xs[own:])
    return tuple([y[0] for y in ys]) if type(ys) is tuple else ys[0]


def lstm_cell(x: Any, h: Any, c: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> tuple[Any, Any]:
    """One step of an LSTM, in one node: the hidden state and the cell after it.

    x: (B, I) or (I)   h, c: (B, H) or (H)   w_ih: (4 H, I)   w_hh: (4 H, H)   b_ih, b_hh: (4 H) or None   returns h', c'

        i, f, g, o = the four parts of  w_ih x + b_ih + w_hh h + b_hh
        c' = sigmoid(f) c + sigmoid(i) tanh(g)      h' = sigmoid(o) tanh(c')

    Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000; gates in PyTorch's order. Raises ShapeError,
    DTypeError.

    >>> import numpy as np, autograd_core as ag
    >>> h, c = ag.ops.lstm_cell(np.ones((5, 2)), np.zeros((5, 1)), np.ones((5, 1)), np.zeros((4, 2)), np.zeros((4, 1)))
    >>> c[0]
    array([0.5])
    """
    return one_step("lstm_cell", LSTM, lstm_step, x, (h, c), w_ih, w_hh, b_ih, b_hh)  # type: ignore[no-any-return]


def gru_cell(x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """One step of a gated recurrent unit, in one node: the hidden state after it.

    x: (B, I) or (I)   h: (B, H) or (H)   w_ih: (3 H, I)   w_hh: (3 H, H)   b_ih, b_hh: (3 H) or None   returns h'

        r, z, m = the three parts of  w_ih x + b_ih      s, t, u = those of  w_hh h + b_hh
        n = tanh(m + sigmoid(r + s) u)      h' = (1 - sigmoid(z + t)) n + sigmoid(z + t) h

    Cho et al. 2014, with the reset gate behind the product, as in PyTorch. Raises ShapeError, DTypeError.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.gru_cell(np.ones(2), np.ones(1), np.zeros((3, 2)), np.zeros((3, 1)))
    array([0.5])
    """
    return one_step("gru_cell", GRU, gru_step, x, (h,), w_ih, w_hh, b_ih, b_hh)


def rnn_cell(
    x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None, *, nonlinearity: Nonlinearity = "tanh"
) -> Any:
    """One step of a simple recurrent network, in one node: the hidden state after it.

    x: (B, I) or (I)   h: (B, H) or (H)   w_ih: (H, I)   w_hh: (H, H)   b_ih, b_hh: (H) or None   returns h'

        h' = tanh(w_ih x + b_ih + w_hh h + b_hh), or relu of that

    Elman 1990. Raises ShapeError, DTypeError.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.rnn_cell(np.array([3.0]), np.array([2.0]), np.eye(1), np.eye(1), nonlinearity="relu")
    array([5.])
    """
    kind, made = (RELU, relu_step) if is_relu("rnn_cell", nonlinearity) else (TANH, tanh_step)
    return one_step("rnn_cell", kind, made, x, (h,), w_ih, w_hh, b_ih, b_hh)


def is_relu(asked: str, nonlinearity: str) -> bool:
    """Whether it is relu; raises UnsupportedError if it isn't tanh either."""
    if nonlinearity not in ("tanh", "relu"):
        raise UnsupportedError(f"{asked} has nonlinearity='tanh' and nonlinearity='relu', not {nonlinearity!r}")
    return nonlinearity == "relu"
