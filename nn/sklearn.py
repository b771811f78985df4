"""Networks as scikit-learn's estimators: in a Pipeline, a GridSearchCV, or wherever else it takes one.

Needs scikit-learn: pip install "autograd-core[sklearn]".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any, Self

import numpy as np

import autograd_core as ag
from autograd_core.errors import MissingError, ShapeError

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, is_classifier
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise MissingError('nn.sklearn needs scikit-learn: pip install "autograd-core[sklearn]"') from error

from . import functional as F
from .data import DataLoader, TensorDataset
from .errors import KindError
from .layers import CrossEntropyLoss, Linear, MSELoss, ReLU, Sequential
from .module import Module
from .optim import Adam
from .random import seeded
from .training import EarlyStopping, fit

__all__ = ["NNClassifier", "NNRegressor"]

Array = np.ndarray[Any, Any]
ROWS = 1024
"""How many rows are predicted at a time."""


class Network(BaseEstimator):  # type: ignore[misc]
    """What the two estimators share.

    module               makes the network from (number of features, number of outputs): a function or a class; by default
                         linear layers with ReLU between them
    hidden_layer_sizes   the widths of the default network's hidden layers
    loss                 of (output, target); by default cross-entropy, or the mean squared error
    optimizer            makes it from the parameters and lr=: a class of nn.optim, or a functools.partial of one
    lr                   its learning rate
    scheduler            makes a schedule of nn.optim.lr_scheduler from the optimizer
    epochs, batch_size   how often the data is gone through, and in batches of how many rows
    early_stopping       end when the loss of a part of the data that was set aside, the validation_fraction, has not become
                         better for n_iter_no_change epochs; the best weights are kept
    callbacks            of nn.training; a training works with copies of them
    random_state         decides first weights, order of rows, dropout and what is set aside, as everywhere in scikit-learn
    verbose              tell how it goes

    Networks are of the dtype of X: with float32 they learn faster. A fitted estimator has the network as `module_` and the
    course of its training as `history_`.
    """

    def __init__(
        self,
        module: Callable[[int, int], Module] | None = None,
        *,
        hidden_layer_sizes: Sequence[int] = (64,),
        loss: Callable[[Any, Any], Any] | None = None,
        optimizer: Callable[..., Any] = Adam,
        lr: float = 0.01,
        scheduler: Callable[[Any], Any] | None = None,
        epochs: int = 50,
        batch_size: int = 32,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 5,
        callbacks: Sequence[Any] = (),
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.module = module
        self.hidden_layer_sizes = hidden_layer_sizes
        self.loss = loss
        self.optimizer = optimizer
        self.lr = lr
        self.scheduler = scheduler
        self.epochs = epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose

    def _learn(self, x: Array, target: Array, outputs: int, loss: Callable[[Any, Any], Any]) -> Self:
        """Make a network and train it."""
        seed = check_random_state(self.random_state).randint(2**31)
        kept, callbacks, validation = (x, target), [deepcopy(c) for c in self.callbacks], None
        if self.early_stopping:
            strata = target if is_classifier(self) else None
            x, judged, target, truth = train_test_split(
                x, target, test_size=self.validation_fraction, random_state=seed, stratify=strata
            )
            kept, validation = (x, target), DataLoader(TensorDataset(judged, truth), ROWS, dtype=None)
            callbacks.append(EarlyStopping(self.n_iter_no_change))
        with seeded(seed):
            module = self._made(x.shape[1], outputs).to(x.dtype)
            checked(module, x[:1], outputs)
            if not callable(self.optimizer):
                raise KindError(f"optimizer is {self.optimizer!r}: give what makes one, such as nn.optim.Adam")
            optimizer = self.optimizer(module.parameters(), lr=self.lr)
            self.history_ = fit(
                module,
                DataLoader(TensorDataset(*kept), self.batch_size, shuffle=True, dtype=None),
                loss if self.loss is None else self.loss,
                optimizer,
                epochs=self.epochs,
                validation=validation,
                scheduler=None if self.scheduler is None else self.scheduler(optimizer),
                callbacks=callbacks,
                progress=bool(self.verbose),
            )
        self.module_ = module.eval()
        return self

    def _made(self, features: int, outputs: int) -> Module:
        """A network of new weights."""
        if self.module is None:
            sizes = [features, *as_sizes(self.hidden_layer_sizes), outputs]
            layers = [layer for pair in pairwise(sizes) for layer in (Linear(*pair), ReLU())]
            return Sequential(*layers[:-1])
        made = None if isinstance(self.module, Module) else self.module(features, outputs)
        if not isinstance(made, Module):
            was = "is a network already" if made is None else f"made a {type(made).__name__}"
            raise KindError(
                f"module {was}: give what makes one, such as lambda features, outputs: nn.Linear(features, outputs)"
            )
        return made

    def _outputs(self, X: Any) -> Array:
        """What the network says of each row: (rows, outputs)."""
        check_is_fitted(self)
        dtype = next(self.module_.parameters()).dtype
        x = validate_data(self, X, reset=False, dtype=dtype)
        with ag.no_grad():
            parts = [np.asarray(self.module_(x[i : i + ROWS])) for i in range(0, len(x), ROWS)]
        return np.concatenate(parts)


def as_sizes(sizes: Any) -> Sequence[int]:
    """The widths of hidden layers; one alone may stand for itself, as in scikit-learn's own networks."""
    return (sizes,) if np.ndim(sizes) == 0 else tuple(sizes)


