"""Data sets in files: MNIST's format, and tables."""

from __future__ import annotations

import gzip
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..errors import DataError

DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""The kinds of numbers of an IDX file, by the third byte."""

Array = np.ndarray[Any, Any]


class Images(NamedTuple):
    """Images (count, 1, height, width), float32 from 0 to 1, with their classes (count,)."""

    images: Array
    labels: Array


def read_idx(path: str | os.PathLike[str]) -> Array:
    """The array in an IDX file, gzipped or not.

    The file: 0, 0, the kind of numbers, the number of axes, the length of each in four bytes, the numbers; big-endian.
    Raises DataError for what is no such file, or was cut off.

    >>> import nn, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "labels"
    >>> _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    >>> nn.data.read_idx(path)
    array([7, 2, 1], dtype=uint8)
    """
    content = Path(path).read_bytes()
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, ValueError) as error:
            raise DataError(f"{path}: the gzipped file is damaged ({error}): get it again") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in DTYPES:
        raise DataError(f"{path} is no IDX file: it begins with {content[:4].hex(' ') or 'nothing'}")
    dtype, start = np.dtype(DTYPES[content[2]]), 4 + 4 * content[3]
    shape = tuple(int.from_bytes(content[i : i + 4]) for i in range(4, start, 4))
    size = start + math.prod(shape) * dtype.itemsize
    if len(content) != size:
        raise DataError(f"{path}: shape {shape} makes {size:,} bytes, and the file has {len(content):,}: get it again")
    return np.frombuffer(content, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def mnist(folder: str | os.PathLike[str] | None = None) -> tuple[Images, Images]:
    """The two parts of MNIST, or of a set in its format such as Fashion-MNIST: to learn from, and to judge by.

    folder   with the four files, such as train-images-idx3-ubyte, gzipped or not; by default what the environment variable
             AUTOGRAD_DATA names

    Raises DataError if a file is missing, damaged, or does not belong to the others.
    """
    folder = folder or os.environ.get("AUTOGRAD_DATA")
    if folder is None:
        raise DataError("mnist needs a folder with its four files: give one, or name it in the variable AUTOGRAD_DATA")
    return part_of_mnist(Path(folder), "train"), part_of_mnist(Path(folder), "t10k")


def part_of_mnist(folder: Path, part: str) -> Images:
    """The images of one part, `train` or `t10k`, with their labels."""
    pixels, labels = (
        read_idx(present(folder, f"{part}-{name}")) for name in ("images-idx3-ubyte", "labels-idx1-ubyte")
    )
    if pixels.ndim != 3 or labels.shape != pixels.shape[:1]:
        raise DataError(f"{folder}: {part} has images of shape {pixels.shape} and labels of shape {labels.shape}")
    return Images(pixels[:, None] / np.float32(255), labels.astype(np.int64))


def present(folder: Path, name: str) -> Path:
    """The file of a name, gzipped or not."""
    for path in (folder / f"{name}.gz", folder / name):
        if path.exists():
            return path
    raise DataError(f"{folder} has no {name} or {name}.gz: give the folder with the four files of the set")


def read_csv(
    path: str | os.PathLike[str],
    target: str | int | None = None,
    delimiter: str = ",",
    columns: Sequence[str] | None = None,
) -> Any:
    """A table of numbers, gzipped or not: (rows, columns) as float32; with `target` a pair, that column apart.

    target    a column by its name, or by its number, from the end if negative
    columns   the columns to read, by name, in this order; by default all others

    The first line may name the columns. A target of whole numbers comes as int64, to name classes.
    Raises DataError for what is no number, with line and column, and for columns that are not there.

    >>> import nn, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "table.csv"
    >>> _ = path.write_text("width,height,kind\\n1.5,2,0\\n3,4,1\\n")
    >>> x, kind = nn.data.read_csv(path, target="kind")
    >>> x.tolist(), kind.tolist()
    ([[1.5, 2.0], [3.0, 4.0]], [0, 1])
    """
    rows = [line.rstrip("\r\n").split(delimiter) for line in lines_of(Path(path)) if line.strip()]
    if not rows:
        raise DataError(f"{path} is empty")
    named = not all(map(is_number, rows[0]))
    names = [name.strip().strip('"') for name in rows[0]] if named else [str(i) for i in range(len(rows[0]))]
    table = np.array([numbers_of(row, i, path, len(names)) for i, row in enumerate(rows[named:], 1 + named)])
    table = table.reshape(-1, len(names))
    place = None if target is None else column(target, names, path)
    chosen = [column(c, names, path) for c in columns] if columns else [i for i in range(len(names)) if i != place]
    x = table[:, chosen].astype(np.float32)
    if place is None:
        return x
    y = table[:, place]
    return x, y.astype(np.int64) if np.all(y == np.floor(y)) else y.astype(np.float32)


def lines_of(path: Path) -> list[str]:
    """The lines of a text file, gzipped or not."""
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else open(path) as file:
            return file.readlines()
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
        raise DataError(f"{path} is no text file, or is damaged: {error}") from error


def numbers_of(row: list[str], line: int, path: Any, count: int) -> list[float]:
    """The numbers of one line of a table."""
    if len(row) != count:
        raise DataError(f"{path}, line {line}: {len(row)} columns, where the first line has {count}")
    for i, cell in enumerate(row):
        if not is_number(cell):
            raise DataError(f"{path}, line {line}, column {i + 1}: {cell!r} is no number")
    return [float(cell) for cell in row]


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def column(wanted: str | int, names: list[str], path: Any) -> int:
    """The place of a column that is named by name or number."""
    if isinstance(wanted, str) and wanted in names:
        return names.index(wanted)
    if isinstance(wanted, int) and -len(names) <= wanted < len(names):
        return wanted % len(names)
    raise DataError(f"{path} has no column {wanted!r}; there are {', '.join(names)}")
