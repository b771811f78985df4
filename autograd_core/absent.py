"""Attributes that other libraries' arrays have and a Tensor does not, and what to write instead."""

from __future__ import annotations

from typing import Any, NoReturn

from .errors import NoAttributeError

OF_MEMORY = {
    "flat": "x.ravel() to read, x[index] = value to write",
    "view": "x.reshape(shape) for another shape, x.astype(dtype) to convert; x.numpy().view(dtype) to look at its bytes",
    "resize": "x.reshape(shape), or np.resize(x, shape) to repeat its elements",
    "ctypes": "x.numpy().ctypes",
    **{
        name: f"x.numpy().{name}"
        for name in (
            "base", "byteswap", "dump", "dumps", "flags", "getfield", "setfield", "setflags", "tobytes", "tofile",
            "newbyteorder",
        )
    },
}  # fmt: skip
"""NumPy's, about memory, which a recorded value does not own."""

OF_PYTORCH = {
    # shapes
    "permute": "x.transpose(axes)",
    "t": "x.T",
    "unsqueeze": "np.expand_dims(x, axis), or x[:, None]",
    "contiguous": "x as it is: reshape takes any layout",
    "expand": "np.broadcast_to(x, shape)",
    "expand_as": "np.broadcast_to(x, other.shape)",
    "view_as": "x.reshape(other.shape)",
    "reshape_as": "x.reshape(other.shape)",
    "unflatten": "x.reshape(shape), or nn.Unflatten",
    "movedim": "np.moveaxis(x, source, destination)",
    "unbind": "list(x), or list(np.moveaxis(x, axis, 0))",
    "chunk": "np.array_split(x, chunks, axis), a function",
    "split": "np.split(x, places, axis), which takes the places where to cut, not sizes",
    "repeat_interleave": "np.repeat(x, repeats, axis)",
    "dim": "x.ndim",
    "numel": "x.size",
    # dtypes and devices
    "float": "x.astype(np.float32)",
    "double": "x.astype(np.float64)",
    "half": "x.astype(np.float16)",
    "long": "x.astype(np.int64)",
    "int": "x.astype(np.int32)",
    "bool": "x.astype(bool)",
    "to": "x.astype(dtype); there are no devices",
    "type": "x.astype(dtype), or x.dtype",
    "type_as": "x.astype(other.dtype)",
    "cpu": "x as it is: there are no devices",
    "cuda": "x as it is: there are no devices",
    # picking and choosing
    "gather": "np.take_along_axis(x, indices, axis)",
    "index_select": "np.take(x, indices, axis)",
    "masked_fill": "np.where(mask, value, x)",
    "masked_select": "x[mask]",
    "narrow": "x[:, start : start + length]",
    "topk": "np.argsort(x, axis)[..., -k:], and np.take_along_axis for the values",
    "clamp": "x.clip(low, high)",
    # arithmetic
    "add": "x + y", "sub": "x - y", "mul": "x * y", "div": "x / y", "pow": "x ** p", "neg": "-x",
    "eq": "x == y", "ne": "x != y", "lt": "x < y", "le": "x <= y", "gt": "x > y", "ge": "x >= y",
    "mm": "x @ y", "bmm": "x @ y", "mv": "x @ v", "matmul": "x @ y",
    "norm": "np.linalg.norm(x), a function",
    "rsqrt": "1 / np.sqrt(x)",
    "logsumexp": "ag.special.logsumexp(x, axis)",
    **{name: f"nn.functional.{name}(x)" for name in ("relu", "sigmoid", "softmax", "log_softmax")},
    **{
        name: f"np.{name}(x)"
        for name in (
            "abs", "exp", "log", "log1p", "expm1", "sqrt", "square", "sign", "sin", "cos", "tan", "tanh", "reciprocal",
            "floor", "ceil", "isnan", "isinf", "isfinite", "amax", "amin", "flip", "roll", "tril", "triu", "diag",
        )
    },
    # writing
    **{
        name: f"{words}, within ag.no_grad()"
        for name, words in {
            "add_": "x += y", "sub_": "x -= y", "mul_": "x *= y", "div_": "x /= y", "copy_": "x[...] = y", "zero_": "x[...] = 0",
            "fill_": "x[...] = value", "clamp_": "np.clip(x, low, high, out=x)", "masked_fill_": "x[mask] = value",
            "scatter_": "np.put_along_axis(x, indices, values, axis)",
        }.items()
    },
    **{name: f"nn.init.{name}(x)" for name in ("normal_", "uniform_")},
    "detach_": "x = x.detach()",
    "grad_fn": "x.is_leaf to know whether it was computed, ag.draw(x) to see how",
}  # fmt: skip
"""PyTorch's, whose models a reader may bring; a Tensor speaks NumPy."""

INSTEAD = {**OF_PYTORCH, **OF_MEMORY}


class Absent:
    """An attribute that is not there, and says so; a `__getattr__` would slow down every attribute that is."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, value: Any, face: type[Any]) -> NoReturn:
        words = f"a Tensor has no attribute {self.name!r}: use {INSTEAD[self.name]}"
        raise NoAttributeError(words, name=self.name, obj=value)


def present(value: Any) -> list[str]:
    """The attributes that are there, for `dir` and for completion."""
    return [name for name in object.__dir__(value) if name not in INSTEAD]


ATTRIBUTES = {**{name: Absent(name) for name in INSTEAD}, "__dir__": present}
