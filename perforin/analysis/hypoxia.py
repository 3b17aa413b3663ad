"""How short of oxygen the living tumour cells are, by the two borders at which electrodes are read in patients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import spatial, tables

if TYPE_CHECKING:
    import pandas as pd

    from perforin.results.run import RunData

BORDERS = (spatial.HYPOXIC, 2.5)  # mmHg: hypoxic, severely hypoxic ("HP2.5"), as in PMC4159937, table 1


@dataclass(frozen=True)
class Course:
    """Oxygen at the living tumour cells over the snapshots; nan on days without any."""

    day: np.ndarray  # (n_days,)
    share: np.ndarray  # (n_days, 2) below each of BORDERS
    median: np.ndarray  # (n_days,) [mmHg]


def median(run: RunData, cells: pd.DataFrame) -> float:
    """Median oxygen at the living tumour cells [mmHg]; nan where none is left."""
    tumour = tables.living(run, cells, tables.TUMOUR)
    return float(np.median(tumour["oxygen"].to_numpy(float))) if len(tumour) else math.nan


def is_solved(cells: pd.DataFrame) -> bool:
    """Whether cells have read a field that was solved: before the first step all have the level it was started with."""
    oxygen = cells["oxygen"].to_numpy(float)
    return bool(oxygen.size) and float(np.ptp(oxygen)) > 0.0


def course(run: RunData) -> Course:
    """Hypoxic shares and the median on every snapshot day on which oxygen was known."""
    days, shares, medians = [], [], []
    for day in run.snapshot_days:
        cells = run.cells(day)
        if not is_solved(cells):
            continue
        days.append(day)
        shares.append([spatial.hypoxic_share(run, cells, border) for border in BORDERS])
        medians.append(median(run, cells))
    return Course(np.array(days, float), np.array(shares, float).reshape(-1, 2), np.array(medians, float))
