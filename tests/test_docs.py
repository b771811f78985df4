"""The documentation's code runs as it stands."""

import re
from pathlib import Path

import pytest

from autograd_core.drawing.rendering import renderers
from autograd_core.errors import RendererError

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    (page, i, code)
    for page in PAGES
    for i, code in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(), re.S))
]


@pytest.mark.parametrize(("page", "number", "code"), [pytest.param(*b, id=f"{b[0].name}-{b[1]}") for b in BLOCKS])
def test_code_block_runs(page, number, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__docs__"}
    try:
        exec(compile(code, f"{page.name}, block {number}", "exec"), names)
    except RendererError as error:
        if renderers():
            raise
        pytest.skip(str(error))
    for name, thing in list(names.items()):
        if name.startswith("test_"):
            thing()
