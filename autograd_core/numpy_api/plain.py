"""What NumPy has that is the same here: constants, dtypes, arrays made of no values, questions about dtypes and shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

NAMES = (
    "e euler_gamma inf nan newaxis pi",
    "bool bool_ byte cdouble clongdouble complex64 complex128 complexfloating csingle double dtype float16 float32 float64",
    "floating generic half inexact int8 int16 int32 int64 int_ intc integer intp long longdouble longlong ndarray number short",
    "signedinteger single ubyte uint uint8 uint16 uint32 uint64 uintc uintp ulong ulonglong unsignedinteger ushort",
    "bartlett blackman diag_indices empty eye fromfunction hamming hanning identity index_exp indices kaiser mask_indices mgrid",
    "ogrid ones s_ tri tril_indices triu_indices zeros",
    "broadcast_shapes errstate finfo iinfo isdtype isscalar issubdtype iterable ndindex printoptions promote_types",
    "set_printoptions",
)

PLAIN: dict[str, Any] = {name: getattr(np, name) for names in NAMES for name in names.split()}
