"""A look into a network while it learns: the activations and gradients of every layer."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

import autograd_core as ag
from autograd_core.debugging import Saturation, saturation

from ..errors import KindError, SettingError
from ..module import Module
from ..settings import described, whole
from .callbacks import Callback
from .findings import findings, table
from .measures import LayerMeasures, Measures, ParameterMeasures, together
from .watch_plots import plotted

if TYPE_CHECKING:
    from .fit import Run

MOST = 200
"""Steps that are kept; when there are more, every second is forgotten and half as many recorded from there on."""


class Watch(Callback):
    """Record activations, gradients and updates of every layer now and then, to see which layers learn and which are dead.

    model     the module to watch; as a callback of `nn.fit`, that of the training
    every     record each so many steps, the first one included; the others cost nothing
    layers    paths of the modules to watch, such as ["encoder.0"]; by default all whose result is their own, and not what a
              module within has given

    Of each layer there is a histogram of its result and of the gradient of that (of several results the first), from all
    calls of the step that are recorded, not those under `no_grad`; of each parameter the norms of itself, its gradient and its
    update. Nothing changes what is computed. A copy of a watch, and the watch on a copied model, has the records and
    watches nothing.

    In a loop of one's own `step()` is called after that of the optimizer, or of all of them, and before `zero_grad()`.

    >>> import nn, numpy as np
    >>> model = nn.Sequential(nn.Linear(2, 4, generator=0), nn.ReLU(), nn.Linear(4, 1, generator=0))
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    >>> with nn.training.Watch(model, every=10) as watch:
    ...     for _ in range(20):
    ...         optimizer.zero_grad()
    ...         nn.MSELoss()(model(np.ones((16, 2))), np.zeros((16, 1))).backward()
    ...         optimizer.step()
    ...         watch.step()
    >>> watch
    <Watch: 2 of 20 steps, 3 layers>
    >>> figure = watch.plot()
    """

    def __init__(self, model: Module | None = None, every: int = 50, layers: Iterable[str] | None = None) -> None:
        self.every, self.steps = whole(every, "Watch: every", 1), 0
        self.chosen = None if layers is None else tuple(layers)
        self.records: list[Measures] = []
        self._model: Module | None = None
        self._forget()
        self._handles: list[Any] = []
        if model is not None:
            self._attach(model)

    # -- when ----------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One step of the training has ended: keep what was seen of it, and see whether the next is to be recorded.

        Raises SettingError where all gradients are gone already.
        """
        if self._model is None:
            raise KindError("this Watch has no model: make it by nn.training.Watch(model), or give it to nn.fit")
        self.steps += 1
        if self._seen:
            self._conclude(self._model)
        self._prepare()

    def remove(self) -> None:
        """Watch no longer; the records stay."""
        self._unhook()
        self._model = None

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()

    def started(self, run: Run) -> None:
        if self._model is None:
            self._attach(run.model)

    def batch_ended(self, run: Run) -> None:
        self.step()

    def ended(self, run: Run) -> None:
        self.remove()

    # -- what was seen -------------------------------------------------------------------------------------------------

    def findings(self) -> list[str]:
        """What looks wrong, a sentence each: dead and saturated layers, gradients that vanish, parameters that do not learn."""
        return findings(self.records)

    def report(self) -> str:
        """The last steps as a table, a line for each layer, and below it what looks wrong."""
        return table(self.records)

    __str__ = report

    def plot(self, path: Any = None) -> Any:
        """Draw how activations and gradients of each layer were spread, step by step; returns the figure, and saves it by a path.

        Darker is more of the numbers, zeros not among them; gradients have one scale for all layers. Layers that are dead or
        saturated say so. Needs Matplotlib: pip install "autograd-core[plot]".
        """
        figure = plotted(self.records)
        if path is not None:
            figure.savefig(path)
        return figure

    def __repr__(self) -> str:
        layers = len(self.records[-1].layers) if self.records else 0
        return f"<Watch: {len(self.records)} of {self.steps} steps, {layers} layers>"

    def _repr_png_(self) -> bytes | None:
        """The plot in a notebook, where Matplotlib is there."""
        out = BytesIO()
        try:
            self.plot(out)
        except Exception:  # a display never fails: the text is shown instead
            return None
        return out.getvalue()

    def state_dict(self) -> dict[str, Any]:
        return {"every": self.every, "steps": self.steps, "records": [record.state() for record in self.records]}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        self.every, self.steps = state_dict["every"], state_dict["steps"]
        self.records = [Measures.from_state(state) for state in state_dict["records"]]
        self._prepare()

    def __getstate__(self) -> dict[str, Any]:
        return {"every": self.every, "steps": self.steps, "records": self.records, "chosen": self.chosen}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._model, self._handles = None, []
        self._forget()

    # -- one step ------------------------------------------------------------------------------------------------------

    def _attach(self, model: Module) -> None:
        if not isinstance(model, Module):
            raise KindError(f"Watch watches a module, and was given {described(model)}")
        if all(isinstance(p, ag.Scalar) for p in model.parameters()):
            raise KindError(
                f"Watch looks at arrays, and {type(model).__name__} has none: ag.draw shows all of its numbers"
            )
        for path in self.chosen or ():
            model.get_submodule(path)
        self._model = model
        self._prepare()

    def _prepare(self) -> None:
        """Have the next step recorded if it is due, and nothing else."""
        self._forget()
        if self._model is None or self.steps % self.every:
            self._unhook()
        elif not self._handles:
            for path, module in self._model.named_modules():
                if self.chosen is None or path in self.chosen:
                    self._handles.append(module.register_forward_hook(Eye(self, path)))

    def _unhook(self) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles = []
        self._forget()

    def _forget(self) -> None:
        """Nothing of the present step has been seen."""
        for remove in getattr(self, "_removers", ()):
            remove()
        self._removers: list[Callable[[], None]] = []
        self._seen: dict[str, LayerMeasures] = {}
        self._flat: dict[str, list[Saturation]] = {}
        self._before: dict[str, Any] = {}
        self._last: Callable[[], Any] = lambda: None

    def _see(self, path: str, module: Any, result: Any) -> None:
        """A layer has given a result."""
        output = first_of(result)
        if self._model is None or output is None or output is self._last() or not is_recording():
            return
        self._last = weakref.ref(output)
        if not self._before:
            self._before = {name: np.array(p.data) for name, p in self._model.named_parameters()}
        layer = self._seen.setdefault(path, LayerMeasures(type(module).__name__))
        layer.activations.add(output.numpy())
        if output.requires_grad:
            self._removers.append(output.register_hook(lambda g: layer.gradients.add(g.numpy())))
            if (flat := saturation(output.node)) is not None:
                self._flat.setdefault(path, []).append(flat)

    def _conclude(self, model: Module) -> None:
        """Keep what was seen of a step."""
        for path, layer in self._seen.items():
            layer.saturation = together(self._flat.get(path, []))
        found = Measures(self.steps, self._seen)
        for name, p in model.named_parameters():
            if name in self._before and p.requires_grad:
                found.parameters[name] = measured(self._before[name], p)
        flows = any(layer.gradients.count for layer in self._seen.values())
        if flows and all(one.gradient is None for one in found.parameters.values()):
            raise SettingError(
                "Watch.step() finds no gradient of any parameter: call it after the step of the optimizer and before zero_grad()"
            )
        self.records.append(found)
        if len(self.records) > MOST:
            self.records, self.every = self.records[::2], 2 * self.every


