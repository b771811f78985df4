"""Two laws, until the whole table is here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..jacobians import jvp
from ..primitive import Primitive
from ..samples import Sample
from ..transforms import vjp
from .checks import check_grads, values_of
from .examples import samples_of


class Case(NamedTuple):
    name: str
    f: Callable[..., Any]
    data: tuple[Any, ...]
    call: Sample


class Law(NamedTuple):
    name: str
    holds_for: Callable[[Case], bool]
    check: Callable[[Case], None]

    def __call__(self, case: Case) -> None:
        if self.holds_for(case):
            try:
                with np.errstate(all="ignore"):
                    self.check(case)
            except AssertionError as error:
                raise AssertionError(
                    f"{case.name} breaks the law {self.name!r}\n{error}\nat {case.name}{case.call.args}"
                ) from error


def case_of(primitive: Primitive, call: Sample) -> Case:
    from .strategies import Call

    f, data = Call(primitive, call.args, call.settings, call.through).as_function()
    return Case(primitive.name, f, tuple(data), call)


def cases_of(primitive: Primitive) -> Iterator[Case]:
    return (case_of(primitive, call) for call in samples_of(primitive))


def is_smooth(case: Case) -> bool:
    return case.call.raises is None and bool(case.data)


def dot_product(case: Case) -> None:
    y, pull = vjp(case.f, *case.data)
    rng = np.random.default_rng(0)
    vs = [rng.standard_normal(np.shape(x)).astype(np.asarray(x).dtype) for x in case.data]
    us = [np.ones_like(part) for part in values_of(y)]
    t = values_of(jvp(case.f, case.data, vs)[1])
    gs = values_of(pull(tuple(us) if isinstance(y, tuple) else us[0]))
    left, right = [
        sum(float(np.sum(np.real(np.conj(p) * q))) for p, q in zip(*s, strict=True)) for s in ((us, t), (gs, vs))
    ]
    eps = max(float(np.finfo(np.asarray(x).dtype).eps) for x in [*case.data, *us])
    if not abs(left - right) <= 1e3 * eps * (1 + abs(left)):
        raise AssertionError(f"<v, J u> and <J' v, u>: {left!r} and {right!r}")


def differences(case: Case) -> None:
    check_grads(case.f, *case.data, order=1, directions=1)


LAWS = {
    "dot product": Law("dot product", is_smooth, dot_product),
    "differences": Law(
        "differences",
        lambda case: is_smooth(case) and all(np.asarray(x).dtype == float for x in case.data),
        differences,
    ),
}
