"""Programs that lay graphs out: one reading whichever is there, words where none is, and limits of time."""

import os
import select
import signal
import sys
import sysconfig
import threading
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.drawing import rendering
from autograd_core.drawing.processes import run
from autograd_core.drawing.rendering import LayoutError, Renderer, render, renderers
from autograd_core.errors import RendererError
from tests.test_drawing import neuron, two_layers, two_paths

BOTH = ("apt install graphviz fonts-liberation", 'pip install "autograd-core[viz]"')


def folded():
    """A recurrence of twelve steps."""
    w = ag.tensor(np.eye(2) * 0.5, requires_grad=True, name="W")
    h = ag.tensor(np.ones((2, 2)), name="h0")
    for _ in range(12):
        h = np.tanh(h @ w)
    return np.sum(h)


def nested(detail):
    """Two modules in one."""

    def forward(x, w):
        with ag.scope("net", "Net"):
            for i in range(2):
                with ag.scope(f"layer{i}", "Layer"):
                    x = np.tanh(x @ w)
        return np.sum(x)

    return ag.draw(forward, np.ones((2, 2)), np.eye(2), detail=detail)


DRAWINGS = {
    "neuron": lambda: ag.draw(neuron(), title="o = tanh(n)"),
    "layers": lambda: ag.draw(two_layers()[0]),
    "folded": lambda: ag.draw(folded()),
    "modules": lambda: nested("modules"),
    "frames": lambda: nested("full"),
    "second order": lambda: ag.draw(ag.grad(lambda x: np.tanh(x) * x), 0.5),
    "top to bottom": lambda: ag.draw(two_paths(), rankdir="TB"),
    "dark": lambda: ag.draw(two_paths(), theme="dark"),
}


# -- one reading -----------------------------------------------------------------------------------------------------


def parts(svg):
    """The groups of an SVG by their ids."""
    groups = [g for g in ElementTree.fromstring(svg).iter() if g.tag.endswith("}g")]
    return {g.get("id"): g for g in groups if g.get("class") in ("node", "edge", "cluster")}


def words(group):
    """The texts of a group."""
    return [t.text for t in group.iter() if t.tag.endswith("}text")]


def drawn(group, tag):
    """How many shapes of a kind a group has, strokes and arrowheads among them."""
    return sum(1 for shape in group.iter() if shape.tag.endswith("}" + tag))


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_has_every_card_edge_and_frame_of_its_document(renderer, name):
    drawing = DRAWINGS[name]()
    found = parts(drawing.svg())
    document = drawing.document

    for card in document.cards:
        assert card.name in words(found[card.id])
    for group in document.groups:
        assert group.name in words(found[group.id])
    # a head at each end where something flows, be there a bead between them or not
    for edge in document.edges:
        halves = [found[id] for id in (edge.id, f"{edge.id}_end") if id in found]
        heads = 1 if document.detail == "modules" else 1 + edge.backward
        assert sum(drawn(half, "polygon") for half in halves) == heads, edge.id
        assert all(drawn(half, "path") for half in halves)


@pytest.mark.parametrize("name", DRAWINGS)
def test_all_renderers_show_the_same_texts_and_strokes(name):
    drawing = DRAWINGS[name]()
    if len(renderers()) < 2:
        pytest.skip("fewer than two programs that lay out graphs are installed")
    pictures = [parts(run([renderer.command, "-Tsvg"], drawing.source, 60)) for renderer in renderers()]
    readings = [
        {id: (words(g), drawn(g, "polygon"), drawn(g, "path")) for id, g in found.items() if g.get("class") == "edge"}
        | {id: words(g) for id, g in found.items() if g.get("class") != "edge"}
        for found in pictures
    ]

    assert readings[0] == readings[1]


