"""`draw`: what is to be drawn, and the drawing that comes back."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ..debugging.cuts import Cut, CutTracer, GradientPath, unreached
from ..errors import AnomalyError, DTypeError, GradientError, RendererError
from ..graph import Graph
from ..modes import enable_grad, witnessed
from ..recording import Node, Tensor, Value, handle, leaf, scalar_of, tensor_of
from ..trees import flatten
from .collapsing import compact
from .composing import document_of, opened
from .document import Document
from .dot import dot_of
from .numbers import in_numbers
from .omitting import without_local
from .parts import around, between
from .rendering import LayoutError, render
from .troubles import idle_words, is_exit, lost_words
from .wishes import Wishes

LONGEST = 60
"""What has a longer text is called by its type in errors."""

SUFFIXES = ("svg", "png", "pdf", "html", "dot", "json")


class Drawing:
    """A drawn graph: displays itself in a notebook, and saves itself.

    document   what is shown, as plain data
    source     the same in Graphviz's language
    graph      what it was made of, and
    wishes     how
    is_part    whether it shows a part of the graph only
    """

    def __init__(self, graph: Graph, wishes: Wishes, document: Document, is_part: bool = False) -> None:
        self.graph, self.wishes, self.document, self.is_part = graph, wishes, document, is_part

    @cached_property
    def source(self) -> str:
        return dot_of(self.document)

    def svg(self) -> str:
        """The drawing as SVG text, to be put into a page.

        A layout that takes longer than 10 seconds is stopped, and one made that is quicker and rougher, which says so.
        Raises RendererError if no program is installed that lays out graphs, or if that takes more than half a minute.
        """
        text = self._picture("svg").decode()
        return text[text.index("<svg") :]

    def _picture(self, format: str) -> bytes:
        """The drawing as a program lays it out; where that fails or takes too long, with less in it and less well."""
        try:
            return render(self.source, format)
        except LayoutError as error:
            whole = self.document
            small = whole if whole.detail == "modules" else without_local(compact(whole))
            words = f"laid out roughly, with straight lines and no local derivatives, since {error.reason}"
            return render(dot_of(replace(small, remarks=(*whole.remarks, words)), quick=True), format, patience=3)

    def around(self, value: Value | str, hops: int = 2) -> Drawing:
        """The drawing of what is at most so many edges away from a value, given itself or by the name on its card.

        >>> import autograd_core as ag
        >>> x = ag.scalar(1.0, name="x")
        >>> ag.draw(((x * 2.0) * 3.0) * 4.0).around(x, hops=1)
        <drawing of 2 values and 1 edges>
        """
        if type(hops) is not int or hops < 0:
            raise GradientError(f"hops={hops!r} is none: give a whole number from 0 on")
        return Drawing(self.graph, self.wishes, around(self.document, self._cards(value), hops), is_part=True)

    def path(self, first: Value | str, last: Value | str) -> Drawing:
        """The drawing of all ways from a value to another, given themselves or by the names on their cards.

        Raises GradientError if there is none.
        """
        found = between(self.document, self._cards(first), self._cards(last))
        if not found.cards:
            raise GradientError(f"no way leads from {first!r} to {last!r} in this drawing")
        return Drawing(self.graph, self.wishes, found, is_part=True)

    def _cards(self, value: Value | str) -> list[str]:
        """The cards of a value."""
        if isinstance(value, Value):
            node = None if value.node is None else self.wishes.moved.get(value.node, value.node)
            number = None if node is None else self.graph.numbers.get(node)
            found = [card.id for card in self.document.cards if card.node == number and card.box is None]
        else:
            found = [card.id for card in self.document.cards if card.name == value]
        if not found:
            raise GradientError(
                f"{value!r} has no card in this drawing: it was not used, or is in a box or a repetition"
            )
        return found

    def save(self, path: str | Path) -> Path:
        """Write the drawing in the format that the suffix names: .svg, .png, .pdf, .html, .dot or .json; returns the path.

        An .html file is a page to explore the drawing in, as `ag.explore` writes it.

        Raises RendererError for another suffix, or if a picture needs a program that is not installed.
        """
        path = Path(path)
        suffix = path.suffix.lower().removeprefix(".")
        if suffix not in SUFFIXES:
            known = f".{', .'.join(SUFFIXES[:-1])} or .{SUFFIXES[-1]}"
            raise RendererError(f"{path.name!r} does not say in which format to save: end it in {known}")
        if suffix == "dot":
            path.write_text(self.source, encoding="utf-8")
        elif suffix == "json":
            path.write_text(self.document.to_json() + "\n", encoding="utf-8")
        elif suffix == "html":
            # by name, since the explorer reads drawings: a layer above
            import_module("autograd_core.exploring").save(self, path)
        else:
            path.write_bytes(self._picture(suffix))
        return path

    def __repr__(self) -> str:
        document = self.document
        return f"<drawing of {len(document.cards)} values and {len(document.edges)} edges>"

    def __str__(self) -> str:
        return str(self.graph)

    @cached_property
    def _display(self) -> tuple[str | None, str]:
        """The drawing as SVG, and why there is none; kept, since a front end may ask again for what it was not given."""
        try:
            return self.svg(), ""
        except Exception as error:  # a display never fails: the text form is shown instead
            return None, str(error)

    def _repr_svg_(self) -> str | None:
        return self._display[0]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        svg, problem = self._display
        if svg is None:
            return {"text/plain": f"{self}\n\nNo picture: {problem}"}
        return {"image/svg+xml": svg, "text/plain": repr(self)}


def draw(
    target: Any,
    *args: Any,
    title: str | None = None,
    rankdir: str = "LR",
    theme: str = "light",
    max_nodes: int = 300,
    legend: bool = True,
    names: Mapping[Value, str] | None = None,
    grads: bool | str = "auto",
    local: bool | str = "auto",
    fold: bool | str = "auto",
    detail: str = "auto",
    expand: Sequence[str] = (),
    hide: Sequence[str] = (),
    heat: str | None = None,
) -> Drawing:
    """A drawing of how a value was computed, and of how its gradient flows back.

    target      a value, or several in a list, tuple or dict; a Graph; or a function or module, which is called with `args` and
                recorded with every value.
                Floats and floating arrays in `args` are its inputs, named after its parameters: x, or x1, x2 ... in a
                list x. Also what `why_no_grad` reports and `detect_anomaly` raises
    title       a line above the drawing
    rankdir     where values flow to: "LR" (left to right), "TB", "RL" or "BT"
    theme       colours: "light" or "dark"
    max_nodes   fold what is alike in graphs with more values than this, and refuse those that are still too large
    legend      say above the drawing what the colours mean
    names       names for values, {value: name}; those given by `name=` are known
    grads       show gradients: those of the target (of the sum, if there are several), by a walk of the drawing's own,
                which neither changes nor needs `.grad`; "auto", where something can flow back
    local       show local derivatives, and the rules that pull gradients back; "auto", where gradients are shown
    fold        draw steps that repeat once, with the numbers of all steps as bars: "auto", where eight or more share
                weights; True, whatever is alike, such as layers with weights of their own; False, never
    detail      "full"; "compact", without heat maps, which is what more than 80 values get; or "modules", each a box with
                its parameters' gradient, with arrows as thick as what flows back is large: where does the gradient go?
                "numbers" takes small arrays apart: a product of matrices as its products and sums
    expand      names of modules that are no boxes then; or of the results of calls, which are taken apart: small ones number by
                number, others by their definitions, as an LSTM by its steps
    hide        names of values or modules, or roles ("input", "param", "const", "op", "state"), that are left out; ways
                through them become single edges
    heat        a bar in each card that compares it with all others: "grad" or "value", by norm; "bytes" of memory; or
                "time" of the forward function, which is run again for that

    Each edge between numbers shows the local derivative and upstream × local; between arrays the rule that pulls a
    gradient back (ḡ is the gradient of the result) and the norm of what it brings.

    Raises GradientError if nothing was recorded, if there is too much to draw, or if backward has freed what gradients
    need; MutationError if a value was written in place since.

    >>> import autograd_core as ag
    >>> a, b = ag.scalar(3.0, name="a"), ag.scalar(-2.0, name="b")
    >>> picture = ag.draw(a * b * (a + b), title="L = ab(a + b)")
    >>> picture
    <drawing of 5 values and 6 edges>
    >>> [card.sum for card in picture.document.cards[:2]]
    ['= −6 − 2', '= −6 + 3']
    """
    options = Wishes(
        title=title, rankdir=rankdir, theme=theme, max_nodes=max_nodes, legend=legend, grads=grads, local=local, fold=fold,
        detail=detail, expand=words(expand), hide=words(hide), heat=heat,
    )  # fmt: skip
    graph, wishes = opened(*subject(target, args, names, options))
    return Drawing(graph, wishes, document_of(graph, wishes))


def subject(
    target: Any, args: tuple[Any, ...], names: Mapping[Value, str] | None, options: Wishes
) -> tuple[Graph, Wishes]:
    """The graph of what is to be drawn, and the options with all that is known of it."""
    known: dict[Node, str] = {}
    if isinstance(target, Graph):
        graph = target
    elif isinstance(target, Value):
        graph = Graph([target])
    elif isinstance(target, (list, tuple, dict)) and holds_values(target):
        graph = Graph(flatten(target)[0])
    elif isinstance(target, GradientPath):
        exits = tuple([cut.node for cut in target.cuts if is_exit(cut)])
        graph = whole((*target.results, *exits), target)
        options = replace(options, cuts=target.cuts, remarks=(target.words,))
    elif isinstance(target, AnomalyError):
        graph = whole((target.node,), target)
        options = replace(options, remarks=tuple(str(target).splitlines()[:1]))
    elif callable(target) and not isinstance(target, type):
        graph, known, options = called(target, args, options)
    else:
        raise GradientError(
            f"cannot draw {brief(target)}: pass a recorded value, several in a list, a Graph, or a function or module with "
            f"its arguments"
        )
    known |= named(names or {}, graph)
    if options.detail == "numbers":
        graph, known = in_numbers(graph, known)
    return graph, replace(options, names=known)


def holds_values(container: Any) -> bool:
    """Whether a container holds recorded values, and nothing else."""
    leaves = flatten(container)[0]
    return bool(leaves) and all(isinstance(x, Value) for x in leaves)


def brief(x: Any) -> str:
    """What something is, in a few words; a container by what it holds that is no value."""
    if isinstance(x, (list, tuple, dict)):
        other = next((leaf for leaf in flatten(x)[0] if not isinstance(leaf, Value)), None)
        return f"{brief(other)} in a {type(x).__name__}" if other is not None else f"an empty {type(x).__name__}"
    text = " ".join(repr(x).split())
    return text if len(text) <= LONGEST else f"a value of type {type(x).__name__}"


def words(names: Sequence[str]) -> tuple[str, ...]:
    """Names as a tuple; a single one may be given bare."""
    found = (names,) if isinstance(names, (str, Value)) or not isinstance(names, Iterable) else tuple(names)
    if wrong := [name for name in found if not isinstance(name, str)]:
        raise GradientError(f"{wrong[0]!r} is no name: give that on its card, or a module's")
    return found


def whole(nodes: Sequence[Node | None], target: Any) -> Graph:
    """The graph of what debugging has found."""
    if not nodes or None in nodes:
        raise GradientError(f"there is no graph to draw in this {type(target).__name__}")
    return Graph([handle(node.value, node) for node in nodes if node is not None])


def named(names: Mapping[Value, str], graph: Graph) -> dict[Node, str]:
    """The names that the user gives to values, by node."""
    if not isinstance(names, Mapping):
        raise GradientError(f"names={brief(names)} is no mapping: give {{value: name}}")
    found = {}
    for value, name in names.items():
        node = value.node if isinstance(value, Value) else None
        if node is None or node not in graph.numbers:
            raise GradientError(f"names: {name!r} is given to {value!r}, which is not part of this graph")
        found[node] = str(name)
    return found


def called(
    function: Callable[..., Any], args: tuple[Any, ...], options: Wishes
) -> tuple[Graph, dict[Node, str], Wishes]:
    """The graph of a call with every value kept, the names of its inputs, and what gets no gradient among the wishes."""
    check_arguments(function, args)
    leaves, rebuild = flatten(list(args))
    names = [
        name for name, arg in zip(parameter_names(function, len(args)), args, strict=True) for name in spread(name, arg)
    ]
    tracer = CutTracer(None)
    with enable_grad(), witnessed(tracer):
        values = [as_input(x, function) for x in leaves]
        try:
            result = function(*rebuild(values))
        except DTypeError as error:
            if any(value is not x for value, x in zip(values, leaves, strict=True)):
                error.add_note("ag.draw calls the function with Tensors in place of floating arrays, each in its dtype")
            raise
    outputs = [x for x in flatten(result)[0] if isinstance(x, Value)]
    if not outputs:
        name = getattr(function, "__name__", type(function).__name__)
        why = "give it floats (2.0 rather than 2), floating arrays or values"
        if tracer.exits:
            kind, line = next(iter(tracer.exits.values()))
            why = f"a value left the record by {kind}" + (f"\n{line}" if line is not None else "")
        raise GradientError(f"calling {name} gave {brief(result)}, which was not recorded: {why}")
    inputs = {
        v.node: name for v, name in zip(values, names, strict=True) if isinstance(v, Value) and v.node is not None
    }
    lost, cuts = unreached([x.node for x in outputs if x.node is not None], tracer, inputs)
    graph = Graph([*outputs, *ends_of(cuts)])
    remarks = (*lost_words(lost, cuts), *idle_words(inputs, function, graph))
    known = {node: name for node, name in inputs.items() if node.name is None and node in graph.numbers}
    found = replace(
        options, inputs=frozenset(inputs), cuts=tuple(cuts), lost=frozenset(lost), remarks=remarks,
        unrecorded=frozenset(tracer.unrecorded.difference([cut.node for cut in cuts])),
    )  # fmt: skip
    return graph, known, found


def check_arguments(function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Raise GradientError unless a function takes so many arguments."""
    try:
        inspect.signature(getattr(function, "forward", function)).bind(*args)
    except TypeError as error:
        name = getattr(function, "__name__", type(function).__name__)
        raise GradientError(
            f"{name} cannot be called with {len(args)} argument{'s' * (len(args) != 1)}: {error}. Those that it takes are given "
            f"after it, as in ag.draw({name}, x)"
        ) from error
    except ValueError:
        pass  # some functions of C do not tell


