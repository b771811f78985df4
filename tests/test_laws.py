"""Laws that every primitive obeys, tried on the samples that its declaration brings and on calls drawn from it."""

import pytest

from autograd_core.primitive import declared
from autograd_core.testing import LAWS, Trials, cases_of, samples_of

INTERNAL = {"result"}  # parts of the record, without a call of their own
OURS = [p for p in declared if p.module.startswith("autograd_core") and p.name not in INTERNAL]


def test_every_primitive_has_samples():
    without = sorted({p.name for p in OURS if not samples_of(p)})

    assert without == []


@pytest.mark.parametrize("primitive", OURS, ids=lambda p: p.name)
def test_the_laws_hold_for_samples_and_drawn_calls(primitive):
    trials = Trials(primitive, f"autograd_core::{primitive.name}")  # the draws of --autograd-laws=autograd_core
    for law in LAWS.values():
        trials.attempt(law)


def test_every_law_is_tried():
    cases = [case for primitive in OURS[::7] for case in cases_of(primitive)]
    idle = [law.name for law in LAWS.values() if not any(map(law.holds_for, cases))]

    assert idle == []
