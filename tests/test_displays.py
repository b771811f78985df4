"""Values, graphs, modules and reports in a notebook: what is shown, that it is safe, and that it never fails."""

import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.displays.charts import in_bins
from autograd_core.displays.html import HUES, OF_TEXT
from autograd_core.drawing.document import visible
from autograd_core.graph import Graph

TAGS = {
    "div", "style", "span", "b", "bdi", "pre", "details", "summary", "table", "thead", "tbody", "tfoot", "tr", "td", "th",
    "svg", "rect", "path", "title",
}  # fmt: skip
ATTRIBUTES = {
    "class", "style", "open", "width", "height", "viewbox", "role", "aria-label", "x", "y", "d", "fill", "fill-opacity",
    "stroke", "stroke-opacity",
}  # fmt: skip


class Page(HTMLParser):
    """The text of a display; notes what should not be there."""

    def __init__(self, html):
        super().__init__()
        self.stack, self.texts, self.wrong, self.names = [], [], [], []
        self.feed(html)
        self.close()
        self.wrong += self.stack
        self.text = re.sub(r"\s+", " ", "".join(self.texts))

    def handle_starttag(self, tag, attributes):
        self.names.append(tag)
        self.texts += [" "] if tag in ("div", "td", "summary", "details", "pre") else []
        self.wrong += [tag] if tag not in TAGS else []
        self.wrong += [(tag, name, value) for name, value in attributes if name not in ATTRIBUTES]
        self.stack.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.stack.pop()

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data):
        if self.stack and self.stack[-1] in ("style", "title"):
            return
        self.texts.append(data)

    def handle_comment(self, data):
        self.wrong.append(data)


def shown(thing):
    """The page of a display, which is made of nothing but what is allowed."""
    html = thing._repr_html_()
    assert html is not None, "the display failed"
    page = Page(html)
    assert page.wrong == []
    return page


# -- values ------------------------------------------------------------------------------------------------------------------


def test_a_value_shows_its_name_shape_numbers_and_the_gradient_beside():
    w = ag.tensor([[1.0, -2.0], [0.0, 2.0]], requires_grad=True, name="W")
    before = shown(w).text
    np.sum(w**2).backward()
    page = shown(w)

    assert "W Tensor (2, 2) · float64" in page.text
    assert "value ‖·‖ 3" in page.text
    assert "−2 … 2" in page.text
    assert "grad – backward() has not come here" in before
    assert "grad ‖·‖ 6" in page.text
    assert page.names.count("rect") == 2 * (4 + 1)  # two heat maps with their frames


def test_a_value_says_in_one_line_how_it_was_computed():
    x, w, b = (ag.tensor(np.ones((2, 2)), requires_grad=True, name=name) for name in ("x", "W", "b"))
    with ag.scope("layer"):
        y = np.tanh(x @ w + b)

    assert "= tanh((x @ W) + b) in layer" in shown(y).text.replace("\xa0", "")
    assert "= −(x + W)" in shown(-(x + w)).text
    assert "= x × 2" in shown(x * 2.0).text


def test_what_is_computed_of_a_long_chain_is_cut_and_not_walked_through():
    x = ag.scalar(1.0, name="x")
    y = x
    for _ in range(sys.getrecursionlimit() * 2):
        y = ag.sin(y)

    assert "= sin(sin(sin(sin(…))))" in shown(y).text


def test_scalars_show_value_and_gradient_as_numbers():
    a, b = ag.scalar(2.0, name="a"), ag.scalar(-3.0, name="b")
    product = a * b
    product.backward()

    assert "a Scalar · float64" in shown(a).text
    assert "value 2" in shown(a).text
    assert "grad −3" in shown(a).text
    assert "= a × b" in shown(product).text


@pytest.mark.parametrize(
    ("numbers", "first", "last"),
    [
        (np.array([1.0, 1.0, 2.0]), 2, 1),
        (np.array([1.0, np.nextafter(1.0, 2.0)]), 1, 1),  # no numbers are between them
        (np.array([0.0, 5e-324]), 1, 1),
        (np.array([-1.7e308, 0.0, 1.7e308, 1.7e308]), 1, 2),
        (np.full(4, 1e300), 4, 0),
        (np.zeros(0), 0, 0),
    ],
)
def test_numbers_are_sorted_into_bins_however_close_or_far_apart(numbers, first, last):
    counts = in_bins(numbers)

    assert (len(counts), sum(counts)) == (24, len(numbers))
    assert (counts[0], counts[-1]) == (first, last)


