"""Calls of einsum."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st

from .arrays import arrays


class Einsum(NamedTuple):
    """The arguments of an einsum: its subscripts and its operands."""

    subscripts: str
    operands: tuple[Any, ...]


@st.composite
def einsums(draw: st.DrawFn, dtype: Any = None, *, max_operands: int = 3) -> Einsum:
    """Calls of einsum: products, sums, diagonals (a letter twice), transposes, `...`, with or without an arrow.

    >>> from hypothesis import find
    >>> find(einsums(), lambda call: "->" not in call.subscripts and len(call.operands) == 2).subscripts
    ','
    """
    sizes = {letter: draw(st.integers(1, 3)) for letter in "ijk"}
    terms = draw(st.lists(st.text("ijk", max_size=3), min_size=1, max_size=max_operands))
    used = sorted({letter for term in terms for letter in term})
    extra = draw(st.sampled_from([None, (2,), (), (1, 2)]))
    dotted = [extra is not None and draw(st.booleans()) for _ in terms]
    shapes_of = [tuple([sizes[letter] for letter in term]) for term in terms]
    operands = [
        draw(arrays((-2.0, 2.0), dtype, (*(extra or ()), *shape) if dots else shape))
        for shape, dots in zip(shapes_of, dotted, strict=True)
    ]
    subscripts = ",".join(("..." if dots else "") + term for term, dots in zip(terms, dotted, strict=True))
    if draw(st.booleans()):
        kept = draw(st.lists(st.sampled_from(used), unique=True)) if used else []
        subscripts += "->" + ("..." if any(dotted) else "") + "".join(kept)
    return Einsum(subscripts, tuple(operands))
