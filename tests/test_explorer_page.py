"""The explorer's pages in a real browser: what is seen, by keyboard and pointer, without a network."""

from collections import OrderedDict

import numpy as np
import pytest

import autograd_core as ag
import nn
from tests.browsers import Pages, chromium
from tests.test_explorer import named, two_paths, unrolled


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def pages(browser, tmp_path):
    opened = Pages(browser, tmp_path)
    yield opened
    opened.close()


def card(page, name):
    """The card of a value."""
    return page.locator(".card").filter(has=page.locator(f'.name:text-is("{name}")'))


def shown(page, name):
    """What the card of a number says: value, gradient, and its sum."""
    lines = card(page, name).locator("b, .sum").all_inner_texts()
    return [text for text in lines if text.strip()]


def caption(page):
    return page.locator("#caption").inner_text()


def settle(page):
    """Let the page draw what it was told."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


# -- the walk ----------------------------------------------------------------------------------------------------------


def test_a_page_opens_with_everything_computed(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"))

    assert page.title() == "L = d × e"
    assert shown(page, "a") == ["3", "−8", "= −6 − 2"]
    assert page.locator(".bead").all_inner_texts()[0] == "∂d/∂a = b = −2\n1 × (−2) = −2"


def test_arrow_keys_step_forward_then_back_and_the_sum_is_written_as_it_grows(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"))
    press(page, "Home")
    assert shown(page, "a") == ["3"]
    assert "unknown" in card(page, "d").get_attribute("class")

    press(page, "ArrowRight")
    assert (caption(page), shown(page, "d")) == ("d = a × b = 3 × (−2) = −6", ["−6"])

    press(page, *["ArrowRight"] * 6)
    assert caption(page) == "∂L/∂a += ∂L/∂e · ∂e/∂a = −6 × 1 = −6"
    assert shown(page, "a") == ["3", "−6"]
    assert card(page, "a").get_attribute("aria-current") == "step"

    press(page, "ArrowRight", "ArrowRight")
    assert caption(page).endswith("= −2; so far −6 − 2 = −8")
    assert shown(page, "a") == ["3", "−8", "= −6 − 2"]

    press(page, "ArrowLeft", "ArrowLeft")
    assert shown(page, "a") == ["3", "−6"]
    press(page, "End")
    assert caption(page).startswith("all is computed, 3 steps forward and 7 back")


def test_space_plays_and_the_slider_goes_anywhere(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"))
    press(page, "Space")
    assert page.locator("#play").inner_text() == "❚❚ pause"
    assert page.locator("#count").inner_text() == "0 / 10"
    press(page, "Space")
    assert page.locator("#play").inner_text() == "▶ play"

    page.locator("#step").fill("3")
    assert caption(page) == "L = d × e = −6 × 1 = −6"


# -- details, finding, themes -------------------------------------------------------------------------------------------


def test_details_are_shown_for_what_is_pointed_at_focused_or_clicked(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"))
    side = page.locator("#side")
    card(page, "b").hover()
    assert side.locator("h2").inner_text() == "b"

    card(page, "a").click()
    card(page, "b").hover()
    assert side.locator("h2").inner_text() == "a"
    assert "its gradient: the sum over 2 uses" in side.inner_text()
    assert [row.split("\t") for row in side.locator("table").nth(1).inner_text().splitlines()] == [
        ["by way of e", "−6 × 1 = −6"],
        ["by way of d", "1 × (−2) = −2"],
    ]
    press(page, "Escape")
    card(page, "L").focus()
    assert side.locator("h2").inner_text() == "L"


def test_ways_to_the_output_are_listed_with_their_products(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"))
    card(page, "a").click()
    page.locator("#ways summary").click()

    assert page.locator("#ways li").all_inner_texts() == ["a → e → L\n1 × (−6) = −6", "a → d → L\n(−2) × 1 = −2"]
    page.locator("#ways li").first.hover()
    assert {g.get_attribute("data-edge") for g in page.locator("g.way").all()} == {"e4_0", "e5_1"}


def test_slash_finds_and_enter_goes_on(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"))
    press(page, "/")
    page.keyboard.type("output")
    assert page.locator(".match .name").all_inner_texts() == ["L"]
    press(page, "Enter")
    assert page.locator("#side h2").inner_text() == "L"
    press(page, "Escape")
    assert page.locator(".finding").count() == 0


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_theme_is_that_of_the_system_until_d_is_pressed(pages, tmp_path):
    path = ag.explore(two_paths(), path=tmp_path / "p.html")
    page, dark = pages.open(path), pages.open(path, dark=True)
    assert (background(page), background(dark)) == ("rgb(255, 255, 255)", "rgb(15, 23, 42)")

    press(page, "d")
    press(dark, "d")
    assert (background(page), background(dark)) == ("rgb(15, 23, 42)", "rgb(255, 255, 255)")


def test_everything_can_be_reached_with_the_tab_key_and_has_a_name(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"))
    labels = []
    for _ in range(30):
        press(page, "Tab")
        labels.append(
            page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText")
        )
        if labels[-1] == "step":
            break

    assert labels[0] == "Skip the graph"
    assert "a, input, value 3, gradient −8" in labels
    assert "d = a × b, operation, value −6, gradient 1" in labels
    assert labels[-1] == "step"
    assert "" not in labels


def test_a_narrow_screen_needs_no_sideways_scrolling(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"), width=360, height=740)

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for id in ("next", "play", "step", "find", "theme"):
        box = page.locator(f"#{id}").bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 360, id


@pytest.mark.parametrize(("width", "height"), [(640, 360), (320, 256)], ids=["200 %", "400 %"])
def test_nothing_covers_the_drawing_on_a_page_that_is_enlarged(width, height, pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"), width, height)
    stage = page.locator("#stage").bounding_box()

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert stage["height"] > 0.8 * height
    assert page.locator("footer").bounding_box()["y"] >= stage["y"] + stage["height"]
    details = page.locator("aside h2")
    details.scroll_into_view_if_needed()
    assert 0 <= details.bounding_box()["y"] < height


def test_wheel_drag_and_0_move_the_graph(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"))
    start = card(page, "a").bounding_box()
    page.mouse.move(40, 600)
    page.mouse.down()
    page.mouse.move(140, 560, steps=3)
    page.mouse.up()
    moved = card(page, "a").bounding_box()
    assert (moved["x"] - start["x"], moved["y"] - start["y"]) == pytest.approx((100, -40), abs=2)

    page.mouse.wheel(0, -400)
    settle(page)
    assert card(page, "a").bounding_box()["width"] > start["width"] * 1.5
    press(page, "0")
    settle(page)
    assert card(page, "a").bounding_box() == start


def test_without_webassembly_the_record_is_there_as_a_table(pages, tmp_path):
    path = ag.explore(two_paths(), path=tmp_path / "p.html")
    page = pages.open(path, before="delete globalThis.WebAssembly")
    assert "the record is in the table" in page.locator("#remarks").inner_text()

    page.locator("#table").get_by_role("button", name="b").click()
    press(page, "ArrowLeft", "ArrowLeft")
    assert page.locator("#side h2").inner_text() == "b"
    assert page.locator("#table tr.now").inner_text().split("\t")[1] == "a"
    assert all("WebAssembly is not defined" in pages.complaints.pop() for _ in range(2))  # Graphviz's own


def test_without_javascript_the_page_says_what_it_needs(pages, tmp_path):
    path = ag.explore(two_paths(), path=tmp_path / "p.html")
    with pages.browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(path.as_uri())

        assert page.locator("noscript").is_visible()
        assert "drawn by JavaScript, which is switched off" in page.locator("noscript").inner_text()


# -- safety ------------------------------------------------------------------------------------------------------------

NAMES = ["</script><script>bad=1</script>", "<img src=x onerror=bad()>", "\"'&amp;\\", "مرحبا", "🐍🦋", "{{data}}"]


def test_names_are_shown_as_text_and_nothing_of_them_is_run(pages, tmp_path):
    x = ag.tensor(np.ones(3), requires_grad=True, name=NAMES[0])
    with ag.scope(NAMES[1], NAMES[2]):
        y = named(x * 2.0, NAMES[2])
        for name in NAMES[3:]:
            y = named(np.sin(y), name)
    page = pages.open(ag.explore(np.sum(y), path=tmp_path / "p.html", title=NAMES[0]))
    card(page, NAMES[2].replace("\\", "\\\\").replace('"', '\\"')).click()
    press(page, "t", "Home", "ArrowRight")

    assert page.evaluate("window.bad") is None
    assert page.locator("img").count() == 0
    assert page.locator("#title").inner_text() == NAMES[0]
    assert set(page.locator(".card .name").all_inner_texts()) >= {NAMES[0], *NAMES[2:]}


# -- modules -----------------------------------------------------------------------------------------------------------


def lenet():
    """The loss of LeNet-5 on one image, as a function of the image, and the image."""
    nn.manual_seed(0)
    features = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)
    )
    classifier = nn.Sequential(
        nn.Flatten(), nn.Linear(256, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)
    )
    model = nn.Sequential(OrderedDict(features=features, classifier=classifier))
    image = np.random.default_rng(0).normal(size=(1, 1, 28, 28)).astype(np.float32)
    return lambda image: nn.functional.cross_entropy(model(image), np.array([3])), image


def test_modules_open_and_shut_by_pointer_and_by_keyboard(pages, tmp_path):
    function, image = lenet()
    page = pages.open(ag.explore(function, image, path=tmp_path / "p.html", detail="modules"))
    (box,) = page.locator(".card.module").all()
    assert "44,426 parameters" in box.inner_text()
    assert box.get_attribute("aria-expanded") == "false"

    box.click()
    assert page.locator(".card.module .name").all_inner_texts() == ["features", "classifier"]
    page.locator(".card.module").last.focus()
    press(page, "Enter")
    assert page.locator(".head b").all_inner_texts() == ["Sequential", "classifier"]
    assert page.evaluate("document.activeElement.innerText").startswith("▾ classifier")

    press(page, "Enter")
    assert page.locator(".card.module .name").all_inner_texts() == ["features", "classifier"]
    page.locator("#shut").click()
    assert page.locator(".card.module").count() == 1


def test_the_walk_goes_through_shut_modules(pages, tmp_path):
    function, image = lenet()
    page = pages.open(ag.explore(function, image, path=tmp_path / "p.html", detail="modules"))
    press(page, "Home", *["ArrowRight"] * 3)

    assert "3 of 12 operations" in page.locator(".card.module.now").inner_text()
    assert "max_pool" in caption(page)


def test_what_is_found_in_a_shut_module_opens_it(pages, tmp_path):
    function, image = lenet()
    page = pages.open(ag.explore(function, image, path=tmp_path / "p.html", detail="modules"))
    press(page, "/")
    page.keyboard.type("max_pool")
    assert page.locator("#found").inner_text() == "2 found"
    press(page, "Enter", "Enter")

    assert page.locator("#found").inner_text() == "2 of 2"
    assert "max_pool" in page.locator(".card.chosen").inner_text()


def test_a_long_record_opens_as_stretches(pages, tmp_path):
    def long(x):
        for i in range(5_000):
            x = np.sin(x) if i % 2 else x + 0.1
        return x

    page = pages.open(ag.explore(long, 1.0, path=tmp_path / "p.html"))
    assert page.locator("#count").inner_text() == "10,001 / 10,001"
    assert page.locator(".card").count() < 60

    press(page, "t")
    assert page.locator(".turner").inner_text().split("\n")[1] == "1 to 400 of 5,001 values"
    page.locator("#step").fill("2500")
    assert page.locator("#table tr.now td").first.inner_text() == "2501"
    assert page.locator(".card.module.now .note").all_inner_texts()[0].endswith(" operations")
    page.locator(".card.module.now").click()
    assert page.locator(".card.now").count() == 1


# -- arrays, repetitions, the table, links -----------------------------------------------------------------------------


def test_an_array_can_be_looked_into_and_its_elements_picked(pages, tmp_path):
    x = ag.tensor(np.arange(6.0).reshape(2, 3), requires_grad=True, name="x")
    page = pages.open(ag.explore(np.sum(x**2), path=tmp_path / "p.html"))
    card(page, "x").click()
    picture = page.locator("#arrays canvas").first
    picture.focus()
    press(page, "ArrowDown", "ArrowRight")
    assert page.locator(".pick").inner_text() == "x[1, 1]: value 4, gradient 8"

    box = picture.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3)
    assert page.locator(".pick").inner_text() == "x[1, 2]: value 5, gradient 10"
    assert (
        page.locator(".histogram")
        .first.get_attribute("aria-label")
        .startswith("histogram: elements 6, least 0, mean 2.5")
    )


def test_a_slider_goes_through_the_steps_of_a_repetition(pages, tmp_path):
    loss, _ = unrolled()
    page = pages.open(ag.explore(loss, path=tmp_path / "p.html"))
    state = page.locator(".card.state")
    at_the_end = state.locator("b").all_inner_texts()
    page.locator("#time").fill("1")

    assert page.locator("#now").inner_text() == "1 / 12"
    first = state.locator("b").all_inner_texts()
    assert first == ["2.828", "–"]  # the norm of h0, which needs no gradient
    page.locator("#time").fill("2")
    assert float(state.locator("b").all_inner_texts()[1].replace("−", "-")) < float(at_the_end[1])

    page.locator("#play").focus()
    press(page, "Home", *["ArrowRight"] * 3)
    assert page.locator("#now").inner_text() == "1 / 12"
    press(page, "ArrowRight")
    assert (page.locator("#now").inner_text(), caption(page)) == ("2 / 12", "v1₂ = v3₁ @ W: 2×4, norm 1.182")


def test_the_table_is_linked_with_the_graph(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"))
    press(page, "t")
    rows = page.locator("#table tbody tr")
    assert rows.first.inner_text().split("\t")[:6] == ["1", "a", "", "", "3", "−8"]

    rows.nth(3).get_by_role("button").click()
    assert page.locator(".card.chosen .name").inner_text() == "e"
    page.locator("#step").fill("2")
    assert page.locator("#table tr.now").inner_text().split("\t")[1:6] == ["e", "a + b", "", "1", ""]


def test_heat_shows_how_large_gradients_are(pages, tmp_path):
    page = pages.open(ag.explore(two_paths(), path=tmp_path / "p.html"))
    press(page, "g")
    parts = "(bar) => bar.offsetWidth / bar.parentElement.offsetWidth"
    widths = {name: round(card(page, name).locator(".heat i").evaluate(parts), 1) for name in "adL"}

    assert widths["a"] > widths["d"] == widths["L"] > 0
    assert page.locator("#heat").get_attribute("aria-pressed") == "true"


def test_a_link_leads_to_the_same_place(pages, tmp_path):
    path = ag.explore(two_paths(), path=tmp_path / "p.html")
    page = pages.open(path)
    card(page, "b").click()
    page.locator("#step").fill("8")
    place = page.evaluate("location.hash")
    assert place == "#node=2&step=8"

    other = pages.open(path, place=place)
    assert other.locator("#side h2").inner_text() == "b"
    assert caption(other) == caption(page) == "∂L/∂b += ∂L/∂e · ∂e/∂b = −6 × 1 = −6"
    pages.open(path, place="#node=99&step=x&t=1e9&open=nothing")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_transformer_layer_is_explored(pages, tmp_path, dark):
    nn.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
    x = np.random.default_rng(0).normal(size=(1, 3, 8)).astype(np.float32)
    page = pages.open(ag.explore(lambda x: np.mean(layer(x) ** 2), x, path=tmp_path / "p.html"), dark=dark)
    card(page, "x").click()

    words = page.locator("#ways summary").inner_text()
    assert words.endswith("ways to the output")
    assert int(words.split()[0]) == page.locator("#ways li").count()
