"""Oxygen in the small published organoid, solved properly and by the published splitting.

Their scheme (BioFVM's): three implicit one-dimensional sweeps per step, a third of the decay in each, the outer voxels
overwritten before and after each sweep, and then, cell by cell, C <- C / (1 + dt V/V_voxel U). Between two steps of
0.01 min the uptake empties a voxel before diffusion can refill it, so the deficit comes out too large. This file is
the only place where that scheme exists.
"""

import numpy as np
from scipy.linalg import solve_banded

from perforin.engine.diffusion import Field, solve_steady
from perforin.engine.exchange import deposit
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

RADIUS, HALF_WIDTH, CELL_RADIUS, VOXEL = 80.0, 210.0, 8.412710547954228, 20.0  # um
DIFFUSION, DECAY, OUTSIDE, UPTAKE = 1e5, 0.1, 38.0, 10.0  # um^2/min, 1/min, mmHg, 1/min
SHARE = 2494.0 / VOXEL**3  # cell volume per voxel volume
CELLS = 588
STEPS = (0.01, 0.002, 0.001)  # min
THEIRS = "mean oxygen of the tumour cells, their splitting at dt 0.01 min, 4 min"
LIMIT = "mean oxygen of the tumour cells, their splitting extrapolated to dt = 0"


def measure(seed=None) -> list[Row]:
    """Their mean at their step, its limit, and ours against that limit."""
    figures = read_figures(__file__)
    places = packing()
    theirs = [_split(places, dt) for dt in STEPS]
    limit = 2 * theirs[2] - theirs[1]
    ours = _ours(places)
    return [
        Row("cells of the packing", float(len(places)), float(CELLS), 0.0, "the published program's count"),
        figures.row(THEIRS, theirs[0]),
        figures.row(LIMIT, limit),
        Row(
            "our mean against their limit",
            ours,
            limit,
            0.02,
            "their scheme is of first order: Richardson",
            "mmHg",
        ),
        Row(
            "their oxygen deficit at dt 0.01 min over ours",
            (OUTSIDE - theirs[0]) / (OUTSIDE - ours),
            1.5,
            0.1,
            "what a replication must know: the uptake is calibrated, or oxygen comes out higher than published",
            rule="shown",
        ),
    ]


def packing() -> np.ndarray:
    """Their hexagonal packing inside the radius: (cells, 4) float32 positions and radius [um]."""
    step_x, step_y, step_z = np.sqrt(3.0) * CELL_RADIUS, 2 * CELL_RADIUS, np.sqrt(3.0) * CELL_RADIUS
    places = []
    for k, z in enumerate(np.arange(-RADIUS, RADIUS, step_z)):
        for j, x in enumerate(np.arange(-RADIUS, RADIUS, step_x)):
            for y in np.arange(-RADIUS, RADIUS, step_y):
                place = (x + 0.5 * CELL_RADIUS * (k % 2), y + CELL_RADIUS * ((j + k) % 2), z)
                if sum(p * p for p in place) < RADIUS**2:
                    places.append((*place, CELL_RADIUS))
    return np.array(places, dtype=np.float32)


def _ours(places: np.ndarray) -> float:
    grid = VoxelGrid.of_box((2 * HALF_WIDTH,) * 3, VOXEL)
    field = Field.build("oxygen", "mmHg", grid, DIFFUSION, DECAY, OUTSIDE, "fixed", OUTSIDE)
    count = len(places)
    rate = np.full(count, UPTAKE * SHARE, dtype=np.float32)
    deposit(places, count, rate, np.zeros(count, dtype=np.float32), grid, field.loss, field.gain)
    solve_steady(field, tolerance=1e-6)
    sensed = np.zeros(count, dtype=np.float32)
    field.sample(places, count, sensed)
    return float(sensed.mean(dtype=np.float64))


def _split(places: np.ndarray, dt: float, end: float = 4.0) -> float:
    n = round(2 * HALF_WIDTH / VOXEL)
    index = tuple(
        np.floor((places[:, axis].astype(float) + HALF_WIDTH) / VOXEL).astype(int) for axis in (2, 1, 0)
    )
    shrink = np.ones((n, n, n))
    np.multiply.at(shrink, index, 1.0 / (1.0 + dt * SHARE * UPTAKE))
    band = _band(n, dt)
    held = np.ones((n, n, n), dtype=bool)
    held[1:-1, 1:-1, 1:-1] = False
    c = np.full((n, n, n), OUTSIDE)
    for _ in range(round(end / dt)):
        for axis in (2, 1, 0):
            lines = np.moveaxis(c, axis, 0).reshape(n, -1)
            c = np.moveaxis(solve_banded((1, 1), band, lines).reshape(n, n, n), 0, axis).copy()
            c[held] = OUTSIDE
        c *= shrink
    return float(c[index].mean())


def _band(n: int, dt: float) -> np.ndarray:
    """1 + dt decay / 3 - dt D d2/dx2 with closed ends, as solve_banded wants it."""
    link = dt * DIFFUSION / VOXEL**2
    band = np.zeros((3, n))
    band[0, 1:] = band[2, :-1] = -link
    band[1] = 1 + dt * DECAY / 3 + 2 * link
    band[1, [0, -1]] -= link
    return band
