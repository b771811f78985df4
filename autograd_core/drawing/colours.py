"""The colours of pictures: one palette a theme, read by every writer.

Every colour of text has a contrast of at least 4.5:1 on every fill that it stands on (WCAG 2.2, AA), and the three flows
stay apart for eyes that do not tell red from green. What a colour says is said by a word or the form of an arrow, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as "#RRGGBB".

    page, frame          what everything stands on; what the cards of a module stand on
    ink, muted           text, and text that is less important
    forward, backward    values on their way, gradients on their way back
    local                local derivatives, and rules that pull a gradient back
    alarm, alarm_fill    what is wrong: its text, and what that stands on; `alarm_line` on the way it spreads
    measure              bars that compare memory or time
    line, frame_line     edges of labels and of frames; `loop_line` of those that are drawn once and run several times
    track                what bars stand on
    zero, negative, positive, undefined    the cells of a heat map; `undefined_word` names the last
    fills, accents       by role: what a card is filled with, and its line and the word for its role
    """

    page: str
    frame: str
    ink: str
    muted: str
    forward: str
    backward: str
    local: str
    alarm: str
    alarm_fill: str
    alarm_line: str
    measure: str
    line: str
    frame_line: str
    loop_line: str
    track: str
    zero: str
    negative: str
    positive: str
    undefined: str
    undefined_word: str
    fills: Mapping[str, str]
    accents: Mapping[str, str]

    def tinted(self, color: str, part: float) -> str:
        """A colour mixed with that of the page: the page's own for 0, the colour itself for 1."""
        return mixed(self.page, color, part)

    def shade(self, x: float, top: float) -> str:
        """The colour of a cell of a heat map whose largest number is `top`."""
        if not math.isfinite(x):
            return self.undefined
        return mixed(self.zero, self.positive if x > 0 else self.negative, abs(x) / top if top else 0.0)


def mixed(one: str, other: str, part: float) -> str:
    """Two colours mixed: the first for 0, the second for 1."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02X}" for a, b in pairs)


def channels(color: str) -> tuple[int, ...]:
    """Red, green and blue, from 0 to 255."""
    return tuple([int(color[i : i + 2], 16) for i in (1, 3, 5)])


LIGHT = Palette(
    page="#FFFFFF", frame="#F8FAFC", ink="#1F2937", muted="#4B5563",
    forward="#0067A3", backward="#B23A0B", local="#00735C", alarm="#991B1B", alarm_fill="#FEE2E2", alarm_line="#991B1B",
    measure="#6D28D9",
    line="#D1D5DB", frame_line="#CBD5E1", loop_line="#64748B", track="#EEF0F3",
    zero="#FFFFFF", negative="#0072B2", positive="#D55E00", undefined="#111827", undefined_word="black",
    fills={
        "input": "#E3F1FB", "param": "#FFF1D6", "const": "#F3F4F6", "output": "#F8E4EF", "op": "#FFFFFF",
        "state": "#E4F4EE", "module": "#FFFFFF", "cut": "#FFFFFF",
    },
    accents={
        "input": "#1D6B9F", "param": "#8A5A00", "const": "#4B5563", "output": "#9B2C6B", "op": "#9CA3AF",
        "state": "#1B6E58", "module": "#64748B", "cut": "#991B1B",
    },
)  # fmt: skip

DARK = Palette(
    page="#0F172A", frame="#162033", ink="#F1F5F9", muted="#B4BFCD",
    forward="#6CC0F0", backward="#FDA35C", local="#46DDA4", alarm="#FCA5A5", alarm_fill="#571A1F", alarm_line="#F43F5E",
    measure="#C4B5FD",
    line="#475569", frame_line="#334155", loop_line="#94A3B8", track="#2B3A50",
    zero="#0B1220", negative="#56B4E9", positive="#F97316", undefined="#F8FAFC", undefined_word="white",
    fills={
        "input": "#12324A", "param": "#43300F", "const": "#273142", "output": "#451C36", "op": "#1E293B",
        "state": "#123A30", "module": "#1E293B", "cut": "#1E293B",
    },
    accents={
        "input": "#7CC4F0", "param": "#F2B544", "const": "#B4BFCD", "output": "#F0A3CF", "op": "#64748B",
        "state": "#5FD3AE", "module": "#94A3B8", "cut": "#FCA5A5",
    },
)  # fmt: skip

THEMES: dict[str, Palette] = {"light": LIGHT, "dark": DARK}
