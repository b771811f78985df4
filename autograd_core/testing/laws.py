"""The laws that every differentiable operation obeys, by name.

>>> import numpy as np, autograd_core as ag
>>> from autograd_core.testing import LAWS, cases_of
>>> list(LAWS)[:3]
['refusal', 'value', 'determinism']
>>> doubled = ag.elementwise(np.square, lambda a: a, name="doubled", listed=False)  # 2 a would be right
>>> LAWS["differences"](next(cases_of(doubled)))
Traceback (most recent call last):
    ...
autograd_core.testing.lawbook.LawError: doubled breaks the law 'differences': Both modes agree with an oracle ...
"""

from __future__ import annotations

from . import basic_laws, derivative_laws
from .lawbook import LAWS, Law, LawError

__all__ = ["LAWS", "Law", "LawError", "basic_laws", "derivative_laws"]