def test_large_arrays_are_histograms_whose_bars_count_every_element():
    x = ag.tensor(np.random.default_rng(0).normal(size=(100, 100)))
    counts = [int(n.replace(",", "")) for n in re.findall(r": ([\d,]+)</title>", x._repr_html_())]

    assert "Tensor (100, 100) · float64 · constant" in shown(x).text
    assert sum(counts) == 10_000


def test_the_norm_of_a_large_array_is_that_of_its_numbers_as_doubles():
    array = np.full(600_001, 1e-30, np.float32)  # whose squares are 0 in float32

    assert f"{np.sqrt(600_001) * 1e-30:.3e}".replace("e-", "e−") in shown(ag.tensor(array)).text


def test_nan_and_infinities_are_counted_and_the_range_is_that_of_the_rest():
    text = shown(ag.tensor([np.nan, 1.0, np.inf, 3.0, -np.inf])).text

    assert "1 NaN, 2 ∞" in text
    assert "1 … 3" in text


AWKWARD = {
    "empty": np.zeros((0, 3)),
    "number": np.array(2.5),
    "complex": np.array([1 + 2j, 3]),
    "bool": np.array([True, False]),
    "integer": np.array([[2**62, -5]]),
    "all nan": np.full(200, np.nan),
    "huge": np.array([1e308, -1e308] * 100),
    "float16": np.array([6e4, -6e4] * 100, np.float16),
    "longdouble": np.ones(3, np.longdouble),
    "constant": np.full(1000, 0.5),
    "many axes": np.ones((2, 1, 2, 1, 2)),
    "strided": np.arange(4000.0).reshape(40, 100)[::3, ::-2].T,
}


@pytest.mark.parametrize("kind", AWKWARD)
def test_awkward_arrays_are_shown(kind):
    assert f"Tensor {AWKWARD[kind].shape}" in shown(ag.tensor(AWKWARD[kind])).text


def test_a_value_whose_graph_backward_has_freed_is_shown():
    x = ag.tensor(np.ones(5000), requires_grad=True, name="x")
    y = np.exp(x)
    np.sum(y * y).backward()

    assert "= exp(x)" in shown(y).text
    assert "grad – backward() keeps none here: retain_grad()" in shown(y).text


def test_within_vmap_jvp_and_jacobian_a_value_is_shown():
    pages = []

    def f(x):
        pages.append(shown(x))
        return np.sum(np.sin(x))

    ag.vmap(ag.vmap(f))(np.ones((2, 3, 4)))
    ag.jvp(f, (np.ones(3),), (np.ones(3),))
    ag.hessian(f)(np.ones(3))

    assert "one example within vmap of 3 · (4,)" in pages[0].text
    assert len(pages) >= 3


def test_a_display_does_not_count_as_leaving_the_record_nor_as_computing():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with np.errstate(divide="ignore"), ag.detect_anomaly():
        y = np.log(x - x)
        shown(y)
        ag.stop_gradient(np.where(True, x, y))
    assert x.grad is None


# -- graphs and reports ------------------------------------------------------------------------------------------------------


def test_a_graph_shows_its_calls():
    graph = ag.record(lambda x: np.sum(np.tanh(x)), np.ones(3))
    page = graph._repr_html_()

    assert "the record of 3 values" in page
    assert "%2 = tanh(%1)" in page


def test_a_graph_without_a_renderer_or_too_large_is_a_list(monkeypatch):
    monkeypatch.setattr("autograd_core.drawing.rendering.renderers", list)
    x = ag.scalar(1.0, name="<x>")
    y = x
    for _ in range(3000):
        y = y * 1.5
    small, large = shown(Graph([x * 2.0])), shown(Graph([y]))

    assert "RendererError: no program that lays out graphs was found" in small.text
    assert "%1 = <x>" in small.text
    assert "more lines" in large.text
    assert "the record of 3,001 values" in large.text


