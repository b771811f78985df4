"""The explorer's pages as data: the record, its steps and ways, and what a page may do."""

import base64
import hashlib
import html
import json
import re
from importlib.resources import files

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.drawing.colours import THEMES, channels
from autograd_core.drawing.picture import subject
from autograd_core.drawing.symbols import number_text
from autograd_core.drawing.wishes import Wishes
from autograd_core.errors import GradientError
from autograd_core.exploring.contents import contents_of
from autograd_core.exploring.pages import page_of, tokens
from tests.vendored import manifest, sums

STYLE = (files("autograd_core.exploring") / "page" / "page.css").read_text()


def contents(target, *args, **options):
    return contents_of(*subject(target, args, None, Wishes(**options)))


def named(value, name):
    value.name = name
    return value


def two_paths():
    """L = ab (a + b)."""
    a, b = ag.scalar(3.0, name="a"), ag.scalar(-2.0, name="b")
    return named(named(a * b, "d") * named(a + b, "e"), "L")


def unrolled(steps=12):
    """The sum of squares of the last state of a recurrent network."""
    random = np.random.default_rng(0)
    W = ag.tensor(0.3 * random.normal(size=(4, 4)), requires_grad=True, name="W")
    h = ag.tensor(np.ones((2, 4)), name="h0")
    for x in random.normal(size=(steps, 2, 4)):
        h = np.tanh(h @ W + x)
    return named(np.sum(h**2), "L"), W


def weights_of_a_cell():
    return [ag.tensor(np.array([[x]]), requires_grad=True) for x in (0.5, 0.75)]


def texts(data):
    return [step["text"] for step in data["steps"]]


# -- steps -------------------------------------------------------------------------------------------------------------


def test_steps_write_out_the_arithmetic_forward_and_back():
    assert texts(contents(two_paths())) == [
        "d = a × b = 3 × (−2) = −6",
        "e = a + b = 3 + (−2) = 1",
        "L = d × e = −6 × 1 = −6",
        "the backward pass begins: ∂L/∂L = 1",
        "∂L/∂d += ∂L/∂L · ∂L/∂d = 1 × 1 = 1",
        "∂L/∂e += ∂L/∂L · ∂L/∂e = 1 × (−6) = −6",
        "∂L/∂a += ∂L/∂e · ∂e/∂a = −6 × 1 = −6",
        "∂L/∂b += ∂L/∂e · ∂e/∂b = −6 × 1 = −6",
        "∂L/∂a += ∂L/∂d · ∂d/∂a = 1 × (−2) = −2; so far −6 − 2 = −8",
        "∂L/∂b += ∂L/∂d · ∂d/∂b = 1 × 3 = 3; so far −6 + 3 = −3",
    ]


def test_the_last_total_of_every_value_is_its_gradient():
    both_results = sum(np.sum(y) for y in ag.ops.rnn(np.ones((2, 1, 1)), np.zeros((1, 1)), *weights_of_a_cell()))
    for target in (two_paths(), unrolled()[0], both_results):
        data = contents(target)
        totals = {step["row"]: step["total"] for step in data["steps"] if step["kind"] != "forward"}
        assert totals == {i: row["gradient"]["text"] for i, row in enumerate(data["rows"]) if "gradient" in row}


def test_a_repetition_is_walked_step_by_step_and_each_step_has_its_row():
    loss, W = unrolled()
    data = contents(loss)
    (state,) = [card for card in data["cards"] if card["role"] == "state"]
    (gradient,) = ag.gradients(loss, [W])

    assert [step["time"] for step in data["steps"] if step["text"].startswith("v3")] == list(range(1, 13))
    assert [data["rows"][row]["name"] for row in state["rows"]][:3] == ["h0", "v3₁", "v3₂"]
    assert data["steps"][-1]["total"] == number_text(np.linalg.norm(gradient.numpy()))


def test_without_gradients_the_walk_ends_with_the_forward_pass():
    data = contents(two_paths(), grads=False)

    assert {step["kind"] for step in data["steps"]} == {"forward"}
    assert data["ways"] == {"listed": [], "counts": {}}


def test_options_of_drawings_leave_out_what_they_do_there():
    assert texts(contents(two_paths(), local=False))[-1] == "∂L/∂b += 3; so far −6 + 3 = −3"
    small = contents(two_paths(), hide=("d",))
    assert [row["name"] for row in small["rows"]] == ["a", "b", "e", "L"]
    assert "d" not in [edge["source"] for edge in small["edges"]]


