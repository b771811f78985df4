"""einsum: any product of arrays summed over named axes.

A call is brought to products of two operands that need nothing but a product: an index that is repeated inside an
operand is read off its diagonal, one that occurs nowhere else is summed away, one of length 1 that another operand
stretches is dropped, and three or more operands are taken two at a time. What is left, y[O] = sum over the rest of
a[A] b[B], is linear in both, and each of its transposes is such a product again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import prod
from operator import index
from typing import Any, NamedTuple

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError, ShapeError
from ..families import composed, multilinear
from ..primitive import Primitive
from ..recording import Settings, dtype_of
from ..samples import Sample, sample
from ..shapes import Shape
from .contractions import normal, shape_of
from .layouts import astype
from .reductions import in_dtype, refuse

LETTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # the module `string` would compile regular expressions
)

# -- the product of two ------------------------------------------------------------------------------------------------

LETTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # the module `string` would compile regular expressions
)


class Plan(NamedTuple):
    """How two operands are laid out for a product of matrices: (batch, rows, sum) with (batch, sum, columns)."""

    a_order: Shape
    b_order: Shape
    batch: int
    summed: int
    rows: int
    columns: int
    y_order: Shape | None


@lru_cache(maxsize=1024)
def plan(subscripts: str) -> Plan:
    operands, y = subscripts.split("->")
    a, b = operands.split(",")
    batch = [i for i in y if i in a and i in b]
    rows = [i for i in y if i in a and i not in b]
    columns = [i for i in y if i in b and i not in a]
    summed = [i for i in a if i not in y]
    made = (*batch, *rows, *columns)
    return Plan(
        tuple([a.index(i) for i in (*batch, *rows, *summed)]),
        tuple([b.index(i) for i in (*batch, *summed, *columns)]),
        len(batch),
        len(summed),
        len(rows),
        len(columns),
        None if made == tuple(y) else tuple([made.index(i) for i in y]),
    )


def product_forward(a: Any, b: Any, *, subscripts: str) -> Any:
    p = plan(subscripts)
    a, b = np.transpose(a, p.a_order), np.transpose(b, p.b_order)
    batch, rows, columns = a.shape[: p.batch], a.shape[p.batch : p.batch + p.rows], b.shape[p.batch + p.summed :]
    if not p.summed:
        y = np.multiply(
            np.reshape(a, (*batch, *rows, *[1] * p.columns)), np.reshape(b, (*batch, *[1] * p.rows, *columns))
        )
    else:
        length = prod(b.shape[p.batch : p.batch + p.summed])
        left = np.reshape(a, (*batch, prod(rows), length))
        right = np.reshape(b, (*batch, length, prod(columns)))
        y = np.reshape((np.matmul if batch else np.dot)(left, right), (*batch, *rows, *columns))
    return y if p.y_order is None else np.transpose(y, p.y_order)


def turned(subscripts: str) -> tuple[str, str, str]:
    """The indices of a, of b and of the result."""
    operands, y = subscripts.split("->")
    a, b = operands.split(",")
    return a, b, y


def product_first(g: Any, b: Any, subscripts: str) -> Any:
    i, j, y = turned(subscripts)
    return product(g, b, subscripts=f"{y},{j}->{i}")


def product_second(g: Any, a: Any, subscripts: str) -> Any:
    i, j, y = turned(subscripts)
    return product(a, g, subscripts=f"{i},{y}->{j}")


def product_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """The product with one more index, which counts the examples of what is batched."""
    i, j, y = turned(settings["subscripts"])
    c = next(c for c in LETTERS if c not in i + j)
    return made.call(*xs, subscripts=f"{c * batched[0]}{i},{c * batched[1]}{j}->{c}{y}")


def all_products(shapes: Sequence[Shape], y: Shape, settings: Settings) -> int:
    """One product for each combination of all indices."""
    letters = settings["subscripts"].partition("->")[0].split(",")
    return prod(
        {i: n for word, shape in zip(letters, shapes, strict=True) for i, n in zip(word, shape, strict=True)}.values()
    )


product: Primitive = multilinear(
    product_forward,
    product_first,
    product_second,
    name="einsum",
    batch=product_each,
    multiply_adds=all_products,
    samples=lambda: [
        sample(normal(2, 3), normal(3, 4), subscripts="ij,jk->ik"),
        sample(normal(5, 2, 3), normal(5, 3, 2), subscripts="bij,bjk->kib"),
        sample(normal(2, 3), normal(2, 3), subscripts="ij,ij->ji"),
        sample(normal(2), normal(3), subscripts="i,j->ji"),
        sample(normal(2, 3), normal(3, 2), subscripts="ij,ji->"),
        sample(normal(2, 0), normal(0, 3), subscripts="ij,jk->ik"),
        sample(normal(4, 2, 3), normal(4, 3, dtype=np.float32), subscripts="bij,bj->bi"),
        sample(normal(2, 3, dtype=complex), normal(3, 2, dtype=complex), subscripts="ij,jk->ki"),
    ],
)


# -- the subscripts ----------------------------------------------------------------------------------------------------


def parse(subscripts: str, ndims: Sequence[int]) -> tuple[list[str], str]:
    """The indices of each operand and of the result, one letter an axis; an ellipsis stands for letters of its own.

    >>> parse("...ij,jk", (3, 2))
    (['Zij', 'jk'], 'Zik')
    """
    asked = f"einsum({subscripts!r})"
    operands, arrow, y = subscripts.replace(" ", "").partition("->")
    terms = operands.split(",")
    if len(terms) != len(ndims):
        raise ShapeError(f"{asked} names {len(terms)} operands, but {len(ndims)} were given")
    used = set(subscripts)
    free = [c for c in reversed(LETTERS) if c not in used]
    widest, named = 0, []
    for term, ndim in zip(terms, ndims, strict=True):
        count = ndim - len(term.replace("...", "", 1))
        if "..." in term:
            widest = max(widest, count)
        if count < 0 or (count > 0 and "..." not in term):
            raise ShapeError(
                f"{asked}: {term!r} does not fit an operand of {ndim} axes; write one letter for each axis, or ..."
            )
        named.append((term, count))
    stretched = "".join(free[:widest])
    inputs = [term.replace("...", stretched[widest - count :], 1) for term, count in named]
    if not arrow:
        counts = Counter("".join(terms))
        y = "..." + "".join(sorted(i for i, n in counts.items() if n == 1 and i != "."))
        y = y if stretched or "..." in operands else y[3:]
    elif stretched and "..." not in y:
        raise ShapeError(f"{asked}: the axes that ... stands for are not in the result; write ...{y} after the arrow")
    output = y.replace("...", stretched, 1)
    for i in "".join([*inputs, output]):
        if i not in LETTERS:
            raise ShapeError(f"{asked}: {i!r} cannot name an axis; use letters, and ... for the axes that broadcast")
    if len(set(output)) != len(output) or not set(output) <= set("".join(inputs)):
        raise ShapeError(f"{asked}: each index of the result must occur once there, and in an operand")
    return inputs, output


def lengths(subscripts: str, inputs: Sequence[str], shapes: Sequence[Shape]) -> dict[str, int]:
    """The length of each index, where 1 gives way to any other; raises ShapeError where two lengths differ."""
    found: dict[str, int] = {}
    for term, shape in zip(inputs, shapes, strict=True):
        for i, n in zip(term, shape, strict=True):
            if found.setdefault(i, n) != n:
                if 1 not in (n, found[i]):
                    raise ShapeError(
                        f"einsum({subscripts!r}) cannot combine {' and '.join(map(str, shapes))}: index {i!r} has the "
                        f"lengths {found[i]} and {n}. Write another letter for one of them"
                    )
                found[i] = n if found[i] == 1 else found[i]
    return found


# -- one operand at a time ---------------------------------------------------------------------------------------------


def diagonal(x: Any, term: str) -> tuple[Any, str]:
    """Read an index that is repeated in one operand off its diagonal; the index moves to the front."""
    for i, count in Counter(term).items():
        if count > 1:
            axes = [k for k, j in enumerate(term) if j == i]
            x = np.moveaxis(x, axes, range(count))
            shape = shape_of(x)
            n, rest = max(shape[:count]), shape[count:]
            if any(m != n for m in shape[:count]):  # a length of 1 is stretched here too
                x = np.broadcast_to(x, (*(n,) * count, *rest))
            step = sum(n**k for k in range(count))
            x = np.reshape(x, (n**count, *rest))[::step] if n else np.reshape(x, (0, *rest))
            term = i + term.replace(i, "")
    return x, term


def lean(x: Any, term: str, length: dict[str, int], elsewhere: set[str]) -> tuple[Any, str]:
    """An operand without axes of length 1 that others stretch, and without indices that occur nowhere else."""
    drop = [k for k, i in enumerate(term) if shape_of(x)[k] == 1 != length[i] and i in elsewhere]
    if drop:
        x = np.squeeze(x, tuple(drop))
        term = "".join([i for k, i in enumerate(term) if k not in drop])
    alone = [k for k, i in enumerate(term) if i not in elsewhere]
    if alone:
        dtype = dtype_of(x)
        x = np.sum(x, tuple(alone), dtype if dtype.kind in "iub" else None)  # which sums alone would widen
        term = "".join([i for k, i in enumerate(term) if k not in alone])
    return x, term


@composed
def contracted(subscripts: str, xs: Sequence[Any]) -> Any:
    """The steps of an einsum, recorded one by one."""
    common = np.result_type(*[dtype_of(x) for x in xs])  # of the sums over one operand alone, too
    xs = [x if dtype_of(x) == common else astype(x, common) for x in xs]
    shapes = [shape_of(x) for x in xs]
    inputs, y = parse(subscripts, [len(shape) for shape in shapes])
    length = lengths(subscripts, inputs, shapes)
    pairs = [diagonal(x, term) for x, term in zip(xs, inputs, strict=True)]
    for k, (x, term) in enumerate(pairs):
        pairs[k] = lean(x, term, length, set(y).union(*[t for m, (_, t) in enumerate(pairs) if m != k]))
    while len(pairs) > 1:
        (a, i), (b, j) = chosen(pairs, y, length)
        needed = set(y).union(*[t for _, t in pairs])
        z = "".join([c for c in dict.fromkeys(i + j) if c in needed])
        if not pairs:  # the last product gives the result in its own order
            z = "".join([c for c in y if c in z])
        # an index that only one of them has, and nobody needs: its partner was stretched and dropped it
        a, i = lean(a, i, length, set(j) | set(z))
        b, j = lean(b, j, length, set(i) | set(z))
        pairs.append((product(a, b, subscripts=f"{i},{j}->{z}"), z))
    ((x, term),) = pairs
    if term != y:
        x = np.transpose(x, [term.index(i) for i in y])
    return x


def chosen(pairs: list[tuple[Any, str]], y: str, length: dict[str, int]) -> list[tuple[Any, str]]:
    """Take out the two operands to multiply next: the smallest result, then the fewest multiplications."""
    if len(pairs) == 2:
        taken = pairs[:]
        pairs.clear()
        return taken
    best = None
    for q in range(len(pairs)):
        for p in range(q):
            both = set(pairs[p][1]) | set(pairs[q][1])
            needed = set(y).union(*[t for k, (_, t) in enumerate(pairs) if k not in (p, q)])
            made = prod(length[i] for i in both & needed)
            gone = prod(length[i] for i in pairs[p][1]) + prod(length[i] for i in pairs[q][1])
            cost = (made - gone, prod(length[i] for i in both), p, q)
            best = cost if best is None or cost < best else best
    assert best is not None
    _, _, p, q = best
    second, first = pairs.pop(q), pairs.pop(p)
    return [first, second]


SYMBOLS = LETTERS.swapcase()  # the axis numbers of a list as letters, in the order that NumPy gives them


def in_letters(args: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """A call that names axes by lists of numbers, (a, [0, 1], b, [1, 2], [0, 2]), as subscripts and operands.

    >>> in_letters(["a", [0, 1], "b", [1, ...], [0, ...]])
    ('AB,B...->A...', ['a', 'b'])
    """
    operands, lists = args[0 : len(args) // 2 * 2 : 2], args[1::2]

    def word(axes: Any) -> str:
        for i in axes:
            if i is not Ellipsis and not 0 <= index(i) < len(SYMBOLS):
                raise ShapeError(f"einsum numbers axes from 0 to {len(SYMBOLS) - 1}, not {i}")
        return "".join(["..." if i is Ellipsis else SYMBOLS[index(i)] for i in axes])

    subscripts = ",".join(map(word, lists))
    return subscripts + ("->" + word(args[-1]) if len(args) % 2 else ""), operands


def einsum_samples() -> list[Sample]:
    """Calls of `einsum` in NumPy's words."""
    return [
        sample("ij,jk", normal(2, 3), normal(3, 4)),
        sample("ji", normal(2, 3)),
        sample("ii->i", normal(3, 3)),
        sample("ii", normal(3, 3)),
        sample("iij->j", normal(3, 3, 2)),
        sample("iii->i", normal(2, 2, 2)),
        sample("ijij->ji", normal(2, 3, 2, 3)),
        sample("...ii->...i", normal(2, 3, 3)),
        sample("ij->", normal(2, 3)),
        sample("ij,k->k", normal(2, 3), normal(4)),
        sample("...ij,...jk->...ik", normal(5, 2, 3), normal(3, 4)),
        sample("...i,...i", normal(2, 3), normal(4, 1, 3)),
        sample("i...->...", normal(2, 3)),
        sample("ij,ij->ij", normal(2, 1), normal(1, 3)),
        sample("ij,jk->ik", normal(2, 1), normal(3, 2)),
        sample("i,ij,j", normal(2), normal(2, 3), normal(3), optimize=True),
        sample("ab,bc,cd,de->ea", normal(2, 3), normal(3, 4), normal(4, 2), normal(2, 3), optimize="greedy"),
        sample("i,i,i->i", normal(3), normal(3), normal(3)),
        sample("i,j,k->kij", normal(2), normal(3), normal(2), optimize=["einsum_path", (0, 1), (0, 1)]),
        sample("ij,jk->ik", normal(2, 3, dtype=complex), normal(3, 2, dtype=complex)),
        sample("ij,jk->ik", normal(0, 3), normal(3, 2)),
        sample(",i->i", np.float64(2.0), normal(3)),
        sample(" i j , j -> i ", normal(2, 3), normal(3)),
        sample(normal(2, 3), [0, 1], normal(3, 4), [1, 2]),
        sample(normal(2, 3), [1, 30], normal(3, 4), [30, 0], [0, 1]),
        sample(normal(5, 2, 3), [Ellipsis, 0, 1], normal(3), [1], [0, Ellipsis]),
        sample("ij,j", normal(2, 3, dtype=np.float32), normal(3, dtype=np.float32), dtype=np.dtype(float)),
        sample("ij,j", normal(2, 3, dtype=np.float16), normal(3, dtype=np.float16)),
        sample("ij,j", normal(2, 3), np.arange(3)),
        sample("ij->j", np.arange(6, dtype=np.int16).reshape(2, 3)),
        sample("ij,k->ik", np.float32(1e-4) + np.ones((2, 50), np.float32), np.arange(3.0)),
        sample("ii", np.eye(2, dtype=bool)),
        sample(
            "ij,j",
            normal(2, 3, dtype=np.float32),
            normal(3, dtype=np.float16),
            dtype=np.dtype(np.float16),
            casting="same_kind",
            order="F",
        ),
        sample("ij,j", normal(2, 3), normal(3), dtype=np.dtype(np.float32), raises=DTypeError, match="same_kind"),
        sample("ij,jk", normal(2, 3), normal(2, 3), raises=ShapeError, match="index 'j' has the lengths 3 and 2"),
        sample("ij", normal(2), raises=ShapeError, match="one letter for each axis"),
        sample("ij->k", normal(2, 3), raises=ShapeError, match="must occur once"),
        sample("i,j", normal(2), raises=ShapeError, match="names 2 operands, but 1"),
        sample(normal(2), [60], raises=ShapeError, match="numbers axes from 0 to 51"),
    ]


