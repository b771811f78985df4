"""The tables of the docs say what is declared."""

import pytest

from tests.tables import DOCS, TABLES


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_up_to_date(name):
    assert (DOCS / name).read_text() == TABLES[name](), "run `python -m tests.tables`"
