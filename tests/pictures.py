"""The pictures of the docs, made by the code beside them: `python -m tests.pictures` writes them, a test compares.

All drawings are laid out by graphviz-pure, whatever else is installed. Chromium takes those of the explorer's pages, which no
test compares.
"""

from __future__ import annotations

import linecache
import os
import re
import sys
from contextlib import chdir
from pathlib import Path
from typing import Any
from unittest.mock import patch

import autograd_core as ag
from autograd_core.drawing import rendering

from .browsers import Pages, chromium

ROOT = Path(ag.__file__).parent.parent
DOCS = ROOT / "docs"
FOLDER = DOCS / "pictures"
PAGES = [ROOT / "README.md", DOCS / "gallery.md", DOCS / "find-it-in-the-picture.md"]
PROGRAM = "graphviz-pure"
SHOTS = {"explorer": "#step=10&node=2", "transformer": ""}  # pages of the explorer, and where they are opened


def blocks() -> list[str]:
    """The code of the pages that makes pictures."""
    codes = [code for page in PAGES for code in re.findall(r"```python\n(.*?)```", page.read_text(), re.S)]
    return [code for code in codes if saved_by(code) or shot_of(code)]


def saved_by(code: str) -> list[str]:
    """The names of the pictures that a piece of code saves."""
    return re.findall(r'\.(?:save|plot)\("([\w-]+\.(?:svg|png))"\)', code)


def shot_of(code: str) -> str | None:
    """The page of the explorer that a piece of code writes."""
    found = re.search(r'ag\.explore\(.*path="([\w-]+)\.html"', code)
    return found[1] if found and found[1] in SHOTS else None


def is_possible() -> bool:
    """Whether the program that lays all of them out is there."""
    return PROGRAM in [renderer.name for renderer in rendering.renderers()]


def make(code: str, folder: Path) -> None:
    """Run a piece of code that saves pictures, in a folder."""
    name = f"<{shot_of(code) or saved_by(code)[0]}>"
    linecache.cache[name] = len(code), None, code.splitlines(keepends=True), name  # a picture quotes lines that err
    with chdir(folder), patch.dict(os.environ, {rendering.CHOICE: PROGRAM}):
        exec(compile(code, name, "exec"), {"__name__": "__docs__"})


def shoot(page: Path, place: str, browser: Any) -> None:
    """A picture of a page instead of the page."""
    pages = Pages(browser, page.parent)
    pages.open(page, 1200, 640, place=place).screenshot(path=page.with_suffix(".png"))
    pages.close()
    page.unlink()


def draw(folder: Path) -> None:
    """Make all pictures, and the pages of the explorer, in a folder."""
    for code in blocks():
        make(code, folder)


if __name__ == "__main__":
    folder = Path(*sys.argv[1:]) if sys.argv[1:] else FOLDER
    folder.mkdir(exist_ok=True)
    draw(folder)
    with chromium() as browser:
        for name, place in SHOTS.items():
            shoot(folder / f"{name}.html", place, browser)
    for path in sorted(folder.iterdir()):
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
