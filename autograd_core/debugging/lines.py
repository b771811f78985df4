"""The user's line behind a call, as a traceback would show it."""

from __future__ import annotations

import linecache
import os
import sys
from itertools import islice
from types import CodeType, FrameType
from typing import NamedTuple

import numpy as np

HOUSE = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
LIBRARY = tuple(folder + os.sep for folder in (
    os.path.join(HOUSE, "autograd_core"), os.path.join(HOUSE, "nn"), os.path.dirname(np.__file__)
))  # fmt: skip


class Line(NamedTuple):
    """A place in a program: a code object and how far it had come."""

    code: CodeType
    instruction: int
    number: int

    @property
    def file(self) -> str:
        return self.code.co_filename

    @property
    def function(self) -> str:
        return self.code.co_name

    @property
    def text(self) -> str:
        """The expression that was being computed, where it is on one line, else the line; empty without the source."""
        line = linecache.getline(self.file, self.number)
        place = next(islice(self.code.co_positions(), self.instruction // 2, None), (None,) * 4)
        start, end, first, last = place
        if first is None or last is None or start != end or start != self.number:
            return line.strip()
        return line.encode()[first:last].decode().strip() or line.strip()

    def __str__(self) -> str:
        return f'  File "{self.file}", line {self.number}, in {self.function}' + (
            f"\n    {self.text}" if self.text else ""
        )


def users_line() -> Line | None:
    """The innermost line of the running program that is neither this library's nor NumPy's."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(LIBRARY):
        frame = frame.f_back
    return None if frame is None else Line(frame.f_code, frame.f_lasti, frame.f_lineno)
