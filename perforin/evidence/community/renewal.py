"""The expected number of cells of a population whose cycles are drawn independently, by age.

One newborn has after a time t

    M(t) = exp(-m t) S(t) + 2 int_0^t f(T) exp(-m T) M(t - T) dT

living descendants, itself included: f the density of the cycle, S(t) the chance that it is longer than t, m the rate of
death (Bellman and Harris 1948, PNAS 34:601; the dead do not divide).
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm


def expected(hours: np.ndarray, mean: float, spread: float, death: float, step: float = 0.02) -> np.ndarray:
    """(n,) living descendants of one newborn at these times [h].

    mean, spread  of the normal cycle [h]; death [1/h]; step of the quadrature [h], second order
    """
    t = np.arange(0.0, float(np.max(hours)) + step, step)
    births = 2.0 * step * norm.pdf(t, mean, spread) * np.exp(-death * t)
    many = np.exp(-death * t) * norm.sf(t, mean, spread)
    for k in range(1, t.size):
        many[k] += float(births[1 : k + 1] @ many[k - 1 :: -1][:k])
    return np.interp(hours, t, many)
