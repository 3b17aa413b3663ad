"""Several seeds of one scenario together: means and 95 % intervals over replicates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables

if TYPE_CHECKING:
    from perforin.results.run import RunData

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Band:
    """A recorded quantity over replicates, on the days they share."""

    day: np.ndarray  # (n_days,)
    mean: np.ndarray
    low: np.ndarray  # 95 % confidence of the mean; nan for a single run
    high: np.ndarray
    each: np.ndarray  # (n_runs, n_days)


def half_width(values: np.ndarray) -> np.ndarray:
    """Half the 95 % confidence interval of the mean over the first axis: t s / sqrt(n); nan for n < 2."""
    n = values.shape[0]
    if n < 2:
        return np.full(values.shape[1:], math.nan)
    from scipy.special import stdtrit

    return stdtrit(n - 1, 0.5 + CONFIDENCE / 2) * values.std(axis=0, ddof=1) / math.sqrt(n)


def band(runs: Sequence[RunData], quantity: str) -> Band:
    """Mean and interval of a recorded quantity, read at the days of the shortest run."""
    days = [tables.column(run, "day") for run in runs]
    shared = min(days, key=lambda day: day[-1] if day.size else -1.0)
    each = np.array(
        [np.interp(shared, day, tables.column(run, quantity)) for run, day in zip(runs, days, strict=True)]
    )
    mean, half = each.mean(axis=0), half_width(each)
    return Band(shared, mean, mean - half, mean + half, each)


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean, low and high of the finite values; nan where there are too few."""
    finite = np.array([value for value in values if math.isfinite(value)], float)
    if finite.size == 0:
        return math.nan, math.nan, math.nan
    half = float(half_width(finite))
    return float(finite.mean()), float(finite.mean() - half), float(finite.mean() + half)