# -- ways --------------------------------------------------------------------------------------------------------------


def ways_from(data, name):
    """The ways from a value, each as names and as what it brings."""
    listed, rows, steps = data["ways"]["listed"], data["rows"], data["steps"]
    found = []
    for way in listed:
        if rows[way["row"]]["name"] == name:
            names, one = [name], way
            while one["rest"] >= 0:
                names.append(rows[steps[one["step"]]["of"]]["name"])
                one = listed[one["rest"]]
            found.append((names, way["brings"]))
    return found


def test_all_ways_to_the_output_are_listed_with_their_products():
    assert ways_from(contents(two_paths()), "a") == [(["a", "e", "L"], "−6"), (["a", "d", "L"], "−2")]


def test_ways_through_arrays_add_up_to_the_gradient():
    from autograd_core.exploring.ways import ways_of
    from autograd_core.graph import Graph

    x = ag.tensor(np.array([0.5, -1.0, 2.0]), requires_grad=True)
    h = np.tanh(x)
    loss = np.sum(np.where(x > 0, h * x, x) + h**2)
    ways = ways_of(Graph([loss]), [loss.node])
    (gradient,) = ag.gradients(loss, [x])

    assert len(ways.of[x.node]) == ways.counts[x.node] == 4
    np.testing.assert_allclose(sum(way.brings for way in ways.of[x.node]), gradient.numpy(), rtol=1e-15)


def test_what_is_cut_brings_nothing_even_where_the_slope_is_infinite():
    from autograd_core.exploring.ways import ways_of
    from autograd_core.graph import Graph

    x = ag.tensor(np.array([0.0, 4.0]), requires_grad=True)
    with np.errstate(all="ignore"):
        loss = np.sum(np.where(x > 0, np.sqrt(x), 0.0))
        (way,) = ways_of(Graph([loss]), [loss.node]).of[x.node]

    assert way.brings.tolist() == [0.0, 0.25]


def test_ways_too_many_to_list_are_counted():
    x = ag.scalar(0.5, name="x")
    y = x
    for _ in range(70):
        y = y + y * 0.5
    data = contents(y)

    assert data["ways"]["counts"]["0"] == f"{2**70:,}"
    assert ways_from(data, "x") == []


# -- what is open at first ----------------------------------------------------------------------------------------------


def nested(parts):
    """Modules with five calls each, one after another."""
    x = ag.scalar(1.0, name="x")
    y = x
    for i in range(parts):
        with ag.scope(f"part{i}", "Part"):
            for _ in range(5):
                y = np.sin(y)
    return y


def open_groups(data):
    return [group["name"] for group in data["groups"] if group["id"] in data["open"]]


def test_modules_are_open_as_long_as_little_is_seen_at_once():
    assert open_groups(contents(two_paths())) == []
    assert open_groups(contents(nested(2))) == ["part0", "part1"]
    assert open_groups(contents(nested(5))) == ["part0", "part1"]  # what stands one after another fits the screen
    assert open_groups(contents(nested(5), detail="modules", expand=("part3",))) == ["part3"]


def test_a_long_record_without_modules_is_divided_into_stretches():
    y = ag.scalar(1.0, name="x")
    for i in range(1000):
        y = np.sin(y) if i % 2 else y + 0.1
    data = contents(y)
    outer = [group for group in data["groups"] if "parent" not in group]

    assert len(data["cards"]) == 1001
    assert len(outer) + sum("group" not in card for card in data["cards"]) <= 60
    assert data["groups"][0]["kind"] == "stretch"
    assert data["groups"][0]["name"].startswith("v1 … v")


def test_more_than_can_be_explored_is_refused_with_advice():
    y = ag.scalar(1.0)
    for _ in range(60_001):
        y = y + 0.1
    with pytest.raises(GradientError, match="Draw a smaller part"):
        contents(y)


# -- arrays ------------------------------------------------------------------------------------------------------------


def panel_of(array):
    data = contents(lambda x: np.sum(x * 1.0), array)
    return next(p for p in data["panels"] if p["of"] == "value" and data["rows"][p["row"]]["name"] == "x")


def test_a_small_array_is_given_whole_with_its_statistics():
    panel = panel_of(np.array([[1.0, -2.0, 0.0], [np.nan, np.inf, 4.5]]))

    assert panel["cells"] == [1.0, -2.0, 0.0, "NaN", "∞", 4.5]
    assert (panel["least"], panel["greatest"], sum(panel["counts"])) == (-2.0, 4.5, 4)
    facts = [list(fact) for fact in panel["facts"]]
    assert ["zero", "1 (16.7 %)"] in facts
    assert ["NaN", "1 (16.7 %)"] in facts


