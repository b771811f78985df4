"""What can go wrong, each with what was asked and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from numpy.linalg import LinAlgError


class AutogradError(Exception):
    """Base of every error this library raises by itself."""


class ShapeError(AutogradError, ValueError):
    """Shapes that do not fit the operation."""


class BoundsError(AutogradError, IndexError):
    """An index outside the array."""


class AxisError(ShapeError, BoundsError):
    """An axis that the array does not have; a ValueError and an IndexError, as NumPy's."""


class MatrixError(AutogradError, LinAlgError):
    """A matrix for which an operation is not defined: singular, not positive definite, not finite; a LinAlgError of NumPy too."""


class DTypeError(AutogradError, TypeError):
    """A dtype that cannot take part: integers have no gradient, layers keep to one floating dtype."""


class GradientError(AutogradError, RuntimeError):
    """A gradient was asked for where there is none, or no longer one."""


class AnomalyError(GradientError):
    """A value or a gradient became NaN or infinite, within `detect_anomaly`.

    kind     what did: "value", "gradient" (on the way back) or "tangent" (on the way forward)
    node     the call that made it, or the leaf that had it from the start
    input    the position of the input whose gradient it is; None for values and tangents
    index    the first element that is NaN or infinite; count: how many are
    line     the user's line that made the call, if known: .file, .number, .function, .text
    scope    the modules and scopes around the call, joined by dots
    remedy   what is known to help, if anything is
    """

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.kind: str = fields["kind"]
        self.node: Any = fields["node"]
        self.input: int | None = fields["input"]
        self.index: tuple[int, ...] = fields["index"]
        self.count: int = fields["count"]
        self.line: Any = fields["line"]
        self.scope: str = fields["scope"]
        self.remedy: str | None = fields["remedy"]

    def __reduce__(self) -> tuple[Any, ...]:  # to other processes it goes without the graph and the program
        return partial(AnomalyError, **{**vars(self), "node": None, "line": None}), self.args


class LeavingError(AutogradError, TypeError):
    """A recorded value would leave the record as a bool, number or array, and its gradient would be cut."""


class MutationError(AutogradError, RuntimeError):
    """A write in place that would make a gradient, or a live view, silently wrong."""


class UnsupportedError(AutogradError, TypeError):
    """A NumPy function, or one of its arguments, that has no derivative rule here."""


class ModeError(AutogradError, RuntimeError):
    """A block such as `no_grad` that would hold where it was not meant to."""


class NoAttributeError(AutogradError, AttributeError):
    """An attribute of an ndarray that a value does not have."""


class DeclarationError(AutogradError, TypeError):
    """A primitive whose rules do not fit its forward function."""


class RendererError(AutogradError, RuntimeError):
    """No program is here that could lay out a drawing."""


class MissingError(AutogradError, ImportError):
    """A function needs a package that is not installed."""


@contextmanager
def in_words(asked: str) -> Iterator[None]:
    """Raise what NumPy refuses as an error of ours that says what was asked; NumPy's error stays as its cause."""
    try:
        yield
    except AutogradError:
        raise
    except (ValueError, ZeroDivisionError) as error:  # its errors about axes are IndexErrors too
        raise ShapeError(f"{asked}: {error}") from error
    except IndexError as error:
        raise BoundsError(f"{asked}: {error}") from error
    except TypeError as error:
        raise DTypeError(f"{asked}: {error}") from error
