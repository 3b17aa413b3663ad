"""The emulator: what the simulation would give between the points at which it was run.

A Gaussian process over the free parameters in prior standard deviations: a linear trend, a squared-exponential kernel
with a length for each parameter, and a nugget for the luck of single runs. All outputs share lengths and nugget, which
are the most probable ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

SHORTEST, LONGEST = 0.3, 20.0  # prior standard deviations
LEAST_NUGGET, MOST_NUGGET = 1e-4, 1.0  # of the variance


@dataclass(frozen=True)
class Emulator:
    """A fitted emulator of several outputs."""

    points: np.ndarray  # (n, d)
    lengths: np.ndarray  # (d,)
    trend: np.ndarray  # (d + 1, m)
    weights: np.ndarray  # (n, m)
    left_out: np.ndarray  # (m,) rms error at a point that was left out

    def at(self, z: np.ndarray) -> np.ndarray:
        """(m,) the outputs at one point."""
        near = _kernel(np.atleast_2d(z), self.points, self.lengths)
        return (np.append(1.0, z) @ self.trend) + (near @ self.weights)[0]


def fit(points: np.ndarray, outputs: np.ndarray) -> Emulator:
    """Fit an emulator to outputs (n, m) at points (n, d)."""
    base = np.column_stack([np.ones(len(points)), points])
    trend = np.linalg.lstsq(base, outputs, rcond=None)[0]
    rest = outputs - base @ trend
    scale = np.maximum(rest.std(axis=0), 1e-12)
    scaled = rest / scale

    def cost(x: np.ndarray) -> float:
        matrix = _matrix(points, *_unpacked(x))
        factor = cho_factor(matrix, lower=True)
        shape = float(np.sum(scaled * cho_solve(factor, scaled)))
        return 0.5 * shape + scaled.shape[1] * float(np.log(np.diag(factor[0])).sum())

    start = np.append(np.zeros(points.shape[1]), -1.0)
    found = minimize(
        cost, start, method="Nelder-Mead", options={"maxiter": 2000, "xatol": 1e-3, "fatol": 1e-3}
    )
    lengths, nugget = _unpacked(found.x)
    inverse = np.linalg.inv(_matrix(points, lengths, nugget))
    weights = inverse @ rest
    left_out = np.sqrt(np.mean((weights / np.diag(inverse)[:, None]) ** 2, axis=0))
    return Emulator(points, lengths, trend, weights, left_out)


def _unpacked(x: np.ndarray) -> tuple[np.ndarray, float]:
    lengths = np.clip(2.0 * np.exp(x[:-1]), SHORTEST, LONGEST)
    return lengths, float(np.clip(np.exp(x[-1]), LEAST_NUGGET, MOST_NUGGET))


def _matrix(points: np.ndarray, lengths: np.ndarray, nugget: float) -> np.ndarray:
    return _kernel(points, points, lengths) + nugget * np.eye(len(points))


def _kernel(a: np.ndarray, b: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    apart = (a[:, None, :] - b[None, :, :]) / lengths
    return np.exp(-0.5 * (apart**2).sum(axis=2))
