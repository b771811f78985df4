"""The pictures of the docs are those that the code beside them makes."""

import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pictures import DOCS, FOLDER, ROOT, SHOTS, blocks, draw, is_possible, saved_by

NAMES = [name for code in blocks() for name in saved_by(code)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    if not is_possible():
        pytest.skip("graphviz-pure is not installed")
    pytest.importorskip("matplotlib")
    folder = tmp_path_factory.mktemp("pictures")
    draw(folder)
    return folder


def words(svg):
    return re.findall(r">([^<>\n]+)</text>", svg)


def alike(text, other):
    """Whether two texts are equal but for the last digits of numbers, which are those of the machine."""
    number = r"\d+(?:\.\d+)?(?:e[-−]?\d+)?"
    pairs = zip(re.findall(number, text), re.findall(number, other), strict=False)
    close = all(math.isclose(float(a.replace("−", "-")), float(b.replace("−", "-")), rel_tol=1e-2) for a, b in pairs)
    return close and re.sub(number, "0", text) == re.sub(number, "0", other)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".svg")])
def test_a_picture_is_up_to_date(made, name):
    now, kept = [words((folder / name).read_text()) for folder in (made, FOLDER)]

    assert len(now) == len(kept), "run `python -m tests.pictures`"
    assert all(map(alike, now, kept)), "run `python -m tests.pictures`"


def test_drawings_are_the_same_bytes_in_every_process(made, tmp_path):
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    program = "import pathlib, sys; from tests.pictures import draw; draw(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", program, tmp_path], check=True, cwd=ROOT, env=environment)

    for name in NAMES:
        if name.endswith(".svg"):
            assert (tmp_path / name).read_bytes() == (made / name).read_bytes()


def test_every_picture_is_made_shown_and_small():
    shown = {
        Path(link).name
        for page in [ROOT / "README.md", *DOCS.glob("*.md")]
        for link in re.findall(r"!\[[^\]]+\]\(((?:docs/)?pictures/[^)]+)\)", page.read_text())
    }

    assert {path.name for path in FOLDER.iterdir()} == {*NAMES, *[f"{name}.png" for name in SHOTS]} == shown
    assert all(path.stat().st_size < 100_000 for path in FOLDER.iterdir())
