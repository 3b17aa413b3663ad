"""PerMedCoE U4: 12 x 12 x 12 voxels of 20 um, 10 uM on the boundary, sinks of 20 uM/min in the inner 10 x 10 x 10.

Boundary and order of uptake are read both ways, as in U3. The reference solves one octant (216 unknowns) by other
means: a dense linear solve where the uptake is of first order, and non-negative least squares where it is of zero
order, because "take 20 uM/min until nothing is left" is the obstacle problem

    minimise c A c / 2 - b c   over c >= 0.

After 10 min the field has been steady for long (slowest rate 2.3 per minute), and so is the reference.
"""

import numpy as np
from scipy.linalg import cholesky, solve, solve_triangular
from scipy.optimize import nnls

from perforin.engine.diffusion import Field, step_implicit
from perforin.engine.exchange import balance
from perforin.engine.voxels import VoxelGrid
from perforin.evidence.figures import read_figures
from perforin.evidence.rows import Row

N, SPACING, DIFFUSION, OUTSIDE, SINK = 12, 20.0, 2000.0, 10.0, 20.0  # 1, um, um^2/min, uM, uM/min or 1/min
KAPPA = DIFFUSION / SPACING**2  # 1/min
READINGS = [(b, o) for b in ("outer", "faces") for o in ("zero", "first", "none")]
TOOLS = ("Chaste 2021.1", "BioDynaMo 1.04", "TiSim", "PhysiCell 1.10.4")
CONSUMED = "consumed per minute once steady against what flows in, outer voxels held, zero order"


def measure(seed=None) -> list[Row]:
    """Mean over all voxels at 10 min for each reading, what is consumed, and the tools' answers."""
    rows, held_zero = [], None
    for boundary, order in READINGS:
        field = _run(boundary, order)
        name = (
            f"boundary {boundary}, uptake {order} order"
            if order != "none"
            else f"boundary {boundary}, no sink"
        )
        mean = float(field.values.mean(dtype=np.float64))
        reason = "float32 and the solver's 1e-6; transients are below 1e-8"
        rows.append(Row(f"mean at 10 min, {name}", mean, _reference(boundary, order), 1e-3, reason, "uM"))
        if (boundary, order) == ("outer", "zero"):
            held_zero = mean
            flows = balance(field)
            reason = "conservation to float32 round-off"
            rows.append(Row(CONSUMED, flows.taken / flows.inflow, 1.0, 1e-4, reason))
    figures = read_figures(__file__)
    start = "mean at 10 min, outer voxels held, zero order: beside "
    return rows + [figures.row(start + tool, held_zero) for tool in TOOLS]


def _run(boundary: str, order: str) -> Field:
    grid = VoxelGrid.of_box((N * SPACING,) * 3, SPACING)
    kind = "fixed" if boundary == "outer" else "closed"
    field = Field.build("substance", "uM", grid, DIFFUSION, 0.0, 0.0, kind, OUTSIDE)
    edge = (np.arange(N) == 0) * 1 + (np.arange(N) == N - 1) * 1
    faces = edge[:, None, None] + edge[None, :, None] + edge[None, None, :]
    if boundary == "faces":
        field.loss += 2 * KAPPA * faces.astype(np.float32)
        field.gain += 2 * KAPPA * OUTSIDE * faces.astype(np.float32)
    if order == "first":
        field.loss += np.float32(SINK) * (faces == 0)
    if order == "zero":
        field.peak = np.where(faces == 0, SINK, 0.0).astype(np.float32)
    for _ in range(100):
        step_implicit(field, 0.1, tolerance=1e-6)
    return field


def _reference(boundary: str, order: str) -> float:
    """Mean over all voxels, from one octant whose index 0 is the wall and 5 the plane of symmetry."""
    half = N // 2
    matrix = np.zeros((half**3, half**3))
    source = np.zeros(half**3)
    shape = (half, half, half)
    for i in range(half**3):
        place = np.array(np.unravel_index(i, shape))
        for axis in range(3):
            for step in (-1, 1):
                other = place.copy()
                other[axis] += step
                if other[axis] == -1 and boundary == "faces":
                    matrix[i, i] += 2 * KAPPA
                    source[i] += 2 * KAPPA * OUTSIDE
                elif 0 <= other[axis] < half:
                    matrix[i, i] += KAPPA
                    matrix[i, np.ravel_multi_index(tuple(other), shape)] -= KAPPA
        if place.min() > 0:
            matrix[i, i] += SINK * (order == "first")
            source[i] -= SINK * (order == "zero")
    wall = np.min(np.indices(shape), axis=0).ravel() == 0
    if boundary == "outer":
        values = np.full(half**3, OUTSIDE)
        inner = ~wall
        values[inner] = _least(
            matrix[inner][:, inner], source[inner] - matrix[inner][:, wall].sum(axis=1) * OUTSIDE
        )
        return float(values.mean())
    return float(_least(matrix, source).mean())


def _least(matrix: np.ndarray, source: np.ndarray) -> np.ndarray:
    """The minimiser over c >= 0; the plain solution where that is positive already."""
    plain = solve(matrix, source, assume_a="pos")
    if plain.min() >= 0:
        return plain
    lower = cholesky(matrix, lower=True)
    return nnls(lower.T, solve_triangular(lower, source, lower=True))[0]