FORMATS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph", "json": b"{"}


@pytest.mark.parametrize(("suffix", "start"), FORMATS.items())
def test_saves_by_suffix(renderer, tmp_path, suffix, start):
    drawing = ag.draw(two_layers()[0], title="L")
    if suffix == "pdf" and "pdf" not in renderer.formats:
        with pytest.raises(
            RendererError, match=r"graphviz-pure writes svg and png, not pdf(.|\n)*apt install graphviz"
        ):
            drawing.save(tmp_path / "loss.pdf")
    else:
        assert drawing.save(tmp_path / f"loss.{suffix}").read_bytes().startswith(start)


@pytest.mark.usefixtures("renderer")
def test_displays_itself_in_a_notebook():
    drawing = ag.draw(two_paths())
    bundle = drawing._repr_mimebundle_()

    assert bundle["image/svg+xml"].startswith("<svg")
    assert drawing._repr_svg_() == bundle["image/svg+xml"] == drawing.svg()


# -- which there are -------------------------------------------------------------------------------------------------


@pytest.fixture
def nothing(monkeypatch):
    """A machine without any of the programs."""
    monkeypatch.setattr(rendering.shutil, "which", lambda *args, **kwargs: None)


@pytest.mark.usefixtures("nothing")
def test_without_a_program_a_display_falls_back_to_text_and_says_what_to_install():
    drawing = ag.draw(two_paths())
    shown = drawing._repr_mimebundle_()

    assert drawing._repr_svg_() is None
    assert [*shown] == ["text/plain"]
    assert shown["text/plain"].startswith(str(drawing))
    assert "multiply(%1, %2)" in str(drawing)
    assert all(line in shown["text/plain"] for line in BOTH)
    assert repr(drawing) == "<drawing of 5 values and 6 edges>"


@pytest.mark.usefixtures("nothing")
def test_without_a_program_text_forms_are_saved_and_pictures_say_what_to_install(tmp_path):
    drawing = ag.draw(two_paths())

    for suffix in ("svg", "png", "pdf"):
        with pytest.raises(RendererError, match=rf"so {suffix} cannot be made") as caught:
            drawing.save(tmp_path / f"loss.{suffix}")
        assert all(line in str(caught.value) for line in BOTH)
    assert drawing.save(tmp_path / "loss.dot").read_text(encoding="utf-8") == drawing.source
    assert drawing.save(tmp_path / "loss.json").read_text(encoding="utf-8").startswith("{")


def test_finds_the_command_of_graphviz_pure_beside_python_though_path_is_empty(monkeypatch, tmp_path):
    command = tmp_path / ("graphviz-pure.exe" if sys.platform == "win32" else "graphviz-pure")
    command.write_text("")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("AUTOGRAD_RENDERER", raising=False)
    monkeypatch.setattr(sysconfig, "get_path", lambda *args, **kwargs: str(tmp_path / "elsewhere"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    assert renderers() == [Renderer(str(command), ("svg", "png"))]


def test_an_environment_variable_chooses_among_the_programs(monkeypatch):
    dot, pure = Renderer("/bin/dot", ("svg", "pdf")), Renderer("/bin/graphviz-pure", ("svg",))
    monkeypatch.setattr(rendering, "installed", lambda: [dot, pure])

    for choice, expected in {"": [dot, pure], "dot": [dot], "graphviz-pure": [pure], "none": []}.items():
        monkeypatch.setenv("AUTOGRAD_RENDERER", choice)
        assert renderers() == expected
    with pytest.raises(RendererError, match=r"AUTOGRAD_RENDERER=none leaves out .* dot and graphviz-pure"):
        render("digraph {}", "svg")


# -- programs that fail ----------------------------------------------------------------------------------------------


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Makes programs of shell scripts, and these the only renderers."""

    def only(*scripts):
        found = []
        for i, script in enumerate(scripts):
            path = tmp_path / f"program{i}"
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
            found.append(Renderer(str(path), ("svg",)))
        monkeypatch.setattr(rendering, "renderers", lambda: found)

    if sys.platform == "win32":
        pytest.skip("makes programs of shell scripts")
    return only


GOOD = "cat > /dev/null; echo '<?xml?><svg></svg>'"


def test_a_broken_program_gives_way_to_the_next(program):
    program("echo libgvc is missing >&2; exit 1", GOOD)
    assert ag.draw(two_paths()).svg().startswith("<svg>")

    program("echo libgvc is missing >&2; exit 1")
    with pytest.raises(RendererError, match="libgvc is missing"):
        ag.draw(two_paths()).svg()


@pytest.mark.parametrize(("trouble", "reason"), [("exec sleep 60", "took longer than 1 seconds"), ("exit 1", "failed")])
def test_a_layout_that_fails_or_takes_too_long_gives_way_to_a_rougher_one_that_says_so(
    program, monkeypatch, tmp_path, trouble, reason
):
    monkeypatch.setattr(rendering, "TIME_LIMIT", 1.0)
    source = tmp_path / "source.dot"
    program(f"cat > '{source}'; grep -q splines=line '{source}' || {trouble}; echo '<svg></svg>'")

    drawing = ag.draw(two_paths())
    assert drawing.svg().strip() == "<svg></svg>"
    rough = source.read_text()
    assert f"laid out roughly, with straight lines and no local derivatives, since the usual layout {reason}" in rough
    assert "∂" in drawing.source
    assert "∂" not in rough
    assert drawing.document.remarks == ()


def test_a_display_that_takes_too_long_is_tried_once_and_says_why_there_is_no_picture(program, monkeypatch, tmp_path):
    monkeypatch.setattr(rendering, "TIME_LIMIT", 0.3)
    program(f"echo run >> '{tmp_path / 'runs'}'; exec sleep 60")

    drawing = ag.draw(two_paths())
    shown = drawing._repr_mimebundle_()
    assert "longer than 0.9 seconds" in shown["text/plain"]
    assert ".around(value)" in shown["text/plain"]
    assert drawing._repr_svg_() is None
    assert (tmp_path / "runs").read_text().split() == ["run", "run"]  # as usual, then roughly


@pytest.fixture
def fifo(tmp_path):
    """A pipe with a name, which ends when all processes that write to it have ended."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as pipe:
        yield path, pipe


def heard(pipe):
    """The next words from a pipe; none once nobody is left to write."""
    assert select.select([pipe], [], [], 30)[0], "a process is still running"
    return pipe.read(100)


CHILD = "exec 3> '{}'; sleep 60 & echo started >&3; wait"
"""A program that starts another, and both keep a pipe open."""


def test_a_layout_that_is_stopped_leaves_no_process_behind(program, fifo):
    path, pipe = fifo
    program(CHILD.format(path))

    with pytest.raises(LayoutError, match=r"longer than 1 seconds .*\.around\(value\)"):
        render("digraph {}", "svg", patience=0.1)
    assert heard(pipe) == b"started\n"
    assert heard(pipe) == b""


def test_an_interrupt_leaves_no_process_behind(program, fifo):
    path, pipe = fifo
    program(CHILD.format(path))
    said = []

    def interrupt():
        said.append(heard(pipe))
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 the thread must have begun within
        thread.start()
        render("digraph {}", "svg", patience=6)
    thread.join()
    assert said == [b"started\n"]
    assert heard(pipe) == b""
