"""How noisy is the Nile? Maximum likelihood through a Kalman filter: `python -m examples.kalman`.

The yearly flow of the Nile at Aswan is modelled as a level that wanders, measured with error (the local level model):

    y[t] = level[t] + e[t],  var e = s2_e            level[t+1] = level[t] + n[t],  var n = s2_n

The filter gives the likelihood of the two variances, and its gradient says how to change them. Durbin & Koopman, "Time Series
Analysis by State Space Methods" (2001), section 2.10.1, find s2_e = 15099 and s2_n = 1469.1.
"""

import numpy as np
from scipy.optimize import minimize

import autograd_core as ag
from autograd_core.testing import check_grads

# flow in 10^8 cubic metres, 1871 to 1970
NILE = np.array([
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100, 1210,
    1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702,
    1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771,
    676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901,
    1170, 912, 746, 919, 718, 714, 740,
], dtype=float)  # fmt: skip


def negative_log_likelihood(log_variances, flow=NILE):
    """log_variances: (2), of the measurement and of the level   returns (); the first year serves to find the level."""
    measurement, wandering = np.exp(log_variances)
    level, variance = flow[0], measurement + wandering
    total = 0.0
    for y in flow[1:]:
        error, spread = y - level, variance + measurement
        total = total + 0.5 * (np.log(2 * np.pi * spread) + error**2 / spread)
        gain = variance / spread
        level = level + gain * error
        variance = variance * (1 - gain) + wandering
    return total


def main():
    start = np.log([np.var(NILE), np.var(NILE) / 10])
    check = check_grads(negative_log_likelihood, start, order=1)
    fit = minimize(ag.value_and_grad(negative_log_likelihood), start, jac=True, method="BFGS")
    curvature = ag.hessian(negative_log_likelihood)(fit.x)
    errors = np.sqrt(np.diag(np.linalg.inv(curvature)))  # of the logarithms: relative
    measurement, wandering = np.exp(fit.x)
    print(
        f"Nile, {len(NILE)} years: log-likelihood {-fit.fun:.2f} after {fit.nfev} gradients (checked to {check.worst:.0e})"
    )
    print(f"  variance of a measurement   {measurement:7.0f}  (± {errors[0]:.0%}; published 15099)")
    print(f"  variance of the level       {wandering:7.1f}  (± {errors[1]:.0%}; published 1469.1)")
    return {"measurement": measurement, "wandering": wandering, "log_likelihood": -fit.fun}


if __name__ == "__main__":
    main()