def checked(module: Module, row: Array, outputs: int) -> None:
    """Raise ShapeError unless a network answers one row with as many numbers as it should."""
    with ag.no_grad():
        answer = np.shape(module.eval()(row))
    if answer != (1, outputs):
        raise ShapeError(
            f"the module answers a row of {row.shape[1]} features by an array of shape {answer}, where (1, {outputs}) is "
            f"needed: make it for the two numbers it is given, {row.shape[1]} features and {outputs} outputs"
        )


class NNClassifier(ClassifierMixin, Network):  # type: ignore[misc]
    """A network that tells classes apart, as an estimator of scikit-learn.

    What it is made with is told at `Network`. The network's outputs are logits, one for each class in the order of `classes_`.

    >>> import nn, numpy as np
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> kind = np.where(x[:, 0] * x[:, 1] > 0, "same", "other")
    >>> classifier = nn.sklearn.NNClassifier(random_state=0).fit(x, kind)
    >>> classifier.predict([[1.0, 1.0], [1.0, -1.0]]).tolist(), classifier.score(x, kind) > 0.95
    (['same', 'other'], True)
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from rows X: (rows, features) and their classes y: (rows), numbers or names."""
        x, y = validate_data(self, X, y, dtype=(np.float64, np.float32))
        check_classification_targets(y)
        self.classes_, target = np.unique(y, return_inverse=True)
        return self._learn(x, target, len(self.classes_), CrossEntropyLoss())

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class: (rows, classes)."""
        return np.asarray(F.softmax(self._outputs(X), -1))

    def predict(self, X: Any) -> Array:
        """The likeliest class of each row."""
        likeliest = np.argmax(self._outputs(X), axis=1)
        return np.asarray(self.classes_[likeliest])


class NNRegressor(RegressorMixin, Network):  # type: ignore[misc]
    """A network that foretells numbers, one or several for each row, as an estimator of scikit-learn.

    What it is made with is told at `Network`. Neither rows nor targets are scaled: scikit-learn has StandardScaler and
    TransformedTargetRegressor for that.

    >>> import nn, numpy as np
    >>> x = np.linspace(-1, 1, 200)[:, None]
    >>> regressor = nn.sklearn.NNRegressor(random_state=0).fit(x, np.abs(x[:, 0]))
    >>> regressor.predict([[-0.5], [0.5]]).round(1).tolist()
    [0.5, 0.5]
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from rows X: (rows, features) and numbers y: (rows) or (rows, outputs)."""
        x, y = validate_data(self, X, y, dtype=(np.float64, np.float32), multi_output=True, y_numeric=True)
        self.output_shape_, target = y.shape[1:], y.reshape(len(y), -1).astype(x.dtype)
        return self._learn(x, target, target.shape[1], MSELoss())

    def predict(self, X: Any) -> Array:
        """The numbers of each row, in the shape of the y that was learnt from."""
        return self._outputs(X).reshape(-1, *self.output_shape_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
