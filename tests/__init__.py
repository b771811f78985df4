"""The tests; they go through every declaration, so the parts that load on first use are loaded here."""

from autograd_core import ops, random, special

__all__ = ["ops", "random", "special"]
