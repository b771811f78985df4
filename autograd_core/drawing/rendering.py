"""From DOT to a picture: finds a program that lays graphs out, and runs it in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from ..errors import RendererError
from .processes import run

TIME_LIMIT = 10.0
DPI = 144
CHOICE = "AUTOGRAD_RENDERER"
GRAPHVIZ = "apt install graphviz fonts-liberation      (or your system's package of Graphviz)"
PURE = 'pip install "autograd-core[viz]"'


class LayoutError(RendererError):
    """A program was there, and made no picture of this graph; `reason` says why in a few words."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Renderer:
    """A program that understands dot's flags, and the formats that it writes."""

    command: str
    formats: tuple[str, ...]

    @property
    def name(self) -> str:
        return Path(self.command).stem


def renderers() -> list[Renderer]:
    """The programs on this machine, the best first: Graphviz itself, then the PyPI package graphviz-pure.

    The environment variable AUTOGRAD_RENDERER chooses one of them by its name: dot, graphviz-pure, or none.
    """
    choice = os.environ.get(CHOICE)
    return [renderer for renderer in installed() if not choice or renderer.name == choice]


def installed() -> list[Renderer]:
    """The programs on this machine, whether chosen or not."""
    found = []
    if dot := shutil.which("dot"):
        found.append(Renderer(dot, ("svg", "png", "pdf")))
    # pip puts commands here, which need not be on PATH, as in a virtual environment that was not activated
    folders = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent)]
    user = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))
    for folder in (None, *folders, user):
        if pure := shutil.which("graphviz-pure", path=folder):
            found.append(Renderer(pure, ("svg", "png")))
            break
    return found


def render(source: str, format: str, patience: float = 1) -> bytes:
    """The picture of a DOT text as svg, png or pdf.

    Raises RendererError where no program is installed, or none writes the format; LayoutError where the layout fails, or
    takes longer than `patience` times TIME_LIMIT seconds.
    """
    able = able_to_write(format)
    flags = [f"-T{format}"] + ([f"-Gdpi={DPI}"] if format == "png" else [])
    limit = patience * TIME_LIMIT
    problems = []
    for renderer in able:
        try:
            return run([renderer.command, *flags], source, limit)
        except subprocess.TimeoutExpired as error:
            raise LayoutError(
                f"the layout took longer than {limit:g} seconds and was stopped. Draw fewer values (a part of the "
                f'drawing by .around(value) or .path(first, last), or detail="modules", fold=True, hide=), or save as '
                f".dot and lay it out with another program",
                f"the usual layout took longer than {limit:g} seconds",
            ) from error
        except (OSError, subprocess.CalledProcessError) as error:
            words = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
            problems.append(f"{renderer.command}: {words or error}")
    raise LayoutError("the drawing could not be laid out:\n    " + "\n    ".join(problems), "the usual layout failed")


def able_to_write(format: str) -> list[Renderer]:
    """The programs that write a format, the best first; raises RendererError where there is none."""
    present = renderers()
    if not present:
        choice = os.environ.get(CHOICE)
        hidden = [renderer.name for renderer in installed()] if choice else []
        raise RendererError(
            f"no program that lays out graphs was found, so {format} cannot be made (.html, .dot and .json can). Install "
            f"one of\n    {GRAPHVIZ}\n    {PURE}"
            + (f"\n{CHOICE}={choice} leaves out what is installed: {' and '.join(hidden)}" if hidden else "")
        )
    able = [renderer for renderer in present if format in renderer.formats]
    if not able:
        formats = " and ".join(present[0].formats)
        raise RendererError(
            f"{present[0].name} writes {formats}, not {format}: save as .svg, or install Graphviz itself\n    {GRAPHVIZ}"
        )
    return able
