"""Several slabs of one lesion, the same scenario under several seeds, read together.

A single slab with few founders is one draw of luck: the answer is what its replicates have in common.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis.lesion import Lesion, lesion
from perforin.analysis.replicates import interval

if TYPE_CHECKING:
    from perforin.results.run import RunData


@dataclass(frozen=True)
class Spread:
    """A number over the replicates that have it: its middle and range, its mean and how sure that is."""

    n: int
    median: float
    least: float
    most: float
    mean: float
    low: float  # 95 % confidence of the mean, within what can be; nan for fewer than two
    high: float


@dataclass(frozen=True)
class Slabs:
    """Slabs that differ in nothing but their luck."""

    each: tuple[Lesion, ...]  # at least one

    def __len__(self) -> int:
        return len(self.each)

    @property
    def fell(self) -> Slabs | None:
        """Those whose tumour cells were ever clearly fewer than at the start; None where there is none."""
        some = tuple(one for one in self.each if one.fell)
        return Slabs(some) if some else None

    @property
    def empty(self) -> int:
        """How many hold no tumour cell at the end."""
        return sum(one.is_empty for one in self.each)

    @property
    def cleared(self) -> int:
        """How many of them are cleared: empty, from enough cells at the start that no CAR sees."""
        return sum(one.is_cleared for one in self.each)

    def over(self, read: Callable[[Lesion], float], most: float = math.inf) -> Spread:
        """One number of each slab, at most so large, over those that have it."""
        return spread([read(one) for one in self.each], most)


def slabs(runs: Sequence[RunData]) -> Slabs | None:
    """The slabs of replicates; None for dishes, and before anything was recorded."""
    found = tuple(filter(None, (lesion(run) for run in runs)))
    return Slabs(found) if found else None


def spread(values: Sequence[float], most: float = math.inf) -> Spread:
    """The spread of the finite values, none of which can be above `most`; nan where there are too few."""
    finite = np.array([value for value in values if math.isfinite(value)], float)
    if not finite.size:
        return Spread(0, *[math.nan] * 6)
    mean, low, high = interval(finite.tolist())
    if math.isfinite(low) and finite.min() >= 0:
        low = max(low, 0.0)
    high = min(high, most) if math.isfinite(high) else high
    return Spread(
        finite.size, float(np.median(finite)), float(finite.min()), float(finite.max()), mean, low, high
    )
