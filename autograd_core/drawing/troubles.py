"""Where numbers stop being finite, where a call is flat, and where a gradient was cut: what the red parts of a drawing say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np

from ..debugging.anomalies import element
from ..debugging.cuts import Cut, operation_of
from ..debugging.saturation import saturation
from ..graph import Graph
from ..primitive import Parts
from ..recording import Absent, Node
from .collapsing import WARNING
from .flow import Flow, with_saved
from .quantities import LONGEST_NAME
from .symbols import number_text

FINE, INFINITE, UNDEFINED = 0, 1, 2
WORDS = {INFINITE: "∞", UNDEFINED: "NaN"}


def state(x: Any) -> int:
    """Whether something holds NaN, or else an infinity."""
    if isinstance(x, (Parts, tuple)):
        return max([state(one) for one in (x.values() if isinstance(x, Parts) else x)], default=FINE)
    if x is None or isinstance(x, (Absent, str, bool)):
        return FINE
    array = np.asarray(x)
    if array.dtype.kind not in "fc" or np.all(np.isfinite(array)):
        return FINE
    return UNDEFINED if np.any(np.isnan(array)) else INFINITE


def element_words(node: Node, values: Mapping[Node, Any]) -> str:
    """The first element that is not finite, with the operands of an elementwise call: ": log(0) at [5]"."""
    value: Any = values[node]
    primitive: Any = node.primitive
    if isinstance(value, (Absent, tuple)):
        return ""
    bad = np.argwhere(~np.isfinite(value) if state(value) == INFINITE else np.isnan(value))
    index = tuple([int(i) for i in bad[0]])
    if primitive.family != "elementwise":
        return row_words(node, values, index)
    operands = [element(values[e] if isinstance(e, Node) else e, index, value, "elementwise") for e in node.inputs]
    if any(x is None or np.iscomplexobj(x) for x in operands):
        return ""
    call = f"{primitive.name}({', '.join([number_text(float(x)) for x in operands])})"
    return f": {call}" + (f" at {list(index)}" if index else "")


def row_words(node: Node, values: Mapping[Node, Any], index: tuple[int, ...]) -> str:
    """That a call along an axis, such as a softmax, was given nothing but −∞ where its result begins to be NaN."""
    axis, first = (node.settings or {}).get("axis"), node.inputs[0]
    x = values[first] if isinstance(first, Node) else first
    if type(axis) is not int or not isinstance(x, np.ndarray) or x.ndim != len(index):
        return ""
    axis %= x.ndim
    row: Any = (*index[:axis], slice(None), *index[axis + 1 :])
    if not np.all(np.isneginf(x[row])):
        return ""
    places = [":" if i == axis else str(place) for i, place in enumerate(index)]
    return f": all of [{', '.join(places)}] is −∞"


class Troubles:
    """What is wrong, by node.

    begins   where NaN or an infinity comes from what is finite, and where a call is flat, in words
    """

    def __init__(self, graph: Graph, values: Mapping[Node, Any], flow: Flow | None) -> None:
        self.flow = flow
        self.states = {node: state(values[node]) for node in graph.nodes}
        self.begins: dict[Node, list[str]] = {}
        for node in graph.nodes:
            now = self.states[node]
            before = [self.states[e] if isinstance(e, Node) else state(e) for e in node.inputs]
            if now and node.requires_grad and node.route is None:
                self.begins[node] = [f"holds {WORDS[now]} already, as from an earlier step"]
            elif now and node.route is not None and now > max(before, default=FINE):
                self.begins[node] = [f"{WORDS[now]} begins here{element_words(node, values)}"]
        # on the way back only where the way forward was in order: else it follows from that
        for (node, _), share in ({} if flow is None else flow.shares).items():
            now = state(share.contribution)
            if now > max(state(share.upstream), self.states[node], self.states[share.source]):
                text = f"the gradient becomes {WORDS[now]} here"
                if text not in self.begins.setdefault(node, []):
                    self.begins[node].append(text)
        reached = {} if flow is None else flow.gradients
        for node in graph.nodes:
            if node.route is None or node not in reached or self.states[node]:
                continue
            if (flat := saturation(node, with_saved(node))) is not None and flat.words:
                self.begins.setdefault(node, []).append(flat.words)

    def is_broken(self, source: Node, target: Node) -> bool:
        """Whether what is not finite goes on from a value to one computed from it."""
        return bool(self.states[source] and self.states[target])

    def is_broken_back(self, target: Node, position: int) -> bool:
        """Whether what flows back along a use is not finite."""
        share = None if self.flow is None else self.flow.shares.get((target, position))
        return share is not None and bool(state(share.contribution))


def lost_words(lost: Sequence[Node], cuts: Sequence[Cut]) -> list[str]:
    """A remark on values that want a gradient and get none."""
    if not cuts:
        return []
    names, what = listed([node.name or "a value" for node in lost]), listed([cut.operation for cut in cuts])
    return [f"{WARNING} no gradient reaches {names}: it is cut by {what}"]


def idle_words(inputs: Mapping[Node, str], function: Any, graph: Graph) -> list[str]:
    """A remark on arguments of a function, and parameters of a module, that its result does not depend on."""
    parameters = getattr(function, "named_parameters", None)
    held = [(name, p.node) for name, p in parameters() if p.requires_grad] if callable(parameters) else []
    idle = [name for node, name in inputs.items() if node not in graph.numbers]
    idle += [name for name, node in held if node not in graph.numbers]
    return [f"{WARNING} the result does not depend on {listed(idle)}"] if idle else []


def listed(names: Sequence[str], most: int = 4) -> str:
    """The first of some names."""
    names = list(dict.fromkeys(names))
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def cut_words(cut: Cut) -> tuple[str, ...]:
    """A cut in a few lines."""
    line = () if cut.line is None else (f"line {cut.line.number}: {cut.line.text}".removesuffix(": "),)
    return f"the gradient is cut: {cut.operation}", *wrap(cut.why, LONGEST_NAME), *line


def is_exit(cut: Cut) -> bool:
    """Whether a value left the record there, so that no call stands for the cut."""
    return cut.node is not None and cut.operation != operation_of(cut.node)


def cuts_by_node(cuts: Iterable[Cut]) -> dict[Node, list[Cut]]:
    """The cuts at each node."""
    found: dict[Node, list[Cut]] = {}
    for cut in cuts:
        if cut.node is not None:
            found.setdefault(cut.node, []).append(cut)
    return found
