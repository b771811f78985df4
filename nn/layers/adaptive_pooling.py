"""Pooling to a given size, to random windows, and back."""

from __future__ import annotations

from typing import Any, ClassVar

from .. import functional as F
from ..errors import SettingError
from ..module import Module
from ..settings import per_axis, within

__all__ = [
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d",
    "FractionalMaxPool2d", "FractionalMaxPool3d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d",
]  # fmt: skip


class AdaptiveMaxPool(Module):
    """What adaptive max-pooling over one, two and three axes shares."""

    axes: ClassVar[int]

    def __init__(self, output_size: int | tuple[int | None, ...] | None, return_indices: bool = False) -> None:
        self.output_size, self.return_indices = output_size, return_indices

    def forward(self, x: Any) -> Any:
        return F.adaptive_pooling.adaptive_max_pool(self.axes, x, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool(Module):
    """What adaptive average pooling over one, two and three axes shares."""

    axes: ClassVar[int]

    def __init__(self, output_size: int | tuple[int | None, ...] | None) -> None:
        self.output_size = output_size

    def forward(self, x: Any) -> Any:
        return F.adaptive_pooling.adaptive_avg_pool(self.axes, x, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class FractionalMaxPool(Module):
    """What fractional max-pooling over two and three axes shares."""

    axes: ClassVar[int]
    _random_samples: Any

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        output_size: int | tuple[int, ...] | None = None,
        output_ratio: float | tuple[float, ...] | None = None,
        return_indices: bool = False,
        _random_samples: Any = None,
        generator: Any = None,
    ) -> None:
        name = type(self).__name__
        if (output_size is None) == (output_ratio is None):
            raise SettingError(
                f"{name}: output_size is {output_size}, output_ratio is {output_ratio}: give one of the two"
            )
        self.kernel_size = per_axis(kernel_size, f"{name}: kernel_size", self.axes, 1)
        self.output_size = (
            output_size if output_size is None else per_axis(output_size, f"{name}: output_size", self.axes, 1)
        )
        self.output_ratio = output_ratio
        if output_ratio is not None:
            for ratio in output_ratio if isinstance(output_ratio, (tuple, list)) else [output_ratio]:
                within(ratio, f"{name}: output_ratio", 0, 1)
        self.return_indices, self.generator = return_indices, generator
        self.register_buffer("_random_samples", _random_samples)

    def forward(self, x: Any) -> Any:
        return F.adaptive_pooling.fractional_max_pool(
            self.axes, x, self.kernel_size, self.output_size, self.output_ratio, self.return_indices, self._random_samples,
            self.generator,
        )  # fmt: skip


class MaxUnpool(Module):
    """What putting back maxima over one, two and three axes shares."""

    axes: ClassVar[int]

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        padding: int | tuple[int, ...] = 0,
    ) -> None:
        name = type(self).__name__
        self.kernel_size = per_axis(kernel_size, f"{name}: kernel_size", self.axes, 1)
        self.stride = self.kernel_size if stride is None else per_axis(stride, f"{name}: stride", self.axes, 1)
        self.padding = per_axis(padding, f"{name}: padding", self.axes)

    def forward(self, x: Any, indices: Any, output_size: Any = None) -> Any:
        geometry = self.kernel_size, self.stride, self.padding
        return F.adaptive_pooling.max_unpool(self.axes, x, indices, *geometry, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AdaptiveAvgPool1d(AdaptiveAvgPool):
    """The means of windows that are laid so as to give a certain size, whatever the size of the sequence.

    x: (N, C, L) or (C, L)   returns the same with the size asked for
    output_size   one number; None for the size that an axis has

    Window i of m reaches from i n // m to (i + 1) n / m, rounded up, of the n elements of an axis.

    >>> import nn, numpy as np
    >>> nn.AdaptiveAvgPool1d(2)(np.array([[1.0, 2.0, 5.0]]))
    array([[1.5, 3.5]])
    """

    axes = 1


class AdaptiveAvgPool2d(AdaptiveAvgPool):
    """The means of windows that are laid so as to give a certain size, whatever the size of the image.

    x: (N, C, H, W) or (C, H, W)   returns the same with the size asked for
    output_size   one number, or a pair (height, width); None for the size that an axis has

    Window i of m reaches from i n // m to (i + 1) n / m, rounded up, of the n elements of an axis.

    >>> import nn, numpy as np
    >>> nn.AdaptiveAvgPool2d((1, 2))(np.array([[[1.0, 2.0, 5.0]]]))
    array([[[1.5, 3.5]]])
    """

    axes = 2


class AdaptiveAvgPool3d(AdaptiveAvgPool):
    """The means of windows that are laid so as to give a certain size, whatever the size of the volume.

    x: (N, C, D, H, W) or (C, D, H, W)   returns the same with the size asked for
    output_size   one number, or three (depth, height, width); None for the size that an axis has

    Window i of m reaches from i n // m to (i + 1) n / m, rounded up, of the n elements of an axis.

    >>> import nn, numpy as np
    >>> nn.AdaptiveAvgPool3d((1, 1, 2))(np.array([[[[1.0, 2.0, 5.0]]]]))
    array([[[[1.5, 3.5]]]])
    """

    axes = 3


class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """The maxima of windows that are laid so as to give a certain size, as in `AdaptiveAvgPool1d`.

    x: (N, C, L) or (C, L)   returns the same with the size asked for; a pair with return_indices
    output_size      one number; None for the size that an axis has
    return_indices   also give the places in the flattened sequence

    >>> import nn, numpy as np
    >>> nn.AdaptiveMaxPool1d(2)(np.array([[1.0, 2.0, 5.0]]))
    array([[2., 5.]])
    """

    axes = 1


class AdaptiveMaxPool2d(AdaptiveMaxPool):
    """The maxima of windows that are laid so as to give a certain size, as in `AdaptiveAvgPool2d`.

    x: (N, C, H, W) or (C, H, W)   returns the same with the size asked for; a pair with return_indices
    output_size      one number, or a pair (height, width); None for the size that an axis has
    return_indices   also give the places in the flattened image

    >>> import nn, numpy as np
    >>> nn.AdaptiveMaxPool2d((1, 2))(np.array([[[1.0, 2.0, 5.0]]]))
    array([[[2., 5.]]])
    """

    axes = 2


class AdaptiveMaxPool3d(AdaptiveMaxPool):
    """The maxima of windows that are laid so as to give a certain size, as in `AdaptiveAvgPool3d`.

    x: (N, C, D, H, W) or (C, D, H, W)   returns the same with the size asked for; a pair with return_indices
    output_size      one number, or three (depth, height, width); None for the size that an axis has
    return_indices   also give the places in the flattened volume

    >>> import nn, numpy as np
    >>> nn.AdaptiveMaxPool3d((1, 1, 2))(np.array([[[[1.0, 2.0, 5.0]]]]))
    array([[[[2., 5.]]]])
    """

    axes = 3


class FractionalMaxPool2d(FractionalMaxPool):
    """The maxima of windows at random distances, which may shrink an image by less than a half. Graham 2014.

    x: (N, C, H, W) or (C, H, W)   returns the same with the size asked for; with return_indices a pair
    kernel_size    one number, or a pair (height, width)
    output_size    the size to give; or output_ratio, by how much to shrink, from 0 to 1
    generator      where the distances are drawn from, anew for each call, example and channel
    _random_samples   (N, C, 2), in 0 ... 1, to take instead, as in PyTorch

    >>> import nn, numpy as np
    >>> nn.FractionalMaxPool2d(2, output_ratio=0.7)(np.ones((1, 10, 10))).shape
    (1, 7, 7)
    """

    axes = 2


class FractionalMaxPool3d(FractionalMaxPool):
    """The maxima of windows at random distances, which may shrink a volume by less than a half. Graham 2014.

    x: (N, C, D, H, W) or (C, D, H, W)   returns the same with the size asked for; with return_indices a pair
    kernel_size    one number, or three (depth, height, width)
    output_size    the size to give; or output_ratio, by how much to shrink, from 0 to 1
    generator      where the distances are drawn from, anew for each call, example and channel
    _random_samples   (N, C, 3), in 0 ... 1, to take instead, as in PyTorch

    >>> import nn, numpy as np
    >>> nn.FractionalMaxPool3d(2, output_ratio=0.7)(np.ones((1, 10, 10, 10))).shape
    (1, 7, 7, 7)
    """

    axes = 3


class MaxUnpool1d(MaxUnpool):
    """Maxima put back to where they were, and 0 elsewhere: the way back from `MaxPool1d(return_indices=True)`.

    x, indices: what it gave   returns (N, C, L) or (C, L)
    kernel_size, stride, padding   as they were there
    output_size   of a call: the size that was pooled, where several give the same number of windows

    >>> import nn, numpy as np
    >>> maxima, places = nn.MaxPool1d(2, return_indices=True)(np.array([[1.0, 2.0, 5.0, 4.0]]))
    >>> nn.MaxUnpool1d(2)(maxima, places)
    array([[0., 2., 5., 0.]])
    """

    axes = 1


class MaxUnpool2d(MaxUnpool):
    """Maxima put back to where they were, and 0 elsewhere: the way back from `MaxPool2d(return_indices=True)`.

    x, indices: what it gave   returns (N, C, H, W) or (C, H, W)
    kernel_size, stride, padding   as they were there
    output_size   of a call: the size that was pooled, where several give the same number of windows

    >>> import nn, numpy as np
    >>> maxima, places = nn.MaxPool2d((1, 2), return_indices=True)(np.array([[[1.0, 2.0, 5.0, 4.0]]]))
    >>> nn.MaxUnpool2d((1, 2))(maxima, places)
    array([[[0., 2., 5., 0.]]])
    """

    axes = 2


class MaxUnpool3d(MaxUnpool):
    """Maxima put back to where they were, and 0 elsewhere: the way back from `MaxPool3d(return_indices=True)`.

    x, indices: what it gave   returns (N, C, D, H, W) or (C, D, H, W)
    kernel_size, stride, padding   as they were there
    output_size   of a call: the size that was pooled, where several give the same number of windows

    >>> import nn, numpy as np
    >>> maxima, places = nn.MaxPool3d((1, 1, 2), return_indices=True)(np.array([[[[1.0, 2.0, 5.0, 4.0]]]]))
    >>> nn.MaxUnpool3d((1, 1, 2))(maxima, places)
    array([[[[0., 2., 5., 0.]]]])
    """

    axes = 3
