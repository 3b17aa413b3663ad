"""How deep things lie in a slab: below where its surface was on day 0, or below where it is now.

    surface(t) = floor + tissue depth(t)

with the tissue depth as recorded, the mean thickness of the tissue. A tumour that grows lifts its surface above that
of day 0: depths below the latter may be negative without being in the fluid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perforin.analysis import antigen, tables
from perforin.quantities import UM3_PER_MM3

if TYPE_CHECKING:
    import pandas as pd

    from perforin.results.run import RunData

LAYER = 5.0  # um, between the points of a profile
BLUR = 15.0  # um, standard deviation over which a profile is averaged: a cell diameter, so that its rows are not seen
MARGIN = 3.0 * BLUR  # shown above the highest cell
LEFT = 0.01  # share of the cells that a CAR sees down to which a depth counts as cleared of them
DEEP = 0.9  # the quantile of T-cell depths that is shown beside the median


@dataclass(frozen=True)
class Profile:
    """Cells per volume against depth below the surface of day 0, on one day."""

    depth: np.ndarray  # (n_layers,) [um], negative above the surface of day 0
    tumour: np.ndarray  # living tumour cells [1/mm^3]
    negative: np.ndarray  # of them, those that no CAR sees
    t_cells: np.ndarray  # living T cells


@dataclass(frozen=True)
class Penetration:
    """How deep the T cells inside the tissue are, over the snapshots; nan where there are none."""

    day: np.ndarray  # (n_days,)
    median: np.ndarray  # below the surface of that day [um]
    deep: np.ndarray  # nine in ten are less deep


def floor(run: RunData) -> float:
    """The height of the lower end of a slab [um]."""
    return -0.5 * float(run.meta["geometry"]["box"][2])


def edge(run: RunData) -> float:
    """How wide the slab is [um]."""
    return float(run.meta["geometry"]["box"][0])


def thickness(run: RunData, day: float | None = None) -> float:
    """How thick the tissue of a slab is [um]: on that day, or as it was made where no day is given."""
    days, depth = tables.column(run, "day"), tables.column(run, "tissue_depth")
    if day is None or not depth.size:
        return float(run.meta["slab"]["depth"])
    return float(np.interp(day, days, depth))


def surface(run: RunData, day: float | None = None) -> float:
    """The mean height of the surface [um]: of that day, or of day 0."""
    return floor(run) + thickness(run, day)


def below(run: RunData, cells: pd.DataFrame, day: float | None = None) -> np.ndarray:
    """(n_cells,) how far below the surface of that day, or of day 0, each cell lies [um]; negative above it."""
    return surface(run, day) - cells["z"].to_numpy(float)


def profile(run: RunData, day: float) -> Profile:
    """Who stands how deep on a snapshot day."""
    from scipy.ndimage import gaussian_filter1d

    cells = run.cells(day)
    tumour, t_cells = (tables.living(run, cells, role) for role in (tables.TUMOUR, tables.T_CELL))
    everyone = np.concatenate([below(run, tumour), below(run, t_cells), [0.0]])
    made = thickness(run)
    edges = made - LAYER * np.arange(math.ceil((made - everyone.min() + MARGIN) / LAYER), -1, -1)
    volume = edge(run) ** 2 * LAYER / UM3_PER_MM3

    def density(some: pd.DataFrame) -> np.ndarray:
        counts = np.histogram(below(run, some), edges)[0] / volume
        return gaussian_filter1d(counts, BLUR / LAYER, mode="reflect")

    unseen = antigen.is_negative(run, tumour)
    return Profile(0.5 * (edges[1:] + edges[:-1]), density(tumour), density(tumour[unseen]), density(t_cells))


def cleared_depth(run: RunData, day: float) -> float:
    """How far below the surface of day 0 at most `LEFT` of the tumour cells that a CAR sees are left [um].

    The largest depth down to which the living ones are at most that share of those that stood as deep at the first
    snapshot. Cells that no CAR sees may live above it, and tissue may have grown over it.
    """
    layers = np.arange(LAYER, thickness(run) + LAYER, LAYER)
    first, now = (_seen_down_to(run, moment, layers) for moment in (run.snapshot_days[0], day))
    clear = np.flatnonzero((now <= LEFT * first) & (first > 0))
    return float(min(layers[clear[-1]], thickness(run))) if clear.size else 0.0


def _seen_down_to(run: RunData, day: float, layers: np.ndarray) -> np.ndarray:
    """How many living tumour cells that a CAR sees lie down to each depth below the surface of day 0 [um]."""
    tumour = tables.living(run, run.cells(day), tables.TUMOUR)
    depth = np.sort(below(run, tumour[~antigen.is_negative(run, tumour)]))
    return np.searchsorted(depth, layers, side="right")


def penetration(run: RunData) -> Penetration:
    """Median and 90th percentile of the depth of living T cells below the surface of each snapshot day."""
    rows = []
    for day in run.snapshot_days:
        depth = below(run, tables.living(run, run.cells(day), tables.T_CELL), day)
        inside = depth[depth > 0]
        rows.append(np.quantile(inside, (0.5, DEEP)) if inside.size else (math.nan, math.nan))
    median, deep = np.array(rows, float).reshape(len(rows), 2).T
    return Penetration(np.array(run.snapshot_days, float), median, deep)


def oxygen(run: RunData, day: float) -> tuple[np.ndarray, np.ndarray]:
    """Depth below the surface of day 0 [um] and the mean oxygen of each layer of voxels [mmHg], from the floor up.

    Empty where it was not recorded, or not yet solved: alike everywhere, as it was started.
    """
    if "oxygen" not in run.field_names or not run.field_days:
        return np.empty(0), np.empty(0)
    values, spacing, origin = run.field("oxygen", day)
    if np.ptp(values) == 0:
        return np.empty(0), np.empty(0)
    height = origin[2] + spacing * np.arange(values.shape[0])
    return surface(run) - height, values.mean(axis=(1, 2), dtype=float)
