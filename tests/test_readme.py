"""What the README counts."""

from pathlib import Path

from tests.names import NAMES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_the_readme_counts_the_functions():
    assert f"[{len(NAMES)} NumPy functions](docs/functions.md)" in README


def test_the_readme_leads_to_every_page():
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"docs/{page.name}" not in README] == []