def test_a_report_shows_cut_line_and_remedy():
    w = ag.tensor([0.3, 0.6], requires_grad=True, name="<w>")
    page = shown(ag.why_no_grad(lambda: np.sum(np.floor(w) * 2.0), w))

    assert "no gradient flows from the result to <w>: it is cut by floor" in page.text
    assert "np.floor(w)" in page.text
    assert "remedy:" in page.text


# -- modules -----------------------------------------------------------------------------------------------------------------


def rows_of(page):
    """The texts of all table cells and lines."""
    return [text.strip() for text in page.texts if text.strip()]


def test_a_module_is_a_tree_with_what_it_learns():
    model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 2))
    model[0].requires_grad_(False)
    page = shown(model)

    assert "Sequential" in page.text
    assert "29 parameters · float32 · 116 bytes · 5 modules · 15 frozen · in training · no gradients yet" in page.text
    assert "0: Linear in_features=4, out_features=3, bias=True frozen 15" in page.text
    assert "running_mean (3,) float32 buffer 0" in page.text
    assert page.names.count("details") == 4  # ReLU holds nothing


def test_gradients_of_modules_are_the_norms_over_all_that_they_hold():
    nn.manual_seed(0)
    model = nn.Sequential(nn.Sequential(nn.Linear(2, 3), nn.Tanh()), nn.Linear(3, 1))
    np.sum(model(np.ones((4, 2), np.float32)) ** 2).backward()
    squares = [float(np.sum(p.grad.numpy().astype(float) ** 2)) for p in model.parameters()]
    texts = rows_of(shown(model))

    for norm in (np.sqrt(sum(squares)), np.sqrt(squares[0] + squares[1]), *np.sqrt(squares)):
        assert f"{norm:.4g}" in texts


def test_what_a_backward_pass_did_not_reach_is_marked():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    before = shown(model).text
    np.sum(model[1](model[0](np.ones((1, 2))).detach())).backward()
    after = shown(model).text

    assert "no gradient" not in before.replace("no gradients yet", "")
    assert after.count("no gradient") == 3  # the first layer, its weight and its bias


def test_the_norm_of_gradients_whose_squares_are_too_large_is_right():
    model = nn.Linear(2, 2).double()
    model.weight.grad, model.bias.grad = np.full((2, 2), 1.5e200), np.full(2, 2e200)

    assert "grad 4.123e200" in shown(model).text


def test_what_is_shared_is_shown_once_and_counted_once():
    inner = nn.Linear(3, 3)
    model = nn.Sequential(inner, nn.Tanh(), inner, nn.Linear(3, 3, bias=False))
    model[3].weight = inner.weight
    page = shown(model)

    assert "12 parameters" in page.text
    assert "2: Linear the same as 0 3:" in page.text
    assert "the same as 0.weight" in page.text


def test_modes_and_hooks_are_noted():
    model = nn.Sequential(nn.Dropout(0.5), nn.ReLU()).eval()
    model[0].train()
    model[1].register_forward_hook(lambda module, args, y: None)
    page = shown(model)

    assert "in evaluation" in page.text
    assert "Dropout p=0.5, inplace=False training" in page.text
    assert "ReLU 1 hook" in page.text


def test_modules_of_scalars_and_without_anything_are_shown():
    assert "13 parameters · float64" in shown(nn.MLP(2, [3, 1])).text
    assert "no parameters" in shown(nn.Tanh()).text
    assert "and 6 more" in shown(nn.Neuron(29)).text


class Broken(nn.Module):
    """What cannot say what it is made of."""

    def __init__(self):
        self.inner = nn.Linear(2, 2)
        self.register_buffer("counts", np.zeros(2))
        self.counts = 3

    def extra_repr(self):
        raise RuntimeError("<no> words")


def test_a_broken_module_is_shown_as_far_as_it_goes():
    page = shown(nn.Sequential(nn.Linear(1, 1), Broken()))

    assert "inner: Linear" in page.text
    assert "RuntimeError: <no> words" in page.text
    assert "KindError: the buffer 'counts' of Broken is a int now" in page.text


def test_a_display_that_fails_gives_way_to_the_text():
    model = nn.Linear(2, 2)
    model._instead = 5
    loop = nn.Linear(1, 1)
    loop.itself = loop
    w = ag.tensor([1.0])
    del w._data

    assert model._repr_html_() is None
    assert "itself: Linear" in shown(loop).text
    assert w._repr_html_() is None


