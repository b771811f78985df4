"""What can go wrong in building and training a model; Python's own kinds of errors as well, as in autograd_core."""

from autograd_core.errors import AutogradError


class SettingError(AutogradError, ValueError):
    """A setting of a layer, a loss or an optimiser that has no meaning."""


class KindError(AutogradError, TypeError):
    """Something of another kind than was asked for, such as a model in place of its parameters."""


class StateDictError(AutogradError, RuntimeError):
    """A state that does not fit a module: its keys, or the shapes of its arrays."""


class DataError(AutogradError, ValueError):
    """A file that is damaged, or does not hold what it should."""
