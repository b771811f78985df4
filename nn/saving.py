"""Arrays by name in a file: the format of safetensors, which holds nothing that could be executed.

PyTorch reads and writes the same files, by the package safetensors: states of the same architecture can be exchanged.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import autograd_core as ag

from .errors import DataError, KindError

Array = np.ndarray[Any, Any]


def save_file(tensors: Any, path: str | os.PathLike[str], metadata: Mapping[str, str] | None = None) -> None:
    """Write arrays by name, such as `model.state_dict()`, to a safetensors file.

    metadata   texts by name, kept in the file's header

    The file takes the place of an older one in one step: whoever is interrupted leaves the old one or the new one whole.
    Raises KindError for what is no array of a dtype that the format has.

    >>> import nn, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> model = nn.Linear(3, 2)
    >>> nn.save_file(model.state_dict(), path)
    >>> nn.Linear(3, 2).load_state_dict(nn.load_file(path))
    IncompatibleKeys(missing_keys=[], unexpected_keys=[])
    """
    from safetensors import SafetensorError
    from safetensors.numpy import save

    if not isinstance(tensors, Mapping):
        remedy = "pass model.state_dict()" if hasattr(tensors, "state_dict") else "give them by name"
        raise KindError(f"{path}: save_file takes a dict of arrays, and was given a {type(tensors).__name__}: {remedy}")
    arrays = {name: np.asarray(x.numpy() if isinstance(x, ag.Value) else x, order="C") for name, x in tensors.items()}
    try:
        content = save(arrays, None if metadata is None else dict(metadata))
    except (KeyError, TypeError, SafetensorError) as error:
        kinds = ", ".join(sorted({str(a.dtype) for a in arrays.values()}))
        raise KindError(f"{path}: safetensors files hold arrays of numbers, and were given {kinds}: {error}") from error
    write_whole(path, content)


def load_file(path: str | os.PathLike[str]) -> dict[str, Array]:
    """The arrays of a safetensors file by name; `load_state_dict` takes them.

    Raises DataError for a file that is damaged, cut off or of another kind.
    """
    return loaded(path)[0]


def loaded(path: str | os.PathLike[str]) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays of a safetensors file by name, and its metadata."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(os.fspath(path), framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except FileNotFoundError:
        raise
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{os.fspath(path)} cannot be read as a safetensors file: it is damaged, cut off, of another kind, or of a dtype "
            f"that NumPy does not have ({error})"
        ) from error


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file so that it is never seen half written: beside its place first, and then moved there."""
    target = Path(path)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
