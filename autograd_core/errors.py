"""What can go wrong, each with what was asked and what to do instead."""


class AutogradError(Exception):
    """Base of every error this library raises by itself."""


class ShapeError(AutogradError, ValueError):
    """Shapes that do not fit the operation."""


class BoundsError(AutogradError, IndexError):
    """An index outside the array."""


class DTypeError(AutogradError, TypeError):
    """A dtype that cannot take part: integers have no gradient, layers keep to one floating dtype."""


class GradientError(AutogradError, RuntimeError):
    """A gradient was asked for where there is none, or no longer one."""


class LeavingError(AutogradError, TypeError):
    """A recorded value would leave the record as a bool, number or array, and its gradient would be cut."""


class MutationError(AutogradError, RuntimeError):
    """A write in place that would make a gradient, or a live view, silently wrong."""


class UnsupportedError(AutogradError, TypeError):
    """A NumPy function, or one of its arguments, that has no derivative rule here."""


class DeclarationError(AutogradError, TypeError):
    """A primitive whose rules do not fit its forward function."""


class RendererError(AutogradError, RuntimeError):
    """No program is here that could lay out a drawing."""