def test_a_large_matrix_shows_the_largest_element_of_each_block():
    array = np.zeros((200, 300))
    array[17, 123] = -3.0
    panel = panel_of(array)

    assert len(panel["cells"]) <= 4096
    high, wide = panel["block"]
    at = (17 // high) * panel["columns"] + 123 // wide
    assert {i: x for i, x in enumerate(panel["cells"]) if x} == {at: -3.0}


def test_of_many_slices_the_first_are_given():
    panel = panel_of(np.arange(2.0 * 8 * 24 * 24).reshape(2, 8, 24, 24))

    assert (panel["slices"], panel["of_slices"]) == (7, 16)
    assert panel["cells"][24] == 24.0


# -- the page ----------------------------------------------------------------------------------------------------------


def written(target, tmp_path, **options):
    return ag.explore(target, path=tmp_path / "page.html", **options).read_text(encoding="utf-8")


def test_draw_and_explore_write_the_same_page(tmp_path):
    ag.draw(two_paths()).save(tmp_path / "drawn.html")

    assert written(two_paths(), tmp_path) == (tmp_path / "drawn.html").read_text(encoding="utf-8")


def test_a_part_of_a_drawing_is_a_page_of_that_part(tmp_path):
    path = ag.draw(two_paths()).path("a", "d").save(tmp_path / "part.html")
    data = json.loads(re.search(r'id="data">(.*?)</script>', path.read_text(encoding="utf-8"))[1])

    assert [card["name"] for card in data["cards"]] == ["a", "d"]
    assert [row["name"] for row in data["rows"]] == ["a", "d"]


def test_a_page_may_run_its_own_scripts_and_nothing_else(tmp_path):
    text = written(two_paths(), tmp_path)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    parts = [
        part
        for tag in ("style", "script")
        for part in re.findall(rf"<{tag}(?: type=\"module\")?>(.*?)</{tag}>", text, re.S)
    ]
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'" for part in parts]

    assert policy == (
        f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]} {hashes[2]} 'wasm-unsafe-eval'; "
        f"base-uri 'none'; form-action 'none'"
    )


def test_names_cannot_leave_the_data(tmp_path):
    name = "</script><script>alert(1)</script>&<!--\u2028"
    text = written(named(ag.scalar(1.0) * 2.0, name), tmp_path, title=name)
    data = json.loads(re.search(r'id="data">(.*?)</script>', text)[1])

    assert text.count("<script") == 3
    assert "alert(1)</script>" not in text
    assert html.unescape(re.search("<title>(.*?)</title>", text, re.S)[1]) == data["title"]


def test_a_page_is_the_same_for_the_same_record():
    assert page_of(contents(two_paths())) == page_of(contents(two_paths()))


def test_graphviz_is_the_one_of_the_manifest():
    assert sums() == manifest()["sha256"]


# -- colours -----------------------------------------------------------------------------------------------------------

# that flows stay apart for colour-blind eyes is tested of the palettes, with the other drawings
MARKS = re.findall(r"--(mark|focus): light-dark\((#\w{6}), (#\w{6})\)", STYLE)
THEME = pytest.mark.parametrize("theme", THEMES)


def color(name, theme):
    marks = {name: {"light": light, "dark": dark} for name, light, dark in MARKS}
    text = marks[name][theme] if name in marks else tokens(THEMES[theme])[name]
    return np.array(channels(text)) / 255


def linear(rgb):
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2: the ratio of luminances."""
    low, high = sorted(0.05 + linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other))
    return high / low


@THEME
def test_every_text_has_contrast_on_every_fill(theme):
    roles = THEMES[theme].fills
    grounds = ("page", "frame", *roles)
    pairs = [(ink, ground) for ink in ("ink", "muted", "forward", "backward", "local", "alarm") for ground in grounds]
    pairs += [(f"{role}-line", role) for role in roles if role not in ("op", "module")]
    pairs += [("alarm", "alarm-fill"), ("ink", "alarm-fill")]
    found = {pair: contrast(*[color(name, theme) for name in pair]) for pair in pairs}

    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


@THEME
def test_what_can_be_focused_or_marked_stands_out(theme):
    for name in ("focus", "module-line"):
        assert contrast(color(name, theme), color("page", theme)) > 3, name
