"""The antigen of the tumour cells before and after: did the CAR select those it cannot see?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import tables

if TYPE_CHECKING:
    import pandas as pd

    from perforin.results.run import RunData

MOST_BINS, LEAST_BINS = 48, 16


@dataclass(frozen=True)
class Antigen:
    """The antigen levels of the living tumour cells at one moment."""

    day: float
    levels: np.ndarray  # (n_cells,)
    negative: np.ndarray  # (n_cells,) bool: too little for the CAR
    threshold: float  # the border, for the eye; with two binders a cell may be seen below it
    in_copies: bool  # copies per cell, or relative to the founders' mean

    @property
    def mean(self) -> float:
        """Mean level; nan where no cell is left."""
        return float(self.levels.mean()) if self.levels.size else math.nan

    @property
    def negative_share(self) -> float:
        """Share of cells that the CAR does not see; nan where no cell is left."""
        return float(self.negative.mean()) if self.levels.size else math.nan


def at(run: RunData, day: float) -> Antigen:
    """The antigen levels of the living tumour cells in the snapshot of that day."""
    tumour = tables.living(run, run.cells(day), tables.TUMOUR)
    threshold = float(run.meta.get("antigen", {}).get("threshold", 0.0))
    levels = tumour["antigen"].to_numpy(float)
    return Antigen(day, levels, is_negative(run, tumour), threshold, in_copies(run))


def in_copies(run: RunData) -> bool:
    """Whether the run counts antigen in copies per cell."""
    return run.meta.get("antigen", {}).get("unit") == "copy"


def is_negative(run: RunData, cells: pd.DataFrame) -> np.ndarray:
    """(n_cells,) bool: carries too little for the CAR to see."""
    border = run.meta.get("antigen", {})
    if "answer" in cells:
        return cells["answer"].to_numpy(float) < float(border.get("answer_threshold", 0.0))
    return cells["antigen"].to_numpy(float) <= float(border.get("threshold", 0.0))


def before_and_after(run: RunData) -> tuple[Antigen, Antigen] | None:
    """The first and the last snapshot; None for a run without snapshots."""
    if not run.snapshot_days:
        return None
    return at(run, run.snapshot_days[0]), at(run, run.snapshot_days[-1])


def shared_bins(*moments: Antigen) -> np.ndarray:
    """Edges of bins that hold every level of every moment, fewer for fewer cells.

    From zero up in equal steps; copies, which span decades, from one copy up in equal ratios.
    """
    fewest = min((moment.levels.size for moment in moments if moment.levels.size), default=0)
    bins = int(np.clip(np.sqrt(fewest), LEAST_BINS, MOST_BINS))
    tops = [float(moment.levels.max()) for moment in moments if moment.levels.size]
    top = max([*tops, 1e-6])
    if any(moment.in_copies for moment in moments):
        return np.geomspace(1.0, max(1.1 * top, 10.0), bins + 1)
    return np.linspace(0.0, top, bins + 1)
