"""Regularisation by chance."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..module import Module
from ..random import stream
from ..settings import within

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class Noise(Module):
    """A probability, a stream to draw from, and whether the result is written into the input; subclasses say what is done."""

    def __init__(self, p: float = 0.5, inplace: bool = False, generator: Any = None) -> None:
        self.p = within(p, f"{type(self).__name__}: p, a probability,", 0, 1)
        self.inplace, self.generator = inplace, None if generator is None else stream(generator)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(Noise):
    """In training, each element is put to 0 with probability p and the others are divided by 1 - p; else x itself.

    inplace     whether the result is written into the input
    generator   a NumPy generator or a seed; by default this thread's stream, see `manual_seed`

    Srivastava et al. 2014. Raises SettingError unless 0 <= p <= 1.

    >>> import nn, numpy as np
    >>> drop = nn.Dropout(0.5, generator=0)
    >>> sorted(set(drop(np.ones(100)).tolist()))
    [0.0, 2.0]
    >>> drop.eval()(np.ones(3))
    array([1., 1., 1.])
    """

    def forward(self, x: Any) -> Any:
        return F.dropout(x, self.p, self.training, self.inplace, self.generator)


class Dropout1d(Noise):
    """As `Dropout`, for whole channels: x of shape (N, C, L) or (C, L). Tompson et al. 2014.

    >>> import nn, numpy as np
    >>> nn.Dropout1d(generator=0)(np.ones((4, 2))).tolist()
    [[2.0, 2.0], [2.0, 2.0], [2.0, 2.0], [0.0, 0.0]]
    """

    def forward(self, x: Any) -> Any:
        return F.dropout1d(x, self.p, self.training, self.inplace, self.generator)


class Dropout2d(Noise):
    """As `Dropout`, for whole channels of images: x of shape (N, C, H, W), or (N, C, L). Tompson et al. 2014.

    >>> import nn, numpy as np
    >>> nn.Dropout2d(1.0)(np.ones((1, 1, 1, 2))).tolist()
    [[[[0.0, 0.0]]]]
    """

    def forward(self, x: Any) -> Any:
        return F.dropout2d(x, self.p, self.training, self.inplace, self.generator)


class Dropout3d(Noise):
    """As `Dropout`, for whole channels of volumes: x of shape (N, C, D, H, W) or (C, D, H, W). Tompson et al. 2014.

    >>> import nn, numpy as np
    >>> nn.Dropout3d(1.0)(np.ones((1, 1, 1, 1, 2))).tolist()
    [[[[[0.0, 0.0]]]]]
    """

    def forward(self, x: Any) -> Any:
        return F.dropout3d(x, self.p, self.training, self.inplace, self.generator)


class AlphaDropout(Noise):
    """In training, each element is put to the floor of SELU with probability p, and all are scaled and shifted; else x itself.

    So that numbers of mean 0 and variance 1 keep them. Arguments as of `Dropout`. Klambauer et al. 2017.

    >>> import nn, numpy as np
    >>> sorted(set(nn.AlphaDropout(generator=0)(np.zeros(100)).round(4).tolist()))
    [-0.7792, 0.7792]
    """

    def forward(self, x: Any) -> Any:
        return F.alpha_dropout(x, self.p, self.training, self.inplace, self.generator)


class FeatureAlphaDropout(Noise):
    """As `AlphaDropout`, for whole channels: x of shape (N, C, ...).

    >>> import nn, numpy as np
    >>> len(set(nn.FeatureAlphaDropout()(np.zeros((1, 1, 9))).ravel().tolist()))
    1
    """

    def forward(self, x: Any) -> Any:
        return F.feature_alpha_dropout(x, self.p, self.training, self.inplace, self.generator)