def ends_of(cuts: Sequence[Cut]) -> list[Value]:
    """The values that left the record."""
    return [handle(cut.node.value, cut.node) for cut in cuts if cut.node is not None and is_exit(cut)]


def spread(name: str, arg: Any) -> list[str]:
    """The names of what an argument holds: its own, or x1, x2 ... for a container x."""
    count = len(flatten(arg)[0])
    return [f"{name}{i}" for i in range(1, count + 1)] if isinstance(arg, (list, tuple, dict)) else [name] * count


def as_input(x: Any, function: Callable[..., Any]) -> Any:
    """An argument as a value of its own: floats and floating arrays; whatever else as it is."""
    if type(x) is float:
        return scalar_of(x, leaf(x, True))
    if isinstance(x, Value):
        return x
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind in "fc":
        array = np.array(x)
        # a module takes plain arrays of any floating dtype, but values only of its parameters' dtype
        parameters = getattr(function, "parameters", None)
        first = next((p for p in parameters() if isinstance(p, Tensor)), None) if callable(parameters) else None
        if first is not None and array.dtype.kind == "f":
            array = array.astype(first._data.dtype)
        return tensor_of(array, leaf(array, True))
    return x


def parameter_names(function: Callable[..., Any], count: int) -> list[str]:
    """What a function calls its first arguments."""
    try:
        if hasattr(function, "forward"):
            function = function.forward  # a module's __call__ has no names to tell
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][:count]
    return names + [f"x{i}" for i in range(len(names) + 1, count + 1)]
