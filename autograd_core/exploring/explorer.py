"""`explore`: a page to step through what was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..drawing import Drawing
from ..drawing.composing import opened
from ..drawing.picture import subject, words
from ..drawing.wishes import Wishes
from ..graph import Graph
from ..recording import Value
from .contents import contents_of
from .pages import page_of


def explore(
    target: Any,
    *args: Any,
    path: str | Path = "explorer.html",
    title: str | None = None,
    rankdir: str = "LR",
    names: Mapping[Value, str] | None = None,
    grads: bool | str = "auto",
    local: bool | str = "auto",
    fold: bool | str = "auto",
    detail: str = "auto",
    expand: Sequence[str] = (),
    hide: Sequence[str] = (),
    heat: str | None = None,
) -> Path:
    """Write a page that steps through how a value was computed, and through how its gradient flows back; gives its path.

    The page is one file that needs no network. Its cards are those of `ag.draw`, and so are target, `args` and options;
    modules open and shut in the page, where detail="modules" shuts all but those in `expand` at first. Arrow keys step,
    the space bar plays, and `?` tells the rest.

    Raises what `ag.draw` raises; a graph of modules or steps may be larger.

    >>> import tempfile
    >>> import autograd_core as ag
    >>> a, b = ag.scalar(3.0, name="a"), ag.scalar(-2.0, name="b")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ag.explore(a * b * (a + b), path=f"{folder}/paths.html").name
    'paths.html'
    """
    options = Wishes(
        title=title, rankdir=rankdir, grads=grads, local=local, fold=fold, detail=detail, expand=words(expand),
        hide=words(hide), heat=heat,
    )  # fmt: skip
    return write(*opened(*subject(target, args, names, options)), Path(path))


def save(drawing: Drawing, path: Path) -> Path:
    """Write the page of a drawing; of a part of one, that part."""
    part = frozenset(card.id for card in drawing.document.cards) if drawing.is_part else None
    return write(drawing.graph, drawing.wishes, path, part)


def write(graph: Graph, wishes: Wishes, path: Path, part: frozenset[str] | None = None) -> Path:
    """Write a page, and give back where."""
    path.write_text(page_of(contents_of(graph, wishes, part)), encoding="utf-8", newline="\n")
    return path
