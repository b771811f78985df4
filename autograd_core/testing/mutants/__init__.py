"""Proof that the laws can fail: wrong versions of the rules of an operation, and whether they are noticed.

    python -m autograd_core.testing.mutants mypackage

Needs the extra `testing`.

>>> import numpy as np, autograd_core as ag
>>> from autograd_core.samples import sample
>>> from autograd_core.testing.mutants import Trials, mutants_of
>>> cube = ag.elementwise(
...     lambda a: a**3, lambda a: 3 * a**2, samples=lambda: [sample(np.array([-1.5, 0.5]))], name="cube", listed=False, real=True
... )
>>> print(mutants_of(cube)[0])
cube, partial by a: half of it
>>> Trials(cube).verdict(mutants_of(cube)[0]).law
'differences'
"""

from .injection import Site, injected
from .mutations import MUTATIONS, Mutation
from .reports import rate, summary
from .trials import EXAMPLES, Mutant, Trials, Verdict, mutants_of

__all__ = [
    "EXAMPLES", "MUTATIONS", "Mutant", "Mutation", "Site", "Trials", "Verdict", "injected", "mutants_of", "rate", "summary",
]  # fmt: skip
