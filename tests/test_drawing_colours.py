"""Colours: every text can be read on what it stands on, in both themes, and the flows stay apart for every eye."""

import itertools
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.drawing.colours import THEMES, channels
from autograd_core.errors import GradientError

ENOUGH = 4.5  # WCAG 2.2, AA


def linear(colour):
    """Red, green and blue as light, from 0 to 1."""
    parts = [part / 255 for part in channels(colour)]
    return np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts])


def contrast(one, other):
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def pictures(theme):
    """Drawings with every kind of card, edge and line of text."""
    a, b = ag.scalar(3.0, name="a"), ag.scalar(-2.0, name="b")
    yield ag.draw(ag.ops.relu(-a * b) * b + ag.log(b), theme=theme, title="numbers")
    nn.manual_seed(0)
    x = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 2))
    for heat in (None, "grad", "bytes"):
        yield ag.draw(lambda x: np.sum(model(x) ** 2), x, theme=theme, heat=heat, title="arrays")
    yield ag.draw(lambda x: np.sum(model(x) ** 2), x, theme=theme, detail="modules")
    w, h = ag.tensor(0.3 * np.ones((2, 2)), requires_grad=True, name="w"), ag.tensor(np.ones((2, 2)), name="h")
    for _ in range(9):
        h = np.tanh(h @ w)
    yield ag.draw(h, theme=theme)
    yield ag.draw(h, theme=theme, fold=False)
    v = ag.tensor([0.0, 4.0], requires_grad=True, name="v")
    with np.errstate(divide="ignore"):
        yield ag.draw(np.sum(np.sqrt(v)), theme=theme)
    yield ag.draw(ag.why_no_grad(lambda: np.sum(v.numpy() * np.floor(v)), v), theme=theme)


def runs(element, fill):
    """The texts of a label, each with its colour and what it stands on."""
    fill = element.get("BGCOLOR", fill)
    if element.tag == "FONT":
        yield "".join(element.itertext()), element.get("COLOR"), fill
    for child in element:
        yield from runs(child, fill)


def labels(source):
    """The HTML-like labels of a DOT text."""
    found = [re.search(r"label=<(.*)>(?= \w+=|\]|$)", line) for line in source.replace("\t", "").splitlines()]
    return [ElementTree.fromstring(match[1]) for match in found if match]


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_of_a_picture_has_enough_contrast_to_what_it_stands_on(theme):
    colours = THEMES[theme]
    seen = set()
    for picture in pictures(theme):
        assert picture.document.theme == theme
        assert f'bgcolor="{colours.page}"' in picture.source
        for label, page in itertools.product(labels(picture.source), (colours.page, colours.frame)):
            for text, colour, fill in runs(label, page):
                assert contrast(colour, fill) >= ENOUGH, (text, colour, fill)
                seen |= {colour, fill}

    texts = (colours.ink, colours.muted, colours.forward, colours.backward, colours.local, colours.alarm)
    roles = ("input", "param", "const", "output", "op", "state", "cut")
    assert {*texts, colours.measure, colours.alarm_fill, *[colours.fills[role] for role in roles]} <= seen


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_would_have_enough_contrast_on_every_fill(theme):
    colours = THEMES[theme]
    texts = ("ink", "muted", "forward", "backward", "local", "alarm", "measure")
    for fill in (*colours.fills.values(), colours.page, colours.frame, colours.alarm_fill):
        assert min(contrast(getattr(colours, text), fill) for text in texts) >= ENOUGH
    for role in colours.fills.keys() - {"op"}:  # whose word is not written
        assert contrast(colours.accents[role], colours.fills[role]) >= ENOUGH


# Viénot, Brettel and Mollon 1999, on linear light
EYES = {
    "usual": np.eye(3),
    "no red cones": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "no green cones": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


def lab(light):
    """Linear light in CIE L*a*b*, in which distances are those that eyes see; about 2 is just noticed."""
    rgb_to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(rgb_to_xyz @ np.clip(light, 0, 1) / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eye", EYES)
def test_flows_and_signs_stay_apart_for_eyes_that_do_not_tell_red_from_green(theme, eye):
    colours = THEMES[theme]
    pairs = [(colours.forward, colours.backward), (colours.negative, colours.positive)]
    pairs += [(colours.local, colours.backward), (colours.local, colours.forward)]
    for one, other in pairs:
        assert np.linalg.norm(lab(EYES[eye] @ linear(one)) - lab(EYES[eye] @ linear(other))) >= 20


@pytest.mark.parametrize("theme", THEMES)
def test_a_heat_map_goes_from_one_colour_by_way_of_the_cards_own_to_the_other(theme):
    colours = THEMES[theme]

    assert colours.shade(0.0, 2.0) == colours.zero == colours.shade(0.0, 0.0)
    assert colours.shade(-2.0, 2.0) == colours.negative
    assert colours.shade(2.0, 2.0) == colours.positive
    assert colours.shade(np.nan, 2.0) == colours.shade(np.inf, 2.0) == colours.undefined


def test_an_unknown_theme_is_refused():
    with pytest.raises(GradientError, match="theme='sepia' is none: use one of light, dark"):
        ag.draw(ag.scalar(1.0) * 2.0, theme="sepia")
