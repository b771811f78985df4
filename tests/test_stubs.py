"""The type stubs say what is there."""

import pytest

from tests.stubs import ROOT, STUBS


@pytest.mark.parametrize("name", STUBS)
def test_stubs_are_up_to_date(name):
    assert (ROOT / name).read_text() == STUBS[name](), "run `python -m tests.stubs`"
