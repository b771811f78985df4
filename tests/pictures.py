"""The pictures of the docs, made by the code beside them: `python -m tests.pictures` writes them, a test compares.

All drawings are laid out by graphviz-pure, whatever else is installed.
"""

from __future__ import annotations

import linecache
import os
import re
import sys
from contextlib import chdir
from pathlib import Path
from unittest.mock import patch

import autograd_core as ag
from autograd_core.drawing import rendering

DOCS = Path(ag.__file__).parent.parent / "docs"
FOLDER = DOCS / "pictures"
PAGES = ["find-it-in-the-picture.md"]
PROGRAM = "graphviz-pure"


def blocks() -> list[str]:
    """The code of the pages that makes pictures."""
    codes = [code for page in PAGES for code in re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(), re.S)]
    return [code for code in codes if saved_by(code)]


def saved_by(code: str) -> list[str]:
    """The names of the pictures that a piece of code saves."""
    return re.findall(r'\.(?:save|plot)\("([\w-]+\.(?:svg|png))"\)', code)


def is_possible() -> bool:
    """Whether the program that lays all of them out is there."""
    return PROGRAM in [renderer.name for renderer in rendering.renderers()]


def make(code: str, folder: Path) -> None:
    """Run a piece of code that saves pictures, in a folder."""
    name = f"<{saved_by(code)[0]}>"
    linecache.cache[name] = len(code), None, code.splitlines(keepends=True), name  # a picture quotes lines that err
    with chdir(folder), patch.dict(os.environ, {rendering.CHOICE: PROGRAM}):
        exec(compile(code, name, "exec"), {"__name__": "__docs__"})


if __name__ == "__main__":
    folder = Path(*sys.argv[1:]) if sys.argv[1:] else FOLDER
    folder.mkdir(exist_ok=True)
    for code in blocks():
        make(code, folder)
        for name in saved_by(code):
            print(f"{name}: {(folder / name).stat().st_size / 1000:.0f} kB")
