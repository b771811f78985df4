"""The explorer's pages in a real browser: what is seen, by keyboard and pointer, without a network."""

import numpy as np
import pytest

import autograd_core as ag
from tests.browsers import Pages, chromium
from tests.test_explorer import named, two_paths


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
