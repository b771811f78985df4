"""What can be wrong with a declaration, said when it is made and not when a gradient comes out wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from .errors import DeclarationError, DTypeError
from .rules import LETTERS, BoundRule

REAL = np.dtype(float)
VARIADIC = 0x04  # the flag of a code object that takes *args


def name_of(forward: Any, name: str | None) -> str:
    """The name of an operation: as given, else that of the function that computes it."""
    if not callable(forward):
        raise DeclarationError(f"an operation is declared with a function that computes it, not with {forward!r}")
    found: str | None = name or getattr(forward, "__name__", None)
    if found is None:
        raise DeclarationError(f"{forward!r} has no name of its own: give it one with name=")
    return found.rstrip("_")


def check_inputs(forward: Callable[..., Any], count: int, name: str, rule: str) -> None:
    """Raise DeclarationError unless a function takes as many inputs as there are rules, as far as it tells."""
    code = getattr(forward, "__code__", None)
    takes = getattr(forward, "nin", None) if code is None else code.co_argcount
    if takes is None or takes == count or (code is not None and code.co_flags & VARIADIC):
        return
    hint = ""
    if code is not None and takes > count:
        hint = f". If {code.co_varnames[count]!r} is a setting, put it behind a * in the parameters; if it is an input without "
        hint += "a derivative, say None in its place"
    raise DeclarationError(
        f"{name} takes {takes} input{'s' * (takes != 1)}, and was given {count} {rule}{'s' * (count != 1)}{hint}"
    )


def check_rules(
    rules: Sequence[BoundRule | None], jvp: BoundRule | None, name: str, variadic: bool, outputs: int | None
) -> None:
    """Raise DeclarationError for rules that name an input that isn't there, or no cotangent or tangent, or a wrong kind of it."""
    g, wrong = ("gs", "g") if outputs is not None else ("g", "gs")
    right = {"g"} if outputs is None else {"gs", "parts"}
    for rule in rules:
        if rule is not None and right.isdisjoint(rule.names):
            results = "one result" if outputs is None else "several results"
            found = f"{wrong}, but has {results}" if wrong in rule.names else "no cotangent"
            raise DeclarationError(f"a vjp of {name} names {found}: name {g}")
    if jvp is not None:
        several = variadic or any(rule is not None for rule in rules[1:])
        if not {"t", "ts"} & set(jvp.names):
            raise DeclarationError(f"the jvp of {name} names no tangent: name {'ts' if several else 't'}")
        if several and "t" in jvp.names:
            raise DeclarationError(
                f"the jvp of {name} names t, the tangent of its first input: name ts, a tangent for each, or None"
            )
        if "r" in jvp.names:
            raise DeclarationError(f"the jvp of {name} names r, which is no function of the inputs to a recorded walk")
    if not variadic:
        for rule in (*rules, jvp):
            check_letters(() if rule is None else rule.names, len(rules), name)


def check_letters(names: Sequence[str], count: int, name: str) -> None:
    """Raise DeclarationError if a rule names an input beyond the last."""
    for n in names:
        if (letter := n.removesuffix("_like")) in LETTERS and LETTERS.index(letter) >= count:
            known = ", ".join(LETTERS[:count])
            raise DeclarationError(
                f"a rule of {name} names {n}, but its inputs are {known or 'none'}: letters count by position"
            )


def check_partials(partials: Sequence[Any], name: str) -> None:
    """Raise DeclarationError for partial derivatives that are none."""
    for p in partials:
        if p is None or isinstance(p, (int, float)):
            continue
        if not callable(p):
            raise DeclarationError(f"a partial derivative of {name} is a function, a number or None, not {p!r}")
        code = getattr(p, "__code__", None)
        names = () if code is None else code.co_varnames[: code.co_argcount]
        if {"g", "gs", "t", "ts"} & set(names):
            raise DeclarationError(
                f"a partial derivative of {name} names {', '.join(names)}: it gives ∂y/∂x alone, from the inputs (a, b, c) and "
                f"the result (y), and is multiplied for you"
            )


def check_domain(domain: Any, count: int, name: str) -> None:
    """Raise DeclarationError unless a domain is an interval, or one for each input."""
    if domain is None:
        return
    try:
        intervals = [domain] if isinstance(domain[0], (int, float)) else list(domain)
        right = all(len(i) >= 2 and i[0] < i[-1] for i in intervals) and (len(intervals) in (1, count) or not count)
    except (TypeError, LookupError):
        right = False
    if not right:
        raise DeclarationError(
            f"domain={domain!r} of {name} must be an interval (low, high), or one for each of the {count} inputs"
        )


# -- what only a call can tell -----------------------------------------------------------------------------------------------


def real_only(forward: Callable[..., Any], name: str) -> Callable[..., Any]:
    """A forward function that was declared with real=True: raises DTypeError for complex numbers."""

    @wraps(forward)
    def checked(*data: Any, **settings: Any) -> Any:
        for x in data:
            if isinstance(x, complex) or getattr(x, "dtype", REAL).kind == "c":
                kind = getattr(x, "dtype", "complex")
                raise DTypeError(
                    f"{name} is declared for real numbers, and was given {kind}: take np.real or np.abs of it"
                )
        return forward(*data, **settings)

    return checked


def check_results(y: Any, outputs: int, name: str) -> None:
    """Raise DeclarationError unless a forward function gave the results that were declared."""
    if type(y) is not tuple or outputs not in (-1, len(y)):
        raise DeclarationError(
            f"{name} was declared with outputs={outputs}, so its forward function returns a tuple of them, not {described(y)}"
        )


def checked_pair(y: Any, name: str) -> tuple[Any, Any]:
    """The result of a forward function and what it keeps for its rules, where it was declared to give both."""
    if type(y) is not tuple or len(y) != 2:
        raise DeclarationError(
            f"{name} was declared with residual=True, so its forward function returns a pair (result, what its rules call r), "
            f"not {described(y)}"
        )
    return y


def described(y: Any) -> str:
    return f"a tuple of {len(y)}" if type(y) is tuple else type(y).__name__
