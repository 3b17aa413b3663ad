"""The antigen of the tumour cells before and after: did the CAR select those it cannot see?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables

if TYPE_CHECKING:
    from perforin.results.run import RunData

MOST_BINS, LEAST_BINS = 48, 16


@dataclass(frozen=True)
class Antigen:
    """The antigen levels of the living tumour cells at one moment."""

    day: float
    levels: np.ndarray  # (n_cells,)
    threshold: float

    @property
    def mean(self) -> float:
        """Mean level; nan where no cell is left."""
        return float(self.levels.mean()) if self.levels.size else math.nan

    @property
    def negative_share(self) -> float:
        """Share of cells at or below the threshold; nan where no cell is left."""
        return float((self.levels <= self.threshold).mean()) if self.levels.size else math.nan


def at(run: RunData, day: float) -> Antigen:
    """The antigen levels of the living tumour cells in the snapshot of that day."""
    tumour = tables.living(run, run.cells(day), tables.TUMOUR)
    threshold = float(run.meta.get("antigen", {}).get("threshold", 0.0))
    return Antigen(day, tumour["antigen"].to_numpy(float), threshold)


def before_and_after(run: RunData) -> tuple[Antigen, Antigen] | None:
    """The first and the last snapshot; None for a run without snapshots."""
    if not run.snapshot_days:
        return None
    return at(run, run.snapshot_days[0]), at(run, run.snapshot_days[-1])


def shared_bins(*moments: Antigen) -> np.ndarray:
    """Edges of bins that hold every level of every moment, from zero up; fewer for fewer cells."""
    fewest = min((moment.levels.size for moment in moments if moment.levels.size), default=0)
    bins = int(np.clip(np.sqrt(fewest), LEAST_BINS, MOST_BINS))
    tops = [float(moment.levels.max()) for moment in moments if moment.levels.size]
    return np.linspace(0.0, max([*tops, 1e-6]), bins + 1)
