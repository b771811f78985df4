"""What a recurrent cell makes of the sums that enter its gates, and the way back: elementwise, in place, on plain arrays.

Each gate is a block of its own, in PyTorch's order; everything else has the shape of one block.

    LSTM   i, f, g, o    c' = f c + i g         h' = o tanh(c')     i, f, o logistic functions of their sums, g the tanh
    GRU    r, z, n       n = tanh(m + r s)      h' = (1 - z) n + z h        r, z logistic functions of their sums

The sums m over the inputs and s over the state stay apart, so that a GRU has four blocks: n (which m becomes), r, z, s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from ..families.elementwise import gate_forward

Array: TypeAlias = np.ndarray[Any, Any]
Arrays: TypeAlias = Sequence[Array]


class Kind(NamedTuple):
    """A kind of recurrent cell.

    gates     how many there are, K
    states    how many: the hidden state, and the cell
    forward   (blocks, states before, states after): the blocks hold sums, and afterwards what `backward` reads there
    backward  (cotangents of the sums, blocks, states before, states after, cotangents of the states, room of as many blocks)
              writes the first; the others become what reaches the states before the step by another way than the sums
    apart     1 if both sums of the last gate are apart: its block of inputs comes first then, and that of the state last.
              What reaches the hidden state directly is written into the last block of the room then; else there is none
    """

    gates: int
    states: int
    forward: Callable[[Array, Arrays, Arrays], None]
    backward: Callable[[Array, Array, Arrays, Arrays, Arrays, Array], None]
    apart: int = 0

    @property
    def blocks(self) -> int:
        return self.gates + self.apart

    def split(self, w: Array) -> Array:
        """Weights or biases of all gates, (K H, ...), as (K, H, ...)."""
        return w.reshape(self.gates, len(w) // self.gates, *w.shape[1:])

    def of_inputs(self, gates: Array) -> Array:
        """What belongs to the gates, in the order of the first blocks, which are those of the inputs."""
        return np.roll(gates, 1, axis=0) if self.apart else gates

    def of_gates(self, blocks: Array) -> Array:
        """The reverse: what belongs to the first blocks, in the order of the gates."""
        return np.roll(blocks, -1, axis=0) if self.apart else blocks


def squash(a: Array) -> None:
    """The logistic function, by way of tanh, which cannot overflow."""
    a *= 0.5
    np.tanh(a, out=a)
    a *= 0.5
    a += 0.5


def lstm_forward(a: Array, before: Arrays, after: Arrays) -> None:
    (i, f, g, o), c, (h_new, c_new) = a, before[1], after
    squash(a[:2])
    np.tanh(g, out=g)
    squash(o)
    np.multiply(f, c, out=c_new)
    np.multiply(i, g, out=h_new)
    c_new += h_new
    np.tanh(c_new, out=h_new)
    h_new *= o


def lstm_backward(d: Array, a: Array, before: Arrays, after: Arrays, back: Arrays, room: Array) -> None:
    # the slope of a logistic function is y (1 - y), and of the two factors y one is in a product that is needed anyway
    (_, _, d_g, d_o), (i, f, g, o), c, (h_new, c_new), (dh, dc) = d, a, before[1], after, back
    by_i, by_f, by_g, by_o = room
    np.multiply(dh, h_new, out=by_o)
    t = np.tanh(c_new, out=by_i)
    t *= by_o
    dc -= t
    dc += np.multiply(dh, o, out=by_f)
    np.multiply(by_o, o, out=d_o)
    np.subtract(by_o, d_o, out=d_o)
    np.multiply(dc, i, out=by_g)
    np.multiply(by_g, g, out=by_i)
    np.multiply(by_i, g, out=d_g)
    np.subtract(by_g, d_g, out=d_g)
    dc *= f
    np.multiply(dc, c, out=by_f)
    np.multiply(room[:2], a[:2], out=d[:2])
    np.subtract(room[:2], d[:2], out=d[:2])


def gru_forward(a: Array, before: Arrays, after: Arrays) -> None:
    (n, r, z, s), (h,), (h_new,) = a, before, after
    squash(a[1:3])
    np.multiply(r, s, out=h_new)
    n += h_new
    np.tanh(n, out=n)
    np.subtract(h, n, out=h_new)
    h_new *= z
    h_new += n


def gru_backward(d: Array, a: Array, before: Arrays, after: Arrays, back: Arrays, room: Array) -> None:
    (d_n, _, _, d_s), (n, r, z, s), (h,), (dh,), (t, by_r, by_z, direct) = d, a, before, back, room
    np.multiply(dh, z, out=direct)
    np.subtract(dh, direct, out=d_n)
    np.multiply(d_n, n, out=t)
    t *= n
    d_n -= t
    np.multiply(d_n, r, out=d_s)
    np.multiply(d_s, s, out=by_r)
    np.subtract(h, n, out=by_z)
    by_z *= direct
    np.multiply(room[1:3], a[1:3], out=d[1:3])
    np.subtract(room[1:3], d[1:3], out=d[1:3])


def tanh_forward(a: Array, before: Arrays, after: Arrays) -> None:
    np.tanh(a[0], out=after[0])


def tanh_backward(d: Array, a: Array, before: Arrays, after: Arrays, back: Arrays, room: Array) -> None:
    slope = np.multiply(after[0], after[0], out=d[0])
    np.subtract(1, slope, out=slope)
    slope *= back[0]


def relu_forward(a: Array, before: Arrays, after: Arrays) -> None:
    np.maximum(a[0], 0, out=after[0])


def relu_backward(d: Array, a: Array, before: Arrays, after: Arrays, back: Arrays, room: Array) -> None:
    d[0] = gate_forward(back[0], after[0] != 0)


LSTM = Kind(4, 2, lstm_forward, lstm_backward)
GRU = Kind(3, 1, gru_forward, gru_backward, apart=1)
TANH = Kind(1, 1, tanh_forward, tanh_backward)
RELU = Kind(1, 1, relu_forward, relu_backward)