@answers(np.einsum, samples=einsum_samples)
def einsum(
    *operands: Any, out: None = None, optimize: Any = True, dtype: Any = None, order: str = "K", casting: str = "safe"
) -> Any:
    """The product of the operands, summed over every index that the result does not name.

    einsum("ij,jk->ik", a, b)   a letter for each axis; without an arrow the result has the letters that occur once, in
                                the alphabet's order; "..." stands for axes that broadcast; an index repeated inside an
                                operand means its diagonal
    einsum(a, [0, 1], b, [1, 2], [0, 2])   the same with numbers for letters
    dtype   to compute in, if `casting` allows
    Three or more operands are multiplied two at a time in a cheap order, whatever `optimize` says.

    Raises ShapeError if the letters do not fit the operands, DTypeError if `casting` forbids.

    >>> import numpy as np, autograd_core as ag
    >>> ag.einsum("ii", np.array([[1.0, 2.0], [3.0, 4.0]]))
    np.float64(5.0)
    >>> ag.grad(lambda a: ag.einsum("i,ij,j", a, np.eye(2), a))(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    refuse("einsum", out=out)
    subscripts, xs = (operands[0], operands[1:]) if isinstance(operands[0], str) else in_letters(operands)
    if dtype is not None:
        for x in xs:
            if not np.can_cast(x, dtype, casting):  # type: ignore[arg-type]
                raise DTypeError(
                    f"einsum may not convert an operand of {x.dtype} to {np.dtype(dtype)} with casting={casting!r}: give "
                    f"casting='same_kind'"
                )
        xs = [astype(x, dtype) for x in xs]
    return in_dtype(contracted(subscripts, xs), dtype)
