"""The families of primitives: each derives, from the little that its members state, the rules that readers need.

elementwise   partial derivatives per input                -> vjp, jvp, broadcasting, the scalar form
multilinear   transposes                                   -> vjp; the operation itself -> jvp
layout        the transpose of a rearrangement             -> vjp; the operation itself -> jvp
fixed         piecewise constant: nothing                  -> a value without gradient
composed      written in terms of others                   -> everything, by recording what it calls
primitive     what is left: states its rules
"""

from .elementwise import elementwise
from .general import composed, fixed, layout, multilinear, primitive

__all__ = ["composed", "elementwise", "fixed", "layout", "multilinear", "primitive"]
