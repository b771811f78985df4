"""What a Tensor says to code written against the standard: its namespace, its device, its memory."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from .batches import Batched
from .errors import UnsupportedError
from .leaving import leaving
from .recording import Tensor


def check_device(device: Any) -> None:
    """Raise UnsupportedError for any device but the CPU."""
    if device not in (None, "cpu"):
        raise UnsupportedError(f"device={device!r}: arrays are NumPy's, on the device 'cpu'")


def array_namespace(self: Tensor, /, *, api_version: str | None = None) -> ModuleType:
    """The namespace of functions for this value."""
    if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
        raise UnsupportedError(f"api_version={api_version!r}: the namespace is that of 2024.12")
    return import_module(".array_api", __package__)


def to_device(self: Tensor, device: Any, /, *, stream: Any = None) -> Tensor:
    """The value itself, on the only device there is."""
    check_device(device)
    return self


def dlpack(
    self: Tensor, /, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: bool | None = None
) -> Any:
    """The memory, for another library; refused where a gradient would be cut."""
    data = np.asarray(leaving(self, "exporting", "Export x.detach()"))
    if copy is None and max_version is None and not data.flags.writeable:
        copy = True  # the protocol of old cannot say that memory is read-only
    return data.__dlpack__(stream=stream, max_version=max_version, dl_device=dl_device, copy=copy)


def install() -> None:
    """Give `Tensor` what the standard asks of an array object, and to an example of a vmap the namespace."""
    methods = {
        "__array_namespace__": array_namespace,
        "to_device": to_device,
        "device": property(lambda self: "cpu"),
        "__dlpack__": dlpack,
        "__dlpack_device__": lambda self: (1, 0),
    }
    for name, method in methods.items():
        setattr(Tensor, name, method)
    Batched.__array_namespace__ = array_namespace  # type: ignore[attr-defined]
