"""What is asked of a drawing besides the graph itself: what the user calls things, and how the picture is to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..debugging.cuts import Cut
from ..errors import GradientError
from ..recording import Node
from .colours import THEMES

DETAILS = ("auto", "full", "compact", "modules", "numbers")
DIRECTIONS = ("LR", "TB", "RL", "BT")
HEATS = ("grad", "value", "bytes", "time")


@dataclass(frozen=True)
class Wishes:
    """The options of a drawing, checked, and what its target tells of itself.

    names     what values are called by others than themselves
    inputs    the arguments of the function that is drawn
    cuts      where debugging has found that a gradient is cut
    lost      values that want a gradient and get none
    unrecorded  calls under no_grad of what wants one
    remarks   what debugging has to say
    pinned    names on cards that are settled already
    moved     where calls were left out or taken apart, the nodes of the graph before -> what stands for them
    """

    names: Mapping[Node, str] = field(default_factory=dict)
    inputs: frozenset[Node] = frozenset()
    title: str | None = None
    rankdir: str = "LR"
    theme: str = "light"
    legend: bool = True
    grads: bool | str = "auto"
    local: bool | str = "auto"
    max_nodes: int = 300
    fold: bool | str = "auto"
    detail: str = "auto"
    expand: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    heat: str | None = None
    cuts: tuple[Cut, ...] = ()
    lost: frozenset[Node] = frozenset()
    unrecorded: frozenset[Node] = frozenset()
    remarks: tuple[str, ...] = ()
    pinned: Mapping[Node, str] = field(default_factory=dict)
    moved: Mapping[Node, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("grads", "local", "fold"):
            if getattr(self, name) not in ("auto", True, False):
                raise GradientError(f'{name}={getattr(self, name)!r} is none: use "auto", True or False')
        if self.legend not in (True, False):
            raise GradientError(f"legend={self.legend!r} is none: use True or False")
        if type(self.max_nodes) is not int or self.max_nodes < 1:
            raise GradientError(f"max_nodes={self.max_nodes!r} is none: give a whole number from 1 on")
        if not isinstance(self.title, (str, type(None))):
            raise GradientError(f"title={self.title!r} is none: give a text")
        if self.heat is not None and self.heat not in HEATS:
            raise GradientError(f"heat={self.heat!r} is none: use one of {', '.join(HEATS)}")
        if self.detail not in DETAILS:
            raise GradientError(f"detail={self.detail!r} is none: use one of {', '.join(DETAILS)}")
        if self.rankdir not in DIRECTIONS:
            raise GradientError(f"rankdir={self.rankdir!r} is no direction: use one of {', '.join(DIRECTIONS)}")
        if self.theme not in THEMES:
            raise GradientError(f"theme={self.theme!r} is none: use one of {', '.join(THEMES)}")

    @property
    def may_have_boxes(self) -> bool:
        """Whether modules may be boxes."""
        return self.detail in ("auto", "modules")

    def too_many(self, count: int) -> GradientError:
        """The error for so many values."""
        return GradientError(
            f"this graph has {count:,} values to draw, and max_nodes is {self.max_nodes:,}. Draw a smaller part: the loss of "
            f"one example, a value nearer to the inputs, or ag.draw(..., max_nodes={count}) and of that .around(value) or "
            f".path(first, last)"
        )
