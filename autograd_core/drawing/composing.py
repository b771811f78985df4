"""From a graph and what is asked of its drawing to a document: calls taken apart, what is left out, modules as boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..errors import GradientError
from ..graph import Graph
from ..recording import Node
from .cards import Composer
from .collapsing import collapsed, compact, paths_of
from .document import Document
from .expanding import expanded
from .flow import check_unwritten
from .omitting import without, without_gradients, without_local
from .quantities import LONGEST_NAME
from .rewiring import without_aliases
from .wishes import Wishes

MOST_FULL = 80
"""Drawings of more values have no heat maps."""


def document_of(graph: Graph, wishes: Wishes) -> Document:
    """The document of a graph."""
    document = whole_document(Composer(graph, wishes))
    detail, count = wishes.detail, len(document.cards)
    if detail == "auto":
        detail = "modules" if count > wishes.max_nodes else "compact" if count > MOST_FULL else "full"
    if detail == "modules":
        document = collapsed(document, wishes.expand, limit=wishes.max_nodes)
        if len(document.cards) > wishes.max_nodes:
            raise wishes.too_many(len(document.cards))
        if wishes.detail == "auto":
            document = replace(
                document, remarks=(f"modules are boxes, since there are {count:,} values", *document.remarks)
            )
    return compact(document) if detail == "compact" else document


def whole_document(composer: Composer) -> Document:
    """The document of all that is wished for, without boxes."""
    document = composer.document()
    check_modules(composer.wishes.expand, document)
    if not composer.grads:
        document = without_gradients(document)
    if not composer.local:
        document = without_local(document)
    return without(document, composer.wishes.hide) if composer.wishes.hide else document


def opened(graph: Graph, wishes: Wishes) -> tuple[Graph, Wishes]:
    """The graph as it is drawn, without aliases and with some calls taken apart, and wishes for that."""
    graph, moved = without_aliases(graph, check_unwritten)
    wishes = followed(wishes, moved) if moved else wishes
    if not wishes.expand:
        return graph, wishes
    composer = Composer(graph, wishes)
    chosen = {node: name for node, name in composer.names.items() if name in wishes.expand and node.route is not None}
    if not chosen:
        return graph, wishes
    if steps := [name for node, name in chosen.items() if node in composer.folds.place]:
        raise GradientError(f"expand: {steps[0]!r} stands for several steps: draw with fold=False to open one of them")
    longest = LONGEST_NAME - 6
    titles = {node: f"{name} = {composer.texts.formula(node, longest=longest)}" for node, name in chosen.items()}
    found = expanded(graph, titles, composer.names)
    modules = tuple([name for name in wishes.expand if name not in chosen.values()])
    wishes = followed(replace(wishes, names=composer.own_names, expand=modules), found.moved)
    return found.graph, replace(wishes, pinned=found.names)


def followed(wishes: Wishes, moved: Mapping[Node, Node]) -> Wishes:
    """The wishes for a graph in which nodes have become others."""
    earlier = {old: moved[new] for old, new in wishes.moved.items() if new in moved}
    return replace(
        wishes,
        names={moved[node]: name for node, name in wishes.names.items() if node in moved},
        inputs=frozenset([moved[node] for node in wishes.inputs if node in moved]),
        cuts=tuple([replace(cut, node=moved.get(cut.node)) if cut.node is not None else cut for cut in wishes.cuts]),
        lost=frozenset([moved[node] for node in wishes.lost if node in moved]),
        unrecorded=frozenset([moved[node] for node in wishes.unrecorded if node in moved]),
        moved={**moved, **earlier},
    )


def check_modules(names: Sequence[str], document: Document) -> None:
    """Raise GradientError for a name to expand that no module has."""
    known = {*[group.name for group in document.groups], *paths_of(document.groups).values()}
    if unknown := [name for name in names if name not in known]:
        raise GradientError(
            f"expand: nothing in this drawing is called {unknown[0]!r}. Give the name of a module, or of the result of a "
            f"call, as on its card"
        )
