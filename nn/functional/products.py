"""Affine functions."""

from __future__ import annotations

from autograd_core import ops

__all__ = ["linear"]

linear = ops.linear