def test_a_big_model_is_closed_and_its_display_small():
    model = nn.Sequential(*[nn.Sequential(nn.Linear(4, 4), nn.ReLU()) for _ in range(100)])
    page = model._repr_html_()

    assert page.count("<details open>") == 1
    assert len(page) < 1000 * 301


# -- safety ------------------------------------------------------------------------------------------------------------------

NASTY = [
    "<script>alert(1)</script>",
    '" onload="x',
    "</div></bdi>",
    "<!--",
    "&lt;",
    "a\\b'",
    "عربي",
    "\u202eabc",
    "😀",
    "\ud800",
    "]]>",
    "\x00",
]
names = st.one_of(st.sampled_from(NASTY), st.text(min_size=1, max_size=30))


def told(name, page):
    return re.sub(r"\s+", " ", visible(name)) in page.text


@given(names)
def test_names_of_values_are_shown_as_text(name):
    x = ag.tensor([1.0], requires_grad=True, name=name)
    shown(x)
    page = shown(x * 2.0)

    assert told(" ".join(name.split()), page)


@given(names, names, names)
def test_names_classes_and_words_of_modules_are_shown_as_text(name, kind, extra):
    surrogates = any("\ud800" <= c <= "\udfff" for c in kind)
    made = type("Odd" if surrogates or "\x00" in kind else kind, (nn.Module,), {"extra_repr": lambda self: extra})()
    setattr(made, "x" + name.replace("\x00", ""), nn.Parameter([1.0]))
    page = shown(made)

    assert told("x" + name.replace("\x00", ""), page)
    assert told(type(made).__name__, page)


@given(names)
def test_names_of_quantities_in_a_history_are_shown_as_text(name):
    history = nn.training.History([{"loss": 1.0, name: 2.0}])

    assert Page(nn.training.history.history_html(history)).wrong == []


def luminance(color):
    parts = [c / 255 for c in color]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


PAGES = [
    ((0, 0, 0), (255, 255, 255)),
    ((33, 33, 33), (255, 255, 255)),
    ((255, 255, 255), (17, 17, 17)),
    ((222, 222, 222), (33, 33, 33)),
]


@pytest.mark.parametrize(("text", "page"), PAGES)
@pytest.mark.parametrize("role", HUES)
def test_colours_can_be_read_on_light_and_dark_pages(role, text, page):
    hue = [int(HUES[role][i : i + 2], 16) for i in (1, 3, 5)]
    mixed = [h * (100 - OF_TEXT) / 100 + t * OF_TEXT / 100 for h, t in zip(hue, text, strict=True)]
    low, high = sorted([luminance(mixed), luminance(page)])

    assert (high + 0.05) / (low + 0.05) >= 4.5


# -- tables ------------------------------------------------------------------------------------------------------------------


def test_a_summary_is_the_table_of_its_text():
    summary = nn.summary(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), (5, 3))
    words = set(repr(summary).replace("-", " ").split())
    text = shown(summary).text.replace("\u2002", " ").replace("-", " ")

    assert all(word in text for word in words)


def test_ipython_shows_the_words_of_a_history_and_not_the_list():
    formatters = pytest.importorskip("IPython.core.formatters")
    data, _ = formatters.DisplayFormatter().format(nn.training.History([{"loss": 2.0, "seconds": 1.0}]))

    assert data["text/plain"] == "<history of 1 epoch: loss 2 → 2>"


def test_a_history_shows_its_curves_or_a_table_without_matplotlib(monkeypatch):
    history = nn.training.History([{"loss": 2.0, "lr": 0.1, "seconds": 1.0}, {"loss": 1.0, "lr": 0.1, "seconds": 1.0}])
    curves = history._repr_mimebundle_()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    table = history._repr_mimebundle_()

    assert curves["image/svg+xml"].startswith("<svg")
    assert curves["text/plain"] == table["text/plain"] == "<history of 2 epochs: loss 2 → 1>"
    assert Page(table["text/html"]).wrong == []
    assert nn.training.History()._repr_mimebundle_() == {"text/plain": "<history of 0 epochs: nothing yet>"}
