"""A module in a notebook: a tree of what it is made of, with its parameters, their numbers and their gradients."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import autograd_core as ag

from .members import Members, joined

MOST_OPEN, MOST_ROWS_OPEN = 30, 8
"""In models of more modules only the outermost is open; in those of more parameters these are hidden at first."""

MOST_ROWS = 24
"""Of more parameters in one module the first are listed."""


@dataclass
class Row:
    """A parameter or buffer as its module holds it.

    persistent   of a buffer, whether it is saved; None of a parameter
    first        where it was met before, if it is shared
    """

    name: str
    path: str
    value: Any
    figures: Any
    persistent: bool | None
    first: str | None = None


@dataclass
class Branch:
    """A module, with the sums over all that it holds and that was not met before.

    parameters, trained, nbytes   how many numbers it learns or keeps, how many of them require a gradient, their memory
    gradient   the norm of all gradients, None if there is none
    first     where the module was met before, if it is shared
    note      HTML for what could not be read
    """

    name: str
    path: str
    kind: str
    extra: str = ""
    marks: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    children: list[Branch] = field(default_factory=list)
    parameters: int = 0
    trained: int = 0
    nbytes: int = 0
    gradient: float | None = None
    dtypes: dict[str, None] = field(default_factory=dict)
    modules: int = 1
    first: str | None = None
    note: str = ""


def module_html(module: Any) -> str:
    """The display of a module."""
    root = branch(module, "", "", {}, True)
    everything = list(within(root))
    rows = [row for one in everything for row in one.rows]
    sizes = {one.path: one.gradient for one in everything} | {f".{r.path}": r.figures.gradient for r in rows}
    has_gradients = root.gradient is not None
    page = Page(ag.displays.weights_of(sizes), has_gradients, root.modules <= MOST_OPEN, len(rows) <= MOST_ROWS_OPEN)
    return ag.displays.panel(page.tree(root, True))


def within(branch: Branch) -> Iterator[Branch]:
    """A branch and all branches within it."""
    yield branch
    for child in branch.children:
        yield from within(child)


# -- what there is -----------------------------------------------------------------------------------------------------


def branch(module: Any, name: str, path: str, seen: dict[int, str], training: bool) -> Branch:
    """A module and all that it holds; `seen` are the paths of what was met before, by identity."""
    made = Branch(name, path, type(module).__name__)
    if id(module) in seen:
        made.first = seen[id(module)]
        return made
    seen[id(module)] = path or type(module).__name__
    own = getattr(module, "training", training) is not False
    if own != training:
        made.marks.append("training" if own else "evaluation")
    hooks = vars(module).get("_instead")
    if hooks is not None and (count := sum(map(len, vars(hooks).values()))):
        made.marks.append(f"{count} hook{'s' * (count > 1)}")
    try:
        made.extra = str(module.extra_repr())
    except Exception as error:
        made.note = ag.displays.failed(error)
    try:
        for part, value in module._found():
            if isinstance(value, Members):
                add(made, branch(value, part, joined(path, part), seen, own))
            else:
                hold(made, part, value, module._buffers.get(part), seen)
    except Exception as error:  # a module that was taken apart is shown as far as it goes
        made.note += ag.displays.failed(error)
    if made.parameters and not made.trained:
        made.marks.append("frozen")
    return made


def add(branch: Branch, child: Branch) -> None:
    """Let a branch have a child, and its sums."""
    branch.children.append(child)
    branch.modules += child.modules
    branch.dtypes |= child.dtypes
    count(branch, child.parameters, child.trained, child.nbytes, child.gradient)


def hold(branch: Branch, name: str, value: Any, persistent: bool | None, seen: dict[int, str]) -> None:
    """Let a branch have a parameter or buffer."""
    row = Row(name, joined(branch.path, name), value, ag.displays.figures(value), persistent, seen.get(id(value)))
    branch.rows.append(row)
    if row.first is None and persistent is None:
        found = row.figures
        branch.dtypes[found.dtype] = None
        count(branch, found.count, found.count if value.requires_grad else 0, found.nbytes, found.gradient)
    seen.setdefault(id(value), row.path)


def count(branch: Branch, parameters: int, trained: int, nbytes: int, gradient: float | None) -> None:
    branch.parameters += parameters
    branch.trained += trained
    branch.nbytes += nbytes
    if gradient is not None:
        branch.gradient = math.hypot(gradient, branch.gradient or 0.0)


# -- how it is written -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """Writes branches: weights of gradients by path, whether there are any, and what is open at first."""

    weights: Mapping[str, float]
    has_gradients: bool
    is_open: bool
    shows_rows: bool

    def tree(self, branch: Branch, is_root: bool = False) -> str:
        """A branch with all that is within."""
        head = (
            f'<div class="ag-whole">{ag.displays.muted(ag.displays.escaped(self.whole(branch)))}</div>'
            if is_root
            else ""
        )
        inner = "".join([self.table(branch), *[self.tree(child) for child in branch.children]])
        line = self.line(branch)
        if not inner and not head:
            return f'<div class="ag-row">{line}</div>'
        is_open = is_root or (self.is_open and (self.shows_rows or bool(branch.children)))
        inside = f'{head}<div class="ag-within">{inner}</div>'
        return f'<details{" open" * is_open}><summary class="ag-row">{line}</summary>{inside}</details>'

    def line(self, branch: Branch) -> str:
        """What is said of a module in one line."""
        show = ag.displays
        name = show.muted(f"{show.isolated(branch.name)}:") + " " if branch.name else ""
        words = f"{name}<b>{show.isolated(branch.kind)}</b>"
        words += f" {show.muted(show.isolated(shortened(branch.extra)))}" if branch.extra else ""
        words += "".join(show.mark(word) for word in branch.marks)
        if branch.first is not None:
            return f"<span>{words} {show.muted(f'the same as {show.isolated(branch.first)}')}</span>"
        words += f" {branch.note}" if branch.note else ""
        counts = f"{branch.parameters:,}" if branch.parameters else ""
        gradient = self.gradient(branch.gradient, branch.path, branch.trained > 0)
        return f'<span>{words}</span> <span class="ag-count">{counts}</span> <span class="ag-grad">{gradient}</span>'

    def whole(self, root: Branch) -> str:
        """What is said of a model."""
        frozen = root.parameters - root.trained
        words = ["no parameters"]
        if root.parameters:
            words = [f"{root.parameters:,} parameters", ", ".join(root.dtypes), memory_text(root.nbytes)]
        words += [f"{root.modules:,} modules"] if root.modules > 1 else []
        words += [f"{frozen:,} frozen"] if 0 < frozen < root.parameters else []
        words += ["in evaluation"] if "evaluation" in root.marks else ["in training"]
        words += ["no gradients yet"] if root.trained and root.gradient is None else []
        return " · ".join(words)

    def gradient(self, norm: float | None, key: str, is_trained: bool) -> str:
        """The norm of a gradient, and a bar for how large it is among all; what was not reached by a backward pass is told."""
        show = ag.displays
        if norm is None:
            return str(show.mark("no gradient", "alarm")) if is_trained and self.has_gradients else ""
        text = show.number_text(norm)
        role = "backward" if math.isfinite(norm) else "alarm"
        picture = show.bar(self.weights[key], role) if key in self.weights else ""
        return f"{show.muted('grad')} {show.tinted(text, role)}{picture}"

    def table(self, branch: Branch) -> str:
        """The parameters and buffers that a module holds itself."""
        if not branch.rows:
            return ""
        rows = [self.cells(row) for row in branch.rows[:MOST_ROWS]]
        if len(branch.rows) > MOST_ROWS:
            rows.append([ag.displays.muted(f"and {len(branch.rows) - MOST_ROWS:,} more"), *[""] * 5])
        return str(ag.displays.table(["", "", "", "", "", ""], rows))

    def cells(self, row: Row) -> list[str]:
        show, found = ag.displays, row.figures
        if row.persistent is not None:
            kind = "buffer" if row.persistent else "buffer, not saved"
        else:
            kind = "parameter" if row.value.requires_grad else "parameter, frozen"
        if row.first is not None:
            kind = f"the same as {show.isolated(row.first)}"
        numbers = show.tinted(found.span, "forward") if found.span else ""
        numbers += show.mark(found.trouble, "alarm") if found.trouble else ""
        is_trained = row.persistent is None and row.first is None and row.value.requires_grad
        gradient = "" if row.persistent is not None else self.gradient(found.gradient, f".{row.path}", is_trained)
        return [
            show.isolated(row.name), show.escaped(found.shape), show.muted(show.escaped(found.dtype)), show.muted(kind), numbers,
            gradient,
        ]  # fmt: skip


def memory_text(nbytes: int) -> str:
    power = 0 if nbytes < 2**10 else 1 if nbytes < 2**20 else 2
    return f"{nbytes / 1024**power:,.{min(power, 1)}f} {('bytes', 'KiB', 'MiB')[power]}"


def shortened(text: str) -> str:
    """A module's settings, cut where they are too long for a line."""
    text = " ".join(text.split())
    return text if len(text) <= 90 else f"{text[:89]}…"


def summary_html(summary: Any, heads: Sequence[str]) -> str:
    """The display of a summary: its table."""
    show = ag.displays
    rows = [[indented(row[0]), *map(show.escaped, row[1:])] for row in summary.rows()]
    foot = [*map(show.escaped, summary.total())]
    table = show.table(heads, rows, foot, right=(2, 3))
    return str(show.panel(table, f"<div>{show.muted(show.escaped(summary.memory()))}</div>"))


def indented(label: str) -> str:
    """A label that keeps the spaces before it."""
    bare = label.lstrip(" ")
    return "&ensp;" * (len(label) - len(bare)) + str(ag.displays.isolated(bare))
