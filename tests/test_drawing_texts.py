"""Texts of the user's: whatever names are made of, a picture shows them as they are, and nothing in them is executed."""

import json
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.drawing.document import visible
from autograd_core.drawing.quantities import shortened
from autograd_core.drawing.rendering import renderers

GRAPHVIZ = next((renderer.command for renderer in renderers() if "pdf" in renderer.formats), None)

PIECES = st.sampled_from(
    [
        "\\N", "\\G", "\\L", "\\l", "\\n", "\\r", "\\E", "\\T", "\\H", "\\\\", '"', "'", "`", "<", ">", "&", "&amp;", "&#x3c;",
        "]]>", "<!--", "-->", "<![CDATA[", "<b>", "</TD></TR></TABLE>>", "<script>alert(1)</script>", "onload=", "javascript:",
        ";", "{", "}", "|", "[", "]", "->", "/*", "//", "#", "%", "\u200f", "שלום", "مرحبا", "\u202e", "👩‍👩‍👧", "🇺🇳", "e\u0301",
        "\x00", "\x1b[31m", "\n", "\r\n", "\t", "\u2028", "\ufeff", "\ud800", "\uffff", " ", "  ", "",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=6).map("".join)


def picture(name, title, scope, dtype=float):
    """A drawing in which texts are names of values, twice the same, of a module, and a title."""
    a, b = ag.scalar(2.0, name=name), ag.tensor(np.ones((2, 2)), requires_grad=True, name=name)
    with ag.scope(scope, scope):
        y = np.sum(np.tanh(b * a))
    return ag.draw(y, title=title, names={y: name})


def expected(drawing):
    """The texts that a drawing must show, as often as they occur."""
    document = drawing.document
    return [
        text
        for text in (
            document.title,
            *[card.name for card in document.cards],
            *[group.name for group in document.groups],
        )
        if text.strip()
    ]


def flat(text):
    """A text without the space between words, which XML does not keep."""
    return re.sub(r"\s", "", text)


def layout(source):
    """What dot reads, as it would draw it: the objects of its JSON."""
    done = subprocess.run([GRAPHVIZ, "-Tjson"], input=source.encode(), capture_output=True, check=True, timeout=60)
    assert not done.stderr, done.stderr
    data = json.loads(done.stdout)
    return [data, *data["objects"]], data["edges"]


def drawn(thing):
    """The runs of text that are drawn for an object."""
    return [op["text"] for op in thing.get("_ldraw_", ()) if op["op"] == "T"]


@pytest.mark.skipif(GRAPHVIZ is None, reason="Graphviz itself is not installed")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS, TEXTS)
@example("\\N\\G", "\\l&lt;", "]]>")
@example('"];evil[label="', "", "\\")
def test_graphviz_reads_back_the_very_texts(name, title, scope):
    drawing = picture(name, title, scope)
    objects, edges = layout(drawing.source)
    texts = ["".join(drawn(thing)) for thing in objects]

    nodes = {thing["name"]: "".join(drawn(thing)) for thing in objects[1:] if "nodes" not in thing}
    labels = [edge.id for edge in drawing.document.edges if f"{edge.id}_label" in nodes]
    assert len(nodes) == len(drawing.document.cards) + len(labels)
    assert len(edges) == len(drawing.document.edges) + len(labels)
    for card in drawing.document.cards:
        assert flat(nodes[card.id]).startswith(flat(card.name))
    for text in expected(drawing):
        assert any(flat(text) in flat(one) for one in texts)


@pytest.mark.parametrize("renderer", renderers(), ids=lambda renderer: renderer.command.rpartition("/")[2])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, TEXTS, TEXTS)
@example("</TD></TR></TABLE>>]; <script>alert(1)</script>", "onload=alert(1)", '" href="javascript:alert(1)')
def test_svg_holds_texts_as_texts_and_nothing_that_runs(renderer, name, title, scope):
    drawing = picture(name, title, scope)
    done = subprocess.run([renderer.command, "-Tsvg"], input=drawing.source.encode(), capture_output=True, timeout=60)
    tree = ElementTree.fromstring(done.stdout)
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    attributes = {key.rpartition("}")[2] for element in tree.iter() for key in element.attrib}
    texts = flat("".join("".join(e.itertext()) for e in tree.iter() if e.tag.endswith("}text")))

    assert tags <= {
        "svg",
        "g",
        "title",
        "text",
        "path",
        "polygon",
        "polyline",
        "ellipse",
        "a",
        "defs",
        "linearGradient",
        "stop",
    }
    assert not {key for key in attributes if key.startswith("on") or key in ("href", "style", "src")}
    for text in expected(drawing):
        assert flat(text) in texts
    assert len([g for g in tree.iter() if g.get("class") == "node"]) == len(drawing.document.cards) + len(
        [edge for edge in drawing.document.edges if not edge.beside]
    )


@settings(deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_json_keeps_the_texts(name, title, scope):
    drawing = picture(name, title, scope)
    data = json.loads(drawing.document.to_json())

    assert data["title"] == visible(title)
    assert data["cards"][0]["name"] == (shortened(name) or "v1")
    drawing.document.to_json().encode()
