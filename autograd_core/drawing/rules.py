"""What a call computes, and how it pulls a gradient back, as short texts in the names of its operands.

A rule is written down by calling it on symbols; no operation has a text of its own here. A rule that cannot be called
so is named after its primitive: a text never fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..primitive import Parts
from ..recording import Absent, Node
from ..rules import LETTERS, parameter_names
from ..shapes import broadcast_axes
from .symbols import (
    ATOM,
    COMPARISONS,
    PRODUCT,
    SUM,
    Symbol,
    index_text,
    is_number,
    multiply,
    number_text,
    power,
    shape_text,
    symbol,
    total,
)

LONGEST = 44
"""A longer rule gives way to the name of its primitive, a longer formula is cut."""

GRADIENT = "ḡ"  # the gradient of the result

OPERATORS: dict[str, str] = {
    "add": "+", "subtract": "−", "multiply": "×", "divide": "/", "matmul": "@", "remainder": "%", "floor_divide": "//",
    **{ufunc.__name__: sign for ufunc, sign in COMPARISONS.items()},
}  # fmt: skip


class Texts:
    """The texts of a graph's nodes, given their names and values; a node without a name is written as its value."""

    def __init__(self, names: Mapping[Node, str], values: Mapping[Node, Any]) -> None:
        self.names, self.values = names, values

    def operand(self, entry: Any) -> Any:
        """A recorded input as a symbol, or as the number that it is."""
        if not isinstance(entry, Node):
            return constant(entry)
        value = self.values[entry]
        name = self.names.get(entry)
        if name is None:
            return constant(value)
        if isinstance(value, tuple):
            return Symbol(name)
        if type(value) is float:
            return Symbol(name, shape=(), dtype=np.dtype(float), value=value)
        known = value.item() if not isinstance(value, Absent) and value.shape == () else None
        return Symbol(name, shape=value.shape, dtype=value.dtype, value=known)

    def formula(self, node: Node, index: str = "", longest: int = LONGEST) -> str:
        """What a node computes, such as "x1 × w1" or "sum(h, axis=0)"; empty for a leaf.

        index     in place of that of the call
        longest   what is longer leaves arguments out
        """
        primitive = node.primitive
        if primitive is None:
            return ""
        words = [self.word(entry) for entry in node.inputs]
        forward: Any = primitive.forward
        if list(node.settings or {}) == ["index"]:
            place = index or index_text(node.settings["index"])  # type: ignore[index]
            return f"{words[0]}[{place}]" if len(words) == 1 else f"{words[0]} with [{place}] = {words[1]}"
        if forward in (np.square, np.power):
            exponent = 2 if forward is np.square else self.operand(node.inputs[1])
            return str(power(Symbol(words[0]), exponent))
        sign = OPERATORS.get(primitive.name) if primitive.module.startswith("autograd_core.") else None
        if sign and len(words) == 2 and not node.settings:
            a, b = words
            return f"{a} {sign} {f'({b})' if b.startswith('−') else b}"
        if forward is np.negative:
            return f"−{words[0]}"
        if primitive.variadic and primitive.rules and (written := self.written(node)):  # not a function of the user's
            return written
        settings = [
            f"{name}={setting_text(value)}"
            for name, value in (node.settings or {}).items()
            if value is not None and value is not False and not is_default(value, primitive.defaults.get(name))
        ]
        parts = [*words, *settings]
        text = f"{primitive.name}({', '.join(parts)})"
        while len(text) > longest and len(parts) > 1:
            text = f"{primitive.name}({', '.join(parts[:-1])}, …)"
            del parts[-1]
        return text if len(text) <= longest else f"{text[: longest - 2]}…)"

    def written(self, node: Node) -> str:
        """What arithmetic over any number of values computes, by calling it on symbols; empty if it can't be called so."""
        primitive: Any = node.primitive
        try:
            inputs = [atom(self.operand(entry)) for entry in node.inputs]
            terms = str(primitive.forward(*inputs, **(node.settings or {}))).split(" + ")
        except Exception:
            return ""
        if len(" + ".join(terms)) <= LONGEST:
            return " + ".join(terms)
        while len(terms) > 3 and len(" + ".join(terms)) > LONGEST - 4:
            del terms[-2]
        text = " + ".join([*terms[:-1], "…", terms[-1]])
        return text if len(text) <= LONGEST else ""

    def word(self, entry: Any) -> str:
        """An input within a formula."""
        if entry is None or isinstance(entry, (str, tuple)):
            return str(entry)
        found = self.operand(entry)
        if isinstance(found, complex) and found.real:
            return f"({number_text(found)})"
        return str(found) if isinstance(found, Symbol) else str(symbol(found)) if is_number(found) else str(found)

    def local(self, node: Node, position: int) -> str:
        """The derivative of a number by one of its arguments, in names: "1 − o²"; empty without a short text."""
        primitive: Any = node.primitive
        try:
            if primitive.family != "elementwise":
                made = self.stated(node, position, 1.0)
            else:
                partial = primitive.partials[position]
                made = self.partial(node, partial) if callable(partial) else partial
            return number_text(float(made)) if is_number(made) else accepted(str(made))
        except Exception:
            return ""

    def pulled(self, node: Node, position: int, index: str = "") -> str:
        """The contribution to the gradient of one argument, in names: "ḡ @ W1ᵀ"; else the name of the primitive.

        A primitive may state a text per argument, or one for all where it takes any number: a template of {a} ... {f}, {y},
        {g}, {index} and {i}, which argument it is; or a function from settings to a template. An `index` that is given
        stands for that of the call.
        """
        primitive: Any = node.primitive
        g = Symbol(GRADIENT, shape=getattr(self.values[node], "shape", ()), dtype=np.dtype(float))
        conjugates = any(is_complex(self.values[one]) for one in (node, node.inputs[position]))
        try:
            if primitive.text is not None and (text := self.declared(node, position, g, conjugates, index)):
                return accepted(text)
            if conjugates:
                return accepted(str(self.pulled_complex(node, position, g)))
            if primitive.family == "elementwise":
                partial = primitive.partials[position]
                made = g * (self.partial(node, partial) if callable(partial) else partial)
            else:
                made = self.stated(node, position, g)
            if isinstance(made, Symbol) or is_number(made):  # an array says nothing of the gradient it was made of
                return accepted(str(self.summed(node, position, symbol(made))))
        except Exception:
            if primitive.family == "elementwise" and len(node.inputs) == 1:
                return f"{GRADIENT} × {primitive.name}'({self.word(node.inputs[0])})"
        return f"through {primitive.name}"

    def declared(self, node: Node, position: int, g: Symbol, conjugates: bool, index: str) -> str:
        """The text that a primitive states; empty if it names values, and these are conjugated."""
        primitive: Any = node.primitive
        settings, names = node.settings or {}, [self.word(entry) for entry in node.inputs]
        template = primitive.text[min(position, len(primitive.text) - 1)]
        template = template(**settings) if callable(template) else template
        known = {"g": GRADIENT, "i": position, "index": index or index_text(settings.get("index"))}
        known |= {} if conjugates else dict(zip(LETTERS, names, strict=False), y=str(self.operand(node)))
        try:
            text: str = template.format(**known)
        except KeyError:
            return ""
        return (
            str(self.summed(node, position, Symbol(text, PRODUCT, g.shape)))
            if primitive.family == "elementwise"
            else text
        )

    def pulled_complex(self, node: Node, position: int, g: Symbol) -> Symbol:
        """The same between complex numbers: ḡ × conj(p), where the partial is p; else only what asks for ḡ alone is known."""
        primitive: Any = node.primitive
        if primitive.family == "elementwise":
            made = primitive.partials[position]
            made = self.partial(node, made) if callable(made) else made
            made = np.conjugate(made) if is_number(made) else Symbol(f"conj({made})")
            return self.summed(node, position, multiply(g, made))
        if set(node.route.keeps) or primitive.name in ("conj", "imag"):  # type: ignore[union-attr]
            raise TypeError(f"{primitive.name} may conjugate")
        return self.summed(node, position, symbol(self.stated(node, position, g)))

    def partial(self, node: Node, partial: Any) -> Any:
        """An elementwise partial of a call, on symbols."""
        inputs = [self.operand(entry) for entry in node.inputs]
        with np.errstate(all="ignore"):
            known = {**dict(zip(LETTERS, inputs, strict=False)), "y": self.operand(node)}
            return partial(*[known[name] for name in parameter_names(partial)])

    def stated(self, node: Node, position: int, g: Any) -> Any:
        """A rule that a primitive states itself, on symbols."""
        primitive: Any = node.primitive
        rule = primitive.rule_for(position)
        inputs = [symbol(self.operand(entry)) for entry in node.inputs]
        settings = node.settings or {}
        y = self.operand(node)
        known: dict[str, Any] = {"g": g, "y": y, "y_like": y, "xs": inputs, "xs_like": inputs}
        for letter, one in zip(LETTERS, inputs, strict=False):
            known[letter] = known[f"{letter}_like"] = one
        made = rule.rule(*[known[n] if n in known else settings[n] for n in rule.names])
        if isinstance(made, Parts):
            return next(iter(made.values()))
        return made[position] if primitive.variadic else made

    def summed(self, node: Node, position: int, text: Symbol) -> Symbol:
        """A contribution summed over the axes along which the argument was repeated."""
        value = self.values[node.inputs[position]]
        own = getattr(value, "shape", ())
        if isinstance(value, tuple) or text._shape is None or text._shape == own or len(text._shape) < len(own):
            return text
        new, stretched = broadcast_axes(own, text._shape)
        axes = (*range(new), *stretched)
        return total(text, None if len(axes) == len(text._shape) else axes) if axes else text


