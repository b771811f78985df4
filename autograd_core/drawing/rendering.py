"""From DOT to a picture: finds a program that lays graphs out, and runs it in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from ..errors import RendererError

TIME_LIMIT = 60.0
DPI = 144
GRAPHVIZ = "apt install graphviz fonts-liberation      (or your system's package of Graphviz)"
PURE = 'pip install "autograd-core[viz]"'


@dataclass(frozen=True)
class Renderer:
    """A program that understands dot's flags, and the formats that it writes."""

    command: str
    formats: tuple[str, ...]


def renderers() -> list[Renderer]:
    """The programs on this machine, the best first: Graphviz itself, then the PyPI package graphviz-pure."""
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


def render(source: str, format: str, time_limit: float = TIME_LIMIT) -> bytes:
    """The picture of a DOT text as svg, png or pdf.

    Raises RendererError where no program is installed, none writes the format, or the layout takes longer than
    `time_limit` seconds.
    """
    present = renderers()
    if not present:
        raise RendererError(
            f"no program that lays out graphs was found, so {format} cannot be made (.dot and .json can). Install "
            f"one of\n    {GRAPHVIZ}\n    {PURE}"
        )
    able = [r for r in present if format in r.formats]
    if not able:
        name, formats = Path(present[0].command).name, " and ".join(present[0].formats)
        raise RendererError(
            f"{name} writes {formats}, not {format}: save as .svg, or install Graphviz itself\n    {GRAPHVIZ}"
        )
    problems = []
    for renderer in able:
        try:
            return run(renderer.command, source, format, time_limit)
        except subprocess.TimeoutExpired as error:
            raise RendererError(
                f"the layout took longer than {time_limit:.0f} seconds and was stopped. Draw fewer values "
                f"(max_nodes=), or save as .dot and lay it out with another program"
            ) from error
        except (OSError, subprocess.CalledProcessError) as error:
            words = (
                error.stderr.decode(errors="replace").strip()
                if isinstance(error, subprocess.CalledProcessError)
                else str(error)
            )
            problems.append(f"{renderer.command}: {words or error}")
    raise RendererError("the drawing could not be laid out:\n    " + "\n    ".join(problems))


def run(command: str, source: str, format: str, time_limit: float) -> bytes:
    """What a renderer writes for a source."""
    flags = [f"-T{format}"] + ([f"-Gdpi={DPI}"] if format == "png" else [])
    done = subprocess.run([command, *flags], input=source.encode(), capture_output=True, timeout=time_limit, check=True)
    return done.stdout
