"""The tutorial notebooks of the docs: `python -m tests.notebooks` runs each, and writes what its cells show into it.

What is committed is what a reader sees without running anything. A test runs them again and compares.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
LARGEST = 400_000  # bytes
QUIET = ["--log-level=ERROR"]  # a kernel warns of how it is talked to

NUMBER = re.compile(r"[-−+]?\d[\d,]*(?:\.\d+)?(?:e[-−+]?\d+)?")


def run(path: Path, check: str = "") -> nbformat.NotebookNode:
    """A notebook with what its cells show when they run in a new kernel; `check` is run there after them.

    Raises CellExecutionError, with cell and error, when one fails.
    """
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        cell.metadata = {}
    if check:
        book.cells.append(nbformat.v4.new_code_cell(check))
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")  # else jupyter_core warns of folders to come
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the Makefile: matrices here are small
    where = {"metadata": {"path": str(path.parent)}}  # in its folder, as in Jupyter
    NotebookClient(
        book,
        timeout=120,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources=where,
        extra_arguments=QUIET,
    ).execute()
    if check:
        book.cells.pop()
    book.metadata = {"kernelspec": book.metadata["kernelspec"], "language_info": {"name": "python"}}
    return book


def is_picture(output: nbformat.NotebookNode) -> bool:
    return "image/svg+xml" in output.get("data", {})


def text_of(output: nbformat.NotebookNode) -> str:
    """What a cell prints, or the text of what it shows."""
    text: str = output.text if output.output_type == "stream" else output.data["text/plain"]
    return text


def words_and_numbers(text: str) -> tuple[list[str], list[float]]:
    """A text taken apart, for a comparison that lets numbers differ in what processors round differently."""
    numbers = [float(n.replace("−", "-").replace(",", "")) for n in NUMBER.findall(text)]
    return NUMBER.sub("#", text).split(), numbers


if __name__ == "__main__":
    names = sys.argv[1:]
    for path in NOTEBOOKS:
        if not names or path.stem in names:
            nbformat.write(run(path), path)
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:,.0f} kB")
