"""Finding what went wrong: the first NaN or infinity, and where a gradient was cut."""

from .anomalies import detect_anomaly
from .cuts import Cut, GradientPath, why_no_grad

__all__ = ["Cut", "GradientPath", "detect_anomaly", "why_no_grad"]
