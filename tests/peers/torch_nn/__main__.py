"""Draws the configurations, compares, and writes tests/peers/results/torch.md; fails for what differs without a reason."""

from __future__ import annotations

import pkgutil
import sys
import warnings
import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from importlib import import_module
from operator import attrgetter
from typing import Any

import numpy as np

import autograd_core as ag
import nn
import tests.peers.torch_nn as families

from ..environments import ROOT, in_environment_of
from .cases import CONFIGURATIONS, Case

REPORT = ROOT / "tests" / "peers" / "results" / "torch.md"
TRIES = 25
TOLERANCE = 1e-9


def arrays(found: Any) -> Iterator[Any]:
    """The values in a result: itself, or what tuples, lists and dicts hold, in order."""
    if isinstance(found, (tuple, list, dict)):
        for part in found.values() if isinstance(found, dict) else found:
            yield from arrays(part)
    elif found is not None:
        yield found


def mapped(convert: Any, inputs: Any) -> Any:
    """Inputs with each array converted; other things are settings of the call."""
    if isinstance(inputs, dict):
        return {name: mapped(convert, x) for name, x in inputs.items()}
    if isinstance(inputs, (tuple, list)):
        return type(inputs)(mapped(convert, x) for x in inputs)
    return convert(inputs) if isinstance(inputs, np.ndarray) else inputs


