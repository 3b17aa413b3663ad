"""A mean over replicates and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean over n replicates, where it lies with 95 % confidence (Student's t), and their spread."""

    mean: float
    low: float
    high: float
    sd: float
    n: int

    def __str__(self) -> str:
        if self.n < 2:
            return f"{self.mean:,.4g}"
        return f"{self.mean:,.4g}  (95 % {self.low:,.4g} to {self.high:,.4g}, sd {self.sd:,.3g})"


def interval(values: Iterable[float]) -> Interval:
    """Mean and 95 % interval of the mean of the finite values; nan where there are too few to say."""
    numbers = np.asarray([value for value in values if math.isfinite(value)], float)
    if numbers.size == 0:
        return Interval(math.nan, math.nan, math.nan, math.nan, 0)
    mean = float(numbers.mean())
    if numbers.size == 1:
        return Interval(mean, math.nan, math.nan, math.nan, 1)
    from scipy.stats import t

    sd = float(numbers.std(ddof=1))
    half = float(t.ppf(0.5 + CONFIDENCE / 2, numbers.size - 1)) * sd / math.sqrt(numbers.size)
    return Interval(mean, mean - half, mean + half, sd, int(numbers.size))


def as_data(found: dict[str, Interval]) -> dict[str, dict[str, Any]]:
    """Intervals as JSON holds them, null where nothing can be said."""
    return {name: {key: _plain(part) for key, part in vars(value).items()} for name, value in found.items()}


def read_intervals(data: dict[str, dict[str, Any]]) -> dict[str, Interval]:
    """The reverse."""
    return {name: _read(value) for name, value in data.items()}


def _read(value: dict[str, Any]) -> Interval:
    mean, low, high, sd = (
        math.nan if value[key] is None else value[key] for key in ("mean", "low", "high", "sd")
    )
    return Interval(mean, low, high, sd, value["n"])


def _plain(value: float | int) -> float | int | None:
    return value if math.isfinite(value) else None