def is_complex(value: Any) -> bool:
    """Whether a recorded value holds complex numbers."""
    return getattr(getattr(value, "dtype", None), "kind", "") == "c"


def constant(value: Any) -> Any:
    """A constant of the record: the number, or its shape in brackets."""
    if isinstance(value, Absent) or (isinstance(value, np.ndarray) and value.ndim):
        return Symbol(f"[{shape_text(value.shape)}]", shape=value.shape, dtype=value.dtype)
    return value.item() if isinstance(value, (np.ndarray, np.generic)) else value


def atom(x: Any) -> Symbol:
    """A symbol that is written out even where it is the number 0 or 1."""
    text = symbol(x)
    return text if isinstance(x, Symbol) else Symbol(str(text), SUM if text.level < ATOM else ATOM)


def is_default(value: Any, default: Any) -> bool:
    """Whether a setting is what it is when it is left out."""
    return type(value) is type(default) and not isinstance(value, np.ndarray) and bool(value == default)


def setting_text(value: Any) -> str:
    """A setting within a formula."""
    if isinstance(value, np.ndarray):
        return f"[{shape_text(value.shape)}]"
    if isinstance(value, np.dtype):
        return value.name
    return number_text(value) if isinstance(value, float) else str(value)


def accepted(text: str) -> str:
    """The text if it is short enough to help."""
    if len(text) > LONGEST:
        raise ValueError(text)
    return text
