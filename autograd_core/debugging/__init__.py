"""Finding what went wrong: the first NaN or infinity, where a gradient was cut, and which calls are flat."""

from .anomalies import detect_anomaly
from .cuts import Cut, GradientPath, why_no_grad
from .saturation import Saturation, saturation

__all__ = ["Cut", "GradientPath", "Saturation", "detect_anomaly", "saturation", "why_no_grad"]