class Eye:
    """The hook on one layer; that of a copied or loaded model sees nothing."""

    def __init__(self, watch: Watch | None = None, path: str = "") -> None:
        self.watch, self.path = watch, path

    def __call__(self, module: Any, inputs: Any, result: Any) -> None:
        if self.watch is not None:
            self.watch._see(self.path, module, result)

    def __reduce__(self) -> tuple[Any, ...]:
        return Eye, ()


def first_of(result: Any) -> ag.Tensor | None:
    """A layer's result: of several the first, None if there is no Tensor."""
    while isinstance(result, (tuple, list, dict)) and result:
        result = next(iter(result.values() if isinstance(result, dict) else result))
    return result if isinstance(result, ag.Tensor) else None


def is_recording() -> bool:
    """Whether calls are recorded at this moment."""
    return bool((-ag.tensor(1.0, requires_grad=True)).requires_grad)


def measured(before: Any, p: Any) -> ParameterMeasures:
    """A parameter after a step."""
    gradient = None if p.grad is None else norm(p.grad.numpy() if isinstance(p, ag.Tensor) else p.grad)
    return ParameterMeasures(norm(before), gradient, norm(np.asarray(p.data) - before))


def norm(x: Any) -> float:
    return float(np.linalg.norm(np.ravel(x).astype(np.result_type(x, np.float64))))