def of_torch(name: str, case: Case, seed: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The state that PyTorch started from, and what it found."""
    import torch

    torch.manual_seed(seed)
    inputs = mapped(lambda a: torch.tensor(a, requires_grad=a.dtype.kind in "fc"), case.inputs)
    for i in case.constant:
        inputs[i].requires_grad_(False)
    args, settings = mapped(torch.tensor, case.args), mapped(torch.tensor, case.settings)
    module, state = None, {}
    if "." in name:
        call = partial(attrgetter(name)(torch.nn), *inputs, *args, **settings)
    else:
        module = getattr(torch.nn, name)(*args, **settings).double().train(case.train)
        state = {key: value.detach().numpy().copy() for key, value in module.state_dict().items()}
        call = partial(module if case.through is None else partial(case.through, torch.nn, module), *inputs)
        call = partial(call, **mapped(torch.tensor, case.options))
    for _ in range(case.calls):
        call()
    out = list(arrays(call()))
    floating = [y for y in out if y.requires_grad]
    if floating:
        cotangents = [torch.tensor(random_like(y, seed + i)) for i, y in enumerate(floating)]
        torch.autograd.backward(floating, cotangents)
    return state, as_found(out, inputs, module, lambda y: y.detach().numpy())


def of_ours(name: str, case: Case, state: dict[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    """What this library finds, from the same state."""
    inputs = mapped(lambda a: ag.tensor(a, requires_grad=a.dtype.kind in "fc"), case.inputs)
    for i in case.constant:
        inputs[i].requires_grad_(False)
    module = None
    if "." in name:
        call = partial(attrgetter(name)(nn), *inputs, *case.args, **case.settings)
    else:
        module = getattr(nn, name)(*case.args, **case.settings).double().train(case.train)
        module.load_state_dict(state)
        call = partial(module if case.through is None else partial(case.through, nn, module), *inputs, **case.options)
    for _ in range(case.calls):
        call()
    out = list(arrays(call()))
    floating = [y for y in out if getattr(y, "requires_grad", False)]
    for i, y in enumerate(floating):
        y.backward(random_like(y, seed + i), retain_graph=i + 1 < len(floating))
    return as_found(out, inputs, module, lambda y: np.asarray(y.numpy() if isinstance(y, ag.Value) else y))


def as_found(out: list[Any], inputs: Any, module: Any, numbers: Any) -> dict[str, np.ndarray]:
    """Outputs, gradients of inputs and parameters, and buffers, under names that both sides share."""
    found = {f"output {i}": numbers(y) for i, y in enumerate(out)}
    grads = {f"gradient of input {i}": getattr(x, "grad", None) for i, x in enumerate(arrays(inputs))}
    if module is not None:
        grads.update({f"gradient of {key}": p.grad for key, p in module.named_parameters()})
        found.update({f"buffer {key}": numbers(b) for key, b in module.named_buffers()})
    return found | {key: numbers(g) for key, g in grads.items() if g is not None}


def random_like(y: Any, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(tuple(y.shape))


def apart(mine: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> tuple[float, list[str]]:
    """The largest difference, in units of the largest element, and in words what differs by more than is allowed."""
    worst, wrong = 0.0, [f"{key} is only {'ours' if key in mine else 'theirs'}" for key in mine.keys() ^ theirs.keys()]
    for key in mine.keys() & theirs.keys():
        a, b = mine[key], theirs[key]
        if a.shape != b.shape:
            wrong.append(f"{key} is {a.shape}, theirs {b.shape}")
            continue
        scale = max(np.max(np.abs(b), initial=0, where=np.isfinite(b)), 1e-3)
        with np.errstate(invalid="ignore"):
            off = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0, np.abs(a - b) / scale)
        error = float(np.max(off, initial=0))
        worst = max(worst, error)
        if not error <= TOLERANCE:
            wrong.append(f"{key} differs by {error:.1e}")
    return worst, wrong


def compared(name: str, tries: int = TRIES) -> tuple[int, float, list[str]]:
    """How many configurations agree, the largest difference among these, and what is wrong with the others."""
    agree, worst, wrong = 0, 0.0, []
    for k in range(tries):
        seed = zlib.crc32(f"{name} {k}".encode())
        case = CONFIGURATIONS[name].draw(name, np.random.default_rng(seed))
        try:
            state, theirs = of_torch(name, case, seed)
            error, differs = apart(of_ours(name, case, state, seed), theirs)
        except Exception as reason:
            differs, error = [f"{type(reason).__name__}: {reason}"], 0.0
        if differs:
            shapes = [getattr(x, "shape", x) for x in case.inputs]
            wrong.append(f"{name}{case.args}, {case.settings}, {case.options} on {shapes}: {'; '.join(differs)}")
        else:
            agree, worst = agree + 1, max(worst, error)
    return agree, worst, wrong


def compare(names: Iterable[str]) -> tuple[str, list[str]]:
    """The report as Markdown, and what differs without a reason."""
    import torch

    rows, unexplained, agreeing = [], [], 0
    for name in sorted(names):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            agree, worst, wrong = compared(name)
        reason = CONFIGURATIONS[name].on_purpose
        agreeing += not wrong
        if wrong and not reason:
            unexplained += wrong[:3]
        rows.append(f"| `{name}` | {agree} of {TRIES} | {worst:.0e} | {reason if wrong else ''} |")
        print(rows[-1], file=sys.stderr)
    text = f"""# Beside PyTorch

Made by `python -m tests.peers.torch_nn` with PyTorch {torch.__version__} and NumPy {np.__version__}, in 64 bits: {TRIES} random
configurations of each class and function; outputs, gradients of inputs and parameters, and buffers, to {TOLERANCE:.0e} of the
largest element.

{agreeing} of {len(rows)} agree in all configurations.

| class or function | configurations that agree | largest difference among these | on purpose, because |
|---|---|---|---|
"""
    return text + "\n".join(rows) + "\n", unexplained


def main(names: list[str]) -> None:
    for family in pkgutil.iter_modules(families.__path__):
        if family.name not in ("cases", "__main__"):
            import_module(f"{families.__name__}.{family.name}")
    in_environment_of("torch", families.__name__, names)
    import torch

    torch.set_num_threads(1)
    if unknown := set(names) - CONFIGURATIONS.keys():
        sys.exit(f"nothing draws configurations of {', '.join(sorted(unknown))}")
    text, unexplained = compare(names or CONFIGURATIONS)
    if not names:
        REPORT.write_text(text)
    if unexplained:
        sys.exit("not on purpose:\n  " + "\n  ".join(unexplained))


if __name__ == "__main__":
    main(sys.argv[1:])
