"""The whole vocabulary beside JAX, in 64 bits: `python -m tests.peers.jax_vocabulary` (after `make peers`).

Every row of samples is computed by both: the value, a vjp and a jvp, with the same random cotangents and tangents. What differs
is either in `DELIBERATE`, with the reason, or makes the command fail. Writes tests/peers/results/jax.md.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

import autograd_core as ag
from autograd_core.primitive import Primitive
from autograd_core.trees import flatten
from tests.names import NAMES, as_function, floating, is_double, samples_for

from .environments import in_environment_of

REPORT = Path(__file__).parent / "results" / "jax.md"

NOTHING = "an extremum or length of no elements has the slope 0, where JAX has NaN"
TRIANGLE = "one triangle is read, as NumPy reads it; JAX takes the mean of both, in the value too"
TIES = "equal elements share; JAX gives it to one of them"
CONSTANT = "the elements that are kept have their gradient; JAX calls the function constant"

# where we differ from JAX on purpose: name -> what differs, and why
DELIBERATE: dict[str, str] = {
    **dict.fromkeys(("np.amax", "np.amin", "np.max", "np.min", "np.linalg.norm"), NOTHING),
    **dict.fromkeys(("np.std", "np.nanstd"), "where no element counts: 0, where JAX has NaN"),
    **dict.fromkeys(("np.linalg.cholesky", "np.linalg.eigh", "np.linalg.eigvalsh", "np.linalg.pinv"), TRIANGLE),
    "np.linalg.svd": f"hermitian=True: {TRIANGLE}; complex vectors have another phase",
    "np.linalg.qr": "mode='complete': the vectors that complete the basis are another choice",
    "np.sort": TIES,
    "np.partition": f"{TIES}; where elements stand on their side is nowhere promised",
    **dict.fromkeys(
        ("np.setdiff1d", "np.setxor1d", "np.union1d", "np.unique", "np.unique_all", "np.unique_counts", "np.unique_inverse",
         "np.unique_values", "np.arange"),
        CONSTANT,
    ),
    "np.sign": "of complex numbers z / |z|, as in NumPy 2, whose slope across the ray is not 0; JAX has 0",
    "np.sinc": "precise near 0, where JAX cancels digits: at 1e-9 its slope has the wrong size",
    **dict.fromkeys(("np.vander", "np.polyfit"), "at 0, where JAX has NaN for the powers of 0"),
}  # fmt: skip


def jax_function(name):
    """JAX's function of a name such as np.linalg.inv; None if it has none."""
    import jax.numpy as jnp

    found = jnp
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found


def random_like(x, rng):
    v = rng.standard_normal(np.shape(x))
    return v + 1j * rng.standard_normal(np.shape(x)) if np.asarray(x).dtype.kind == "c" else v


def ours(call, data, us, ts):
    """Value, cotangents and tangents by this library."""
    out, pull = ag.vjp(lambda *xs: floating(call(*xs)), *data)
    return out, pull(list(us)), ag.jvp(lambda *xs: floating(call(*xs)), tuple(data), tuple(ts))[1]


def theirs(call, data, us, ts):
    """The same by JAX; its cotangents of complex numbers are the conjugates of ours."""
    import jax

    def f(*xs):
        return [y for y in jax.tree_util.tree_leaves(call(*xs)) if np.issubdtype(y.dtype, np.inexact)]

    out, pull = jax.vjp(f, *data)
    cotangents = pull([np.conj(u) for u in us])
    return out, [np.conj(c) for c in cotangents], jax.jvp(f, tuple(data), tuple(ts))[1]


def same(a, b):
    """Whether two lists of arrays agree to 1e-9 of their largest element."""
    if len(a) != len(b):
        return False
    for x, y in zip(a, b, strict=True):
        x, y = np.asarray(x), np.asarray(y)
        scale = np.max(np.abs(y), initial=0, where=np.isfinite(y))
        if x.shape != y.shape or not np.allclose(x, y, rtol=1e-9, atol=1e-9 * max(scale, 1e-3), equal_nan=True):
            return False
    return True


def outcomes(name, function, row):
    """For each sample that can be compared: what agreed, or why it could not be compared."""
    other = jax_function(name)
    if other is None:
        yield "JAX has no such function"
        return
    for sample in samples_for(row):
        if not is_double(sample):
            continue
        call, data = as_function(row.answer, sample)
        rng = np.random.default_rng(0)
        expected = [y for y in flatten(as_function(function, sample)[0](*data))[0] if np.asarray(y).dtype.kind in "fc"]
        if not expected:
            continue
        us, ts = [random_like(y, rng) for y in expected], [random_like(x, rng) for x in data]
        try:
            theirs_found = theirs(as_function(other, sample)[0], data, us, ts)
        except Exception as error:  # an argument that JAX does not take, or a derivative that it does not have
            yield f"JAX: {type(error).__name__}"
            continue
        if isinstance(row.answer, Primitive) and row.answer.family == "fixed":
            mine = (expected, [np.zeros(x.shape) for x in data], [np.zeros(y.shape) for y in expected])
        else:
            mine = ours(call, data, us, ts)
        wrong = [what for what, a, b in zip(("value", "vjp", "jvp"), mine, theirs_found, strict=True) if not same(a, b)]
        yield "agrees" if not wrong else "differs: " + ", ".join(wrong)


def compare():
    """The report as Markdown, and the names that differ without a reason."""
    rows, unexplained, counts = [], [], Counter()
    for name, (function, row) in sorted(NAMES.items()):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = Counter(outcomes(name, function, row))
        differs = sorted(k for k in found if k.startswith("differs"))
        compared = found["agrees"] + sum(found[k] for k in differs)
        if not compared:
            counts["no such function or not differentiable in JAX" if found else "nothing to compare"] += 1
            continue
        if differs and name not in DELIBERATE:
            unexplained.append(f"{name}: {found['agrees']} of {compared} agree; {'; '.join(differs)}")
        counts["agree" if not differs else "differ"] += 1
        counts["calls"] += compared
        reason = DELIBERATE.get(name, "" if not differs else "**unexplained**")
        rows.append(f"| `{name}` | {found['agrees']} of {compared} | {'; '.join(differs)} | {reason} |")
    import jax

    text = f"""# Beside JAX

Made by `python -m tests.peers.jax_vocabulary` with JAX {jax.__version__} in 64 bits and NumPy {np.__version__}:
value, vjp and jvp of every row of samples, to a relative 1e-9.

{counts["calls"]} calls of {counts["agree"] + counts["differ"]} functions compared: {counts["agree"]} functions agree in all of
them, {counts["differ"]} differ in some. {counts["no such function or not differentiable in JAX"]} more JAX does not have or does
not differentiate on our samples; {counts["nothing to compare"]} have no floating input or result.

| function | calls that agree | differs in | on purpose, because |
|---|---|---|---|
"""
    return text + "\n".join(rows) + "\n", unexplained


def main():
    in_environment_of("jax", "tests.peers.jax_vocabulary", [])
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    text, unexplained = compare()
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(text)
    print(text.split("\n| function")[0])
    if unexplained:
        sys.exit("not on purpose:\n  " + "\n  ".join(unexplained))


if __name__ == "__main__":
    main()
