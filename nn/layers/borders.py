"""Layers that put borders around their inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import functional as F
from ..errors import SettingError
from ..module import Module
from ..settings import number, whole

__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d",
    "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
]  # fmt: skip


class Border(Module):
    """The input with borders around its last axes. Abstract: a subclass says how many, and of what.

    padding   one number for all sides; or before and after the last axis, then before and after the one before it, and so
              on. A negative number takes elements away
    """

    axes: int
    mode = "constant"

    def __init__(self, padding: int | Sequence[int]) -> None:
        what, sides = f"{type(self).__name__}: padding", 2 * self.axes
        given = tuple(padding) if isinstance(padding, Sequence) else (padding,) * sides
        if len(given) != sides:
            raise SettingError(
                f"{what} is {padding}: give one number, or {sides}: before and after each axis, the last first"
            )
        self.padding = tuple([whole(side, what, float("-inf")) for side in given])

    def forward(self, x: Any) -> Any:
        return F.pad(x, self.padding, self.mode)

    def extra_repr(self) -> str:
        return str(self.padding)


class ConstantBorder(Border):
    """Borders of one number. Abstract."""

    def __init__(self, padding: int | Sequence[int], value: float) -> None:
        super().__init__(padding)
        self.value = number(value, f"{type(self).__name__}: value")

    def forward(self, x: Any) -> Any:
        return F.pad(x, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(ConstantBorder):
    """Borders of one number around the last axis.

    x: (..., L)   padding: n, or (left, right)   returns (..., L')

    >>> import nn, numpy as np
    >>> nn.ConstantPad1d(1, 7.0)(np.array([1.0, 2.0, 3.0])).tolist()
    [7.0, 1.0, 2.0, 3.0, 7.0]
    """

    axes = 1


class ConstantPad2d(ConstantBorder):
    """Borders of one number around the last two axes.

    x: (..., H, W)   padding: n, or (left, right, top, bottom)   returns (..., H', W')

    >>> import nn, numpy as np
    >>> nn.ConstantPad2d((1, 2, 0, 0), 7.0)(np.ones((1, 3, 3))).shape
    (1, 3, 6)
    """

    axes = 2


class ConstantPad3d(ConstantBorder):
    """Borders of one number around the last three axes.

    x: (..., D, H, W)   padding: n, or (left, right, top, bottom, front, back)   returns (..., D', H', W')

    >>> import nn, numpy as np
    >>> nn.ConstantPad3d(1, 7.0)(np.ones((1, 2, 3, 4))).shape
    (1, 4, 5, 6)
    """

    axes = 3


class ZeroPad1d(Border):
    """Borders of zeros around the last axis.

    x: (..., L)   padding: n, or (left, right)   returns (..., L')

    >>> import nn, numpy as np
    >>> nn.ZeroPad1d(1)(np.array([1.0, 2.0, 3.0])).tolist()
    [0.0, 1.0, 2.0, 3.0, 0.0]
    """

    axes = 1


class ZeroPad2d(Border):
    """Borders of zeros around the last two axes.

    x: (..., H, W)   padding: n, or (left, right, top, bottom)   returns (..., H', W')

    >>> import nn, numpy as np
    >>> nn.ZeroPad2d((1, 2, 0, 0))(np.ones((1, 3, 3))).shape
    (1, 3, 6)
    """

    axes = 2


class ZeroPad3d(Border):
    """Borders of zeros around the last three axes.

    x: (..., D, H, W)   padding: n, or (left, right, top, bottom, front, back)   returns (..., D', H', W')

    >>> import nn, numpy as np
    >>> nn.ZeroPad3d(1)(np.ones((1, 2, 3, 4))).shape
    (1, 4, 5, 6)
    """

    axes = 3


class ReflectionPad1d(Border):
    """Borders around the last axis that mirror it at its first and last element.

    x: (..., L)   padding: n, or (left, right)   returns (..., L')
    Raises ShapeError where a border is not shorter than its axis.

    >>> import nn, numpy as np
    >>> nn.ReflectionPad1d(1)(np.array([1.0, 2.0, 3.0])).tolist()
    [2.0, 1.0, 2.0, 3.0, 2.0]
    """

    axes, mode = 1, "reflect"


class ReflectionPad2d(Border):
    """Borders around the last two axes that mirror them at their first and last elements.

    x: (..., H, W)   padding: n, or (left, right, top, bottom)   returns (..., H', W')
    Raises ShapeError where a border is not shorter than its axis.

    >>> import nn, numpy as np
    >>> nn.ReflectionPad2d((1, 2, 0, 0))(np.ones((1, 3, 3))).shape
    (1, 3, 6)
    """

    axes, mode = 2, "reflect"


class ReflectionPad3d(Border):
    """Borders around the last three axes that mirror them at their first and last elements.

    x: (..., D, H, W)   padding: n, or (left, right, top, bottom, front, back)   returns (..., D', H', W')
    Raises ShapeError where a border is not shorter than its axis.

    >>> import nn, numpy as np
    >>> nn.ReflectionPad3d(1)(np.ones((1, 2, 3, 4))).shape
    (1, 4, 5, 6)
    """

    axes, mode = 3, "reflect"


class ReplicationPad1d(Border):
    """Borders around the last axis that repeat its first and last element.

    x: (..., L)   padding: n, or (left, right)   returns (..., L')

    >>> import nn, numpy as np
    >>> nn.ReplicationPad1d(1)(np.array([1.0, 2.0, 3.0])).tolist()
    [1.0, 1.0, 2.0, 3.0, 3.0]
    """

    axes, mode = 1, "replicate"


class ReplicationPad2d(Border):
    """Borders around the last two axes that repeat their first and last elements.

    x: (..., H, W)   padding: n, or (left, right, top, bottom)   returns (..., H', W')

    >>> import nn, numpy as np
    >>> nn.ReplicationPad2d((1, 2, 0, 0))(np.ones((1, 3, 3))).shape
    (1, 3, 6)
    """

    axes, mode = 2, "replicate"


class ReplicationPad3d(Border):
    """Borders around the last three axes that repeat their first and last elements.

    x: (..., D, H, W)   padding: n, or (left, right, top, bottom, front, back)   returns (..., D', H', W')

    >>> import nn, numpy as np
    >>> nn.ReplicationPad3d(1)(np.ones((1, 2, 3, 4))).shape
    (1, 4, 5, 6)
    """

    axes, mode = 3, "replicate"


class CircularPad1d(Border):
    """Borders around the last axis that go on at the other end.

    x: (..., L)   padding: n, or (left, right)   returns (..., L')
    Raises ShapeError where a border is longer than its axis.

    >>> import nn, numpy as np
    >>> nn.CircularPad1d(1)(np.array([1.0, 2.0, 3.0])).tolist()
    [3.0, 1.0, 2.0, 3.0, 1.0]
    """

    axes, mode = 1, "circular"


class CircularPad2d(Border):
    """Borders around the last two axes that go on at the other end.

    x: (..., H, W)   padding: n, or (left, right, top, bottom)   returns (..., H', W')
    Raises ShapeError where a border is longer than its axis.

    >>> import nn, numpy as np
    >>> nn.CircularPad2d((1, 2, 0, 0))(np.ones((1, 3, 3))).shape
    (1, 3, 6)
    """

    axes, mode = 2, "circular"


class CircularPad3d(Border):
    """Borders around the last three axes that go on at the other end.

    x: (..., D, H, W)   padding: n, or (left, right, top, bottom, front, back)   returns (..., D', H', W')
    Raises ShapeError where a border is longer than its axis.

    >>> import nn, numpy as np
    >>> nn.CircularPad3d(1)(np.ones((1, 2, 3, 4))).shape
    (1, 4, 5, 6)
    """

    axes, mode = 3, "circular"
