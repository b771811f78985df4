"""What a `Watch` has to say in words: a line for each layer, and what looks wrong."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from autograd_core.debugging import Saturation

from .measures import LayerMeasures, Measures, ParameterMeasures, together

RECENT = 5
"""A layer is judged by so many of the last records together: a unit that answers to any of their examples is not dead."""

DEAD = 0.4
"""Of a layer's units: from there on dead ones are told, though a network may do well without them."""

FADES = 1000
"""A layer's gradient, by norm, that is smaller than the largest by more than this has vanished."""

LEAPS = 0.1
"""A layer that changes by more than this share of itself at each step hardly converges."""

FAINT = 1e-5
"""A gradient of less than this share of the parameter may well be lost to rounding when it is added."""

HEADS = ("layer", "activations", "zeros", "dead units", "saturated", "gradient", "update/weight")


def label(path: str, kind: str) -> str:
    """A layer by name: "encoder.0 (ReLU)"; the whole model by its class."""
    return f"{path} ({kind})" if path else kind


def percent(share: float) -> str:
    """A share in words."""
    return f"{100 * share:.0f} %"


def own(path: str, record: Measures) -> dict[str, ParameterMeasures]:
    """The parameters of a layer that belong to no layer within it."""
    return {name: p for name, p in record.parameters.items() if owner(name, record.layers) == path}


def owner(name: str, layers: dict[str, LayerMeasures]) -> str | None:
    """The innermost layer that holds a parameter."""
    holders = [path for path in layers if not path or name.startswith(f"{path}.")]
    return max(holders, key=len, default=None)


def ratio(path: str, record: Measures) -> float | None:
    """How far a step moved a layer, beside its size; None for layers without parameters, or none but zeros."""
    parameters = own(path, record).values()
    weight = np.hypot.reduce([p.weight for p in parameters], initial=0.0)
    return float(np.hypot.reduce([p.update for p in parameters], initial=0.0) / weight) if weight else None


def recent_saturation(path: str, records: Sequence[Measures]) -> Saturation | None:
    """How flat a layer was of late."""
    layers = [record.layers[path] for record in records[-RECENT:] if path in record.layers]
    return together([layer.saturation for layer in layers if layer.saturation is not None])


def flat_words(path: str, records: Sequence[Measures]) -> str:
    """What is wrong with a layer's slopes, in a few words; empty if nothing is."""
    found = recent_saturation(path, records)
    if found is None:
        return ""
    return found.words or (found.words_of_units if found.dead > DEAD * found.units else "")


def mark(path: str, records: Sequence[Measures]) -> str:
    """What is wrong with a layer, for its place in a picture."""
    names = own(path, records[-1]) if path in records[-1].layers else {}
    updates = [record.parameters[name].update for record in records for name in names if name in record.parameters]
    return flat_words(path, records) or ("its parameters never change" if updates and not any(updates) else "")


def findings(records: Sequence[Measures]) -> list[str]:
    """What looks wrong, a sentence each."""
    if not records:
        return []
    return [*broken(records), *flat(records), *faded(records[-1]), *unlearnt(records), *leaping(records)]


def broken(records: Sequence[Measures]) -> list[str]:
    """The first NaN or infinity."""
    for record in records:
        for what in ("activations", "gradients"):
            for path, layer in record.layers.items():
                spread = getattr(layer, what)
                if spread.broken:
                    count = f"{spread.broken:,} of {spread.count:,} {what} are NaN or infinite in step {record.step:,}"
                    return [f"{label(path, layer.kind)}: {count}; ag.detect_anomaly() names the operation"]
    return []


def flat(records: Sequence[Measures]) -> list[str]:
    """Dead and saturated layers."""
    layers = records[-1].layers
    return [f"{label(path, one.kind)}: {words}" for path, one in layers.items() if (words := flat_words(path, records))]


def faded(record: Measures) -> list[str]:
    """Layers whose result has hardly a gradient, or none, beside that of others."""
    sizes = {path: layer.gradients.norm for path, layer in record.layers.items() if layer.gradients.count}
    top = max(sizes, key=lambda path: sizes[path], default="")
    small = {path: size for path, size in sizes.items() if size * FADES < sizes[top]}
    if not small:
        return []
    first, kinds = min(small, key=lambda path: small[path]), {path: record.layers[path].kind for path in sizes}
    name, rest = label(first, kinds[first]), len(small) - 1
    others = f" (and {rest} more layer{'s' * (rest > 1)})" if rest else ""
    if not small[first]:
        return [f"{name}{others}: the gradient is 0"]
    times = f"{sizes[top] / small[first]:,.0f} times smaller than in {label(top, kinds[top])}"
    return [f"{name}{others}: the gradient is {times}"]


def unlearnt(records: Sequence[Measures]) -> list[str]:
    """Parameters that do not change, and why."""
    found = []
    for name in records[-1].parameters:
        courses = [record.parameters[name] for record in records if name in record.parameters]
        if any(p.update for p in courses):
            continue
        if all(p.gradient is None for p in courses):
            found.append(f"{name}: no gradient reaches it; ag.why_no_grad(...) tells where it is cut")
        elif (top := max(p.gradient or 0.0 for p in courses)) and top < FAINT * max(p.weight for p in courses):
            found.append(f"{name}: its gradient is too small to change it, {top:.1g} at most")
        elif top:
            found.append(f"{name}: has a gradient and never changes; is it given to an optimizer?")
        else:
            found.append(f"{name}: its gradient is always 0")
    return found


def leaping(records: Sequence[Measures]) -> list[str]:
    """Layers that change too much."""
    found = []
    for path, layer in records[-1].layers.items():
        ratios = [r for record in records[-RECENT:] if path in record.layers and (r := ratio(path, record)) is not None]
        if ratios and (usual := median(ratios)) > LEAPS:
            words = f"a step changes it by {percent(usual)} of its size; is the learning rate too large?"
            found.append(f"{label(path, layer.kind)}: {words}")
    return found


def table(records: Sequence[Measures]) -> str:
    """A line for each layer in the last record, and below it what looks wrong."""
    if not records:
        return "nothing was recorded: call step() after each step of the training, or give the Watch to nn.fit"
    rows = [HEADS, *[row(path, records) for path in records[-1].layers]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in rows]
    rule = "-" * max(map(len, lines))
    head = f"step {records[-1].step:,}; sizes are root mean squares"
    wrong = findings(records)
    return "\n".join([head, "", lines[0], rule, *lines[1:], *(["", *wrong] if wrong else [])])


def row(path: str, records: Sequence[Measures]) -> tuple[str, ...]:
    """The line of one layer."""
    layer, moved, slopes = records[-1].layers[path], ratio(path, records[-1]), recent_saturation(path, records)
    return (
        label(path, layer.kind),
        f"{layer.activations.rms:.2g}",
        percent(layer.activations.zeros / max(layer.activations.count, 1)),
        f"{slopes.dead} of {slopes.units}" if slopes is not None and slopes.units else "",
        percent(slopes.share) if slopes is not None and slopes.share else "",
        f"{layer.gradients.rms:.2g}" if layer.gradients.count else "none",
        "" if moved is None else f"{moved:.1e}",
    )
