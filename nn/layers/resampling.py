"""Layers that give images and sequences another size."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..errors import SettingError
from ..functional.resampling import AXES_OF
from ..module import Module
from ..settings import number, one_of

__all__ = ["Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"]


class Upsample(Module):
    """The input resampled to another size of its spatial axes.

    x: (N, C, L), (N, C, H, W) or (N, C, D, H, W)   returns the same with other spatial axes

    size, scale_factor       the new size, or how many times the old one; one number, or one for each axis
    mode                     "nearest", "nearest-exact", "area", "linear", "bilinear", "bicubic" or "trilinear"
    align_corners            in the smooth modes: the middles of the outermost elements meet, not their outer edges
    recompute_scale_factor   let the quotient of the sizes count instead of scale_factor

    See `nn.functional.interpolate`.

    >>> import nn, numpy as np
    >>> nn.Upsample(scale_factor=2)(np.array([[[1.0, 2.0]]]))
    array([[[1., 1., 2., 2.]]])
    """

    def __init__(
        self,
        size: int | tuple[int, ...] | None = None,
        scale_factor: float | tuple[float, ...] | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        name = type(self).__name__
        if (size is None) == (scale_factor is None):
            raise SettingError(f"{name}: size is {size}, scale_factor {scale_factor}: give one of the two")
        self.size, self.mode = size, one_of(mode, f"{name}: mode", AXES_OF)
        self.scale_factor = (
            tuple([float(number(factor, f"{name}: scale_factor")) for factor in scale_factor])
            if isinstance(scale_factor, (tuple, list))
            else scale_factor
            if scale_factor is None
            else float(number(scale_factor, f"{name}: scale_factor"))
        )
        self.align_corners, self.recompute_scale_factor = align_corners, recompute_scale_factor

    def forward(self, x: Any) -> Any:
        return F.interpolate(
            x, self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor
        )

    def extra_repr(self) -> str:
        asked = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{asked}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Images of another size, of the nearest pixels.

    x: (N, C, H, W)   returns (N, C, H', W')

    size, scale_factor   the new size, or how many times the old one; one number, or a pair (height, width)

    >>> import nn, numpy as np
    >>> nn.UpsamplingNearest2d(size=(1, 4))(np.array([[[[1.0, 2.0]]]]))
    array([[[[1., 1., 2., 2.]]]])
    """

    def __init__(
        self, size: int | tuple[int, int] | None = None, scale_factor: float | tuple[float, float] | None = None
    ) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """Images of another size, linear between their pixels, with the outermost ones in the corners.

    x: (N, C, H, W)   returns (N, C, H', W')

    size, scale_factor   the new size, or how many times the old one; one number, or a pair (height, width)

    >>> import nn, numpy as np
    >>> nn.UpsamplingBilinear2d(size=(1, 3))(np.array([[[[1.0, 2.0]]]]))
    array([[[[1. , 1.5, 2. ]]]])
    """

    def __init__(
        self, size: int | tuple[int, int] | None = None, scale_factor: float | tuple[float, float] | None = None
    ) -> None:
        super().__init__(size, scale_factor, "bilinear", align_corners=True)
