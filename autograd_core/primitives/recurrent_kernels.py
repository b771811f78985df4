"""Recurrent layers over whole sequences, forward and back through time, on plain arrays.

Sequences are packed: the rows of their first step, then those of the second, and so on, the longest sequence first, so that
the first rows of a step belong to the sequences that go on. `sizes` says how many rows each step has; N is their sum.

    x: (N, inputs)   w_ih: (K H, inputs)   w_hh: (K H, H)   b_ih, b_hh: (K H)   states: (B, H)

Each gate has a block of its own, (K, N, H), in which the rows of a step lie together. What enters it from the inputs is one
product for all steps, and so are the gradients of the weights: step by step go only the products with the state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from ..constants import ones
from ..shapes import Shape
from .recurrent_gates import Array, Arrays, Kind
from .window_kernels import workspace
from .window_products import SMALL_PRODUCT

FEW = 1 << 18
"""About how many cotangents of gates are kept at a time on the way back, so that they stay in the cache."""


class Step(NamedTuple):
    """One step of all sequences that are still going on.

    rows      its own rows, `size` of them
    before    where the rows of the step before it begin
    carried   how many of its sequences are at the step before it, too; the others begin here
    going     how many go on to the step after it; the others end here
    steady    whether its sequences are all that were at the step before it
    """

    rows: slice
    size: int
    before: int
    carried: int
    going: int
    steady: bool


@lru_cache(maxsize=256)
def steps(sizes: Shape, reverse: bool) -> tuple[Step, ...]:
    """The steps in the order in which they are computed."""
    rows = [(stop - n, n) for stop, n in zip(accumulate(sizes), sizes, strict=True)]
    rows = [(0, 0), *(reversed(rows) if reverse else rows), (0, 0)]
    return tuple(
        [
            Step(slice(start, start + n), n, before, min(n, m), min(n, after), 0 < n == m)
            for (before, m), (start, n), (_, after) in zip(rows, rows[1:], rows[2:], strict=False)
        ]
    )


def before(step: Step, states: Array, initial: Array) -> Array:
    """The states of the sequences of a step as they were before it."""
    carried = states[step.before : step.before + step.carried]
    if step.carried == step.size:
        return carried
    return np.concatenate([carried, initial[step.carried : step.size]]) if step.carried else initial[: step.size]


def before_each(run: Sequence[Step], states: Array, initial: Array) -> Array:
    """The same for all steps of a run, in the order of their rows."""
    run = run if run[0].rows.start <= run[-1].rows.start else run[::-1]
    if all(step.steady for step in run):
        return states[run[0].before : run[-1].before + run[-1].size]
    return np.concatenate([before(step, states, initial) for step in run])


def ended(order: Sequence[Step], states: Array, initial: Array) -> Array:
    """The last state of each sequence."""
    last = initial.copy()
    for step in order:
        if step.going < step.size:
            last[step.going : step.size] = states[step.rows][step.going :]
    return last


def runs(order: Sequence[Step], most: int) -> Iterator[Sequence[Step]]:
    """The steps in runs of at most so many rows, or of one step."""
    start = rows = 0
    for i, step in enumerate(order):
        rows += step.size
        if rows > most and i > start:
            yield order[start:i]
            start, rows = i, step.size
    if start < len(order):
        yield order[start:]


def aligned(a: Array) -> Array:
    """A copy that begins with a line of the cache: small products with it take a third less time."""
    copy = workspace(a.shape, a.dtype)
    copy[...] = a
    return copy


def products(x: Array, w: Array, out: Array) -> Array:
    """x: (N, I) times each of w: (K, I, H), into out: (K, N, H)."""
    k, inputs, h = w.shape
    rows = SMALL_PRODUCT // (inputs * h or 1)
    whole = len(x) - len(x) % rows if 16 <= rows < len(x) else 0  # so few rows at a time that OpenBLAS packs nothing
    if whole:
        np.matmul(x[:whole].reshape(-1, rows, inputs), w[:, None], out=out[:, :whole].reshape(k, -1, rows, h))
    np.matmul(x[whole:], w, out=out[:, whole:])
    return out


def sums_of_inputs(kind: Kind, x: Array, w_ih: Array, biases: Arrays) -> Array:
    """What enters the blocks besides the products with the state, all biases included: (blocks, N, H)."""
    w, k = kind.of_inputs(kind.split(w_ih)).swapaxes(1, 2), kind.gates
    sums = np.empty((kind.blocks, len(x), w.shape[2]), x.dtype)
    if biases:  # as weights of an input of 1
        shift = shifts(kind, biases)
        sums[k:] = shift[k:, None]
        w, x = np.concatenate([w, shift[:k, None]], axis=1), np.concatenate([x, np.ones((len(x), 1), x.dtype)], axis=1)
    else:
        sums[k:] = 0
    products(x, aligned(w), sums[:k])
    return sums


def shifts(kind: Kind, biases: Arrays) -> Array:
    """Both biases as numbers to add to the blocks: (blocks, H)."""
    if not kind.apart:
        return kind.split(biases[0] + biases[1])
    b_ih, b_hh = [kind.split(b) for b in biases]
    shift = np.zeros((kind.blocks, b_ih.shape[1]), b_ih.dtype)
    shift[: kind.gates] = kind.of_inputs(b_ih)
    shift[kind.apart :] += b_hh
    return shift


def forward(kind: Kind, xs: Arrays, sizes: Shape, reverse: bool) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """(hidden states (N, H), last states of each sequence ...), and what `backward` needs besides: blocks, cells.

    xs   x, the states before, w_ih, w_hh, and two biases or none
    """
    x, *initial = xs[: 1 + kind.states]
    w_ih, w_hh, *biases = xs[1 + kind.states :]
    order, blocks = steps(sizes, reverse), sums_of_inputs(kind, x, w_ih, biases)
    w = aligned(kind.split(w_hh).swapaxes(1, 2))
    states = [np.empty((len(x), w.shape[2]), x.dtype) for _ in initial]
    if kind.gates == 1:  # all that goes back is in the state
        states[0] = blocks[0]
    room = np.empty((kind.gates, *initial[0].shape), x.dtype)
    new: Arrays = ()
    for step in order:
        old = new if step.steady else [before(step, *s) for s in zip(states, initial, strict=True)]
        new = [s[step.rows] for s in states]
        a = blocks[:, step.rows]
        sums = a[kind.apart :]
        sums += np.matmul(old[0], w, out=room[:, : step.size])
        kind.forward(a, old, new)
    last = [ended(order, *s) for s in zip(states, initial, strict=True)]
    return (states[0], *last), (blocks, *states[1:])


def cotangents_of_sums(
    kind: Kind,
    g_y: Array | None,
    back: Arrays,
    order: Sequence[Step],
    states: Arrays,
    initial: Arrays,
    blocks: Array,
    w: Array,
) -> Iterator[tuple[Sequence[Step], slice, Array]]:
    """Back through time: runs of steps, their rows, and the cotangents of the sums there, (blocks, rows, H), until the next.

    g_y, back   the cotangents of the hidden states, and of the last states; these become those of the initial states
    w           w_hh by gates, (K, H, H)
    """
    h = w.shape[1]
    most = max(FEW // (kind.blocks * h or 1), len(back[0]))
    cotangents = np.empty((kind.blocks, min(most, blocks.shape[1]), h), w.dtype)
    room = np.empty((kind.blocks, *back[0].shape), w.dtype)
    old: Arrays = ()
    steady = False
    for run in runs(order[::-1], most):
        low, high = min(run[0].rows.start, run[-1].rows.start), max(run[0].rows.stop, run[-1].rows.stop)
        for step in run:
            rows, g, space = step.rows, [g[: step.size] for g in back], room[:, : step.size]
            d = cotangents[:, rows.start - low : rows.stop - low]
            if g_y is not None:
                g[0] += g_y[rows]
            new = old if steady else [s[rows] for s in states]
            old = [before(step, *s) for s in zip(states, initial, strict=True)]
            kind.backward(d, blocks[:, rows], old, new, g, space)
            np.matmul(d[kind.apart :], w, out=space[: kind.gates])
            np.add.reduce(space, axis=0, out=g[0])
            steady = step.steady
        yield run, slice(low, high), cotangents[:, : high - low]


def backward(
    kind: Kind,
    parts: Mapping[int, Array],
    xs: Arrays,
    y: Array,
    kept: Arrays,
    sizes: Shape,
    reverse: bool,
    wanted: Collection[int],
) -> list[Array]:
    """The cotangents of the inputs, from those of the results by index; x and the weights only if wanted."""
    x, *initial = xs[: 1 + kind.states]
    w_ih, w_hh, *biases = xs[1 + kind.states :]
    (blocks, *cells), k, at = kept, kind.gates, 1 + kind.states
    w_x, w_h = kind.of_inputs(kind.split(w_ih)), aligned(kind.split(w_hh))
    back = [parts[i].astype(x.dtype) if i in parts else np.zeros_like(s) for i, s in enumerate(initial, 1)]
    g_x, g_ih, g_hh = np.empty_like(x), np.zeros_like(w_x), np.zeros_like(w_h)
    g_b = np.zeros((kind.blocks, w_h.shape[1]), x.dtype)
    order, states = steps(sizes, reverse), (y, *cells)
    for run, rows, d in cotangents_of_sums(kind, parts.get(0), back, order, states, initial, blocks, w_h):
        if 0 in wanted:
            np.add.reduce(np.matmul(d[:k], w_x), axis=0, out=g_x[rows])
        if at in wanted:
            g_ih += np.matmul(d[:k].swapaxes(1, 2), x[rows])
        if at + 1 in wanted:
            g_hh += np.matmul(d[kind.apart :].swapaxes(1, 2), before_each(run, y, initial[0]))
        if biases:
            g_b += np.matmul(ones(d.shape[1], x.dtype), d)
    found = [g_x, *back, kind.of_gates(g_ih).reshape(w_ih.shape), g_hh.reshape(w_hh.shape)]
    if biases:
        found += [kind.of_gates(g_b[:k]).flatten(), g_b[kind.apart :].flatten()]
    return found
