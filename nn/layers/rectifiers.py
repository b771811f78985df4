"""Nonlinearities with a kink or a jump: relu and what is like it, shrinkage, steps.

`inplace=True` is taken, as PyTorch's models say it, and changes no result: values are never overwritten here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import ops

from .. import functional as F
from ..module import Module
from ..parameter import Parameter
from ..settings import number, ordered, whole, within
from .inputs import fitted

__all__ = [
    "CELU", "ELU", "SELU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU", "PReLU", "RReLU", "ReLU", "ReLU6",
    "Sign", "Softshrink", "Step", "Threshold",
]  # fmt: skip


def listed(layer: Any, *names: str) -> str:
    """Settings for a layer's text, and whether it was asked to work in place."""
    words = [f"{name}={getattr(layer, name)}" for name in names]
    return ", ".join([*words, "inplace=True"] if layer.inplace else words)


class ReLU(Module):
    """max(x, 0); its slope at 0 is 0.

    >>> import nn, numpy as np
    >>> nn.ReLU()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return ops.relu(x)

    def extra_repr(self) -> str:
        return listed(self)


class ReLU6(Module):
    """x between 0 and 6; its slope at both is 0.

    >>> import nn, numpy as np
    >>> nn.ReLU6()(np.array([-1.0, 2.0, 7.0]))
    array([0., 2., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return F.relu6(x)

    def extra_repr(self) -> str:
        return listed(self)


class LeakyReLU(Module):
    """x where it is positive, else negative_slope x. Maas et al. 2013.

    >>> import nn, numpy as np
    >>> nn.LeakyReLU(0.1)(np.array([-1.0, 2.0]))
    array([-0.1,  2. ])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        self.negative_slope = number(negative_slope, "LeakyReLU: negative_slope")
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return F.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        return listed(self, "negative_slope")


class PReLU(Module):
    """x where it is positive, else weight x, with a weight that is learned. He et al. 2015.

    num_parameters   1 for a single weight, else the number of channels, one weight for each
    init             where the weights start
    x: (N, num_parameters, ...), or any shape with a single weight   returns the shape of x

    >>> import nn, numpy as np
    >>> nn.PReLU()(np.array([-1.0, 2.0]))
    tensor([-0.25,  2.  ], dtype=float32, requires_grad=True)
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, dtype: Any = np.float32) -> None:
        self.num_parameters = whole(num_parameters, "PReLU: num_parameters", 1)
        self.weight = Parameter(np.full(num_parameters, number(init, "PReLU: init"), dtype))

    def forward(self, x: Any) -> Any:
        return F.prelu(fitted(x, self.weight, self), self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class RReLU(Module):
    """x where it is positive, else x times a slope: in training a random one for each element, else their mean.

    lower, upper   the slopes are uniform between these

    Xu et al. 2015. Raises SettingError unless lower <= upper.

    >>> import nn, numpy as np
    >>> nn.RReLU().eval()(np.array([-48.0, 1.0]))
    array([-11.,   1.])
    """

    def __init__(
        self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False, generator: Any = None
    ) -> None:
        ordered(lower, upper, "RReLU: lower and upper")
        self.lower, self.upper, self.inplace, self.generator = lower, upper, inplace, generator

    def forward(self, x: Any) -> Any:
        return F.rrelu(x, self.lower, self.upper, self.training, self.generator)

    def extra_repr(self) -> str:
        return listed(self, "lower", "upper")


class ELU(Module):
    """x where it is positive, else alpha (exp(x) - 1). Clevert et al. 2015.

    >>> import nn, numpy as np
    >>> nn.ELU()(np.array([-100.0, 2.0]))
    array([-1.,  2.])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        self.alpha = number(alpha, "ELU: alpha")
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return F.elu(x, self.alpha)

    def extra_repr(self) -> str:
        return listed(self, "alpha")


class SELU(Module):
    """1.0507 elu(x, 1.67326): activations keep mean 0 and variance 1 from layer to layer. Klambauer et al. 2017.

    >>> import nn, numpy as np
    >>> nn.SELU()(np.array([1.0, 2.0]))
    array([1.05070099, 2.10140197])
    """

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return F.selu(x)

    def extra_repr(self) -> str:
        return listed(self)


class CELU(Module):
    """x where it is positive, else alpha (exp(x / alpha) - 1), whose slope at 0 is 1. Barron 2017.

    >>> import nn, numpy as np
    >>> nn.CELU(alpha=2.0)(np.array([-100.0, 3.0]))
    array([-2.,  3.])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        self.alpha = number(alpha, "CELU: alpha")
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return F.celu(x, self.alpha)

    def extra_repr(self) -> str:
        return listed(self, "alpha")


class Hardtanh(Module):
    """x between two bounds; its slope at a bound is 0.

    Raises SettingError unless min_val <= max_val.

    >>> import nn, numpy as np
    >>> nn.Hardtanh()(np.array([-3.0, 0.5, 3.0]))
    array([-1. ,  0.5,  1. ])
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        ordered(min_val, max_val, "Hardtanh: min_val and max_val")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace

    def forward(self, x: Any) -> Any:
        return F.hardtanh(x, self.min_val, self.max_val)

    def extra_repr(self) -> str:
        return listed(self, "min_val", "max_val")


class Hardsigmoid(Module):
    """x / 6 + 1/2 between 0 and 1. Courbariaux et al. 2015.

    >>> import nn, numpy as np
    >>> nn.Hardsigmoid()(np.array([-4.0, 0.0, 4.0]))
    array([0. , 0.5, 1. ])
    """

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return F.hardsigmoid(x)

    def extra_repr(self) -> str:
        return listed(self)


class Hardswish(Module):
    """x hardsigmoid(x): silu made of straight pieces and a parabola. Howard et al. 2019.

    >>> import nn, numpy as np
    >>> nn.Hardswish()(np.array([-4.0, 0.0, 4.0]))
    array([-0.,  0.,  4.])
    """

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return F.hardswish(x)

    def extra_repr(self) -> str:
        return listed(self)


class Hardshrink(Module):
    """x where |x| > lambd, else 0.

    >>> import nn, numpy as np
    >>> nn.Hardshrink()(np.array([-1.0, 0.3, 1.0]))
    array([-1.,  0.,  1.])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        self.lambd = within(lambd, "Hardshrink: lambd", 0)

    def forward(self, x: Any) -> Any:
        return F.hardshrink(x, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Softshrink(Module):
    """x brought closer to 0 by lambd, and 0 where |x| <= lambd.

    >>> import nn, numpy as np
    >>> nn.Softshrink()(np.array([-1.0, 0.3, 1.0]))
    array([-0.5,  0. ,  0.5])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        self.lambd = within(lambd, "Softshrink: lambd", 0)

    def forward(self, x: Any) -> Any:
        return F.softshrink(x, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Threshold(Module):
    """x where it is above a threshold, else a given value.

    >>> import nn, numpy as np
    >>> nn.Threshold(0.5, 7.0)(np.array([-1.0, 2.0]))
    array([7., 2.])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        self.threshold, self.value = number(threshold, "Threshold: threshold"), number(value, "Threshold: value")
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return F.threshold(x, self.threshold, self.value)

    def extra_repr(self) -> str:
        return listed(self, "threshold", "value")


class Step(Module):
    """1 where x >= 0, else 0: the threshold of McCulloch and Pitts 1943. Piecewise constant: no gradient flows.

    >>> import nn, numpy as np
    >>> nn.Step()(np.array([-1.0, 0.0, 2.0]))
    array([0., 1., 1.])
    """

    def forward(self, x: Any) -> Any:
        return F.step(x)


class Sign(Module):
    """-1, 0 or 1, the sign of x: the output of Rosenblatt's perceptron 1958. Piecewise constant: no gradient flows.

    >>> import nn, numpy as np
    >>> nn.Sign()(np.array([-2.0, 0.0, 2.0]))
    array([-1.,  0.,  1.])
    """

    def forward(self, x: Any) -> Any:
        return F.sign(x)
